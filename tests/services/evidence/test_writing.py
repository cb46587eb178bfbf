"""Two pages of one draft: what the older one has not shown is never written over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from passport.db.evidence.evidence import Evidence
from passport.services.core.errors import Refused
from passport.services.evidence import draft_words
from passport.services.evidence.draft_words import Page, Said

FIRST, SECOND = Said("first", None, Decimal(2)), Said("second", None, None)


@pytest.fixture
def draft() -> Evidence:
    return Evidence(narrative="", held_on=None, hours=None, written_on="START")


def test_a_page_writes_as_often_as_it_likes(draft: Evidence) -> None:
    page = Page("PHONE", "START")
    draft_words.write(draft, FIRST, page)
    draft_words.write(draft, SECOND, page)
    assert draft.narrative == "second"


def test_an_older_page_does_not_write_over_a_newer_one(draft: Evidence) -> None:
    draft_words.write(draft, FIRST, Page("PHONE", "START"))
    with pytest.raises(Refused, match="changed-elsewhere"):
        draft_words.write(draft, SECOND, Page("DESKTOP", "START"))
    assert (draft.narrative, draft.written_on) == ("first", "PHONE")
    draft_words.write(draft, SECOND, Page("DESKTOP", "PHONE"))
    assert draft.narrative == "second"
    with pytest.raises(Refused, match="changed-elsewhere"):
        draft_words.write(draft, FIRST, Page("PHONE", "START"))


def test_an_older_page_that_says_the_same_is_no_quarrel(draft: Evidence) -> None:
    draft_words.write(draft, FIRST, Page("PHONE", "START"))
    draft_words.write(draft, Said("first", None, Decimal("2.00")), Page("DESKTOP", "START"))
    assert draft.narrative == "first"


def test_who_has_no_page_makes_every_open_page_old(draft: Evidence) -> None:
    draft_words.write(draft, FIRST, None)
    with pytest.raises(Refused, match="changed-elsewhere"):
        draft_words.write(draft, SECOND, Page("PHONE", "START"))
