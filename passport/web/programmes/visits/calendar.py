"""The calendar of a month, and the addresses that calendars of phones and offices subscribe to."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.dates import today
from passport.services.core.rights import Action, How
from passport.services.programmes.visits import calendars
from passport.services.programmes.visits.calendars import FeedKind
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form, OneOf, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading, reading_own

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")
EVERYBODY = who.may(Action.ACTIVITIES, How.FULLY, How.PROPOSE, How.SIGN_UP)
FIRST_YEAR, LAST_YEAR = 2000, 2199


class FeedForm(Form):
    """Which calendar."""

    kind = OneOf(_l("Which calendar?"), message=_l("Choose which calendar"), choices=choices(*FeedKind))


@blueprint.get("")
@EVERYBODY
def month() -> ResponseReturnValue:
    """Show a month; without one that can be read, this month."""
    with reading_own() as work:
        day = today(work.at)
        shown = calendars.month(work.session, work.account, _month(day))
        return render_template("programmes/visits/month.html", shown=shown, today=day)


@blueprint.get("/addresses")
@EVERYBODY
def feeds() -> ResponseReturnValue:
    """Show which calendars have an address, and offer to make it anew or to end it."""
    return _page()


@blueprint.post("/addresses")
@EVERYBODY
def make() -> ResponseReturnValue:
    """Make a new address of a calendar, and show it this once."""
    form = FeedForm()
    if not form.validate_on_submit():
        return redirect(url_for("calendar.feeds"))
    kind = FeedKind(form.kind.data)
    with changing_own() as work:
        token = calendars.make(work.session, work.account, kind, work.at)
    address = f"{runtime().settings.public_url}{url_for('calendar.feed', token=token)}"
    return _page(kind, address)


@blueprint.post("/addresses/end")
@EVERYBODY
def end() -> ResponseReturnValue:
    """End the address of a calendar."""
    form = FeedForm()
    if form.validate_on_submit():
        with changing_own() as work:
            calendars.end(work.session, work.account, FeedKind(form.kind.data), work.at)
        flash(_("Ended. Calendars that used the address find nothing there any more."))
    return redirect(url_for("calendar.feeds"))


@blueprint.get("/feed/<token>.ics")
@who.public
def feed(token: str) -> ResponseReturnValue:
    """Return the calendar at an address, for programs that subscribe to it."""
    with reading() as work:
        file = calendars.feed(work.session, token, runtime().settings.public_url, work.at)
    return Response(file, content_type="text/calendar; charset=utf-8")


def _page(made: FeedKind | None = None, address: str = "") -> str:
    with reading_own() as work:
        there = {one.kind: one for one in calendars.feeds(work.session, work.account)}
        return render_template(
            "programmes/visits/feeds.html",
            kinds=calendars.offered(work.account),
            there=there,
            made=made,
            address=address,
            form=FeedForm(),
        )


def _month(day: date) -> date:
    """Return the first day of the month in the address, like 2026-03; else that of ``day``."""
    try:
        first = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return day.replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else day.replace(day=1)
