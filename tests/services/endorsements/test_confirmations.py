"""School or college confirmed: from the coordinator to the signed entry, its code and its other label."""

import json

import pytest

from passport.db.core.notices import Notice
from passport.db.credentials.records import Credential
from passport.db.endorsements.decisions import Decision
from passport.db.sharing.shares import SharedCredential
from passport.jobs import queue as job_queue
from passport.openbadges import compact, credential
from passport.services.checking import checks
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import lifecycle
from passport.services.endorsements import confirmations, decisions
from passport.services.evidence import drafting
from passport.verifier import Verdict
from tests.fixtures.towns import Town


def confirm(town: Town, reference: str, who: str = "casey", version: int = 1, level: int = 3) -> str:
    """A coordinator confirms; gives the reference of the decision."""
    with town.transaction() as session:
        account, keys = town.account(session, who), town.runtime.keys
        return confirmations.confirm(
            session, keys, account, reference, version, 2, level, town.clock()
        ).reference


def test_what_a_school_confirmed_becomes_an_entry_that_checks_and_says_so(town: Town) -> None:
    reference = town.sent()
    assert confirm(town, reference) == confirm(town, reference), "a second click"
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        (entry,) = lifecycle.mine(session, town.account(session, "amara"))
        assert (entry.confirmed, entry.endorser_name) == (True, "Casey Exampleby")
        assert (entry.endorser_role, entry.employer_name) == ("Coordinator", "Lanternmoor High School")
        said = credential.read(json.loads(entry.document or b"{}"))
        assert (said.confirmed, said.vouching) == (True, "Lanternmoor High School")
        assert said.champion.employer.did == said.issuer.did, "the programme signs for its schools"
        shown = entry.reference
        kinds = [one.kind for one in session.query(Notice).filter_by(account_id=entry.student_id)]
        assert kinds == ["evidence-confirmed", "entry-issued"], "no champion is named to the student"
    code = town.shared(shown)
    with town.transaction() as session:
        found = checks.by_code(session, town.published(), code, town.clock())
        assert [one.verdict for one in found.entries] == [Verdict.CURRENT]
        printed = session.query(Credential).one().endorsement
        assert printed.champion_id is None
    with town.transaction() as session:
        row = session.query(SharedCredential).one()
        contents = compact.read(row.compact or b"").contents
        assert (contents.confirmed, contents.employer) == (True, "Lanternmoor High School")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_a_coordinator_of_the_students_school_confirms(town: Town) -> None:
    own, other = town.sent(), town.sent("kit")
    for who, reference in (("casey", other), ("robin", own), ("morgan", own), ("amara", own)):
        with pytest.raises(NotFound):
            confirm(town, reference, who)
    with pytest.raises(Refused, match="level-higher-than-claimed"):
        confirm(town, own, level=4)
    with pytest.raises(Refused, match="changed-meanwhile"):
        confirm(town, own, version=2)
    with town.transaction() as session:
        assert session.query(Decision).count() == 0


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_champion_and_a_school_do_not_both_decide(town: Town) -> None:
    reference = town.sent()
    town.endorsed(reference)
    with pytest.raises(Refused, match="already-decided"):
        confirm(town, reference)
    other = town.sent()
    confirm(town, other)
    with pytest.raises(Refused, match="already-decided"):
        town.endorsed(other)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_it_can_be_undone_until_it_is_signed(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "casey").programme.undo_minutes = 24 * 60
    reference = town.sent()
    decided = confirm(town, reference)
    with town.transaction() as session:
        robin, casey = town.account(session, "robin"), town.account(session, "casey")
        with pytest.raises(NotFound):
            decisions.undo(session, robin, decided, town.clock())
        decisions.undo(session, casey, decided, town.clock())
        assert drafting.own(session, town.account(session, "amara"), reference).state == "submitted"
    confirm(town, reference)
    town.clock.forward(hours=25)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        newest = confirmations.given(session, town.account(session, "casey"))[0].reference
        with pytest.raises(Refused, match="already-signed"):
            decisions.undo(session, town.account(session, "casey"), newest, town.clock())
