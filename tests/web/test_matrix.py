"""Who reaches what: every route, for every role and for a stranger, at home, at another school and in another
programme. What is expected comes from `services.rights`, the table that the help page shows.

Expected of a route is one of three: it answers, it leads to the page to sign in, or there is no such page. A
route that is for everybody answers everybody. Whoever may not call it, and whoever may but for a thing that
is not theirs, finds nothing, and nothing is written. A new route whose address nobody knows fails by name.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import pytest
from sqlalchemy import event

from passport.services import rights
from passport.services.rights import Action, Who
from passport.web import access
from tests.fixtures.neighbours import FAR, settle
from tests.fixtures.towns import Town
from tests.web.conftest import TOKEN, copied
from tests.web.places import (
    LEAD_OUT,
    NOT_SET_UP,
    NOT_THERE,
    ONE_OWNER,
    PROGRAMME_WIDE,
    UNSAFE,
    Places,
    routes,
)

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

HOME, OTHER, FAR_AWAY = "home", "other school", "other programme"
STRANGER = "stranger"
ROLES = [who.value for who in Who if who is not Who.ANYONE]
SCHOOL_ROLES = ["student", "champion", "coordinator", "lead"]
PEOPLE = [STRANGER, *ROLES, *(f"other {one}" for one in SCHOOL_ROLES), *(f"far {one}" for one in ROLES)]
# what may stand in an address without naming anybody's thing; whatever else stands there names one
NOT_A_THING = {
    *{"token", "key", "filename", "name", "kind", "purpose", "picture", "layout", "ink", "form", "step"},
    *{"version", "number", "skill_number"},
}
# a form that a sign-in lost is kept for its person alone
KEPT_ANYWAY = {"kept_forms"}
# looking writes nothing but that somebody looked, checked or read
LOOKING = {"looks", "receipts", "shares", "notices", "sign_ins"}
# filled in so well that only the question whose it is can refuse it
GOOD = {
    "skill": "1",
    "level": "1",
    "basis": "1",
    "end": "usual",
    "audience": "me",
    "narrative": "I measured the shaft in five places and told the technician what I had found there.",
    "reason": "Somebody asked for it, and had a reason.",
    "answer": "Somebody asked for it, and had a reason.",
    "ground": "details",
    "name": "Another Name",
    "first_name": "Another",
    "held_on": ["10", "3", "2026"],
    "version": "1",
    "step": "confirm",
}
# words of the town that may not stand on a page of somebody from another programme, or from its other school
TOWN_WORDS = ("Amara", "Kit Placeholder", "Robin Fixturely", "Casey Exampleby", "Gear pump", "Tinderbeck")
SCHOOL_WORDS = ("Amara", "Casey Exampleby")


class Person(NamedTuple):
    """Somebody with a browser."""

    who: str
    client: FlaskClient
    cookie: str
    token: str

    @property
    def place(self) -> str:
        """Where they are, seen from the things of `Places`."""
        return {"far": FAR_AWAY, "other": OTHER}.get(self.who.split()[0], HOME)

    @property
    def role(self) -> str:
        """What they are; nothing for a stranger."""
        return "" if self.who == STRANGER else self.who.split()[-1]


class World:
    """The town with all its neighbours, everybody signed in, and what is written meanwhile."""

    def __init__(self, town: Town, app: Flask) -> None:
        """Let everybody in, and remember how it was."""
        self.app = app
        self.places = Places(town)
        self.written: set[str] = set()
        self.file = Path(str(town.runtime.database.engine.url.database))
        self.people = {who: self._let_in(town, who) for who in PEOPLE}
        self._own_things(town)
        town.runtime.database.close()
        shutil.copyfile(self.file, self.file.with_suffix(".before"))
        event.listen(town.runtime.database.engine, "before_cursor_execute", self._note)

    def _let_in(self, town: Town, who: str) -> Person:
        from passport.services import sign_ins

        client = self.app.test_client()
        if who == STRANGER:
            _token(client, "/sign-in")
            sealed = client.get_cookie("session")
            return Person(who, client, sealed.value if sealed else "", _token(client, "/sign-in"))
        with town.transaction() as session:
            account = town.account(session, who)
            cookie = sign_ins.begin(session, account, sign_ins.Way.PASSWORD, town.clock())
        client.set_cookie("session", cookie)
        return Person(who, client, cookie, _token(client, "/account"))

    def _own_things(self, town: Town) -> None:
        """Give Amara what only its owner may end: another sign-in, a passkey, an account elsewhere."""
        from passport.db.factors import Passkey
        from passport.db.identities import Identity
        from passport.services import sign_ins

        at = town.clock()
        with town.transaction() as session:
            amara = town.account(session, "amara")
            key = Passkey(account=amara, credential_id=b"1", public_key=b"", name="", sign_count=0)
            key.made_at = at
            known = Identity(account=amara, issuer="https://elsewhere.example.test", subject="1", made_at=at)
            session.add_all([key, known])
            sign_ins.begin(session, amara, sign_ins.Way.PASSWORD, at)
            other, *_ = sign_ins.listed(session, amara, at)
            self.places.own |= {
                "account.end": other.reference,
                "own_factors.remove_passkey": key.reference,
                "providers.disconnect": known.reference,
            }

    def _note(self, *heard: Any) -> None:
        words = heard[2].split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            table = words[1] if words[0] == "UPDATE" else words[2]
            self.written.add(table.strip('"'))

    def ask(self, person: Person, rule: Rule, method: str) -> TestResponse:
        """Call a route as somebody, with a form that is filled in."""
        self.written.clear()
        person.client.set_cookie("session", person.cookie)  # the last answer may have signed them out
        address = self.places.page(rule) if method == "GET" else self.places.address(rule)
        if method == "GET":
            return person.client.get(address, buffered=True)
        return person.client.open(address, method=method, data={"csrf_token": person.token, **GOOD})

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Put everything back as it was, if anything was written."""
        yield
        if self.written:
            before = self.file.with_suffix(".before")
            with closing(sqlite3.connect(before)) as source, closing(sqlite3.connect(self.file)) as target:
                source.backup(target)


