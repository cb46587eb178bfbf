"""Everybody of the town and its neighbours, signed in, and what is written while they call the routes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy import event

from passport.services.core.rights import Who
from passport.web.core.requests import Fields, PassportRequest
from tests.fixtures.neighbours import settle
from tests.fixtures.towns import Made, Town, build
from tests.web.conftest import TOKEN, copied
from tests.web.places import UNSAFE, Places, routes

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from jinja2 import FileSystemBytecodeCache
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

    from passport.db import Database
    from tests.fixtures.databases import PostgreSQL

HOME, OTHER, FAR_AWAY = "home", "other school", "other programme"
STRANGER = "stranger"
ROLES = [who.value for who in Who if who is not Who.ANYONE]
SCHOOL_ROLES = ["student", "champion", "coordinator", "lead"]
PEOPLE = [STRANGER, *ROLES, *(f"other {one}" for one in SCHOOL_ROLES), *(f"far {one}" for one in ROLES)]
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


class Asked(Fields):
    """What was posted; it notes the names that a page asks for."""

    names: set[str] = set()  # noqa: RUF012 - one for all requests, emptied before each

    def __getitem__(self, name: str) -> str:
        """One value."""
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        """Whether it was posted."""
        self.names.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, *more: Any) -> list[Any]:
        """All values of a name."""
        self.names.add(name)
        return super().getlist(name, *more)


class Noting(PassportRequest):
    """A request that notes what is asked of its form."""

    parameter_storage_class = Asked


class Person(NamedTuple):
    """A person with a browser."""

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


class Keeper(Protocol):
    """Keeps a database as it is now, and puts it back like that."""

    def keep(self) -> None:
        """Remember it."""

    def put_back(self, tables: set[str]) -> None:
        """Undo what was written to these tables since."""


class KeptFile:
    """A SQLite file that is put back."""

    def __init__(self, database: Database) -> None:
        """Take the file of a database."""
        self._file = Path(str(database.engine.url.database))
        self._before = self._file.with_suffix(".before")

    def keep(self) -> None:
        """Copy it; nothing has it open."""
        shutil.copyfile(self._file, self._before)

    def put_back(self, tables: set[str]) -> None:
        """Fill these tables from the copy, quicker than copying all; references are not checked meanwhile."""
        with closing(sqlite3.connect(self._file, isolation_level=None)) as connection:
            connection.execute("ATTACH ? AS kept", (str(self._before),))
            connection.execute("BEGIN IMMEDIATE")
            for name in tables:
                connection.execute(f'DELETE FROM main."{name}"')  # noqa: S608 - our names
                connection.execute(f'INSERT INTO main."{name}" SELECT * FROM kept."{name}"')  # noqa: S608
            connection.execute("COMMIT")


class KeptSchema:
    """A PostgreSQL database that is put back table by table, which is quicker than copying all of it."""

    def __init__(self, database: Database) -> None:
        """Take a database."""
        self._database = database

    def keep(self) -> None:
        """Copy every table into a schema of its own."""
        from passport.db import Base

        with self._database.engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for name in Base.metadata.tables:
                connection.exec_driver_sql(f'CREATE TABLE kept."{name}" AS TABLE "{name}"')

    def put_back(self, tables: set[str]) -> None:
        """Fill these tables from the copy; the server does not look at references meanwhile."""
        with self._database.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for name in tables:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608 - our names
                connection.exec_driver_sql(f'INSERT INTO "{name}" SELECT * FROM kept."{name}"')  # noqa: S608


class World:
    """The town with all its neighbours, everybody signed in, and what is written meanwhile."""

    def __init__(self, town: Town, app: Flask, keeper: Keeper) -> None:
        """Let everybody in, and remember how it was."""
        self.app = app
        self.keeper = keeper
        self.places = Places(town)
        self.written: set[str] = set()  # by the last answer
        self.touched: set[str] = set()  # since everything was as it is kept
        self.town = town
        self.file = Path(str(town.runtime.database.engine.url.database))
        self.people = {who: self._let_in(town, who) for who in PEOPLE}
        self._own_things(town)
        self._decided_things(town)
        town.runtime.database.close()
        keeper.keep()
        self._published = _contents(town.runtime.public.directory)
        event.listen(town.runtime.database.engine, "before_cursor_execute", self._note)

    def _let_in(self, town: Town, who: str) -> Person:
        from passport.services.access import sign_ins

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
        """Give Amara drafts, and what only its owner ends: a sign-in, a passkey, an account elsewhere."""
        from passport.db.access.identities import Identity
        from passport.db.access.second_factor import Passkey
        from passport.services.access import sign_ins
        from passport.services.evidence import drafting, worry_reports
        from passport.services.sharing import shares

        at, about_the_lead = town.clock(), town.sent()
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
            draft = drafting.start(session, amara, town.activity, at).reference
            share = shares.draft(session, amara, [self.places.entry], at).reference
            casey, lead = town.account(session, "casey"), town.references["lead"]
            worry = worry_reports.raise_one(session, casey, about_the_lead, "", at, [lead]).reference
            for step in ("show", "decide"):
                self.places.own[f"handed_up.{step}"] = worry
            for step in ("skill", "level", "story"):
                self.places.own[f"evidence.{step}"] = draft
            for step in ("choose", "audience"):
                self.places.own[f"shares.{step}"] = share

    def _decided_things(self, town: Town) -> None:
        """A note that the school holds, what a coordinator confirmed, and a champion who is checked."""
        from passport.services.endorsements import confirmations, decisions

        noted, confirmed, at = town.sent(), town.sent(), town.clock()
        with town.transaction() as session:
            robin, casey = town.account(session, "robin"), town.account(session, "casey")
            why = (1, "not-there", at, "Text me on 07700 900123.")
            held = decisions.send_back(session, robin, noted, *why).reference
            given = (confirmed, 1, 1, 2, at)
            undone = confirmations.confirm(session, town.runtime.keys, casey, *given).reference
            self.places.own |= {
                "notes.release": held,
                "notes.stop": held,
                "confirmations.undo": undone,
                "onboarding.show": robin.reference,
                "onboarding.identity": robin.reference,
                "onboarding.supervision": robin.reference,
            }

    def _note(self, *heard: Any) -> None:
        words = heard[2].split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            table = words[1] if words[0] == "UPDATE" else words[2]
            self.written.add(table.strip('"'))
            self.touched.add(table.strip('"'))

    def ask(self, person: Person, rule: Rule, method: str, **more: Any) -> TestResponse:
        """Call a route as a person, with a form that is filled in."""
        self.written.clear()
        Asked.names.clear()
        person.client.set_cookie("session", person.cookie)  # the last answer may have signed them out
        address = self.places.page(rule) if method == "GET" else self.places.address(rule)
        if method == "GET":
            return person.client.get(address, buffered=True)
        return person.client.open(address, method=method, data={**GOOD, **more, "csrf_token": person.token})

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Put everything back, if anything was written: the rows, and the files published from them.

        A published registry that is newer than the rows would open a recovery.
        """
        self.touched.clear()
        yield
        if self.touched:
            self.keeper.put_back(set(self.touched))
            found = _contents(self.town.runtime.public.directory)
            for file in found.keys() - self._published.keys():
                file.unlink()
            for file, content in self._published.items():
                if found.get(file) != content:
                    file.write_bytes(content)


