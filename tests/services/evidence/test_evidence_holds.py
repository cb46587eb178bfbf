"""What screening or the school holds is seen by no other person until a person at the school has decided."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from passport.db import Session
from passport.db.core.notices import Notice
from passport.db.evidence.evidence import EvidenceState
from passport.services.core.errors import NotFound, Refused
from passport.services.endorsements import decisions, waiting_lists
from passport.services.endorsements.waiting_lists import Waits
from passport.services.evidence import drafting, evidence_access, evidence_holds, reading_log
from tests.fixtures.towns import STORY, Town

REACHED = STORY + " Text me on 07700 900123."
OTHER = STORY.replace("five", "seven")


def state(town: Town, reference: str) -> EvidenceState:
    """Where it stands, as Amara sees it."""
    with town.transaction() as session:
        return drafting.own(session, town.account(session, "amara"), reference).state


def decide(town: Town, verb: str, reference: str, *more: str, who: str = "casey") -> None:
    """A person at the school decides."""
    with town.transaction() as session:
        getattr(evidence_holds, verb)(session, town.account(session, who), reference, *more, town.clock())


def robin_sees(town: Town, reference: str) -> bool:
    """Whether it stands in Robin's queue; then it can be opened too, and only then."""
    with town.transaction() as session:
        robin = town.account(session, "robin")
        listed = reference in {one.reference for one in decisions.queue(session, robin, town.clock())}
        try:
            evidence_access.open_evidence(session, robin, reference, town.clock())
        except NotFound:
            assert not listed
            return False
        return listed


def kinds(session: Session, account_id: int) -> list[str]:
    """What a person was told."""
    return [one.kind for one in session.query(Notice).filter_by(account_id=account_id).order_by(Notice.id)]


def test_a_flagged_text_is_held_hidden_and_released_once(town: Town) -> None:
    reference = town.sent(story=REACHED)
    assert state(town, reference) is EvidenceState.HELD
    assert not robin_sees(town, reference)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        item = evidence_holds.theirs(session, casey, reference)
        hold = evidence_holds.open_hold(session, item)
        assert hold is not None
        assert [(flag.rule, flag.found) for flag in evidence_holds.flags_of(hold)] == [
            ("phone numbers", "07700 900123"),
            ("contact words", "text me"),
        ]
        assert kinds(session, casey.id) == ["evidence-held"]
        assert waiting_lists.counts(session, casey, town.clock())[Waits.HELD] == 1
        # a second click of hers finds it sent
        amara = town.account(session, "amara")
        assert drafting.submit(session, amara, reference, town.clock()).state is EvidenceState.HELD
    decide(town, "release", reference)
    decide(town, "release", reference)
    assert state(town, reference) is EvidenceState.SUBMITTED
    assert robin_sees(town, reference)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert kinds(session, amara.id) == ["evidence-released"]
    town.endorsed(reference)
    with pytest.raises(Refused, match="already-decided"):
        decide(town, "send_back", reference, "contact-details")


def test_sent_back_by_the_school_the_unread_version_stays_unseen_and_the_next_is_judged_again(
    town: Town,
) -> None:
    reference = town.sent(story=REACHED)
    decide(town, "send_back", reference, "contact-details")
    decide(town, "send_back", reference, "contact-details")
    assert not robin_sees(town, reference)
    with pytest.raises(Refused, match="already-decided"):
        decide(town, "send_back", reference, "about-others")
    with town.transaction() as session:
        amara = town.account(session, "amara")
        mine = drafting.own(session, amara, reference)
        assert (mine.state, drafting.returned_reason(session, mine)) == (
            EvidenceState.RETURNED,
            "contact-details",
        )
        assert drafting.returned_by_school(session, mine)
        told = (reference, STORY, date(2026, 3, 10), Decimal("2.5"))
        assert drafting.warnings(session, drafting.describe(session, amara, *told, town.clock())) == []
        drafting.submit(session, amara, reference, town.clock())
    assert state(town, reference) is EvidenceState.SUBMITTED
    assert robin_sees(town, reference)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_coordinator_holds_what_waits_and_may_send_it_back_without_holding(town: Town) -> None:
    first, second = town.sent(), town.sent(story=OTHER)
    decide(town, "hold", first)
    decide(town, "hold", first)
    assert not robin_sees(town, first)
    decide(town, "release", first)
    assert robin_sees(town, first)
    decide(town, "send_back", second, "say-what-happened")
    assert state(town, second) is EvidenceState.RETURNED
    with pytest.raises(Refused, match="reason-unknown"):
        decide(town, "send_back", first, "because")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_another_schools_and_unsent_evidence_is_as_if_it_were_not_there(town: Town) -> None:
    kits = town.sent("kit", story=REACHED)
    with town.transaction() as session:
        draft = drafting.start(session, town.account(session, "amara"), town.activity, town.clock()).reference
    for reference in (kits, draft, "NOSUCHREF"):
        for verb, more in (("release", ()), ("hold", ()), ("send_back", ("contact-details",))):
            with pytest.raises(NotFound):
                decide(town, verb, reference, *more)
    for who in ("robin", "morgan", "amara"):
        with pytest.raises(NotFound):
            decide(town, "release", kits, who=who)
    assert state(town, draft) is EvidenceState.DRAFT


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_lists_say_what_waits_longer_than_it_should(town: Town) -> None:
    waiting, back, held = town.sent(), town.sent(story=OTHER), town.sent(story=REACHED)
    with town.transaction() as session:
        robin = town.account(session, "robin")
        decisions.send_back(session, robin, back, 1, "different-level", town.clock())

    def listed() -> dict[Waits, list[str]]:
        with town.transaction() as session:
            casey, at = town.account(session, "casey"), town.clock()
            return {
                one: [row.reference for row in waiting_lists.listed(session, casey, one, 1, at).rows]
                for one in Waits
            }

    # sent on Saturday 14 March: ten school days have gone by on Friday 27, more than ten on Monday 30
    town.clock.now += timedelta(days=13)
    assert listed()[Waits.CHAMPION] == []
    assert listed()[Waits.STUDENT] == []
    town.clock.now += timedelta(days=3)
    found = listed()
    assert (found[Waits.HELD], found[Waits.CHAMPION], found[Waits.STUDENT]) == ([held], [waiting], [back])
    assert set(found[Waits.ALL]) == {waiting, back, held}
    with town.transaction() as session:
        assert reading_log.of_student(session, town.account(session, "amara")) == []
