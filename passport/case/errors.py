"""What can be wrong with a package."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Why a file cannot be read as a CASE package."""

    NOT_JSON = "not JSON"
    TOO_LARGE = "too large"
    NO_DOCUMENT = "no CFDocument"
    DOCUMENT_ALONE = "a CFDocument alone"
    NO_TITLE = "no title"
    NO_ITEMS = "no items"
    MALFORMED = "malformed"
    SAME_IDENTIFIER = "same identifier"
    CYCLE = "cycle"


class NotAPackage(Exception):
    """The file is not a package that can be read. `where` names the place in it, or the items concerned."""

    def __init__(self, fault: Fault, where: str = "") -> None:
        """Store the fault and its place."""
        super().__init__(f"{fault}: {where}" if where else str(fault))
        self.fault = fault
        self.where = where
