"""Staff have addresses of their own."""

import pytest

from passport.db.people.accounts import Role
from passport.services.core import mailboxes
from passport.services.core.errors import SharedMailbox
from passport.services.people import accounts
from tests.fixtures.towns import PASSWORD, Town

SHARED = [
    "head@",
    "office@",
    "info@",
    "Head.Teacher@",
    "the-office@",
    "admin2@",
    "office+trips@",
    "ENQUIRIES@",
]
OWN = ["a.head@", "j.office@", "headley@", "adminah@", "it.okoro@", "staffan@", "casey@", "hr.smith@"]


@pytest.mark.parametrize("name", SHARED)
def test_an_address_that_several_read_is_known(name: str) -> None:
    assert mailboxes.is_shared(f"{name}school.example.test")


@pytest.mark.parametrize("name", OWN)
def test_a_person_whose_name_looks_like_one_is_not_refused(name: str) -> None:
    assert not mailboxes.is_shared(f"{name}school.example.test")


@pytest.mark.parametrize(
    "text",
    [
        *("a,b@c.test", "a;b@c.test", "<b@c.test>", "a:b@c.test", '"b"@c.test', "a@b@c.test"),
        *("b@c.test,d@e.test", "b@c", "b@c.", "@c.test", "b @c.test", "b.@c.test", "b@c.test\n"),
        f"{'b' * 194}@c.test",
    ],
)
def test_what_is_not_one_address_is_none(text: str) -> None:
    assert not mailboxes.is_address(text)


@pytest.mark.parametrize("text", ["b@c.test", "o'b.c+d_e-f@g-h.i.test", "jörg@bücher.test"])
def test_an_address_of_atoms_is_one(text: str) -> None:
    assert mailboxes.is_address(text)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_it_is_refused_for_staff_and_taken_for_a_student(town: Town) -> None:
    words = {"name": "Ann Example", "first_name": "Ann", "password": PASSWORD}
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme
        for role in (Role.CHAMPION, Role.COORDINATOR, Role.MANAGER):
            with pytest.raises(SharedMailbox, match="several people"):
                accounts.make(session, programme, role, email="Info@x.test", at=town.clock(), **words)
        accounts.make(session, programme, Role.STUDENT, email="info@x.test", at=town.clock(), **words)
