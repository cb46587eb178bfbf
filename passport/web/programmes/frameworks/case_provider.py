"""The provider's interface of CASE 1.1 for published frameworks: public, read alone, JSON.

Errors are an imsx_StatusInfo, also those that the service's own error pages would answer. There is no list of
anything but documents; everything else is found by its identifier.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from passport.case import selection
from passport.case.selection import BadQuestion, Code
from passport.case.writing import PREFIX
from passport.services import DatabaseUnavailable
from passport.services.core import unexpected
from passport.services.core.errors import NotFound
from passport.services.programmes.frameworks import provider
from passport.verifier.unexpected import Unexpected
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

blueprint = Blueprint("case", __name__, url_prefix=PREFIX)
JSON = "application/json"
MAX_AGE = 300
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
KINDS = (
    provider.DOCUMENTS,
    provider.PACKAGES,
    provider.ITEMS,
    provider.ITEM_ASSOCIATIONS,
    provider.ASSOCIATIONS,
    provider.RUBRICS,
    provider.ITEM_TYPES,
    *provider.EMPTY_KINDS,
)
MEMBERS = (
    *("identifier", "uri", "CFPackageURI", "creator", "title", "lastChangeDateTime", "officialSourceURL"),
    *("language", "version", "caseVersion", "adoptionStatus", "statusStartDate", "notes"),
)
CODES = {
    HTTPStatus.FORBIDDEN: Code.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Code.UNKNOWN,
    HTTPStatus.TOO_MANY_REQUESTS: Code.BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: Code.BUSY,
}


@blueprint.get("/CFDocuments")
@who.machine
def documents() -> Response:
    """Return the published versions: a page of them, with the addresses of the other pages in Link."""
    base = runtime().settings.public_url
    with reading() as work:
        found = provider.documents(work.session, base)
    try:
        page = selection.select(found, MEMBERS, request.args)
    except BadQuestion as error:
        return status_info(HTTPStatus.BAD_REQUEST, error.code, error.words)
    response = _answer({"CFDocuments": page.objects})
    response.headers["X-Total-Count"] = str(page.total)
    asked = request.args.to_dict() | {"limit": str(page.limit)}
    address = f"{base}{PREFIX}/CFDocuments"
    response.headers["Link"] = ", ".join(
        f'<{address}?{urlencode(asked | {"offset": str(offset)})}>; rel="{relation}"'
        for relation, offset in page.pages().items()
    )
    return response


@blueprint.get("/<object_kind>/<identifier>")
@who.machine
def show(object_kind: str, identifier: str) -> Response:
    """Return one object by its identifier."""
    if object_kind not in KINDS:
        return status_info(HTTPStatus.NOT_FOUND, Code.UNKNOWN, f"There is no {object_kind}")
    if not UUID.fullmatch(identifier):
        return status_info(HTTPStatus.NOT_FOUND, Code.IDENTIFIER, "Invalid UUID")
    index: provider.Index = current_app.extensions.setdefault("passport_case_index", provider.Index())
    with reading() as work:
        try:
            found = provider.one(index, work.session, runtime().settings.public_url, object_kind, identifier)
        except NotFound:
            return status_info(HTTPStatus.NOT_FOUND, Code.UNKNOWN, "Unknown Object")
    return _answer(found)


@blueprint.get("/<path:unknown>")
@who.machine
def nothing(unknown: str) -> Response:
    """Return the error for any other address of the interface."""
    return status_info(HTTPStatus.NOT_FOUND, Code.UNKNOWN, f"There is no {unknown}")


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return status_info(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)


@blueprint.errorhandler(DatabaseUnavailable)
def _unavailable(_error: DatabaseUnavailable) -> Response:
    return status_info(HTTPStatus.SERVICE_UNAVAILABLE)


@blueprint.errorhandler(Exception)
def _unexpected(error: Exception) -> Response:
    unexpected.note(
        "unexpected error", Unexpected.of(error), method=request.method, endpoint=request.endpoint
    )
    return status_info(HTTPStatus.INTERNAL_SERVER_ERROR)


def status_info(status: int, code: Code | None = None, words: str = "") -> Response:
    """Return an error as CASE has it (imsx_StatusInfo)."""
    minor = code or CODES.get(HTTPStatus(status), Code.INTERNAL)
    told = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": words or HTTPStatus(status).phrase,
        "imsx_codeMinor": {
            "imsx_codeMinorField": [
                {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor.value}
            ]
        },
    }
    response = Response(json.dumps(told), status, content_type=JSON)
    _open(response)
    return response


def _answer(value: object) -> Response:
    response = Response(json.dumps(value, ensure_ascii=False), content_type=JSON)
    _open(response)
    response.cache_control.public, response.cache_control.max_age = True, MAX_AGE
    response.add_etag()
    response.make_conditional(request)
    return response


def _open(response: Response) -> None:
    """Let programs in browsers of other sites read it: it is public, and no cookie is read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Link, X-Total-Count"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
