"""`secret-key rotate` and `secret-key finish`: replace the secret behind cookies, sealed forms and apps.

In two steps, since every process reads the file at its start: first the new secret joins the old one, and
after all processes have been restarted the old one is removed.
"""

from __future__ import annotations

import secrets
from argparse import Namespace
from contextlib import closing

from passport.cli import complain, say
from passport.cli.instance import SECRET_BYTES, CannotStart, prepare, settings, write_private
from passport.config import Settings
from passport.proofs.sealing import CannotOpen
from passport.services import Database
from passport.services.access import second_factor
from passport.services.core.runtime import read_secrets, utc_now


def run(options: Namespace) -> int:
    """Do one of the two steps. Either may be repeated after a kill."""
    try:
        chosen = settings()
        with closing(prepare(chosen)) as database:
            return {"rotate": _rotate, "finish": _finish}[options.step](chosen, database)
    except CannotStart as error:
        return complain(str(error))
    except (OSError, ValueError) as error:
        return complain(f"{chosen.secret_file.name} in the instance folder cannot be used: {error}")


def _rotate(chosen: Settings, _database: Database) -> int:
    found = read_secrets(chosen.secret_file)
    if len(found) > 1:
        return complain("There is a new secret already. Restart every process, then: secret-key finish")
    write_private(chosen.secret_file, "\n".join((secrets.token_urlsafe(SECRET_BYTES), *found)) + "\n")
    say("The new secret is in use once every process has been started again. Then: secret-key finish")
    return 0


def _finish(chosen: Settings, database: Database) -> int:
    found = read_secrets(chosen.secret_file)
    if len(found) == 1:
        return complain("There is one secret only. Begin with: secret-key rotate")
    try:
        with database.transaction() as session:
            count = second_factor.seal_again(session, found, utc_now())
    except CannotOpen:
        return complain("An app's secret opens with none of the secrets in the file; nothing was changed")
    write_private(chosen.secret_file, found[0] + "\n")
    say(f"The old secret is gone; {count} apps are sealed with the new one. Restart every process once more.")
    return 0
