"""The running service that a request belongs to."""

from __future__ import annotations

from typing import cast

from flask import current_app

from passport.services.access.attempts import Attempts
from passport.services.core.runtime import Runtime


def runtime() -> Runtime:
    """Return the settings, database, keys, published files and clock."""
    return cast(Runtime, current_app.extensions["passport"])


def attempts() -> Attempts:
    """Return the counter of failed sign-ins, keyed by the oldest secret: adding a secret loses no count."""
    return Attempts(secrets()[-1])


def secrets() -> tuple[str, ...]:
    """Return the instance's secrets: the first one seals and signs, the older ones open and verify."""
    return str(current_app.secret_key), *current_app.config["SECRET_KEY_FALLBACKS"]
