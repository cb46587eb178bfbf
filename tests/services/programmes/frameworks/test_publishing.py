"""A version is published once both sides signed its words; what students have written follows, or stays."""

import pytest

from passport.db import Session
from passport.db.evidence.evidence import Evidence
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.services.core import audit, edit_conflict
from passport.services.core.errors import EditConflict, NotFound, Refused
from passport.services.evidence import drafting
from passport.services.programmes.frameworks import (
    comments,
    comparing,
    drafts,
    effects,
    publishing,
    visibility,
    wording,
)
from passport.services.programmes.frameworks.comparing import Fate
from passport.services.programmes.frameworks.drafts import Words
from passport.services.programmes.frameworks.remarks import Kind, remarks
from tests.fixtures.towns import Town
from tests.services.programmes.frameworks.people import LEVELS, LISTENING, second_version, sign


def publish(
    session: Session, town: Town, seen: str | None = None, *, carry_on: bool = False
) -> FrameworkVersion:
    """Morgan publishes version 2."""
    morgan = town.account(session, "morgan")
    return publishing.publish(session, morgan, 1, 2, town.clock(), seen=seen, carry_on=carry_on)


def state(version: FrameworkVersion) -> FrameworkState:
    return version.state


def begun(session: Session, town: Town, skill: int) -> Evidence:
    """Amara begins something with a skill and a level."""
    amara, at = town.account(session, "amara"), town.clock()
    reference = drafting.start(session, amara, town.activity, at).reference
    drafting.choose_skill(session, amara, reference, skill, at)
    return drafting.choose_level(session, amara, reference, 2, at)


def test_what_students_wrote_goes_along_where_the_words_stay(town: Town) -> None:
    waiting = town.sent("kit")
    with town.transaction() as session:
        same, changed, gone = (begun(session, town, skill) for skill in (1, 4, 5))
        draft, dev = second_version(session, town), town.account(session, "dev")
        at = town.clock()
        measuring = drafts.find_skill(draft, 4)
        drafts.change_skill(session, dev, 1, 2, 4, Words(measuring.group, measuring.name, LEVELS), at)
        drafts.remove_skill(session, dev, 1, 2, 5, at)
        drafts.add_skill(session, dev, 1, 2, LISTENING, at)
        found = effects.of_publishing(session, draft)
        assert [found.unsent(fate) for fate in (Fate.SAME, Fate.CHANGED, Fate.REMOVED)] == [1, 1, 1]
        assert found.waiting == 1
        assert [skill.name for skill in found.added] == ["Listening"]
        sign(session, town, draft, "robin", "casey")
        published = publish(session, town, carry_on=True)
        assert publish(session, town) is published
        assert state(visibility.seen(session, dev, 1, 1)) is FrameworkState.RETIRED
    with town.transaction() as session:
        rows = {one.id: one for one in session.query(Evidence)}
        amara = town.account(session, "amara")
        offered = drafting.skills(session, amara)
        assert rows[same.id].skill in offered
        assert rows[same.id].level == 2
        for one in (changed, gone):
            assert rows[one.id].skill not in offered
        [sent] = [one for one in rows.values() if one.reference == waiting]
        assert sent.skill is not None
        assert sent.skill.version.number == 1, "what was sent is decided under its own words"
        assert published.employer_signer == "Robin Fixturely, Tinderbeck Precision Ltd"
        assert published.school_signer == "Casey Exampleby, Lanternmoor High School"
        assert audit.broken_at(session) is None
        assert audit.mismatches(session) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_came_back_goes_along_and_is_not_changed_by_that(town: Town) -> None:
    from passport.services.endorsements import decisions

    reference = town.sent()
    with town.transaction() as session:
        robin = town.account(session, "robin")
        decisions.send_back(session, robin, reference, 1, "say-what-you-did", town.clock())
        draft, dev = second_version(session, town), town.account(session, "dev")
        drafts.add_skill(session, dev, 1, 2, LISTENING, town.clock())
        sign(session, town, draft, "robin", "casey")
        publish(session, town)
    with town.transaction() as session, pytest.raises(Refused, match="not-changed"):
        drafting.submit(session, town.account(session, "amara"), reference, town.clock())


