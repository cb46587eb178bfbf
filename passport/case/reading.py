"""Read a CASE package, version 1.0 or 1.1, from JSON.

What real files do against the schemas is accepted where the meaning is clear: identifiers that are no UUID,
a package inside an object `CFPackage`, numbers written as text. What would have to be guessed is refused with
its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from passport.case.errors import Fault, NotAPackage
from passport.case.package import Association, Criterion, Document, Item, Level, Link, Package
from passport.proofs import json_text
from passport.proofs.errors import NotJson

MAX_BYTES = 32 * 1024 * 1024
MOST_ITEMS = 20_000
# An item has one parent as a rule; a package with far more associations is no framework.
MOST_ASSOCIATIONS = 4 * MOST_ITEMS
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")
# Members that these values have, or that say nothing which a framework needs.
_USED_OF_DOCUMENT = {"identifier", "uri", "title", "creator", "version", "caseVersion", "CFPackageURI"} | {
    "lastChangeDateTime",
    "officialSourceURL",
}
_USED_OF_ITEM = {"identifier", "uri", "fullStatement", "abbreviatedStatement", "humanCodingScheme"} | {
    "CFItemType",
    "CFItemTypeURI",
    "CFDocumentURI",
    "lastChangeDateTime",
}


def read(data: bytes) -> Package:
    """Return the package. Raises NotAPackage."""
    if len(data) > MAX_BYTES:
        raise NotAPackage(Fault.TOO_LARGE)
    try:
        found = json_text.read_object(data.removeprefix(BYTE_ORDER_MARK), max_bytes=MAX_BYTES)
    except NotJson as error:
        raise NotAPackage(Fault.NOT_JSON, str(error)) from error
    return _package(_unwrapped(found))


def is_json(data: bytes) -> bool:
    """Return whether a file begins as a JSON object does."""
    return data[:1024].removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"{")


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    inner = found.get("CFPackage")
    found = inner if isinstance(inner, dict) else found
    if isinstance(found.get("CFDocument"), dict):
        return found
    if "title" in found and "CFPackageURI" in found:
        raise NotAPackage(Fault.DOCUMENT_ALONE)
    raise NotAPackage(Fault.NO_DOCUMENT)


def _package(found: dict[str, Any]) -> Package:
    package = Package(_document(found["CFDocument"]))
    _count_unused(package, found["CFDocument"], _USED_OF_DOCUMENT, "CFDocument")
    for place, one in _objects(found, "CFItems", MOST_ITEMS):
        item = _item(one, place)
        if item.identifier in package.items or item.identifier == package.document.identifier:
            raise NotAPackage(Fault.SAME_IDENTIFIER, item.identifier)
        package.items[item.identifier] = item
        _count_unused(package, one, _USED_OF_ITEM, "CFItems")
    if not package.items:
        raise NotAPackage(Fault.NO_ITEMS)
    for place, one in _objects(found, "CFAssociations", MOST_ASSOCIATIONS):
        package.associations.append(_association(one, place))
    package.criteria = list(_criteria(found))
    definitions = found.get("CFDefinitions") or {}
    if not isinstance(definitions, dict):
        raise NotAPackage(Fault.MALFORMED, "CFDefinitions")
    for name in DEFINITIONS:
        package.unused[name] += len(list(_objects(definitions, name, MOST_ITEMS)))
    package.unused = +package.unused
    return package


def _count_unused(package: Package, found: Mapping[str, Any], used: set[str], where: str) -> None:
    package.unused.update(f"{where}: {name}" for name, value in found.items() if name not in used and value)


def _document(found: Mapping[str, Any]) -> Document:
    title = _text(found, "title", "CFDocument").strip()
    if not title:
        raise NotAPackage(Fault.NO_TITLE)
    identifier = _text(found, "identifier", "CFDocument").strip()
    return Document(
        identifier or _text(found, "uri", "CFDocument"),
        _text(found, "uri", "CFDocument"),
        title,
        _text(found, "creator", "CFDocument"),
        _text(found, "version", "CFDocument"),
    )


def _item(found: Mapping[str, Any], place: str) -> Item:
    return Item(
        _required(found, "identifier", place),
        _text(found, "uri", place),
        _text(found, "fullStatement", place),
        _text(found, "abbreviatedStatement", place),
        _text(found, "humanCodingScheme", place),
        _text(found, "CFItemType", place),
    )


def _association(found: Mapping[str, Any], place: str) -> Association:
    return Association(
        _text(found, "identifier", place),
        _kind(_required(found, "associationType", place)),
        _link(found.get("originNodeURI"), f"{place}.originNodeURI"),
        _link(found.get("destinationNodeURI"), f"{place}.destinationNodeURI"),
        _integer(found, "sequenceNumber", place),
    )


def _kind(text: str) -> str:
    """Return an association type as the standard writes it: "Is Child Of" of older exports is isChildOf."""
    if text.startswith("ext:") or " " not in text.strip():
        return text.strip()
    first, *others = text.split()
    return first.lower() + "".join(word.capitalize() for word in others)


def _link(found: Any, place: str) -> Link:
    """Return a reference; the first drafts of CASE 1.0 wrote it as an address alone."""
    if isinstance(found, str) and found:
        return Link("", found.rstrip("/").rpartition("/")[2], found)
    if not isinstance(found, dict):
        raise NotAPackage(Fault.MALFORMED, place)
    uri = _text(found, "uri", place)
    identifier = _text(found, "identifier", place).strip() or uri.rstrip("/").rpartition("/")[2]
    if not identifier:
        raise NotAPackage(Fault.MALFORMED, f"{place}.identifier")
    return Link(_text(found, "title", place), identifier, uri)


def _criteria(found: Mapping[str, Any]) -> Iterator[Criterion]:
    for place, rubric in _objects(found, "CFRubrics", MOST_ITEMS):
        for inner, one in _objects(rubric, "CFRubricCriteria", MOST_ITEMS, place):
            item = one.get("CFItemURI")
            levels = [
                Level(
                    _text(level, "quality", where),
                    _text(level, "description", where),
                    _integer(level, "position", where),
                )
                for where, level in _objects(one, "CFRubricCriterionLevels", MOST_ITEMS, inner)
            ]
            ordered = tuple(sorted(levels, key=lambda level: (level.position is None, level.position or 0)))
            linked = _link(item, f"{inner}.CFItemURI").identifier if item else ""
            yield Criterion(_text(one, "identifier", inner), linked, ordered)


def _objects(
    found: Mapping[str, Any], name: str, most: int, above: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of an array with their places. Raises NotAPackage for anything else in it."""
    values = found.get(name) or []
    place = f"{above}.{name}" if above else name
    if not isinstance(values, list):
        raise NotAPackage(Fault.MALFORMED, place)
    if len(values) > most:
        raise NotAPackage(Fault.TOO_LARGE, place)
    for number, value in enumerate(values):
        if not isinstance(value, dict):
            raise NotAPackage(Fault.MALFORMED, f"{place}[{number}]")
        yield f"{place}[{number}]", value


def _required(found: Mapping[str, Any], name: str, place: str) -> str:
    text = _text(found, name, place).strip()
    if not text:
        raise NotAPackage(Fault.MALFORMED, f"{place}.{name}")
    return text


def _text(found: Mapping[str, Any], name: str, place: str) -> str:
    value = found.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NotAPackage(Fault.MALFORMED, f"{place}.{name}")
    return str(value)


def _integer(found: Mapping[str, Any], name: str, place: str) -> int | None:
    value = found.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotAPackage(Fault.MALFORMED, f"{place}.{name}")
    return value
