"""The known JSON-LD contexts: bundled, pinned by their SHA-256, never fetched.

What a context means is in `contexts/tables.json`, compiled from these files when a release is made
(`python3 -m tests.compile_tables`). Any other context is unknown, and a document naming it is refused.
"""

import hashlib
from pathlib import Path
from typing import Any

from . import json_text
from .errors import NotJson, ProofError

FOLDER = Path(__file__).parent / "contexts"
TABLES, EXAMPLE_TABLES = FOLDER / "tables.json", FOLDER / "tables-examples.json"

# The file of each address, and its SHA-256.
BUNDLED = {
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

# The context of the standards' own examples gives every word a meaning: under it nothing is refused for being
# unknown. It is for conformance suites, kept apart from the others.
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
BUNDLED_EXAMPLES = {
    EXAMPLES: (
        "credentials-examples-v2.jsonld",
        "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
    )
}


def documents() -> dict[str, dict[str, Any]]:
    """Return each bundled context by its address. Raises ProofError when a file is not the published one."""
    return _documents(BUNDLED)


def example_documents() -> dict[str, dict[str, Any]]:
    """Return the context of the standards' examples by its address. Raises ProofError as `documents` does."""
    return _documents(BUNDLED_EXAMPLES)


def tables() -> dict[str, Any]:
    """Return what was compiled from the bundled contexts. Raises ProofError for files that do not match."""
    return _tables(TABLES, documents())


def example_tables() -> dict[str, Any]:
    """Return what was compiled from the context of the standards' examples. Raises ProofError likewise."""
    return _tables(EXAMPLE_TABLES, example_documents())


def _tables(path: Path, compiled_from: dict[str, Any]) -> dict[str, Any]:
    compiled = _read(path)
    if compiled.keys() != compiled_from.keys():
        raise ProofError("the tables were made from other contexts; make them again")
    return compiled


def _documents(bundled: dict[str, tuple[str, str]]) -> dict[str, dict[str, Any]]:
    return {url: _document(name, sha256) for url, (name, sha256) in bundled.items()}


def _document(name: str, sha256: str) -> dict[str, Any]:
    if hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() != sha256:
        raise ProofError(f"the bundled context {name} is not the published one")
    return _read(FOLDER / name)


def _read(path: Path) -> dict[str, Any]:
    try:
        return json_text.read_object(path.read_bytes())
    except (NotJson, OSError) as error:
        raise ProofError(f"the bundled file {path.name} cannot be read") from error
