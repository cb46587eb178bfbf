"""Names and days as lists write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.services.checking.desk.applicants import Name, compare_name
from passport.services.core.written_days import Unclear, day, is_month_first

TODAY = date(2027, 2, 1)


@pytest.mark.parametrize(
    ("holder", "last_name"),
    [
        ("Amara Demoson", "Demoson"),
        ("Amara Demoson", " DEMOSON "),
        ("Zoë Müller-Lüdenscheidt", "Muller Ludenscheidt"),
        ("Zoë Müller-Lüdenscheidt", "Lüdenscheidt"),
        ("Zoë Müller", "MUELLER"),
        ("Søren Sørensen", "Soerensen"),
        ("Søren Sørensen", "Sorensen"),
        ("Ciara O'Testly", "O’Testly"),
        ("Ciara O'Testly", "OTESTLY"),
        ("Ciara O'Testly", "O TESTLY, Ciara"),
        ("Jan van der Sample", "van der Sample"),
        ("Jan van der Sample", "Vandersample"),
        ("Jan van der Sample", "Sample, Jan van der"),
        ("Łukasz Próbny", "PROBNY"),
        ("ਅਮਨਦੀਪ ਕੌਰ", "ਕੌਰ"),
        ("Mononym", "Mononym"),
        ("Amara Demoson", "DEMOSON, Amara"),
        ("Amara Demoson", "Demoson,Amara Jane"),
        ("Amara Demoson", "DEMOSON, A."),
        ("Amara Demoson", "Demoson,"),
        ("Amara Demoson", "DEMOSON Amara"),
        ("Amara Demoson", "Amara Demoson"),
        ("Amara Demoson", "Ms Demoson"),
        ("Amara Demoson", "MS. DEMOSON"),
        ("Amara Demoson", "Ms DEMOSON, Amara"),
        ("Amara Demoson", "Demoson, Ms Amara"),
        ("Amara Demoson", "Demoson (Ms)"),
        ("Amara Demoson", "Demoson, Ms"),
        ("María José de la Cruz", "de la Cruz, María José"),
        ("María José de la Cruz", "DE LA CRUZ Maria"),
        ("Mary-Ann Demoson", "Demoson, Mary Ann"),
        ("Maryann Demoson", "Demoson, Mary Ann"),
        ("Jax Smith, Jr", "Smith"),
        ("Jax Smith", "Smith, Jr"),
        ("Jax Smith", "Smith, Jr, Jax"),
        ("Kit Lord", "Lord"),
        ("Kit Lord", "Master Lord"),
        ("Kit Master", "MASTER, Kit"),
    ],
)
def test_a_last_name_is_found_however_a_registrar_writes_it(holder: str, last_name: str) -> None:
    assert compare_name(holder, last_name) is Name.MATCH


@pytest.mark.parametrize(
    ("holder", "last_name"),
    [
        ("Amara Demoson", "son"),
        ("Amara Demoson", "Amara"),
        ("Amara Demoson", "Demo"),
        ("Amara Demoson", ""),
        ("Amara Demoson", "-"),
        ("Amara Demoson", ","),
        ("Amara Demoson", "Ms"),
        ("Amara Demoson", "Demoson Smith"),
        ("Amara Demoson", "Amara, Demoson"),
        ("Amara Lord", "Amara"),
        ("Kit Lord", "Master"),
        ("ਅਮਨਦੀਪ ਕੌਰ", "ਕਰ"),
    ],
)
def test_another_name_is_no_match(holder: str, last_name: str) -> None:
    assert compare_name(holder, last_name) is Name.NO_MATCH


@pytest.mark.parametrize("written", ["DEMOSON, Kit", "DEMOSON Kit", "Demoson, K", "Demoson, Jane Amara"])
def test_another_first_name_beside_the_last_name_is_said(written: str) -> None:
    assert compare_name("Amara Demoson", written) is Name.OTHER_FIRST_NAME


@pytest.mark.parametrize(
    "written",
    [
        "06/05/2011", "2011-05-06", "6.5.2011", "6-5-2011", "6 May 2011", "06-May-2011", "06-May-11",
        "6/5/11",
        "2011-05-06 00:00:00", " 6  May, 2011 ", "2011/5/6", "2011.05.06", "6-5-11", "6. May 2011", "6.5.11",
        "2011-05-06T00:00:00.000Z",
        "2011-05-06T00:00:00+02:00", "2011-05-06T09:30:00Z", "2011-05-06 23:59",
        "06/05/2011 00:00:00", "06/05/2011 12:00:00 AM", "40669", "40669.0", "40669.5", "20110506",
        "06052011", "Friday, 6 May 2011", "Fri 6 May 2011", "6th May 2011", "6TH OF MAY 2011", "May 6, 2011",
        "May 6th 2011", "Friday, May 6, 2011",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_and_programs_write_it(written: str) -> None:
    assert day(written, TODAY) == date(2011, 5, 6)
    assert not is_month_first(written)


@pytest.mark.parametrize(
    "written",
    [
        "", "31/02/2011", "05/31/2011", "May 2011", "0001-01-01", "x" * 999, "123", "9999", "99999",
        "2027-02-02",
        "Sunday, 6 May 2011", "born 6 May 2011", "6/5", "00/00/0000", "20111301", "2011-05-06T", "6 Mai 2011",
        "1899-12-31", "6/5/2011/7", "²/5/2011",
    ],
)  # fmt: skip
def test_what_is_no_day_is_not_compared(written: str) -> None:
    assert day(written, TODAY) is Unclear.NOT_A_DAY


def test_a_year_of_two_digits_has_begun() -> None:
    assert day("1/2/27", TODAY) == date(2027, 2, 1)
    assert day("1/2/28", TODAY) == date(1928, 2, 1)
    assert day("2/2/27", TODAY) is Unclear.NOT_A_DAY


def test_beside_a_date_with_its_month_first_a_date_of_numbers_can_be_read_in_two_ways() -> None:
    assert is_month_first("05/31/2011")
    assert is_month_first(" 5-13-11 12:00")
    assert day("06/05/2011", TODAY, month_first=True) is Unclear.TWO_WAYS
    read = [
        day(text, TODAY, month_first=True) for text in ("31/05/2011", "6/6/2011", "2011-05-06", "6 May 2011")
    ]
    assert read == [date(2011, 5, 31), date(2011, 6, 6), date(2011, 5, 6), date(2011, 5, 6)]


@pytest.mark.parametrize(
    "written",
    [
        "2011-05-05T23:00:00.000Z",
        "2011-05-06T00:30:00+05:30",
        "2011-05-06T25:00:00Z",
        "2011-05-06T10:00+99:00",
    ],
)
def test_a_time_whose_zone_makes_it_another_day_can_be_read_in_two_ways(written: str) -> None:
    """JavaScript writes a midnight of British summer as 23:00 of the day before."""
    assert day(written, TODAY) is Unclear.TWO_WAYS


@given(st.text(max_size=70) | st.from_regex(r"[0-9./ T:-]{4,30}", fullmatch=True))
def test_any_text_is_a_day_that_has_been_or_none(text: str) -> None:
    read = day(text, TODAY)
    assert isinstance(read, Unclear) or date(1900, 1, 1) <= read <= TODAY
