"""What our walk accepts, jsonld (safe mode) and rdf-canonize accept, and canonicalize alike."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from passport.proofs.errors import NotCanonical
from passport.proofs.rdfc import canonical_nquads
from passport.proofs.tables import Tables, layers
from passport.proofs.walk import statements
from tests import drawn
from tests.world import World

ACCEPTED = 2_000


def accepted() -> list[tuple[dict[str, Any], str]]:
    """Drawn documents that the walk accepts, each with the hash of its canonical form."""
    tables, drawing, world = Tables(layers(drawn.COMPILED)), drawn.Drawing(77), World()
    known = [document for _, document in drawn.samples()]
    known += 20 * [world.secured_entry(), world.secured_endorsement(), world.secured_list()]
    found: list[tuple[dict[str, Any], str]] = []
    while len(found) < ACCEPTED:
        document = drawing.document() if len(found) % 10 == 0 else drawing.spoilt(known)
        try:
            text = canonical_nquads(statements(document, tables.initial()))
        except NotCanonical:
            continue
        found.append((document, hashlib.sha256(text).hexdigest()))
    return found


def test_accepted_documents_are_canonicalized_alike(node_libraries: Path, tmp_path: Path) -> None:
    documents = accepted()
    (tmp_path / "contexts.json").write_text(json.dumps(drawn.DOCUMENTS))
    (tmp_path / "documents.json").write_text(json.dumps([document for document, _ in documents]))
    command = ["node", "canonical.mjs", str(tmp_path / "contexts.json"), str(tmp_path / "documents.json")]
    done = subprocess.run(
        command, cwd=node_libraries, capture_output=True, text=True, check=True, timeout=300
    )
    theirs = done.stdout.splitlines()
    different = [
        (line, json.dumps(document))
        for (document, ours), line in zip(documents, theirs, strict=True)
        if line != ours
    ]
    assert different == []
