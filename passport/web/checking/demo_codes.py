"""The demo programme's table of codes: one row for each verdict."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from passport import demo
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@blueprint.get("/codes")
@who.public
def codes() -> ResponseReturnValue:
    """Show the table, for people who try the service."""
    _only_in_a_demo()
    with reading() as work:
        return render_template(
            "checking/demo_codes/codes.html", codes=demo.codes(work.session), pretty=demo.pretty
        )


@blueprint.get("/codes.json")
@who.public
def codes_json() -> ResponseReturnValue:
    """Return the table of demo codes as JSON."""
    _only_in_a_demo()
    base = runtime().settings.public_url
    with reading() as work:
        return [
            {
                "verdict": row.verdict,
                "code": demo.pretty(row),
                "address": base + url_for("checks.show", code=row.code),
                "why": row.why,
            }
            for row in demo.codes(work.session)
        ]


def _only_in_a_demo() -> None:
    if not runtime().demo:
        abort(404)
