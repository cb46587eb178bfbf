"""Sharing entries in steps: choose, set audience and end, preview, get a code."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from passport.jobs import queue as job_queue
from passport.services.checking import checks
from passport.services.checking.checks import Published
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action
from passport.services.sharing import codes, shares
from passport.web.checking.soundness import unsound
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import AnyOf, DayField, Form, OneOf, TextInput, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.programmes.frameworks.published import agreements
from passport.web.sharing.codes import plain_text

if TYPE_CHECKING:
    from passport.db.credentials.records import Credential
    from passport.db.sharing.shares import Share

blueprint = Blueprint("shares", __name__, url_prefix="/shares")
NOT_SHARED = "not_shared"


@blueprint.before_request
def not_shared() -> ResponseReturnValue | None:
    """Redirect from the steps of a share discarded with "Do not share yet", and say so."""
    thrown_away = session.get(NOT_SHARED)
    if thrown_away is None or (request.view_args or {}).get("reference") != thrown_away:
        return None
    flash(_("Not shared. Nobody can see anything."))
    return redirect(url_for("shares.mine"))


class ChooseForm(Form):
    """The entries to share: none is ticked beforehand."""

    entries = AnyOf(
        _l("Which entries do you want to share?"),
        message=_l("Choose at least one entry"),
        gone=_l("One of the entries that you chose has changed, so it cannot be shared now. Choose again."),
    )


class AudienceForm(Form):
    """The audience, and the last day."""

    audience = StringField(
        _l("Who is it for?"),
        [Length(max=shares.LONGEST_AUDIENCE, message=_l("Use at most %(max)d characters"))],
        description=_l("A note for yourself, like the name of a college. Nobody else sees it."),
        widget=TextInput(),
    )
    end = OneOf(
        _l("How long can they check it?"),
        message=_l("Choose how long they can check it"),
        choices=choices("not-yet", "usual", "other"),
    )
    until = DayField(_l("Last day"), wrong=_l("Enter a day that exists, like 14 3 2027"))

    def validate_audience(self, field: StringField) -> None:
        """Require an audience unless the answer is "Do not share yet"."""
        if self.end.data in {"usual", "other"} and not (field.data or "").strip():
            raise ValidationError(_("Enter who it is for"))

    def validate_until(self, field: DayField) -> None:
        """Require a day from today on, at most 24 months away, if the answer is "other"."""
        if self.end.data != "other":
            field.errors = []  # including the error of a day that does not count any more
            return
        if field.process_errors:
            return
        if field.data is None:
            raise ValidationError(_("Enter the last day"))
        if not shares.is_possible_end(field.data, runtime().clock()):
            raise ValidationError(_("Enter a day from today on, at most 24 months from now"))

    def last_day(self) -> date | None:
        """Return the chosen day, or None for "Do not share yet"."""
        usual = shares.usual_end(runtime().clock())
        return {"not-yet": None, "usual": usual, "other": self.until.data}[self.end.data]


@blueprint.get("")
@who.may(Action.SHARE)
def mine() -> ResponseReturnValue:
    """List the current and former shares."""
    published = checks.look(runtime().public)
    with reading_own() as work:
        listed = shares.mine(work.session, work.account)
        active = [share for share in listed if shares.is_active(share, work.at)]
        ended = [share for share in listed if share not in active]
        can_share = bool(_offered(work, published))
        return render_template(
            "sharing/mine.html", active=active, ended=ended, can_share=can_share, pretty=shares.pretty_code
        )


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.SHARE)
def new() -> ResponseReturnValue:
    """Choose entries for a new share."""
    published = checks.look(runtime().public)
    with reading_own() as work:
        form, page = _choose(work, published, None)
    if page:
        return page
    with changing_own() as work:
        share = shares.draft(work.session, work.account, form.entries.data or [], work.at)
        return redirect(url_for("shares.audience", reference=share.reference))


@blueprint.route("/<reference>/choose", methods=["GET", "POST"])
@who.may(Action.SHARE)
def choose(reference: str) -> ResponseReturnValue:
    """Choose other entries for a draft."""
    published = checks.look(runtime().public)
    with reading_own() as work:
        share = shares.own(work.session, work.account, reference)
        if share.state != "draft" and request.method == "GET":
            return redirect(url_for("shares.show", reference=reference))
        form, page = _choose(work, published, share)
    if page:
        return page
    with changing_own() as work:
        shares.set_choice(work.session, work.account, reference, form.entries.data or [])
    return redirect(url_for("shares.audience", reference=reference))


def _offered(work: OwnWork, published: Published) -> list[Credential]:
    """Return the entries that can be shared, without those that every check would refuse."""
    shareable = shares.shareable(work.session, work.account)
    damaged = unsound(work, published, shareable)
    return [entry for entry in shareable if entry.reference not in damaged]


def _choose(work: OwnWork, published: Published, share: Share | None) -> tuple[ChooseForm, str]:
    """Return the form, and its page unless a valid choice was sent."""
    offered = _offered(work, published)
    form = ChooseForm()
    form.entries.choices = named({entry.reference: entry.skill_name for entry in offered})
    if form.validate_on_submit():
        return form, ""
    if share and not form.is_submitted():
        form.fill(entries=[entry.reference for entry in share.credentials])
    return form, render_template("sharing/choose.html", form=form, offered=offered)


@blueprint.route("/<reference>/audience", methods=["GET", "POST"])
@who.may(Action.SHARE)
def audience(reference: str) -> ResponseReturnValue:
    """Set the audience and the last day."""
    form = AudienceForm()
    if form.validate_on_submit():
        until = form.last_day()
        with changing_own() as work:
            if until is None:
                shares.discard(work.session, work.account, reference)
                session[NOT_SHARED] = reference
                flash(_("Not shared. Nobody can see anything."))
                return redirect(url_for("shares.mine"))
            shares.address_it(work.session, work.account, reference, form.audience.data or "", until, work.at)
        return redirect(url_for("shares.preview", reference=reference))
    with reading_own() as work:
        share = shares.own(work.session, work.account, reference)
        if share.state != "draft":
            return redirect(url_for("shares.show", reference=reference))
        if not form.is_submitted():
            form.fill(audience=share.audience)
        usual = shares.usual_end(work.at)
        return render_template("sharing/audience.html", form=form, share=share, usual=usual)


@blueprint.route("/<reference>/preview", methods=["GET", "POST"])
@who.may(Action.SHARE)
def preview(reference: str) -> ResponseReturnValue:
    """Show exactly what others will see; on POST activate the code."""
    form = Form()
    if form.validate_on_submit():
        with changing_own() as work:
            share = shares.activate(work.session, work.account, reference, work.at)
        job_queue.make_codes_of(runtime(), share.id)
        return redirect(url_for("shares.show", reference=reference))
    published = checks.look(runtime().public)
    with reading_own() as work:
        share = shares.own(work.session, work.account, reference)
        if share.state != "draft":
            return redirect(url_for("shares.show", reference=reference))
        if share.until is None:
            return redirect(url_for("shares.audience", reference=reference))
        return render_template(
            "sharing/preview.html", form=form, share=share, **_seen(work, published, reference)
        )


@blueprint.get("/<reference>")
@who.may(Action.SHARE)
def show(reference: str) -> ResponseReturnValue:
    """Show the code, the QR and the address of a share, and all its downloads."""
    public_url = runtime().settings.public_url
    published = checks.look(runtime().public)
    with reading_own() as work:
        share = _with_code(work, reference)
        active = shares.is_active(share, work.at)
        damaged = unsound(work, published, share.credentials)
        sound = [entry for entry in share.entries if entry.credential.reference not in damaged]
        with_code = [entry for entry in sound if codes.of_entry(share, entry, public_url)]
        return render_template(
            "sharing/show.html",
            share=share,
            active=active,
            code=shares.pretty_code(share),
            address=shares.address(share, public_url),
            with_code=with_code if active else [],
            being_made=active and any(codes.is_being_made(entry) for entry in sound),
            texts=[plain_text(share, damaged, short=True), plain_text(share, damaged)] if active else [],
            damaged=damaged,
            left_out=[one.skill_name for one in share.credentials if one.reference in damaged],
            now=work.at,
            form=Form(),
        )


@blueprint.get("/<reference>/look")
@who.may(Action.SHARE)
def look(reference: str) -> ResponseReturnValue:
    """Show what others see of a share now. It is not counted as a check."""
    published = checks.look(runtime().public)
    with reading_own() as work:
        share = _with_code(work, reference)
        if not shares.is_active(share, work.at):
            return redirect(url_for("shares.show", reference=reference))
        return render_template("sharing/look.html", share=share, **_seen(work, published, reference))


@blueprint.post("/<reference>/stop")
@who.may(Action.SHARE)
def stop(reference: str) -> ResponseReturnValue:
    """Stop sharing at once."""
    with changing_own() as work:
        shares.stop(work.session, work.account, reference, work.at)
    job_queue.wake()
    flash(_("Stopped. The code shows nothing any more."))
    return redirect(url_for("shares.mine"))


def _seen(work: OwnWork, published: Published, reference: str) -> dict[str, object]:
    """Return what the public page shows."""
    max_age = runtime().settings.status_max_age
    result = checks.preview(work.session, published, work.account, reference, work.at, max_age)
    agreed = agreements(work.session, result)
    return {"result": result, "programme": work.account.programme, "agreed": agreed}


def _with_code(work: OwnWork, reference: str) -> Share:
    share = shares.own(work.session, work.account, reference)
    if share.code is None:
        raise NotFound
    return share
