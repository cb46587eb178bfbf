"""Logging an experience in small steps. Each step stores what was typed before it asks for more."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from passport.services.core.edit_conflict import stamp
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.endorsements import exclusions
from passport.services.evidence import (
    drafting,
    evidence_files,
    evidence_repeats,
    evidence_versions,
    to_log,
)
from passport.services.privacy import evidence_removal
from passport.services.programmes.activities import menu
from passport.web.core import filters
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form, NumberOf, OneOf, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.evidence.story_form import StoryForm

if TYPE_CHECKING:
    from passport.db.evidence.evidence import Evidence

blueprint = Blueprint("evidence", __name__, url_prefix="/evidence")


class ActivityForm(Form):
    """The activity: one button each."""

    activity = StringField(validators=[InputRequired(_l("Choose what you did"))])


class SkillForm(Form):
    """The skill that it shows."""

    skill = NumberOf(message=_l("Choose the skill that you showed"))


class LevelForm(Form):
    """The level of the skill."""

    level = OneOf(
        _l("How much did you do yourself?"),
        message=_l("Choose how much you did yourself"),
        choices=choices(1, 2, 3, 4),
        coerce=int,
    )


class SendForm(Form):
    """Send what this page shows, identified by its stamp."""

    read = HiddenField()


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE)
def new() -> ResponseReturnValue:
    """Choose the activity: one button for each. On POST start a draft."""
    form = ActivityForm()
    if form.validate_on_submit():
        with changing_own() as work:
            started = drafting.start(work.session, work.account, form.activity.data or "", work.at)
            return redirect(_next_step(started))
    with reading_own() as work:
        found = to_log.choices(work.session, work.account, work.at)
        repeats = evidence_repeats.offered(work.session, work.account)
        return render_template("evidence/new.html", form=form, found=found, repeats=repeats)


@blueprint.post("/repeat")
@who.may(Action.WRITE_EVIDENCE)
def repeat() -> ResponseReturnValue:
    """Start a draft like an earlier one: skill, level and hours are copied, the story is not."""
    like = request.form.get("like", "")
    if not like:
        return redirect(url_for("evidence.new"))
    with changing_own() as work:
        started = evidence_repeats.again(work.session, work.account, like, work.at)
        return redirect(_next_step(started))


@blueprint.route("/<reference>/skill", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE)
def skill(reference: str) -> ResponseReturnValue:
    """Choose the skill that was shown."""
    form = SkillForm()
    if form.validate_on_submit():
        with changing_own() as work:
            drafting.choose_skill(work.session, work.account, reference, form.skill.data or 0, work.at)
        return redirect(url_for("evidence.level", reference=reference))
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        offered = drafting.skills(work.session, work.account)
        shown = menu.skills_shown(work.session, mine.activity)
        others = [one for one in offered if one not in shown]
        groups = [(name, list(skills)) for name, skills in groupby(others, key=lambda one: one.group)]
        return _step("evidence/skill.html", mine, form=form, shown=shown, groups=groups)


@blueprint.route("/<reference>/level", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE)
def level(reference: str) -> ResponseReturnValue:
    """Choose one of the skill's four levels."""
    form = LevelForm()
    if form.validate_on_submit():
        with changing_own() as work:
            mine = drafting.choose_level(work.session, work.account, reference, form.level.data, work.at)
            return redirect(_next_step(mine))
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        if mine.skill is None:
            return redirect(url_for("evidence.skill", reference=reference))
        if request.method == "GET":
            form.fill(level=mine.level)
        return _step("evidence/level.html", mine, form=form)


@blueprint.route("/<reference>/story", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE)
def story(reference: str) -> ResponseReturnValue:
    """Write what happened. The text is stored as typed, even if it is not valid."""
    form = StoryForm()
    if form.is_submitted():
        return _write(form, reference)
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        form.open_on(mine)
        return _step("evidence/story.html", mine, form=form)


def _write(form: StoryForm, reference: str) -> ResponseReturnValue:
    good = form.validate()
    by_itself = request.accept_mimetypes.best == "application/json"
    try:
        with changing_own() as work:
            draft = drafting.own(work.session, work.account, reference)
            typed = form.said(draft, by_itself=by_itself)
            mine = drafting.describe(work.session, work.account, reference, *typed, work.at, form.opened())
            if by_itself:
                return {"kept": filters.as_time(work.at)}
            return redirect(_next_step(mine)) if good else _step("evidence/story.html", mine, form=form)
    except Refused as error:
        if error.reason is not Reason.CHANGED_ELSEWHERE:
            raise
    if by_itself:
        return {"kept": None}, 409
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        form.has_seen(mine)
        return render_template("evidence/story.html", evidence=mine, form=form, elsewhere=mine), 409


