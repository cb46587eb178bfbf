"""The organiser's pages: what waits, matching, and the visits that are planned."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.programmes.visits import planning
from passport.services.programmes.visits.planning import Details, Online, Sheet
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.runtime import runtime
from passport.web.core.widgets import AnyOf, Form, OneOf, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import NeededDay, done
from passport.web.programmes.visits.fields import (
    AddressField,
    NeedsForm,
    PhoneField,
    TextBox,
    TimeOfDay,
    need_values,
    people,
)

blueprint = Blueprint("visits", __name__, url_prefix="/visits")


class VisitForm(StoredForm, NeedsForm):
    """The day, the numbers and the sheet of a visit."""

    held_on = NeededDay(_l("Which day?"), missing=_l("Enter the day"))
    from_time = TimeOfDay(_l("From what time?"))
    to_time = TimeOfDay(_l("Until what time?"))
    students = people(_l("How many students?"), _l("Enter the number of students, like 24"))
    adults = people(_l("How many adults come with them?"), _l("Enter the number of adults, like 3"))
    meeting = TextBox(_l("Where does the class arrive, and who meets it?"))
    transport = TextBox(_l("How does the class get there and back?"))
    kit = TextBox(_l("What does the class have to wear or bring?"))
    school_phone = PhoneField(_l("The school's emergency number on the day"))
    host_phone = PhoneField(_l("The host's emergency number on the day"))

    def values(self, sheet: Sheet) -> dict[str, Any]:
        """Return the values of a sheet by the names of this form's fields."""
        texts = {name: value for name, value in vars(sheet).items() if name != "needs"}
        return texts | need_values(sheet.needs)

    def details(self) -> Details | None:
        """Return the values as Details; None while one that is needed is missing."""
        if self.held_on.data is None or self.from_time.data is None or self.to_time.data is None:
            return None
        sheet = Sheet(
            meeting=self.meeting.data or "",
            transport=self.transport.data or "",
            kit=self.kit.data or "",
            school_phone=self.school_phone.data or "",
            host_phone=self.host_phone.data or "",
            needs=self.needs(),
        )
        numbers = self.students.data or 0, self.adults.data or 0
        return Details(self.held_on.data, self.from_time.data, self.to_time.data, *numbers, sheet)


class StopForm(Form):
    """Whether a visit is cancelled or moved online, and what takes its place."""

    instead = OneOf(
        _l("What happens to the visit?"),
        message=_l("Choose what happens to the visit"),
        choices=choices("online", "cancelled"),
    )
    why = TextBox(_l("Why? Both sides read this."), missing=_l("Enter why, in words for both sides"))
    film = AddressField(_l("Address of a film"))
    captions = AnyOf("", gone=_l("Choose from what is offered"), choices=choices("yes"))
    worksheet = AddressField(_l("Address of a worksheet (optional)"))

    def online(self) -> Online | None:
        """Return what takes the visit's place; None where it is cancelled."""
        if self.instead.data != "online":
            return None
        return Online(self.film.data or "", self.worksheet.data or "", bool(self.captions.data))


class CountForm(Form):
    """How many came, or watched the film."""

    came = people(_l("How many students took part?"), _l("Enter how many took part, like 23"), least=0)


@blueprint.get("")
@who.may(Action.VISITS)
def listed() -> ResponseReturnValue:
    """Show what waits to be matched, and the visits that are planned."""
    with reading_own() as work:
        board = planning.board(work.session, work.account, work.at)
        return render_template("programmes/visits/board.html", account=work.account, board=board, now=work.at)


@blueprint.get("/offers/<reference>")
@who.may(Action.VISITS)
def offer(reference: str) -> ResponseReturnValue:
    """Show one offer."""
    with reading_own() as work:
        found = planning.find_offer(work.session, work.account, reference)
        return render_template("programmes/visits/offer.html", offer=found, form=Form())


@blueprint.post("/offers/<reference>/close")
@who.may(Action.VISITS)
def close_offer(reference: str) -> ResponseReturnValue:
    """Close an offer."""
    with changing_own() as work:
        planning.close_offer(work.session, work.account, reference, work.at)
    flash(_("Closed. No new visit is planned from it; it is deleted in 14 days."))
    return redirect(url_for("visits.listed"))


@blueprint.get("/requests/<reference>")
@who.may(Action.VISITS)
def request(reference: str) -> ResponseReturnValue:
    """Show what a class would like, with the offers beside it, those that fit best first."""
    with reading_own() as work:
        found = planning.find_request(work.session, work.account, reference)
        fits = planning.fits(work.session, work.account, found)
        return render_template("programmes/visits/request.html", wish=found, fits=fits, form=Form())


