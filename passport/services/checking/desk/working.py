"""Process a list a few rows at a time: claim rows in one transaction, check and finish them in another.

If a worker dies between the two, its claim expires and any worker claims the rows again. A row is finished in
the transaction that stores its answer, and only by the claim's holder: nothing is lost or done twice.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from passport import db
from passport.db import Session
from passport.db.checking.desk import Batch, BatchKind, BatchState, Group, Row, RowState
from passport.services.checking import checks, handed_in, pasted, receipts, uploads
from passport.services.checking.checks import Match, Result
from passport.services.checking.desk import applicants, tables
from passport.services.checking.desk.tables import Layout
from passport.services.checking.handed_in import Unreadable
from passport.services.checking.parsed_input import Found
from passport.services.checking.shown_contents import shown
from passport.services.checking.stored_entries import Published
from passport.services.core import dates, failures, written_days
from passport.services.core.written_days import Unclear
from passport.verifier import Outcome, Verdict

log = structlog.get_logger()

# A worker without progress for so long is dead: no row takes a fraction of it.
SILENT = timedelta(seconds=60)
ROWS_AT_ONCE, FILES_AT_ONCE = 25, 1
ATTEMPTS = 3
NO_CREDENTIAL = "no credential"
LONGEST_ECHO = 60
Answer = dict[str, Any]
Read = Found | Unreadable


@dataclass(frozen=True)
class Claim:
    """Rows of a list that this worker holds until the claim expires."""

    batch: int
    name: str
    rows: tuple[int, ...]
    files: bool


@dataclass(frozen=True)
class Judge:
    """The inputs that rows are checked with."""

    published: Published
    public_url: str
    max_age: timedelta
    at: datetime


# What came of a day of birth that this list has compared with a code already
Compared = dict[tuple[str, date], Match]


def unfinished(session: Session, at: datetime) -> list[int]:
    """Return the unfinished lists that no worker holds; each is processed from its first row to its last."""
    return db.checking.desk.unfinished(session, at, at - SILENT)


def claim(session: Session, batch_id: int, at: datetime) -> Claim | None:
    """Claim the next rows of a list; return None where none is free. Gives up rows that failed too often."""
    batch = session.get(Batch, batch_id)
    if batch is None or batch.state is not BatchState.RECEIVED:
        return None
    files = batch.kind is BatchKind.FILES
    name = secrets.token_hex(8)
    limit = FILES_AT_ONCE if files else ROWS_AT_ONCE
    if not db.checking.desk.claim(session, batch_id, name, at, at - SILENT, limit):
        _close(session, batch, at)
        return None
    for row in db.checking.desk.claimed(session, batch_id, name):
        if row.attempts > ATTEMPTS:
            _done(row, RowState.FAILED, Group.ATTENTION, {"problem": "given up"})
    session.flush()
    rows = tuple(row.id for row in db.checking.desk.claimed(session, batch_id, name))
    return Claim(batch_id, name, rows, files)


def contents(session: Session, claimed: Claim) -> dict[int, bytes]:
    """Return the bytes of the files among the rows, by the rows' ids."""
    if not claimed.files:
        return {}
    return {row: db.checking.desk.content(session, row) or b"" for row in claimed.rows}


def read(content: bytes, public_url: str) -> Read:
    """Read a file; return its contents or the Unreadable error. Slow: call it outside of a transaction."""
    try:
        return handed_in.read_upload(content, public_url)
    except Unreadable as error:
        return error


def finish(session: Session, judge: Judge, claimed: Claim, found: dict[int, Read]) -> int:
    """Check the rows that this worker still holds, store their answers and return how many there were.

    The list is closed with its last row.
    """
    batch = session.get_one(Batch, claimed.batch)
    db.checking.desk.lock(session, batch)
    if batch.state is not BatchState.RECEIVED:
        return 0
    layout = None if claimed.files else Layout.from_json(batch.layout)
    rows = db.checking.desk.claimed(session, claimed.batch, claimed.name)
    compared = _compared_before(session, judge, batch, layout)
    for row in rows:
        try:
            with session.begin_nested():
                answer = _answered(session, judge, layout, row, found, compared)
                _done(row, RowState.DONE, group_of(answer), answer)
            compared |= _compared(judge, layout, row)
        except Exception as error:  # noqa: BLE001 - a failing row must not stop the others
            # its claim runs out, and after ATTEMPTS of them it is given up
            log.error("a row of a list failed", row=row.id, reason=failures.reason_of(error))
    session.flush()
    _close(session, batch, judge.at)
    return len(rows)


def _answered(
    session: Session,
    judge: Judge,
    layout: Layout | None,
    row: Row,
    found: dict[int, Read],
    compared: Compared,
) -> Answer:
    if layout is None:
        return _file(session, judge, found[row.id])
    return _table_row(session, judge, layout, json.loads(row.cells or "[]"), compared)


def _compared_before(session: Session, judge: Judge, batch: Batch, layout: Layout | None) -> Compared:
    """Return what the list's finished rows have compared: a code's day is one try, however often given."""
    found: Compared = {}
    if layout is not None and "born_on" in layout.columns:
        for row in db.checking.desk.rows(session, batch.id):
            found |= _compared(judge, layout, row)
    return found


def _compared(judge: Judge, layout: Layout | None, row: Row) -> Compared:
    answer = json.loads(row.answer or "{}")
    if layout is None or answer.get("born_on") not in set(Match):
        return {}
    day = _day(judge, layout, json.loads(row.cells or "[]"))
    return {(answer["code"], day): Match(answer["born_on"])} if isinstance(day, date) else {}


