"""Two npm libraries as judges of our frozen credentials; where Node is missing, this says so."""

import json
import subprocess
from pathlib import Path

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
    assert said["accepted"] == ["entry.json", "entry.jwt", "endorsement.json", "status/revocation.json"]
    assert said["checked"] == len(said["accepted"]) + sum(
        1 for path in (own / "spoilt").iterdir() if path.is_file()
    )
