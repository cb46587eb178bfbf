"""Frameworks as files: a table to open in a spreadsheet, and a CASE package for other software."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from passport.services.core.rights import Action, How
from passport.services.programmes.frameworks import files, versions, visibility
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading, reading_own

if TYPE_CHECKING:
    from passport.db.programmes.frameworks.versions import FrameworkVersion

blueprint = Blueprint("framework_files", __name__)
PUBLISHED = "/frameworks/<int:number>/<int:version>"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
NOT_IN_A_NAME = re.compile(r"[^\w-]+")
LONGEST_NAME = 60


@blueprint.get(f"{PUBLISHED}/skills.csv")
@who.public
def as_csv(number: int, version: int) -> Response:
    """Send the skills as CSV."""
    with reading() as work:
        found = versions.published(work.session, number, version)
        return _file(files.as_csv(found), CSV, found, "csv")


@blueprint.get(f"{PUBLISHED}/skills.xlsx")
@who.public
def as_xlsx(number: int, version: int) -> Response:
    """Send the skills as a workbook."""
    with reading() as work:
        found = versions.published(work.session, number, version)
        return _file(files.as_xlsx(found), XLSX, found, "xlsx")


@blueprint.get(f"{PUBLISHED}/case.json")
@who.public
def as_case(number: int, version: int) -> Response:
    """Send the version as a CASE 1.1 package."""
    with reading() as work:
        found = versions.published(work.session, number, version)
        content = files.as_case(work.session, found, runtime().settings.public_url)
        return _file(content, JSON, found, "case.json")


@blueprint.get("/manage/frameworks/<int:framework>/<int:draft>/skills.xlsx")
@who.may(Action.FRAMEWORK, How.DRAFT, How.COMMENT_AND_SIGN, How.PUBLISH)
def draft_as_xlsx(framework: int, draft: int) -> Response:
    """Send the skills of a version that may still be a draft, to those who see it, as a workbook."""
    with reading_own() as work:
        found = visibility.seen(work.session, work.account, framework, draft)
        return _file(files.as_xlsx(found), XLSX, found, "xlsx")


def _file(content: bytes, media_type: str, version: FrameworkVersion, ending: str) -> Response:
    title = NOT_IN_A_NAME.sub("-", version.framework.title).strip("-")[:LONGEST_NAME] or "framework"
    response = Response(content, content_type=media_type)
    name = f"{title}-{version.number}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
