"""The champion's queue and decisions. Nothing is preselected, and nothing is signed unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import RadioField, StringField
from wtforms.validators import Optional, ValidationError

from passport.jobs import queue as job_queue
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.endorsements import confirmations, decisions, notes
from passport.services.endorsements import queue as waiting
from passport.services.evidence import evidence_access, evidence_versions, reading_log
from passport.services.people import onboarding
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.filters import as_date_time
from passport.web.core.paging import page_number
from passport.web.core.runtime import runtime
from passport.web.core.widgets import CharacterCount, Form, OneOf, Radios, choices
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.endorsements import batches

if TYPE_CHECKING:
    from passport.db.evidence.evidence import EvidenceVersion

blueprint = Blueprint("endorsements", __name__)
READ = "version-"  # begins the name of the field with the version that was read
# the pages with the student's words on them: opening one is recorded in the student's reading log
READING = {f"endorsements/{name}.html" for name in ("show", "review", "decided")}


class BasisForm(Form):
    """The basis of an endorsement, and the level."""

    basis = OneOf(
        _l("How do you know?"), message=_l("Choose how you know"), choices=choices(1, 2, 3), coerce=int
    )
    level = OneOf(
        _l("Which level did you see?"),
        message=_l("Choose the level"),
        choices=choices(1, 2, 3, 4),
        coerce=int,
    )


class EndorseForm(BasisForm):
    """What a champion endorses: besides, how they came to see what another employer hosted."""

    seen_as = RadioField(
        _l("You saw it: how did you come to be there?"),
        [Optional()],
        widget=Radios(),
        choices=choices(*decisions.SEEN_AS),
        validate_choice=False,
    )

    @property
    def choice(self) -> dict[str, Any]:
        """Return the choice, for the address of the next step: none of it is secret."""
        said = {"basis": self.basis.data, "level": self.level.data}
        return said | ({"seen_as": self.seen_as.data} if self.seen_as.data in decisions.SEEN_AS else {})

    def says_how(self, work: OwnWork, reference: str) -> bool:
        """Return whether the champion said how they saw what another employer hosted, where they have to."""
        evidence = evidence_access.open_evidence(work.session, work.account, reference, work.at)
        try:
            decisions.how_known(work.account, evidence, self.basis.data, self.seen_as.data or "")
        except Refused:
            self.add_error("seen_as", _("Choose how you came to see it"))
            return False
        return True


class ReasonForm(Form):
    """One of the fixed reasons."""

    reason = OneOf(_l("Why?"), message=_l("Choose a reason"))

    def __init__(self, reasons: list[str]) -> None:
        """Offer ``reasons``; their words are in the template."""
        super().__init__()
        self.reason.choices = choices(*reasons)


class SendBackForm(ReasonForm):
    """A reason, and optionally a short note by the champion."""

    note = StringField(_l("Add a note (optional)"), widget=CharacterCount())

    def validate_note(self, field: StringField) -> None:
        """Require at most the maximum length."""
        if len((field.data or "").replace("\r\n", "\n").strip()) > notes.LONGEST:
            raise ValidationError(_("Use at most %(most)s characters", most=notes.LONGEST))


@blueprint.route("/queue", methods=["GET", "POST"])
@who.may(Action.DECIDE)
def queue() -> ResponseReturnValue:
    """Show what waits, oldest first, each with its text and a choice of decision; none is preselected."""
    with changing_own() as work:
        standing = onboarding.own(work.session, work.account, work.at)
        found = waiting.waiting(work.session, work.account, work.at, page_number())
        chosen = _chosen(found) if request.method == "POST" else {}
        if chosen and request.form.get("step") == "go":
            rows = [
                str(batches.Row(chosen[ref], ref, version)) for ref, version in _read(found) if ref in chosen
            ]
            return redirect(url_for("batches.answers", row=rows), 303)
        waiting.looked_at(work.session, work.account, found.items, work.at)
        return render_template(
            "endorsements/queue.html",
            account=work.account,
            queue=found,
            chosen=chosen,
            standing=standing,
            problem=request.method == "POST" and not chosen,
            form=Form(),
        )


def _read(found: waiting.Queue) -> list[tuple[str, int]]:
    """Return the rows of the page and of the sent form, as pairs of reference and version that was read."""
    shown = {item.evidence.reference: item.version.number for item in found.items}
    names = [name for name in request.form if name.startswith(READ)]
    sent = {name.removeprefix(READ): request.form.get(name, 0, type=int) for name in names}
    return [(reference, number) for reference, number in (shown | sent).items() if number]


def _chosen(found: waiting.Queue) -> dict[str, str]:
    """Return the decision chosen for each row, or for a whole group by its own button."""
    ticked = {ref: request.form.get(f"decision-{ref}", "") for ref, _number in _read(found)}
    whole = request.form.get("step", "").removeprefix("all-")
    ticked |= {item.evidence.reference: "endorse" for item in found.items if item.alike == whole}
    return {ref: decision for ref, decision in ticked.items() if decision in batches.DECISIONS}


@blueprint.get("/queue/<reference>")
@who.may(Action.DECIDE)
def show(reference: str) -> ResponseReturnValue:
    """Show one piece of evidence to read and decide on."""
    with changing_own() as work:
        return _page("endorsements/show.html", work, reference)


@blueprint.route("/queue/<reference>/endorse", methods=["GET", "POST"])
@who.may(Action.DECIDE)
@fresh
def endorse(reference: str) -> ResponseReturnValue:
    """Take the basis and the level. The next page shows what will be signed."""
    form = EndorseForm() if request.method == "POST" else EndorseForm(formdata=request.args)
    if form.validate_on_submit():
        if request.form.get("step") == "confirm":
            return _endorse(reference, form)
        with reading_own() as work:
            version = _version_as_read(work, reference)
            if version and form.level.data > version.level:
                raise Refused(Reason.LEVEL_HIGHER_THAN_CLAIMED)
            says_how = version is None or form.says_how(work, reference)
        if says_how:
            return redirect(_review(reference, form), 303)
    with changing_own() as work:
        return _decision("endorsements/endorse.html", work, reference, form)


@blueprint.get("/queue/<reference>/endorse/review")
@who.may(Action.DECIDE)
@fresh
def review(reference: str) -> ResponseReturnValue:
    """Show what will be signed. It is a page of its own, so that going back to it sends nothing again."""
    form = EndorseForm(formdata=request.args, meta={"csrf": False})
    with changing_own() as work:
        version = _version_as_read(work, reference)
        is_whole = version and form.validate() and form.level.data <= version.level
        if version and not (is_whole and form.says_how(work, reference)):
            return redirect(url_for("endorsements.endorse", reference=reference, version=version.number))
        return _decision("endorsements/review.html", work, reference, Form(), chosen=form.choice)


def _review(reference: str, form: EndorseForm) -> str:
    return url_for("endorsements.review", reference=reference, version=_version_read(), **form.choice)


def _endorse(reference: str, form: EndorseForm) -> ResponseReturnValue:
    choice = (_version_read() or 0, form.basis.data, form.level.data)
    seen_as = form.seen_as.data or ""
    with changing_own() as work:
        decided = decisions.endorse(
            work.session, runtime().keys, work.account, reference, *choice, work.at, seen_as
        )
        undo_until = decided.due_at if decided.due_at and decided.due_at > work.at else None
    job_queue.wake()
    if undo_until:
        flash(
            _("Endorsed. You can undo it until %(when)s. Then it is signed.", when=as_date_time(undo_until))
        )
    else:
        flash(_("Endorsed. It is being signed now."))
    return redirect(url_for("endorsements.decisions"))


@blueprint.route("/queue/<reference>/send-back", methods=["GET", "POST"])
@who.may(Action.DECIDE)
def send_back(reference: str) -> ResponseReturnValue:
    """Send the evidence back to the student with a fixed reason."""
    form = SendBackForm(list(decisions.RETURN_REASONS))
    if form.validate_on_submit():
        with changing_own() as work:
            decided = (_version_read() or 0, form.reason.data, work.at, form.note.data or "")
            is_held = decisions.send_back(work.session, work.account, reference, *decided).note_is_held
        flash(_("Sent back. The student can change it and send it again."))
        if is_held:
            flash(_("Your note waits: somebody at the school reads it first."))
        return redirect(url_for("endorsements.queue"))
    with changing_own() as work:
        return _decision("endorsements/send_back.html", work, reference, form)


@blueprint.route("/queue/<reference>/decline", methods=["GET", "POST"])
@who.may(Action.DECIDE)
def decline(reference: str) -> ResponseReturnValue:
    """Decline to decide ("not able to say"), with a fixed reason."""
    form = ReasonForm(list(decisions.DECLINE_REASONS))
    if form.validate_on_submit():
        with changing_own() as work:
            decided = (_version_read() or 0, form.reason.data, work.at)
            decisions.decline(work.session, work.account, reference, *decided)
        flash(_("Thank you. The student sees that you were not able to say."))
        return redirect(url_for("endorsements.queue"))
    with changing_own() as work:
        return _decision("endorsements/decline.html", work, reference, form)


@blueprint.get("/decisions", endpoint="decisions")
@who.may(Action.DECIDE)
def show_decisions() -> ResponseReturnValue:
    """Show the champion's decisions, and what can still be undone."""
    with reading_own() as work:
        decided = decisions.decided(work.session, work.account)
        left = waiting.count(work.session, work.account, work.at)
        return render_template(
            "endorsements/decisions.html", decided=decided, left=left, now=work.at, form=Form()
        )


