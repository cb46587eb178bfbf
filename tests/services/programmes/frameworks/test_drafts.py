"""An author drafts a framework, others comment and sign; what is published is changed by no one."""

from collections.abc import Callable

import pytest

from passport.db import Session
from passport.db.core.notices import Notice
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.services.core import audit, edit_conflict
from passport.services.core.errors import EditConflict, NotFound, Refused
from passport.services.programmes.frameworks import comments, drafts, sign_offs, visibility, wording
from passport.services.programmes.frameworks.drafts import Words
from tests.fixtures.towns import Town
from tests.services.programmes.frameworks.people import LEVELS, LISTENING, author, second_version, sign


def names(version: FrameworkVersion) -> list[tuple[str, str]]:
    return [(skill.group, skill.name) for skill in version.skills]


def state(version: FrameworkVersion) -> FrameworkState:
    return version.state


def test_a_framework_is_drafted_from_nothing_in_the_order_of_its_author(town: Town) -> None:
    with town.transaction() as session:
        dev, at = author(session, town), town.clock()
        draft = drafts.begin(session, dev, "  Glass   making ", at)
        assert drafts.begin(session, dev, "Glass making", at) is draft
        number = draft.framework.number
        for group, name in (("All", "Listening"), ("Kiln", "Blowing"), ("All", "Speaking")):
            drafts.add_skill(session, dev, number, 1, Words(group, name), at)
        assert names(draft) == [("All", "Listening"), ("All", "Speaking"), ("Kiln", "Blowing")]
        drafts.move_skill(session, dev, number, 1, 3, up=True, at=at)
        drafts.move_skill(session, dev, number, 1, 2, up=True, at=at)
        assert names(draft) == [("Kiln", "Blowing"), ("All", "Speaking"), ("All", "Listening")]
        drafts.move_skill(session, dev, number, 1, 2, up=True, at=at)
        assert names(draft)[0] == ("Kiln", "Blowing"), "the first of all stays where it is"
        drafts.change_skill(session, dev, number, 1, 2, Words("All", "Blowing", LEVELS), at)
        assert names(draft) == [("All", "Speaking"), ("All", "Listening"), ("All", "Blowing")]
        drafts.remove_skill(session, dev, number, 1, 3, at)
        drafts.remove_skill(session, dev, number, 1, 3, at)
        assert [skill.number for skill in draft.skills] == [1, 2]
        with pytest.raises(Refused, match="name-taken"):
            drafts.begin(session, dev, "Glass making", at)
        assert audit.broken_at(session) is None


def test_a_version_is_copied_into_one_draft_and_skills_keep_their_numbers(town: Town) -> None:
    with town.transaction() as session:
        dev, at = author(session, town), town.clock()
        draft = drafts.begin_from(session, dev, 1, 1, at)
        assert drafts.begin_from(session, dev, 1, 1, at) is draft
        source = visibility.seen(session, dev, 1, 1)
        assert (draft.number, draft.state, draft.based_on) == (2, FrameworkState.DRAFT, source)
        assert wording.digest(draft) == wording.digest(source)
        added = drafts.add_skill(session, dev, 1, 2, LISTENING, at)
        assert added.number == 13
        assert drafts.add_skill(session, dev, 1, 2, LISTENING, at) is added
        with pytest.raises(Refused, match="skill-name-taken"):
            drafts.add_skill(session, dev, 1, 2, Words("Other", "LISTENING", LEVELS), at)
        with pytest.raises(Refused, match="title-published"):
            drafts.rename(session, dev, 1, 2, "Another name", at)


