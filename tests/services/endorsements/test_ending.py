"""What ends soon is told once, also to the person who renews it. All of it holds until 4 December 2026."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from passport.db.core.mails import Mail
from passport.db.people.accounts import Attachment
from passport.jobs import nightly, send_mail
from passport.services.core import mails, notices
from passport.services.core.notices import ShownNotice
from passport.services.people import accounts, onboarding
from tests.fixtures.towns import Town

ENDS = "2026-12-04"
SOON = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)
EARLIER = SOON - timedelta(days=1)
WHO = ("robin", "casey", "morgan")


def told(town: Town, who: str) -> list[ShownNotice]:
    """What a person was told about what ends, in any order."""
    with town.transaction() as session:
        found = notices.opened(session, town.account(session, who), 1, town.clock()).told
    return sorted((one for one in found if "until" in one.facts), key=lambda one: json.dumps(one.facts))


def after(town: Town, at: datetime, nights: int = 1) -> dict[str, set[str]]:
    """What each has been told of, after the job of some nights."""
    town.clock.now = at
    for _night in range(nights):
        nightly.run(town.runtime)
        town.clock.forward(days=1)
    return {who: {one.kind for one in told(town, who)} for who in WHO}


def test_the_champion_the_school_and_the_managers_are_told_thirty_days_before_and_once(town: Town) -> None:
    assert after(town, EARLIER) == {"robin": set(), "casey": set(), "morgan": set()}
    expected = {
        "robin": {"briefing-ends", "identity-ends", "supervision-ends"},
        "casey": {"supervision-to-renew"},
        "morgan": {"identity-to-renew"},
    }
    assert after(town, SOON) == expected
    counts = {who: len(told(town, who)) for who in WHO}
    assert counts == {"robin": 3, "casey": 1, "morgan": 2}, "a manager renews it for Robin and for Sky"
    assert after(town, SOON + timedelta(days=1), nights=3) == expected
    assert {who: len(told(town, who)) for who in WHO} == counts
    [asked] = told(town, "casey")
    assert asked.facts == {"name": "Robin Fixturely", "renew": town.references["robin"], "until": ENDS}


def test_what_is_renewed_in_time_is_told_again_a_year_later_and_the_rest_goes_on(town: Town) -> None:
    after(town, SOON)
    with town.transaction() as session:
        robin = town.account(session, "robin")
        onboarding.brief(session, robin, onboarding.DECLARATIONS, SOON)
        whose = [check.step.value for check in onboarding.own(session, robin, SOON).ending]
    assert whose == ["identity", "supervision"]
    town.clock.now = SOON + timedelta(days=1)
    assert len(told(town, "robin")) == 3


@pytest.mark.parametrize("gone", ["suspended", "not attached"])
def test_no_one_is_asked_to_renew_it_for_a_person_who_has_gone(town: Town, gone: str) -> None:
    with town.transaction() as session:
        for one in session.query(Attachment):
            if gone == "suspended":
                accounts.suspend(session, town.account(session, "morgan"), one.champion.account, EARLIER)
            else:
                one.ended_at = EARLIER
    assert after(town, SOON) == {"robin": set(), "casey": set(), "morgan": set()}


def test_an_attachments_last_day_is_told_unless_a_later_one_follows(town: Town) -> None:
    with town.transaction() as session:
        sky = town.account(session, "sky").champion
        assert sky is not None
        [there] = session.query(Attachment).filter_by(champion_id=sky.account_id)
        accounts.attach(session, sky, there.school, date(2027, 1, 1), date(2027, 12, 31))
    at = datetime(2026, 12, 5, 15, 0, tzinfo=UTC)
    seen = after(town, at, nights=2)
    assert seen["robin"] == {"attachment-ends"}
    assert seen["morgan"] == {"attachment-to-renew"}
    assert seen["casey"] == set()
    [asked] = [one for one in told(town, "morgan") if one.kind == "attachment-to-renew"]
    assert asked.facts["attached"] == town.references["robin"]
    assert (asked.facts["school"], asked.facts["until"]) == ("Lanternmoor High School", "2026-12-31")
    assert told(town, "sky") == []


@pytest.mark.parametrize(("monday", "number"), [(date(2026, 11, 2), 0), (date(2026, 11, 9), 3)])
def test_the_weekly_mail_says_that_something_ends_where_something_does(
    town: Town, monday: date, number: int
) -> None:
    town.sent()
    town.clock.now = datetime(monday.year, monday.month, monday.day, 9, 0, tzinfo=UTC)
    send_mail.tell_digests(town.runtime)
    with town.transaction() as session:
        [facts] = [mails.facts_of(one) for one in session.query(Mail).filter_by(kind="digest")]
    assert facts["ends"] == number
