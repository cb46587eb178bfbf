"""The signed public files: served as stored, without a cookie."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from passport.web.core import route_access as who
from passport.web.core.runtime import runtime

blueprint = Blueprint("published", __name__)
MAX_AGE = 300
JSON = "application/json"
DID_DOCUMENT = "application/did+json"
# VC Data Model 2.0, appendix C.1; then what other readers call the same document
CREDENTIAL = "application/vc"
CREDENTIAL_TYPES = (CREDENTIAL, JSON, "application/ld+json", "application/vc+ld+json")


@blueprint.get("/registry.json")
@who.public
def registry() -> Response:
    """Send the signed registry of issuers and keys."""
    return _file("registry.json", JSON)


@blueprint.get("/registry/<int:version>.json")
@who.public
def registry_version(version: int) -> Response:
    """Send one version of the registry, for a checker that holds the previous one."""
    return _file(f"registry/{version}.json", JSON)


@blueprint.get("/audit.json")
@who.public
def newest_anchor() -> Response:
    """Send the newest signed head of the audit trail."""
    return _file("audit.json", JSON)


@blueprint.get("/audit/<int:number>.json")
@who.public
def anchor(number: int) -> Response:
    """Send the signed head that the audit trail had at a record."""
    return _file(f"audit/{number}.json", JSON)


@blueprint.get("/bundle.json")
@who.public
def bundle() -> Response:
    """Send everything that an offline check needs besides the entry."""
    return _file("bundle.json", JSON)


@blueprint.get("/status/<int:number>/<purpose>")
@who.public
def status_list(number: int, purpose: str) -> Response:
    """Send a signed status list as the media type that the client prefers; the bytes are always the same."""
    response = _file(f"status/{number}/{purpose}", credential_type())
    response.vary.add("Accept")
    return response


def credential_type() -> str:
    """Return the media type for a credential that the client prefers."""
    return request.accept_mimetypes.best_match(CREDENTIAL_TYPES, CREDENTIAL)


@blueprint.get("/<any(programmes, employers):kind>/<name>/did.json")
@who.public
def did_document(kind: str, name: str) -> Response:
    """Send an issuer's DID document with its keys."""
    return _file(f"{kind}/{name}/did.json", DID_DOCUMENT)


def _file(name: str, media_type: str) -> Response:
    try:
        response = send_from_directory(runtime().public.directory, name, mimetype=media_type, max_age=MAX_AGE)
    except NotFound:
        # a 404 for a file that is not there yet is not cached
        response = Response("{}\n", status=404, mimetype=JSON)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