@blueprint.post("/decisions/<reference>/undo")
@who.may(Action.DECIDE)
def undo(reference: str) -> ResponseReturnValue:
    """Undo an endorsement before it is signed."""
    with changing_own() as work:
        decisions.undo(work.session, work.account, reference, work.at)
    flash(_("Undone. It waits in your queue again."))
    return redirect(url_for("endorsements.decisions"))


@blueprint.post("/decisions/<reference>/issue-now")
@who.may(Action.DECIDE)
def issue_now(reference: str) -> ResponseReturnValue:
    """Sign an endorsement at once, in a demo only, so that trying it takes no waiting."""
    issue_at_once(reference)
    return redirect(url_for("endorsements.decisions"))


def issue_at_once(reference: str) -> None:
    """End the time to undo one's own endorsement, in a demo only; otherwise respond 404."""
    if not runtime().demo:
        abort(404)
    with changing_own() as work:
        decisions.issue_now(work.session, work.account, reference, work.at)
    job_queue.wake()
    flash(_("It is being signed now."))


def _version_read() -> int | None:
    """Return the version that the champion read, which every step passes on."""
    return request.form.get("version", type=int) or request.args.get("version", type=int)


def _version_as_read(work: OwnWork, reference: str) -> EvidenceVersion | None:
    """Return the version that was read, if it still waits; None if none was read or the evidence does not
    wait.

    Raises Refused if the student has sent another version since.
    """
    item = evidence_access.open_evidence(work.session, work.account, reference, work.at)
    read = _version_read()
    if item.state != "submitted" or read is None:
        return None
    if read != item.version:
        raise Refused(Reason.CHANGED_MEANWHILE)
    return evidence_access.sent_version(work.session, item)


def _decision(
    template: str, work: OwnWork, reference: str, form: Form, **more: object
) -> ResponseReturnValue:
    """Render a step of a decision about the version that was read; redirect to the text if none was read."""
    version = _version_as_read(work, reference)
    if version is None and _version_read() is None:
        return redirect(url_for("endorsements.show", reference=reference))
    return _page(template, work, reference, form=form, **more)


def _page(template: str, work: OwnWork, reference: str, **more: object) -> ResponseReturnValue:
    """Render a page about one piece of evidence, or the page "decided" if it does not wait any more."""
    item = evidence_access.open_evidence(work.session, work.account, reference, work.at)
    version = evidence_access.sent_version(work.session, item)
    if item.state != "submitted":
        template = "endorsements/decided.html"
    if template in READING:
        reading_log.record(work.session, work.account, item.student_id, work.at, evidence=item)
    beside = evidence_versions.reading(work.session, item, version)
    return render_template(
        template,
        account=work.account,
        evidence=item,
        confirmed=confirmations.among(work.session, [item]),
        of_another=decisions.is_of_another(work.account, item),
        version=version,
        reading=beside,
        **more,
    )
