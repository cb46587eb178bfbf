"""A champion decides once, on what was sent, for the schools he is attached to, and can take it back."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from passport.db import Session
from passport.db.core.audit import AuditRecord
from passport.db.endorsements.decisions import Decision, DecisionState
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.people.accounts import Attachment
from passport.jobs import queue as job_queue
from passport.proofs.signing import KeyRing
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.credentials import issuing, lifecycle
from passport.services.endorsements import decisions
from passport.services.evidence import drafting, evidence_access
from tests.fixtures.towns import STORY, Town

HELD = date(2026, 3, 10)
Use = Callable[[Session, Town, str, int], object]


def endorse(session: Session, town: Town, reference: str, version: int = 1, **other: int) -> Decision:
    """Robin endorses."""
    basis, level = other.get("basis", 1), other.get("level", 3)
    robin = town.account(session, "robin")
    return decisions.endorse(
        session, town.runtime.keys, robin, reference, version, basis, level, town.clock()
    )


def send_back(session: Session, town: Town, reference: str, version: int = 1) -> Decision:
    """Robin sends it back."""
    robin = town.account(session, "robin")
    return decisions.send_back(session, robin, reference, version, "different-level", town.clock())


def decline(session: Session, town: Town, reference: str, version: int = 1) -> Decision:
    """Robin cannot say."""
    robin = town.account(session, "robin")
    return decisions.decline(session, robin, reference, version, "cannot-say", town.clock())


def read(session: Session, town: Town, reference: str, version: int = 1) -> Evidence:
    """Robin reads."""
    return evidence_access.open_evidence(session, town.account(session, "robin"), reference, town.clock())


DECISIONS: tuple[Use, ...] = (endorse, send_back, decline)


def state(town: Town, reference: str) -> EvidenceState:
    """Where Amara's evidence stands."""
    with town.transaction() as session:
        return drafting.own(session, town.account(session, "amara"), reference).state


def undo_hours(town: Town, hours: int) -> None:
    """Set the time to undo."""
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_minutes = hours * 60


def sends_again(town: Town, reference: str, level: int, story: str = STORY) -> None:
    """Amara edits what was sent back, and sends it."""
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        drafting.choose_level(session, amara, reference, level, at)
        drafting.describe(session, amara, reference, story, HELD, Decimal(1), at)
        drafting.submit(session, amara, reference, at)