@blueprint.post("/requests/<reference>/close")
@who.may(Action.VISITS)
def close_request(reference: str) -> ResponseReturnValue:
    """Close what no one can offer, and tell the school."""
    with changing_own() as work:
        planning.close_request(work.session, work.account, reference, work.at)
    flash(_("Closed. The school is told by mail; what it sent is deleted in 14 days."))
    return redirect(url_for("visits.listed"))


@blueprint.route("/requests/<reference>/plan/<offer>", methods=["GET", "POST"])
@who.may(Action.VISITS)
def plan(reference: str, offer: str) -> ResponseReturnValue:
    """Plan the visit of this class to this host."""
    form = VisitForm()
    with reading_own() as work:
        wished = planning.find_request(work.session, work.account, reference)
        offered = planning.find_offer(work.session, work.account, offer)
        if not form.is_submitted():
            sheet = planning.first_sheet(offered, wished)
            numbers = {"students": min(wished.students, offered.most), "adults": wished.adults}
            form.fill(**numbers, **form.values(sheet))
        shown = {"host": offered.organisation, "school": wished.school, "asked": wished.times}
    details = form.details() if form.validate_on_submit() else None
    if details is not None:
        made = done(
            form,
            lambda work: (
                planning.plan(
                    work.session,
                    work.account,
                    reference,
                    offer,
                    details,
                    runtime().settings.public_url,
                    work.at,
                ).reference
            ),
        )
        if made:
            flash(_("Planned. Both sides are told by mail."))
            return redirect(url_for("visits.show", reference=made))
    back = url_for("visits.request", reference=reference)
    return render_template("programmes/visits/details.html", form=form, shown=shown, back=back)


@blueprint.get("/<reference>")
@who.may(Action.VISITS)
def show(reference: str) -> ResponseReturnValue:
    """Show a visit with its sheet."""
    with reading_own() as work:
        found = planning.find(work.session, work.account, reference)
        return render_template("programmes/visits/show.html", visit=found, now=work.at)


@blueprint.route("/<reference>/change", methods=["GET", "POST"])
@who.may(Action.VISITS)
def change(reference: str) -> ResponseReturnValue:
    """Change the day, the numbers or the sheet."""
    form = VisitForm()
    details = form.details() if form.validate_on_submit() else None
    if details is not None:
        args = reference, details, runtime().settings.public_url
        if done(
            form,
            lambda work: (
                planning.change(work.session, work.account, *args, work.at, form.seen.data).reference
            ),
        ):
            flash(_("Changed. Both sides are told by mail."))
            return redirect(url_for("visits.show", reference=reference))
    with reading_own() as work:
        found = planning.find(work.session, work.account, reference)
        stored = planning.details_of(found)
        form.show(
            planning.said(found),
            held_on=stored.held_on,
            from_time=stored.starts,
            to_time=stored.ends,
            students=stored.students,
            adults=stored.adults,
            **form.values(stored.sheet),
        )
        shown = {"host": found.host, "school": found.school, "visit": found}
        back = url_for("visits.show", reference=reference)
        return render_template("programmes/visits/details.html", form=form, shown=shown, back=back)


@blueprint.route("/<reference>/stop", methods=["GET", "POST"])
@who.may(Action.VISITS)
def stop(reference: str) -> ResponseReturnValue:
    """Cancel a visit or move it online, in one act."""
    form = StopForm()
    if form.validate_on_submit():
        args = reference, form.why.data or "", form.online(), runtime().settings.public_url
        if done(form, lambda work: planning.stop(work.session, work.account, *args, work.at).reference):
            flash(_("Done. Both sides are told by mail."))
            return redirect(url_for("visits.show", reference=reference))
    with reading_own() as work:
        found = planning.find(work.session, work.account, reference)
        return render_template("programmes/visits/stop.html", form=form, visit=found)


@blueprint.route("/<reference>/count", methods=["GET", "POST"])
@who.may(Action.VISITS)
def count(reference: str) -> ResponseReturnValue:
    """Record how many came, or watched the film."""
    form = CountForm()
    if form.validate_on_submit() and form.came.data is not None:
        came = form.came.data

        def act(work: Any) -> str:
            visit = planning.find(work.session, work.account, reference, lock=True)
            planning.count(work.session, visit, work.account.reference, came, work.at)
            return reference

        if done(form, act):
            flash(_("Counted."))
            return redirect(url_for("visits.show", reference=reference))
    with reading_own() as work:
        found = planning.find(work.session, work.account, reference)
        if not form.is_submitted():
            form.fill(came=found.came)
        return render_template("programmes/visits/count.html", form=form, visit=found)
