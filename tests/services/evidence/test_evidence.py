"""A student writes in small steps: nothing typed is lost, nothing half is sent, nothing sent changes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from passport.db import Session
from passport.db.evidence.evidence import EvidenceState, EvidenceVersion
from passport.db.people.accounts import Account
from passport.db.programmes.activities.menu import Activity
from passport.services.core.errors import NotFound, Refused
from passport.services.endorsements import decisions
from passport.services.evidence import draft_words, drafting, evidence_access
from passport.services.privacy import evidence_removal
from passport.services.programmes.activities import menu
from passport.services.programmes.frameworks import imports, versions
from tests.fixtures.towns import STORY, Town

HELD = date(2026, 3, 10)


def started(town: Town, session: Session) -> tuple[Account, str]:
    """Amara's new draft."""
    account = town.account(session, "amara")
    return account, drafting.start(session, account, town.activity, town.clock()).reference


def whole(town: Town, session: Session) -> tuple[Account, str]:
    """Amara's draft with nothing missing."""
    account, reference = started(town, session)
    drafting.choose_skill(session, account, reference, 4, town.clock())
    drafting.choose_level(session, account, reference, 3, town.clock())
    drafting.describe(session, account, reference, STORY, HELD, Decimal("2.5"), town.clock())
    return account, reference


def decide(town: Town, reference: str, decision: str) -> None:
    """Robin sends it back or declines."""
    with town.transaction() as session:
        robin = town.account(session, "robin")
        if decision == "returned":
            decisions.send_back(session, robin, reference, 1, "different-level", town.clock())
        else:
            decisions.decline(session, robin, reference, 1, "cannot-say", town.clock())


def test_each_step_is_kept_on_the_server_before_the_next(town: Town) -> None:
    with town.transaction() as session:
        account, reference = started(town, session)
    with town.transaction() as session:
        draft = drafting.own(session, town.account(session, "amara"), reference)
        assert (draft.held_on, draft.hours) == (HELD, Decimal("2.5"))
        assert drafting.missing(draft, town.clock()) == ["skill", "level", "story"]
        drafting.choose_skill(session, account, reference, 4, town.clock())
    with town.transaction() as session:
        draft = drafting.own(session, town.account(session, "amara"), reference)
        assert draft.skill is not None
        assert draft.skill.name == "Measuring and checking"
        assert drafting.missing(draft, town.clock()) == ["level", "story"]
        drafting.choose_level(session, account, reference, 2, town.clock())
        drafting.describe(session, account, reference, "too short", None, None, town.clock())
    with town.transaction() as session:
        draft = drafting.own(session, town.account(session, "amara"), reference)
        assert (draft.level, draft.narrative, draft.held_on, draft.hours) == (2, "too short", None, None)
        assert drafting.missing(draft, town.clock()) == ["story"]


HOSTILE = "<script>alert(1)</script>\u202e gnp \U0001f98a\r\nsecond line\x00 and \ud800 half a character"


def test_whatever_was_typed_is_kept_as_far_as_a_database_can(town: Town) -> None:
    with town.transaction() as session:
        account, reference = started(town, session)
        drafting.describe(session, account, reference, HOSTILE, HELD, Decimal(-3), town.clock())
    with town.transaction() as session:
        kept = drafting.own(session, town.account(session, "amara"), reference)
        assert kept.narrative.startswith("<script>alert(1)</script> gnp \U0001f98a\nsecond line and ")
        assert kept.hours == Decimal(-3)
        drafting.describe(session, account, reference, "x" * 20_000, HELD, None, town.clock())
    with town.transaction() as session:
        kept = drafting.own(session, town.account(session, "amara"), reference)
        assert len(kept.narrative) == draft_words.LONGEST_DRAFT


HOURS = [
    ("0", "0", False),
    ("-1", "-1", False),
    ("0.004", "0", False),
    ("0.25", "0.25", True),
    ("1.333333333333333333333", "1.33", True),
    ("200", "200", True),
    ("200.01", "200.01", False),
    ("1E+30", None, False),
    ("NaN", None, False),
    ("sNaN", None, False),
    ("Infinity", None, False),
]


