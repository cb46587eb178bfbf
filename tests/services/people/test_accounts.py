"""Signing in takes the same work for each name; a name that could not be signed is refused."""

from datetime import date

import pytest
from argon2 import PasswordHasher

from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.db.people.birthdates import Birthdate
from passport.openbadges.registry import IssuerKind
from passport.services.core.errors import Refused, UnusableText, WrongPassword
from passport.services.people import accounts
from passport.services.programmes import creation, issuers
from tests.fixtures.towns import PASSWORD, Town

ODD = ("Am\u202eara", " Amara", "Zoe\u0308", "A\u200bb", "", "Ann\x00")


class Counting(PasswordHasher):
    """A hasher that says what it was asked to verify."""

    def __init__(self) -> None:
        """Hash with next to no work."""
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.seen: list[tuple[str | bytes, int]] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        """Verify, and remember."""
        self.seen.append((hash, len(password)))
        return super().verify(hash, password)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Counts the hashes that are verified."""
    hasher = Counting()
    monkeypatch.setattr(accounts, "HASHER", hasher)
    return hasher


def make(session: Session, town: Town, **other: str) -> Account:
    """Make a manager."""
    words = {"email": "new@example.test", "name": "Ann Example", "first_name": "Ann", "password": PASSWORD}
    programme = town.account(session, "morgan").programme
    return accounts.make(session, programme, Role.MANAGER, at=town.clock(), **(words | other))


@pytest.mark.parametrize("typed", ["amara@example.test", "AMARA@Example.TEST", "  Amara@example.test \n"])
def test_an_address_is_the_same_in_any_case(town: Town, typed: str) -> None:
    with town.transaction() as session:
        assert accounts.sign_in(session, typed, PASSWORD).reference == town.references["amara"]
        made = make(session, town, email=" ANN@Example.test ", password="x")
        assert accounts.sign_in(session, "ann@EXAMPLE.test", "x").id == made.id


WRONG = [
    ("amara@example.test", "wrong"),
    ("amara@example.test", ""),
    ("amara@example.test", PASSWORD.upper()),
    ("amara@example.test", PASSWORD + " "),
    ("amara@example.test", "x" * 10_000),
    ("nobody@example.test", PASSWORD),
    ("nobody@example.test", "nobody has this password"),
    ("", ""),
    ("\x00", "\x00"),
    ("%", PASSWORD),
]


def test_a_wrong_pair_is_refused_after_verifying_one_hash(town: Town, counting: Counting) -> None:
    with town.transaction() as session:
        for email, password in WRONG:
            with pytest.raises(WrongPassword):
                accounts.sign_in(session, email, password)
            [(hashed, length)] = counting.seen
            assert length <= accounts.LONGEST_PASSWORD
            assert (hashed == accounts.NO_ACCOUNT) is not email.startswith("amara")
            counting.seen.clear()


def test_an_unknown_person_costs_as_much_as_a_person_with_the_real_hasher() -> None:
    """The hash that stands in for no one's has the parameters that new passwords get."""
    real = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    assert accounts.NO_ACCOUNT.rpartition("$")[0].rpartition("$")[0] == "$argon2id$v=19$m=19456,t=2,p=1"
    assert not real.check_needs_rehash(accounts.NO_ACCOUNT)
    assert real.hash("nobody has this password") != accounts.NO_ACCOUNT


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_longer_password_than_any_is_refused_and_never_matches_by_its_beginning(town: Town) -> None:
    longest = "p" * accounts.LONGEST_PASSWORD
    with town.transaction() as session:
        make(session, town, password=longest)
        assert accounts.sign_in(session, "new@example.test", longest).name == "Ann Example"
        for wrong in (longest + "p", longest[:-1]):
            with pytest.raises(WrongPassword):
                accounts.sign_in(session, "new@example.test", wrong)
        with pytest.raises(Refused, match="password-too-long"):
            make(session, town, email="other@example.test", password=longest + "p")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_stored_hash_that_is_damaged_lets_no_one_in(town: Town) -> None:
    with town.transaction() as session:
        for damaged in ("", "plain", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"):
            town.account(session, "amara").password_hash = damaged
            with pytest.raises(WrongPassword):
                accounts.sign_in(session, "amara@example.test", PASSWORD)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_name_that_could_not_be_signed_is_refused_where_it_comes_in(town: Town) -> None:
    with town.transaction() as session:
        robin = town.account(session, "robin")
        assert robin.champion is not None
        for odd in (*ODD, "Fitter” (“Turner"):
            with pytest.raises(UnusableText):
                make(session, town, name=odd)
            with pytest.raises(UnusableText):
                make(session, town, first_name=odd)
            with pytest.raises(UnusableText, match="job title"):
                accounts.make_champion(session, robin, robin.champion.employer, odd)
        for odd in ODD:
            with pytest.raises(UnusableText, match="school"):
                creation.make_school(session, robin.programme, odd)
            for kind in IssuerKind:
                with pytest.raises(UnusableText):
                    issuers.make_issuer(session, "http://x.test", kind, "slug", odd, None, town.clock())


def test_names_that_look_odd_but_are_a_persons_are_kept_as_they_are(town: Town) -> None:
    names = ("\U0001f98a Fox", "محمد‌رضا", "<script>alert(1)</script>", "Seán O'Brien-Łoś", "X Æ")
    with town.transaction() as session:
        for number, name in enumerate(names):
            make(session, town, name=name, email=f"{number}@example.test")
    with town.transaction() as session:
        kept = session.query(Account).order_by(Account.id.desc()).limit(len(names)).all()
        assert [one.name for one in reversed(kept)] == list(names)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_champion_sees_of_a_student_is_first_name_and_initial(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert amara.student is not None
        found = []
        for name, first in (("Amara Demoson", "Amara"), ("Amara", "Amara"), ("Demoson Amara", "Amara")):
            amara.name, amara.first_name = name, first
            found.append((amara.student.first_name, amara.student.initial))
        assert found == [("Amara", "D"), ("Amara", ""), ("Amara", "D")]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_date_of_birth_stands_apart_from_the_student(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert session.get_one(Birthdate, amara.id).born_on == date(2011, 5, 6)
        assert not hasattr(amara.student, "born_on")


def test_a_reference_that_was_made_up_is_no_ones(town: Town) -> None:
    with town.transaction() as session:
        for reference in ("", "NOSUCHREF", "\x00", "\ud800", "x" * 10_000):
            assert accounts.get(session, reference) is None