def test_nothing_is_published_without_both_sides_nor_past_what_was_not_seen(town: Town) -> None:
    with town.transaction() as session:
        draft, at = second_version(session, town), town.clock()
        dev, robin = town.account(session, "dev"), town.account(session, "robin")
        with pytest.raises(Refused, match="sign-offs-missing"):
            publish(session, town)
        sign(session, town, draft, "robin")
        with pytest.raises(Refused, match="sign-offs-missing"):
            publish(session, town)
        for who in (dev, robin):
            with pytest.raises(NotFound):
                publishing.publish(session, who, 1, 2, at, seen=None, carry_on=True)
        sign(session, town, draft, "casey")
        seen = edit_conflict.stamp(publishing.shown(session, draft))
        comments.add(session, robin, 1, 2, None, "Wait", at)
        with pytest.raises(EditConflict):
            publish(session, town, seen, carry_on=True)
        with pytest.raises(Refused, match="comments-open"):
            publish(session, town)
        robin.suspended_at = at
        with pytest.raises(Refused, match="signer-suspended"):
            publish(session, town, carry_on=True)
        assert draft.is_open


def test_a_version_is_retired_and_another_one_is_offered(town: Town) -> None:
    with town.transaction() as session:
        dev, morgan, at = second_version(session, town).made_by, town.account(session, "morgan"), town.clock()
        assert dev is not None
        with pytest.raises(Refused, match="framework-not-published"):
            publishing.retire(session, morgan, 1, 2, at)
        first = visibility.seen(session, morgan, 1, 1)
        found = effects.of_retiring(session, first)
        assert (found.now, found.then, len(found.skills)) == (first, None, 12)
        publishing.retire(session, morgan, 1, 1, at)
        publishing.retire(session, morgan, 1, 1, at)
        assert state(first) is FrameworkState.RETIRED
        assert drafting.skills(session, town.account(session, "amara")) == []
        assert effects.of_retiring(session, first).skills == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_people_should_know_of_the_words_is_remarked(town: Town) -> None:
    town.issued()
    with town.transaction() as session:
        draft, at = second_version(session, town), town.clock()
        dev = town.account(session, "dev")
        assert remarks(session, draft) == []
        first = wording.words_of(drafts.find_skill(draft, 1))
        twice = ("Joins in", " joins  IN", first.levels[2], "")
        drafts.change_skill(session, dev, 1, 2, 1, Words(first.group, first.name, twice), at)
        drafts.change_skill(session, dev, 1, 2, 2, Words("All", "Explaining well", LEVELS), at)
        drafts.add_skill(session, dev, 1, 2, LISTENING, at)
        drafts.remove_skill(session, dev, 1, 2, 4, at)
        said = [(one.kind, one.number, one.levels, one.other, one.entries) for one in remarks(session, draft)]
        assert said[:2] == [
            (Kind.EMPTY_LEVEL, 1, (4,), "", 0),
            (Kind.SAME_WORDING, 1, (1, 2), "", 0),
        ]
        assert said[2:6] == [
            (Kind.SAME_WORDING, 13, (level, level), "Explaining well", 0) for level in range(1, 5)
        ]
        assert said[6:] == [
            (Kind.SKILL_RENAMED, 2, (), "Explaining well", 0),
            (Kind.SKILL_GONE, 4, (), "", 1),
        ]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_two_versions_are_compared_word_by_word(town: Town) -> None:
    with town.transaction() as session:
        draft, at = second_version(session, town), town.clock()
        dev = town.account(session, "dev")
        drafts.remove_skill(session, dev, 1, 2, 5, at)
        drafts.add_skill(session, dev, 1, 2, LISTENING, at)
        words = wording.words_of(drafts.find_skill(draft, 4))
        first, second, third_level, fourth = words.levels
        levels = (first, second, third_level.replace(" to ", " twice to "), fourth)
        drafts.change_skill(session, dev, 1, 2, 4, Words(words.group, words.name, levels), at)
        pairs = {one.number: one for one in comparing.compare(visibility.seen(session, dev, 1, 1), draft)}
        assert {number: one.fate for number, one in pairs.items() if one.fate is not Fate.SAME} == {
            4: Fate.CHANGED,
            5: Fate.REMOVED,
            13: Fate.ADDED,
        }
        assert list(pairs)[-1] == 5
        third = pairs[4].levels[2]
        assert "".join(piece.text for piece in third.after) == levels[2]
        assert [piece.text.strip() for piece in third.after if piece.is_changed] == ["twice"]
        assert not pairs[4].levels[0].differs
