"""Dates, times and codes as people read them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import get_locale, gettext, ngettext
from markupsafe import Markup

from passport.services.core import dates
from passport.web.core.runtime import runtime

LOCALE = "en_GB"


def today() -> date:
    """The day it is where the programme is."""
    return dates.today(runtime().clock())


def as_date(value: date | datetime) -> str:
    """14 March 2026, where the programme is."""
    day = dates.today(value) if isinstance(value, datetime) else value
    return format_date(day, "d MMMM y", locale=get_locale() or LOCALE)


def iso_date(value: str) -> str:
    """The same of a day that is kept as text."""
    return as_date(date.fromisoformat(value))


def as_time(value: datetime) -> str:
    """2:53pm, where the programme is."""
    return format_datetime(value, "h:mma", tzinfo=dates.HOME, locale=get_locale() or LOCALE).lower()


def as_date_time(value: datetime) -> str:
    """14 March 2026, 2:53pm."""
    return f"{as_date(value)}, {as_time(value)}"


def as_hours(value: Decimal) -> str:
    """2 hours; 1.5 hours."""
    number = format(value.normalize(), "f")
    words = gettext("%(number)s hour", number=number), gettext("%(number)s hours", number=number)
    return words[value != 1]


def as_age(value: timedelta) -> str:
    """How long ago, in words, rounded up so that nothing looks newer than it is."""
    minutes = max(1, -(-int(value.total_seconds()) // 60))
    if minutes < 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    hours = -(-minutes // 60)
    if hours < 48:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    days = -(-hours // 24)
    return ngettext("%(num)s day", "%(num)s days", days)


def capitalize_first(value: str) -> str:
    """A capital first letter, and the rest as it was written."""
    return value[:1].upper() + value[1:]


def as_email(value: str) -> Markup:
    """An email address that goes on in the next line after its @ or before a dot, not within a word."""
    return Markup("<wbr>").join(re.split(r"(?<=@)|(?=\.)", value))


def use(app: Flask) -> None:
    """Give the filters to the templates."""
    app.add_template_filter(as_date, "date")
    app.add_template_filter(iso_date)
    app.add_template_filter(as_time, "time")
    app.add_template_filter(as_date_time, "date_time")
    app.add_template_filter(as_hours, "hours")
    app.add_template_filter(as_age, "age")
    app.add_template_filter(capitalize_first, "capitalize_first")
    app.add_template_filter(as_email, "email")
