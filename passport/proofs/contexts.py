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
EXTERNAL_TABLES = FOLDER / "tables-others.json"

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

# Contexts that other people's credentials name and ours never do. They have tables of their own, which are
# read with the first such credential.
BUNDLED_EXTERNAL = {
    "https://www.w3.org/2018/credentials/v1": (
        "credentials-v1.jsonld",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": (
        "openbadges-3.0.json",
        "c4a75b69d05ae3f072ca14ef03e5bb1435a4e3c6419cb6672b9ac46d0ee49a4f",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "openbadges-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "openbadges-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json": (
        "clr-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
    "https://w3id.org/security/suites/ed25519-2020/v1": (
        "ed25519-2020-v1.jsonld",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
    ),
    "https://w3id.org/security/data-integrity/v1": (
        "data-integrity-v1.jsonld",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "data-integrity-v2.jsonld",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": (
        "multikey-v1.jsonld",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    "https://www.w3.org/ns/credentials/status/v1": (
        "bitstring-status-list-v1.jsonld",
        "fda5add353231e6a6884a46b12e6c75464281900cb348284d9c360f62381d9f7",
    ),
}
# An address without a version, whose text has changed over the years: a signature may have been made over
# another.
UNVERSIONED = frozenset({"https://purl.imsglobal.org/spec/ob/v3p0/context.json"})

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


def external_documents() -> dict[str, dict[str, Any]]:
    """Return each context of other people's credentials alone, as `documents` does."""
    return _documents(BUNDLED_EXTERNAL)


def published_bytes(url: str) -> bytes | None:
    """Return a context as it is published at an address, or None for one that we do not have."""
    name, sha256 = (BUNDLED | BUNDLED_EXTERNAL | BUNDLED_EXAMPLES).get(url, ("", ""))
    data = (FOLDER / name).read_bytes() if name else None
    return data if data is not None and hashlib.sha256(data).hexdigest() == sha256 else None


def tables() -> dict[str, Any]:
    """Return what was compiled from the bundled contexts. Raises ProofError for files that do not match."""
    return _tables(TABLES, documents())


def example_tables() -> dict[str, Any]:
    """Return what was compiled from the context of the standards' examples. Raises ProofError likewise."""
    return _tables(EXAMPLE_TABLES, example_documents())


def external_tables() -> dict[str, Any]:
    """Return what was compiled from the contexts of external credentials. Raises ProofError likewise."""
    return _tables(EXTERNAL_TABLES, external_documents())


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
