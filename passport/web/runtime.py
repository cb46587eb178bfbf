"""The running service that a request belongs to."""

from __future__ import annotations

from typing import cast

from flask import current_app

from passport.services.runtime import Runtime


def runtime() -> Runtime:
    """Settings, database, keys, published files and clock."""
    return cast(Runtime, current_app.extensions["passport"])


def secrets() -> tuple[str, ...]:
    """Give the instance's secrets: the first one seals and signs, the older ones open and verify."""
    return str(current_app.secret_key), *current_app.config["SECRET_KEY_FALLBACKS"]
