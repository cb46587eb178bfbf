"""Published frameworks: the wording that entries were issued under, for anyone to read."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from passport.services import frameworks
from passport.services.errors import NotFound
from passport.web import access as who
from passport.web.work import reading

blueprint = Blueprint("frameworks", __name__, url_prefix="/frameworks/<int:number>/<int:version>")


@blueprint.get("")
@who.public
def show(number: int, version: int) -> ResponseReturnValue:
    """All skills of a version, by group."""
    with reading() as work:
        found = frameworks.published(work.session, number, version)
        groups = [(name, list(skills)) for name, skills in groupby(found.skills, key=lambda one: one.group)]
        return render_template("frameworks/show.html", version=found, groups=groups)


@blueprint.get("/skills/<int:skill_number>")
@who.public
def skill(number: int, version: int, skill_number: int) -> ResponseReturnValue:
    """One skill and its four levels."""
    with reading() as work:
        found = frameworks.published(work.session, number, version)
        skill = next((one for one in found.skills if one.number == skill_number), None)
        if skill is None:
            raise NotFound
        return render_template("frameworks/skill.html", version=found, skill=skill)
