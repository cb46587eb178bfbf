"""Counts: a coordinator's own school, a manager's programme, and nothing of another's."""

import pytest

from passport.jobs import queue as job_queue
from passport.services.core.errors import NotFound
from passport.services.credentials import lifecycle
from passport.services.endorsements import decisions
from passport.services.reporting import overview
from passport.services.reporting.overview import Overview
from tests.fixtures.towns import Town


def counts(town: Town, who: str) -> Overview:
    """What a person sees."""
    with town.runtime.database.reading() as session:
        return overview.counts(session, town.account(session, who))


def test_each_thing_is_counted_once_and_in_its_own_school(town: Town) -> None:
    kept, gone = town.issued(), town.issued()
    assert kept != gone
    town.issued("kit", "sky")
    town.sent()
    town.sent("kit")
    back = town.sent()
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), gone, town.clock())
        robin = town.account(session, "robin")
        decisions.send_back(session, robin, back, 1, "not-there", town.clock())
    job_queue.run_due(town.runtime)
    assert counts(town, "casey") == Overview("Lanternmoor High School", 1, 1, 1, 1, 0, 1, 0)
    assert counts(town, "morgan") == Overview("Made in Brindlemoor", 2, 2, 1, 2, 0, 1, 0)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_others_have_no_overview(town: Town) -> None:
    for who in ("amara", "robin"):
        with pytest.raises(NotFound):
            counts(town, who)
    with town.transaction() as session:
        session.delete(town.account(session, "casey").staff)
    with pytest.raises(NotFound):
        counts(town, "casey")
