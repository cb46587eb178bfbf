"""Many do the same thing at the same moment, on both databases: one wins, and nothing is done twice."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

from passport import jobs
from passport.db import Session
from passport.db import audit as trail
from passport.db.accounts import Champion, Role
from passport.db.credentials import Credential, StatusChange, StatusPosition
from passport.db.endorsements import Endorsement, EndorsementState
from passport.db.evidence import Evidence, EvidenceVersion
from passport.db.shares import Share
from passport.services import (
    accounts,
    audit,
    credentials,
    endorsements,
    evidence,
    onboarding,
    places,
    shares,
)
from passport.services.errors import Refused
from tests.fixtures.towns import PASSWORD, STORY, Town

ITEMS, CHAMPIONS, CLICKS = 40, 8, 2


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, all beginning together; an exception is its result."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        gate.wait(timeout=60)
        try:
            return work()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def more_champions(town: Town) -> list[str]:
    """Seven more champions of Robin's employer and school; gives the keys of all eight."""
    with town.transaction() as session:
        robin = town.account(session, "robin")
        amara = town.account(session, "amara")
        assert robin.champion is not None
        assert amara.student is not None
        for number in range(2, CHAMPIONS + 1):
            account = accounts.make(
                session,
                robin.programme,
                Role.CHAMPION,
                email=f"champion{number}@example.test",
                name=f"Champion Number{number}",
                first_name="Champion",
                password=PASSWORD,
                at=town.clock(),
            )
            champion: Champion = accounts.make_champion(session, account, robin.champion.employer, "Fitter")
            span = (town.clock().date(), date(2026, 12, 31))
            accounts.attach(session, champion, amara.student.school, *span)
            onboarding.settle(session, champion, [amara.student.school], robin, span[0], town.clock())
            town.references[f"champion{number}"] = account.reference
    return ["robin", *(f"champion{number}" for number in range(2, CHAMPIONS + 1))]


def many_sent(town: Town, number: int) -> list[str]:
    """Amara sends many; gives their references."""
    sent = []
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        for _one in range(number):
            reference = evidence.start(session, amara, town.activity, at).reference
            evidence.choose_skill(session, amara, reference, 4, at)
            evidence.choose_level(session, amara, reference, 3, at)
            evidence.describe(session, amara, reference, STORY, date(2026, 3, 10), Decimal(1), at)
            sent.append(evidence.submit(session, amara, reference, at).reference)
    return sent


def test_eight_champions_with_double_clicks_leave_one_endorsement_and_one_entry_each(town: Town) -> None:
    champions, sent = more_champions(town), many_sent(town, ITEMS)
    documents: dict[str, set[str]] = {}
    done = threading.Event()

    def clicks(who: str) -> int:
        refused = 0
        turn = champions.index(who) * ITEMS // CHAMPIONS
        for reference in sent[turn:] + sent[:turn]:
            for _click in range(CLICKS):
                try:
                    with town.transaction() as session:
                        account = town.account(session, who)
                        endorsements.endorse(
                            session, town.runtime.keys, account, reference, 1, 1, 2, town.clock()
                        )
                except Refused as error:
                    refused += error.reason == "already-decided"
        return refused

    def issues() -> None:
        while not done.wait(0.05):
            jobs.run_due(town.runtime)
            remember(town, documents)

    with ThreadPoolExecutor(2) as background:
        jobs_at_work = [background.submit(issues) for _worker in range(2)]
        refused = at_once(*(lambda who=who: clicks(who) for who in champions))
        done.set()
        for job in jobs_at_work:
            job.result()
    jobs.run_due(town.runtime)
    remember(town, documents)
    assert sum(number for number in refused if isinstance(number, int)) == ITEMS * (CHAMPIONS - 1) * CLICKS
    with town.transaction() as session:
        assert session.query(Endorsement).count() == ITEMS
        assert {one.state for one in session.query(Endorsement)} == {EndorsementState.SIGNED}
        entries = session.query(Credential).all()
        assert len(entries) == len({one.endorsement_id for one in entries}) == ITEMS
        assert session.query(StatusPosition).count() == session.query(StatusChange).count() == ITEMS
        assert audit.broken_at(session) is None
    assert len(documents) == ITEMS
    assert all(len(seen) == 1 for seen in documents.values())


def remember(town: Town, documents: dict[str, set[str]]) -> None:
    """Note the digest of every document that can be read now."""
    with town.runtime.database.reading() as session:
        for entry in credentials.mine(session, town.account(session, "amara")):
            digest = hashlib.sha256(entry.document or b"").hexdigest()
            documents.setdefault(entry.urn, set()).add(digest)


