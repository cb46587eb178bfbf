"""Champions: their accounts, and their attachments to schools, each with a first and a last day."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action
from passport.services.people import champions, staff
from passport.services.programmes import schools
from passport.services.trust import employers
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form, OneOf, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import NameField, NeededDay, PersonForm, done

blueprint = Blueprint("champions", __name__, url_prefix="/manage/champions")


class ChampionForm(PersonForm):
    """The person, and their employer."""

    job_title = NameField(_l("Job title"), missing=_l("Enter the job title"))
    employer = OneOf(_l("Which employer?"), message=_l("Choose the employer"))


class AttachForm(Form):
    """The school, and the first and the last day."""

    school = OneOf(_l("Which school?"), message=_l("Choose the school"))
    since = NeededDay(_l("From which day?"), missing=_l("Enter the first day"))
    until = NeededDay(_l("Until which day?"), missing=_l("Enter the last day"))


@blueprint.get("")
@who.may(Action.ATTACH_CHAMPION)
def listed() -> ResponseReturnValue:
    """List the champions and their schools, and what ends soon."""
    with reading_own() as work:
        everybody = champions.listed(work.session, work.account, work.at)
        return render_template("people/champions/list.html", account=work.account, everybody=everybody)


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.ATTACH_CHAMPION)
def new() -> ResponseReturnValue:
    """Make an account for a champion."""
    form = ChampionForm()
    with reading_own() as work:
        going_on = [one for one in employers.listed(work.session, work.account) if one.issuer.until is None]
        form.employer.choices = named({one.issuer.slug: one.name for one in going_on})
    if form.validate_on_submit():
        typed = (
            form.employer.data,
            form.name.data or "",
            form.email.data or "",
            form.job_title.data or "",
        )
        made = done(
            form,
            lambda work: champions.make(work.session, work.account, *typed, work.at).account.reference,
        )
        if made:
            flash(_("%(name)s has an account now. Attach a school, then send the invitation.", name=typed[1]))
            return redirect(url_for("champions.show", reference=made))
    return render_template("people/champions/new.html", form=form)


@blueprint.get("/<reference>")
@who.may(Action.ATTACH_CHAMPION)
def show(reference: str) -> ResponseReturnValue:
    """Show one champion: schools, days, and the state of the invitation."""
    with reading_own() as work:
        champion = champions.find(work.session, work.account, reference, lock=False)
        lines = champions.of_champion(work.session, champion, work.at)
        invited = staff.line(work.session, champion.account, work.at)
        return render_template(
            "people/champions/show.html", champion=champion, lines=lines, invited=invited, form=Form()
        )


@blueprint.route("/<reference>/attach", methods=["GET", "POST"])
@who.may(Action.ATTACH_CHAMPION)
def attach(reference: str) -> ResponseReturnValue:
    """Attach a champion to a school."""
    form = AttachForm()
    with reading_own() as work:
        name = champions.find(work.session, work.account, reference, lock=False).account.name
        offered = schools.listed(work.session, work.account, work.at)
        form.school.choices = named({line.school.reference: line.school.name for line in offered})
    if form.validate_on_submit() and form.since.data and form.until.data:
        typed = reference, form.school.data, form.since.data, form.until.data
        if done(form, lambda work: champions.attach(work.session, work.account, *typed, work.at).reference):
            flash(_("Attached."))
            return redirect(url_for("champions.show", reference=reference))
    return render_template("people/champions/attach.html", form=form, reference=reference, name=name)


@blueprint.post("/attachments/<reference>/end")
@who.may(Action.ATTACH_CHAMPION)
def end(reference: str) -> ResponseReturnValue:
    """End an attachment now."""
    with changing_own() as work:
        ended = champions.end(work.session, work.account, reference, work.at)
        whose = ended.champion.account.reference
    flash(_("Ended. They see nothing of this school any more."))
    return redirect(url_for("champions.show", reference=whose))


@blueprint.post("/<reference>/invite")
@who.may(Action.ATTACH_CHAMPION)
def invite(reference: str) -> ResponseReturnValue:
    """Send the invitation, or a new one."""
    with changing_own() as work:
        champions.find(work.session, work.account, reference, lock=False)
        staff.invite(work.session, work.account, reference, runtime().settings.public_url, work.at)
    job_queue.wake()
    flash(_("The invitation is on its way."))
    return redirect(url_for("champions.show", reference=reference))
