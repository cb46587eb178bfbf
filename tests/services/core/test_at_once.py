"""Many do the same thing at the same moment, on both databases: one wins, and nothing is done twice."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

from passport.db import Session
from passport.db.core import audit as trail
from passport.db.credentials.records import Credential, StatusChange, StatusPosition
from passport.db.endorsements.decisions import Decision, DecisionOutcome, DecisionState
from passport.db.evidence.evidence import Evidence, EvidenceVersion
from passport.db.people.accounts import Champion, Role
from passport.db.programmes.activities.menu import Activity
from passport.db.programmes.frameworks.versions import Skill
from passport.db.sharing.shares import Share
from passport.demo import many
from passport.jobs import queue as job_queue
from passport.services.core import audit
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.credentials import status_positions
from passport.services.endorsements import batches, decisions, queue
from passport.services.endorsements.batches import Answer
from passport.services.evidence import drafting
from passport.services.people import accounts, onboarding
from passport.services.sharing import shares
from tests.fixtures.towns import PASSWORD, STORY, Town

ITEMS, CHAMPIONS, CLICKS = 400, 8, 2


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, all beginning together; an exception is its result."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
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
            reference = drafting.start(session, amara, town.activity, at).reference
            drafting.choose_skill(session, amara, reference, 4, at)
            drafting.choose_level(session, amara, reference, 3, at)
            drafting.describe(session, amara, reference, STORY, date(2026, 3, 10), Decimal(1), at)
            sent.append(drafting.submit(session, amara, reference, at).reference)
    return sent


def many_at_once(town: Town, number: int) -> list[str]:
    """Send many pieces of evidence, all at level 2; return their references."""
    with town.transaction() as session:
        amara, activity = town.account(session, "amara"), session.query(Activity).one()
        crowd = many.Crowd([amara], [activity], [session.get_one(Skill, 4)])
        many.send(session, crowd, range(number), town.clock(), level=2)
        robin = town.account(session, "robin")
        return [one.reference for one in decisions.queue(session, robin, town.clock())]


def one_by_one(town: Town, who: str, answers: list[Answer]) -> list[str]:
    """Endorse each by itself; gives the decisions that are this champion's."""
    own = []
    for answer in answers:
        what = (answer.reference, answer.version, answer.basis, 2)
        try:
            with town.transaction() as session:
                account, keys = town.account(session, who), town.runtime.keys
                own.append(decisions.endorse(session, keys, account, *what, town.clock()).reference)
        except Refused as error:
            if error.reason is not Reason.ALREADY_DECIDED:
                raise
    return own


def together(town: Town, who: str, answers: list[Answer]) -> list[str]:
    """Confirm a page of the queue; gives the decisions that are this champion's."""
    with town.transaction() as session:
        account, keys = town.account(session, who), town.runtime.keys
        outcome = batches.decide(session, keys, account, answers, town.clock())
        assert len(outcome.decided) + outcome.left_out == len(answers)
        return [one.reference for one in outcome.decided]


def test_eight_champions_with_double_clicks_leave_one_endorsement_and_one_entry_each(town: Town) -> None:
    champions, sent = more_champions(town), many_at_once(town, ITEMS)
    pages = [sent[start : start + queue.MOST] for start in range(0, ITEMS, queue.MOST)]
    documents: dict[str, set[str]] = {}
    done = threading.Event()

    def clicks(who: str) -> set[str]:
        """Click twice on each page of the queue, on the first two item by item."""
        own: set[str] = set()
        turn = champions.index(who) * len(pages) // CHAMPIONS
        for page in pages[turn:] + pages[:turn]:
            answers = [Answer(DecisionOutcome.ENDORSED, reference, 1, basis=1) for reference in page]
            decide = one_by_one if page in pages[:2] else together
            first, second = (decide(town, who, answers) for _click in range(CLICKS))
            assert first == second
            own.update(first)
        return own

    def issues() -> None:
        while not done.wait(0.5):
            job_queue.run_due(town.runtime)
            remember(town, documents)

    with ThreadPoolExecutor(2) as background:
        jobs_at_work = [background.submit(issues) for _worker in range(2)]
        clicked = at_once(*(lambda who=who: clicks(who) for who in champions))
        done.set()
        for job in jobs_at_work:
            job.result()
    job_queue.run_due(town.runtime)
    remember(town, documents)
    assert sum(map(len, clicked)) == len(set().union(*clicked)) == ITEMS, "each is one champion's, once"
    one_entry_each(town)
    assert len(documents) == ITEMS
    assert all(len(seen) == 1 for seen in documents.values())


