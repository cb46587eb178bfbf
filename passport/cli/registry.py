"""What follows a change of the keys: the next registry in the same transaction, files after the commit.

So nothing is published that a power cut would take back, and a key is suspended even if no file can be
written.
"""

from __future__ import annotations

from contextlib import suppress

from passport.cli import PROBLEM, complain
from passport.config import Settings
from passport.proofs.signing import KeyPlace, KeyRing
from passport.publisher import Publisher
from passport.services import Database, DatabaseUnavailable, Session
from passport.services.core.errors import IssuingClosed
from passport.services.core.runtime import public_files, utc_now
from passport.services.programmes import creation, issuers
from passport.services.trust import keys


def sign_next(session: Session, chosen: Settings, place: KeyPlace) -> None:
    """Sign the registry that lists what has changed. Raises IssuingClosed without the root key."""
    ring = KeyRing.load(place.directory, place.passphrase)
    issuers.sign_registry(session, ring, chosen.public_url, creation.is_demo(session), utc_now())


def notice(database: Database, chosen: Settings) -> None:
    """Compare the published files with the rows: a restored backup must sign no registry twice.

    If they cannot be read, a key can still be suspended; `publish` reports the problem then.
    """
    with suppress(OSError):
        Publisher(database, KeyRing([]), public_files(chosen), chosen.public_url).notice(utc_now())


def publish(database: Database, chosen: Settings, place: KeyPlace) -> int:
    """Publish, and destroy what is no longer needed, after the commit. Returns the exit code."""
    ring, problems = KeyRing.load(place.directory, place.passphrase), []
    try:
        Publisher(database, ring, public_files(chosen), chosen.public_url).publish_all(utc_now())
    except (IssuingClosed, DatabaseUnavailable) as error:
        problems.append(f"not all could be published: {error}")
    except OSError as error:
        problems.append(f"{chosen.instance / 'public'} cannot be written: {error.strerror}")
    with database.reading() as session:
        spent = [f"{key.role}-{key.kid}.pem" for key in keys.spent(session)]
    for name in spent:
        try:
            (place.directory / name).unlink(missing_ok=True)
        except OSError as error:
            problems.append(f"{name} could not be destroyed ({error.strerror}): remove it yourself")
    for problem in problems:
        complain(f"It is done, but {problem}")
    if problems:
        complain("Mend that, then say: python3 -m passport keys carry-out")
    return PROBLEM if problems else 0
