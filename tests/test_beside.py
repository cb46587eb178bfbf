"""`python3 -m tests` runs the checks of style, types and imports beside pytest, and on every core."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.__main__ import EVERY_CORE, Beside, spread


def test_every_check_runs_and_one_that_fails_is_counted_and_named(tmp_path: Path) -> None:
    checks = {
        "bad": ["-c", "import sys; print('two lines'); sys.exit('are too long')"],
        "good": ["-c", "print('fine')"],
    }
    beside = Beside(Path(sys.executable), checks, tmp_path / "said.json")
    beside.start()
    done, _, file = beside.environment["TESTS_BESIDE"].partition(":")
    assert os.read(int(done), 1) == b"", "the pipe ends when the checks have"
    assert json.loads(Path(file).read_text()) == [
        ["bad", False, "two lines\nare too long\n"],
        ["good", True, "fine\n"],
    ]
    beside.join()
    assert beside.failed


def test_without_checks_pytest_waits_for_nothing(tmp_path: Path) -> None:
    beside = Beside(Path(sys.executable), {}, tmp_path / "said.json")
    beside.start()
    beside.join()
    assert (beside.environment, beside.failed) == ({}, False)


@pytest.mark.parametrize(
    ("chosen", "how"),
    [
        ([], [*EVERY_CORE, "--durations=10"]),
        (["tests/services"], EVERY_CORE),
        (["tests/services", "-k", "hold"], EVERY_CORE),
        (["tests/services", "-n", "1"], []),
        (["tests/services", "--pdb"], []),
        (["tests/test_beside.py"], []),
        (["-k", "hold"], []),
    ],
)
def test_folders_of_tests_run_on_every_core(chosen: list[str], how: list[str]) -> None:
    assert spread(chosen) == how
