"""The person who changes the trail behind our back is found, with the first record that does not fit."""

from collections.abc import Callable
from datetime import timedelta, timezone

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from passport.db import Session
from passport.db.core.audit import AuditRecord, records
from passport.services.core import audit
from tests.fixtures.towns import Town

BEFORE = 9


def trail(town: Town) -> int:
    """Write a few records; gives the number of the last."""
    with town.transaction() as session:
        for number in range(5):
            audit.record(
                session, town.clock(), "operator", "test.act", f"thing {number}", reason="“ä” \U0001f98a"
            )
        return records(session)[-1].number


def broken(town: Town) -> int | None:
    """What an audit that can only read says."""
    with town.runtime.database.reading() as session:
        return audit.broken_at(session)


def test_a_whole_trail_is_whole(town: Town) -> None:
    assert broken(town) is None
    trail(town)
    town.issued()
    assert broken(town) is None


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "detail", "previous", "digest"])
@pytest.mark.parametrize("back", [0, 2])
def test_a_changed_record_is_named(town: Town, column: str, back: int) -> None:
    last = trail(town)
    with town.transaction() as session:
        record = session.get_one(AuditRecord, last - back)
        value = record.at + timedelta(seconds=1) if column == "at" else getattr(record, column) + "x"
        setattr(record, column, value)
    assert broken(town) == last - back


def test_a_record_changed_with_its_own_hash_breaks_the_next(town: Town) -> None:
    last = trail(town)
    for number, named in ((last - 2, last - 1), (last, last)):
        with town.transaction() as session:
            record = session.get_one(AuditRecord, number)
            kept = (record.actor, record.digest)
            record.actor = "nobody"
            record.digest = audit.digest(record)
        assert broken(town) == named
        with town.transaction() as session:
            record = session.get_one(AuditRecord, number)
            record.actor, record.digest = kept
        assert broken(town) is None


def removes_last(session: Session, last: int) -> None:
    session.execute(text("DELETE FROM audit_records WHERE number = :last"), {"last": last})


def removes_middle(session: Session, last: int) -> None:
    session.execute(text("DELETE FROM audit_records WHERE number = :one"), {"one": last - 2})


def removes_first(session: Session, last: int) -> None:
    session.execute(text("DELETE FROM audit_records WHERE number = 1"))


def removes_all(session: Session, last: int) -> None:
    session.execute(text("DELETE FROM audit_records"))


def swaps(session: Session, last: int) -> None:
    for source, target in ((last - 2, 900), (last - 1, last - 2), (900, last - 1)):
        session.execute(
            text("UPDATE audit_records SET number = :target WHERE number = :source"),
            {"source": source, "target": target},
        )


def adds(session: Session, last: int) -> None:
    old = session.get_one(AuditRecord, last)
    new = AuditRecord(
        number=last + 1,
        at=old.at,
        actor="operator",
        action="forged",
        subject="x",
        detail="{}",
        previous=old.digest,
        digest="",
    )
    new.digest = audit.digest(new)
    session.add(new)


def drops_head(session: Session, last: int) -> None:
    session.execute(text("DELETE FROM audit_head"))


def turns_head_back(session: Session, last: int) -> None:
    session.execute(
        text(
            "UPDATE audit_head SET number = :one,"
            " digest = (SELECT digest FROM audit_records WHERE number = :one)"
        ),
        {"one": last - 1},
    )


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (removes_last, 0),
        (removes_middle, -2),
        (removes_first, None),
        (removes_all, None),
        (swaps, -2),
        (adds, 1),
        (drops_head, None),
        (turns_head_back, 0),
    ],
)
def test_records_removed_moved_or_put_in_are_named(
    town: Town, tamper: Callable[[Session, int], None], named: int | None
) -> None:
    last = trail(town)
    with town.transaction() as session:
        tamper(session, last)
    assert broken(town) == (1 if named is None else last + named)


def test_a_time_in_another_zone_is_the_same_time(town: Town) -> None:
    at = town.clock().astimezone(timezone(timedelta(hours=1))).replace(microsecond=123456)
    with town.transaction() as session:
        audit.record(session, at, "operator", "test.act", "x")
    assert broken(town) is None


def test_an_act_that_is_taken_back_leaves_no_record(town: Town) -> None:
    before = trail(town)

    def act(session: Session) -> None:
        audit.record(session, town.clock(), "operator", "test.act", "x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), town.transaction() as session:
        act(session)
    with town.transaction() as session:
        assert records(session)[-1].number == before
    assert broken(town) is None


def test_neither_trail_nor_log_holds_a_name(town: Town) -> None:
    with capture_logs() as logs:
        town.shared(town.issued())
    with town.transaction() as session:
        people = ("Amara", "Demoson", "example.test", "Fixturely")
        kept = [one for one in records(session) if one.action != "framework.published"]
        words = str([(one.actor, one.subject, one.detail) for one in kept]) + str(logs)
    assert [name for name in people if name in words] == []
    actions = [one.action for one in kept]
    assert actions[-6:] == [
        "evidence.submitted",
        "evidence.endorsed",
        "credential.intended",
        "credential.issued",
        "share.made",
        "share.intended",
    ]
