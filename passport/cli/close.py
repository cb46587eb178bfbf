"""`close SLUG --by A --by B`: end a programme. What it issued stays checkable for good."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain, say
from passport.cli.instance import CannotStart, key_place, prepare, settings
from passport.config import Settings
from passport.proofs.signing import KeyRing
from passport.services import Session, closing, issuers, keys, programmes, publishing
from passport.services.errors import IssuingClosed, NotFound, Refused
from passport.services.programmes import KeyPlace
from passport.services.runtime import public_files, utc_now

WHY = {
    "name-two": "Two people must decide this: --by NAME --by NAME",
    "programme-closed": "This programme has closed already",
    "programme-has-work": "Endorsements still wait for their entry: close when all of them are signed",
    "key-suspended": "A key is suspended until a question about it is settled: settle it first (keys list)",
}


def run(options: Namespace) -> int:
    """Close it, sign the last registry and write the last lists, all or nothing."""
    try:
        chosen = settings()
        place = key_place(chosen)
        with prepare(chosen).transaction() as session:
            name = _close(session, chosen, place, options)
            spent = [f"{key.role}-{key.kid}.pem" for key in keys.spent(session)]
    except (CannotStart, IssuingClosed, NotFound) as error:
        return complain(str(error))
    except Refused as error:
        return complain(WHY[error.reason])
    for file in spent:
        (place.directory / file).unlink(missing_ok=True)
    say(f"{name} has closed. Keep the published files where they are: its entries stay checkable with them.")
    return 0


def _close(session: Session, chosen: Settings, place: KeyPlace, options: Namespace) -> str:
    at = utc_now()
    name = closing.close(session, options.slug, at, options.by).name
    ring = KeyRing.load(place.directory, place.passphrase)
    issuers.sign_registry(session, ring, chosen.public_url, programmes.is_demo(session), at)
    publishing.publish_all(session, ring, public_files(chosen), chosen.public_url, at)
    return name
