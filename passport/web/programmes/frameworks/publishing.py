"""Publish and retire a version, after a dry run that says what it changes; compare two versions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.errors import EditConflict, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes.frameworks import (
    comments,
    comparing,
    effects,
    publishing,
    sign_offs,
    visibility,
)
from passport.services.programmes.frameworks.remarks import remarks
from passport.web.access.reauthentication import fresh
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import AnyOf, Form, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.frameworks.drafts import VERSION, readers, to

blueprint = Blueprint("framework_publishing", __name__, url_prefix="/manage/frameworks")
managers = who.may(Action.FRAMEWORK, How.PUBLISH)


class PublishForm(StoredForm):
    """The manager's decision, and whether open comments and remarks are carried on with."""

    carry_on = AnyOf(
        choices=named({"yes": _l("I have read the open comments and remarks, and publish all the same")}),
        gone=_l("Tick it, or leave it empty"),
    )


@blueprint.get(VERSION + "/compare/<int:other>")
@readers
def compare(framework: int, draft: int, other: int) -> ResponseReturnValue:
    """Show two versions side by side, the earlier one first, with the changed words marked."""
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        second = visibility.seen(work.session, work.account, framework, other)
        before, after = sorted((version, second), key=lambda one: one.number)
        return render_template(
            "programmes/frameworks/drafts/compare.html",
            version=version,
            before=before,
            after=after,
            pairs=comparing.compare(before, after),
        )


@blueprint.route(VERSION + "/publish", methods=["GET", "POST"])
@managers
@fresh
def publish(framework: int, draft: int) -> ResponseReturnValue:
    """Show what publishing would change, and publish."""
    form = PublishForm()
    if form.validate_on_submit() and _published(form, framework, draft):
        flash(_("Published. Students are offered this version from now on."))
        return redirect(to((framework, draft)))
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        form.show(publishing.shown(work.session, version))
        return render_template(
            "programmes/frameworks/drafts/publish.html",
            form=form,
            version=version,
            effects=effects.of_publishing(work.session, version),
            comments=[one for one in comments.of_version(work.session, version) if one.resolved_at is None],
            remarks=remarks(work.session, version),
            signed={one.side.value: one for one in sign_offs.standing(work.session, version)},
        )


def _published(form: PublishForm, framework: int, draft: int) -> bool:
    try:
        with changing_own() as work:
            publishing.publish(
                work.session,
                work.account,
                framework,
                draft,
                work.at,
                seen=form.seen.data,
                carry_on=bool(form.carry_on.data),
            )
        return True
    except EditConflict:
        form.is_overtaken = True
        form.add_error(
            "carry_on",
            _("Somebody has commented or changed something since you opened this page. Read it again below"),
        )
    except Refused as refused:
        if refused.reason is not Reason.COMMENTS_OPEN:
            raise
        form.add_error("carry_on", refusals.at_box(refused))
    return False


@blueprint.route(VERSION + "/retire", methods=["GET", "POST"])
@managers
@fresh
def retire(framework: int, draft: int) -> ResponseReturnValue:
    """Show what retiring would change, and retire."""
    form = Form()
    if form.validate_on_submit():
        with changing_own() as work:
            publishing.retire(work.session, work.account, framework, draft, work.at)
        flash(_("Retired. Its page stays, and so does every entry that was issued under it."))
        return redirect(to((framework, draft)))
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        return render_template(
            "programmes/frameworks/drafts/retire.html",
            form=form,
            version=version,
            effects=effects.of_retiring(work.session, version),
        )
