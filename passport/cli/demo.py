"""`demo`: make the demo programme, or rebuild it."""

from __future__ import annotations

import json
from argparse import Namespace

from passport import demo
from passport.adapters.files import StoreUnavailable
from passport.cli import complain, say
from passport.cli.instance import CannotStart, key_place, passwords_file, prepare, settings, write_private
from passport.cli.leftovers import clear_published
from passport.config import Settings
from passport.proofs.signing import KeyRing
from passport.publisher import Publisher
from passport.services import Database
from passport.services.core.errors import NotReady
from passport.services.core.migrations import empty
from passport.services.core.runtime import open_runtime, private_files, public_files, utc_now
from passport.services.evidence import evidence_files
from passport.services.programmes import creation


def run(_options: Namespace) -> int:
    """Rebuild the demo. Fails for a service with real data in it."""
    try:
        chosen = settings()
        database = prepare(chosen)
        _clear(chosen, database)
        make(chosen, database)
    except CannotStart as error:
        return complain(str(error))
    say("The demo programme is made. Serve it: python3 -m passport")
    return 0


def make(chosen: Settings, database: Database) -> None:
    """Make the demo in one transaction, then publish it: if killed half-way, only spare files remain.

    Raises CannotStart if another service's published files are in the instance folder.
    """
    clear_published(chosen)
    passwords, at = demo.new_passwords(), utc_now()
    write_private(passwords_file(chosen), json.dumps(passwords, indent=2))
    place = key_place(chosen)
    try:
        photo = evidence_files.store(private_files(chosen), demo.PHOTO)
        with database.transaction() as session:
            undo = chosen.demo_undo_minutes
            demo.make(session, photo, chosen.public_url, place, passwords, at, undo)
        keys = KeyRing.load(place.directory, place.passphrase)
        Publisher(database, keys, public_files(chosen), chosen.public_url).publish_all(at)
    except OSError as error:
        raise CannotStart(f"{error.filename} cannot be written: {error.strerror}") from error
    except StoreUnavailable as error:
        raise CannotStart(f"The demo's photo cannot be stored: {error}") from error


def _clear(chosen: Settings, database: Database) -> None:
    with database.reading() as session:
        if not creation.is_made(session):
            return
    try:
        runtime = open_runtime(chosen)
    except NotReady as error:
        raise CannotStart(str(error)) from error
    if not runtime.demo:
        raise CannotStart(
            "Here is a service with real data. A demo needs a folder of its own: PASSPORT_INSTANCE"
        )
    for signer in runtime.keys:
        (chosen.keys_directory / f"{signer.role}-{signer.kid}.pem").unlink(missing_ok=True)
    runtime.database.close()
    empty(database)
