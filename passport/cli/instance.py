"""The instance folder and its secrets, readable by their owner alone."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from passport.cli import complain, unusable
from passport.config import Settings, WrongSetting, read_settings
from passport.proofs.signing import KeyPlace, new_passphrase
from passport.services import Database, DatabaseUnavailable
from passport.services.core.migrations import upgrade
from passport.services.core.runtime import read_passphrase

SECRET_BYTES = 32


class CannotStart(Exception):
    """The service or command cannot start; the message is one line for the operator."""


def settings() -> Settings:
    """Return the settings. Raises CannotStart for one that cannot be used."""
    try:
        return read_settings()
    except WrongSetting as error:
        raise CannotStart(f"Wrong setting: {error}") from error


def prepare(settings: Settings) -> Database:
    """Create the instance folder with its secrets if missing, and return the database, migrated."""
    try:
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_once(settings.secret_file, secrets.token_urlsafe(SECRET_BYTES))
        database = Database(settings.database)
        upgrade(database)
    except OSError as error:
        raise CannotStart(f"The folder {settings.instance} cannot be written: {error.strerror}") from error
    except DatabaseUnavailable as error:
        raise CannotStart(unusable(error)) from error
    return database


def key_place(settings: Settings) -> KeyPlace:
    """Return where new keys go; the passphrase is generated the first time."""
    try:
        _make_once(settings.passphrase_file, new_passphrase())
    except OSError as error:
        raise CannotStart(f"{settings.passphrase_file} cannot be written: {error.strerror}") from error
    passphrase = read_passphrase(settings.passphrase_file)
    if passphrase is None:
        raise CannotStart(f"{settings.passphrase_file} cannot be read")
    return KeyPlace(settings.keys_directory, passphrase)


def write_private(file: Path, content: str) -> None:
    """Write a file atomically, readable by its owner alone at every moment."""
    beside = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)


def _make_once(file: Path, content: str) -> None:
    if not file.exists():
        write_private(file, content + "\n")


def passwords_file(settings: Settings) -> Path:
    """Return the path of the demo's passwords."""
    return settings.instance / "demo-passwords.json"


def read_passwords(settings: Settings) -> dict[str, str]:
    """Return the demo's passwords, or {} if there is no such file."""
    file = passwords_file(settings)
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


__all__ = ["CannotStart", "complain", "key_place", "passwords_file", "prepare", "settings", "write_private"]
