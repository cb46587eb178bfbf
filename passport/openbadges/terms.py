"""Words and values that entry, endorsement and status list share."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from .errors import MalformedCredential

Document = dict[str, Any]

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
# In this order; the third defines 1EdTechJsonSchemaValidator2019.
CONTEXTS = (
    CREDENTIALS_V2,
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
LEVELS = ("With guidance", "With support", "On my own", "Guiding others")
# what an employer endorsed, and what a school or college confirmed
ASSURANCES = ("Employer endorsed", "School or college confirmed")

_FIRST_YEAR = 1000


class Basis(IntEnum):
    """How a champion knows what they endorse."""

    SAW_IT = 1
    REVIEWED = 2
    TOLD = 3


@dataclass(frozen=True)
class Issuer:
    """A programme or an employer: an issuer with a did:web and keys of its own."""

    did: str
    name: str


def profile(issuer: Issuer) -> Document:
    """Write an issuer as a Profile of Open Badges 3.0."""
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name}


def read_profile(document: Mapping[str, Any]) -> Issuer:
    """Read an issuer back."""
    return Issuer(text(document["id"]), text(document["name"]))


def schema(name: str) -> list[Document]:
    """Return the reference to the published schema of a document."""
    address = f"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_{name}_schema.json"
    return [{"id": address, "type": "1EdTechJsonSchemaValidator2019"}]


def timestamp(at: datetime) -> str:
    """Format a time in UTC, in whole seconds."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    at = at.astimezone(UTC)
    if at.year < _FIRST_YEAR:
        raise ValueError(f"a time before the year {_FIRST_YEAR}")
    return f"{at.isoformat(timespec='seconds').removesuffix('+00:00')}Z"


def read_timestamp(value: str) -> datetime:
    """Parse a time that `timestamp` wrote. Raises ValueError for any other spelling."""
    at = datetime.fromisoformat(value)
    if timestamp(at) != value:
        raise ValueError("not a time in UTC in whole seconds")
    return at


def text(value: Any) -> str:
    """Return a value that is text. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Convert every error of picking values out of a document to MalformedCredential, in a `with` block."""
    try:
        yield
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise MalformedCredential(f"this is not {what} of ours: {_wrong(error)}") from error


def _wrong(error: Exception) -> str:
    """Return what is wrong with a document, in words for its author."""
    if isinstance(error, KeyError):
        return f"the member {error} is missing"
    if isinstance(error, ValueError):
        return str(error)
    return "a member is not of the type that it should be"


def refuse_other(document: Document, ours: Document, what: str) -> None:
    """Raise MalformedCredential unless a document, its proof aside, is exactly the one that we would write.

    RDF merges things with one id and has no order, so a member could be moved or said twice under a valid
    signature. Comparing with what we would have written rules that out.
    """
    said = {name: member for name, member in document.items() if name != "proof"}
    if not _is_same(said, ours):
        raise MalformedCredential(f"this is not {what} of ours: it differs at {_difference(said, ours)}")


def _is_same(said: Any, ours: Any) -> bool:
    """Compare as JSON does: in Python 1, 1.0 and true are equal."""
    if said.__class__ is not ours.__class__:
        return False
    if ours.__class__ is str:
        return bool(said == ours)
    if isinstance(ours, dict):
        return said.keys() == ours.keys() and all(map(_is_same, map(said.__getitem__, ours), ours.values()))
    if isinstance(ours, list):
        return len(said) == len(ours) and all(map(_is_same, said, ours))
    return bool(said == ours)


def _difference(said: Any, ours: Any, place: str = "") -> str:
    if isinstance(said, dict) and isinstance(ours, dict):
        for name in sorted(said.keys() | ours.keys()):
            if name not in said or name not in ours:
                return f"{place}/{name}"
            if not _is_same(said[name], ours[name]):
                return _difference(said[name], ours[name], f"{place}/{name}")
    return place or "its top"
