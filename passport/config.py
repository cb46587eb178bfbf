"""The only reader of the environment: every setting, with its default and its check."""

from __future__ import annotations

import os
import re
import sys
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import structlog
from limits import parse_many
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "PASSPORT_"
LONGEST_HOST = 40
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
KINDS = {
    "database_url": ("sqlite:///", "postgresql://", "postgresql+psycopg://"),
    "queue_url": ("sqlite:///", "redis://", "rediss://"),
}


class WrongSetting(Exception):
    """A setting that cannot be used; the message is one line for the operator."""


class Provider(BaseModel):
    """A service where people have an account that they may sign in with here (OpenID Connect)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{1,20}$")
    name: str = Field(min_length=1, max_length=60)
    issuer: str = Field(pattern=r"^(https://|http://localhost[:/])")
    client_id: str
    secret: str


class Settings(BaseSettings):
    """The operator's settings, read from ``PASSPORT_*`` variables."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    public_url: str = "http://localhost:8000"
    instance: Path = ROOT / "instance"
    database_url: str = ""
    queue_url: str = ""
    keys: Path | None = None
    keys_passphrase_file: Path | None = None
    listen: str = ""
    status_batch_seconds: int = Field(default=20, ge=0, le=60)
    status_max_age_hours: float = Field(default=24, gt=0, le=24 * 7)
    api_limit: str = "60 per minute"
    proxies: int = Field(default=0, ge=0, le=9)
    conformance: bool = False
    providers_file: Path | None = None
    second_factor: Literal["demanded", "offered"] | None = None
    files_url: str = ""
    files_endpoint: str = ""
    files_region: str = "eu-west-2"
    files_key_id: str = ""
    files_secret_file: Path | None = None
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_sender: str = ""
    demo_undo_minutes: int = Field(default=2, ge=0, le=24 * 60)

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must look like https://passport.example")
        if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be an origin, with nothing after the host and port")
        if parts.hostname.replace(".", "").isdigit() or ":" in parts.hostname:
            raise ValueError("must name a host: an entry's issuer cannot be an IP address")
        if not HOST.fullmatch(parts.netloc) or parts.port == 0:
            raise ValueError("must have a host of letters, digits, hyphens and dots, and a port that exists")
        if len(parts.netloc) > LONGEST_HOST:
            raise ValueError(f"must have a host of at most {LONGEST_HOST} characters")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("database_url", "queue_url")
    @classmethod
    def _known_kind(cls, value: str, info: ValidationInfo) -> str:
        kinds = KINDS[info.field_name or ""]
        if value and not value.startswith(kinds):
            raise ValueError(f"must begin with {' or '.join(kinds)}")
        return value

    @field_validator("files_url")
    @classmethod
    def _a_bucket(cls, value: str) -> str:
        if value and not (value.startswith("s3://") and urlsplit(value).netloc):
            raise ValueError("must look like s3://bucket or s3://bucket/folder")
        return value

    @field_validator("api_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        try:
            parse_many(value)
        except ValueError as error:
            raise ValueError("must look like 60 per minute") from error
        return value

    @field_validator(
        "instance",
        "keys",
        "keys_passphrase_file",
        "smtp_password_file",
        "providers_file",
        "files_secret_file",
    )
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @cached_property
    def database(self) -> str:
        """Return the database's address, by default a file in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance / 'passport.db'}"

    @cached_property
    def queue(self) -> str:
        """Return the job queue's address, by default a file in the instance folder."""
        return self.queue_url or f"sqlite:///{self.instance / 'jobs.db'}"

    @cached_property
    def keys_directory(self) -> Path:
        """Return the folder of the private keys; a second instance has keys of its own."""
        return self.keys or (ROOT / "keys" if self.instance == ROOT / "instance" else self.instance / "keys")

    @cached_property
    def passphrase_file(self) -> Path:
        """Return the file whose one line is the passphrase of the private keys."""
        return self.keys_passphrase_file or self.instance / "keys-passphrase"

    @cached_property
    def status_max_age(self) -> timedelta:
        """Return the age from which a status list is too old to finish a check."""
        return timedelta(hours=self.status_max_age_hours)

    @cached_property
    def secret_file(self) -> Path:
        """Return the file with the secret keys that sign cookies."""
        return self.instance / "secret-key"

    @cached_property
    def providers(self) -> tuple[Provider, ...]:
        """Return the OpenID Connect providers. Raises WrongSetting for a file that cannot be used."""
        if self.providers_file is None:
            return ()
        try:
            return TypeAdapter(tuple[Provider, ...]).validate_json(self.providers_file.read_bytes())
        except OSError as error:
            raise WrongSetting(f"{PREFIX}PROVIDERS_FILE cannot be read: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise WrongSetting(f"{PREFIX}PROVIDERS_FILE: {where}: {first['msg']}") from error

    @cached_property
    def sender(self) -> str:
        """Return the sender's name and address for mail."""
        return self.smtp_sender or f"Skills passport <no-reply@{urlsplit(self.public_url).hostname}>"

    @cached_property
    def is_https(self) -> bool:
        """Return whether browsers reach the service over TLS (cookies and HSTS follow from it)."""
        return self.public_url.startswith("https:")

    @cached_property
    def bind(self) -> str:
        """Return the address that the server listens on: with the public port when there is no proxy."""
        port = urlsplit(self.public_url).port or 8000
        return self.listen or f"127.0.0.1:{8000 if self.is_https else port}"


def configure_logging() -> None:
    """Log each event as one line of JSON on standard error; tracebacks hold no local variables."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        # standard error at the time of the event, not at the time when the application was made
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def read_settings() -> Settings:
    """Read the environment.

    Raises WrongSetting for a value that cannot be used and for a misspelt ``PASSPORT_*`` name,
    which would otherwise be ignored silently.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            raise WrongSetting(f"{name} is not a setting. The settings are: {', '.join(sorted(known))}")
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise WrongSetting(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error
    _ = settings.providers  # an unusable file must fail at the start, not at a sign-in
    return settings
