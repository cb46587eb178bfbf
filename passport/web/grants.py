"""Who holds which further role: one manager proposes it, another confirms it. And what one's own mean."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired

from passport.services import grants
from passport.services.accounts import Role
from passport.services.errors import Refused
from passport.services.rights import Action, How, of_role
from passport.web import access as who
from passport.web.confirming import fresh
from passport.web.entries import ReasonForm
from passport.web.widgets import Form, OneOf, TextInput, choices
from passport.web.words import later as _l
from passport.web.work import changing_own, reading_own

blueprint = Blueprint("grants", __name__)


class ProposeForm(ReasonForm):
    """Who, which role, and why."""

    email = StringField(
        _l("Their email address"),
        [InputRequired(_l("Enter the email address of their account"))],
        widget=TextInput(),
    )
    role = OneOf(
        _l("Which role?"),
        message=_l("Choose the role"),
        choices=choices(*(role.value for role in grants.GRANTABLE)),
    )


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
    if form.validate_on_submit() and _proposed(form):
        flash(_("Proposed. Another manager has to confirm it. Until then nothing changes."))
        return redirect(url_for("grants.listed"))
    return render_template("grants/propose.html", form=form)


def _proposed(form: ProposeForm) -> bool:
    chosen = (form.email.data or "", Role(form.role.data), form.reason.data or "")
    try:
        with changing_own() as work:
            grants.propose(work.session, work.account, *chosen, work.at)
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
        "role-own": ("email", _("Nobody proposes a role for themselves. Ask another manager")),
        "role-does-not-fit": (
            "role",
            _("Choose another role. Coordinators and leads work at a school, champions manage nothing"),
        ),
        "role-held": ("role", _("They have this role already")),
        "role-proposed": ("role", _("Somebody has proposed this already. Decide about that first")),
    }.get(reason, ("", ""))


@blueprint.post("/roles/<reference>/confirm")
@who.may(Action.ROLES, How.TWO_PEOPLE)
@fresh
def confirm(reference: str) -> ResponseReturnValue:
    """Give the role, as the second of two."""
    with changing_own() as work:
        grants.confirm(work.session, work.account, reference, work.at)
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
