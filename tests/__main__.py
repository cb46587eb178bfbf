"""python3 -m tests: makes the environment on first use, then runs every check that the project has.

python3 -m tests                 everything, as in CI
python3 -m tests --night         everything, with ten times as many drawn examples
python3 -m tests tests/db -k x   just pytest, with these arguments
"""

import os
import subprocess
import sys
from pathlib import Path

from passport import setup
from tests import chromium, firefox

HABITS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format --check": ["-m", "ruff", "format", "--check", "."],
    "mypy --strict": ["-m", "mypy"],
    "lint-imports": ["-c", "from importlinter.cli import lint_imports_command as go; go()", "--no-logo"],
}


def main(arguments: list[str]) -> int:
    """Run what was asked for; the exit code is 0 if all of it passed."""
    try:
        setup.check_machine()
        python = setup.ensure(setup.SERVICE_LOCK, setup.TESTS_LOCK)
        setup.hand_over(python)
        chromium.get(python)
        firefox.get()
        return run_all(python, arguments)
    except setup.SetupError as problem:
        setup.give_up(str(problem))
    except KeyboardInterrupt:
        return 130


def run_all(python: Path, arguments: list[str]) -> int:
    """Run the checks of style, types and imports, then pytest, whose count is the last line."""
    chosen = [argument for argument in arguments if argument != "--night"]
    night = {"TESTS_NIGHT": "1"} if "--night" in arguments else {}
    failed = [] if chosen else [name for name, check in HABITS.items() if not passes(python, name, check)]
    told = {"TESTS_FAILED_BEFORE": ", ".join(failed)}  # pytest names them again at the end
    spread = [] if chosen else ["-n", "auto"]  # everything at once: one process for each core
    code = subprocess.call(
        [str(python), "-m", "pytest", *spread, *chosen], cwd=setup.ROOT, env={**os.environ, **night, **told}
    )
    return code or int(bool(failed))


def passes(python: Path, name: str, check: list[str]) -> bool:
    """Run one check under its name."""
    print(f"== {name}", flush=True)
    return subprocess.call([str(python), *check], cwd=setup.ROOT) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
