"""Challenges: briefs for everyone to read and take along, and the pages of those who write and run them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action, How
from passport.services.programmes.visits import asking, challenges
from passport.services.programmes.visits.challenges import Brief, Result
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import Form, OneOf, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading, reading_own
from passport.web.programmes.managing import NameField, NeededDay, done
from passport.web.programmes.visits.fields import NumberField, TextBox, people, year

blueprint = Blueprint("challenges", __name__)
PUBLIC = "/programmes/<programme>/challenges"


class BriefForm(StoredForm):
    """What a class is asked to do, for whom, and what it takes."""

    name = NameField(_l("What is it called?"), missing=_l("Enter what it is called"))
    brief = TextBox(_l("What is the problem?"), missing=_l("Enter what the problem is"))
    needed = TextBox(_l("What does a class need for it?"))
    lessons = NumberField(
        _l("How many lessons does it take?"),
        least=1,
        most=challenges.MOST_LESSONS,
        wrong=_l("Enter a number of lessons from 1 to 40"),
    )
    first_year = year(_l("From which year group?"))
    last_year = year(_l("Up to which year group?"))

    def told(self) -> Brief:
        """Return the values as a Brief."""
        numbers = self.lessons.data or 0, self.first_year.data or 0, self.last_year.data or 0
        return Brief(self.name.data or "", self.brief.data or "", self.needed.data or "", *numbers)


class NewForm(BriefForm):
    """A brief with its employer."""

    employer = OneOf(_l("Which employer?"), message=_l("Choose the employer"))


class ResultForm(StoredForm):
    """How many worked on it, and what came out."""

    team = people(
        _l("How many students were in the team?"), _l("Enter the number of students, like 5"), least=0
    )
    outcome = TextBox(_l("What came out?"))


class ClassForm(Form):
    """A class that the challenge reached."""

    held_on = NeededDay(_l("When was it?"), missing=_l("Enter the day"))
    school = NameField(_l("Name of the school"), missing=_l("Enter the name of the school"))
    year_group = year(_l("Which year group?"))
    students = people(_l("How many students?"), _l("Enter the number of students, like 24"))


@blueprint.get("/challenges")
@who.may(Action.ACTIVITIES, How.FULLY, How.PROPOSE)
def listed() -> ResponseReturnValue:
    """List the challenges; a champion sees those of their employer."""
    with reading_own() as work:
        found = challenges.listed(work.session, work.account)
        return render_template("programmes/visits/challenges.html", account=work.account, found=found)


@blueprint.route("/challenges/new", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES, How.FULLY, How.PROPOSE)
def new() -> ResponseReturnValue:
    """Write a new brief."""
    form = NewForm()
    with reading_own() as work:
        offered = challenges.employers(work.session, work.account)
        form.employer.choices = named({one.issuer.slug: one.name for one in offered})
    if form.validate_on_submit():
        args = form.employer.data, form.told()
        made = done(form, lambda work: challenges.new(work.session, work.account, *args, work.at).reference)
        if made:
            flash(_("Kept. An organiser publishes it.") if not who.can("activities") else _("Published."))
            return redirect(url_for("challenges.show", reference=made))
    return render_template("programmes/visits/brief_form.html", form=form, challenge=None)


@blueprint.get("/challenges/<reference>")
@who.may(Action.ACTIVITIES, How.FULLY, How.PROPOSE)
def show(reference: str) -> ResponseReturnValue:
    """Show a challenge, what came out, and the classes that it reached."""
    with reading_own() as work:
        found = challenges.find(work.session, work.account, reference)
        slug = work.account.programme.slug
        return render_template("programmes/visits/challenge.html", challenge=found, slug=slug)


@blueprint.route("/challenges/<reference>/change", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES, How.FULLY, How.PROPOSE)
def change(reference: str) -> ResponseReturnValue:
    """Change the brief."""
    form = BriefForm()
    if form.validate_on_submit():
        args = reference, form.told()
        if done(
            form,
            lambda work: (
                challenges.change(work.session, work.account, *args, work.at, form.seen.data).reference
            ),
        ):
            flash(_("Changed."))
            return redirect(url_for("challenges.show", reference=reference))
    with reading_own() as work:
        found = challenges.find(work.session, work.account, reference)
        values: dict[str, Any] = {
            name: getattr(found, name) for name in ("brief", "needed", "lessons", "first_year", "last_year")
        }
        form.show(challenges.said(found), name=found.title, **values)
        return render_template("programmes/visits/brief_form.html", form=form, challenge=found)


@blueprint.post("/challenges/<reference>/publish")
@who.may(Action.ACTIVITIES)
def publish(reference: str) -> ResponseReturnValue:
    """Publish a challenge."""
    with changing_own() as work:
        challenges.publish(work.session, work.account, reference, work.at)
    flash(_("Published."))
    return redirect(url_for("challenges.show", reference=reference))


@blueprint.post("/challenges/<reference>/close")
@who.may(Action.ACTIVITIES)
def close(reference: str) -> ResponseReturnValue:
    """Close a challenge."""
    with changing_own() as work:
        challenges.close(work.session, work.account, reference, work.at)
    flash(_("Closed. Its numbers stay."))
    return redirect(url_for("challenges.show", reference=reference))


@blueprint.route("/challenges/<reference>/result", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def record(reference: str) -> ResponseReturnValue:
    """Record the team and what came out."""
    form = ResultForm()
    if form.validate_on_submit():
        args = reference, Result(form.team.data or 0, form.outcome.data or "")
        if done(
            form,
            lambda work: (
                challenges.record(work.session, work.account, *args, work.at, form.seen.data).reference
            ),
        ):
            flash(_("Kept."))
            return redirect(url_for("challenges.show", reference=reference))
    with reading_own() as work:
        found = challenges.find(work.session, work.account, reference)
        form.show(challenges.said_of_result(found), team=found.team, outcome=found.outcome)
        return render_template("programmes/visits/result_form.html", form=form, challenge=found)


@blueprint.route("/challenges/<reference>/classes", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def add_class(reference: str) -> ResponseReturnValue:
    """Record a class that it reached."""
    form = ClassForm()
    if form.validate_on_submit() and form.held_on.data:
        numbers = form.year_group.data or 0, form.students.data or 0
        args = reference, form.held_on.data, form.school.data or "", *numbers
        if done(form, lambda work: challenges.add_class(work.session, work.account, *args, work.at).id):
            flash(_("Counted."))
            return redirect(url_for("challenges.show", reference=reference))
    with reading_own() as work:
        found = challenges.find(work.session, work.account, reference)
        if work.account.staff is not None and not form.is_submitted():
            form.fill(school=work.account.staff.school.name)
        return render_template("programmes/visits/class_form.html", form=form, challenge=found)


@blueprint.get(PUBLIC)
@who.public
def public_list(programme: str) -> ResponseReturnValue:
    """List the published challenges for any teacher."""
    with reading() as work:
        return render_template(
            "programmes/visits/public_challenges.html",
            programme=asking.programme(work.session, programme),
            found=challenges.published(work.session, programme),
        )


@blueprint.get(f"{PUBLIC}/<reference>")
@who.public
def public_show(programme: str, reference: str) -> ResponseReturnValue:
    """Show a brief, to read or to print."""
    with reading() as work:
        return render_template(
            "programmes/visits/public_challenge.html",
            programme=asking.programme(work.session, programme),
            challenge=challenges.public(work.session, programme, reference),
        )


@blueprint.get(f"{PUBLIC}/<reference>/brief.txt")
@who.public
def brief(programme: str, reference: str) -> ResponseReturnValue:
    """Return a brief as a text file, which every program for texts opens and can change."""
    with reading() as work:
        text = render_template(
            "programmes/visits/brief.txt",
            programme=asking.programme(work.session, programme),
            challenge=challenges.public(work.session, programme, reference),
        )
    answer = Response("\ufeff" + text.replace("\n", "\r\n"), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="challenge-{reference}.txt"'
    return answer
