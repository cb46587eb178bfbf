"""Batches of paper for a ceremony: a coordinator prints the shares that students let their school print.

A share belongs to its student: without their permission the school does not see that it exists. Each printing
is recorded in the student's access log. A batch is deleted after seven days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from passport import db
from passport.adapters.printing import CannotPrint, Layout, NoGlyph, Sheet
from passport.db import Session
from passport.db.credentials.records import CredentialState
from passport.db.people.accounts import Account
from passport.db.programmes.programme import School
from passport.db.sharing.prints import Print, PrintSheet, PrintState
from passport.db.sharing.shares import Share
from passport.services.core import audit
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.evidence import reading_log
from passport.services.sharing import printouts, shares
from passport.services.sharing.printouts import Phrases, Press

log = structlog.get_logger()

MOST_SHEETS = 100
KEPT = timedelta(days=7)
SILENT = timedelta(minutes=2)
MOST_TRIES = 3
OVER, LETTERS, DAMAGED, NOTHING_PRINTS = "over", "letters", "damaged", "nothing-prints"


def allow(session: Session, account: Account, reference: str, *, allowed: bool, at: datetime) -> Share:
    """Set whether the school may print the student's share. Raises NotFound unless it is active."""
    share = shares.own(session, account, reference)
    db.sharing.shares.lock(session, share)
    if not shares.is_active(share, at):
        raise NotFound
    if share.for_school is not allowed:
        share.for_school = allowed
        action = "share.school-may-print" if allowed else "share.school-may-not-print"
        audit.record(session, at, account.reference, action, share.reference)
    return share


def offered(session: Session, account: Account, at: datetime) -> list[Share]:
    """Return the shares that a coordinator may print now. Raises NotFound for any other role."""
    return db.sharing.prints.offered(session, _school(account).id, today(at))


def of_school(session: Session, account: Account) -> list[Print]:
    """Return the school's batches, newest first."""
    return db.sharing.prints.of_school(session, _school(account).id)


def own(session: Session, account: Account, reference: str) -> Print:
    """Return a batch of the coordinator's own school. Raises NotFound for another school's."""
    found = db.sharing.prints.own(session, _school(account).id, reference)
    if found is None:
        raise NotFound
    return found


def ask(
    session: Session,
    account: Account,
    references: list[str],
    layout: Layout,
    phrases: Phrases,
    at: datetime,
    *,
    grey: bool,
) -> Print:
    """Request a batch of these shares. Raises Refused for none, too many, or one no longer offered."""
    chosen = [share for share in offered(session, account, at) if share.reference in references]
    if not chosen or len(chosen) != len(set(references)):
        raise Refused(Reason.NO_STUDENT_CHOSEN)
    if len(chosen) > MOST_SHEETS:
        raise Refused(Reason.TOO_MANY_SHEETS)
    made = Print(
        school_id=_school(account).id,
        asked_by_id=account.id,
        state=PrintState.RECEIVED,
        layout=layout.value,
        grey=grey,
        phrases=phrases.as_json(),
        asked_at=at,
        sheets=[PrintSheet(share_id=share.id) for share in chosen],
    )
    session.add(made)
    session.flush()
    audit.record(session, at, account.reference, "print.asked", made.reference, sheets=len(chosen))
    return made


def unfinished(session: Session, at: datetime) -> list[int]:
    """Return the batches that wait, or whose worker has stopped reporting progress."""
    return db.sharing.prints.unfinished(session, at, at - SILENT)


def claim(session: Session, number: int, at: datetime) -> bool:
    """Claim a batch; return False if another worker has it. A batch that failed too often is given up."""
    if not db.sharing.prints.claim(session, number, at - SILENT, at):
        return False
    taken = session.get_one(Print, number, populate_existing=True)
    if taken.tries > MOST_TRIES:
        taken.state, taken.done_at = PrintState.FAILED, at
        return False
    return True


