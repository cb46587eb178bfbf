"""A sign-in is a row that ends; its token is nowhere but in the cookie."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from passport.services.access import sign_ins
from passport.services.access.sign_ins import Stage, Way
from passport.services.core import audit
from passport.services.core.errors import NotFound
from passport.services.people import accounts
from tests.fixtures.towns import Town


def begin(town: Town, who: str = "amara", way: Way = Way.PASSWORD, stage: Stage = Stage.OPEN) -> str:
    """A person comes in; gives the token."""
    with town.transaction() as session:
        return sign_ins.begin(session, town.account(session, who), way, town.clock(), stage=stage)


def goes_on(town: Town, token: str) -> bool:
    """Whether a token still is a person's."""
    with town.runtime.database.reading() as session:
        row = sign_ins.by_token(session, token)
        return row is not None and sign_ins.is_going_on(row, town.clock())


def test_a_token_is_kept_as_its_digest_alone(town: Town) -> None:
    tokens = {begin(town), begin(town)}
    assert len(tokens) == 2
    with town.transaction() as session:
        kept = str(session.execute(text("SELECT * FROM sign_ins")).all())
    assert not any(token in kept for token in tokens)
    assert all(goes_on(town, token) for token in tokens)
    assert not goes_on(town, "A" * 43)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("way", "stage", "length"),
    [
        (Way.PASSWORD, Stage.OPEN, timedelta(hours=12)),
        (Way.CLASS_CODE, Stage.OPEN, timedelta(hours=2)),
        (Way.PASSWORD, Stage.WAITING, timedelta(minutes=15)),
    ],
)
def test_it_ends_by_itself(town: Town, way: Way, stage: Stage, length: timedelta) -> None:
    token = begin(town, way=way, stage=stage)
    town.clock.now += length - timedelta(seconds=1)
    assert goes_on(town, token)
    town.clock.forward(seconds=1)
    assert not goes_on(town, token)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("way", "hours"), [(Way.PASSWORD, 12 + 10), (Way.CLASS_CODE, 2 + 5)])
def test_it_is_put_off_ten_times_when_it_is_about_to_end_and_not_before(
    town: Town, way: Way, hours: int
) -> None:
    began, token = town.clock(), begin(town, way=way)

    def prolong() -> sign_ins.Ending:
        with town.transaction() as session:
            return sign_ins.prolong(session, token, town.clock())

    first = prolong()
    assert (first.is_near, first.can_be_prolonged) == (False, True)
    for _time in range(12):
        town.clock.now = prolong().at - timedelta(minutes=14)
        assert prolong().at == prolong().at, "a second click changes nothing"
    last = prolong()
    assert last.at == began + timedelta(hours=hours)
    assert (last.is_near, last.can_be_prolonged) == (True, False)
    town.clock.now = last.at
    with pytest.raises(NotFound):
        prolong()


def test_signing_out_everywhere_ends_all_of_ones_own_but_the_one_that_was_named(
    town: Town,
) -> None:
    here, there, robins = begin(town), begin(town), begin(town, "robin")
    with town.transaction() as session:
        sign_ins.end_all(session, town.account(session, "amara"), town.clock(), but=here)
    assert [goes_on(town, token) for token in (here, there, robins)] == [True, False, True]
    with town.transaction() as session:
        sign_ins.end_all(session, town.account(session, "amara"), town.clock())
        assert sign_ins.listed(session, town.account(session, "amara"), town.clock()) == []
    assert [goes_on(town, token) for token in (here, there, robins)] == [False, False, True]


def test_one_is_ended_by_its_reference_and_only_ones_own(town: Town) -> None:
    token, robins = begin(town), begin(town, "robin")
    with town.transaction() as session:
        amara, robin = town.account(session, "amara"), town.account(session, "robin")
        [row] = sign_ins.listed(session, robin, town.clock())
        with pytest.raises(NotFound):
            sign_ins.end_one(session, amara, row.reference, town.clock())
        sign_ins.end_one(session, robin, row.reference, town.clock())
    assert [goes_on(town, one) for one in (token, robins)] == [True, False]


def test_a_suspension_ends_what_is_open_and_lets_no_one_in_until_it_is_lifted(town: Town) -> None:
    token = begin(town, "robin")
    with town.transaction() as session:
        accounts.suspend(
            session, town.account(session, "morgan"), town.account(session, "robin"), town.clock()
        )
    assert not goes_on(town, token)
    with town.transaction() as session:
        accounts.readmit(
            session, town.account(session, "morgan"), town.account(session, "robin"), town.clock()
        )
        assert audit.broken_at(session) is None
    assert not goes_on(town, token), "an old cookie stays dead"
    assert goes_on(town, begin(town, "robin"))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_over_is_forgotten_after_a_day(town: Town) -> None:
    ended, old, going_on = begin(town), begin(town), begin(town)
    with town.transaction() as session:
        sign_ins.end(session, ended, town.clock())
        sign_ins.forget_old(session, town.clock() + timedelta(hours=23))
        assert sign_ins.by_token(session, ended) is not None
        sign_ins.forget_old(session, town.clock() + timedelta(hours=25))
        assert sign_ins.by_token(session, ended) is None
        sign_ins.forget_old(session, town.clock() + timedelta(hours=35))
        assert sign_ins.by_token(session, old) is not None
        sign_ins.forget_old(session, town.clock() + timedelta(hours=37))
        assert sign_ins.by_token(session, going_on) is None


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_it_is_a_day_of_the_runtimes_clock_and_not_of_the_machines(town: Town) -> None:
    token = begin(town)
    later = replace(town.runtime, clock=lambda: town.clock() + timedelta(hours=13))
    with later.database.reading() as session:
        row = sign_ins.by_token(session, token)
        assert row is not None
        assert not sign_ins.is_going_on(row, later.clock())
