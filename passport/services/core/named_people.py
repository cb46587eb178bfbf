"""Require the names of the people who authorise an operator's command."""

from __future__ import annotations

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason

TWO = 2


def require_names(by: list[str], needed: int) -> None:
    """Raise Refused unless ``by`` names at least ``needed`` different people, ignoring case and spaces."""
    if len({name.strip().casefold() for name in by if name.strip()}) < needed:
        raise Refused(Reason.NAME_TWO if needed == TWO else Reason.NAME_ONE)
