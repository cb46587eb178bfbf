"""Static files, compressed for clients that accept it.

Text is compressed when first requested. A file compressed when it was vendored is stored beside the original.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from flask import Flask, Response, request, send_file, send_from_directory
from werkzeug.security import safe_join

from passport.web.core import route_access as who

TEXT = frozenset({".css", ".js", ".svg", ".md"})
BROTLI = ".br"
# Types that the platform's own list lacks
TYPES = {".wasm": "application/wasm", ".js": "text/javascript"}


def use(app: Flask) -> None:
    """Replace Flask's own view for static files."""
    folder = Path(app.static_folder or "")

    @who.public
    def static(filename: str) -> Response:
        return _send(folder, filename)

    app.view_functions["static"] = static


def _send(folder: Path, filename: str) -> Response:
    path = safe_join(str(folder), filename)
    file = Path(path) if path else None
    kind = TYPES.get(Path(filename).suffix) or mimetypes.guess_type(filename)[0]
    if file is None or not file.is_file():
        return send_from_directory(folder, filename)  # responds 404
    if file.with_name(file.name + BROTLI).is_file():
        is_read = request.accept_encodings["br"] > 0
        response = send_from_directory(folder, filename + BROTLI * is_read, mimetype=kind)
        return _encoded(response, "br" if is_read else None)
    if file.suffix in TEXT:
        if not request.accept_encodings["gzip"]:
            return _encoded(send_from_directory(folder, filename, mimetype=kind), None)
        modified = file.stat().st_mtime
        packed, name = _packed(file, modified)
        response = send_file(BytesIO(packed), mimetype=kind, etag=name, last_modified=modified)
        return _encoded(response, "gzip")
    return send_from_directory(folder, filename, mimetype=kind)


@lru_cache(maxsize=256)
def _packed(file: Path, modified: float) -> tuple[bytes, str]:
    """Return the file's text compressed, and an ETag for exactly these bytes."""
    packed = gzip.compress(file.read_bytes(), mtime=0)
    return packed, f"{hashlib.sha256(packed).hexdigest()[:32]}-{modified:.0f}"


def _encoded(response: Response, encoding: str | None) -> Response:
    response.headers["Vary"] = "Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response
