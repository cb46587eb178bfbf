"""A coordinator writes for a student of their school; nothing goes on before the student has sent it."""

from datetime import date
from decimal import Decimal

import pytest

from passport.db.core.notices import Notice
from passport.db.evidence.evidence import EvidenceState
from passport.services.core.errors import NotFound, Refused
from passport.services.evidence import drafting, evidence_access, reading_log, scribing
from passport.services.evidence.scribing import Dictation
from tests.fixtures.towns import STORY, Town


def told(town: Town, story: str = STORY, level: int = 3, skill: int = 4) -> Dictation:
    """What Amara told."""
    return Dictation(town.activity, skill, level, story, date(2026, 3, 10), Decimal("2.5"))


def write(town: Town, whose: str = "amara", who: str = "casey", **more: object) -> str:
    """A person writes it down; gives the draft's reference."""
    with town.transaction() as session:
        scribe = town.account(session, who)
        told_by = told(town, **more)  # type: ignore[arg-type]  # passed on as it came
        return scribing.write(session, scribe, town.references[whose], told_by, town.clock()).reference


def test_it_is_a_draft_until_the_student_sends_it_and_the_version_says_so_for_good(town: Town) -> None:
    reference = write(town)
    assert write(town) == reference, "a second click"
    with town.transaction() as session:
        amara = town.account(session, "amara")
        draft = drafting.own(session, amara, reference)
        assert (draft.state, draft.level, draft.narrative) == (EvidenceState.DRAFT, 3, STORY)
        assert [one.kind for one in session.query(Notice).filter_by(account_id=amara.id)] == [
            "evidence-scribed"
        ]
        robin = town.account(session, "robin")
        with pytest.raises(NotFound):
            evidence_access.open_evidence(session, robin, reference, town.clock())
        drafting.submit(session, amara, reference, town.clock())
        sent = evidence_access.open_evidence(session, robin, reference, town.clock())
        version = evidence_access.sent_version(session, sent)
        assert version.scribed
        assert b'"scribed":true' in drafting.artefact(version)
        with pytest.raises(NotFound):
            scribing.opened(session, town.account(session, "casey"), reference, town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_she_puts_it_right_and_the_student_sees_that_it_was_opened(town: Town) -> None:
    reference = write(town)
    other = STORY.replace("five", "seven")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        scribing.opened(session, casey, reference, town.clock())
        scribing.rewrite(session, casey, reference, told(town, other, 2), town.clock())
        amara = town.account(session, "amara")
        assert [one.narrative for one in drafting.mine(session, amara)] == [other]
        assert [one.name for one in reading_log.of_student(session, amara)] == ["Casey Exampleby"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_for_students_of_her_own_school_and_only_a_coordinator(town: Town) -> None:
    for whose, who in (("kit", "casey"), ("robin", "casey"), ("amara", "morgan"), ("amara", "robin")):
        with pytest.raises(NotFound):
            write(town, whose, who)
    with pytest.raises(Refused, match="skill-gone"):
        write(town, skill=99)
    with pytest.raises(Refused, match="level-unknown"):
        write(town, level=5)
    mine = write(town)
    with town.transaction() as session:
        with pytest.raises(NotFound):
            scribing.rewrite(session, town.account(session, "morgan"), mine, told(town), town.clock())
        own = drafting.start(session, town.account(session, "amara"), town.activity, town.clock()).reference
        with pytest.raises(NotFound):
            scribing.opened(session, town.account(session, "casey"), own, town.clock())
