"""Photos and PDFs of evidence: added on a page of their own, so that a bad connection loses no text."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from passport.adapters.files import StoreUnavailable
from passport.jobs import queue as job_queue
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.evidence import drafting, evidence_files
from passport.services.evidence.evidence_files import FileKind
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form
from passport.web.core.work import changing_own, reading_own

log = structlog.get_logger()
blueprint = Blueprint("evidence_files", __name__)
# twice the limit of a file, so that a larger photo gets this page's error message
LARGEST_BODY = 2 * evidence_files.MAX_BYTES
SANDBOX = "default-src 'none'; sandbox"
TYPES = {FileKind.PHOTO: ("image/jpeg", "jpg"), FileKind.DOCUMENT: ("application/pdf", "pdf")}
OF_A_FILE = {
    Reason.FILE_EMPTY,
    Reason.FILE_TOO_LARGE,
    Reason.FILE_KIND,
    Reason.FILE_NOT_KEPT,
    Reason.FILE_CUT_OFF,
    Reason.TOO_MANY_FILES,
    Reason.TOO_MANY_FILES_TODAY,
}


@blueprint.before_app_request
def let_photos_in() -> ResponseReturnValue | None:
    """Raise the request size limit for a student's photo, before the form is read for its token.

    Of an upload that was cut off nothing can be read, not even its token: it is refused here and changes
    nothing.
    """
    if request.endpoint != "evidence_files.add" or request.method != "POST":
        return None
    user = current()
    if user is None or not allows(user.roles, Action.WRITE_EVIDENCE):
        return None
    request.max_content_length = LARGEST_BODY
    if _arrived_whole():
        return None
    return _page((request.view_args or {}).get("reference", ""), _why(Refused(Reason.FILE_CUT_OFF)))


def _arrived_whole() -> bool:
    if request.mimetype != "multipart/form-data":
        return True
    try:
        return "csrf_token" in request.form
    except (RequestEntityTooLarge, ClientDisconnected):
        return False


@blueprint.route("/evidence/<reference>/files", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE)
def add(reference: str) -> ResponseReturnValue:
    """Add a photo or a PDF, and show the state of those already added."""
    problem, status = "", 400
    if request.method == "POST":
        try:
            _take(reference, _sent())
            job_queue.wake()
            flash(_("Added."))
            return redirect(url_for("evidence_files.add", reference=reference), 303)
        except Refused as error:
            problem = _why(error)
            status = 503 if error.reason is Reason.FILE_NOT_KEPT else status
    return _page(reference, problem, status)


def _page(reference: str, problem: str, status: int = 400) -> ResponseReturnValue:
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        if mine.state not in drafting.EDITABLE:
            return redirect(url_for("evidence.show", reference=reference))
        page = render_template(
            "evidence/files.html",
            evidence=mine,
            files=evidence_files.mine(work.session, mine),
            most=evidence_files.MOST,
            problem=problem,
            form=Form(),
        )
        return page, status if problem else 200


def _sent() -> bytes:
    """Return the file of the request. Raises Refused if there is none."""
    sent = request.files.get("file")
    data = sent.stream.read(evidence_files.MAX_BYTES + 1) if sent else b""
    if not data:
        raise Refused(Reason.FILE_EMPTY)
    return data


def _take(reference: str, data: bytes) -> None:
    """Store the bytes between two transactions, so that a slow store blocks no other writer."""
    with reading_own() as work:
        evidence_files.require_room(work.session, work.account, reference, work.at)
    try:
        stored = evidence_files.store(runtime().private, data)
    except StoreUnavailable as error:
        log.error("a file cannot be stored", reason=str(error))
        raise Refused(Reason.FILE_NOT_KEPT) from error
    with changing_own() as work:
        evidence_files.add(work.session, work.account, reference, stored, work.at)


def _why(error: Refused) -> str:
    """Return what is wrong with a file, and what to do. Re-raises a refusal that is not about the file."""
    if error.reason not in OF_A_FILE:
        raise error
    return refusals.at_box(error)


@blueprint.post("/evidence/<reference>/files/<file>/remove")
@who.may(Action.WRITE_EVIDENCE)
def remove(reference: str, file: str) -> ResponseReturnValue:
    """Remove a file."""
    with changing_own() as work:
        evidence_files.remove(work.session, work.account, reference, file, work.at)
    flash(_("Removed."))
    return redirect(url_for("evidence_files.add", reference=reference))


@blueprint.get("/files/<reference>")
@who.may(Action.READ_EVIDENCE)
def show(reference: str) -> ResponseReturnValue:
    """Send a photo to view, or a PDF to save. Neither is ever shown as a page of this site."""
    with changing_own() as work:
        found = evidence_files.opened(work.session, work.account, reference, work.at)
    content = runtime().private.read(found.name)
    if content is None:
        log.error("a clean file is not in the store", file=reference)
        raise NotFound
    mimetype, ending = TYPES[found.kind]
    response = Response(content, mimetype=mimetype)
    way = "inline" if found.kind is FileKind.PHOTO else "attachment"
    name = f"{found.kind.value}-{found.number}.{ending}"
    response.headers.set("Content-Disposition", way, filename=name)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
