"""The page of a list that a request asks for. `templates/_pages.html` shows the links to the others."""

from __future__ import annotations

from flask import request

from passport.services.core import paging


def page_number() -> int:
    """Return the page number in the request's address, within bounds; 1 where there is none or no number."""
    return paging.bounded(request.args.get("page", 1, type=int))
