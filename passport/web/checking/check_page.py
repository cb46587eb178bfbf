"""The check page as an installable app that checks without a connection.

The page itself is `checks.check`; its scripts are in static/check. A new version is installed as a whole: its
name is a hash of everything in it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, url_for
from flask_babel import gettext as _

from passport.services.checking import check_page
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime

blueprint = Blueprint("checker", __name__)
THEME = "#3b2f63"
WORKER = "check/worker.js"
FILES = (
    "passport.css",
    "passport.js",
    "mark.svg",
    "vendor/page-kit.css",
    "vendor/page-kit-forms.css",
    "vendor/govuk-frontend.min.js",
    "vendor/checker/zxing_reader.wasm",
)
FOLDERS = ("check/*.js", "check/*.css", "vendor/checker/*.js", "vendor/fonts/*.woff2")


@blueprint.get("/sw.js")
@who.public
def worker() -> Response:
    """Return the service worker, with the list of everything that it caches."""
    addresses, digest = shell()
    told = json.dumps({"version": digest, "page": url_for("checks.check"), "files": addresses})
    script = (_static() / WORKER).read_text(encoding="utf-8")
    return Response(f"self.SHELL = {told};\n{script}", mimetype="text/javascript")


@blueprint.get("/check.webmanifest")
@who.public
def manifest() -> Response:
    """Return the manifest: the name and look of the page once it is installed."""
    icons = [
        {"src": _address(f"check/icon-{size}{kind}.png"), "sizes": f"{size}x{size}", "purpose": purpose}
        for size in (192, 512)
        for kind, purpose in (("", "any"), ("-maskable", "maskable"))
    ]
    said = {
        "id": url_for("checks.check"),
        "name": _("Check a skills passport"),
        "short_name": _("Skills check"),
        "description": _("Checks codes of skills passports, also without a connection"),
        "start_url": url_for("checks.check"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": THEME,
        "lang": "en-GB",
        "icons": [{**icon, "type": "image/png"} for icon in icons],
    }
    return Response(json.dumps(said), mimetype="application/manifest+json")


def shell() -> tuple[list[str], str]:
    """Return every address that the installed page needs, and one hash over their content."""
    static = _static()
    names = sorted({*FILES, *(str(one.relative_to(static)) for glob in FOLDERS for one in static.glob(glob))})
    names.remove(WORKER)
    digest = hashlib.sha256(render_template("checking/check.html", standalone=True).encode())
    for name in [*names, WORKER]:
        digest.update(name.encode() + (static / name).read_bytes())
    addresses = [*map(_address, names), url_for("home.colour"), url_for("checker.manifest")]
    return addresses, digest.hexdigest()[:16]


def delivered() -> dict[str, str | float]:
    """Return the data of the page's element: origin, pinned root keys, and maximum age of a list."""
    settings = runtime().settings
    return {
        "origin": settings.public_url,
        "roots": " ".join(check_page.pinned_root_keys(runtime().public)),
        "hours": settings.status_max_age_hours,
    }


def _address(name: str) -> str:
    return url_for("static", filename=name)


def _static() -> Path:
    return Path(current_app.static_folder or "")
