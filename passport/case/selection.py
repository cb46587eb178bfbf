"""Answer a question for a list of objects: filter, sort, page and fields (CASE 1.0 REST binding, section 3).

filter=title~'engineering' AND version='2'    predicates: = != > >= < <= and ~ (contains)
sort=title & orderBy=desc
limit=20 & offset=40
fields=identifier,title
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = dict[str, Any]
DEFAULT_LIMIT = 100
MOST_CLAUSES = 10
LARGEST = 2**31 - 1
_CLAUSE = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'\s*")
_JOIN = re.compile(r"(AND|OR)\b")
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "~": operator.contains,
}


class Code(StrEnum):
    """The minor codes of errors (CASE 1.1, imsx_CodeMinorValueEnum)."""

    SELECTION = "invalid_selection_field"
    SORT = "invalid_sort_field"
    UNKNOWN = "unknownobject"
    IDENTIFIER = "invalid_uuid"
    BUSY = "server_busy"
    FORBIDDEN = "forbidden"
    INTERNAL = "internal_server_error"


class BadQuestion(Exception):
    """A parameter that cannot be used: the code for the program, and words for the person who writes it."""

    def __init__(self, code: Code, words: str) -> None:
        """Store both."""
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class Selected:
    """A page of the objects that were asked for, and how many there are on all pages."""

    objects: list[Json]
    total: int
    limit: int
    offset: int

    def pages(self) -> dict[str, int]:
        """Return the offset of each page that a client may ask for next, by the relation of RFC 8288."""
        last = max(self.total - 1, 0) // self.limit * self.limit
        found = {"first": 0, "last": last}
        if self.offset + self.limit < self.total:
            found["next"] = self.offset + self.limit
        if self.offset:
            found["prev"] = max(0, min(self.offset - self.limit, last))
        return found


def select(objects: Iterable[Json], members: Sequence[str], asked: Mapping[str, str]) -> Selected:
    """Return what is asked for of objects that may have these members. Raises BadQuestion."""
    limit = _number(asked, "limit", DEFAULT_LIMIT, 1)
    offset = _number(asked, "offset", 0, 0)
    found = _filtered(list(objects), members, asked.get("filter", ""))
    found = _sorted(found, members, asked.get("sort", ""), asked.get("orderBy", ""))
    fields = _fields(members, asked.get("fields", ""))
    page = [
        {name: value for name, value in one.items() if not fields or name in fields}
        for one in found[offset : offset + limit]
    ]
    return Selected(page, len(found), limit, offset)


def _number(asked: Mapping[str, str], name: str, otherwise: int, least: int) -> int:
    text = asked.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= LARGEST):
        raise BadQuestion(Code.SELECTION, f"{name} is a whole number from {least}")
    return int(text)


def _known(members: Sequence[str], name: str, code: Code) -> str:
    if name not in members:
        raise BadQuestion(code, f"there is no field {name!r}: use one of {', '.join(members)}")
    return name


def _fields(members: Sequence[str], text: str) -> set[str]:
    return {_known(members, name.strip(), Code.SELECTION) for name in text.split(",") if name.strip()}


def _sorted(objects: list[Json], members: Sequence[str], name: str, order: str) -> list[Json]:
    if order not in {"", "asc", "desc"}:
        raise BadQuestion(Code.SORT, "orderBy is asc or desc")
    if not name:
        return objects
    _known(members, name, Code.SORT)
    return sorted(objects, key=lambda one: _text(one, name).casefold(), reverse=order == "desc")


def _filtered(objects: list[Json], members: Sequence[str], text: str) -> list[Json]:
    if not text:
        return objects
    clauses, joins = _clauses(members, text)
    combine = any if joins == {"OR"} else all
    return [one for one in objects if combine(holds(one) for holds in clauses)]


def _clauses(members: Sequence[str], text: str) -> tuple[list[Callable[[Json], bool]], set[str]]:
    clauses: list[Callable[[Json], bool]] = []
    joins: set[str] = set()
    at = 0
    while True:
        found = _CLAUSE.match(text, at)
        if found is None or len(clauses) == MOST_CLAUSES:
            raise BadQuestion(Code.SELECTION, "write filter=field='value', clauses joined by AND or by OR")
        name, sign, value = found[1], found[2], found[3].replace("''", "'")
        clauses.append(_clause(_known(members, name, Code.SELECTION), sign, value))
        at = found.end()
        if at == len(text):
            break
        join = _JOIN.match(text, at)
        joins |= {join[1]} if join else {"?"}
        if len(joins) > 1 or "?" in joins:
            raise BadQuestion(Code.SELECTION, "join clauses by AND alone, or by OR alone")
        at = join.end() if join else at
    return clauses, joins


def _clause(name: str, sign: str, value: str) -> Callable[[Json], bool]:
    return lambda one: _COMPARE[sign](_text(one, name).casefold(), value.casefold())


def _text(found: Json, name: str) -> str:
    value = found.get(name, "")
    return value if isinstance(value, str) else ""
