"""Words that are fixed when a form is declared and put into the page's language when it is shown."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext


def later(message: str) -> str:
    """The message, translated each time it is read: what forms declare is read in many languages."""
    return cast(str, lazy_gettext(message))
