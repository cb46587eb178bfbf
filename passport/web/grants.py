"""Who holds which further role: one manager proposes it, another confirms it. And what one's own mean."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport import jobs
from passport.services import grants, office
from passport.services.accounts import Role
from passport.services.errors import Refused
from passport.services.grants import Newcomer
from passport.services.rights import Action, How, of_role
from passport.web import access as who
from passport.web.confirming import fresh
from passport.web.entries import ReasonForm
from passport.web.managing import EmailField, NameField
from passport.web.runtime import runtime
from passport.web.widgets import Form, OneOf, choices, named
from passport.web.words import later as _l
from passport.web.work import OwnWork, changing_own, reading_own

blueprint = Blueprint("grants", __name__)
NO_SCHOOL = "none"


class RoleForm(ReasonForm):
    """Which role, and why."""

    role = OneOf(_l("Which role?"), message=_l("Choose the role"))

    @property
    def what(self) -> tuple[Role, str]:
        """The role and the reason."""
        return Role(self.role.data), self.reason.data or ""


class ProposeForm(RoleForm):
    """Who of those who have an account."""

    email = EmailField(_l("Their email address"), missing=_l("Enter the email address of their account"))

    def __init__(self) -> None:
        """Offer the roles that somebody can hold besides the own one."""
        super().__init__()
        self.role.choices = choices(*(role.value for role in grants.GRANTABLE))


class NewcomerForm(RoleForm):
    """Who it is, and where they work."""

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
    """What waits for a second manager, who holds a role, and who did."""
    with reading_own() as work:
        found = grants.of_programme(work.session, work.account)
        return render_template("grants/list.html", account=work.account, grants=found, form=Form())


@blueprint.route("/roles/new", methods=["GET", "POST"])
@who.may(Action.ROLES, How.TWO_PEOPLE)
@fresh
def propose() -> ResponseReturnValue:
    """Propose a role for somebody."""
    form = ProposeForm()
    if form.validate_on_submit():
        email = form.email.data or ""
        if _taken(form, lambda work: grants.propose(work.session, work.account, email, *form.what, work.at)):
            flash(_("Proposed. Another manager has to confirm it. Until then nothing changes."))
            return redirect(url_for("grants.listed"))
    return render_template("grants/propose.html", form=form)


@blueprint.route("/roles/new-person", methods=["GET", "POST"])
@who.may(Action.ROLES, How.TWO_PEOPLE)
@fresh
def propose_newcomer() -> ResponseReturnValue:
    """Propose an account with a role for somebody who has none."""
    form = NewcomerForm()
    with reading_own() as work:
        schools = {one.reference: one.name for one in office.schools(work.session, work.account)}
        form.school.choices = named({NO_SCHOOL: _("At none"), **schools})
    if form.validate_on_submit():
        school = "" if form.school.data == NO_SCHOOL else form.school.data
        person = Newcomer(form.name.data or "", form.email.data or "", school)
        if _taken(form, lambda work: _propose(work, person, form)):
            flash(_("Proposed. Another manager has to confirm it. Until then nothing changes."))
            return redirect(url_for("grants.listed"))
    return render_template("grants/newcomer.html", form=form)


def _propose(work: OwnWork, person: Newcomer, form: NewcomerForm) -> object:
    return grants.propose_newcomer(work.session, work.account, person, *form.what, work.at)


def _taken(form: Form, act: Callable[[OwnWork], object]) -> bool:
    """Whether the rules took it; if not, it is said at the box that it is about."""
    try:
        with changing_own() as work:
            act(work)
    except Refused as refused:
        field, words = _said(refused.reason)
        if not field:
            raise
        form.add_error(field, words)
        return False
    return True


def _said(reason: str) -> tuple[str, str]:
    return {
        "person-unknown": (
            "email",
            _("Nobody in your programme who can hold a role has this address. Check it letter by letter"),
        ),
        "email-taken": (
            "email",
            _(
                "There is an account with this address already. One address has one account in the whole"
                " service, so enter another one of theirs"
            ),
        ),
        "shared-mailbox": (
            "email",
            _("Several people seem to read this address. Enter one that only this person reads"),
        ),
        "role-own": ("email", _("Nobody proposes a role for themselves. Ask another manager")),
        "role-does-not-fit": (
            "role",
            _("Choose another role. Coordinators and leads work at a school, champions manage nothing"),
        ),
        "role-held": ("role", _("They have this role already")),
        "role-proposed": ("email", _("Somebody has proposed them already. Decide about that first")),
        "school-missing": ("school", _("Choose the school: coordinators and safeguarding leads work at one")),
    }.get(reason, ("", ""))


@blueprint.post("/roles/<reference>/confirm")
@who.may(Action.ROLES, How.TWO_PEOPLE)
@fresh
def confirm(reference: str) -> ResponseReturnValue:
    """Give the role, as the second of two."""
    with changing_own() as work:
        grants.confirm(work.session, work.account, reference, runtime().settings.public_url, work.at)
    jobs.wake()
    flash(_("Given. They have it from now on."))
    return redirect(url_for("grants.listed"))


@blueprint.post("/roles/<reference>/end")
@who.may(Action.ROLES, How.TWO_PEOPLE)
def end(reference: str) -> ResponseReturnValue:
    """End a role, or say no to a proposal."""
    with changing_own() as work:
        grants.end(work.session, work.account, reference, work.at)
    flash(_("Ended. They do not have it any more."))
    return redirect(url_for("grants.listed"))


@blueprint.get("/account/roles")
@who.may(Action.OWN_ACCOUNT)
def own() -> ResponseReturnValue:
    """What one may see and do here so far, role by role."""
    with reading_own() as work:
        roles = sorted(work.account.roles, key=list(Role).index)
        rights = {role.value: of_role(role.value) for role in roles}
        return render_template("grants/own.html", account=work.account, rights=rights, has_page=who.has_page)
