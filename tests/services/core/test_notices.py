"""Notices: who is told of what, who can read it, and for how long."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from passport.db.people.accounts import Role
from passport.services.core import notices
from passport.services.credentials import holds, lifecycle, withdrawals
from passport.services.endorsements import decisions
from passport.services.people import grants, invitations
from passport.services.privacy import retention
from tests.fixtures.towns import Town

REASON = "Her mother rang: a very private thing."
PASSPORT = Path(__file__).parents[3] / "passport"


def kinds(town: Town, who: str) -> list[str]:
    """What a person was told, the oldest first. Opens it."""
    with town.transaction() as session:
        told = notices.opened(session, town.account(session, who), 1, town.clock()).told
    return [one.kind for one in reversed(told)]


def new(town: Town, who: str) -> int:
    """The count in a person's header."""
    with town.transaction() as session:
        return notices.unread(session, town.references[who])


def test_a_student_is_told_what_becomes_of_what_she_sent_and_of_her_entry(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        casey = town.account(session, "casey")
        holds.hold(session, casey, entry, "wellbeing", REASON, town.clock.forward(minutes=1))
        holds.lift(session, casey, entry, REASON, town.clock.forward(minutes=1))
    assert new(town, "amara") == 4
    told = ["evidence-endorsed", "entry-issued", "entry-on-hold", "entry-lifted"]
    assert kinds(town, "amara") == told
    assert new(town, "amara") == 0
    assert new(town, "kit") == new(town, "robin") == new(town, "casey") == 0


def test_no_notice_says_a_private_reason_or_names_a_child(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        holds.hold(session, morgan, entry, "details", REASON, town.clock())
        asked = withdrawals.ask(session, morgan, entry, REASON, town.clock()).reference
        withdrawals.confirm(session, quinn, asked, town.clock())
    with town.transaction() as session:
        for who in town.references:
            for one in notices.opened(session, town.account(session, who), 1, town.clock()).told:
                words = " ".join(one.facts.values())
                assert not any(word in words for word in ("mother", "Amara", "Demoson")), one


def test_a_withdrawal_waits_for_the_other_managers_and_the_person_who_asked_hears_of_it(town: Town) -> None:
    first, second = town.issued(), town.issued()
    for entry in (first, second):
        with town.transaction() as session:
            morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
            asked = withdrawals.ask(session, morgan, entry, REASON, town.clock()).reference
            for _click in range(2):
                withdrawals.ask(session, morgan, entry, REASON, town.clock())
            for _click in range(2):
                if entry == first:
                    withdrawals.confirm(session, quinn, asked, town.clock())
                else:
                    withdrawals.refuse(session, quinn, asked, REASON, town.clock())
    assert kinds(town, "quinn") == ["withdrawal-asked"] * 2
    assert kinds(town, "morgan") == ["withdrawal-confirmed", "withdrawal-refused"]
    assert kinds(town, "amara")[-1] == "entry-withdrawn"


def test_a_role_is_told_to_the_other_managers_to_its_proposer_and_to_its_person(
    town: Town,
) -> None:
    with town.transaction() as session:
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        at, why = town.clock(), "Casey helps to run it from this term on."
        for role in (Role.MANAGER, Role.AUTHOR):
            for _click in range(2):
                made = grants.propose(session, morgan, "casey@example.test", role, why, at)
            if role is Role.MANAGER:
                grants.confirm(session, quinn, made.reference, "http://localhost", at)
        grants.end(session, quinn, made.reference, at)
    assert kinds(town, "quinn") == ["role-proposed"] * 2
    assert kinds(town, "morgan") == ["role-confirmed", "role-refused"]
    assert kinds(town, "casey") == ["role-given"], "nobody hears of a role proposed for themselves"
    entry = town.issued()
    with town.transaction() as session:
        withdrawals.ask(session, town.account(session, "morgan"), entry, REASON, town.clock())
        [given] = town.account(session, "casey").grants
    assert kinds(town, "casey") == ["role-given", "withdrawal-asked"], "a manager by grant is asked too"
    with town.transaction() as session:
        grants.end(session, town.account(session, "quinn"), given.reference, town.clock())
    assert kinds(town, "casey")[-1] == "role-ended"


def test_what_a_person_did_herself_is_no_news_to_her(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    assert "entry-withdrawn" not in kinds(town, "amara")


def test_a_decision_is_told_once_however_often_it_is_sent(town: Town) -> None:
    sent = town.sent()
    for _click in range(2):
        with town.transaction() as session:
            robin = town.account(session, "robin")
            decisions.send_back(session, robin, sent, 1, "not-there", town.clock())
    assert kinds(town, "amara") == ["evidence-returned"]


def test_an_endorsement_that_was_taken_back_is_told_too(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "amara").programme.undo_minutes = 24 * 60
    decided = town.endorsed(town.sent())
    with town.transaction() as session:
        decisions.undo(session, town.account(session, "robin"), decided, town.clock.forward(minutes=1))
    assert kinds(town, "amara") == ["evidence-endorsed", "endorsement-undone"]


def test_the_person_who_invited_an_adult_hears_when_they_come_and_of_students_nothing(town: Town) -> None:
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        for who in ("robin", "amara"):
            account = town.account(session, who)
            invitations.invite(session, morgan, account, "http://localhost:8000", town.clock())
            invitations.accept(session, account, town.clock())
            invitations.accept(session, account, town.clock())
    assert kinds(town, "morgan") == ["invitation-accepted"]


def test_notices_go_after_a_year_and_not_before(town: Town) -> None:
    town.issued()
    told = new(town, "amara")
    with town.transaction() as session:
        assert retention.purge(session, town.clock() + notices.KEPT - timedelta(days=1))["notices"] == 0
        assert retention.purge(session, town.clock() + notices.KEPT + timedelta(days=1))["notices"] == told
    assert new(town, "amara") == 0


def test_what_has_no_words_cannot_be_told(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        with pytest.raises(ValueError, match="no words"):
            notices.tell(session, amara, "hello", town.clock())
        with pytest.raises(ValueError, match="no words"):
            notices.tell(session, amara, "entry-issued", town.clock(), entry="x", reason="y")


def test_fifty_are_on_a_page_and_the_others_stay_new(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        for number in range(51):
            facts = {"entry": "x", "skill": str(number)}
            notices.tell(session, amara, "entry-lifted", town.clock(), **facts)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        first = notices.opened(session, amara, 1, town.clock())
        assert (len(first.told), first.page.has_next) == (50, True)
        assert notices.unread(session, amara.reference) == 1
        last = notices.opened(session, amara, 2, town.clock())
        assert ([one.facts["skill"] for one in last.told], last.page.has_next) == (["0"], False)


def test_every_kind_that_the_code_tells_of_is_known() -> None:
    """Also those of acts that no test here goes through."""
    told = {
        node.value
        for path in PASSPORT.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("notices.tell")
        for node in call.args
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert told
    assert told <= notices.KINDS.keys()
