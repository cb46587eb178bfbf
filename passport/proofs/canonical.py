"""The canonical form of a JSON-LD document: the text that a signature really covers.

RDFC-1.0 signs statements, not members: a member that no context defines, a relative id or a type without
meaning makes no statement, so it could be changed under a valid signature. Whatever would be lost in this way
is refused, when signing and when checking alike; so is whatever libraries are known to write differently.

Not checked here: who signed, and what the statements say.
"""

from typing import Any

from . import contexts
from .rdfc import canonical_nquads
from .tables import Tables
from .walk import statements

TABLES = Tables(contexts.tables())


def canonical(document: dict[str, Any]) -> bytes:
    """Give the canonical N-Quads of a document (RDF Dataset Canonicalization, RDFC-1.0).

    Raises NotCanonical for whatever the canonical form would leave out, and names it.
    """
    return canonical_nquads(statements(document, TABLES.initial()))