def test_undo_and_issuing_at_once_leave_either_an_entry_or_waiting_evidence(town: Town) -> None:
    endorsed = [town.endorsed(reference) for reference in many_sent(town, 6)]
    with town.transaction() as session:
        numbers = {one.reference: one.id for one in session.query(Endorsement)}

    def undo(reference: str) -> None:
        with town.transaction() as session:
            endorsements.undo(session, town.account(session, "robin"), reference, town.clock())

    for reference in endorsed:
        at_once(lambda: undo(reference), lambda: jobs.issue_one(town.runtime, numbers[reference]))  # noqa: B023
    with town.transaction() as session:
        for one in session.query(Endorsement):
            is_issued = one.state is EndorsementState.SIGNED
            assert one.state in {EndorsementState.SIGNED, EndorsementState.UNDONE}
            assert one.evidence.state == ("endorsed" if is_issued else "submitted")
            assert session.query(Credential).filter_by(endorsement_id=one.id).count() == int(is_issued)


def test_two_hundred_places_taken_at_once_are_all_different(town: Town) -> None:
    def takes() -> list[tuple[int, int]]:
        taken = []
        for _one in range(25):
            with town.transaction() as session:
                programme = town.account(session, "robin").programme
                place = places.for_entry(session, programme, town.clock())
                taken.append((place.list_number, place.position))
        return taken

    found = [place for taken in at_once(*[takes] * 8) for place in taken]  # type: ignore[attr-defined]
    assert len(set(found)) == len(found) == 200
    assert {number for number, _place in found} == {1}
    assert len({place // 1024 for _number, place in found}) > 60, "drawn from the whole list"


def test_a_second_tab_cannot_change_what_is_being_sent(town: Town) -> None:
    """Sending and editing at once: what the row says is what was frozen, whoever was first."""
    for _round in range(5):
        with town.transaction() as session:
            amara, at = town.account(session, "amara"), town.clock()
            reference = evidence.start(session, amara, town.activity, at).reference
            evidence.choose_skill(session, amara, reference, 4, at)
            evidence.choose_level(session, amara, reference, 3, at)
            evidence.describe(session, amara, reference, STORY, date(2026, 3, 10), Decimal(1), at)

        def sends(session: Session, reference: str = reference) -> None:
            evidence.submit(session, town.account(session, "amara"), reference, town.clock())

        def edits(session: Session, reference: str = reference) -> None:
            other = STORY + " And then?"
            amara, day = town.account(session, "amara"), date(2026, 3, 10)
            evidence.describe(session, amara, reference, other, day, Decimal(1), town.clock())

        def within(work: Callable[[Session], None]) -> None:
            with town.transaction() as session:
                work(session)

        at_once(*[lambda: within(sends)] * 2, *[lambda: within(edits)] * 2)
    with town.transaction() as session:
        for version in session.query(EvidenceVersion):
            assert version.number == 1
            assert session.get_one(Evidence, version.evidence_id).narrative == version.narrative


def test_two_clicks_on_share_and_stop_are_one_act_each(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        reference = shares.draft(session, amara, [entry], at).reference
        shares.address_it(session, amara, reference, "A college", shares.usual_end(at), at)

    def click(service: Callable[..., Share]) -> str | None:
        with town.transaction() as session:
            return service(session, town.account(session, "amara"), reference, town.clock()).code

    codes = set(at_once(*[lambda: click(shares.activate)] * 4))
    assert len(codes) == 1
    at_once(*[lambda: click(shares.stop)] * 4)
    with town.transaction() as session:
        acts = [one.action for one in trail.records(session) if one.subject == reference]
        assert acts == ["share.made", "share.ended"]


def test_records_of_many_writers_are_one_chain(town: Town) -> None:
    def writes(who: str) -> None:
        for number in range(10):
            with town.transaction() as session:
                audit.record(session, town.clock(), who, "test.act", str(number), words="ä “x”")

    before = len(records(town))
    at_once(*(lambda who=f"writer{number}": writes(who) for number in range(6)))
    found = records(town)
    assert len(found) == before + 60
    assert found == list(range(1, len(found) + 1))
    with town.transaction() as session:
        assert audit.broken_at(session) is None


def records(town: Town) -> list[int]:
    """The numbers of the trail's records."""
    with town.transaction() as session:
        return [one.number for one in trail.records(session)]
