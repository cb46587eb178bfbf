"""The locks: each library once, pinned, hashed, and from no particular host."""

import re

import pytest

from passport.setup import INSTALLER_LOCK, SERVICE_LOCK, TESTS_LOCK

Library = tuple[str, str]


def entries(lock_text: str) -> list[str]:
    """The lock's libraries, each with its hashes as one logical line, without comments."""
    lines = [
        line for line in lock_text.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#")
    ]
    return [line for line in lines if line.strip()]


def pins(lock_text: str) -> set[Library]:
    return {(found[1], found[2]) for found in re.finditer(r"^([\w.\[\]-]+)==(\S+)", lock_text, re.MULTILINE)}


@pytest.fixture(params=[INSTALLER_LOCK, SERVICE_LOCK, TESTS_LOCK], ids=["installer", "passport", "tests"])
def lock_text(request: pytest.FixtureRequest) -> str:
    return str(request.param.read_text())


def test_every_library_is_pinned_and_hashed(lock_text: str) -> None:
    loose = [
        line
        for line in entries(lock_text)
        if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert entries(lock_text)
    assert loose == []


def test_no_host_and_no_index_is_named(lock_text: str) -> None:
    assert re.findall(r"https?:|--(?:extra-)?index|--find-links|@ ", lock_text) == []


def test_tests_run_on_the_libraries_of_the_service() -> None:
    service, tests = pins(SERVICE_LOCK.read_text()), pins(TESTS_LOCK.read_text())
    shared = {name for name, _ in service} & {name for name, _ in tests}
    assert {pin for pin in tests if pin[0] in shared} <= service


def test_the_installer_is_uv_alone_and_the_service_runs_without_it() -> None:
    assert {name for name, _ in pins(INSTALLER_LOCK.read_text())} == {"uv"}
    assert "uv" not in {name for name, _ in pins(SERVICE_LOCK.read_text())}
