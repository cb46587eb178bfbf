"""Contexts that are written into a document, read with PyLD. For conformance suites alone.

The service compiles its tables from contexts that it knows; a context inside a document has no table, so the
document is refused everywhere else. PyLD is among the tests' requirements and not among the service's:
without it such documents are refused in the test mode too.
"""

from collections.abc import Mapping
from typing import Any

from .errors import NotCanonical, NotCovered, UnknownContext
from .tables import ABSOLUTE_URI

Document = dict[str, Any]

WITHOUT_PYLD = "a context is written into the document, and PyLD, which reads it, is not installed"


def has_some(value: Any) -> bool:
    """Return whether a document has a context of its own at any place in it."""
    members = [value]
    while members:
        member = members.pop()
        if isinstance(member, list):
            members += member
        elif isinstance(member, dict):
            if any(isinstance(each, dict) for each in _several(member.get("@context"))):
                return True
            members += member.values()
    return False


def canonical(document: Document, known: Mapping[str, Document]) -> bytes:
    """Return the canonical N-Quads of a document whose contexts may stand in it; `known` are all others.

    Raises NotCanonical as `canonical.canonical` does: for a member, a type or an id that means nothing, for a
    context that is neither known nor valid, and where PyLD is missing.
    """
    try:
        from pyld import jsonld
    except ImportError as error:
        raise NotCanonical(WITHOUT_PYLD) from error

    def load(url: str, _: object) -> Document:
        if url not in known:
            raise UnknownContext(f"we do not know the context {url!r:.200}")
        return {"contextUrl": None, "documentUrl": url, "document": known[url]}

    lost: list[Any] = []
    options: Any = {"documentLoader": load, "base": ""}
    as_quads: Any = {**options, "algorithm": "URDNA2015", "format": "application/n-quads"}
    try:
        expanded = jsonld.expand(document, options, on_property_dropped=lost.append)
        _refuse_relative(expanded)
        if lost:
            raise NotCovered(f"no context defines {lost[0]!r:.60}", str(lost[0])[:60])
        quads = jsonld.normalize(expanded, as_quads)
    except NotCanonical:
        raise
    except Exception as error:  # PyLD raises whatever a strange context makes happen; each means a refusal
        if isinstance(error.__cause__, NotCanonical):
            raise error.__cause__ from error
        raise NotCanonical(f"a context in it cannot be read: {error!s:.200}") from error
    return str(quads).encode()


def _refuse_relative(expanded: Any) -> None:
    """Refuse types, ids and terms that are not absolute: they make no statement, or one that is not meant."""
    members = [expanded]
    while members:
        member = members.pop()
        if isinstance(member, list):
            members += member
        elif isinstance(member, dict):
            names = [*_several(member.get("@id", [])), *_several(member.get("@type", []))]
            for name in (*names, *(key for key in member if not key.startswith("@"))):
                _refuse_unless_absolute(name)
            members += member.values()


def _refuse_unless_absolute(name: Any) -> None:
    text = str(name)
    if not (text.startswith(("_:", "@")) or ABSOLUTE_URI.match(text)):
        raise NotCovered(f"{text!r:.60} is no address, so that it means nothing", text[:60])


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