def test_hours_are_more_than_none_at_most_200_and_of_a_size_that_an_entry_can_say(town: Town) -> None:
    with town.transaction() as session:
        reference = whole(town, session)[1]
    for typed, kept, is_whole in HOURS:
        with town.transaction() as session:
            account = town.account(session, "amara")
            drafting.describe(session, account, reference, STORY, HELD, Decimal(typed), town.clock())
        with town.transaction() as session:
            draft = drafting.own(session, town.account(session, "amara"), reference)
            assert draft.hours == (None if kept is None else Decimal(kept)), typed
            assert (drafting.missing(draft, town.clock()) == []) is is_whole, typed


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("story", "is_whole"),
    [
        ("é" * 59, False),
        ("é" * 60, True),
        ("\U0001f98a" * 600, True),
        ("x" * 601, False),
        (" \n" + "x" * 59 + "\n ", False),
        (" \n" + "x" * 600 + "\n ", True),
    ],
)
def test_a_story_has_60_to_600_characters_without_the_blanks_around_it(
    town: Town, story: str, is_whole: bool
) -> None:
    with town.transaction() as session:
        account, reference = whole(town, session)
        draft = drafting.describe(session, account, reference, story, HELD, Decimal(1), town.clock())
        assert (drafting.missing(draft, town.clock()) == []) is is_whole
        if is_whole:
            sent = drafting.submit(session, account, reference, town.clock())
            assert evidence_access.sent_version(session, sent).narrative == story.strip()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_day_may_not_be_in_the_future_as_the_programme_counts_days(town: Town) -> None:
    # half past eleven at night in UTC is after midnight in a British summer
    town.clock.now = town.clock.now.replace(month=6, day=1, hour=23, minute=30)
    with town.transaction() as session:
        account, reference = whole(town, session)
        for day, steps in ((date(2026, 6, 2), []), (date(2026, 6, 3), ["story"]), (None, ["story"])):
            draft = drafting.describe(session, account, reference, STORY, day, Decimal(1), town.clock())
            assert drafting.missing(draft, town.clock()) == steps


def test_nothing_is_sent_until_it_is_whole(town: Town) -> None:
    with town.transaction() as session:
        account, reference = started(town, session)

        def send() -> EvidenceState:
            return drafting.submit(session, account, reference, town.clock()).state

        with pytest.raises(Refused, match="not-complete"):
            send()
        drafting.choose_skill(session, account, reference, 4, town.clock())
        with pytest.raises(Refused, match="not-complete"):
            send()
        drafting.choose_level(session, account, reference, 1, town.clock())
        with pytest.raises(Refused, match="not-complete"):
            send()
        drafting.describe(session, account, reference, STORY, HELD, Decimal(1), town.clock())
        assert send() is EvidenceState.SUBMITTED


def test_a_second_click_finds_it_sent_once(town: Town) -> None:
    reference = town.sent()
    with town.transaction() as session:
        again = drafting.submit(session, town.account(session, "amara"), reference, town.clock())
        assert again.version == 1
        assert session.query(EvidenceVersion).count() == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_was_sent_cannot_be_edited_nor_sent_again_once_endorsed(town: Town) -> None:
    reference = town.sent()
    for _moment in ("waiting", "endorsed"):
        with town.transaction() as session:
            account = town.account(session, "amara")
            with pytest.raises(Refused, match="already-sent"):
                drafting.choose_skill(session, account, reference, 5, town.clock())
            with pytest.raises(Refused, match="already-sent"):
                drafting.choose_level(session, account, reference, 1, town.clock())
            with pytest.raises(Refused, match="already-sent"):
                drafting.describe(session, account, reference, "other", HELD, Decimal(1), town.clock())
        if _moment == "waiting":
            town.endorsed(reference)
    with town.transaction() as session, pytest.raises(Refused, match="already-sent"):
        drafting.submit(session, town.account(session, "amara"), reference, town.clock())


