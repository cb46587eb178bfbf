"""Template filters for dates, times, numbers and codes."""

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
    """Return today's date in the programme's time zone."""
    return dates.today(runtime().clock())


def as_date(value: date | datetime) -> str:
    """Format a date as "14 March 2026", in the programme's time zone."""
    day = dates.today(value) if isinstance(value, datetime) else value
    return format_date(day, "d MMMM y", locale=get_locale() or LOCALE)


def iso_date(value: str) -> str:
    """Format a date that is stored as ISO text, as `as_date` does."""
    return as_date(date.fromisoformat(value))


def as_weekday(value: date) -> str:
    """Format a date's day of the week as "Mon"."""
    return format_date(value, "ccc", locale=get_locale() or LOCALE)


def as_month(value: date) -> str:
    """Format the month of a date as "March 2026"."""
    return format_date(value, "LLLL y", locale=get_locale() or LOCALE)


def as_short_month(value: date) -> str:
    """Format the month of a date as "Mar"."""
    return format_date(value, "LLL", locale=get_locale() or LOCALE)


def as_time(value: datetime) -> str:
    """Format a time as "2:53pm", in the programme's time zone."""
    return format_datetime(value, "h:mma", tzinfo=dates.HOME, locale=get_locale() or LOCALE).lower()


def as_date_time(value: datetime) -> str:
    """Format a date and time as "14 March 2026, 2:53pm"."""
    return f"{as_date(value)}, {as_time(value)}"


def as_hours(value: Decimal) -> str:
    """Format hours as "2 hours" or "1.5 hours"."""
    number = format(value.normalize(), "f")
    words = gettext("%(number)s hour", number=number), gettext("%(number)s hours", number=number)
    return words[value != 1]


def as_age(value: timedelta) -> str:
    """Format an age in words, rounded up so that nothing looks newer than it is."""
    minutes = max(1, -(-int(value.total_seconds()) // 60))
    if minutes < 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    hours = -(-minutes // 60)
    if hours < 48:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    days = -(-hours // 24)
    return ngettext("%(num)s day", "%(num)s days", days)


def capitalize_first(value: str) -> str:
    """Capitalize the first letter and leave the rest as it is."""
    return value[:1].upper() + value[1:]


def as_email(value: str) -> Markup:
    """Let an email address break across lines after its @ or before a dot, not within a word."""
    return Markup("<wbr>").join(re.split(r"(?<=@)|(?=\.)", value))


def use(app: Flask) -> None:
    """Register the filters with the templates."""
    app.add_template_filter(as_date, "date")
    app.add_template_filter(iso_date)
    app.add_template_filter(as_weekday, "weekday")
    app.add_template_filter(as_month, "month")
    app.add_template_filter(as_short_month, "month_short")
    app.add_template_filter(as_time, "time")
    app.add_template_filter(as_date_time, "date_time")
    app.add_template_filter(as_hours, "hours")
    app.add_template_filter(as_age, "age")
    app.add_template_filter(capitalize_first, "capitalize_first")
    app.add_template_filter(as_email, "email")
