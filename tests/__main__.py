"""python3 -m tests: makes the environment on first use, then runs every check that the project has.

python3 -m tests                 everything, as in CI
python3 -m tests --night         everything, with ten times as many drawn examples
python3 -m tests --changed       what belongs to the files that differ from main
python3 -m tests tests/db        just pytest, on every core; tests/db/test_session.py -k x: in one process
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from passport import setup
from tests import changed, chromium, firefox

EVERY_CORE = ["-n", "auto", "--dist", "worksteal"]
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
    """Run pytest, whose count is the last line; beside all tests, the checks of style, types and imports."""
    chosen = [argument for argument in arguments if argument not in {"--night", "--changed"}]
    if "--changed" in arguments:
        chosen += changed.tests()
    night = {"TESTS_NIGHT": "1"} if "--night" in arguments else {}
    # A process that does not find its sources compiled needs 13 s more; a run starts hundreds of them.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        beside = Beside(python, {} if chosen else HABITS, Path(folder) / "said.json")
        beside.start()
        code = subprocess.call(
            [str(python), "-m", "pytest", *spread(chosen), *chosen],
            cwd=setup.ROOT,
            env={**kept, **night, **beside.environment},
            pass_fds=[beside.done],
        )
        beside.join()
    return code or int(beside.failed)


def spread(chosen: list[str]) -> list[str]:
    """Return what makes pytest use every core, for all tests and for folders of them."""
    own = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in chosen)
    folders = any((setup.ROOT / argument).is_dir() for argument in chosen)
    if not chosen:
        return [*EVERY_CORE, "--durations=10"]
    return EVERY_CORE if folders and not own else []


class Beside(threading.Thread):
    """Runs checks one after the other beside pytest, which waits for them and then shows what they said.

    pytest finds the file of what they said, and a pipe that ends when they have, in the environment.
    """

    def __init__(self, python: Path, checks: dict[str, list[str]], said: Path) -> None:
        """Take the checks by name and the file for what they say."""
        super().__init__(daemon=True)
        self.failed = False
        self.done, self._running = os.pipe()
        self._python, self._checks, self._said = python, checks, said

    @property
    def environment(self) -> dict[str, str]:
        """What pytest is given."""
        return {"TESTS_BESIDE": f"{self.done}:{self._said}"} if self._checks else {}

    def run(self) -> None:
        """Run them all, also after one that failed."""
        said = []
        try:
            for name, check in self._checks.items():
                ran = subprocess.run(
                    [str(self._python), *check],
                    cwd=setup.ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    check=False,
                )
                self.failed = self.failed or ran.returncode != 0
                said.append((name, ran.returncode == 0, ran.stdout))
            self._said.write_text(json.dumps(said), encoding="utf-8")
        finally:
            os.close(self._running)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
