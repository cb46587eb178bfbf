"""One act holds all of a champion's entries since a time, and only those (trust, section 8, row 5)."""

from datetime import datetime, timedelta

import pytest

from passport.db.core.notices import Notice
from passport.db.credentials.records import Credential
from passport.jobs import queue as job_queue
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import champion_holds
from passport.services.credentials.champion_holds import Held
from passport.services.evidence import drafting
from tests.fixtures.towns import Town

WHY = "The account was used from a country where Robin was not."


def hold(town: Town, since: datetime, who: str = "morgan", whose: str = "robin") -> Held:
    """A manager holds."""
    with town.transaction() as session:
        account = town.account(session, who)
        return champion_holds.hold(session, account, town.references[whose], since, WHY, town.clock())


def states(town: Town) -> dict[str, str]:
    """Where the entries stand, by their champion and the day on which they were endorsed."""
    with town.transaction() as session:
        return {
            f"{one.endorser_name.split()[0]} {one.endorsed_at:%d}": one.state.value
            for one in session.query(Credential)
        }


def test_all_of_a_champions_entries_since_a_time_and_only_those(town: Town) -> None:
    for _day in range(3):
        town.issued()
        town.issued("kit", "sky")
        town.clock.forward(days=1)
    since = town.clock() - timedelta(days=2)
    assert hold(town, since) == Held(entries=2, undone=0, signing=0)
    assert states(town) == {
        "Robin 14": "issued",
        "Robin 15": "on_hold",
        "Robin 16": "on_hold",
        **{f"Sky {day}": "issued" for day in (14, 15, 16)},
    }
    assert hold(town, since) == Held(entries=0, undone=0, signing=0), "a second click"
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert audit.broken_at(session) is None


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_not_signed_yet_is_undone_and_never_signed(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_minutes = 24 * 60
    early, late = town.sent(), town.sent()
    town.endorsed(early)
    town.clock.forward(hours=2)
    town.endorsed(late)
    assert hold(town, town.clock() - timedelta(hours=1)) == Held(entries=0, undone=1, signing=0)
    town.clock.forward(hours=30)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert session.query(Credential).count() == 1
        assert drafting.own(session, amara, early).state == "endorsed"
        assert drafting.own(session, amara, late).state == "submitted"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_a_manager_about_a_champion_and_with_a_reason(town: Town) -> None:
    town.issued()
    start = town.clock() - timedelta(days=1)
    for who, whose in (("casey", "robin"), ("robin", "robin"), ("morgan", "amara"), ("morgan", "casey")):
        with pytest.raises(NotFound):
            hold(town, start, who, whose)
    with pytest.raises(Refused, match="time-in-the-future"):
        hold(town, town.clock() + timedelta(hours=1))
    with town.transaction() as session, pytest.raises(Refused, match="reason-missing"):
        champion_holds.hold_by_operator(session, "robin@example.test", start, " ", town.clock())
    with town.transaction() as session, pytest.raises(NotFound):
        champion_holds.hold_by_operator(session, "casey@example.test", start, WHY, town.clock())
    assert set(states(town).values()) == {"issued"}
    with town.transaction() as session:
        held = champion_holds.hold_by_operator(session, "robin@example.test", start, WHY, town.clock())
        assert held.entries == 1


def told(town: Town, who: str) -> list[str]:
    """The kinds of what a person was told."""
    with town.transaction() as session:
        account = town.account(session, who)
        return [one.kind for one in session.query(Notice).filter_by(account_id=account.id)]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_students_their_school_and_the_other_managers_are_told_and_no_other_person(town: Town) -> None:
    town.issued()
    town.issued("kit", "sky")
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_minutes = 24 * 60
    town.endorsed(town.sent())
    before = {who: told(town, who) for who in town.references}
    hold(town, town.clock() - timedelta(days=1))
    new = {who: told(town, who)[len(before[who]) :] for who in town.references}
    assert {who: kinds for who, kinds in new.items() if kinds} == {
        "amara": ["endorsement-undone", "entry-on-hold"],
        "casey": ["champion-held"],
        "quinn": ["champion-held"],
    }
    with town.transaction() as session:
        facts = [one.facts for one in session.query(Notice).filter_by(kind="champion-held")]
        assert not any(word in "".join(facts) for word in ("Amara", WHY))
    hold(town, town.clock() - timedelta(days=1))
    assert told(town, "casey").count("champion-held") == 1, "a second click tells nobody again"
