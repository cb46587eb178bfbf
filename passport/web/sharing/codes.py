"""Downloads of a share: its codes as pictures, on paper, and as plain text for an application form."""

from __future__ import annotations

import gzip
from collections.abc import Collection
from io import BytesIO
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.errors import NotFound
from passport.services.core.rights import Action
from passport.services.sharing import codes, printouts, prints, shares
from passport.services.sharing.printouts import CannotPrint, Layout, NoGlyph, Press, Unreadable
from passport.web.checking.soundness import look, unsound
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.sharing.paper import phrases

if TYPE_CHECKING:
    from passport.adapters.qr import Code
    from passport.db.sharing.shares import Share

log = structlog.get_logger()
blueprint = Blueprint("codes", __name__, url_prefix="/shares")
MEDIA_TYPES = {"svg": codes.SVG, "png": codes.PNG}


@blueprint.get("/<reference>/qr.<any(svg, png):picture>")
@who.may(Action.SHARE)
def picture(reference: str, picture: str) -> ResponseReturnValue:
    """Send the QR code of a share's address."""
    with reading_own() as work:
        code = codes.of_share(active(work, reference), runtime().settings.public_url)
    return _picture(code, picture)


@blueprint.get("/<reference>/entries/<entry>/qr.<any(svg, png):picture>")
@who.may(Action.SHARE)
def entry_picture(reference: str, entry: str, picture: str) -> ResponseReturnValue:
    """Send the QR code that contains one of its entries."""
    published = look()
    with reading_own() as work:
        share = active(work, reference)
        code = codes.find(share, entry, runtime().settings.public_url)
        if entry in unsound(work, published, share.credentials):
            raise NotFound
    return _picture(code, picture)


@blueprint.get("/<reference>/code.txt")
@who.may(Action.SHARE)
def text(reference: str) -> ResponseReturnValue:
    """Send the code, the address and the entries as plain text."""
    published = look()
    with reading_own() as work:
        share = active(work, reference)
        written = plain_text(share, unsound(work, published, share.credentials))
    file = BytesIO(written.encode())
    return send_file(file, "text/plain", as_attachment=True, download_name="skills-passport.txt", etag=False)


@blueprint.get("/<reference>/print/<any(sheet, large, card, cardpage):layout>-<any(colour, grey):ink>.pdf")
@who.may(Action.SHARE)
def paper(reference: str, layout: str, ink: str) -> ResponseReturnValue:
    """Send the share as a PDF to print, or a page that says which name cannot be printed, and what to do."""
    public_url, said = runtime().settings.public_url, phrases()
    published = look()
    with reading_own() as work:
        share = active(work, reference)
        damaged = unsound(work, published, share.credentials)
        if damaged and not any(printouts.is_printed(entry, damaged) for entry in share.credentials):
            return render_template(
                "sharing/codes/not_printed.html", share=share, why="damaged", damaged=damaged
            ), 422
        try:
            sheet = printouts.sheet_of(work.session, share, said, public_url, damaged)
        except Unreadable as error:  # no check could be made, and an entry is damaged nevertheless
            log.error("a stored entry cannot be printed", credential=str(error))
            return render_template(
                "sharing/codes/not_printed.html", share=share, why="damaged", damaged={str(error)}
            ), 422
        press = Press.of(work.account.programme, said, Layout(layout), grey=ink == "grey")
    try:
        made = printouts.pdf([sheet], press, public_url)
    except NoGlyph as error:
        return render_template(
            "sharing/codes/not_printed.html", share=share, why="letters", name=error.text
        ), 422
    except CannotPrint as error:
        log.error("nothing can be printed here", reason=str(error))
        return render_template("sharing/codes/not_printed.html", share=share, why="nothing-prints"), 503
    name = printouts.file_name(share, Layout(layout))
    return send_file(BytesIO(made), "application/pdf", download_name=name, etag=False)


@blueprint.post("/<reference>/school")
@who.may(Action.SHARE)
def school(reference: str) -> ResponseReturnValue:
    """Allow or forbid the school to print a share."""
    allowed = request.form.get("allowed") == "1"
    with changing_own() as work:
        prints.allow(work.session, work.account, reference, allowed=allowed, at=work.at)
    flash(_("Your school may print this.") if allowed else _("Your school may not print this."))
    return redirect(url_for("shares.show", reference=reference, _anchor="school"))


def active(work: OwnWork, reference: str) -> Share:
    """Return one of the student's own shares while its code works. Raises NotFound."""
    share = shares.own(work.session, work.account, reference)
    if not shares.is_active(share, work.at):
        raise NotFound
    return share


def plain_text(share: Share, damaged: Collection[str], *, short: bool = False) -> str:
    """Return the share as plain text, for forms without pictures; ``short``: only its code and address.

    Entries whose references are in ``damaged`` are left out: a check would not confirm what the text says.
    """
    address = shares.address(share, runtime().settings.public_url)
    code = shares.pretty_code(share)
    entries = [entry for entry in share.credentials if printouts.is_printed(entry, damaged)]
    made = render_template(
        "sharing/codes/_text.html", share=share, entries=entries, code=code, address=address, short=short
    )
    return "\n".join(line.strip() for line in made.splitlines() if line.strip())


def _picture(code: Code, form: str) -> Response:
    drawn = codes.picture(code, MEDIA_TYPES[form])
    response = Response(drawn, mimetype=MEDIA_TYPES[form])
    if form == "svg" and request.accept_encodings["gzip"]:
        # a page with many entries has many pictures; compressed they have a quarter of the size
        response.set_data(gzip.compress(drawn, mtime=0))
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    return response
