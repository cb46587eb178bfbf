"""Employers: one manager requests that one is added or that its part ends; another one decides."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes import sectors
from passport.services.trust import employers
from passport.services.trust.employers import RequestState, Tools
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form, OneOf, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import NameField, done, needed

blueprint = Blueprint("employers", __name__, url_prefix="/manage/employers")


class EmployerForm(Form):
    """The name that is signed, the word for addresses, and the sector."""

    name = NameField(_l("Name of the employer"), missing=_l("Enter the name of the employer"))
    slug = needed(_l("Short word for its address"), _l("Enter the short word"))
    sector = OneOf(_l("Which sector?"), message=_l("Choose the sector"))


@blueprint.get("")
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List the employers, and the requests that wait for a second manager or for the operator."""
    with reading_own() as work:
        return render_template(
            "trust/employers/list.html",
            account=work.account,
            employers=employers.listed(work.session, work.account),
            requests=employers.requests(work.session, work.account),
        )


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.KEYS, How.TWO_PEOPLE)
@fresh
def new() -> ResponseReturnValue:
    """Request that an employer is added."""
    form = EmployerForm()
    with reading_own() as work:
        offered = sectors.offered(work.session, work.account)
        form.sector.choices = named({one.reference: one.name for one in offered})
    if form.validate_on_submit():
        typed = form.name.data or "", form.slug.data or "", form.sector.data
        asked = done(
            form,
            lambda work: employers.ask_to_begin(work.session, work.account, *typed, work.at).reference,
        )
        if asked:
            flash(_("Asked. Another manager has to confirm it. Until then nothing changes."))
            return redirect(url_for("employers.request", reference=asked))
    return render_template("trust/employers/new.html", form=form)


@blueprint.get("/<slug>")
@who.may(Action.STRUCTURE)
def show(slug: str) -> ResponseReturnValue:
    """Show one employer and its champions."""
    with reading_own() as work:
        employer = employers.find(work.session, work.account, slug)
        champions = employers.champions_of(work.session, employer)
        return render_template(
            "trust/employers/show.html", employer=employer, champions=champions, form=Form()
        )


@blueprint.post("/<slug>/end")
@who.may(Action.KEYS, How.TWO_PEOPLE)
@fresh
def end(slug: str) -> ResponseReturnValue:
    """Request that an employer's part ends."""
    with changing_own() as work:
        asked = employers.ask_to_end(work.session, work.account, slug, work.at).reference
    flash(_("Asked. Another manager has to confirm it. Until then nothing changes."))
    return redirect(url_for("employers.request", reference=asked))


@blueprint.get("/requests/<reference>")
@who.may(Action.KEYS, How.TWO_PEOPLE)
def request(reference: str) -> ResponseReturnValue:
    """Show one request: its content, who asked, who decided."""
    with reading_own() as work:
        asked = employers.request(work.session, work.account, reference)
        return render_template("trust/employers/request.html", account=work.account, asked=asked, form=Form())


@blueprint.post("/requests/<reference>/approve")
@who.may(Action.KEYS, How.TWO_PEOPLE)
@fresh
def approve(reference: str) -> ResponseReturnValue:
    """Approve a request as the second of two; its keys and the next registry are made at once if possible."""
    service = runtime()
    place = service.key_place()
    tools = Tools(service.keys, place, service.settings.public_url, service.demo)
    with changing_own() as work:
        asked = employers.approve(work.session, tools, work.account, reference, work.at)
        is_done = asked.state is RequestState.DONE
    if is_done:
        job_queue.publish_due(service)
    with reading_own() as work:
        employers.destroy_spent(work.session, place)
    flash(
        _("Done. Everybody who checks knows it from now on.")
        if is_done
        else _("Confirmed. The operator of the service finishes it with the key that is kept offline.")
    )
    return redirect(url_for("employers.request", reference=reference))


@blueprint.post("/requests/<reference>/refuse")
@who.may(Action.KEYS, How.TWO_PEOPLE)
def refuse(reference: str) -> ResponseReturnValue:
    """Refuse a request; for one's own request the same button cancels it."""
    with changing_own() as work:
        try:
            employers.refuse(work.session, work.account, reference, work.at)
        except Refused as refused:
            if refused.reason is not Reason.REQUEST_OWN:
                raise
            employers.cancel(work.session, work.account, reference, work.at)
    flash(_("Nothing changes."))
    return redirect(url_for("employers.request", reference=reference))
