"""Words that are fixed when a form is declared and translated when it is shown."""

from __future__ import annotations

from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

LONGEST_IN_SECONDS = 120


def later(message: str) -> str:
    """Return the message, translated each time it is read: a form is declared once for all languages."""
    return cast(str, lazy_gettext(message))


def waiting(seconds: int) -> str:
    """Format a time to wait: in seconds up to two minutes, else in minutes."""
    if seconds <= LONGEST_IN_SECONDS:
        return ngettext(
            "Wait %(num)s second, then try again.", "Wait %(num)s seconds, then try again.", seconds
        )
    minutes = -(-seconds // 60)
    return ngettext("Wait %(num)s minute, then try again.", "Wait %(num)s minutes, then try again.", minutes)


def unreadable(reason: str, *, pasted: bool = False) -> str:
    """Return why a file could not be read, and what to do. ``reason`` is a reason of `reading.Unreadable`."""
    words = {
        "too large": _("This is too large. Send a PDF or picture of at most 12 MB and 50 megapixels"),
        "too many pages": _("This PDF has more than 50 pages. Send only the pages with the code"),
        "too slow": _("This file takes too long to read. Send a screenshot of the code, or type it"),
        "password": _("This PDF has a password. Save it without one, or type the code"),
        "photo of a phone": _(
            "This photo is in a format that only phones read (HEIC). Take a screenshot of it and send that,"
            " or type the code"
        ),
        "lost its data": _(
            "This is the picture of a badge, and it has lost its data, as pictures do in a chat."
            " Ask for the badge’s file itself, or for the code"
        ),
        "drawing": _("There is no badge in this drawing. Send a photo or screenshot of the code, or type it"),
        "broken": _("This file is damaged, so it cannot be read. Send another one, or type the code"),
        "long text": _("This text is too long. Copy only the part with the badge or the code"),
        "broken lines": _(
            "A mail program has broken the lines of this badge, and they cannot be put together again."
            " Ask for the badge as a file, or for the code"
        ),
        "wrapped too often": _(
            "This badge is inside too many other files, or there are too many in one."
            " Ask for the badge file itself, or for the code"
        ),
        "no code": _(
            "There is no code in this file. Send a sharper photo, or type the code that is on it."
            " If it is the picture of a badge, ask for the file itself: pictures lose their data in a chat"
        ),
    }
    if pasted and reason == "broken":
        return _("This looks like the text of a badge file, but not all of it. Copy the whole of it")
    return words.get(reason, _("We cannot read this kind of file. Send a PDF, a JPEG, a PNG or a badge file"))
