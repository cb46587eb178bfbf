"""`keys init`: make the first keys that a service lacks."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain, say
from passport.cli.instance import CannotStart, key_place, prepare, settings
from passport.proofs.signing import KeyRing
from passport.services import issuers, programmes, publishing
from passport.services.errors import IssuingClosed
from passport.services.runtime import public_files, utc_now


def run(_options: Namespace) -> int:
    """Make what is lacking; keys that are there stay. Twice changes nothing."""
    try:
        chosen = settings()
        database = prepare(chosen)
        place, at = key_place(chosen), utc_now()
        with database.transaction() as session:
            if not programmes.is_made(session):
                say(f"The passphrase is in {chosen.passphrase_file}. init makes the keys with the programme.")
                return 0
            made = issuers.make_missing_keys(session, place.directory, place.passphrase, at)
            if made:
                keys = KeyRing.load(place.directory, place.passphrase)
                demo = programmes.is_demo(session)
                issuers.sign_registry(session, keys, chosen.public_url, demo, at)
                publishing.publish_all(session, keys, public_files(chosen), chosen.public_url, at)
    except (CannotStart, IssuingClosed) as error:
        return complain(str(error))
    for key in made:
        say(f"{key.role}-{key.kid}  {key.issuer.name if key.issuer else 'the registry: keep it offline'}")
    say(f"{len(made)} keys made.")
    return 0
