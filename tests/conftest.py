"""What every test has: a closed network, and the fixtures of tests/fixtures."""

import os

import hypothesis
import pytest

from tests import guard

guard.close_network()

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it beside the count if a check before pytest failed: python3 -m tests then fails as a whole."""
    failed = os.environ.get("TESTS_FAILED_BEFORE")
    if failed:
        terminalreporter.section("not passed before these tests")
        terminalreporter.write_line(failed, red=True)
