"""The running service that a request belongs to."""

from __future__ import annotations

from typing import cast

from flask import current_app

from passport.services.runtime import Runtime


def runtime() -> Runtime:
    """Settings, database, keys, published files and clock."""
    return cast(Runtime, current_app.extensions["passport"])
