"""Read a package from the spreadsheets of OpenSALT: the workbook of three sheets, and the older single table.

Columns are found by name, in both spellings that its versions write ("Is Child Of" and isChildOf). Where no
association places an item, `smartLevel` does: 1.2.1 is below 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from passport.case.errors import Fault, NotAPackage
from passport.case.package import CHILD, Association, Document, Item, Link, Package

ITEMS, DOCUMENT, ASSOCIATIONS = "cfitem", "cfdoc", "cfassociation"
STATEMENT = "fullstatement"
# Columns of the older table that name a node each
_TYPES = {
    "ischildof": CHILD,
    "ispartof": "isPartOf",
    "replacedby": "replacedBy",
    "exemplar": "exemplar",
    "hasskilllevel": "hasSkillLevel",
    "isrelatedto": "isRelatedTo",
    "ispeerof": "isPeerOf",
    "exactmatchof": "exactMatchOf",
    "precedes": "precedes",
    "istranslationof": "isTranslationOf",
}
_USED = {"identifier", STATEMENT, "humancodingscheme", "abbreviatedstatement", "cfitemtype"} | {
    "smartlevel",
    "sequencenumber",
    *_TYPES,
}

Rows = Sequence[Sequence[str]]
Row = dict[str, str]


def has_items(sheets: Mapping[str, Rows]) -> bool:
    """Return whether one of the sheets is a list of CASE items."""
    return _items_of(sheets) is not None


def read(sheets: Mapping[str, Rows], title: str = "") -> Package:
    """Return the package of the sheets by name; `title` is the document's where no sheet says it.

    Raises NotAPackage.
    """
    found = _items_of(sheets)
    if found is None:
        raise NotAPackage(Fault.NO_ITEMS)
    package = Package(_document(sheets, title))
    rows = list(_rows(found))
    for number, row in enumerate(rows, 2):
        if not row.get(STATEMENT) and not row.get("identifier"):
            continue
        item = _item(row, number)
        if item.identifier in package.items:
            raise NotAPackage(Fault.SAME_IDENTIFIER, item.identifier)
        package.items[item.identifier] = item
        package.unused.update(f"CFItems: {name}" for name in row.keys() - _USED if row[name])
    if not package.items:
        raise NotAPackage(Fault.NO_ITEMS)
    package.associations += _of_sheet(sheets, package)
    package.associations += _of_columns(rows, package)
    package.associations += _of_smart_levels(rows, package)
    return package


def _items_of(sheets: Mapping[str, Rows]) -> Rows | None:
    return next((rows for rows in sheets.values() if rows and STATEMENT in map(_plain, rows[0])), None)


def _sheet(sheets: Mapping[str, Rows], name: str) -> Rows:
    return next((rows for title, rows in sheets.items() if _plain(title) == name), [])


def _rows(rows: Rows) -> Iterator[Row]:
    names = [_plain(cell) for cell in rows[0]] if rows else []
    for cells in rows[1:]:
        yield {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}


def _document(sheets: Mapping[str, Rows], title: str) -> Document:
    row = next(_rows(_sheet(sheets, DOCUMENT)), {})
    title = row.get("title") or title
    if not title:
        raise NotAPackage(Fault.NO_TITLE)
    identifier = row.get("identifier", "")
    return Document(identifier, "", title, row.get("creator", ""), row.get("version", ""))


def _item(row: Row, number: int) -> Item:
    return Item(
        row.get("identifier") or f"row {number}",
        "",
        row.get(STATEMENT, ""),
        row.get("abbreviatedstatement", ""),
        row.get("humancodingscheme", ""),
        row.get("cfitemtype", ""),
    )


def _of_sheet(sheets: Mapping[str, Rows], package: Package) -> Iterator[Association]:
    for place, row in enumerate(_rows(_sheet(sheets, ASSOCIATIONS))):
        kind = _TYPES.get(_plain(row.get("associationtype", "")))
        if kind is None:
            if any(row.values()):
                package.unused[f"CFAssociations: {row.get('associationtype', '')}"] += 1
            continue
        origin, destination = (
            Link("", row.get(f"{end}nodeidentifier", ""), row.get(f"{end}nodeuri", ""))
            for end in ("origin", "destination")
        )
        yield Association(row.get("identifier", ""), kind, origin, destination, place)


def _of_columns(rows: list[Row], package: Package) -> Iterator[Association]:
    """Yield the older table's associations, whose cells name a node by identifier, code or address."""
    codes = {item.code: item.identifier for item in package.items.values() if item.code}
    for number, row in enumerate(rows, 2):
        own = row.get("identifier") or f"row {number}"
        for name, kind in _TYPES.items():
            if text := row.get(name, ""):
                target = text if text in package.items else codes.get(text, text)
                order = row.get("sequencenumber", "")
                yield Association(
                    "",
                    kind,
                    Link("", own, ""),
                    Link("", target, text if "://" in text else ""),
                    int(order) if order.isdecimal() and len(order) < 10 else None,
                )


def _of_smart_levels(rows: list[Row], package: Package) -> Iterator[Association]:
    placed = {one.origin.identifier for one in package.associations if one.kind == CHILD}
    levels = {
        row["smartlevel"]: row["identifier"]
        for row in rows
        if row.get("smartlevel") and row.get("identifier")
    }
    for place, (level, identifier) in enumerate(levels.items()):
        parent = levels.get(level.rpartition(".")[0])
        if parent is not None and identifier not in placed:
            yield Association("", CHILD, Link("", identifier, ""), Link("", parent, ""), place)


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
