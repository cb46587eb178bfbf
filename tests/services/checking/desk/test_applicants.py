"""Names and days as lists write them."""

from __future__ import annotations

from datetime import date

import pytest

from passport.services.checking.desk.applicants import day, same_last_name


@pytest.mark.parametrize(
    ("holder", "last_name"),
    [
        ("Amara Demoson", "Demoson"),
        ("Amara Demoson", " DEMOSON "),
        ("Zoë Müller-Lüdenscheidt", "Muller Ludenscheidt"),
        ("Zoë Müller-Lüdenscheidt", "Lüdenscheidt"),
        ("Ciara O'Testly", "O’Testly"),
        ("Ciara O'Testly", "OTESTLY"),
        ("Jan van der Sample", "van der Sample"),
        ("Jan van der Sample", "Vandersample"),
        ("Łukasz Próbny", "PROBNY"),
        ("ਅਮਨਦੀਪ ਕੌਰ", "ਕੌਰ"),
        ("Mononym", "Mononym"),
    ],
)
def test_a_last_name_is_found_at_the_end_of_a_name(holder: str, last_name: str) -> None:
    assert same_last_name(holder, last_name)


@pytest.mark.parametrize(
    ("holder", "last_name"),
    [
        ("Amara Demoson", "son"),
        ("Amara Demoson", "Amara"),
        ("Amara Demoson", "Demo"),
        ("Amara Demoson", ""),
        ("Amara Demoson", "-"),
        ("Amara Demoson", "Demoson Smith"),
        ("ਅਮਨਦੀਪ ਕੌਰ", "ਕਰ"),
    ],
)
def test_another_name_is_no_match(holder: str, last_name: str) -> None:
    assert not same_last_name(holder, last_name)


@pytest.mark.parametrize(
    "written",
    ["06/05/2011", "2011-05-06", "6.5.2011", "6-5-2011", "6 May 2011", "06-May-2011", "06-May-11", "6/5/11",
     "2011-05-06 00:00:00", " 6  May, 2011 "],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert day(written) == date(2011, 5, 6)


@pytest.mark.parametrize(
    "written", ["", "31/02/2011", "05/31/2011", "May 2011", "0001-01-01", "x" * 999, "40669"]
)
def test_what_is_no_day_is_none(written: str) -> None:
    assert day(written) is None
