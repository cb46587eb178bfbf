"""The public desk: up to fifty rows or files, without an account and without a cookie.

Everyone with the address of a list may see and delete it. The address cannot be guessed and is only given to
the sender.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Self

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from passport.jobs import queue as job_queue
from passport.limits import LISTS
from passport.services.checking import desk
from passport.services.checking.desk import Batch, BatchState, Group, packed, receiving, tables
from passport.services.checking.desk.packed import Packed
from passport.services.checking.desk.tables import Table
from passport.services.checking.handed_in import MAX_BYTES
from passport.services.core import paging
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.web.checking import desk_words as words
from passport.web.checking import reader_time, unknown_codes
from passport.web.core import limits, refusals
from passport.web.core import route_access as who
from passport.web.core.paging import page_number
from passport.web.core.work import Work, changing, reading

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
LOOKED_AT = 4096
PASTED = 256 * 1024
OVERHEAD = 1024 * 1024
GROUPS = tuple(Group)
WAIT_SECONDS = 2.0
# a list is held whole while it is taken in (`receiving.most_bytes`): so many at once in a process
_PLACES = BoundedSemaphore(2)


@blueprint.get("")
@who.public
def new() -> ResponseReturnValue:
    """Show the form for a list or files."""
    return form_page("desk", None)


@blueprint.post("")
@who.question
def take() -> ResponseReturnValue:
    """Store the posted list or files, and redirect to their page."""
    if seconds := limits.seconds_to_wait(LISTS):
        limits.come_again(seconds)
        return form_page("desk", None, problem=words.too_often(seconds), status=429)
    try:
        with taking_in():
            handed_in = HandedIn.read(None)
            with changing() as work:
                batch = handed_in.receive(work, None)
    except Refused as error:
        return form_page("desk", None, problem=refusals.at_box(error))
    limits.take(LISTS)
    job_queue.wake()
    return redirect(url_for("desk.show", reference=batch.reference), 303)


@blueprint.get("/<reference>")
@who.public
def show(reference: str) -> ResponseReturnValue:
    """Show the progress of a list, and its results."""
    with reading() as work:
        batch = desk.opened(work.session, reference)
        unknown_codes.count_once(reference, desk.unknown_codes(work.session, batch))
        return list_page("desk", work, batch)


@blueprint.get("/<reference>/progress")
@who.public
def progress(reference: str) -> ResponseReturnValue:
    """Return the progress, for the page's script."""
    with reading() as work:
        return told_progress(work, desk.opened(work.session, reference))


@blueprint.get("/<reference>/answer.csv")
@who.public
def answer(reference: str) -> ResponseReturnValue:
    """Return the list with its results as a file."""
    with reading() as work:
        batch = desk.opened(work.session, reference)
        unknown_codes.count_once(reference, desk.unknown_codes(work.session, batch))
        return answer_file(work, batch)


@blueprint.post("/<reference>/delete")
@who.question
def delete(reference: str) -> ResponseReturnValue:
    """Delete the list now."""
    with changing() as work:
        desk.delete(work.session, desk.opened(work.session, reference))
    return redirect(url_for("desk.show", reference=reference), 303)


@contextmanager
def taking_in() -> Iterator[None]:
    """Wait for one of the places in which lists are taken in. Raises Refused(LIST_BUSY) after two seconds."""
    if not _PLACES.acquire(timeout=WAIT_SECONDS):
        raise Refused(Reason.LIST_BUSY)
    try:
        yield
    finally:
        _PLACES.release()


@dataclass(frozen=True)
class HandedIn:
    """The content of a request: read to its end, unpacked or parsed, before anything is locked for it."""

    files: list[Packed]
    table: Table | None = None

    @classmethod
    def read(cls, institution: int | None) -> Self:
        """Read the request. Raises Refused if it is too large, empty or of a kind that is not taken."""
        request.max_content_length = receiving.most_bytes(institution) + OVERHEAD
        request.max_form_memory_size = PASTED
        try:
            files = [file for file in request.files.getlist("files") if file.filename]
            pasted = request.form.get("pasted", "").strip()
        except RequestEntityTooLarge as error:
            raise Refused(Reason.LIST_TOO_LARGE) from error
        if not files and not pasted:
            raise Refused(Reason.LIST_EMPTY)
        if not files:
            return cls([], tables.read(pasted.encode()))
        starts = [_start(file) for file in files]
        if len(starts) == 1:
            return cls._of_one(files[0], starts[0], institution)
        if any(packed.is_zip(start) or tables.is_old_workbook(start) or _is_list(start) for start in starts):
            raise Refused(Reason.LIST_MIXED)
        if len(starts) > receiving.most_files(institution):
            raise packed.too_many_files(len(starts), receiving.most_files(institution))
        return cls([_file(file) for file in files])

    @classmethod
    def _of_one(cls, file: FileStorage, start: bytes, institution: int | None) -> Self:
        if packed.is_zip(start) and packed.is_workbook(file.stream):
            return cls([], _workbook(file))
        if packed.is_zip(start):
            return cls(receiving.unpack(file.stream, institution))
        if tables.is_table(start):
            return cls([], tables.read(file.stream.read(tables.MAX_BYTES + 1)))
        return cls([_file(file)])

    def receive(self, work: Work, institution: int | None) -> Batch:
        """Store the content as a batch. Raises Refused; the caller must then roll back."""
        if self.table is not None:
            return receiving.receive_table(work.session, self.table, institution, work.at)
        return receiving.receive_files(work.session, self.files, institution, work.at)


