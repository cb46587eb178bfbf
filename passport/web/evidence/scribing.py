"""Scribing: a coordinator writes an experience down for a student of their school, who reads and sends it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.evidence import scribing
from passport.services.evidence.scribing import Dictation
from passport.web.core import route_access as who
from passport.web.core.widgets import OneOf, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.evidence.story_form import StoryForm

blueprint = Blueprint("scribing", __name__, url_prefix="/school")


class ScribeForm(StoryForm):
    """All fields of an experience, on one page."""

    activity = OneOf(_l("What did they do?"), message=_l("Choose the activity"))
    skill = OneOf(_l("Which skill did they show?"), message=_l("Choose the skill"), coerce=int)
    level = OneOf(
        _l("How much did they do themselves?"),
        message=_l("Choose how much they did themselves"),
        choices=choices(1, 2, 3, 4),
        coerce=int,
    )

    def offer(self, work: OwnWork) -> None:
        """Set the activities and skills to choose from."""
        activities, skills = scribing.offered(work.session, work.account, work.at)
        self.activity.choices = named({one.reference: one.title for one in activities})
        self.skill.choices = named({str(one.number): f"{one.group}: {one.name}" for one in skills})

    def told(self) -> Dictation:
        """Return the values of the form."""
        return Dictation(
            self.activity.data,
            self.skill.data,
            self.level.data,
            self.narrative.data or "",
            self.held_on.data,
            self.hours.data,
            self.opened(),
        )


@blueprint.route("/students/<reference>/write", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE, How.AS_SCRIBE)
def write(reference: str) -> ResponseReturnValue:
    """Write down what a student says; the text becomes the student's draft."""
    form = ScribeForm()
    with reading_own() as work:
        form.offer(work)
        whose = scribing.student(work.session, work.account, reference)
        if not form.validate_on_submit():
            drafts = scribing.drafts(work.session, work.account, whose)
            return render_template("evidence/scribing/write.html", student=whose, drafts=drafts, form=form)
    with changing_own() as work:
        scribing.write(work.session, work.account, reference, form.told(), work.at)
    flash(_("Written down. The student can read it now, and sends it when it is right."))
    return redirect(url_for("scribing.write", reference=reference))


@blueprint.route("/drafts/<reference>", methods=["GET", "POST"])
@who.may(Action.WRITE_EVIDENCE, How.AS_SCRIBE)
def rewrite(reference: str) -> ResponseReturnValue:
    """Edit a draft written for a student, until the student sends it."""
    form = ScribeForm()
    with reading_own() as work:
        form.offer(work)
    elsewhere = None
    if form.validate_on_submit():
        try:
            return _rewritten(form, reference)
        except Refused as error:
            if error.reason is not Reason.CHANGED_ELSEWHERE:
                raise
            elsewhere = reference
    with changing_own() as work:
        draft = scribing.opened(work.session, work.account, reference, work.at)
        if elsewhere:
            form.has_seen(draft)
        elif not form.is_submitted():
            skill = draft.skill.number if draft.skill else None
            form.open_on(draft, activity=draft.activity.reference, skill=skill, level=draft.level)
        shown = {"student": draft.student, "drafts": [], "elsewhere": elsewhere and draft}
        return render_template("evidence/scribing/write.html", form=form, **shown), 409 if elsewhere else 200


def _rewritten(form: ScribeForm, reference: str) -> ResponseReturnValue:
    with changing_own() as work:
        draft = scribing.rewrite(work.session, work.account, reference, form.told(), work.at)
        student = draft.student.account.reference
    flash(_("Changed. The student can read it now, and sends it when it is right."))
    return redirect(url_for("scribing.write", reference=student))
