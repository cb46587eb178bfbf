"""Request parsing: texts that both databases can store, and numbers that fit their columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

LARGEST_INTEGER = 2**31 - 1  # of a column of type integer in PostgreSQL
NUL, REPLACEMENT = "\0", "\ufffd"


class Fields(ImmutableMultiDict[str, str]):
    """The fields of a query or a form. NUL, which PostgreSQL cannot store in text, is read as U+FFFD.

    Werkzeug uses this class for the files of a form too; they are left as they are. Werkzeug itself replaces
    bytes that are not UTF-8 by U+FFFD.
    """

    def __init__(self, mapping: Any = None) -> None:
        """Take pairs, or a mapping of a name to a value or to several values."""
        super().__init__(mapping)
        for values in cast("Iterable[list[Any]]", dict.values(self)):
            values[:] = [_storable(value) for value in values]


def _storable(value: Any) -> Any:
    return value.replace(NUL, REPLACEMENT) if isinstance(value, str) else value


class PassportRequest(Request):
    """A request whose texts can be stored and looked up."""

    parameter_storage_class = Fields


class _Text(UnicodeConverter):
    def to_python(self, value: str) -> str:
        """Return a part of the path. A part with NUL raises ValidationError, so the address is not found."""
        if NUL in value:
            raise ValidationError
        return value


class _Integer(IntegerConverter):
    def __init__(self, map: Map, *more: Any, **named: Any) -> None:
        """Accept numbers up to the largest that a column holds."""
        super().__init__(map, *more, **{"max": LARGEST_INTEGER, **named})


def use(app: Flask) -> None:
    """Install the request class and the converters. Call this before any route is added."""
    app.request_class = PassportRequest
    app.url_map.converters |= {"default": _Text, "string": _Text, "int": _Integer}
