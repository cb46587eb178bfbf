"""A worried reader has one button: the text is held, the school is told, and no other person."""

import pytest

from passport.db.core.notices import Notice
from passport.db.evidence.evidence import EvidenceState
from passport.db.people.accounts import Role
from passport.db.safeguarding.worries import Worry
from passport.services.core.errors import NotFound
from passport.services.evidence import drafting, evidence_access, evidence_holds, worry_reports
from passport.services.people import accounts
from passport.services.safeguarding import worries
from passport.services.safeguarding.worries import WorryState
from tests.fixtures.towns import BEGAN, PASSWORD, Town

WORDS = "It reads as if somebody is hurt at home."


def make_lead(town: Town) -> None:
    """Jo keeps the children of Amara's school safe."""
    with town.transaction() as session:
        casey = town.account(session, "casey")
        assert casey.staff is not None
        jo = accounts.make(
            session,
            casey.programme,
            Role.LEAD,
            email="jo@example.test",
            name="Jo Stubfield",
            first_name="Jo",
            password=PASSWORD,
            at=BEGAN,
        )
        accounts.make_staff(session, jo, casey.staff.school)
        town.references["jo"] = jo.reference


def told(town: Town, who: str) -> list[str]:
    """What a person was told, by kind."""
    with town.transaction() as session:
        account = town.account(session, who)
        return [one.kind for one in session.query(Notice).filter_by(account_id=account.id)]


def raise_one(town: Town, who: str, reference: str) -> str:
    """A person presses the button."""
    with town.transaction() as session:
        account = town.account(session, who)
        return worry_reports.raise_one(session, account, reference, WORDS, town.clock()).reference


def test_a_champions_worry_holds_the_text_and_tells_the_lead_alone_what_was_said(town: Town) -> None:
    make_lead(town)
    sent = town.sent()
    reference = raise_one(town, "robin", sent)
    assert raise_one(town, "robin", sent) == reference, "a second click"
    assert "worry-raised" in told(town, "jo")
    assert told(town, "casey") == ["evidence-held"]
    assert told(town, "amara") == []
    with town.transaction() as session:
        assert session.query(Worry).count() == 1
        amara, robin = town.account(session, "amara"), town.account(session, "robin")
        assert drafting.own(session, amara, sent).state is EvidenceState.HELD
        with pytest.raises(NotFound):
            evidence_access.open_evidence(session, robin, sent, town.clock())
        jo, casey = town.account(session, "jo"), town.account(session, "casey")
        item = evidence_holds.theirs(session, casey, sent)
        assert [one.words for one in worries.about_text(session, jo, item)] == [WORDS]
        assert worries.about_text(session, casey, item) == []
        assert [one.reference for one in worries.of_school(session, jo)] == [reference]
        for who in (casey, robin, amara, town.account(session, "morgan")):
            with pytest.raises(NotFound):
                worries.opened(session, who, reference)
        worry = worries.opened(session, jo, reference)
        worries.acknowledge(session, jo, worry, town.clock(), close=False)
        done = worries.acknowledge(session, jo, worry, town.clock(), close=True)
        assert done.state is WorryState.CLOSED
        assert worries.of_school(session, jo) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_school_without_a_lead_has_its_coordinator_told(town: Town) -> None:
    sent = town.sent()
    raise_one(town, "robin", sent)
    assert told(town, "casey") == ["evidence-held", "worry-raised"]
    with town.transaction() as session:
        casey = town.account(session, "casey")
        item = evidence_holds.theirs(session, casey, sent)
        assert [one.words for one in worries.about_text(session, casey, item)] == [WORDS]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_one_is_worried_about_what_is_not_theirs_to_read(town: Town) -> None:
    sent = town.sent("kit")
    for who in ("robin", "casey", "morgan", "amara"):
        with pytest.raises(NotFound):
            raise_one(town, who, sent)
