"""Sign a version of a framework off, for an employer or for a school."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from passport.services.core.errors import EditConflict
from passport.services.core.rights import Action, How
from passport.services.programmes.frameworks import comments, sign_offs, visibility, wording
from passport.services.programmes.frameworks.remarks import remarks
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.widgets import AnyOf, Form, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.frameworks.drafts import VERSION, to

blueprint = Blueprint("framework_sign_offs", __name__, url_prefix="/manage/frameworks")
signers = who.may(Action.FRAMEWORK, How.COMMENT_AND_SIGN)


class SignForm(Form):
    """The agreement, and the digest of the words that the page showed."""

    read = HiddenField()
    agreed = AnyOf(
        choices=named({"yes": _l("I have read every skill and its four levels, and I agree to these words")}),
        message=_l("Tick that you have read it and agree"),
        gone=_l("Tick that you have read it and agree"),
    )


@blueprint.route(VERSION + "/sign", methods=["GET", "POST"])
@signers
@fresh
def sign(framework: int, draft: int) -> ResponseReturnValue:
    """Show the whole version once more, and sign it."""
    form, has_changed = SignForm(), False
    if form.validate_on_submit():
        try:
            with changing_own() as work:
                sign_offs.sign(work.session, work.account, framework, draft, form.read.data or "", work.at)
            flash(_("Signed. If the words change, your signature is taken back and you are told."))
            return redirect(to((framework, draft)))
        except EditConflict:
            has_changed = True
            form.agreed.data = []
            form.add_error(
                "agreed", _("The words have changed since you opened this page. Read them, then tick again")
            )
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        if has_changed or not form.is_submitted():
            form.read.data = wording.digest(version)
        return render_template(
            "programmes/frameworks/drafts/sign.html",
            account=work.account,
            form=form,
            version=version,
            comments=[one for one in comments.of_version(work.session, version) if one.resolved_at is None],
            remarks=remarks(work.session, version),
            signed=sign_offs.standing(work.session, version),
        )


@blueprint.post(VERSION + "/unsign")
@signers
def unsign(framework: int, draft: int) -> ResponseReturnValue:
    """Take one's own signature back, until the version is published."""
    with changing_own() as work:
        sign_offs.take_back(work.session, work.account, framework, draft, work.at)
    flash(_("Your signature is taken back."))
    return redirect(to((framework, draft)))
