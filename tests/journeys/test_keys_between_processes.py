"""One process serves, another changes its keys: what was decided about a key holds without a restart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.processes import environment, passport
from tests.fixtures.towns import Town
from tests.journeys.serving import ANSWER
from tests.services.trust.test_keys import _active

ANN, BO = ("--by", "Ann Example"), ("--by", "Bo Sample")


@pytest.fixture
def serving(town: Town) -> Iterator[subprocess.Popen[str]]:
    """A process that has opened the town's keys already."""
    settings = town.runtime.settings
    command = [sys.executable, "-m", "tests.journeys.serving", str(settings.instance), settings.database]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


def test_a_process_that_serves_signs_with_the_keys_of_the_moment(
    town: Town, serving: subprocess.Popen[str]
) -> None:
    settings = town.runtime.settings
    port = int(settings.public_url.rpartition(":")[2])
    env = environment(settings.instance, port, PASSPORT_DATABASE_URL=settings.database)

    def keys(*words: str) -> None:
        done = passport("keys", *words, env=env)
        assert done.returncode == 0, done.stderr

    def signs() -> list[str]:
        assert serving.stdin is not None
        assert serving.stdout is not None
        serving.stdin.write("sign\n")
        serving.stdin.flush()
        answer = next(line for line in serving.stdout if line.startswith(ANSWER))
        return answer.removeprefix(ANSWER).split()

    first = _active(town).kid
    town.endorsed(town.sent())
    assert signs() == [first]
    sent = [town.sent(), town.sent()]
    town.endorsed(sent[0])
    keys("suspend", first, *ANN)
    assert signs() == [first], "it stopped, and what is due waits"
    keys("activate", first, *ANN, *BO)
    assert signs() == [first] * 2
    town.endorsed(sent[1])
    keys("compromise", first, "--since", "2026-01-01T00:00:00Z", *ANN, *BO)
    assert signs() == [first] * 2
    keys("propose", "brindlemoor", "issue", *ANN)
    [second] = {file.stem.partition("-")[2] for file in _files(settings.instance)}
    keys("activate", second, *ANN)
    assert signs() == [first, first, second]
    keys("sign-again", first)
    assert signs() == [second] * 3


def _files(instance: Path) -> list[Path]:
    return list((instance / "keys").glob("issue-*.pem"))
