"""What PyLD makes of a document: the oracle that our own walk is held against.

It refuses what would not be signed as strictly as PyLD lets it: dropped members, names that are not absolute.
"""

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from cachetools import LRUCache
from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.documentloader.frozen import FrozenDocumentLoader
from pyld.jsonld import JsonLdError, JsonLdProcessor

from passport.proofs import contexts

_NOWHERE = "relative-id://nowhere/"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
_ERRORS = (JsonLdError, AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)


class Refused(Exception):
    """PyLD raises, or leaves something out."""


class Oracle:
    """PyLD with some contexts and nothing from the network."""

    def __init__(self, documents: Mapping[str, dict[str, Any]] | None = None) -> None:
        self._loader = FrozenDocumentLoader(contexts.documents() if documents is None else documents)
        self._contexts: Any = LRUCache(maxsize=100)

    def canonical(self, document: dict[str, Any]) -> bytes:
        """Give the canonical N-Quads. Raises Refused."""
        options = {
            "base": _NOWHERE,
            "documentLoader": self._loader,
            "contextResolver": ContextResolver(self._contexts, self._loader),
            "produceGeneralizedRdf": False,
        }
        processor: Any = _Processor(on_property_dropped=_refuse)
        canonicalization: Any = _Canonicalization()  # type: ignore[no-untyped-call]
        try:
            dataset = processor.to_rdf(document, options)
            quads: str = canonicalization.main(dataset, {"format": "application/n-quads"})
        except _ERRORS as error:
            raise Refused(str(error)[:200]) from error
        return quads.encode()


class _Canonicalization(URDNA2015):
    steps = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self.steps += 1
        if self.steps > 3_000:
            raise Refused("it takes for ever")
        return super().hash_n_degree_quads(id_, issuer)  # type: ignore[no-untyped-call]


class _Processor(JsonLdProcessor):
    def expand(self, input_: Any, options: dict[str, Any]) -> Any:
        expanded = super().expand(input_, options)  # type: ignore[no-untyped-call]
        _refuse_names(expanded)
        return expanded


def _refuse(name: str | None) -> NoReturn:
    raise Refused(f"PyLD drops {name}")


def _refuse_names(expanded: Any) -> None:
    if isinstance(expanded, list):
        for item in expanded:
            _refuse_names(item)
    elif isinstance(expanded, dict):
        types = expanded.get("@type", [])
        for name in [expanded.get("@id"), *(types if isinstance(types, list) else [types])]:
            if name is not None and (name.startswith(_NOWHERE) or not _IRI.fullmatch(name)):
                raise Refused(f"not an absolute IRI: {name}")
        for member in expanded.values():
            _refuse_names(member)
