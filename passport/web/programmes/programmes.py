"""Public pages of recognised programmes, beside the signed files. They use no session and may be cached."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from passport.services.trust import recognised
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

blueprint = Blueprint("programmes", __name__, url_prefix="/programmes")
MAX_AGE = 300


@blueprint.get("")
@who.public
def listed() -> ResponseReturnValue:
    """List every programme, and how to check the list itself."""
    signed = recognised.read_registry(runtime().public)
    with reading() as work:
        everybody = recognised.everybody(work.session, signed)
    return _kept(render_template("programmes/list.html", everybody=everybody, standalone=True))


@blueprint.get("/<name>")
@who.public
def show(name: str) -> ResponseReturnValue:
    """Show one programme: who may issue and endorse, since when, with which keys."""
    signed = recognised.read_registry(runtime().public)
    with reading() as work:
        programme = recognised.programme(work.session, signed, name)
    return _kept(render_template("programmes/show.html", programme=programme, standalone=True))


def _kept(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response
