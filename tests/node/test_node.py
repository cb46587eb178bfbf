"""Two npm libraries as judges of our frozen credentials; where Node is missing, this says so."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.vectors import statuses

ROOT = Path(__file__).parents[2]


def test_digitalbazaar_vc_and_jose_accept_ours_and_refuse_every_spoilt_one(node_libraries: Path) -> None:
    own, contexts = ROOT / "tests" / "vectors" / "own", ROOT / "passport" / "proofs" / "contexts"
    done = subprocess.run(
        ["node", "check.mjs", str(own), str(contexts)],
        cwd=node_libraries,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert {"entry.json", "entry-by-evidence.json", "entry-by-evidence.jwt"} <= set(said["good"])
    assert said["accepted"] == said["good"]
    assert said["checked"] == len(said["good"]) + sum(
        1 for path in (own / "spoilt").iterdir() if path.is_file()
    )


def test_libraries_that_read_status_refuse_an_entry_on_hold_and_accept_it_afterwards(
    node_libraries: Path, tmp_path: Path
) -> None:
    own, contexts = ROOT / "tests" / "vectors" / "own", ROOT / "passport" / "proofs" / "contexts"
    shutil.copytree(own / "did", tmp_path / "did")
    _write(tmp_path / "entries", statuses.entries())
    for state in statuses.STATES:
        _write(tmp_path / "lists" / state, statuses.lists(state))
    done = subprocess.run(
        ["node", "status.mjs", str(tmp_path), str(contexts)],
        cwd=node_libraries,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])  # verifier-core says before it that it found no schema
    assert said == {library: statuses.expected() for library in said}
    assert len(said) == 3


def _write(folder: Path, documents: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
