"""`hold-champion EMAIL --since TIME --reason TEXT`: for a champion's account that was taken over."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.cli.times import a_time
from passport.services.core.errors import NotFound, Refused
from passport.services.core.runtime import utc_now
from passport.services.credentials import champion_holds


def run(options: Namespace) -> int:
    """Put the entries on hold, and undo what is not signed yet."""
    try:
        since = a_time("--since", options.since)
        with prepare(settings()).transaction() as session:
            held = champion_holds.hold_by_operator(session, options.email, since, options.reason, utc_now())
    except (CannotStart, ValueError) as error:
        return complain(str(error))
    except NotFound:
        return complain(f"No champion here has the address {options.email}")
    except Refused as error:
        return complain(refusals.words(error))
    say(
        f"{held.entries} entries are on hold, {held.undone} endorsements were undone before they were signed."
    )
    if held.signing:
        say(f"{held.signing} are being signed at this moment: give the command again in a minute.")
    return 0
