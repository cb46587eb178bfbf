"""kill -9 at ten moments of endorsing and issuing, and at four of a batch: nothing lost, nothing twice."""

import hashlib
import os
import random
import secrets
import signal
from pathlib import Path

from passport.jobs import queue as job_queue
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.credentials import lifecycle
from passport.services.endorsements import decisions
from passport.verifier import Verdict
from tests.fixtures import warm
from tests.fixtures.towns import NOW, Town

KILLS = 10
ITEMS = 14
# an endorsement and its entry take about this many steps to the database
MOMENTS = 120
# what is due at once takes about this many steps together, however much it is; so much more is due each time
BATCH_KILLS, BATCH_MOMENTS, DUE = 4, 30, 3


def test_killed_anywhere_and_run_again_there_is_exactly_one_entry(town: Town, tmp_path: Path) -> None:
    seed = int(os.environ.get("TESTS_SEED", "0")) or secrets.randbelow(10**9) + 1
    print(f"TESTS_SEED={seed}")  # noqa: T201 - to draw the same moments again
    moments = sorted(random.Random(seed).sample(range(1, MOMENTS), KILLS))
    sent = [town.sent(level=2) for _ in range(ITEMS)]
    acknowledged = tmp_path / "acknowledged"
    killed = sum(_worker_dies(town, acknowledged, moment) for moment in moments)
    assert killed >= KILLS // 2, "the moments must fall into the work, or this test shows nothing"
    _finish(town, sent)
    _nothing_lost_nothing_twice(town, sent, acknowledged)
    with town.transaction() as session:
        assert audit.broken_at(session) is None


def test_killed_within_a_batch_and_run_again_there_is_exactly_one_entry_each(
    town: Town, tmp_path: Path
) -> None:
    seed = int(os.environ.get("TESTS_SEED", "0")) or secrets.randbelow(10**9) + 1
    print(f"TESTS_SEED={seed}")  # noqa: T201 - to draw the same moments again
    moments = random.Random(seed).sample(range(1, BATCH_MOMENTS), BATCH_KILLS)
    acknowledged, sent, killed = tmp_path / "acknowledged", [], 0
    for moment in moments:
        for reference in (town.sent(level=2) for _ in range(DUE)):
            town.endorsed(reference, level=2)
            sent.append(reference)
        killed += _batch_dies(town, acknowledged, moment)
    assert killed == BATCH_KILLS, "the moments must fall into the work, or this test shows nothing"
    _finish(town, sent)
    _nothing_lost_nothing_twice(town, sent, acknowledged)
    with town.transaction() as session:
        assert audit.broken_at(session) is None


def _worker_dies(town: Town, acknowledged: Path, moment: int) -> bool:
    return _dies("killed_worker", town, [town.references["robin"], str(acknowledged)], moment)


def _batch_dies(town: Town, acknowledged: Path, moment: int) -> bool:
    acknowledged.touch()
    return _dies("killed_batch", town, [str(acknowledged)], moment)


def _dies(program: str, town: Town, arguments: list[str], moment: int) -> bool:
    settings = town.runtime.settings
    where = [str(settings.instance), settings.database, *arguments]
    done = warm.run(f"tests.journeys.{program}", [*where, str(moment)], os.environ)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode == -signal.SIGKILL


def _finish(town: Town, sent: list[str]) -> None:
    """What a champion and the next sweep would do."""
    with town.transaction() as session:
        robin = town.account(session, "robin")
        left = [evidence.reference for evidence in decisions.queue(session, robin, NOW)]
    for reference in left:
        town.endorsed(reference, level=2)
    assert set(left) <= set(sent)
    job_queue.run_due(town.runtime)


def _nothing_lost_nothing_twice(town: Town, sent: list[str], acknowledged: Path) -> None:
    with town.transaction() as session:
        entries = lifecycle.mine(session, town.account(session, "amara"))
        made = {entry.endorsement.evidence.reference: entry for entry in entries}
        assert len(entries) == len(made) == len(sent)
        places = {(entry.position.list_number, entry.position.position) for entry in entries}
        assert len(places) == len(entries)
        for line in acknowledged.read_text().splitlines():
            what, reference, *digest = line.split()
            assert reference in made, line
            if what == "issued":
                assert digest == [hashlib.sha256(made[reference].document or b"").hexdigest()]
        for entry in entries:
            found = checks.check_entry(session, town.published(), entry, NOW)
            assert found.verdict is Verdict.CURRENT
