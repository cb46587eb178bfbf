"""Jobs that work on many rows: one that fails keeps no other waiting, is not tried for ever, and is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from passport.db.checking.desk import Row, RowState
from passport.db.core.mails import Mail, MailState
from passport.db.core.notices import Notice
from passport.db.credentials.records import Credential, CredentialState
from passport.db.failures import Failure
from passport.jobs import queue as job_queue
from passport.jobs import row_jobs
from passport.services import DatabaseUnavailable
from passport.services.checking.desk import receiving, tables
from passport.services.core import failures, mails
from passport.services.core.failures import Job
from passport.services.credentials import issuing
from tests.fixtures.mailboxes import Mailbox
from tests.fixtures.towns import Town

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


def known(town: Town) -> list[tuple[Job, int, int, bool]]:
    """What failed: the job, the row, how often, and whether it was given up."""
    with town.transaction() as session:
        found = session.query(Failure).order_by(Failure.job, Failure.number)
        return [(one.job, one.number, one.attempts, one.next_at is None) for one in found]


def test_a_row_that_fails_rests_longer_each_time_and_is_given_up_once(town: Town) -> None:
    done: list[int] = []
    given_up: list[int] = []

    def work(number: int) -> None:
        if number == 2:
            raise ValueError("a child's name")
        done.append(number)

    for attempt in range(1, failures.MOST + 1):
        row_jobs.each(town.runtime, Job.CODES, [1, 2, 3], work, lambda _session, one: given_up.append(one))
        assert known(town) == [(Job.CODES, 2, attempt, attempt == failures.MOST)]
    assert done == [1, 3] * failures.MOST
    assert given_up == [2]
    with town.transaction() as session:
        reason = session.query(Failure).one().reason
        assert reason.startswith("ValueError")
        assert "child" not in reason
    job_queue.try_again(town.runtime)
    assert known(town) == []


def test_what_is_done_in_the_end_is_forgotten_and_the_services_own_faults_are_not_counted(town: Town) -> None:
    def broken(_number: int) -> None:
        raise ValueError

    def away(_number: int) -> None:
        raise DatabaseUnavailable

    assert not row_jobs.one(town.runtime, Job.MAIL, 7, broken)
    with pytest.raises(DatabaseUnavailable):
        row_jobs.one(town.runtime, Job.MAIL, 7, away)
    assert known(town) == [(Job.MAIL, 7, 1, False)]
    assert row_jobs.one(town.runtime, Job.MAIL, 7, lambda _number: None)
    assert known(town) == []


def test_a_step_that_fails_keeps_no_later_step_from_its_work() -> None:
    done: list[str] = []

    def broken() -> None:
        raise ValueError

    row_jobs.steps([broken, lambda: done.append("later")])
    assert done == ["later"]


def test_one_damaged_intent_keeps_no_other_entry_and_people_are_told(town: Town) -> None:
    first, second = town.sent(), town.sent()
    town.endorsed(first)
    with town.runtime.database.reading() as session:
        [number] = issuing.due(session, town.clock())
    with town.transaction() as session:
        issuing.intend(session, town.runtime.keys, town.runtime.settings.public_url, [number], town.clock())
    with town.transaction() as session:
        session.query(Credential).one().intent = b"{"
    town.endorsed(second)
    for _ in range(failures.MOST + 2):
        job_queue.run_due(town.runtime)
        town.clock.forward(minutes=30)
    with town.transaction() as session:
        states = [one.state for one in session.query(Credential).order_by(Credential.id)]
        assert states == [CredentialState.INTENDED, CredentialState.ISSUED]
        told = session.query(Notice).filter(Notice.kind.in_(["entry-stuck", "entry-to-mend"]))
        accounts = [town.account(session, who).id for who in ("amara", "morgan", "quinn")]
        assert sorted(one.account_id for one in told) == sorted(accounts)
    assert known(town) == [(Job.ISSUE, number, failures.MOST, True)]


def test_one_damaged_row_of_a_list_is_given_up_and_all_others_are_answered(town: Town) -> None:
    with town.transaction() as session:
        receiving.receive_table(session, tables.read(b"code\nx\ny\nz"), None, town.clock())
        session.query(Row).filter_by(number=2).one().cells = "{"
    for _ in range(5):
        job_queue.run_due(town.runtime)
        town.clock.forward(minutes=5)
    with town.transaction() as session:
        rows = session.query(Row).order_by(Row.number)
        found = [(one.number, one.state, one.attempts) for one in rows]
    assert [state for _, state, _ in found if state is RowState.FAILED] == [RowState.FAILED]
    assert [attempts for _, state, attempts in found if state is RowState.DONE] == [1, 1]


@SQLITE
def test_one_mail_that_cannot_be_written_keeps_no_other_mail(town: Town, mailbox: Mailbox) -> None:
    runtime = replace(town.runtime, settings=town.runtime.settings.model_copy(update=mailbox.settings()))
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        mails.tell(session, robin, "no such words", at)
        mails.tell(session, robin, "changed", at, what="password", link="x")
    for _ in range(failures.MOST + 2):
        job_queue.run_due(runtime)
        town.clock.forward(minutes=30)
    assert len(mailbox.mails) == 1
    with town.transaction() as session:
        states = [one.state for one in session.query(Mail).order_by(Mail.id)]
    assert states == [MailState.REFUSED, MailState.SENT]
