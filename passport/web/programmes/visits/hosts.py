"""The public list of hosts, and the ledger of visits for those who run them."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from passport.services.core.rights import Action
from passport.services.programmes.visits import asking, hosts, ledger
from passport.services.programmes.visits.ledger import Ledger
from passport.web.core import route_access as who
from passport.web.core.work import reading, reading_own

blueprint = Blueprint("hosts", __name__)
# of the chart, in its own units
WIDTH, HEIGHT, FOOT, TOP = 600, 220, 30, 20


@blueprint.get("/programmes/<programme>/hosts")
@who.public
def listed(programme: str) -> ResponseReturnValue:
    """List the organisations that host students, by sector."""
    with reading() as work:
        return render_template(
            "programmes/visits/hosts.html",
            programme=asking.programme(work.session, programme),
            sectors=hosts.by_sector(work.session, programme),
        )


@blueprint.get("/visits/ledger")
@who.may(Action.VISITS)
def show() -> ResponseReturnValue:
    """Show who came where in a school year: a chart with its table, sums, and every group."""
    with reading_own() as work:
        found = ledger.opened(work.session, work.account, _year(), work.at)
        return render_template(
            "programmes/visits/ledger.html", account=work.account, ledger=found, bars=_bars(found)
        )


@blueprint.get("/visits/ledger.csv")
@who.may(Action.VISITS)
def download() -> ResponseReturnValue:
    """Return the ledger of a school year as CSV."""
    with reading_own() as work:
        found = ledger.opened(work.session, work.account, _year(), work.at)
    answer = Response(ledger.sheet(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="visits-{found.year}.csv"'
    return answer


def _year() -> int | None:
    return request.args.get("year", type=lambda typed: int(typed) if typed.isascii() else None)


def _bars(found: Ledger) -> list[dict[str, object]]:
    """Return the bars of the chart, one for each month, in the units of its view box."""
    months = found.by_month()
    most = max((number for _month, number in months), default=0) or 1
    step, room = WIDTH / len(months), HEIGHT - FOOT - TOP
    return [
        {
            "month": month,
            "number": number,
            "x": round(place * step + step * 0.15, 1),
            "middle": round(place * step + step / 2, 1),
            "width": round(step * 0.7, 1),
            "height": round(room * number / most, 1),
            "y": round(HEIGHT - FOOT - room * number / most, 1),
        }
        for place, (month, number) in enumerate(months)
    ]
