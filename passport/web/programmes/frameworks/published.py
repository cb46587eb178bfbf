"""Published frameworks: the wording that entries were issued under, open to everyone."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from passport.services.core.errors import NotFound
from passport.services.programmes.frameworks import versions
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

if TYPE_CHECKING:
    from passport.db.programmes.frameworks.versions import FrameworkVersion
    from passport.services import Session
    from passport.services.checking.checks import Result

blueprint = Blueprint("frameworks", __name__, url_prefix="/frameworks/<int:number>/<int:version>")


def agreements(session: Session, result: Result) -> dict[str, FrameworkVersion]:
    """Return our own frameworks in a check's result, by address: pages show who agreed their wording."""
    ours = re.compile(re.escape(runtime().settings.public_url) + r"/frameworks/(\d{1,9})/(\d{1,9})")
    found = {}
    for entry in result.entries:
        address = entry.credential.achievement.framework_url if entry.credential else ""
        if numbers := ours.fullmatch(address):
            with suppress(NotFound):
                found[address] = versions.published(session, int(numbers[1]), int(numbers[2]))
    return found


@blueprint.get("")
@who.public
def show(number: int, version: int) -> ResponseReturnValue:
    """Show all skills of a version, by group."""
    with reading() as work:
        found = versions.published(work.session, number, version)
        groups = [(name, list(skills)) for name, skills in groupby(found.skills, key=lambda one: one.group)]
        every = versions.public_versions(work.session, found)
        return render_template(
            "programmes/frameworks/show.html", version=found, groups=groups, versions=every
        )


@blueprint.get("/skills/<int:skill_number>")
@who.public
def skill(number: int, version: int, skill_number: int) -> ResponseReturnValue:
    """Show one skill and its four levels."""
    with reading() as work:
        found = versions.published(work.session, number, version)
        skill = next((one for one in found.skills if one.number == skill_number), None)
        if skill is None:
            raise NotFound
        every = versions.public_versions(work.session, found)
        return render_template("programmes/frameworks/skill.html", version=found, skill=skill, versions=every)
