"""A row that was changed, added or removed behind the service's back is named by the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from passport import db
from passport.db import Session
from passport.db.core.audit import AuditRecord, records
from passport.db.people.accounts import Role
from passport.jobs import nightly
from passport.services.core import audit
from passport.services.credentials import holds, withdrawals
from passport.services.people import grants
from passport.services.safeguarding import suspensions
from passport.services.trust import anchors
from tests.fixtures.towns import Town

REASON = "The photo shows another workshop, as the employer says"


@pytest.fixture
def busy(town: Town) -> Town:
    """A town in which a row of every watched table was made and changed by the service itself."""
    entry, other = town.issued(), town.issued()
    with town.transaction() as session:
        morgan, quinn, casey = (town.account(session, who) for who in ("morgan", "quinn", "casey"))
        at = town.clock()
        grant = grants.propose(session, morgan, "casey@example.test", Role.LEAD, REASON, at)
        grants.confirm(session, quinn, grant.reference, "https://passport.example", at)
        holds.hold(session, casey, entry, "details", REASON, at)
        asked = withdrawals.ask(session, morgan, other, REASON, at)
        withdrawals.confirm(session, quinn, asked.reference, at)
        kit = town.account(session, "kit").reference
        suspensions.suspend(session, morgan, kit, "lost-device", "", at)
        suspensions.readmit(session, morgan, kit, at)
        suspensions.suspend(session, morgan, kit, "left", "", at)
    return town


def mismatches(town: Town) -> list[str]:
    with town.runtime.database.reading() as session:
        return audit.mismatches(session)


def test_what_the_service_did_itself_has_its_records(busy: Town) -> None:
    assert mismatches(busy) == []
    with busy.runtime.database.reading() as session:
        assert {name.rpartition(" ")[0] for name, _ in db.core.audit_rows.digests(session)} == {
            "entry",
            "state change",
            "decision",
            "role grant",
            "withdrawal",
            "suspension",
        }


CHANGES = {
    "UPDATE role_grants SET role = 'manager'": "role grant",
    "UPDATE role_grants SET state = 'ended'": "role grant",
    "UPDATE endorsements SET level = 4": "decision",
    "UPDATE endorsements SET state = 'undone'": "decision",
    "UPDATE credentials SET level = 4": "entry",
    "UPDATE credentials SET state = 'issued'": "entry",
    "UPDATE status_changes SET actor = 'operator' WHERE state = 'on_hold'": "state change",
    "DELETE FROM status_changes WHERE state = 'on_hold'": "state change",
    "UPDATE withdrawals SET state = 'cancelled'": "withdrawal",
    "DELETE FROM withdrawals": "withdrawal",
    "UPDATE suspensions SET reason = 'other'": "suspension",
    "UPDATE accounts SET suspended_at = NULL": "account",
}


def test_a_row_changed_without_a_record_is_named(busy: Town) -> None:
    """Role grants, decisions, entries, holds, withdrawals, suspensions: changed by SQL, one after another."""
    with busy.transaction() as session:
        for change, name in CHANGES.items():
            with session.begin_nested() as savepoint:
                session.execute(text(change))
                found = audit.mismatches(session)
                savepoint.rollback()
            assert found, change
            assert all(line.startswith(f"{name} ") for line in found), found
    assert mismatches(busy) == []


def test_a_row_that_was_added_without_a_record_is_named(busy: Town) -> None:
    with busy.transaction() as session:
        columns = "account_id, reason, note, suspended_at, suspended_by_id"
        session.execute(
            text(f"INSERT INTO suspensions ({columns}) SELECT {columns} FROM suspensions")  # noqa: S608
        )
    assert any(line.endswith("has no record") for line in mismatches(busy))


def rewrite(session: Session, change: Callable[[list[AuditRecord]], None]) -> None:
    """Change records and make every hash from there on again, and the head."""
    found = records(session)
    change(found)
    previous = ""
    for record in found:
        record.previous = previous
        record.digest = previous = audit.digest(record)
    session.flush()
    head = {"number": found[-1].number, "digest": previous}
    session.execute(text("UPDATE audit_head SET number = :number, digest = :digest"), head)


def cut_ten(session: Session) -> None:
    last = records(session)[-11]
    session.execute(text("DELETE FROM audit_records WHERE number > :last"), {"last": last.number})
    session.execute(
        text("UPDATE audit_head SET number = :number, digest = :digest"),
        {"number": last.number, "digest": last.digest},
    )


def rewrite_one(session: Session) -> None:
    rewrite(session, lambda found: setattr(found[-5], "actor", "operator"))


def empty(session: Session) -> None:
    session.execute(text("DELETE FROM audit_records"))
    session.execute(text("UPDATE audit_head SET number = 0, digest = ''"))


@pytest.mark.parametrize("tamper", [rewrite_one, cut_ten, empty])
def test_a_trail_that_is_whole_by_itself_differs_from_an_earlier_head_and_from_its_anchor(
    busy: Town, tamper: Callable[[Session], None]
) -> None:
    with busy.transaction() as session:
        earlier = audit.head(session)
        made = anchors.make(session, busy.runtime.keys, busy.clock())
    anchors.write(busy.runtime.public, made)
    published = anchors.files(busy.runtime.public)
    with busy.runtime.database.reading() as session:
        assert not audit.differs_from(session, earlier)
        assert anchors.problems(session, published) == []
    with busy.transaction() as session:
        tamper(session)
    with busy.runtime.database.reading() as session:
        assert audit.broken_at(session) == (1 if tamper is empty else None), "each hash fits the one before"
        assert audit.differs_from(session, earlier)
        [problem] = anchors.problems(session, published)
    assert f"record {earlier.number}" in problem


def test_an_anchor_counts_only_with_the_signature_of_a_status_key_and_is_missed_when_it_is_gone(
    busy: Town,
) -> None:
    at = busy.clock()
    with busy.transaction() as session:
        made = anchors.make(session, busy.runtime.keys, at)
        anchors.note(session, made, at)
    name = f"audit/{made.head.number}.json"
    spoilt = made.signed.replace(b'"signature":"', b'"signature":"A', 1)
    registry = busy.runtime.public.read("registry.json") or b""
    with busy.runtime.database.reading() as session:
        assert anchors.problems(session, {name: made.signed}) == []
        for content in (spoilt, registry, b"{}", b""):
            assert anchors.problems(session, {name: content}) == [
                f"{name} is no anchor that a key of ours has signed"
            ]
        assert anchors.problems(session, {}) == [f"{name}, which was published, is missing"]


def test_rows_from_before_records_held_digests_are_taken_in_once(busy: Town) -> None:
    """A database of an earlier version: its records say nothing of rows."""
    with busy.transaction() as session:
        session.execute(text("UPDATE audit_records SET detail = '{}'"))
        rewrite(session, lambda _found: None)
    assert mismatches(busy) == []
    with busy.transaction() as session:
        assert audit.take_in(session, busy.clock()) > 6
    with busy.transaction() as session:
        assert audit.take_in(session, busy.clock() + timedelta(days=1)) == 0
    assert mismatches(busy) == []
    with busy.transaction() as session:
        session.execute(text("UPDATE credentials SET level = 4"))
    assert mismatches(busy) != []


def test_each_night_the_head_is_published_and_never_where_the_trail_does_not_go_on(busy: Town) -> None:
    public = busy.runtime.public
    nightly.anchor(busy.runtime)
    first = set(anchors.files(public))
    assert len(first) == 1
    assert public.read("audit.json") == public.read(*first)
    busy.issued()
    nightly.anchor(busy.runtime)
    assert len(anchors.files(public)) == 2
    published = anchors.files(public)
    with busy.runtime.database.reading() as session:
        assert anchors.problems(session, published) == []
    newest = public.read("audit.json")
    with busy.transaction() as session:
        cut_ten(session)
    with capture_logs() as logs:
        nightly.anchor(busy.runtime)
    assert [entry["log_level"] for entry in logs if entry["event"] == "audit trail not anchored"] == ["error"]
    assert public.read("audit.json") == newest


def test_a_hold_records_the_row_as_it_is_and_not_as_it_was_read_before(town: Town) -> None:
    """Another process signed the entry again while this one waited for its row."""
    entry = town.issued()
    with town.transaction() as session:
        found = db.credentials.records.own(session, town.account(session, "amara").id, entry)
        assert found is not None
        session.execute(text("UPDATE credentials SET document = :signed"), {"signed": b"{}"})
        holds.hold(session, town.account(session, "casey"), entry, "details", REASON, town.clock())
    assert mismatches(town) == []