def test_the_queue_holds_what_waits_in_the_champions_schools_oldest_first(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        drafting.start(session, amara, town.activity, town.clock())
    first = town.sent()
    town.sent("kit")
    town.clock.forward(minutes=1)
    second = town.sent()
    third = town.sent()
    town.endorsed(second)
    with town.transaction() as session:
        waiting = decisions.queue(session, town.account(session, "robin"), town.clock())
        assert [one.reference for one in waiting] == [first, third]
        assert (waiting[0].student.first_name, waiting[0].student.initial) == ("Amara", "D")
        assert waiting[0].student.school.name == "Lanternmoor High School"


def test_what_was_sent_back_and_sent_again_goes_to_the_end_of_the_queue(town: Town) -> None:
    first, second = town.sent(), town.sent()
    with town.transaction() as session:
        send_back(session, town, first)
    town.clock.forward(minutes=5)
    sends_again(town, first, 3)
    with town.transaction() as session:
        waiting = decisions.queue(session, town.account(session, "robin"), town.clock())
        assert [one.reference for one in waiting] == [second, first]


def test_another_schools_evidence_is_not_found_and_the_attempt_is_logged(town: Town) -> None:
    reference = town.sent("kit")
    for use in (read, *DECISIONS):
        with capture_logs() as logs, town.transaction() as session, pytest.raises(NotFound):
            use(session, town, reference, 1)
        assert [(line["event"], line["evidence"]) for line in logs] == [("evidence refused", reference)]
        assert logs[0]["actor"] == town.references["robin"]
        assert "Kit" not in str(logs)
    with town.transaction() as session:
        assert session.query(Decision).count() == 0


@pytest.mark.parametrize(
    ("since", "until", "allowed"),
    [(-9, -1, False), (1, 9, False), (0, 0, True), (-9, 0, True), (0, 9, True)],
)
def test_an_attachment_counts_from_its_first_day_to_its_last(
    town: Town, since: int, until: int, allowed: bool
) -> None:
    reference = town.sent()
    today = town.clock().date()
    with town.transaction() as session:
        span = {"since": today + timedelta(days=since), "until": today + timedelta(days=until)}
        session.execute(update(Attachment).values(**span))
    with town.transaction() as session, capture_logs() as logs:
        queue = decisions.queue(session, town.account(session, "robin"), town.clock())
        assert bool(queue) is allowed
        if allowed:
            assert read(session, town, reference).reference == reference
        else:
            with pytest.raises(NotFound):
                read(session, town, reference)
        assert bool(logs) is not allowed


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_drafts_and_what_never_was_are_not_found_by_a_champion(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        draft = drafting.start(session, amara, town.activity, town.clock()).reference
        for reference in (draft, "NOSUCHREF", ""):
            for use in (read, *DECISIONS):
                with pytest.raises(NotFound):
                    use(session, town, reference, 1)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_one_but_a_champion_has_a_queue(town: Town) -> None:
    reference = town.sent()
    with town.transaction() as session:
        for who in ("amara", "casey", "morgan"):
            account = town.account(session, who)
            with pytest.raises(NotFound):
                decisions.queue(session, account, town.clock())
            with pytest.raises(NotFound):
                evidence_access.open_evidence(session, account, reference, town.clock())
            with pytest.raises(NotFound):
                decisions.decided(session, account)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_level_higher_than_claimed_and_an_unknown_basis_or_reason_are_refused(town: Town) -> None:
    reference = town.sent(level=2)
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        for level in (3, 4, 0, -1, 10**12):
            with pytest.raises(Refused, match=r"level-(higher-than-claimed|unknown)"):
                endorse(session, town, reference, level=level)
        for basis in (0, 4, 11, -1):
            with pytest.raises(Refused, match="basis-unknown"):
                endorse(session, town, reference, level=1, basis=basis)
        for reason in ("", "cannot-say", "Because I say so"):
            with pytest.raises(Refused, match="reason-unknown"):
                decisions.send_back(session, robin, reference, 1, reason, at)
        for reason in ("", "different-level"):
            with pytest.raises(Refused, match="reason-unknown"):
                decisions.decline(session, robin, reference, 1, reason, at)
    assert state(town, reference) is EvidenceState.SUBMITTED
    with town.transaction() as session:
        assert endorse(session, town, reference, level=1, basis=3).level == 1


@pytest.mark.parametrize("use", DECISIONS)
def test_a_decision_on_an_older_version_is_refused_and_writes_nothing(town: Town, use: Use) -> None:
    reference = town.sent(level=4)
    with town.transaction() as session:
        send_back(session, town, reference)
    sends_again(town, reference, 3)
    for wrong in (1, 0, 3):
        with pytest.raises(Refused, match="changed-meanwhile"), town.transaction() as session:
            use(session, town, reference, wrong)
    assert state(town, reference) is EvidenceState.SUBMITTED
    with town.transaction() as session:
        use(session, town, reference, 2)
        assert session.query(Decision).count() == 2


@pytest.mark.parametrize("use", DECISIONS)
def test_a_second_click_gives_the_first_ones_decision_and_another_decision_is_refused(
    town: Town, use: Use
) -> None:
    reference = town.sent()
    with town.transaction() as session:
        first = use(session, town, reference, 1)
        assert isinstance(first, Decision)
        number = first.reference
    with town.transaction() as session:
        again = use(session, town, reference, 1)
        assert isinstance(again, Decision)
        assert again.reference == number
    for other in DECISIONS:
        if other is not use:
            with pytest.raises(Refused, match="already-decided"), town.transaction() as session:
                other(session, town, reference, 1)
    with town.transaction() as session:
        assert session.query(Decision).count() == 1
        acts = [one.action for one in session.query(AuditRecord) if one.subject == reference]
        assert len(acts) == 2


def test_after_a_return_the_champion_sees_what_was_sent_never_what_is_typed_since(town: Town) -> None:
    reference = town.sent()
    with town.transaction() as session:
        send_back(session, town, reference)
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        drafting.choose_skill(session, amara, reference, 1, at)
        drafting.describe(session, amara, reference, "My secret draft", None, None, at)
    with town.transaction() as session:
        seen = read(session, town, reference)
        version = evidence_access.sent_version(session, seen)
        assert (version.number, version.narrative, version.level) == (1, STORY, 3)
        assert version.skill.number == 4
        [decided] = decisions.decided(session, town.account(session, "robin"))
        assert decided.version.narrative == STORY
        assert decisions.queue(session, town.account(session, "robin"), town.clock()) == []


def test_undone_it_waits_again_and_may_be_endorsed_again_once(town: Town) -> None:
    undo_hours(town, 24)
    reference = town.sent()
    undone = town.endorsed(reference)
    with town.transaction() as session:
        assert session.query(Decision).one().can_undo
        for _second_click in range(2):
            robin = town.account(session, "robin")
            decisions.undo(session, robin, undone, town.clock())
    assert state(town, reference) is EvidenceState.SUBMITTED
    with town.transaction() as session:
        assert drafting.decision(session, read(session, town, reference)) is None
    town.clock.forward(hours=30)
    job_queue.run_due(town.runtime)
    again = town.endorsed(reference, level=1)
    assert again != undone
    town.clock.forward(hours=24)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        [entry] = lifecycle.mine(session, town.account(session, "amara"))
        assert (entry.level, entry.endorsement.reference) == (1, again)
        acts = [one.action for one in session.query(AuditRecord).order_by(AuditRecord.number)]
        assert acts.count("endorsement.undone") == 1
        states = [one.state for one in decisions.decided(session, town.account(session, "robin"))]
        assert states == [DecisionState.SIGNED, DecisionState.UNDONE]


def test_what_is_signed_or_being_signed_cannot_be_undone(town: Town) -> None:
    reference = town.sent()
    endorsed = town.endorsed(reference)
    with town.transaction() as session:
        [number] = issuing.due(session, town.clock())
        issuing.intend(session, town.runtime.keys, "http://localhost:8000", [number], town.clock())
    for _moment in ("signing", "signed"):
        with pytest.raises(Refused, match="already-signed"), town.transaction() as session:
            decisions.undo(session, town.account(session, "robin"), endorsed, town.clock())
        with town.transaction() as session:
            assert session.query(Decision).one().state.value == _moment
        job_queue.run_due(town.runtime)
    assert state(town, reference) is EvidenceState.ENDORSED


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_ones_own_endorsement_can_be_undone_and_no_other_decision(town: Town) -> None:
    undo_hours(town, 24)
    endorsed = town.endorsed(town.sent())
    other = town.sent()
    with town.transaction() as session:
        returned = send_back(session, town, other).reference
    with town.transaction() as session:
        for who, reference in (("sky", endorsed), ("amara", endorsed), ("robin", "NOSUCHREF")):
            with pytest.raises(NotFound):
                decisions.undo(session, town.account(session, who), reference, town.clock())
        with pytest.raises(Refused):
            decisions.undo(session, town.account(session, "robin"), returned, town.clock())


def test_nothing_is_written_while_it_could_not_be_signed(town: Town) -> None:
    reference = town.sent()
    whole = town.runtime.keys
    for missing in whole:
        if missing.role == "root":
            continue
        ring = KeyRing([one for one in whole if one.kid != missing.kid])
        with pytest.raises(IssuingClosed, match=missing.kid), town.transaction() as session:
            decisions.endorse(session, ring, town.account(session, "robin"), reference, 1, 1, 3, town.clock())
    assert state(town, reference) is EvidenceState.SUBMITTED
    with town.transaction() as session:
        assert session.query(Decision).count() == 0
        # what needs no signature goes on
        decisions.send_back(session, town.account(session, "robin"), reference, 1, "not-there", town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_words_of_a_decision_are_ours_and_never_free(town: Town) -> None:
    reference = town.sent()
    with town.transaction() as session:
        decided = send_back(session, town, reference)
        assert decided.reason in decisions.RETURN_REASONS
        assert (decided.basis, decided.level, decided.due_at) == (None, None, None)
        assert not decided.can_undo
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert lifecycle.mine(session, town.account(session, "amara")) == []


@pytest.mark.parametrize("other", [(1, 1), (3, 3)])
def test_another_level_or_basis_in_a_second_tab_is_refused_not_ignored(
    town: Town, other: tuple[int, int]
) -> None:
    reference = town.sent(level=3)
    town.endorsed(reference, level=3)
    basis, level = other
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        with pytest.raises(Refused, match="already-decided"):
            decisions.endorse(session, town.runtime.keys, robin, reference, 1, basis, level, at)
