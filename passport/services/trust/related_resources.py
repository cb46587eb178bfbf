"""Related resources of a credential: their form, and the digests of those that we have.

VC Data Model 2.0, section 5.3; Subresource Integrity, 3.1 and 3.5 (`digestSRI`); Controlled Identifiers 1.0,
2.4 and 2.5 (`digestMultibase`). Nothing is fetched: a digest is compared where the resource is a context that
we hold, and elsewhere only has to be one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from passport.openbadges import data_model
from passport.openbadges.errors import MalformedCredential
from passport.openbadges.terms import Document
from passport.proofs import contexts, keys

# The bytes of each hash, and how a multihash begins with it.
_HASHES = {"sha256": (32, b"\x12\x20"), "sha384": (48, b"\x20\x30"), "sha512": (64, b"\x13\x40")}


def check(document: Document) -> None:
    """Raise MalformedCredential unless every related resource is named once, with digests that are right."""
    seen: set[str] = set()
    for resource in data_model.several(document.get("relatedResource", [])):
        name = resource.get("id") if isinstance(resource, dict) else None
        if not isinstance(name, str) or not data_model.is_url(name) or name in seen:
            raise MalformedCredential("relatedResource: each needs a URL of its own as its id")
        seen.add(name)
        _check_digests(name, resource)


def _check_digests(name: str, resource: Document) -> None:
    digests = [*_sri(resource.get("digestSRI", [])), *_multibase(resource.get("digestMultibase", []))]
    if not digests:
        raise MalformedCredential("relatedResource has no digest")
    content = contexts.published_bytes(name)
    for algorithm, digest in digests:
        if content is not None and hashlib.new(algorithm, content).digest() != digest:
            raise MalformedCredential("relatedResource: the digest is not that of the resource")


def _sri(value: Any) -> Iterator[tuple[str, bytes]]:
    for each in data_model.several(value):
        for text in str(each).split():
            algorithm, _, encoded = text.partition("-")
            try:
                digest = base64.b64decode(encoded.partition("?")[0], validate=True)
            except ValueError as error:
                raise MalformedCredential("digestSRI cannot be read") from error
            if len(digest) != _HASHES.get(algorithm, (0,))[0]:
                raise MalformedCredential("digestSRI is no digest of a known kind")
            yield algorithm, digest


def _multibase(value: Any) -> Iterator[tuple[str, bytes]]:
    """Yield base64url digests: a multihash, or the bare digest, whose length then says of which kind."""
    for text in data_model.several(value):
        try:
            data = keys.from_base64url(text[1:]) if isinstance(text, str) and text[:1] == "u" else b""
        except ValueError as error:
            raise MalformedCredential("digestMultibase cannot be read") from error
        kinds = {
            algorithm: data.removeprefix(start) if len(data) == length + len(start) else data
            for algorithm, (length, start) in _HASHES.items()
            if len(data) == length or (len(data) == length + len(start) and data.startswith(start))
        }
        if not kinds:
            raise MalformedCredential("digestMultibase is no digest of a known kind")
        yield from kinds.items()
