"""python3 -m tests.compile_tables: compiles the bundled contexts into passport/proofs/contexts/tables*.json.

Done at release time, and whenever a bundled context changes. PyLD creates the term definitions (JSON-LD 1.1
API, 4.2); here they are only written down. `tests/proofs/test_tables.py` compiles them again and compares.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from pyld.context_resolver import ContextResolver
from pyld.documentloader.frozen import FrozenDocumentLoader
from pyld.jsonld import JsonLdProcessor

from passport.proofs import contexts

_READ = {"@id", "@type", "@container", "@context", "protected", "reverse", "_prefix", "_term_has_colon"}
_CONTAINERS = {"@set", "@list", "@graph"}
_ALIASES = {"@id": "id", "@type": "type"}


def compile_contexts(documents: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Give the table of each context: its terms, and within them the terms of scoped contexts."""
    return {url: _layer(url, documents) for url in documents}


def _layer(local_context: Any, documents: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    loader = FrozenDocumentLoader(documents)
    options = {
        "processingMode": "json-ld-1.1",
        "documentLoader": loader,
        "contextResolver": ContextResolver(LRUCache(maxsize=100), loader),
    }
    processor: Any = JsonLdProcessor()
    initial = processor.process_context(None, None, options)
    active = processor.process_context(initial, local_context, options)
    for keyword in ("@language", "@direction", "@base"):
        if keyword in active:
            raise ValueError(f"the tables know no {keyword} in a context")
    terms = {term: _definition(term, active["mappings"][term], documents) for term in active["mappings"]}
    layer = {"terms": dict(sorted(terms.items()))}
    return {"vocab": active["@vocab"], **layer} if "@vocab" in active else layer


def _definition(term: str, mapping: Any, documents: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Write down one term definition; what is not said has its ordinary value."""
    if mapping is None or mapping["@id"] is None:
        return {"unsupported": "null"}
    definition: dict[str, Any] = {"iri": mapping["@id"]}
    if mapping.get("protected"):
        definition["protected"] = True
    if mapping.get("_prefix"):
        definition["prefix"] = True
    if "@type" in mapping:
        definition["type"] = mapping["@type"]
    if mapping.get("@container"):
        definition["container"] = sorted(mapping["@container"])
    if "@context" in mapping:
        scoped = mapping["@context"]
        definition["context"] = _layer(_plain(scoped), documents) if scoped else None
    unsupported = _unsupported(term, mapping)
    if unsupported:
        definition["unsupported"] = unsupported
    return definition


def _unsupported(term: str, mapping: Any) -> str | None:
    """Name what the walk does not know, so that it can refuse the member by that name."""
    others = sorted(set(mapping) - _READ)
    if mapping["reverse"] or others:
        return others[0] if others else "@reverse"
    if mapping["@id"].startswith("@") and _ALIASES.get(mapping["@id"]) != term:
        return f"another name for {mapping['@id']}"
    if mapping.get("@type") in ("@json", "@none"):
        return str(mapping["@type"])
    containers = set(mapping.get("@container", ())) - _CONTAINERS
    return f"@container {min(containers)}" if containers else None


def _plain(frozen: Any) -> Any:
    """Turn PyLD's frozen values back into those of JSON."""
    if isinstance(frozen, Mapping):
        return {name: _plain(member) for name, member in frozen.items()}
    return [_plain(item) for item in frozen] if isinstance(frozen, list | tuple) else frozen


def texts() -> dict[Path, str]:
    """Give the files as they should be."""
    return {
        contexts.TABLES: _text(contexts.documents()),
        contexts.EXTERNAL_TABLES: _text(contexts.external_documents()),
        contexts.EXAMPLE_TABLES: _text(contexts.example_documents()),
    }


def _text(documents: Mapping[str, dict[str, Any]]) -> str:
    return json.dumps(compile_contexts(documents), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
