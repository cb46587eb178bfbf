"""Employers: one manager asks, another decides, and then its champions can endorse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from passport.jobs import queue as job_queue
from passport.openbadges import registry
from passport.proofs import jws
from passport.proofs.signing import KeyRing
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.evidence import evidence_access
from passport.services.people import accounts, champions, onboarding
from passport.services.programmes import sectors
from passport.services.trust import employers
from passport.services.trust.employers import RequestState, Tools

if TYPE_CHECKING:
    from passport.services import Session
    from tests.fixtures.towns import Town


def tools(town: Town, *, root: bool = True) -> Tools:
    """What a process has at hand, with the root key or without it."""
    runtime = town.runtime
    place = runtime.key_place()
    assert place is not None
    ring = KeyRing.load(place.directory, place.passphrase)
    if not root:
        ring = KeyRing([signer for signer in ring if signer.role != "root"])
    return Tools(ring, place, runtime.settings.public_url, runtime.demo)


def asked(town: Town, session: Session, slug: str = "cobaltfield") -> str:
    """Morgan asks for an employer to be let in."""
    morgan = town.account(session, "morgan")
    sector = sectors.offered(session, morgan)[0].reference
    name = "Cobaltfield Glassworks"
    return employers.ask_to_begin(session, morgan, name, slug, sector, town.clock()).reference


def approve(town: Town, reference: str, who: str = "quinn", *, root: bool = True) -> str:
    """A person confirms it; gives its state."""
    with town.transaction() as session:
        actor = town.account(session, who)
        state = employers.approve(session, tools(town, root=root), actor, reference, town.clock()).state
    job_queue.publish_due(town.runtime)
    return state


def let_in(town: Town) -> None:
    with town.transaction() as session:
        reference = asked(town, session)
    assert approve(town, reference) == RequestState.DONE


def test_what_a_suspended_manager_asked_for_is_not_approved(town: Town) -> None:
    with town.transaction() as session:
        reference = asked(town, session)
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        accounts.suspend(session, quinn, morgan, town.clock())
    with pytest.raises(Refused, match="request-of-the-past"):
        approve(town, reference)


def glassblower(town: Town, session: Session) -> str:
    """A champion of the new employer, attached to Amara's school."""
    morgan = town.account(session, "morgan")
    made = champions.make(
        session,
        morgan,
        "cobaltfield",
        "Gale Invented",
        "gale@example.test",
        "Head of Furnaces",
        town.clock(),
    )
    school = town.account(session, "amara").student
    assert school is not None
    since, until = date(2026, 3, 1), date(2026, 12, 31)
    whose = made.account.reference
    champions.attach(session, morgan, whose, school.school.reference, since, until, town.clock())
    return whose


def test_asked_by_one_decided_by_another_then_it_endorses_and_everybody_can_check_it(town: Town) -> None:
    let_in(town)
    with town.transaction() as session:
        town.references["gale"] = glassblower(town, session)
        gale, amara = town.account(session, "gale"), town.account(session, "amara")
        assert gale.champion is not None
        assert amara.student is not None
        morgan, at = town.account(session, "morgan"), town.clock()
        onboarding.settle(session, gale.champion, [amara.student.school], morgan, at.date(), at)
    entry = town.issued(by="gale")
    code = town.shared(entry)
    with town.transaction() as session:
        checked = checks.by_code(session, town.published(), code, town.clock())
        assert checked.verdict.value == "V1"


def test_no_one_decides_about_their_own_request_whatever_they_press(town: Town) -> None:
    with town.transaction() as session:
        reference = asked(town, session)
    with pytest.raises(Refused, match="request-own"):
        approve(town, reference, "morgan")
    with town.transaction() as session, pytest.raises(Refused, match="request-own"):
        employers.refuse(session, town.account(session, "morgan"), reference, town.clock())
    with town.transaction() as session:
        row = employers.request(session, town.account(session, "quinn"), reference)
        row.state, row.decided_by = RequestState.APPROVED, row.asked_by
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
    for who in ("casey", "robin", "amara"):
        with town.transaction() as session, pytest.raises(NotFound):
            employers.request(session, town.account(session, who), reference)