@blueprint.route("/<reference>/check", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE)
def check(reference: str) -> ResponseReturnValue:
    """Show the answers for a check, then send them."""
    form = SendForm()
    if form.validate_on_submit():
        try:
            with changing_own() as work:
                drafting.submit(work.session, work.account, reference, work.at, form.read.data or None)
        except Refused as error:
            return _not_sent(error, reference)
        return redirect(url_for("evidence.sent", reference=reference))
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        to_do = drafting.missing(mine, work.at)
        if to_do and mine.state in drafting.EDITABLE:
            return redirect(url_for(f"evidence.{to_do[0]}", reference=reference))
        if mine.state in drafting.EDITABLE and mine.skill not in drafting.skills(work.session, work.account):
            return _choose_another_skill(reference)
        flags = drafting.warnings(work.session, mine)
        files = evidence_files.mine(work.session, mine)
        form.read.data = stamp(drafting.read_before_sending(work.session, mine))
        return _step("evidence/check.html", mine, form=form, flags=flags, files=files)


@blueprint.get("/<reference>/sent")
@who.may(Action.WRITE_EVIDENCE)
def sent(reference: str) -> ResponseReturnValue:
    """Confirm that the evidence was sent, and show what happens next."""
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        return render_template("evidence/sent.html", evidence=mine)


@blueprint.get("/<reference>")
@who.may(Action.WRITE_EVIDENCE)
def show(reference: str) -> ResponseReturnValue:
    """Show one piece of evidence and its state."""
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        return render_template(
            "evidence/show.html",
            evidence=mine,
            decision=drafting.decision(work.session, mine),
            may_ask_another=exclusions.may_ask_another(work.session, mine),
            reason=drafting.returned_reason(work.session, mine),
            by_school=drafting.returned_by_school(work.session, mine),
            to_do=drafting.missing(mine, work.at),
            files=evidence_files.mine(work.session, mine),
            form=Form(),
        )


@blueprint.get("/<reference>/versions")
@who.may(Action.WRITE_EVIDENCE)
def versions(reference: str) -> ResponseReturnValue:
    """Show all versions that were sent, with the changes."""
    with reading_own() as work:
        mine = drafting.own(work.session, work.account, reference)
        readings = evidence_versions.of_student(work.session, mine)
        return render_template("evidence/versions.html", evidence=mine, readings=readings)


@blueprint.post("/<reference>/remove")
@who.may(Action.WRITE_EVIDENCE)
def remove(reference: str) -> ResponseReturnValue:
    """Remove the evidence. It is deleted permanently after a while, and the message names the day."""
    with changing_own() as work:
        evidence_removal.remove(work.session, work.account, reference, work.at)
        day = filters.as_date(evidence_removal.deleted_on(work.at))
    flash(_("Removed. Nobody can see it any more. It is deleted for good on %(day)s.", day=day))
    return redirect(url_for("home.student"))


def _not_sent(error: Refused, reference: str) -> ResponseReturnValue:
    """Show the student a refusal that they can resolve themselves; re-raise any other for the error page."""
    if error.reason is Reason.SKILL_GONE:
        return _choose_another_skill(reference)
    if error.reason is not Reason.CHANGED_MEANWHILE:
        raise error
    flash(_("Not sent yet: this was changed elsewhere while you had the page open. Read it, then send it."))
    return redirect(url_for("evidence.check", reference=reference))


def _choose_another_skill(reference: str) -> ResponseReturnValue:
    """Ask for another skill, because the chosen one was retired; everything else stays as it is."""
    flash(_("The skill that you chose is not offered any more. Choose another one. Your text is kept."))
    return redirect(url_for("evidence.skill", reference=reference))


def _next_step(mine: Evidence) -> str:
    """Return the address of the first step still to do; once all are done, of the answers."""
    to_do = drafting.missing(mine, runtime().clock())
    return url_for(f"evidence.{to_do[0] if to_do else 'check'}", reference=mine.reference)


def _step(template: str, mine: Evidence, **more: object) -> ResponseReturnValue:
    """Render a step's page; redirect once the evidence cannot be edited."""
    if mine.state not in drafting.EDITABLE:
        return redirect(url_for("evidence.show", reference=mine.reference))
    return render_template(template, evidence=mine, **more)
