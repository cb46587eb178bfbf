"""Translation of pages: the catalogue of the reader's language is looked up once per request."""

from __future__ import annotations

from pathlib import Path

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import Babel, get_translations

CATALOGUES = Path(__file__).resolve().parents[2] / "translations"
FOUND = "passport_catalogue"


def use(app: Flask, locale: str) -> None:
    """Set up translation in code and templates."""
    Babel(app, default_locale=locale, default_translation_directories=str(CATALOGUES))
    # Flask-Babel's own functions look up the language for each word, which took a fifth of a page's time
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # the extension adds it
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: _catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, number: _catalogue().unpgettext(context, one, many, number),
    )


def _catalogue() -> NullTranslations:
    found: NullTranslations | None = g.get(FOUND)
    if found is None:
        found = get_translations()
        setattr(g, FOUND, found)
    return found
