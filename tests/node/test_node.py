"""Two npm libraries as judges of our frozen credentials; where Node is missing, this says so."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", ".npmrc", "check.mjs")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries of package-lock.json, in a folder of their own."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are not here: digitalbazaar/vc and jose have not judged our credentials")
    folder = tmp_path_factory.mktemp("node")
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"npm could not get its libraries, so they have judged nothing: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr
    return folder


def test_digitalbazaar_vc_and_jose_accept_ours_and_refuse_every_spoilt_one(installed: Path) -> None:
    own, contexts = ROOT / "tests" / "vectors" / "own", ROOT / "passport" / "proofs" / "contexts"
    done = subprocess.run(
        ["node", "check.mjs", str(own), str(contexts)],
        cwd=installed,
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