def test_sent_back_is_edited_and_sent_again_as_a_second_version_beside_the_frozen_first(town: Town) -> None:
    reference = town.sent(level=3)
    decide(town, reference, "returned")
    other = STORY.replace("five", "seven")
    town.clock.forward(hours=1)
    with town.transaction() as session:
        account = town.account(session, "amara")
        mine = drafting.own(session, account, reference)
        assert mine.state is EvidenceState.RETURNED
        assert drafting.returned_reason(session, mine) == "different-level"
        drafting.choose_level(session, account, reference, 2, town.clock())
        drafting.describe(session, account, reference, other, HELD, Decimal(3), town.clock())
        drafting.submit(session, account, reference, town.clock())
    with town.transaction() as session:
        versions = session.query(EvidenceVersion).order_by(EvidenceVersion.number).all()
        assert [(one.number, one.level, one.narrative, one.hours) for one in versions] == [
            (1, 3, STORY, Decimal("2.5")),
            (2, 2, other, Decimal(3)),
        ]
        assert versions[0].salt != versions[1].salt
        assert drafting.artefact(versions[0]) != drafting.artefact(versions[1])
        assert versions[0].submitted_at < versions[1].submitted_at


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_declined_is_neither_edited_nor_removed_and_says_why(town: Town) -> None:
    reference = town.sent()
    decide(town, reference, "declined")
    with town.transaction() as session:
        account = town.account(session, "amara")
        mine = drafting.own(session, account, reference)
        assert (mine.state, drafting.returned_reason(session, mine)) == (EvidenceState.DECLINED, "cannot-say")
        with pytest.raises(Refused, match="already-sent"):
            drafting.choose_level(session, account, reference, 1, town.clock())
        with pytest.raises(Refused, match="already-decided"):
            evidence_removal.remove(session, account, reference, town.clock())


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "endorsed"])
def test_only_what_no_one_endorsed_can_be_removed_and_then_it_is_gone_for_everybody(
    town: Town, state: str
) -> None:
    if state == "draft":
        with town.transaction() as session:
            reference = started(town, session)[1]
    else:
        reference = town.sent()
    if state == "returned":
        decide(town, reference, "returned")
    if state == "endorsed":
        town.endorsed(reference)
        with town.transaction() as session, pytest.raises(Refused, match="already-decided"):
            evidence_removal.remove(session, town.account(session, "amara"), reference, town.clock())
        return
    with town.transaction() as session:
        evidence_removal.remove(session, town.account(session, "amara"), reference, town.clock())
    with town.transaction() as session:
        account, robin = town.account(session, "amara"), town.account(session, "robin")
        assert drafting.mine(session, account) == []
        assert decisions.queue(session, robin, town.clock()) == []
        with pytest.raises(NotFound):
            drafting.own(session, account, reference)
        with pytest.raises(NotFound):
            evidence_removal.remove(session, account, reference, town.clock())
        with pytest.raises(NotFound):
            evidence_access.open_evidence(session, robin, reference, town.clock())


