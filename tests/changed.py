"""Which tests belong to what was changed since main.

Standard library only: tests/__main__.py uses it before anything is installed.
"""

import subprocess
from pathlib import Path, PurePosixPath

from passport.setup import ROOT

# every change may break what is said of all files
ALWAYS = "tests/architecture"


def tests() -> list[str]:
    """Return the folders and files of tests for what differs from main, committed or not."""
    base = _git("merge-base", "HEAD", "main") or ["HEAD"]
    names = _git("diff", "--name-only", base[0]) + _git("ls-files", "--others", "--exclude-standard")
    return sorted({ALWAYS, *(belonging(name) for name in names)})


def belonging(name: str) -> str:
    """Return the tests of one file: itself, or the folder of tests that has the name of its own folder."""
    path = PurePosixPath(name)
    top, *rest = path.parts
    if top == "tests":
        is_test = path.name.startswith("test_") and (ROOT / path).exists()
        return str(path) if is_test else _there(*path.parts[1:-1])
    if top == "passport":
        return _there(*rest[:-1])
    if top == "migrations":
        return "tests/db"
    return _there("web", *rest[:-1]) if top == "templates" else ALWAYS


def _there(*folders: str) -> str:
    """Return the deepest of these folders that tests have; all tests where they have none."""
    here = Path("tests")
    for folder in folders:
        if not (ROOT / here / folder).is_dir():
            break
        here /= folder
    return str(here)


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []
