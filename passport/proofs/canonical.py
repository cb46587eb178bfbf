"""The canonical form of a JSON-LD document: the text that a signature really covers.

RDFC-1.0 signs statements, not members: a member that no context defines, a relative id or a type without
meaning makes no statement, so it could be changed under a valid signature. Everything that would be lost in
this way is refused, when signing and when checking alike; so is everything that libraries are known to write
differently.

Not checked here: who signed, and what the statements say.
"""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from . import contexts, inline_contexts
from .cache import LruCache
from .rdfc import canonical_nquads
from .tables import Layer, Tables, layers
from .walk import statements

_KEPT = 128


class Canonicalizer:
    """RDF Dataset Canonicalization (RDFC-1.0) under the known contexts, with what was made from them.

    Its cache is its own: one that is used again processes each context once, in about 2 ms. Thread-safe.

    With `examples`, for conformance suites alone, it also knows the context of the standards' examples and
    contexts inside documents. That context gives every word a meaning, so that an undefined member is signed
    and not refused: what such a canonicalizer returns holds nowhere else.
    """

    def __init__(self, *, examples: bool = False) -> None:
        """Begin with nothing cached."""
        self._examples = examples
        self._own = Tables({**_own_layers(), **(_example_layers() if examples else {})})
        self.options: LruCache[Any] = LruCache(_KEPT)
        """What `configuration` has prepared for the options of proofs."""

    def canonical(self, document: dict[str, Any]) -> bytes:
        """Return the canonical N-Quads of a document.

        Raises NotCanonical, naming it, for everything that the canonical form would leave out.
        """
        if self._examples and inline_contexts.has_some(document):
            return inline_contexts.canonical(document, _documents())
        return canonical_nquads(statements(document, self._own.initial()))

    def canonical_external(self, document: dict[str, Any]) -> bytes:
        """Return the canonical N-Quads of a document of unknown authors, which may name more contexts.

        Raises NotCanonical as `canonical` does; an empty array says nothing, and is accepted. The tables are
        apart, so that such documents evict nothing that is cached for our own.
        """
        if self._examples and inline_contexts.has_some(document):
            return inline_contexts.canonical(document, _documents())
        return canonical_nquads(statements(document, self._others.initial(), skip_empty=True))

    @cached_property
    def _others(self) -> Tables:
        examples = _example_layers() if self._examples else {}
        return Tables({**_own_layers(), **_external_layers(), **examples})


# Constants, read from the bundled files when they are first needed


@cache
def _own_layers() -> Mapping[str, Layer]:
    return layers(contexts.tables())


@cache
def _external_layers() -> Mapping[str, Layer]:
    return layers(contexts.external_tables())


@cache
def _example_layers() -> Mapping[str, Layer]:
    return layers(contexts.example_tables())


@cache
def _documents() -> dict[str, dict[str, Any]]:
    return contexts.documents() | contexts.external_documents() | contexts.example_documents()