def _day(judge: Judge, layout: Layout, cells: list[str]) -> date | Unclear | None:
    """Return the day of birth in a row: None where there is none."""
    written = layout.cell(cells, "born_on")
    today = dates.today(judge.at)
    return written_days.day(written, today, month_first=layout.month_first) if written else None


def group_of(answer: Answer) -> Group:
    """Return the group of an answer. FOUND needs no review: genuine, current, all compared data matches."""
    if answer.get("verdict") == Verdict.UNKNOWN_CODE:
        return Group.NOT_FOUND
    if answer.get("unread"):
        return Group.UNREAD
    fits = {answer.get("last_name"), answer.get("born_on")} <= {None, Match.MATCH.value}
    good = answer.get("verdict") == Verdict.CURRENT and not answer.get("problem")
    return Group.FOUND if good and fits else Group.ATTENTION


def _table_row(
    session: Session, judge: Judge, layout: Layout, cells: list[str], compared: Compared
) -> Answer:
    typed = layout.cell(cells, "code")
    if tables.repeats(cells, layout.header):
        return {"problem": "headings again"}
    if not typed:
        return {"problem": "no code"}
    found = pasted.in_cell(typed, judge.public_url)
    if len(found.codes) > 1:
        return {"problem": "several codes", "codes": list(found.codes)}
    if found.others:
        return {"problem": "other site", "typed": typed[:LONGEST_ECHO]}
    code = found.codes[0] if found.codes else typed
    day = _day(judge, layout, cells)
    result, match = _with_day(session, judge, code, day, compared)
    printed = Found(fragments=found.fragments)
    for result in uploads.check_all(session, judge.published, printed, judge.at, judge.max_age).results:
        match = match if result.shows_person else None
    answer = _answer(session, [result])
    if not result.code:
        answer["typed"] = typed[:LONGEST_ECHO]
    last_name, holder = layout.cell(cells, "last_name"), answer.get("holder")
    if last_name and holder:
        answer["last_name"] = applicants.compare_name(holder, last_name).value
    if match is not None:
        answer["born_on"] = match.value
    elif isinstance(day, Unclear) and holder:
        answer["born_on"] = day.value
    return answer


def _with_day(
    session: Session, judge: Judge, code: str, day: date | Unclear | None, compared: Compared
) -> tuple[Result, Match | None]:
    """Check a code and compare a day with it: a new try only where this list has not tried it yet."""
    result = checks.by_code(session, judge.published, code, judge.at, judge.max_age)
    if not isinstance(day, date):
        return result, None
    tried = compared.get((result.code, day)) if result.shows_person else None
    if tried is not None:
        return result, tried
    return checks.match_birthdate(session, judge.published, code, day, judge.at, judge.max_age)


def _file(session: Session, judge: Judge, found: Read) -> Answer:
    if isinstance(found, Unreadable):
        return {"problem": found.reason, "unread": True}
    if len(found.codes) > 1:
        return {"problem": "several codes", "codes": list(found.codes)}
    try:
        checked = uploads.check_all(session, judge.published, found, judge.at, judge.max_age)
    except uploads.TooMany:
        return {"problem": "too many"}
    if not checked.results:
        return {"problem": _without_results(checked), "unread": bool(checked.kinds)}
    answer = _answer(session, list(checked.results))
    if answer["verdict"] == Verdict.CURRENT and (about := _about_the_file(checked)):
        answer.setdefault("problem", about)
    return answer


def _about_the_file(checked: uploads.Several) -> str:
    """Return what a person has to know about a file whose entries are all current, if anything."""
    if checked.unread:
        return "broken lines"
    failed = any(check.outcome is Outcome.FAILED for check in checked.proofs)
    return "presentation not signed" if failed else ""


def _without_results(checked: uploads.Several) -> str:
    """Return what to say of a file in which nothing could be checked."""
    if checked.unread:
        return "broken lines"
    if checked.kinds:
        return NO_CREDENTIAL
    return "other site" if checked.others else "no code"


def _answer(session: Session, results: list[Result]) -> Answer:
    """Return the stored answer of one row's checks: worst verdict, holder, skills. Keeps their receipts."""
    worst = uploads.Several(tuple(results)).verdict
    kept = [receipts.keep(session, result) for result in results]
    entries = [(entry, shown(entry)) for result in results for entry in result.entries]
    holders = {one.holder for _, one in entries if one.holder}
    whole = next((one.whole for _, one in entries if one.whole), None)
    answer: Answer = {
        "verdict": worst.value,
        "code": next((result.code for result in results if result.code), ""),
        "receipt": next((number for number in kept if number), None),
        "checked_at": results[0].checked_at.isoformat(),
        "skills": [
            [
                one.skill,
                one.whole.level if one.whole else None,
                entry.verdict.value,
                one.whole.confirmed if one.whole else False,
            ]
            for entry, one in entries
            if one.skill
        ],
    }
    if len(holders) == 1:
        answer["holder"] = holders.pop()
        answer["school"] = whole.school if whole else None
    elif holders:
        answer["problem"] = "several people"
    return answer


def _done(row: Row, state: RowState, group: Group, answer: Answer) -> None:
    """Store a row's answer and drop its content, which is no longer needed."""
    row.state, row.shown_in, row.content = state, group, None
    row.answer = json.dumps(answer, ensure_ascii=False)


def _close(session: Session, batch: Batch, at: datetime) -> None:
    """Close a list without open rows: as failed if any row was given up, otherwise as done."""
    db.checking.desk.lock(session, batch)
    if batch.state is not BatchState.RECEIVED or db.checking.desk.open_rows(session, batch.id):
        return
    batch.state = BatchState.FAILED if db.checking.desk.count_failed(session, batch.id) else BatchState.DONE
    batch.done_at = at
    session.flush()