def sheet(session: Session, number: int, place: int, public_url: str, at: datetime) -> Sheet | str:
    """Return the sheet at a place of a batch, or the reason why there is none.

    Reasons: the share has ended, the school may no longer print it, or a stored document of it is damaged.
    """
    batch = session.get_one(Print, number)
    share = batch.sheets[place].share
    if not share.for_school or not shares.is_active(share, at) or share.student.school_id != batch.school_id:
        return OVER
    try:
        return printouts.sheet_of(session, share, Phrases.from_json(batch.phrases), public_url)
    except printouts.Unreadable as error:
        log.error("a stored entry cannot be printed", credential=str(error))
        return DAMAGED


def size(session: Session, number: int) -> int:
    """Return the number of sheets in a batch."""
    return len(session.get_one(Print, number).sheets)


def note_progress(session: Session, number: int, ready: int, at: datetime) -> None:
    """Record a batch's progress, which also shows that its worker is alive."""
    batch = session.get_one(Print, number)
    batch.ready, batch.claimed_at = ready, at


def how(session: Session, number: int) -> Press:
    """Return the print settings of a batch."""
    batch = session.get_one(Print, number)
    phrases, layout = Phrases.from_json(batch.phrases), Layout(batch.layout)
    return Press.of(batch.asked_by.programme, phrases, layout, grey=batch.grey)


def press(how: Press, sheets: list[Sheet | str], public_url: str) -> tuple[bytes | None, dict[int, str]]:
    """Print the sheets in one document; return it, and the reason by place for each sheet left out.

    Slow: call it outside of a transaction.
    """
    left_out = {place: one for place, one in enumerate(sheets) if isinstance(one, str)}
    while True:
        chosen = {
            place: one for place, one in enumerate(sheets) if isinstance(one, Sheet) and place not in left_out
        }
        if not chosen:
            return None, left_out
        try:
            return printouts.pdf(list(chosen.values()), how, public_url), left_out
        except NoGlyph as error:
            left_out[list(chosen)[error.sheet]] = LETTERS
        except CannotPrint as error:
            log.error("nothing can be printed here", reason=str(error))
            return None, left_out | dict.fromkeys(chosen, NOTHING_PRINTS)


def finish(
    session: Session, number: int, document: bytes | None, left_out: dict[int, str], at: datetime
) -> None:
    """Store the document and record for each student what was printed. Idempotent."""
    batch = session.get_one(Print, number)
    session.refresh(batch, ["state"], with_for_update=True)
    if batch.state is not PrintState.RECEIVED:
        return
    batch.state = PrintState.FAILED if document is None else PrintState.DONE
    batch.document, batch.done_at, batch.ready = document, at, len(batch.sheets)
    for place, one in enumerate(batch.sheets):
        one.left_out = left_out.get(place, "")
        if one.left_out:
            continue
        for entry in one.share.credentials:
            if entry.state is CredentialState.ISSUED:
                reading_log.record(session, batch.asked_by, entry.student_id, at, credential=entry)
    audit.record(session, at, batch.asked_by.reference, f"print.{batch.state.value}", batch.reference)


def give_up(session: Session, number: int, at: datetime) -> None:
    """Mark a batch as failed; its page says that no sheets were made."""
    batch = session.get_one(Print, number, with_for_update=True, populate_existing=True)
    if batch.state is PrintState.RECEIVED:
        batch.state, batch.done_at = PrintState.FAILED, at


def is_over(session: Session, at: datetime) -> bool:
    """Return whether a batch has expired."""
    return bool(db.sharing.prints.over(session, at - KEPT))


def purge_due(session: Session, at: datetime) -> int:
    """Delete batches older than seven days; return their number."""
    gone = db.sharing.prints.over(session, at - KEPT)
    for batch in gone:
        batch.state, batch.document, batch.sheets = PrintState.PURGED, None, []
    return len(gone)


def _school(account: Account) -> School:
    if not allows(account.roles, Action.SHARE, How.BATCH_PRINT) or account.staff is None:
        raise NotFound
    return account.staff.school
