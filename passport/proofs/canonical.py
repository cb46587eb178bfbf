"""The canonical form of a JSON-LD document: the text that a signature really covers.

RDFC-1.0 signs statements, not members: a member that no context defines, a relative id or a type without
meaning makes no statement, so it could be changed under a valid signature. Everything that would be lost in
this way is refused, when signing and when checking alike; so is everything that libraries are known to write
differently.

Not checked here: who signed, and what the statements say.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from . import contexts, inline_contexts
from .rdfc import canonical_nquads
from .tables import Tables
from .walk import statements

TABLES = Tables(contexts.tables())

_MORE: ContextVar[Tables | None] = ContextVar("more tables than TABLES", default=None)


def canonical(document: dict[str, Any]) -> bytes:
    """Return the canonical N-Quads of a document (RDF Dataset Canonicalization, RDFC-1.0).

    Raises NotCanonical, naming it, for everything that the canonical form would leave out.
    """
    if knows_examples() and inline_contexts.has_some(document):
        return inline_contexts.canonical(document, _documents())
    return canonical_nquads(statements(document, (_MORE.get() or TABLES).initial()))


def canonical_of_others(document: dict[str, Any]) -> bytes:
    """Return the canonical N-Quads of a document of unknown authors, which may name more contexts than ours.

    Raises NotCanonical as `canonical` does; an empty array says nothing, and is accepted. The tables are
    apart, so that such documents evict nothing that is cached for our own.
    """
    if knows_examples() and inline_contexts.has_some(document):
        return inline_contexts.canonical(document, _documents())
    tables = _others_with_examples() if knows_examples() else _others()
    return canonical_nquads(statements(document, tables.initial(), skip_empty=True))


@contextmanager
def knowing_examples() -> Iterator[None]:
    """Within the block, know the context of the standards' examples too, and contexts inside documents.

    For conformance suites alone. The examples' context gives every word a meaning, so that an undefined
    member is signed there and not refused.
    """
    before = _MORE.set(_with_examples())
    try:
        yield
    finally:
        _MORE.reset(before)


def knows_examples() -> bool:
    """Return whether `knowing_examples` is active: results are then valid in no other case."""
    return _MORE.get() is not None


@cache
def _with_examples() -> Tables:
    return Tables(contexts.tables() | contexts.example_tables())


@cache
def _others() -> Tables:
    return Tables(contexts.tables() | contexts.other_tables())


@cache
def _others_with_examples() -> Tables:
    return Tables(contexts.tables() | contexts.other_tables() | contexts.example_tables())


@cache
def _documents() -> dict[str, dict[str, Any]]:
    return contexts.documents() | contexts.other_documents() | contexts.example_documents()
