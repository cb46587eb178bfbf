"""A page of decisions at once: each about what was read, the rest done when one cannot be, twice the same."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from passport.db.endorsements.decisions import Decision, DecisionOutcome
from passport.db.evidence.evidence import Evidence
from passport.proofs.signing import KeyRing
from passport.services.core.errors import IssuingClosed, Refused
from passport.services.endorsements import batches, decisions, queue
from passport.services.endorsements.batches import Answer, Outcome
from passport.services.evidence import drafting
from tests.fixtures.towns import STORY, Town

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def endorse(reference: str, version: int = 1) -> Answer:
    """Saw it."""
    return Answer(DecisionOutcome.ENDORSED, reference, version, basis=1)


def decide(town: Town, answers: list[Answer], who: str = "robin") -> Outcome:
    """A champion confirms."""
    with town.transaction() as session:
        account = town.account(session, who)
        return batches.decide(session, town.runtime.keys, account, answers, town.clock())


def states(town: Town, references: list[str]) -> list[str]:
    """Where pieces of evidence stand."""
    with town.transaction() as session:
        found = {one.reference: one.state.value for one in session.query(Evidence)}
        return [found[reference] for reference in references]


def test_each_row_has_a_decision_of_its_own(town: Town) -> None:
    sent = [town.sent(level=level) for level in (1, 3, 2, 4)]
    outcome = decide(
        town,
        [
            endorse(sent[0]),
            Answer(DecisionOutcome.RETURNED, sent[1], 1, reason="not-there"),
            Answer(DecisionOutcome.DECLINED, sent[2], 1, reason="cannot-say"),
            endorse(sent[3]),
        ],
    )
    assert [outcome.number(one) for one in DecisionOutcome] == [2, 1, 1]
    assert outcome.left_out == 0
    assert states(town, sent) == ["endorsed", "returned", "declined", "endorsed"]
    with town.transaction() as session:
        given = session.query(Decision).filter_by(decision=DecisionOutcome.ENDORSED)
        assert sorted(one.level or 0 for one in given) == [1, 4], "the level that was claimed"


def test_what_changed_or_was_decided_meanwhile_is_left_out_and_the_rest_is_done(town: Town) -> None:
    sent = [town.sent() for _ in range(4)]
    with town.transaction() as session:
        robin, amara, at = town.account(session, "robin"), town.account(session, "amara"), town.clock()
        decisions.send_back(session, robin, sent[0], 1, "different-level", at)
        drafting.describe(session, amara, sent[0], STORY + " More.", date(2026, 3, 10), Decimal(1), at)
        drafting.submit(session, amara, sent[0], at)
        decisions.decline(session, robin, sent[1], 1, "cannot-say", at)
    other = town.sent("kit")
    answers = [*(endorse(one) for one in sent), endorse(other), endorse("NOSUCHREF2")]
    outcome = decide(town, answers)
    assert outcome.left_out == 4
    assert states(town, sent) == ["submitted", "declined", "endorsed", "endorsed"]
    assert states(town, [other]) == ["submitted"], "another school's"


def test_the_same_batch_twice_is_one_decision_each(town: Town) -> None:
    answers = [endorse(town.sent()), Answer(DecisionOutcome.RETURNED, town.sent(), 1, reason="not-there")]
    first, second = (sorted(one.reference for one in decide(town, answers).decided) for _ in range(2))
    assert first == second
    assert len(first) == 2


def test_more_than_a_page_or_the_same_row_twice_is_refused_before_anything_is_done(town: Town) -> None:
    sent = town.sent()
    many = [endorse(f"REF{number}") for number in range(queue.MOST)]
    for answers in ([*many, endorse(sent)], [endorse(sent), endorse(sent)], []):
        with pytest.raises(Refused, match="batch-too-large"):
            decide(town, answers)
    assert states(town, [sent]) == ["submitted"]


def test_when_nothing_can_be_signed_nothing_of_a_batch_is_done(town: Town) -> None:
    sent = [town.sent(), town.sent()]
    town.runtime = replace(town.runtime, keys=KeyRing([]))
    with pytest.raises(IssuingClosed):
        decide(town, [Answer(DecisionOutcome.RETURNED, sent[0], 1, reason="not-there"), endorse(sent[1])])
    assert states(town, sent) == ["submitted", "submitted"]


def test_a_level_above_none_and_a_basis_that_is_none_are_left_out(town: Town) -> None:
    sent = town.sent()
    assert decide(town, [replace(endorse(sent), basis=11)]).left_out == 1
    assert decide(town, [Answer(DecisionOutcome.RETURNED, sent, 1, reason="not-nice")]).left_out == 1
    assert states(town, [sent]) == ["submitted"]


def test_alike_stands_together_and_the_activity_with_the_oldest_comes_first(town: Town) -> None:
    levels = [3, 1, 3, 2, 1]
    sent = []
    for level in levels:
        sent.append(town.sent(level=level))
        town.clock.forward(minutes=1)
    with town.transaction() as session:
        found = queue.waiting(session, town.account(session, "robin"), town.clock())
        assert [item.evidence.reference for item in found.items] == [sent[n] for n in (0, 2, 1, 4, 3)]
        alike = found.groups[0].alike
        assert [[item.version.level for item in one.items] for one in alike] == [[3, 3], [1, 1], [2]]


def test_a_long_queue_has_pages_of_twenty(town: Town) -> None:
    sent = [town.sent(level=1 + number % 4) for number in range(23)]
    with town.transaction() as session:
        robin = town.account(session, "robin")
        first, last = (queue.waiting(session, robin, town.clock(), page) for page in (1, 9))
        assert (first.total, first.page.pages, len(first.items)) == (23, 2, 20)
        assert (last.page.number, len(last.items)) == (2, 3), "the last page there is"
        shown = [item.evidence.reference for item in (*first.items, *last.items)]
        assert sorted(shown) == sorted(sent)