def one_entry_each(town: Town) -> None:
    """Every item has one endorsement, one signed entry, one place and one change of state."""
    with town.transaction() as session:
        assert session.query(Decision).count() == ITEMS
        assert {one.state for one in session.query(Decision)} == {DecisionState.SIGNED}
        entries = session.query(Credential).all()
        assert len(entries) == len({one.endorsement_id for one in entries}) == ITEMS
        assert session.query(StatusPosition).count() == session.query(StatusChange).count() == ITEMS
        assert audit.broken_at(session) is None


def remember(town: Town, documents: dict[str, set[str]]) -> None:
    """Note the digest of every document that can be read now."""
    with town.runtime.database.reading() as session:
        for urn, document in session.query(Credential.urn, Credential.document):
            if document is not None:
                documents.setdefault(urn, set()).add(hashlib.sha256(document).hexdigest())


def test_undo_and_issuing_at_once_leave_either_an_entry_or_waiting_evidence(town: Town) -> None:
    endorsed = [town.endorsed(reference) for reference in many_sent(town, 6)]
    with town.transaction() as session:
        numbers = {one.reference: one.id for one in session.query(Decision)}

    def undo(reference: str) -> None:
        with town.transaction() as session:
            decisions.undo(session, town.account(session, "robin"), reference, town.clock())

    for reference in endorsed:
        at_once(lambda: undo(reference), lambda: job_queue.issue_one(town.runtime, numbers[reference]))  # noqa: B023
    with town.transaction() as session:
        for one in session.query(Decision):
            is_issued = one.state is DecisionState.SIGNED
            assert one.state in {DecisionState.SIGNED, DecisionState.UNDONE}
            assert one.evidence.state == ("endorsed" if is_issued else "submitted")
            assert session.query(Credential).filter_by(endorsement_id=one.id).count() == int(is_issued)


def test_two_hundred_places_taken_at_once_are_all_different(town: Town) -> None:
    def takes() -> list[tuple[int, int]]:
        taken = []
        for _one in range(25):
            with town.transaction() as session:
                programme = town.account(session, "robin").programme
                place = status_positions.for_entry(session, programme, town.clock())
                taken.append((place.list_number, place.position))
        return taken

    found = [place for taken in at_once(*[takes] * 8) for place in taken]
    assert len(set(found)) == len(found) == 200
    assert {number for number, _place in found} == {1}
    assert len({place // 1024 for _number, place in found}) > 60, "drawn from the whole list"


def test_a_second_tab_cannot_change_what_is_being_sent(town: Town) -> None:
    """Sending and editing at once: what the row says is what was frozen, no matter who was first."""
    for _round in range(5):
        with town.transaction() as session:
            amara, at = town.account(session, "amara"), town.clock()
            reference = drafting.start(session, amara, town.activity, at).reference
            drafting.choose_skill(session, amara, reference, 4, at)
            drafting.choose_level(session, amara, reference, 3, at)
            drafting.describe(session, amara, reference, STORY, date(2026, 3, 10), Decimal(1), at)

        def sends(session: Session, reference: str = reference) -> None:
            drafting.submit(session, town.account(session, "amara"), reference, town.clock())

        def edits(session: Session, reference: str = reference) -> None:
            other = STORY + " And then?"
            amara, day = town.account(session, "amara"), date(2026, 3, 10)
            drafting.describe(session, amara, reference, other, day, Decimal(1), town.clock())

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
