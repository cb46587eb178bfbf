"""Further roles: one manager proposes a role, another confirms it. Also the page about one's own roles."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, of_role
from passport.services.credentials import entry_search
from passport.services.people import grants
from passport.services.people.accounts import Role
from passport.services.people.grants import Newcomer
from passport.web.access.reauthentication import fresh
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form, OneOf, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.credentials.entry_office import ReasonForm
from passport.web.programmes.managing import EmailField, NameField

blueprint = Blueprint("grants", __name__)
NO_SCHOOL = "none"
# the form field that a refusal is about
BOXES = {
    Reason.PERSON_UNKNOWN: "email",
    Reason.EMAIL_TAKEN: "email",
    Reason.SHARED_MAILBOX: "email",
    Reason.ROLE_OWN: "email",
    Reason.ROLE_PROPOSED: "email",
    Reason.ROLE_DOES_NOT_FIT: "role",
    Reason.ROLE_HELD: "role",
    Reason.SCHOOL_MISSING: "school",
}


class RoleForm(ReasonForm):
    """The role, and the reason."""

    role = OneOf(_l("Which role?"), message=_l("Choose the role"))

    @property
    def what(self) -> tuple[Role, str]:
        """Return the role and the reason."""
        return Role(self.role.data), self.reason.data or ""


class ProposeForm(RoleForm):
    """The proposed person, by the email address of an existing account."""

    email = EmailField(_l("Their email address"), missing=_l("Enter the email address of their account"))

    def __init__(self) -> None:
        """Offer the roles that an account can hold besides its own."""
        super().__init__()
        self.role.choices = choices(*(role.value for role in grants.GRANTABLE))


class NewcomerForm(RoleForm):
    """The new person, and where they work."""

    name = NameField(_l("Full name"), missing=_l("Enter the full name"))
    email = EmailField(_l("Email address"), missing=_l("Enter the email address"))
    school = OneOf(_l("At which school or college do they work?"), message=_l("Choose the school, or none"))

    def __init__(self) -> None:
        """Offer the roles that a new account can be made for."""
        super().__init__()
        self.role.choices = choices(*(role.value for role in grants.GRANTABLE))


@blueprint.get("/roles")
@who.may(Action.ROLES, How.TWO_PEOPLE)
def listed() -> ResponseReturnValue:
    """List the proposals that wait for a second manager, and the current and former holders of roles."""
    with reading_own() as work:
        found = grants.of_programme(work.session, work.account)
        return render_template("people/grants/list.html", account=work.account, grants=found, form=Form())


@blueprint.route("/roles/new", methods=["GET", "POST"])
@who.may(Action.ROLES, How.TWO_PEOPLE)
@fresh
def propose() -> ResponseReturnValue:
    """Propose a role for an existing account."""
    form = ProposeForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        if _taken(form, lambda work: grants.propose(work.session, work.account, email, *form.what, work.at)):
            flash(_("Proposed. Another manager has to confirm it. Until then nothing changes."))
            return redirect(url_for("grants.listed"))
    return render_template("people/grants/propose.html", form=form)


@blueprint.route("/roles/new-person", methods=["GET", "POST"])
@who.may(Action.ROLES, How.TWO_PEOPLE)
@fresh
def propose_newcomer() -> ResponseReturnValue:
    """Propose a new account with a role."""
    form = NewcomerForm()
    with reading_own() as work:
        schools = {one.reference: one.name for one in entry_search.schools(work.session, work.account)}
        form.school.choices = named({NO_SCHOOL: _("At none"), **schools})
    if form.validate_on_submit():
        school = "" if form.school.data == NO_SCHOOL else form.school.data
        person = Newcomer(form.name.data or "", form.email.data or "", school)
        if _taken(form, lambda work: _propose(work, person, form)):
            flash(_("Proposed. Another manager has to confirm it. Until then nothing changes."))
            return redirect(url_for("grants.listed"))
    return render_template("people/grants/newcomer.html", form=form)


def _propose(work: OwnWork, person: Newcomer, form: NewcomerForm) -> object:
    return grants.propose_newcomer(work.session, work.account, person, *form.what, work.at)


def _taken(form: Form, act: Callable[[OwnWork], object]) -> bool:
    """Return whether `act` succeeded; add a refusal's words to the field that it is about, or re-raise it."""
    try:
        with changing_own() as work:
            act(work)
    except Refused as refused:
        field = BOXES.get(refused.reason)
        if field is None:
            raise
        form.add_error(field, refusals.at_box(refused))
        return False
    return True


@blueprint.post("/roles/<reference>/confirm")
@who.may(Action.ROLES, How.TWO_PEOPLE)
@fresh
def confirm(reference: str) -> ResponseReturnValue:
    """Confirm a proposed role, as the second of two managers."""
    with changing_own() as work:
        grants.confirm(work.session, work.account, reference, runtime().settings.public_url, work.at)
    job_queue.wake()
    flash(_("Given. They have it from now on."))
    return redirect(url_for("grants.listed"))


@blueprint.post("/roles/<reference>/end")
@who.may(Action.ROLES, How.TWO_PEOPLE)
def end(reference: str) -> ResponseReturnValue:
    """End a role, or refuse a proposal."""
    with changing_own() as work:
        grants.end(work.session, work.account, reference, work.at)
    flash(_("Ended. They do not have it any more."))
    return redirect(url_for("grants.listed"))


@blueprint.get("/account/roles")
@who.may(Action.OWN_ACCOUNT)
def own() -> ResponseReturnValue:
    """Show the rights of the account's own roles, role by role."""
    with reading_own() as work:
        roles = sorted(work.account.roles, key=list(Role).index)
        rights = {role.value: who.usable(of_role(role.value)) for role in roles}
        return render_template("people/grants/own.html", account=work.account, rights=rights)
