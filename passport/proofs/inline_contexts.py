"""Contexts that are written into a document, read with PyLD. For conformance suites alone.

The service compiles its tables from contexts that it knows; a context inside a document has no table, so the
document is refused everywhere else. PyLD is among the tests' requirements and not among the service's:
without it such documents are refused in the test mode too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import NotCanonical, NotCovered, UnknownContext
from .tables import ABSOLUTE_URI

Document = dict[str, Any]

# No address lies below it (RFC 2606, section 2), so that what begins with it was relative.
_BASE = "https://relative.invalid/"
_KEYWORDS = {"@context", "@id", "@type", "@value", "@language"}
_UNSAID = {"@direction", "@index"}
WITHOUT_PYLD = "a context is written into the document, and PyLD, which reads it, is not installed"


def has_some(document: Document) -> bool:
    """Return whether a document has a context of its own at any place in it."""
    return any(
        isinstance(context, dict) for each in _objects(document) for context in _several(each.get("@context"))
    )


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

    _refuse_unsaid(document)
    lost: list[Any] = []
    options: Any = {"documentLoader": load, "base": _BASE}
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


def _refuse_unsaid(document: Document) -> None:
    """Refuse members that PyLD leaves out in silence: nothing, a base direction, an index, a graph.

    JSON-LD 1.1 API, 5.1.2 (Expansion) and 8.2.2 (Object to RDF Conversion).
    """
    for each in _objects(document):
        for name in each:
            if each[name] is None or (name.startswith("@") and name not in _KEYWORDS):
                raise NotCovered(f"{name!r:.60} makes no statement", name[:60])


def _refuse_relative(expanded: Any) -> None:
    """Refuse types, ids and terms that are not absolute: their meaning depends on where the document lies.

    What a context calls by another name is refused here as in `_refuse_unsaid`.
    """
    for each in _objects(expanded):
        if not each.keys().isdisjoint(_UNSAID):
            raise NotCovered("a direction or an index makes no statement", "a direction or an index")
        names = [*_several(each.get("@id", [])), *_several(each.get("@type", []))]
        for name in (*names, *(key for key in each if not key.startswith("@"))):
            _refuse_unless_absolute(str(name))


def _refuse_unless_absolute(name: str) -> None:
    if name.startswith(("_:", "@")):
        return
    if name.startswith(_BASE) or not ABSOLUTE_URI.match(name):
        raise NotCovered(
            f"{name.removeprefix(_BASE)!r:.60} is no address, so that it means nothing", name[:60]
        )


def _objects(value: Any) -> Iterator[Document]:
    """Yield every object in a value, but none inside a context."""
    members = [value]
    while members:
        member = members.pop()
        if isinstance(member, list):
            members += member
        elif isinstance(member, dict):
            yield member
            members += [member[name] for name in member if name != "@context"]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
