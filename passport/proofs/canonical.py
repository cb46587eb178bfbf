"""The canonical form of a JSON-LD document: the text that a signature really covers.

RDFC-1.0 (which PyLD calls URDNA2015) signs statements, not members: a member that no context defines, a
relative id or a type without meaning makes no statement, so it could be changed under a valid signature.
Whatever would be lost in this way is refused here, when signing and when checking alike.

Not checked here: who signed, and what the statements say.
"""

import hashlib
import math
import re
import threading
from pathlib import Path
from typing import Any, NoReturn

from cachetools import LRUCache
from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.documentloader.frozen import FrozenDocumentLoader
from pyld.jsonld import JsonLdError, JsonLdProcessor

from . import json_text
from .errors import NotCanonical, NotJson, ProofError

_FOLDER = Path(__file__).parent / "contexts"
_BUNDLED = {
    "https://www.w3.org/ns/credentials/v2": (
        "credentials-v2.jsonld",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": (
        "openbadges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        "openbadges-extensions.json",
        "146f85aa16effd7ca1da8056eb443f53ce1eca8a34186cb062832c0a97d889c3",
    ),
}

# JSON-LD keywords that survive into the statements. Others (@index, @graph, @reverse …) are lost, or hide.
_KEYWORDS = frozenset({"@context", "@id", "@type", "@value", "@language"})
# Relative ids are resolved against this, so that they can be told from absolute ones.
_NOWHERE = "relative-id://nowhere/"
# IRIREF of N-Quads: a sign outside it would let an id write statements of its own.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")
_MAX_BLANK_NODE_STEPS = 2_000


def canonical(document: dict[str, Any]) -> bytes:
    """Give the canonical N-Quads of a document (RDF Dataset Canonicalization, RDFC-1.0).

    Raises NotCanonical for whatever the canonical form would leave out, and names it.
    """
    _refuse_losses(document)
    try:
        with _one_at_a_time:
            quads = _quads(document)
    except JsonLdError as error:
        raise NotCanonical(f"not a JSON-LD document: {error.code or error.type}") from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotCanonical("not a JSON-LD document") from error
    if not quads:
        raise NotCanonical("the document says nothing")
    return quads.encode("utf-8")


def _quads(document: dict[str, Any]) -> str:
    processor: Any = _Processor(on_property_dropped=_refuse_member)
    canonicalization: Any = _Canonicalization()  # type: ignore[no-untyped-call]
    dataset = processor.to_rdf(document, _options())
    quads: str = canonicalization.main(dataset, {"format": "application/n-quads"})
    return quads


class _Processor(JsonLdProcessor):
    """PyLD, with a look at the expanded document on its only way through."""

    def expand(self, input_: Any, options: dict[str, Any]) -> Any:
        expanded = super().expand(input_, options)  # type: ignore[no-untyped-call]
        _refuse_names(expanded)
        return expanded


class _Canonicalization(URDNA2015):
    """PyLD's RDFC-1.0, which gives up on graphs made to take for ever (RDFC-1.0, section 7.1)."""

    steps = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self.steps += 1
        if self.steps > _MAX_BLANK_NODE_STEPS:
            raise NotCanonical("too many things without an id that look alike")
        return super().hash_n_degree_quads(id_, issuer)  # type: ignore[no-untyped-call]


def _refuse_losses(value: Any) -> None:
    """Refuse what JSON can say and statements cannot."""
    if value is None or value == []:
        raise NotCanonical("a member, or an item of an array, is empty")
    if isinstance(value, dict):
        for name, member in value.items():
            _refuse_keyword(name, member)
            _refuse_losses(member)
    elif isinstance(value, list):
        for item in value:
            _refuse_losses(item)
    elif isinstance(value, str):
        if _CONTROL.search(value):
            raise NotCanonical("a text holds a control character")
    elif isinstance(value, float) and not _survives(value):
        raise NotCanonical("a number has more digits than are signed")


def _refuse_keyword(name: str, member: Any) -> None:
    if name.startswith("@") and name not in _KEYWORDS:
        raise NotCanonical(f"{name} is not covered by a signature")
    if name == "@context":
        for context in member if isinstance(member, list) else [member]:
            if not isinstance(context, str) or context not in LOADER.documents:
                raise NotCanonical(f"we do not know the context {context!r:.200}")
    if name == "@language" and not (isinstance(member, str) and _LANGUAGE.fullmatch(member)):
        raise NotCanonical("@language is not a language tag")


def _survives(number: float) -> bool:
    return math.isfinite(number) and float(f"{number:.15E}") == number


def _refuse_member(name: str | None) -> NoReturn:
    raise NotCanonical(f"no context defines the member {name or 'that a context switches off'!r:.200}")


def _refuse_names(expanded: Any) -> None:
    """Refuse an id or a type that is not an absolute IRI: it would make no statement."""
    if isinstance(expanded, list):
        for item in expanded:
            _refuse_names(item)
    elif isinstance(expanded, dict):
        types = expanded.get("@type", [])
        for name in [expanded.get("@id"), *(types if isinstance(types, list) else [types])]:
            if name is not None:
                _refuse_name(name)
        for member in expanded.values():
            _refuse_names(member)


def _refuse_name(name: Any) -> None:
    if not isinstance(name, str) or name.startswith(_NOWHERE) or not _IRI.fullmatch(name):
        shown = str(name).removeprefix(_NOWHERE)
        raise NotCanonical(f"neither an absolute id nor a type that a context defines: {shown!r:.200}")


def _options() -> dict[str, Any]:
    return {
        "base": _NOWHERE,
        "documentLoader": LOADER,
        "contextResolver": ContextResolver(_processed_contexts, LOADER),
        "produceGeneralizedRdf": False,
    }


def _bundled_contexts() -> dict[str, dict[str, Any]]:
    documents = {}
    for url, (name, sha256) in _BUNDLED.items():
        data = (_FOLDER / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ProofError(f"the bundled context {name} is not the published one")
        try:
            documents[url] = json_text.read_object(data)
        except NotJson as error:
            raise ProofError(f"the bundled context {name} cannot be read") from error
    return documents


LOADER = FrozenDocumentLoader(_bundled_contexts())
# PyLD keeps processed contexts in caches that two threads must not touch at once.
_processed_contexts: Any = LRUCache(maxsize=100)
_one_at_a_time = threading.Lock()
