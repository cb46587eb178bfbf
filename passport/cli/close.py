"""`close SLUG --by A --by B`: end a programme. What it issued stays checkable for good."""

from __future__ import annotations

import contextlib
from argparse import Namespace

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, key_place, prepare, settings
from passport.cli.registry import notice, publish, sign_next
from passport.services import DatabaseUnavailable
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.core.runtime import utc_now
from passport.services.trust import closing


def run(options: Namespace) -> int:
    """Close the programme and sign the last registry, all or nothing; then write the last lists."""
    try:
        chosen = settings()
        with contextlib.closing(prepare(chosen)) as database:
            place = key_place(chosen)
            notice(database, chosen)
            with database.transaction() as session:
                name = closing.close(session, options.slug, utc_now(), options.by).name
                sign_next(session, chosen, place)
            say(f"{name} has closed. Keep the published files: its entries stay checkable with them.")
            return publish(database, chosen, place)
    except (CannotStart, DatabaseUnavailable, IssuingClosed, NotFound) as error:
        return complain(str(error))
    except Refused as error:
        return complain(refusals.words(error))
