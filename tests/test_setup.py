"""The two commands' first start, in a small project of its own: real processes, no network."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from passport import setup

BARE_PYTHON = sys._base_executable  # type: ignore[attr-defined]  # the one outside every environment
COMMAND = [BARE_PYTHON, "-m", "passport"]
CLI = """
import signal, sys, hello
def main(argv):
    print(sys.prefix, hello.__name__, *argv, flush=True)
    if "wait" in argv:
        signal.pause()
    return 3
"""
# Stands in for uv: says where it got to, can be held there, and always leaves the work to pip.
UV = """#!/bin/sh
if [ -n "$HOLD" ]; then echo held >&2; cat "$HOLD" > /dev/null; fi
exit 1
"""


def make_wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Put a wheel into the folder and give its line of a lock."""
    file = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            member = zipfile.ZipInfo(path)
            member.external_attr = 0o100755 << 16  # a script keeps its run bit
            archive.writestr(member, text)
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


class Project:
    """A checkout with the real set-up, two made-up libraries, and a command that greets."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wheels = root / "wheels"
        self.wheels.mkdir()
        (root / "passport").mkdir()
        for name in ("__init__.py", "__main__.py", "setup.py"):
            shutil.copy(setup.ROOT / "passport" / name, root / "passport")
        (root / "passport" / "cli.py").write_text(CLI)
        hello = make_wheel(self.wheels, "hello", {"hello.py": ""})
        uv = make_wheel(self.wheels, "uv", {"uv-1.0.data/scripts/uv": UV})
        (root / "passport" / "installer.lock").write_text(uv)
        (root / "passport" / "requirements.lock").write_text(hello)

    def start(self, *arguments: str, command: list[str] = COMMAND, **settings: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_NO_COMPILE": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            **settings,
        }
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(
            [*command, *arguments], cwd=self.root, env=environment, start_new_session=True, **pipes
        )

    def run(self, *arguments: str, **settings: Any) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        process = self.start(*arguments, **settings)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after its first start."""
    project = Project(tmp_path_factory.mktemp("ready"))
    code, out, err = project.run("a", "--b")
    assert (code, out) == (3, f"{project.root / '.venv'} hello a --b\n")
    assert "Getting what passport/requirements.lock names" in err
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project before its first start."""
    return Project(tmp_path)


@pytest.fixture
def held(project: Project) -> Iterator[tuple[Project, subprocess.Popen[str]]]:
    """A first start that stands still in the middle of installing."""
    os.mkfifo(project.root / "hold")
    process = project.start("first", HOLD=str(project.root / "hold"))
    assert process.stderr is not None
    assert "held\n" in process.stderr
    yield project, process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def release(project: Project) -> None:
    (project.root / "hold").write_text("go on")


def test_the_first_start_installs_and_the_second_makes_nothing_again(ready: Project) -> None:
    before = (ready.root / ".venv").stat().st_mtime_ns
    assert ready.run("again") == (3, f"{ready.root / '.venv'} hello again\n", "")
    assert (ready.root / ".venv").stat().st_mtime_ns == before


def test_a_changed_lock_is_installed_at_the_next_start(project: Project) -> None:
    lock = project.root / "passport" / "requirements.lock"
    project.run()
    lock.write_text(lock.read_text() + make_wheel(project.wheels, "more", {"more.py": ""}))
    assert "Getting what" in project.run()[2]
    assert list((project.root / ".venv").rglob("more.py"))


def test_a_start_killed_while_installing_is_mended_by_the_next(
    held: tuple[Project, subprocess.Popen[str]],
) -> None:
    project, first = held
    half = project.root / ".venv" / "half-installed"
    half.touch()
    os.killpg(first.pid, signal.SIGKILL)
    assert project.run("next")[:2] == (3, f"{project.root / '.venv'} hello next\n")
    assert not half.exists()


def test_two_starts_at_once_make_one_environment(held: tuple[Project, subprocess.Popen[str]]) -> None:
    project, first = held
    second = project.start("second")
    assert second.stderr is not None
    assert "Another start is setting up" in second.stderr.readline()
    release(project)
    assert "hello first" in first.communicate()[0]
    out, err = second.communicate()
    assert (second.returncode, err) == (3, "")
    assert "hello second" in out


def test_without_the_libraries_there_is_one_clear_line_and_no_trace(project: Project) -> None:
    code, out, err = project.run(PIP_FIND_LINKS=str(project.root / "nothing"))
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("Installing did not work")
    assert "Traceback" not in err
    assert project.run()[0] == 3


def test_a_library_with_another_hash_is_refused(project: Project) -> None:
    make_wheel(project.wheels, "hello", {"hello.py": "print('not what was locked')"})
    code, out, err = project.run()
    assert (code, out) == (1, "")
    assert "DO NOT MATCH THE HASHES" in err


def test_inside_another_environment_nothing_is_installed(project: Project, tmp_path: Path) -> None:
    own = tmp_path / "own"
    venv.create(own, with_pip=False)
    (project.root / "hello.py").touch()
    code, out, err = project.run("x", command=[str(own / "bin" / "python"), "-m", "passport"])
    assert (code, out, err) == (3, f"{own} hello x\n", "")
    assert not (project.root / ".venv").exists()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_reaches_the_command_and_leaves_no_trace(
    ready: Project, sent: signal.Signals, code: int
) -> None:
    # the person who runs the tests in the background of a shell has it ignored, and so would what they start
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = ready.start("wait")
    signal.signal(signal.SIGINT, before)
    assert process.stdout is not None
    assert "wait" in process.stdout.readline()
    process.send_signal(sent)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (code, "", "")


def test_without_the_venv_module_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(setup, "inside_other_environment", lambda: False)
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else found(name)
    )
    with pytest.raises(setup.SetupError, match="apt-get install python3-venv"):
        setup.ensure(setup.SERVICE_LOCK, root=tmp_path)


def test_a_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "inside_other_environment", lambda: False)
    with pytest.raises(setup.SetupError, match="Cannot write in"):
        setup.ensure(setup.SERVICE_LOCK, root=tmp_path / "missing")


@pytest.mark.parametrize(
    ("version", "system", "message"),
    [((3, 10), "posix", "Python 3.11 or later; this is 3.10"), ((3, 12), "nt", "WSL")],
)
def test_what_was_never_tried_is_refused(version: tuple[int, int], system: str, message: str) -> None:
    with pytest.raises(setup.SetupError, match=message):
        setup.check_machine(version, system)
