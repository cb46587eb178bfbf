"""What a compact entry says: taken from an entry, written, read, and within which limits."""

import sys
import unicodedata
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from passport.openbadges import compact
from passport.openbadges.contents import NUMBERS, TEXTS, Contents, DoesNotFit, add_months, contents_of, fits
from passport.openbadges.credential import Entry
from passport.openbadges.terms import Basis
from passport.proofs import cose
from tests.vectors.compact.vector import KEY, VECTOR
from tests.world import SUSPENSION_URL, an_entry, confirmed_entry

MADE, ENDS = date(2026, 6, 1), date(2027, 6, 1)
SAID = compact.read(VECTOR).contents


def of(entry: Entry, where: tzinfo = UTC, **changed: Any) -> Contents:
    return contents_of(entry, where, **{"share_made": MADE, "share_ends": ENDS, "share_index": 7, **changed})


def test_what_is_taken_from_an_entry() -> None:
    assert of(an_entry()) == Contents(
        holder_name="Amara Demoson",
        school="Lanternmoor High School",
        framework=1,
        framework_version=1,
        skill_number=4,
        skill="Measuring and checking",
        level=3,
        champion_name="Robin Fixturely",
        champion_role="Production Director",
        employer="Tinderbeck Precision Ltd",
        basis=Basis.SAW_IT,
        confirmed=False,
        endorsed_on=date(2026, 3, 14),
        issued_on=date(2026, 3, 15),
        review_months=36,
        list_number=1,
        index=94_567,
        share_index=7,
        share_made=MADE,
        share_ends=ENDS,
    )


def test_the_form_is_the_same_whichever_list_the_entry_names() -> None:
    entry = an_entry()
    named = replace(entry, status=replace(entry.status, list_url=SUSPENSION_URL))
    assert of(named) == of(entry)


def test_a_school_that_confirmed_it_stands_in_the_employers_place() -> None:
    said = of(confirmed_entry())
    assert (said.confirmed, said.employer) == (True, "Lanternmoor High School")
    assert (said.champion_name, said.champion_role) == ("Casey Exampleby", "Coordinator")


def test_write_and_read() -> None:
    for entry in (an_entry(), confirmed_entry()):
        said = of(entry)
        assert compact.read(compact.write(said, KEY)).contents == said


# ------------------------------------------------------------------------- limits