def test_what_is_published_is_changed_by_no_one(town: Town) -> None:
    with town.transaction() as session:
        dev, at = author(session, town), town.clock()
        acts: list[Callable[[], object]] = [
            lambda: drafts.change_skill(session, dev, 1, 1, 4, LISTENING, at),
            lambda: drafts.add_skill(session, dev, 1, 1, LISTENING, at),
            lambda: drafts.remove_skill(session, dev, 1, 1, 4, at),
            lambda: drafts.move_skill(session, dev, 1, 1, 4, up=True, at=at),
            lambda: drafts.send_to_review(session, dev, 1, 1, at),
            lambda: drafts.back_to_draft(session, dev, 1, 1, at),
            lambda: drafts.discard(session, dev, 1, 1, at),
            lambda: comments.add(session, dev, 1, 1, None, "Too late", at),
        ]
        for act in acts:
            with pytest.raises(Refused, match="framework-published"):
                act()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_who_sees_and_who_changes_a_draft(town: Town) -> None:
    with town.transaction() as session:
        draft, at = second_version(session, town, review=False), town.clock()
        for who in ("robin", "casey", "amara", "ash"):
            with pytest.raises(NotFound):
                visibility.seen(session, town.account(session, who), 1, 2)
        assert visibility.seen(session, town.account(session, "morgan"), 1, 2) is draft
        drafts.send_to_review(session, author(session, town), 1, 2, at)
        for who in ("robin", "casey", "morgan"):
            account = town.account(session, who)
            assert visibility.seen(session, account, 1, 2) is draft
            assert draft in visibility.listed(session, account)
            with pytest.raises(NotFound):
                drafts.change_skill(session, account, 1, 2, 4, LISTENING, at)
        with pytest.raises(NotFound):
            visibility.seen(session, town.account(session, "amara"), 1, 2)
        for numbers in ((1, 9), (9, 1), (0, 1), (2**31, 1)):
            with pytest.raises(NotFound):
                visibility.seen(session, author(session, town), *numbers)


def test_the_second_of_two_authors_is_told_and_nothing_is_written_over(town: Town) -> None:
    with town.transaction() as session:
        second_version(session, town)
        author(session, town, "Ann Otherly")
    with town.transaction() as session:
        dev, ann, at = town.account(session, "dev"), town.account(session, "ann"), town.clock()
        shown = edit_conflict.stamp(wording.words_of(drafts.find_skill(draft(session, town), 4)).stored)
        first = Words("Engineering", "Measuring and checking", ("a", "b", "c", "d"))
        drafts.change_skill(session, dev, 1, 2, 4, first, at, shown)
        with pytest.raises(EditConflict):
            drafts.change_skill(session, ann, 1, 2, 4, LISTENING, at, shown)
        assert wording.words_of(drafts.find_skill(draft(session, town), 4)) == first
        drafts.change_skill(session, ann, 1, 2, 4, first, at, shown)  # what stands there already


def draft(session: Session, town: Town) -> FrameworkVersion:
    return visibility.seen(session, town.account(session, "dev"), 1, 2)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_words_that_could_not_be_signed_are_refused(town: Town) -> None:
    with town.transaction() as session:
        dev, at = author(session, town), town.clock()
        drafts.begin_from(session, dev, 1, 1, at)
        bad = {
            "name-missing": Words("", "Listening"),
            "name-too-long": Words("All", "x" * 97),
            "text-unusable": Words("All", "Lis\u202etening"),
        }
        for reason, words in bad.items():
            with pytest.raises(Refused) as refused:
                drafts.add_skill(session, dev, 1, 2, words, at)
            assert refused.value.reason.value == reason
        with pytest.raises(Refused, match="name-too-long"):
            drafts.add_skill(session, dev, 1, 2, Words("All", "Listening", ("x" * 301, "", "", "")), at)


def test_two_sides_sign_the_words_that_they_read(town: Town) -> None:
    with town.transaction() as session:
        version, at = second_version(session, town), town.clock()
        robin, sky, casey = (town.account(session, who) for who in ("robin", "sky", "casey"))
        read = wording.digest(version)
        with pytest.raises(EditConflict):
            sign_offs.sign(session, robin, 1, 2, "of another page", at)
        mine = sign_offs.sign(session, robin, 1, 2, read, at)
        assert sign_offs.sign(session, robin, 1, 2, read, at) is mine
        assert state(version) is FrameworkState.IN_REVIEW
        with pytest.raises(Refused, match="employer-signed"):
            sign_offs.sign(session, sky, 1, 2, read, at)
        sign_offs.sign(session, casey, 1, 2, read, at)
        assert state(version) is FrameworkState.SIGNED_OFF
        assert [(one.name, one.place) for one in sign_offs.standing(session, version)] == [
            ("Robin Fixturely", "Tinderbeck Precision Ltd"),
            ("Casey Exampleby", "Lanternmoor High School"),
        ]
        for who in ("morgan", "dev"):
            with pytest.raises(NotFound):
                sign_offs.sign(session, town.account(session, who), 1, 2, read, at)
        sign_offs.take_back(session, robin, 1, 2, at)
        assert state(version) is FrameworkState.IN_REVIEW
        sign(session, town, version, "sky")
        assert state(version) is FrameworkState.SIGNED_OFF
        assert audit.mismatches(session) == []


