"""A champion's note: the school reads all, the student none that is held (product, J3 i)."""

import pytest

from passport.db.core.notices import Notice
from passport.services.core.errors import NotFound, Refused
from passport.services.endorsements import decisions, notes
from passport.services.evidence import drafting
from tests.fixtures.towns import Town

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
BAD = "text me on 07700 900123"


def send_back(town: Town, note: str) -> str:
    """Robin sends something of Amara's back with a note; gives its reference."""
    reference = town.sent()
    with town.transaction() as session:
        robin = town.account(session, "robin")
        decisions.send_back(session, robin, reference, 1, "say-what-happened", town.clock(), note)
    return reference


def student_sees(town: Town, reference: str) -> str:
    """What Amara sees of it."""
    with town.transaction() as session:
        mine = drafting.own(session, town.account(session, "amara"), reference)
        assert mine.state == "returned"
        decided = drafting.decision(session, mine)
        assert decided is not None
        return decided.shown_note


def judge(town: Town, good: bool, who: str = "casey") -> None:
    """Casey decides about the first note there is."""
    with town.transaction() as session:
        first = notes.listed(session, town.account(session, "casey"))[0]
        notes.decide(session, town.account(session, who), first.reference, good, town.clock())


def test_a_harmless_note_is_seen_by_the_student_and_by_the_school(town: Town) -> None:
    reference = send_back(town, "  Say which tool you used.\r\n")
    assert student_sees(town, reference) == "Say which tool you used."
    with town.transaction() as session:
        listed = notes.listed(session, town.account(session, "casey"))
        assert [one.note for one in listed] == ["Say which tool you used."]
        with pytest.raises(NotFound):
            notes.listed(session, town.account(session, "robin"))


def test_a_note_with_a_phone_number_is_held_until_the_school_lets_it_through(town: Town) -> None:
    reference = send_back(town, BAD)
    assert student_sees(town, reference) == ""
    with town.transaction() as session:
        casey = town.account(session, "casey")
        assert [one.kind for one in session.query(Notice).filter_by(account_id=casey.id)] == ["note-held"]
        assert BAD not in "".join(one.facts for one in session.query(Notice))
    for _click in range(2):
        judge(town, True)
    assert student_sees(town, reference) == BAD
    with pytest.raises(Refused, match="already-decided"):
        judge(town, False)


def test_a_note_that_was_stopped_is_never_seen(town: Town) -> None:
    reference = send_back(town, BAD)
    judge(town, False)
    assert student_sees(town, reference) == ""


def test_no_other_person_lets_it_through(town: Town) -> None:
    reference = send_back(town, BAD)
    for who in ("robin", "morgan", "amara"):
        with pytest.raises(NotFound):
            judge(town, True, who)
    assert student_sees(town, reference) == ""


def test_a_note_that_is_too_long_is_refused_before_anything_is_done(town: Town) -> None:
    with pytest.raises(Refused, match="note-too-long"):
        send_back(town, "x" * (notes.LONGEST + 1))
    with town.transaction() as session:
        assert decisions.decided(session, town.account(session, "robin")) == []
