"""bundle.json: all that a checker without a network needs, in one file.

It is a container and signs nothing itself: the registry inside is signed by the root key, each status list by
its issuer. Reading checks shape and size; signatures are for the verifier to check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from passport.proofs import json_text
from passport.proofs.errors import NotJson

from .errors import MalformedRegistry
from .terms import Document

MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Bundle:
    """The parts: the signed registry, secured status lists by address, DID documents by DID."""

    registry: bytes
    status_lists: Mapping[str, Document] = field(default_factory=dict)
    did_documents: Mapping[str, Document] = field(default_factory=dict)


def write(bundle: Bundle) -> bytes:
    """Write the file. Raises MalformedRegistry when it would be too large to be read again."""
    written = json_text.write(
        {
            "registry": _object(bundle.registry),
            "statusLists": dict(bundle.status_lists),
            "didDocuments": dict(bundle.did_documents),
        }
    )
    if len(written) > MAX_BYTES:
        raise MalformedRegistry("the bundle would be too large")
    return written


def read(data: bytes) -> Bundle:
    """Read the file. Raises MalformedRegistry for any other shape, and for more than 16 MiB."""
    document = _object(data, max_bytes=MAX_BYTES)
    if document.keys() != {"registry", "statusLists", "didDocuments"}:
        raise MalformedRegistry("a bundle has a registry, status lists and DID documents, and nothing else")
    lists, dids = document["statusLists"], document["didDocuments"]
    for part in (lists, dids):
        if not isinstance(part, dict) or not all(isinstance(member, dict) for member in part.values()):
            raise MalformedRegistry("status lists and DID documents are objects by their address")
    return Bundle(json_text.write(document["registry"]), lists, dids)


def _object(data: bytes, max_bytes: int = json_text.MAX_BYTES) -> dict[str, Any]:
    try:
        return json_text.read_object(data, max_bytes=max_bytes)
    except NotJson as error:
        raise MalformedRegistry(f"the bundle cannot be read: {error}") from error
