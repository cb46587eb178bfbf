"""The words of printed pages, in the language of the request."""

from __future__ import annotations

from flask import get_template_attribute
from flask_babel import get_locale
from flask_babel import gettext as _

from passport.adapters.printing import Words
from passport.openbadges.terms import LEVELS, Basis
from passport.services.sharing.printouts import Phrases
from passport.web.core.filters import LOCALE


def phrases() -> Phrases:
    """Return every phrase, with its placeholders."""
    locale = get_locale()
    return Phrases(
        locale=str(locale or LOCALE),
        labels=Words(
            lang=locale.language if locale else "en",
            region=(locale.territory if locale else None) or "GB",
            code=_("Code:"),
            check_it_at=_("Check it at:"),
            endorsed_by=_("Endorsed by"),
            page=_("Page {page} of {of}"),
            cut=_("Cut along the line."),
            ruler=_("This line is 50 mm long when the page is printed at 100 %%.") % {},
        ),
        title=_("Skills passport: %(name)s"),
        paper=_("Paper is not proof. Check this code at %(address)s."),
        until=_("Can be checked until %(day)s."),
        review=_("Review date: %(day)s"),
        inside=_("This code holds the entry itself, so that it can be checked without a connection."),
        share_picture=_("QR code that leads to %(address)s"),
        entry_picture=_("QR code that holds the entry %(skill)s"),
        demo=_("Demo data: not real people"),
        basis=_("%(basis)s, %(day)s"),
        levels=tuple(_level(number) for number in range(1, len(LEVELS) + 1)),
        bases=tuple(_word("basis", basis) for basis in Basis),
        confirmed_by=_("Confirmed by"),
        assurances=tuple(_word("assurance", confirmed) for confirmed in (False, True)),
    )


def _level(number: int) -> str:
    words = {"level": _word("level", number), "place": _word("level_place", number)}
    return _("%(level)s: %(place)s. Not a national qualification level.", **words)


def _word(macro: str, number: int) -> str:
    """Return the word that the pages use."""
    said = get_template_attribute("words.html", macro)(int(number))
    return str(said.unescape()).strip()