@pytest.mark.parametrize(("name", "limit"), TEXTS.items())
def test_each_text_at_its_limit_and_one_byte_over(name: str, limit: int) -> None:
    for text in ("x" * limit, "é" * (limit // 2), "ਕ" * (limit // 3)):
        said = replace(SAID, **{name: text})  # type: ignore[arg-type]  # the member is drawn by name
        assert fits(said)
        assert compact.read(compact.write(said, KEY)).contents == said
    for text in (
        "x" * (limit + 1),
        "é" * (limit // 2) + "x",
        "ਕ" * (limit // 3) + "xx" * 2,
        "",
        " x",
        "x\u200b",
    ):
        said = replace(SAID, **{name: text})  # type: ignore[arg-type]  # the member is drawn by name
        assert not fits(said)
        with pytest.raises(DoesNotFit, match=name):
            compact.write(said, KEY)


@pytest.mark.parametrize(("name", "limits"), NUMBERS.items())
def test_each_number_at_its_limits_and_one_beyond(name: str, limits: tuple[int, int]) -> None:
    for number in limits:
        said = replace(SAID, **{name: number})  # type: ignore[arg-type]  # the member is drawn by name
        assert compact.read(compact.write(said, KEY)).contents == said
    for number in (limits[0] - 1, limits[1] + 1):
        with pytest.raises(DoesNotFit, match=name):
            compact.write(replace(SAID, **{name: number}), KEY)  # type: ignore[arg-type]  # the member is drawn by name


@pytest.mark.parametrize(
    "changed",
    [
        {"endorsed_on": date(1969, 12, 31)},
        {"endorsed_on": SAID.issued_on + timedelta(1)},
        {"issued_on": SAID.endorsed_on + timedelta(65_536)},
        {"endorsed_on": date(1970, 1, 1) + timedelta(65_536), "issued_on": date(2200, 1, 1)},
        {"share_made": date(1969, 12, 31)},
        {"share_ends": date(2106, 2, 8)},
    ],
)
def test_days_outside_their_range(changed: dict[str, Any]) -> None:
    with pytest.raises(DoesNotFit, match="range"):
        compact.write(replace(SAID, **changed), KEY)


def test_everything_at_its_limit_is_short_enough_to_be_read() -> None:
    longest: dict[str, Any] = {name: "x" * limit for name, limit in TEXTS.items()}
    greatest: dict[str, Any] = {name: most for name, (_, most) in NUMBERS.items()}
    days: dict[str, Any] = {
        "endorsed_on": date(1970, 1, 1) + timedelta(65_535),
        "issued_on": date(1970, 1, 1) + timedelta(2 * 65_535),
        "share_ends": date(2106, 2, 7),
    }
    said = replace(SAID, **longest, **greatest, **days, confirmed=True)
    data = compact.write(said, KEY)
    assert 540 < len(data) <= cose.MAX_BYTES
    assert compact.read(data).contents == said
    assert said.review_on.year > 2400


def test_an_entry_that_does_not_fit_is_said_to_have_no_compact_form() -> None:
    entry = an_entry()
    champion = entry.champion
    for other, why in (
        (replace(entry, holder_name="Amara " * 10 + "Demoson"), "holder_name"),
        (replace(entry, champion=replace(champion, role="x" * 49)), "champion_role"),
        (replace(entry, review_at=entry.review_at + timedelta(1)), "whole months"),
        (replace(entry, review_at=entry.issued_at), "review_months"),
        (replace(entry, status=replace(entry.status, list_url="https://x.example/1")), "no number"),
        (replace(entry, achievement=replace(entry.achievement, id="urn:x")), "no number"),
        (
            replace(entry, achievement=replace(entry.achievement, id="https://x/frameworks/1/1/skills/٤")),
            "no number",
        ),
    ):
        with pytest.raises(DoesNotFit, match=why):
            of(other)


@pytest.mark.parametrize(
    ("issued", "months", "review"),
    [
        (date(2026, 3, 15), 36, date(2029, 3, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_months_as_a_calendar_counts_them(issued: date, months: int, review: date) -> None:
    assert add_months(issued, months) == review
    noon = datetime(issued.year, issued.month, issued.day, 12, tzinfo=UTC)
    later = noon.replace(review.year, review.month, review.day)
    said = of(replace(an_entry(), endorsed_at=noon, issued_at=noon, review_at=later))
    assert (said.review_months, said.review_on) == (months, review)


# ------------------------------------------------------------------------- texts


def test_the_text_rule_for_each_character_alone_and_inside() -> None:
    """Controls, overrides, zero-width signs, private use: refused, wherever they stand; of all categories."""
    for number in range(sys.maxunicode + 1):
        sign = chr(number)
        category = unicodedata.category(sign)
        if category in {"Cn", "Co", "Cs"} and number % 97:
            continue  # most of all there are, and all alike
        if category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
            assert not fits(replace(SAID, holder_name=f"Ama{sign}ra")), hex(number)
        elif number % 97 == 0 or number < 0x600:
            name = unicodedata.normalize("NFC", f"Ama{sign}ra")
            said = replace(SAID, holder_name=name)
            assert not fits(said) or compact.read(compact.write(said, KEY)).contents == said, hex(number)


NAMES = st.text(st.characters(categories=["L", "M", "Zs", "Cf", "Pd", "N"]), max_size=40)


@given(NAMES)
def test_what_is_taken_is_normal_visible_and_comes_back_as_it_was(name: str) -> None:
    said = replace(SAID, holder_name=name)
    assume(fits(said))
    assert unicodedata.is_normalized("NFC", name)
    assert name == name.strip() != ""
    hidden = {sign for sign in name if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}}
    assert hidden <= {"\u200c", "\u200d"}
    assert compact.read(compact.write(said, KEY)).contents.holder_name == name


@given(NAMES)
def test_a_name_that_is_another_once_normal_is_refused(name: str) -> None:
    for spelled in (name, unicodedata.normalize("NFD", name)):
        if not unicodedata.is_normalized("NFC", spelled):
            assert not fits(replace(SAID, holder_name=spelled))


# ------------------------------------------------------------------------- two shares


def test_two_shares_of_one_entry_have_nothing_in_common_but_the_words_and_the_entrys_index() -> None:
    """The words are printed beside the code; the day of endorsement and the skill are among them."""
    one = of(an_entry(), share_index=20_311)
    two = of(an_entry(), share_index=4, share_made=MADE + timedelta(9), share_ends=ENDS + timedelta(30))
    same = {each.name for each in fields(Contents) if getattr(one, each.name) == getattr(two, each.name)}
    printed = {
        *TEXTS,
        *("framework", "framework_version", "skill_number", "level", "basis", "confirmed"),
        *("endorsed_on", "issued_on", "review_months"),
    }
    assert same == printed | {"list_number", "index"}
    first, second = (compact.read(compact.write(said, KEY)).message for said in (one, two))
    assert first.signature != second.signature
    assert first.signature[:8] != second.signature[:8]


def test_the_bytes_hold_the_values_and_no_identifier_of_the_entry_or_its_holder() -> None:
    entry = an_entry()
    data = compact.write(of(entry), KEY)
    for secret in (
        entry.id,
        entry.subject_id,
        entry.evidence.digest,
        entry.evidence.setting,
        entry.issuer.did,
    ):
        assert secret.encode() not in data
        assert (
            bytes.fromhex(secret[9:].replace("-", "")) not in data if secret.startswith("urn:uuid:") else True
        )
