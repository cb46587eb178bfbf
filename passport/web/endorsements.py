"""The champion's queue and decisions. Nothing is chosen beforehand, and nothing is signed unseen."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField, IntegerField, RadioField
from wtforms.validators import InputRequired

from passport import jobs
from passport.services import endorsements
from passport.web import access as who
from passport.web.runtime import runtime
from passport.web.widgets import Form, Radios, choices
from passport.web.words import later as _l
from passport.web.work import OwnWork, changing_own, reading_own

if TYPE_CHECKING:
    from passport.db.evidence import Evidence

blueprint = Blueprint("endorsements", __name__)


class DecisionForm(Form):
    """What every decision carries: the version of the evidence that was read."""

    version = IntegerField(validators=[InputRequired(_l("Read it again: it has changed"))])


class EndorseForm(DecisionForm):
    """How the champion knows, and the level; `step` is empty, "review" or "confirm"."""

    basis = RadioField(
        _l("How do you know?"),
        [InputRequired(_l("Choose how you know"))],
        choices=choices(1, 2, 3),
        coerce=int,
        widget=Radios(),
    )
    level = RadioField(
        _l("Which level did you see?"),
        [InputRequired(_l("Choose the level"))],
        choices=choices(1, 2, 3, 4),
        coerce=int,
        widget=Radios(),
    )
    step = HiddenField()


class ReasonForm(DecisionForm):
    """One of the fixed reasons."""

    reason = RadioField(_l("Why?"), [InputRequired(_l("Choose a reason"))], widget=Radios())

    def __init__(self, reasons: list[str]) -> None:
        """Offer ``reasons``; their words stand in the template."""
        super().__init__()
        self.reason.choices = choices(*reasons)


@blueprint.get("/queue")
@who.champion
def queue() -> ResponseReturnValue:
    """What waits, oldest first, the activities in the order of their oldest item."""
    with reading_own() as work:
        waiting = endorsements.queue(work.session, work.account, work.at)
        return render_template("endorsements/queue.html", account=work.account, groups=by_activity(waiting))


def by_activity(waiting: list[Evidence]) -> list[tuple[str, list[Evidence]]]:
    """The same items under their activities."""
    first: dict[int, int] = {}
    for place, item in enumerate(waiting):
        first.setdefault(item.activity_id, place)
    ordered = sorted(waiting, key=lambda item: first[item.activity_id])
    groups = groupby(ordered, key=lambda item: item.activity)
    return [(activity.title, list(items)) for activity, items in groups]


@blueprint.get("/queue/<reference>")
@who.champion
def show(reference: str) -> ResponseReturnValue:
    """One piece of evidence to read and decide on."""
    with reading_own() as work:
        return _page("endorsements/show.html", work, reference)


@blueprint.route("/queue/<reference>/endorse", methods=["GET", "POST"])
@who.champion
def endorse(reference: str) -> ResponseReturnValue:
    """Say how you know and the level; read what will be signed; confirm."""
    form = EndorseForm()
    if form.is_submitted() and form.step.data != "change" and form.validate():
        if form.step.data == "confirm":
            return _endorse(reference, form)
        with reading_own() as work:
            return _page("endorsements/review.html", work, reference, form=form)
    with reading_own() as work:
        return _page("endorsements/endorse.html", work, reference, form=form)


def _endorse(reference: str, form: EndorseForm) -> ResponseReturnValue:
    choice = (form.version.data or 0, form.basis.data, form.level.data)
    with changing_own() as work:
        endorsements.endorse(work.session, runtime().keys, work.account, reference, *choice, work.at)
    jobs.wake()
    flash(_("Endorsed. The student can see it now."))
    return redirect(url_for("endorsements.decisions"))


@blueprint.route("/queue/<reference>/send-back", methods=["GET", "POST"])
@who.champion
def send_back(reference: str) -> ResponseReturnValue:
    """Ask the student to say more, with a fixed reason."""
    form = ReasonForm(list(endorsements.RETURN_REASONS))
    if form.validate_on_submit():
        with changing_own() as work:
            decided = (form.version.data or 0, form.reason.data, work.at)
            endorsements.send_back(work.session, work.account, reference, *decided)
        flash(_("Sent back. The student can change it and send it again."))
        return redirect(url_for("endorsements.queue"))
    with reading_own() as work:
        return _page("endorsements/send_back.html", work, reference, form=form)


@blueprint.route("/queue/<reference>/decline", methods=["GET", "POST"])
@who.champion
def decline(reference: str) -> ResponseReturnValue:
    """Say that you are not able to say, with a fixed reason."""
    form = ReasonForm(list(endorsements.DECLINE_REASONS))
    if form.validate_on_submit():
        with changing_own() as work:
            decided = (form.version.data or 0, form.reason.data, work.at)
            endorsements.decline(work.session, work.account, reference, *decided)
        flash(_("Thank you. The student sees that you were not able to say."))
        return redirect(url_for("endorsements.queue"))
    with reading_own() as work:
        return _page("endorsements/decline.html", work, reference, form=form)


@blueprint.get("/decisions")
@who.champion
def decisions() -> ResponseReturnValue:
    """What you decided, and what can still be undone."""
    with reading_own() as work:
        decided = endorsements.decided(work.session, work.account)
        left = len(endorsements.queue(work.session, work.account, work.at))
        return render_template(
            "endorsements/decisions.html", decided=decided, left=left, now=work.at, form=Form()
        )


@blueprint.post("/decisions/<reference>/undo")
@who.champion
def undo(reference: str) -> ResponseReturnValue:
    """Take an endorsement back before it is signed."""
    with changing_own() as work:
        endorsements.undo(work.session, work.account, reference, work.at)
    flash(_("Undone. It waits in your queue again."))
    return redirect(url_for("endorsements.decisions"))


def _page(template: str, work: OwnWork, reference: str, **more: object) -> ResponseReturnValue:
    """A page about one piece of evidence; one that does not wait any more says so."""
    item = endorsements.open_evidence(work.session, work.account, reference, work.at)
    version = endorsements.sent_version(work.session, item)
    if item.state != "submitted":
        template = "endorsements/decided.html"
    return render_template(template, account=work.account, evidence=item, version=version, **more)
