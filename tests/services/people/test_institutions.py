"""Institutions and their keys: what is kept tells a key that is shown, and cannot be shown itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.people import accounts, institutions
from passport.services.people.institutions import MadeKey
from passport.services.programmes import creation

if TYPE_CHECKING:
    from passport.services import Session
    from passport.services.people.institutions import Institution
    from tests.fixtures.towns import Town


def southlark(session: Session, town: Town) -> Institution:
    programme = creation.only_programme(session, None)
    assert programme is not None
    return institutions.add(session, programme, "southlark", "University of Southlark", town.clock())


@pytest.fixture
def key(town: Town) -> MadeKey:
    with town.transaction() as session:
        return institutions.make_key(session, southlark(session, town), town.clock())


def test_a_key_opens_and_its_secret_is_kept_nowhere(town: Town, key: MadeKey) -> None:
    with town.transaction() as session:
        found = institutions.who_asks(session, key.text)
        assert found is not None
        assert found.institution.name == "University of Southlark"
        kept = [str(row) for row in session.execute(text("SELECT * FROM api_keys"))]
    assert key.prefix in kept[0]
    assert key.text.split("_", 2)[2] not in kept[0]


def test_nothing_but_the_whole_key_opens(town: Town, key: MadeKey) -> None:
    wrong = [
        "",
        key.prefix,
        key.text[:-1],
        key.text + "A",
        key.text.lower(),
        key.text.swapcase(),
        f"spk_ZZZZZZZZ_{key.text[13:]}",
        key.text[:13] + "A" * 43,
        "spk_" + "é" * 8 + "_" + "A" * 43,
    ]
    with town.transaction() as session:
        assert [institutions.who_asks(session, shown) for shown in wrong] == [None] * len(wrong)


def test_a_revoked_key_opens_no_more_and_others_go_on(town: Town, key: MadeKey) -> None:
    with town.transaction() as session:
        other = institutions.make_key(session, institutions.find(session, "southlark"), town.clock())
        institutions.revoke_key(session, key.prefix.lower(), town.clock())
    with town.transaction() as session:
        assert institutions.who_asks(session, key.text) is None
        assert institutions.who_asks(session, other.text) is not None
        with pytest.raises(Refused, match="key-revoked"):
            institutions.revoke_key(session, key.text, town.clock())
        with pytest.raises(NotFound):
            institutions.revoke_key(session, "ZZZZZZZZ", town.clock())
        assert audit.broken_at(session) is None


def test_an_account_signs_in_and_belongs_to_its_institution(town: Town) -> None:
    with town.transaction() as session:
        made = institutions.add_account(
            session,
            southlark(session, town),
            "Bo@example.test",
            "Bo Sample",
            "a password of hers",
            town.clock(),
        )
        assert made.role == "admissions"
    with town.transaction() as session:
        account = accounts.sign_in(session, "bo@example.test", "a password of hers")
        assert institutions.of(session, account).slug == "southlark"
        with pytest.raises(NotFound):
            institutions.of(session, town.account(session, "amara"))
        with pytest.raises(Refused, match="email-taken"):
            institutions.add_account(
                session, institutions.of(session, account), "bo@example.test", "Ash", "x", town.clock()
            )


@pytest.mark.parametrize("slug", ["southlark", "", "x", "Two words", "-a"])
def test_a_word_is_taken_once_and_fits_into_a_command(town: Town, slug: str) -> None:
    with town.transaction() as session:
        southlark(session, town)
        programme = creation.only_programme(session, None)
        assert programme is not None
        with pytest.raises(Refused, match=r"institution-taken|slug-unusable"):
            institutions.add(session, programme, slug, "Another", town.clock())
