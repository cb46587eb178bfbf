"""Colleges and universities that check often: their accounts and their API keys."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action
from passport.services.people import institutions, invitations, staff
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.programmes.managing import NameField, PersonForm, done

blueprint = Blueprint("institutions", __name__, url_prefix="/manage/institutions")


class InstitutionForm(Form):
    """The name of an institution."""

    name = NameField(_l("Name of the college or university"), missing=_l("Enter the name"))


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List the institutions, with a form to add one."""
    form = InstitutionForm()
    if form.validate_on_submit():
        name = form.name.data or ""
        added = done(
            form, lambda work: institutions.bring_in(work.session, work.account, name, work.at).reference
        )
        if added:
            flash(_("%(name)s is added. Give it people, a key or both.", name=name))
            return redirect(url_for("institutions.show", reference=added))
    with reading_own() as work:
        found = institutions.of_programme(work.session, work.account)
        return render_template(
            "people/institutions/list.html", account=work.account, form=form, institutions=found
        )


@blueprint.get("/<reference>")
@who.may(Action.STRUCTURE)
def show(reference: str) -> ResponseReturnValue:
    """Show one institution: its accounts and its keys."""
    with reading_own() as work:
        institution = institutions.own(work.session, work.account, reference)
        people = [
            staff.line(work.session, one, work.at)
            for one in institutions.accounts_of(work.session, institution)
        ]
        keys = institutions.keys_of(work.session, institution)
        return render_template(
            "people/institutions/show.html", institution=institution, people=people, keys=keys, form=Form()
        )


@blueprint.route("/<reference>/people/new", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def new_person(reference: str) -> ResponseReturnValue:
    """Make an account for a member of its admissions staff, and send the invitation."""
    form = PersonForm()
    if form.validate_on_submit():
        typed = reference, form.email.data or "", form.name.data or ""
        if done(form, lambda work: _invited(work, *typed)):
            job_queue.wake()
            flash(_("%(name)s has an account now. The invitation is on its way.", name=typed[2]))
            return redirect(url_for("institutions.show", reference=reference))
    with reading_own() as work:
        institution = institutions.own(work.session, work.account, reference)
        return render_template("people/institutions/person.html", form=form, institution=institution)


def _invited(work: OwnWork, reference: str, email: str, name: str) -> str:
    institution = institutions.own(work.session, work.account, reference)
    known = (one for one in institutions.accounts_of(work.session, institution) if one.email == email.lower())
    there = next(known, None)
    if there is not None and there.name == name:
        return there.reference  # a second click
    by = work.account.reference
    made = institutions.add_account(work.session, institution, email, name, None, work.at, by)
    invitations.invite(work.session, work.account, made, runtime().settings.public_url, work.at)
    return made.reference


@blueprint.post("/<reference>/people/<person>/invite")
@who.may(Action.STRUCTURE)
def invite(reference: str, person: str) -> ResponseReturnValue:
    """Send an invitation again."""
    with changing_own() as work:
        institutions.own(work.session, work.account, reference)
        staff.invite(work.session, work.account, person, runtime().settings.public_url, work.at)
    job_queue.wake()
    flash(_("The invitation is on its way."))
    return redirect(url_for("institutions.show", reference=reference))


@blueprint.post("/<reference>/keys")
@who.may(Action.STRUCTURE)
@fresh
def make_key(reference: str) -> ResponseReturnValue:
    """Make a new key: shown in this response only, and never again."""
    with changing_own() as work:
        institution = institutions.own(work.session, work.account, reference)
        made = institutions.make_key(work.session, institution, work.at, work.account.reference)
        return render_template("people/institutions/key.html", institution=institution, made=made)


@blueprint.post("/<reference>/keys/<prefix>/end")
@who.may(Action.STRUCTURE)
def revoke_key(reference: str, prefix: str) -> ResponseReturnValue:
    """Revoke a key at once and permanently. Idempotent."""
    with changing_own() as work:
        institution = institutions.own(work.session, work.account, reference)
        key = institutions.key_of(work.session, institution, prefix)
        if key.revoked_at is None:
            institutions.revoke_key(work.session, prefix, work.at, work.account.reference)
    flash(_("Ended. Nobody can use this key any more."))
    return redirect(url_for("institutions.show", reference=reference))