def _contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _token(client: FlaskClient, address: str) -> str:
    found = TOKEN.search(client.get(address).text)
    assert found, f"{address} has no form"
    return found.group(1)


@contextmanager
def settled(first_town: Made, folder: Path, compiled: FileSystemBytecodeCache) -> Iterator[World]:
    """The town in a folder, with everybody in it."""
    from passport.app import create_app

    with copied(first_town, folder) as town:
        settle(town)
        app = create_app(town.runtime)
        app.jinja_env.bytecode_cache = compiled
        app.request_class = Noting
        yield World(town, app, KeptFile(town.runtime.database))


@contextmanager
def settled_on_postgresql(
    server: PostgreSQL, template: str, folder: Path, compiled: FileSystemBytecodeCache
) -> Iterator[World]:
    """A town like that on PostgreSQL, with everybody in it."""
    from passport.app import create_app
    from passport.db import Database

    name = server.create(template)
    with closing(Database(server.url(name))) as database:
        town = build(database, folder / "instance")
        settings = town.runtime.settings.model_copy(update={"second_factor": "offered"})
        town.runtime = replace(town.runtime, settings=settings)
        settle(town)
        app = create_app(town.runtime)
        app.jinja_env.bytecode_cache = compiled
        app.request_class = Noting
        yield World(town, app, KeptSchema(database))


def cells(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with each method that it takes."""
    return [
        (rule, method)
        for rule in routes(app)
        for method in sorted((rule.methods or set()) & (UNSAFE | {"GET"}))
        if rule.endpoint != "static"
    ]
