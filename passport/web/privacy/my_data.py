"""See my data: what the service holds of the signed-in student, to read and to take along."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.adapters import printing
from passport.services.core.dates import today
from passport.services.core.rights import Action, How
from passport.services.privacy import my_data
from passport.web.core import route_access as who
from passport.web.core.filters import as_date
from passport.web.core.runtime import runtime
from passport.web.core.work import reading_own
from passport.web.privacy import readable
from passport.web.sharing import paper

blueprint = Blueprint("my_data", __name__, url_prefix="/my-data")


@blueprint.get("")
@who.may(Action.OWN_RECORD, How.OWN)
def show() -> ResponseReturnValue:
    """Show everything that the student may see, folded by section."""
    with reading_own() as work:
        copy = my_data.copy_of(work.session, work.account, work.at, with_files=False)
        return render_template("privacy/my_data.html", parts=[readable.part_of(one) for one in copy.chapters])


@blueprint.post("")
@who.may(Action.OWN_RECORD, How.OWN)
def download() -> ResponseReturnValue:
    """Send a ZIP file of the data: readable, as tables, with files and entries."""
    with reading_own() as work:
        copy = my_data.copy_of(work.session, work.account, work.at, with_files=True)
        parts = [readable.part_of(one) for one in copy.chapters]
        name, colour = work.account.name, work.account.programme.colour
        note = render_template("privacy/read_me.txt", account=work.account, now=work.at)
    # after the transaction: a PDF is slow to lay out, and files are read
    record = printing.record_pdf(
        [(one.title, [(block.title, block.rows) for block in one.blocks]) for one in parts if one.blocks],
        paper.phrases().labels,
        title=_("What Skills Passport holds of %(name)s", name=name),
        footer=_("Made on %(day)s", day=as_date(copy.made_at)),
        colour=colour,
    )
    files = [("READ-ME.txt", note.replace("\n", "\r\n").encode()), ("your-data.pdf", record)]
    packed = my_data.packed([*files, *copy.files(runtime().private)])
    answer: Response = send_file(
        packed,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"my-data-{today(copy.made_at).isoformat()}.zip",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
