"""What a request may bring: texts that both databases can hold, and numbers that fit their columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

LARGEST_INTEGER = 2**31 - 1  # of a column of type integer in PostgreSQL
NUL, REPLACEMENT = "\0", "\ufffd"


class Fields(ImmutableMultiDict[str, str]):
    """The fields of a query or a form. NUL, which PostgreSQL holds in no text, is read as U+FFFD.

    Werkzeug makes the files of a form one of these too: they stay as they are. It reads
    bytes that are no UTF-8 the same way.
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
        """Give a part of the path. One with NUL in it is the address of nothing."""
        if NUL in value:
            raise ValidationError
        return value


class _Integer(IntegerConverter):
    def __init__(self, map: Map, *more: Any, **named: Any) -> None:
        """Take numbers up to the largest that a column holds."""
        super().__init__(map, *more, **{"max": LARGEST_INTEGER, **named})


def use(app: Flask) -> None:
    """Read requests so. Call it before any route is added."""
    app.request_class = PassportRequest
    app.url_map.converters |= {"default": _Text, "string": _Text, "int": _Integer}
