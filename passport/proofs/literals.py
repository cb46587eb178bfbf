"""Values of a JSON-LD document as literals, in the one spelling of canonical N-Quads.

JSON-LD 1.1 Processing Algorithms and API: Object to RDF Conversion (8.2) and Data Round Tripping (8.6). What
libraries are known to write differently is refused.
"""

import re
from json.encoder import encode_basestring
from typing import Any

from .errors import NotCanonical
from .rdfc import octets
from .tables import Member

_XSD = "http://www.w3.org/2001/XMLSchema#"
# All but the line breaks: the only ones that a text for people needs, and spelt alike by all libraries.
_control = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]").search
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# From 2**53 on, and below a millionth, JavaScript and Python write some numbers differently.
_MAX_INTEGER, _MIN_FRACTION = 2**53, 1e-6


def text(value: str, member: Member) -> str:
    """Return a text as in canonical N-Quads (RDFC-1.0, section 5)."""
    if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    if _control(value):
        raise NotCanonical(f"the member {member.name!r} holds a control character")
    return octets(encode_basestring(value))


def value_object(value: dict[str, Any], member: Member) -> str:
    """Return a value object as a literal: a plain value, or a text with its language (8.2, steps 2 to 13)."""
    written = value["@value"]
    for name in value:
        if name not in ("@value", "@language"):
            raise NotCanonical(f"a value of the member {member.name!r} has the member {name!r:.200}")
    if isinstance(written, str):
        return text(written, member) + _language(value, member)
    if "@language" in value:
        raise NotCanonical(f"a value of the member {member.name!r} has a language and is not a text")
    return native(written, member, "")


def _language(value: dict[str, Any], member: Member) -> str:
    if "@language" not in value:
        return ""
    language = value["@language"]
    if not (isinstance(language, str) and _LANGUAGE.fullmatch(language)):
        raise NotCanonical(f"the @language of a value of the member {member.name!r} is not a language tag")
    return f"@{language.lower()}"


class _NotAlike(NotCanonical):
    def __init__(self, member: Member) -> None:
        super().__init__(f"the member {member.name!r} is a number that implementations write differently")


def native(value: Any, member: Member, suffix: str) -> str:
    """Return a number or boolean as a literal (8.2, steps 7 to 11), if all libraries write it alike."""
    if value is True or value is False:
        return ('"true"' if value else '"false"') + (suffix or f"^^<{_XSD}boolean>")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        if not -_MAX_INTEGER < value < _MAX_INTEGER:
            raise _NotAlike(member)
        return f'"{value}"' + (suffix or f"^^<{_XSD}integer>")
    if isinstance(value, float):
        return f'"{_double(value, member)}"' + (suffix or f"^^<{_XSD}double>")
    raise NotCanonical(f"a value of the member {member.name!r} is empty, or an array in an array")


def _double(value: float, member: Member) -> str:
    """Return the canonical form of xsd:double in JSON-LD (8.6, Data Round Tripping)."""
    written = f"{value:.15E}"
    if not _MIN_FRACTION <= abs(value) < _MAX_INTEGER or float(written) != value:
        raise _NotAlike(member)
    digits, _, exponent = written.partition("E")
    whole, _, fraction = digits.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}"
