"""Our own documents as wallets and other software write them again, given back in our own form.

What is rewritten on the way is a closed list:

1. An array of one stands as its member alone, or a member as an array of one, at the places named here.
   Open Badges 3.0 has both spellings (its JSON binding wants arrays, its JSON-LD binding allows single
   values), and software that reads a document into objects writes either.
2. The members of an object are in another order, with other white space: reading JSON undoes that.
3. A byte order mark stands before the text (RFC 8259, section 8.1: a reader may ignore it).

Nothing else is undone: not the order inside an array, not a value that is said twice, not a member that
stands elsewhere, although a signature over statements would hold for each of these. What is given back is
read as strictly as any other document, and checked with every signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import is_
from typing import Any

from .terms import Document

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Place:
    """A place in our form: whether an array stands there, or one member that others put in an array.

    None where every form has the member alone.
    """

    is_array: bool | None = None
    inside: Mapping[str, "Place"] = field(default_factory=dict)


def _array(**inside: Place) -> Place:
    return Place(True, inside)


def _single(**inside: Place) -> Place:
    return Place(False, inside)


def _fixed(**inside: Place) -> Place:
    return Place(None, inside)


_CREDENTIAL = {
    "type": _array(),
    "issuer": _fixed(type=_array()),
    "credentialSchema": _array(type=_single()),
    "evidence": _array(type=_array()),
    "proof": _single(type=_single()),
}
_ENDORSEMENT = _CREDENTIAL | {"credentialSubject": _single(type=_array())}
_ACHIEVEMENT = _fixed(
    type=_array(),
    alignment=_array(type=_array()),
    resultDescription=_array(type=_array(), rubricCriterionLevel=_array(type=_array())),
)
ENTRY: Mapping[str, Place] = _CREDENTIAL | {
    "credentialSubject": _single(
        type=_array(),
        identifier=_array(type=_single()),
        achievement=_ACHIEVEMENT,
        result=_array(type=_array()),
        source=_fixed(type=_array(), parentOrg=_fixed(type=_array())),
    ),
    "credentialStatus": _single(type=_single()),
    "endorsement": _array(**_ENDORSEMENT),
}


def without_mark(text: bytes) -> bytes:
    """Return a text without the byte order mark before it, if there is one."""
    return text.removeprefix(BYTE_ORDER_MARK)


def restored(document: Document) -> Document:
    """Return a document, with its proof, in the form of our entries: arrays where these have arrays.

    Every member keeps its value, and the given document is not changed; it is returned itself where nothing
    in it was rewritten. Whether it is an entry at all is for `credential.read` to say.
    """
    ours: Document = _object(document, ENTRY)
    return ours


def _object(value: Any, places: Mapping[str, Place]) -> Any:
    if type(value) is not dict:
        return value
    changed = {}
    for name, place in places.items():
        if name not in value:
            continue
        given = value[name]
        if not place.inside and (type(given) is list) is place.is_array:
            continue  # as we write it: nearly always so, and this is asked for each entry
        ours = _member(given, place)
        if ours is not given:
            changed[name] = ours
    return value | changed if changed else value


def _member(value: Any, place: Place) -> Any:
    if place.is_array is False and type(value) is list and len(value) == 1:
        (value,) = value
    if type(value) is not list:
        ours = _object(value, place.inside)
        return [ours] if place.is_array else ours
    members = [_object(each, place.inside) for each in value]
    return value if all(map(is_, members, value)) else members
