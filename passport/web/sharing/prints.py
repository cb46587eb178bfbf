"""Batch printing for a ceremony: a coordinator chooses among the shares that may be printed."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from passport.adapters.printing import Layout
from passport.jobs import queue as job_queue
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action, How
from passport.services.sharing import prints
from passport.web.core import route_access as who
from passport.web.core.widgets import AnyOf, Form, OneOf, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.sharing.paper import phrases

if TYPE_CHECKING:
    from passport.db.sharing.prints import Print

blueprint = Blueprint("prints", __name__, url_prefix="/prints")


class PrintForm(Form):
    """The students' sheets, their layout and the ink."""

    sheets = AnyOf(
        _l("Whose sheets do you want to print?"),
        message=_l("Choose at least one student"),
        gone=_l("One of the students that you chose has stopped sharing. Choose again."),
    )
    layout = OneOf(
        _l("What do you want to print?"),
        message=_l("Choose what you want to print"),
        choices=choices("sheet", "large", "card", "cardpage"),
    )
    ink = OneOf(
        _l("In colour or in grey?"),
        message=_l("Choose colour or grey"),
        choices=choices("colour", "grey"),
    )

    def validate_sheets(self, field: AnyOf) -> None:
        """Require at most the number of sheets that are printed at once."""
        count, most = len(field.data or []), prints.MOST_SHEETS
        if count > most:
            words = _(
                "You chose %(count)s students. Choose at most %(most)s, and print the others after them",
                count=count,
                most=most,
            )
            raise ValidationError(words)


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.SHARE, How.BATCH_PRINT)
def new() -> ResponseReturnValue:
    """Choose what to print; earlier batches are listed below."""
    form = PrintForm()
    with reading_own() as work:
        offered = prints.offered(work.session, work.account, work.at)
        form.sheets.choices = named({share.reference: share.student.account.name for share in offered})
        if not form.validate_on_submit():
            batches = prints.of_school(work.session, work.account)
            school = work.account.staff.school if work.account.staff else None
            return render_template(
                "sharing/prints/new.html", form=form, offered=offered, batches=batches, school=school
            )
    with changing_own() as work:
        layout, chosen, is_grey = Layout(form.layout.data), form.sheets.data or [], form.ink.data == "grey"
        made = prints.ask(work.session, work.account, chosen, layout, phrases(), work.at, grey=is_grey)
    job_queue.wake()
    return redirect(url_for("prints.show", reference=made.reference))


@blueprint.get("/<reference>")
@who.may(Action.SHARE, How.BATCH_PRINT)
def show(reference: str) -> ResponseReturnValue:
    """Show the progress of a batch, or its document."""
    with reading_own() as work:
        batch = prints.own(work.session, work.account, reference)
        left_out = [sheet for sheet in batch.sheets if sheet.left_out]
        return render_template(
            "sharing/prints/show.html", batch=batch, left_out=left_out, gone=batch.asked_at + prints.KEPT
        )


@blueprint.get("/<reference>/progress")
@who.may(Action.SHARE, How.BATCH_PRINT)
def progress(reference: str) -> ResponseReturnValue:
    """Return the progress, for the page's script."""
    with reading_own() as work:
        batch = prints.own(work.session, work.account, reference)
        finished = batch.state != "received"
        return jsonify(done=batch.ready, total=len(batch.sheets), finished=finished)


@blueprint.get("/<reference>/sheets.pdf")
@who.may(Action.SHARE, How.BATCH_PRINT)
def document(reference: str) -> ResponseReturnValue:
    """Send all sheets in one document."""
    with reading_own() as work:
        content = _content(prints.own(work.session, work.account, reference))
    return send_file(BytesIO(content), "application/pdf", download_name=_("sheets") + ".pdf", etag=False)


def _content(batch: Print) -> bytes:
    if batch.document is None:
        raise NotFound
    return batch.document
