"""The reader that is published for others: it accepts the codes that ours accepts, and no others."""

import importlib.util
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from passport.openbadges import days
from passport.setup import ROOT
from tests.vectors import statuses
from tests.vectors.compact.vector import ORIGIN, PUBLIC_KEY, URL

FOLDER = Path(__file__).parent / "compact"
PUBLISHED = ROOT / "passport" / "static" / "formats"
KEYS = {"11716b98": bytes.fromhex(PUBLIC_KEY)}


def reader() -> ModuleType:
    spec = importlib.util.spec_from_file_location("read_printed_code", PUBLISHED / "read_printed_code.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READER = reader()


def is_accepted(text: str) -> bool:
    try:
        READER.read(text, {ORIGIN}, KEYS)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", ["cases.json", "mutated.json"])
def test_it_accepts_what_is_accepted_and_refuses_the_rest(name: str) -> None:
    """The rule of signs in names is left to the reader of the description."""
    codes = json.loads((FOLDER / name).read_bytes())["codes"]
    judged = [case for case in codes if not case["why"].startswith("a name")]
    wrong = [case for case in judged if is_accepted(case["text"]) != (case["outcome"] == "accepted")]
    assert wrong == []
    assert len(judged) > 200


def test_what_the_vector_says() -> None:
    claims = READER.read(URL, {ORIGIN}, KEYS)
    assert (claims[-65537][1], claims[-65537][11]) == ("Amara Demoson", [3, 94_567, 20_311])
    assert not is_accepted(URL.replace(ORIGIN, "https://passport.example.test"))
    assert (PUBLISHED / "vector.json").read_bytes() == (FOLDER / "vector.json").read_bytes()


@pytest.mark.parametrize("zone", [None, "Europe/London", "Asia/Kolkata", "America/Santiago"])
def test_its_days_are_ours(zone: str | None) -> None:
    for day in (date(2026, 3, 28), date(2026, 4, 4), date(2026, 9, 5), date(2026, 12, 31)):
        over = days.ends(day, days.zone(zone))
        assert READER.is_over(day, over, zone)
        assert not READER.is_over(day, over - timedelta(seconds=1), zone)
        assert not READER.is_over(day, datetime(2026, 1, 1, tzinfo=UTC), zone)


def test_its_bits_are_ours() -> None:
    for state, purposes in statuses.STATES.items():
        for purpose, document in statuses.lists(state).items():
            encoded = document["credentialSubject"]["encodedList"]
            set_here = purpose in purposes or (purpose, "revocation" in purposes) == ("suspension", True)
            assert READER.is_set(encoded, statuses.INDEX) is set_here
            assert not READER.is_set(encoded, statuses.INDEX + 1)


def test_it_is_short() -> None:
    code = [line for line in (PUBLISHED / "read_printed_code.py").read_text().splitlines() if line.strip()]
    assert len(code) < 100