def test_another_students_evidence_is_as_if_it_were_not_there(town: Town) -> None:
    reference = town.sent("kit")
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        assert drafting.mine(session, amara) == []
        for name in (reference, "NOSUCHREF", "", "\x00", "\ud800"):
            for use in (
                lambda name=name: drafting.own(session, amara, name),
                lambda name=name: drafting.choose_skill(session, amara, name, 1, at),
                lambda name=name: drafting.choose_level(session, amara, name, 1, at),
                lambda name=name: drafting.describe(session, amara, name, "x", None, None, at),
                lambda name=name: drafting.submit(session, amara, name, at),
                lambda name=name: evidence_removal.remove(session, amara, name, at),
                lambda name=name: drafting.start(session, amara, name, at),
            ):
                with pytest.raises(NotFound):
                    use()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_person_who_is_no_student_cannot_log(town: Town) -> None:
    with town.transaction() as session, pytest.raises(NotFound):
        drafting.start(session, town.account(session, "robin"), town.activity, town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_beginning_again_takes_up_the_draft_that_has_nothing_yet_and_no_other(town: Town) -> None:
    with town.transaction() as session:
        account, first = started(town, session)
        drafting.describe(session, account, first, "", date(2026, 3, 9), Decimal(4), town.clock())
        assert started(town, session)[1] == first
        kept = drafting.own(session, account, first)
        assert (kept.held_on, kept.hours) == (date(2026, 3, 9), Decimal(4))
        drafting.choose_level(session, account, first, 2, town.clock())
        second = started(town, session)[1]
        assert second != first
        drafting.describe(session, account, second, "I", None, None, town.clock())
        third = started(town, session)[1]
        assert third not in {first, second}
        drafting.choose_skill(session, account, third, 1, town.clock())
        assert started(town, session)[1] not in {first, second, third}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_another_skill_asks_for_the_level_again_and_the_same_one_does_not(town: Town) -> None:
    with town.transaction() as session:
        account, reference = whole(town, session)
        assert drafting.choose_skill(session, account, reference, 4, town.clock()).level == 3
        assert drafting.choose_skill(session, account, reference, 5, town.clock()).level is None
        for unknown in (0, 13, 10**12):
            with pytest.raises(Refused, match="skill-gone"):
                drafting.choose_skill(session, account, reference, unknown, town.clock())
        for unknown in (0, 5, -1):
            with pytest.raises(Refused, match="level-unknown"):
                drafting.choose_level(session, account, reference, unknown, town.clock())


def test_a_skill_retired_before_sending_is_chosen_again(town: Town) -> None:
    with town.transaction() as session:
        account, reference = whole(town, session)
        old = drafting.skills(session, account)[0].version
        content = "group,skill,With guidance,With support,On my own,Guiding others\nAll,Listening,a,b,c,d\n"
        draft = imports.read(content.encode())
        done = imports.import_table(session, account.programme, "Brindlemoor", draft, town.clock())
        assert done.version is not None
        versions.publish(session, done.version, "Ann", "Bob", town.clock())
        assert old.state == "retired"
    with town.transaction() as session:
        account = town.account(session, "amara")
        with pytest.raises(Refused, match="skill-gone"):
            drafting.submit(session, account, reference, town.clock())
        [listening] = drafting.skills(session, account)
        drafting.choose_skill(session, account, reference, listening.number, town.clock())
        drafting.choose_level(session, account, reference, 1, town.clock())
        assert drafting.submit(session, account, reference, town.clock()).version == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_activities_are_offered_once_they_have_been_newest_first(town: Town) -> None:
    with town.transaction() as session:
        account = town.account(session, "amara")
        held = session.query(Activity).one()
        for title, days in (("Tomorrow", 5), ("Today", 4), ("Long ago", -300)):
            session.add(
                Activity(
                    programme_id=held.programme_id,
                    employer=held.employer,
                    title=title,
                    kind=held.kind,
                    setting="school",
                    held_on=held.held_on + timedelta(days=days),
                    hours=Decimal(1),
                )
            )
        session.flush()
        offered = [one.title for one in menu.for_student(session, account, town.clock())]
        assert offered == ["Today", "Gear pump strip-down", "Long ago"]


def test_what_was_sent_back_is_not_sent_again_as_it_was(town: Town) -> None:
    reference = town.sent()
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        decisions.send_back(session, robin, reference, 1, "say-what-you-did", at)
    with pytest.raises(Refused, match="not-changed"), town.transaction() as session:
        drafting.submit(session, town.account(session, "amara"), reference, town.clock())
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        drafting.choose_level(session, amara, reference, 2, at)
        assert drafting.submit(session, amara, reference, at).version == 2


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2026, 3, 15)])
def test_a_day_long_ago_or_to_come_is_not_a_day_it_happened(town: Town, day: date) -> None:
    with town.transaction() as session:
        account, reference = started(town, session)
        draft = drafting.describe(session, account, reference, STORY, day, Decimal(2), town.clock())
        assert "story" in drafting.missing(draft, town.clock())


def test_sixty_signs_that_no_one_sees_are_no_story(town: Town) -> None:
    with town.transaction() as session:
        account, reference = started(town, session)
        draft = drafting.describe(session, account, reference, "\u200b" * 80, HELD, Decimal(2), town.clock())
        assert "story" in drafting.missing(draft, town.clock())
