"""Make .venv from the hashed locks. Standard library only: it runs before anything is installed.

pip fetches the uv that `installer.lock` names, and uv installs the rest, which is three times as quick as pip
alone. Why it is done this way: docs/decisions/0001-locked-environment.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
# uv alone: it installs what the other locks name, and nothing that runs later needs it
INSTALLER_LOCK = ROOT / "passport" / "installer.lock"
SERVICE_LOCK = ROOT / "passport" / "requirements.lock"
TESTS_LOCK = ROOT / "tests" / "requirements.lock"
OLDEST = (3, 11)


class SetupError(Exception):
    """The environment cannot be made. The message is one line for the user at the terminal."""


def check_machine(version: tuple[int, ...] = sys.version_info[:2], system: str = os.name) -> None:
    """Raise SetupError for a Python version or an operating system that is not supported."""
    if version < OLDEST:
        raise SetupError("Skills Passport needs Python 3.11 or later; this is %d.%d." % version[:2])  # noqa: UP031 - old Pythons come here
    if system != "posix":
        raise SetupError("Skills Passport runs on Linux and macOS; on Windows use WSL.")


def inside_other_environment(prefix: Path = Path(sys.prefix)) -> bool:
    """Return whether we run in a virtual environment made by the user: then nothing is installed."""
    return sys.prefix != sys.base_prefix and prefix.resolve() != (ROOT / ".venv").resolve()


def ensure(*locks: Path, root: Path = ROOT) -> Path:
    """Return the interpreter of an environment with the locked packages, made or repaired where needed.

    Raises SetupError when that is impossible; its message says what to do.
    """
    if inside_other_environment():
        return Path(sys.executable)
    home = root / ".venv"
    if not _is_complete(home, locks):
        with _one_at_a_time(root):
            if not _is_complete(home, locks):  # else another start has made it meanwhile
                _make(home, locks)
    return _interpreter(home)


def hand_over(python: Path) -> None:
    """Replace this process by the same command in the environment's interpreter; return if already in it.

    The process id stays the same, so signals and the exit code need no forwarding.
    """
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(python, [str(python), *sys.orig_argv[1:]])  # noqa: S606 - our own interpreter, and no shell


def say(line: str) -> None:
    """Print a progress message on stderr, as stdout is for the command's own output."""
    print(line, file=sys.stderr, flush=True)


def give_up(line: str) -> NoReturn:
    """Exit with a one-line error message."""
    say(line)
    sys.exit(1)


def _interpreter(home: Path) -> Path:
    return home / "bin" / "python"


def _stamp(home: Path, lock: Path) -> Path:
    return home / ("installed-" + lock.parent.name)


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _unfinished(home: Path) -> Path:
    return home / "unfinished"


def _is_complete(home: Path, locks: tuple[Path, ...]) -> bool:
    if _unfinished(home).exists() or not _interpreter(home).exists():
        return False
    stamps = [(_stamp(home, lock), lock) for lock in locks]
    return all(stamp.exists() and stamp.read_text() == _digest(lock) for stamp, lock in stamps)


@contextlib.contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    """Lock, so that one start makes the environment while others wait. The lock ends with its process."""
    import fcntl  # missing on Windows, which `check_machine` refuses earlier

    try:
        held = (root / ".venv.lock").open("w")
    except OSError as problem:
        raise SetupError(f"Cannot write in {root}: {problem.strerror}.") from problem
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting up .venv; waiting for it …")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(home: Path, locks: tuple[Path, ...]) -> None:
    names = " and ".join(lock.relative_to(lock.parent.parent).as_posix() for lock in locks)
    say(f"Getting what {names} names into .venv (needs the network, under a minute) …")
    try:
        _create(home)
        _unfinished(home).touch()  # after any interruption from here on, the next start begins again
        _install(home, locks)
        for lock in locks:
            _stamp(home, lock).write_text(_digest(lock))
        _unfinished(home).unlink()
    except subprocess.CalledProcessError as problem:
        raise SetupError(
            "Installing did not work (why: above). Run the same command again to repeat it."
        ) from problem
    except OSError as problem:
        raise SetupError(f"Cannot make {home}: {problem.strerror}.") from problem


def _create(home: Path) -> None:
    """Make an empty environment, unless there is a working one whose setup was not interrupted."""
    if not _unfinished(home).exists() and _has_pip(home):
        return
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise SetupError(
                "Python's venv module is incomplete. On Debian and Ubuntu: apt-get install python3-venv"
            )
    import venv

    venv.create(home, clear=True, with_pip=True)


def _has_pip(home: Path) -> bool:
    python = _interpreter(home)
    probe = [str(python), "-c", "import pip"]
    return python.exists() and subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _install(home: Path, locks: tuple[Path, ...]) -> None:
    python = str(_interpreter(home))
    wanted = [part for lock in locks for part in ("--requirement", str(lock))]
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes"]
    uv = [str(home / "bin" / "uv"), "pip", "install", "--quiet", "--system-certs", "--require-hashes"]
    subprocess.run([*pip, "--requirement", str(INSTALLER_LOCK)], check=True)
    if not _works([*uv, "--python", python, *wanted]):
        say("uv could not; trying with pip, which may know another way to the packages …")
        subprocess.run([*pip, *wanted], check=True)


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False).returncode == 0
    except OSError:  # the program cannot be executed on this machine
        return False