def _token(client: FlaskClient, address: str) -> str:
    found = TOKEN.search(client.get(address).text)
    assert found, f"{address} has no form"
    return found.group(1)


@pytest.fixture(scope="module")
def world(
    first_town: tuple[Town, Path], tmp_path_factory: pytest.TempPathFactory, compiled: Any
) -> Iterator[World]:
    """Made once for all the cells of the matrix."""
    from passport.app import create_app

    with copied(first_town, tmp_path_factory.mktemp("matrix") / "town") as town:
        settle(town)
        app = create_app(town.runtime)
        app.jinja_env.bytecode_cache = compiled
        yield World(town, app)


def cells(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with each method that it takes."""
    return [
        (rule, method)
        for rule in routes(app)
        for method in sorted((rule.methods or set()) & (UNSAFE | {"GET"}))
        if rule.endpoint != "static"
    ]


def expected(audience: access.Audience, rule: Rule, person: Person) -> str:
    """What the table says: "answers", "signs in" or "nothing"."""
    if audience.everyone:
        return "answers"
    if person.who == STRANGER:
        return "signs in"
    assert audience.action is not None
    if person.role not in {who.value for who in rights.who_may(audience.action, *audience.ways)}:
        return "nothing"
    if rule.arguments <= NOT_A_THING:
        return "answers"
    if rule.endpoint in ONE_OWNER:
        return "answers" if person.who == "student" else "nothing"
    is_shared = person.place == OTHER and rule.endpoint in PROGRAMME_WIDE
    return "answers" if person.place == HOME or is_shared else "nothing"


def found(answer: TestResponse) -> str:
    """What came of it, in the same words."""
    if answer.status_code == 404:
        return "nothing"
    if answer.status_code in {302, 303} and answer.location.partition("?")[0] == "/sign-in":
        return "signs in"
    return "answers" if answer.status_code < 500 else f"breaks: {answer.status_code}"


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_reaches_what_the_table_says_and_nothing_else(world: World, who: str) -> None:
    person, wrong = world.people[who], []
    for rule, method in cells(world.app):
        audience = access.declared(world.app, rule.endpoint)
        want = expected(audience, rule, person)
        if want == "answers" and (rule.endpoint in NOT_THERE | NOT_SET_UP or is_open(audience, method)):
            continue
        try:
            with world.unchanged():
                said = judged(world, person, rule, method, want)
        except LookupError as error:
            said = [str(error)]
        wrong += [f"{method} {rule} ({rule.endpoint}): {words}" for words in said]
    assert not wrong, "\n".join(wrong)


def is_open(audience: access.Audience, method: str) -> bool:
    """Doors and questions of everybody: their own tests say what becomes of what is sent there."""
    return audience.everyone and method != "GET"


def judged(world: World, person: Person, rule: Rule, method: str, want: str) -> list[str]:
    """What is wrong with the answer; nothing where it is as the table says."""
    answer = world.ask(person, rule, method)
    everyone = access.declared(world.app, rule.endpoint).everyone
    got = found(answer)
    if got != want:
        # the later steps of a sign-in begin with the first, and who leaves signs in again
        leads_out = got == "signs in" and want == "answers" and (everyone or rule.endpoint in LEAD_OUT)
        return [] if leads_out else [f"{got}, not: {want}"]
    if want == "answers" and method != "GET":
        return []
    if wrote := world.written - (LOOKING if want == "answers" else KEPT_ANYWAY):
        return [f"{got}, and writes {sorted(wrote)}"]
    if want == "signs in" and method == "GET":
        asked = unquote(answer.location.partition("next=")[2])
        return [] if asked == world.places.page(rule) else ["forgets the way back"]
    if want == "answers" and not everyone and answer.status_code == 200:
        return [f"shows {word}" for word in foreign(person, answer)]
    return []


def foreign(person: Person, answer: TestResponse) -> list[str]:
    """What stands on a page and belongs to a programme that is not the person's own."""
    words = {FAR_AWAY: TOWN_WORDS, OTHER: (*SCHOOL_WORDS, FAR), HOME: (FAR,)}[person.place]
    return [word for word in words if word in answer.text] if answer.mimetype == "text/html" else []


def test_every_route_is_for_everybody_or_names_an_action_that_somebody_may_do(world: World) -> None:
    for rule in routes(world.app):
        audience = access.declared(world.app, rule.endpoint)
        assert audience.everyone or audience.roles, rule.endpoint


def test_a_route_that_does_not_say_stops_the_service_from_starting(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: "for whom?"
    with pytest.raises(access.UndeclaredRoute, match="forgotten"):
        access.enforce(app)


def test_every_action_of_the_table_is_known_to_somebody(world: World) -> None:
    from passport.db.accounts import Role

    assert {role.value for role in Role} == set(ROLES)
    assert set(rights.RIGHTS) == set(Action)
    for action in Action:
        held = [grant.who for grant in rights.RIGHTS[action]]
        assert len(held) == len(set(held)), f"two cells for one role: {action}"
