"""Comments on a version of a framework that is not published yet."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.programmes.frameworks import comments, drafts, visibility
from passport.web.core import refusals
from passport.web.core.widgets import CharacterCount, Form
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.frameworks.drafts import VERSION, at_skill, readers, to

blueprint = Blueprint("framework_comments", __name__, url_prefix="/manage/frameworks")
COMMENT = VERSION + "/comments/<comment>"


class CommentForm(Form):
    """What a person says about a skill, or about a version."""

    comment = StringField(_l("Your comment"), widget=CharacterCount())


@blueprint.route(VERSION + "/comment", methods=["GET", "POST"])
@readers
def add(framework: int, draft: int) -> ResponseReturnValue:
    """Comment on the skill that the query names, or on the version as a whole."""
    form = CommentForm()
    number = request.args.get("skill", type=int)
    if form.validate_on_submit():
        try:
            with changing_own() as work:
                comments.add(
                    work.session, work.account, framework, draft, number, form.comment.data or "", work.at
                )
            flash(_("Your comment is kept. Whoever works on this version sees it."))
            return redirect(
                at_skill(framework, draft, number) if number else f"{to((framework, draft))}#comments"
            )
        except Refused as refused:
            if refused.reason not in {Reason.COMMENT_MISSING, Reason.COMMENT_TOO_LONG}:
                raise
            form.add_error("comment", refusals.at_box(refused))
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        skill = drafts.find_skill(version, number) if number else None
        there = [
            one
            for one in comments.of_version(work.session, version)
            if one.skill_number == (skill.number if skill else None)
        ]
        return render_template(
            "programmes/frameworks/drafts/comment.html",
            form=form,
            version=version,
            skill=skill,
            comments=there,
            longest=comments.LONGEST,
        )


@blueprint.post(COMMENT + "/resolve")
@readers
def resolve(framework: int, draft: int, comment: str) -> ResponseReturnValue:
    """Mark a comment as dealt with."""
    with changing_own() as work:
        comments.resolve(work.session, work.account, framework, draft, comment, work.at)
    flash(_("Resolved."))
    return redirect(url_for("framework_drafts.show", framework=framework, draft=draft) + "#comments")


@blueprint.post(COMMENT + "/reopen")
@readers
def reopen(framework: int, draft: int, comment: str) -> ResponseReturnValue:
    """Open a resolved comment again."""
    with changing_own() as work:
        comments.reopen(work.session, work.account, framework, draft, comment, work.at)
    flash(_("Open again."))
    return redirect(url_for("framework_drafts.show", framework=framework, draft=draft) + "#comments")
