"""What `bench credentials` says of other libraries: the same work, in the same run.

They belong to the tests, which install them (`python3 -m tests`); the service has none of them. So they are
measured in a process of their own, beside our own proofs once more, and only if they are installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

from passport.config import ROOT

_COMPARISON = "tests.bench_proofs"
_THEIRS = {"PyLD": "pyld", "@digitalbazaar/vc": "digitalbazaar_vc"}
MISSING = "PyLD is not installed here, so nothing is said of other libraries: python3 -m tests installs it."


def are_here() -> bool:
    """Return whether this environment has what the comparison needs."""
    return find_spec("pyld") is not None and (ROOT / "tests" / "bench_proofs.py").exists()


def measured() -> dict[str, float]:
    """Run the comparison; return operations a second by the comparison's own names."""
    command = [sys.executable, "-m", _COMPARISON, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    rates: dict[str, float] = json.loads(done.stdout)
    return rates


def figures(rates: dict[str, float]) -> dict[str, float]:
    """Return their operations a second, and ours beside them."""
    return {
        f"{name}_{kind}": rates[f"{library} {kind} entry"]
        for library, name in _THEIRS.items()
        for kind in ("verify", "issue")
        if f"{library} {kind} entry" in rates
    }


def times(rates: dict[str, float]) -> dict[str, float]:
    """Return how many times as fast ours is, for each library that is installed."""
    return {
        f"times_{name}_{kind}": rates[f"{kind} entry"] / rates[f"{library} {kind} entry"]
        for library, name in _THEIRS.items()
        for kind in ("verify", "issue")
        if f"{library} {kind} entry" in rates
    }
