"""What every test has: a closed network, and the fixtures of tests/fixtures."""

import gc
import json
import os
from pathlib import Path

import hypothesis
import pytest

from tests import guard, memory

guard.close_network()
memory.use()
gc.disable()  # until every module is loaded: what they hold is never garbage
# for this process alone: none that it starts has the pipe
BESIDE = os.environ.pop("TESTS_BESIDE", "")

pytest_plugins = [
    "tests.fixtures.transactions",
    "tests.fixtures.databases",
    "tests.fixtures.browsers",
    "tests.fixtures.firefoxes",
    "tests.fixtures.films",
    "tests.fixtures.servers",
    "tests.fixtures.towns",
    "tests.fixtures.node",
    "tests.fixtures.processes",
    "tests.fixtures.occupied",
    "tests.fixtures.mailboxes",
]

# By day the same examples every time, so that a red build means a change; by night new ones, and more.
hypothesis.settings.register_profile("day", deadline=None, derandomize=True, max_examples=100)
hypothesis.settings.register_profile("night", deadline=None, print_blob=True, max_examples=1000)
hypothesis.settings.load_profile("night" if os.environ.get("TESTS_NIGHT") else "day")


# a test that has one of these fixtures, itself or by another, is of that kind
KINDS = {
    "browser": {"browser", "firefox_page"},
    "database": {
        "database_url",
        "empty_database_url",
        "database_kind",
        "sqlite_template",
        "postgresql",
        "start",
    },
}


@pytest.hookimpl(tryfirst=True)  # before -m chooses by them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test as browser, database or pure."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        kind = next((kind for kind, named in KINDS.items() if named & fixtures), "pure")
        item.add_marker(kind)


def pytest_collection_finish() -> None:
    """Leave what is loaded out of Python's search for garbage, which would go through all of it each time."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the checks said that ran beside these tests: where one failed, python3 -m tests fails."""
    if not BESIDE:
        return
    done, _, said = BESIDE.partition(":")
    os.read(int(done), 1)  # ends when they have
    for name, passed, output in json.loads(Path(said).read_text(encoding="utf-8")):
        terminalreporter.section(name)
        terminalreporter.write_line(output.strip())
        if not passed:
            terminalreporter.write_line(f"not passed: {name}", red=True)
