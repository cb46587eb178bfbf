from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from passport.web.core import filters
from passport.web.programmes import colours


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 3, 14, 14, 53, tzinfo=UTC), "14 March 2026, 2:53pm"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "2 July 2026, 12:30am"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 March 2026, 12:59am"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 March 2026, 2:00am"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25 October 2026, 1:00am"),
    ],
)
def test_times_are_the_programmes_own_in_summer_and_in_winter(app: Flask, at: datetime, shown: str) -> None:
    with app.test_request_context():
        assert filters.as_date_time(at) == shown


def test_an_address_breaks_where_it_can_be_read_on_and_stays_words() -> None:
    assert filters.as_email("jo.b@a.example") == "jo<wbr>.b@<wbr>a<wbr>.example"
    assert filters.as_email("<b>@a") == "&lt;b&gt;@<wbr>a"


def test_a_day_has_no_zone(app: Flask) -> None:
    with app.test_request_context():
        assert filters.as_date(date(2026, 3, 1)) == "1 March 2026"


@pytest.mark.parametrize(
    ("hours", "shown"), [("1", "1 hour"), ("1.50", "1.5 hours"), ("20", "20 hours"), ("0.25", "0.25 hours")]
)
def test_hours(app: Flask, hours: str, shown: str) -> None:
    with app.test_request_context():
        assert filters.as_hours(Decimal(hours)) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "1 minute"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (3600, "1 hour"),
        (3601, "2 hours"),
        (172_801, "3 days"),
    ],
)
def test_an_age_is_never_shown_younger_than_it_is(app: Flask, seconds: int, shown: str) -> None:
    with app.test_request_context():
        assert filters.as_age(timedelta(seconds=seconds)) == shown


def test_a_programmes_colour_is_used_if_white_text_can_be_read_on_it() -> None:
    assert colours.rule("#1d5c63") == ":root{--govuk-brand-colour:#1d5c63}\n"
    assert "--govuk-brand-colour" not in colours.rule("#ffdd00")
    assert "}" not in colours.rule("#000}body{display:none")
    assert colours.contrast_with_white("#000000") == pytest.approx(21)
