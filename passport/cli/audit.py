"""`audit`: check that no record of the audit trail, and no row with records in it, was changed."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing

from passport.cli import complain, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services import Session
from passport.services.core import audit
from passport.services.core.audit import Head
from passport.services.core.runtime import public_files
from passport.services.trust import anchors


def run(options: Namespace) -> int:
    """Print the head of an intact trail and return 0; otherwise print what does not match and return 1."""
    try:
        chosen = settings()
        earlier = [Head(*since) for since in options.since]
        with closing(prepare(chosen)) as database:
            # the service goes on meanwhile: the files are not older than `noted`, nor newer than the trail
            with database.reading() as session:
                noted = anchors.noted(session)
            published = anchors.files(public_files(chosen))
            with database.reading() as session:
                problems = _problems(session, earlier) + anchors.problems(session, published, noted)
                head, let_go = audit.head(session), anchors.told_of_let_go(session)
    except CannotStart as error:
        return complain(str(error))
    for line in let_go:
        say(line)
    for problem in problems:
        complain(problem)
    if problems:
        return complain("The audit trail is not whole.")
    say(f"The audit trail is whole, and its {len(published)} published anchors fit.")
    say(f"Head: {head}")
    say("Keep that line elsewhere. A later audit --since NUMBER:DIGEST says if anything before it changed.")
    return 0


def _problems(session: Session, earlier: list[Head]) -> list[str]:
    broken = audit.broken_at(session)
    told = [] if broken is None else [f"The audit trail is broken at record {broken}."]
    told += [f"The trail does not go on from {head}" for head in earlier if audit.differs_from(session, head)]
    return told + audit.mismatches(session)
