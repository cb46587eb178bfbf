"""`audit`: check that nobody changed, removed or added a record of the audit trail."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services import audit


def run(_options: Namespace) -> int:
    """Exit code 0 for a whole trail, 1 with the first record that does not fit."""
    try:
        with prepare(settings()).transaction() as session:
            broken = audit.broken_at(session)
    except CannotStart as error:
        return complain(str(error))
    if broken is not None:
        return complain(f"The audit trail is broken at record {broken}.")
    say("The audit trail is whole.")
    return 0