def _workbook(file: FileStorage) -> Table:
    """Read a workbook within the reader time that the network may use."""
    try:
        with reader_time.counted():
            return tables.read(file.stream.read(tables.MAX_BYTES + 1))
    except reader_time.UsedUp as error:
        raise Refused(Reason.WORKBOOK_LATER, minutes=-(-error.retry_after // 60)) from error


def _start(file: FileStorage) -> bytes:
    start = file.stream.read(LOOKED_AT)
    file.stream.seek(0)
    return start


def _is_list(start: bytes) -> bool:
    """Return whether the start of a text is a table; a letter with a code in it is a file like any other."""
    return tables.is_table(start) and tables.has_headings(start)


def _file(file: FileStorage) -> Packed:
    name, content = packed.shown_name(file.filename or ""), file.stream.read(MAX_BYTES + 1)
    return Packed(name, b"", "too large") if len(content) > MAX_BYTES else Packed(name, content)


def form_page(place: str, institution: str | None, *, status: int = 400, **more: object) -> tuple[str, int]:
    """Render the form, again with what was pasted if there is a problem."""
    few = place == "desk"
    page = render_template(
        "checking/desk/new.html",
        place=place,
        institution=institution,
        rows=receiving.FEW_ROWS if few else receiving.ROWS,
        files=receiving.FEW_FILES if few else receiving.FILES,
        megabytes=(receiving.FEW_BYTES if few else receiving.MOST_BYTES) // receiving.MEGABYTE,
        pasted=_pasted_again() if more.get("problem") else "",
        **more,
    )
    return page, status if more.get("problem") else 200


def _pasted_again() -> str:
    try:
        return request.form.get("pasted", "")
    except RequestEntityTooLarge:
        return ""


def list_page(place: str, work: Work, batch: Batch) -> ResponseReturnValue:
    """Render the page of a list: in progress, done, or deleted."""
    if batch.state is BatchState.PURGED:
        return render_template("checking/desk/gone.html", place=place, batch=batch), 410
    told = desk.progress(work.session, batch)
    if batch.state is BatchState.RECEIVED:
        return render_template("checking/desk/working.html", place=place, batch=batch, progress=told)
    shown = request.args.get("show", "")
    first = next((group for group in GROUPS if told.groups.get(group)), Group.FOUND)
    group = Group(shown) if shown in set(GROUPS) else first
    page = paging.counted(page_number(), told.groups.get(group, 0), desk.PAGE)
    return render_template(
        "checking/desk/done.html",
        place=place,
        batch=batch,
        progress=told,
        groups=GROUPS,
        group=group,
        page=page,
        lines=desk.lines(work.session, batch, group, page.number),
        harmless=desk.harmless_cells(work.session, batch),
        repeated=desk.repeated(work.session, batch),
        words=words,
        layout=desk.layout_of(batch),
    )


def told_progress(work: Work, batch: Batch) -> ResponseReturnValue:
    """Return the progress as JSON."""
    told = desk.progress(work.session, batch)
    return {"done": told.done, "total": told.total, "finished": batch.state is not BatchState.RECEIVED}


def answer_file(work: Work, batch: Batch) -> ResponseReturnValue:
    """Return the answer as a CSV file for spreadsheets."""
    if batch.state not in {BatchState.DONE, BatchState.FAILED}:
        return redirect(request.path.rpartition("/")[0])
    lines = desk.all_lines(work.session, batch)
    ours = [words.columns(line) for line in lines]
    made = "".join(desk.as_csv(batch, lines, words.column_names(), ours))
    response = Response(made.encode(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=words.file_name(batch))
    return response
