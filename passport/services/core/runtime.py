"""The runtime: what web, jobs and commands hold to call the services with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from passport import db
from passport.adapters.files import PrivateFiles, PublicFiles
from passport.config import Settings
from passport.db import Database
from passport.proofs.signing import KeyPlace, KeyRing
from passport.services.core.errors import NotReady

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the current time in UTC, in whole seconds: signed documents have no finer resolution."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Runtime:
    """Settings, database, keys, published files and the clock, opened once."""

    settings: Settings
    database: Database
    keys: KeyRing
    public: PublicFiles
    clock: Clock
    demo: bool

    @cached_property
    def private(self) -> PrivateFiles:
        """The store for uploaded files; only the service serves them."""
        return private_files(self.settings)

    def key_place(self) -> KeyPlace | None:
        """Return where this process may store new keys, or None where it has no passphrase for them."""
        passphrase = read_passphrase(self.settings.passphrase_file)
        return KeyPlace(self.settings.keys_directory, passphrase) if passphrase else None


def open_runtime(settings: Settings, clock: Clock = utc_now) -> Runtime:
    """Open everything that a running service needs.

    Raises NotReady where no service was created yet, where the public address differs from the one that the
    issuers were created under, and where PASSPORT_CONFORMANCE is set outside a demo.
    """
    database = Database(settings.database)
    with database.reading() as session:
        service = db.programmes.programme.service(session)
        if service is None:
            raise NotReady("There is no service here yet. Make one: python3 -m passport init, or … demo")
        if service.public_url != settings.public_url and db.programmes.issuers.all_issuers(session):
            raise NotReady(
                f"PASSPORT_PUBLIC_URL is {settings.public_url}, but this service signs as"
                f" {service.public_url}: an address cannot change beside signed entries."
            )
        demo = service.demo
    if settings.conformance and not demo:
        raise NotReady(
            "PASSPORT_CONFORMANCE signs whatever it is sent: it is for a demo, and here is real data"
        )
    keys = KeyRing.load(settings.keys_directory, read_passphrase(settings.passphrase_file))
    return Runtime(settings, database, keys, public_files(settings), clock, demo)


def public_files(settings: Settings) -> PublicFiles:
    """Return the store of published files."""
    return PublicFiles(settings.instance / "public")


def private_files(settings: Settings) -> PrivateFiles:
    """Return the store for uploaded files. Raises NotReady where the store's secret cannot be read."""
    if not settings.files_url:
        return PrivateFiles.in_folder(settings.instance / "files")
    parts = urlsplit(settings.files_url)
    try:
        secret = settings.files_secret_file.read_text().strip() if settings.files_secret_file else ""
    except OSError as error:
        raise NotReady(f"PASSPORT_FILES_SECRET_FILE cannot be read: {error.strerror}") from error
    place = (settings.files_endpoint, settings.files_region, settings.files_key_id, secret)
    return PrivateFiles.in_bucket(parts.netloc, parts.path.strip("/"), *place)


def read_passphrase(file: Path) -> str | None:
    """Return the passphrase of the private keys; None where the file is missing, unreadable or empty."""
    try:
        return file.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def read_secrets(file: Path) -> tuple[str, ...]:
    """Read the instance's secrets, one per line, the newest first.

    Raises OSError where the file cannot be read, and ValueError where it holds none or is not ASCII.
    """
    found = tuple(line.strip() for line in file.read_text(encoding="ascii").splitlines() if line.strip())
    if not found:
        raise ValueError("it is empty")
    return found
