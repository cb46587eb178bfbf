"""A champion says how they came to see what another employer hosted."""

from __future__ import annotations

import pytest

from passport.db import Session
from passport.db.endorsements.decisions import DecisionOutcome
from passport.db.programmes.activities.menu import Activity
from passport.services.core import audit
from passport.services.core.errors import Refused
from passport.services.endorsements import batches, decisions
from passport.services.endorsements.batches import Answer
from tests.fixtures.towns import Town


def hosted_elsewhere(session: Session, town: Town) -> None:
    """Let somebody else have hosted what Amara logs."""
    activity = session.query(Activity).filter_by(reference=town.activity).one()
    activity.employer, activity.host = None, "Cobaltfield Glassworks"


@pytest.mark.parametrize(
    ("basis", "seen_as", "recorded"),
    [
        (1, "helped", (1, "helped")),
        (1, "together", (1, "together")),
        (1, "told", (3, "told")),
        (2, "helped", (2, None)),
        (3, "", (3, None)),
    ],
)
def test_who_saw_what_another_employer_hosted_says_how_and_it_is_recorded(
    basis: int, seen_as: str, recorded: tuple[int, str | None], town: Town
) -> None:
    sent = town.sent()
    with town.transaction() as session:
        hosted_elsewhere(session, town)
        robin = town.account(session, "robin")
        what = session, town.runtime.keys, robin, sent, 1, basis, 3, town.clock()
        if basis == 1:
            for wrong in ("", "because"):
                with pytest.raises(Refused, match="how-seen-missing"):
                    decisions.endorse(*what, wrong)
        decided = decisions.endorse(*what, seen_as)
        assert (decided.basis, decided.seen_as) == recorded
        assert decisions.endorse(*what, seen_as).id == decided.id, "sent twice"
        if recorded[1]:
            with pytest.raises(Refused, match="already-decided"):
                decisions.endorse(*what, "guest")
        session.flush()
        assert audit.mismatches(session) == []


def test_nobody_is_asked_about_what_their_own_employer_hosted(town: Town) -> None:
    sent = town.sent()
    with town.transaction() as session:
        robin = town.account(session, "robin")
        decided = decisions.endorse(session, town.runtime.keys, robin, sent, 1, 1, 3, town.clock(), "guest")
        assert (decided.basis, decided.seen_as) == (1, None)


def test_a_batch_endorses_nothing_as_seen_that_another_employer_hosted(town: Town) -> None:
    sent = town.sent()
    with town.transaction() as session:
        hosted_elsewhere(session, town)
        robin = town.account(session, "robin")
        answer = Answer(DecisionOutcome.ENDORSED, sent, 1, basis=1)
        done = batches.decide(session, town.runtime.keys, robin, [answer], town.clock())
        assert (done.decided, done.left_out) == ([], 1)
        told = Answer(DecisionOutcome.ENDORSED, sent, 1, basis=2)
        assert batches.decide(session, town.runtime.keys, robin, [told], town.clock()).left_out == 0