def test_every_click_counts_once(town: Town) -> None:
    with town.transaction() as session:
        first = asked(town, session)
        assert asked(town, session) == first
    assert approve(town, first) == RequestState.DONE
    assert approve(town, first) == RequestState.DONE
    with town.transaction() as session:
        made = employers.listed(session, town.account(session, "morgan"))
        assert [one.name for one in made].count("Cobaltfield Glassworks") == 1
        with pytest.raises(Refused, match="slug-taken"):
            asked(town, session)
        assert audit.broken_at(session) is None


def test_without_the_root_key_it_waits_for_the_operator(town: Town) -> None:
    with town.transaction() as session:
        reference = asked(town, session)
    assert approve(town, reference, root=False) == RequestState.APPROVED
    with town.transaction() as session:
        [waiting] = employers.waiting_for_the_key(session)
        with pytest.raises(IssuingClosed):
            employers.carry_out(session, tools(town, root=False), waiting, town.clock())
    with town.transaction() as session:
        assert [one.issuer.slug for one in employers.listed(session, town.account(session, "quinn"))] == [
            "tinderbeck"
        ]
        [waiting] = employers.waiting_for_the_key(session)
        employers.carry_out(session, tools(town), waiting, town.clock())
        assert employers.waiting_for_the_key(session) == []
    job_queue.publish_due(town.runtime)
    published = town.runtime.public.read("registry.json") or b""
    found = registry.from_bytes(jws.unverified_payload(published)).issuers
    assert "Cobaltfield Glassworks" in {one.name for one in found}


def test_refused_or_taken_back_nothing_is_made_and_it_can_be_asked_again(town: Town) -> None:
    with town.transaction() as session:
        first = asked(town, session)
        employers.cancel(session, town.account(session, "morgan"), first, town.clock())
        second = asked(town, session)
        assert second != first
        employers.refuse(session, town.account(session, "quinn"), second, town.clock())
        with pytest.raises(Refused, match="request-decided"):
            employers.approve(session, tools(town), town.account(session, "quinn"), first, town.clock())
        assert len(employers.listed(session, town.account(session, "quinn"))) == 1


@pytest.mark.parametrize(
    "slug", ["", "x", "Ümlaut", "-dash", "9lives", "a" * 41, "brindlemoor", "tinderbeck"]
)
def test_a_word_must_be_one_and_be_free(town: Town, slug: str) -> None:
    with town.transaction() as session, pytest.raises(Refused, match=r"slug-(unusable|taken)"):
        asked(town, session, slug)


def test_an_employer_that_has_ended_signs_nothing_more_and_what_it_endorsed_stays(town: Town) -> None:
    code = town.shared(town.issued())
    with town.transaction() as session:
        end = employers.ask_to_end(session, town.account(session, "morgan"), "tinderbeck", town.clock())
        reference = end.reference
    assert approve(town, reference) == RequestState.DONE
    with town.transaction() as session:
        checked = checks.by_code(session, town.published(), code, town.clock())
        assert checked.verdict.value == "V1"
        robin = town.account(session, "robin")
        assert robin.champion is not None
        stands = [line.standing for line in champions.of_champion(session, robin.champion, town.clock())]
        assert stands == [champions.Standing.ENDED]
        with pytest.raises(Refused, match="employer-ended"):
            employers.ask_to_end(session, town.account(session, "morgan"), "tinderbeck", town.clock())
    sent = town.sent("amara")
    with town.transaction() as session, pytest.raises(NotFound):
        evidence_access.open_evidence(session, town.account(session, "robin"), sent, town.clock())


def test_an_employer_whose_endorsement_waits_to_be_signed_cannot_end(town: Town) -> None:
    with town.transaction() as session:
        end = employers.ask_to_end(session, town.account(session, "morgan"), "tinderbeck", town.clock())
        reference = end.reference
    town.endorsed(town.sent())
    with pytest.raises(Refused, match="employer-has-work"):
        approve(town, reference)
    job_queue.run_due(town.runtime)
    assert approve(town, reference) == RequestState.DONE


def test_another_programmes_employers_are_not_there(town: Town) -> None:
    with town.transaction() as session:
        reference = asked(town, session)
        quinn = town.account(session, "quinn")
        with pytest.raises(NotFound):
            employers.find(session, quinn, "brindlemoor")
        quinn.programme_id = quinn.programme_id + 1
        with session.no_autoflush, pytest.raises(NotFound):
            employers.request(session, quinn, reference)
        session.rollback()