def test_a_change_takes_every_sign_off_back_and_those_who_signed_are_told(town: Town) -> None:
    with town.transaction() as session:
        version, at = second_version(session, town), town.clock()
        sign(session, town, version, "robin", "casey")
        dev = town.account(session, "dev")
        same = wording.words_of(drafts.find_skill(version, 4))
        drafts.change_skill(session, dev, 1, 2, 4, same, at)
        assert state(version) is FrameworkState.SIGNED_OFF, "nothing has changed"
        drafts.change_skill(
            session, dev, 1, 2, 4, Words(same.group, same.name, ("other", *same.levels[1:])), at
        )
        assert (state(version), sign_offs.standing(session, version)) == (FrameworkState.IN_REVIEW, [])
        assert len(sign_offs.history(session, version)) == 2
        told = {one.account_id for one in session.query(Notice).filter_by(kind="framework-sign-off-ended")}
        assert told == {town.account(session, who).id for who in ("robin", "casey")}
        with pytest.raises(Refused, match="framework-signed"):
            drafts.discard(session, dev, 1, 2, at)
        assert audit.mismatches(session) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_one_signs_what_is_not_in_review_nor_complete_nor_without_a_school(town: Town) -> None:
    with town.transaction() as session:
        version, at = second_version(session, town), town.clock()
        dev, robin, casey = (town.account(session, who) for who in ("dev", "robin", "casey"))
        drafts.add_skill(session, dev, 1, 2, Words("All", "Listening", ("hears", "", "", "")), at)
        with pytest.raises(Refused, match="levels-empty"):
            sign(session, town, version, "casey")
        town.clock.forward(days=365)
        with pytest.raises(Refused, match="signer-not-attached"):
            sign_offs.sign(session, robin, 1, 2, wording.digest(version), town.clock())
        drafts.back_to_draft(session, dev, 1, 2, at)
        with pytest.raises(NotFound):
            sign_offs.sign(session, casey, 1, 2, wording.digest(version), at)


def test_comments_are_made_resolved_and_survive_their_skill(town: Town) -> None:
    with town.transaction() as session:
        version, at = second_version(session, town), town.clock()
        robin, dev = town.account(session, "robin"), town.account(session, "dev")
        said = comments.add(session, robin, 1, 2, 4, " To the drawing's limits? ", at)
        assert comments.add(session, robin, 1, 2, 4, "To the drawing's limits?", at) is said
        whole = comments.add(session, robin, 1, 2, None, "Good", at)
        assert comments.count_open(session, [version]) == {version.id: 2}
        comments.resolve(session, dev, 1, 2, whole.reference, at)
        comments.resolve(session, dev, 1, 2, whole.reference, at)
        assert [one.text for one in comments.of_version(session, version)] == [
            "To the drawing's limits?",
            "Good",
        ]
        comments.reopen(session, robin, 1, 2, whole.reference, at)
        drafts.remove_skill(session, dev, 1, 2, 4, at)
        session.expire_all()
        assert (said.skill_number, said.about) == (None, "Measuring and checking")
        for text, reason in (("  ", "comment-missing"), ("x" * 1001, "comment-too-long")):
            with pytest.raises(Refused, match=reason):
                comments.add(session, robin, 1, 2, None, text, at)
        with pytest.raises(NotFound):
            comments.resolve(session, dev, 1, 2, "nothing", at)


def test_a_draft_that_no_one_signed_is_discarded_whole(town: Town) -> None:
    with town.transaction() as session:
        dev, at = author(session, town), town.clock()
        second_version(session, town)
        comments.add(session, dev, 1, 2, 4, "Not like this", at)
        drafts.discard(session, dev, 1, 2, at)
        lone = drafts.begin(session, dev, "Glass making", at).framework.number
        drafts.discard(session, dev, lone, 1, at)
    with town.transaction() as session:
        dev = town.account(session, "dev")
        assert [one.number for one in visibility.listed(session, dev)] == [1]
        assert drafts.begin(session, dev, "Glass making", town.clock()).framework.number == lone
