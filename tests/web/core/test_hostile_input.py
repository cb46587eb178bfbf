"""Hostile values in every query, path and public form: the service answers each one, and never with a 5xx."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from werkzeug.routing import AnyConverter

from passport.services.core import rights
from passport.web.core import route_access
from tests.web.everybody import GOOD, HOME, STRANGER, Asked, Person, World, cells
from tests.web.places import for_machines

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

    from tests.web.conftest import Arrive

HUGE = "9" * 23
# as written in an address: a number that fits no column, one beyond 32 bits, NUL, a lone surrogate
IN_AN_ADDRESS = (HUGE, f"-{HUGE}", "2147483648", "1%00", "%ED%A0%80", "a" * 5_000)
IN_A_FORM = (
    HUGE,
    "1\0",
    "\u202e'\"><{{7*7}}%(x)s",
    "[" * 5_000,
    '{"id": "\\ud800", "response": 1}',
    "a" * 20_000,
)
# what nothing in `passport.web` asks for by itself
OF_THE_FRAMEWORK = {"csrf_token"}


def first_who_may(world: World, rule: Rule) -> Person:
    """A person at home who may call a route; a stranger where everybody may."""
    audience = route_access.declared(world.app, rule.endpoint)
    if audience.everyone or audience.action is None:
        return world.people[STRANGER]
    may = {who.value for who in rights.who_may(audience.action, *audience.ways)}
    return next(person for person in world.people.values() if person.place == HOME and person.role in may)


def get(world: World, person: Person, address: str) -> int:
    """Look at an address, put back what was written, and give the status."""
    with world.unchanged():
        world.written.clear()
        person.client.set_cookie("session", person.cookie)
        return person.client.get(address, buffered=True).status_code


def post(world: World, person: Person, address: str, **fields: object) -> int:
    """Send a form, put back what was written, and give the status."""
    with world.unchanged():
        world.written.clear()
        person.client.set_cookie("session", person.cookie)
        return person.client.post(address, data={"csrf_token": person.token, **fields}).status_code


def queries(world: World) -> Iterator[tuple[Rule, Person, str]]:
    """Every page that asks for something in its query, with a person who may see it and the name."""
    for rule, method in cells(world.app):
        if method != "GET":
            continue
        person, address = first_who_may(world, rule), world.places.page(rule)
        Asked.names.clear()
        get(world, person, address)
        yield from ((rule, person, name) for name in sorted(Asked.names - OF_THE_FRAMEWORK))


def test_no_value_in_a_query_breaks_a_page(world: World) -> None:
    broken, lists = [], set()
    for rule, person, name in queries(world):
        address = world.places.page(rule).partition("?")[0]
        for value in IN_AN_ADDRESS:
            status = get(world, person, f"{address}?{name}={value}&{name}={value}")
            if status >= 500 or (name == "page" and status != 200):
                broken.append(f"{rule.endpoint}?{name}={value[:30]}: {status}")
        lists |= {rule.endpoint} if name == "page" else set()
    assert not broken, "\n".join(broken)
    assert len(lists) >= 6


def test_no_value_in_a_path_breaks_a_public_page(world: World) -> None:
    broken = []
    for rule, method in cells(world.app):
        if method != "GET" or not route_access.declared(world.app, rule.endpoint).everyone:
            continue
        for name in rule.arguments:
            if isinstance(rule._converters[name], AnyConverter):
                continue
            for value in IN_AN_ADDRESS:
                status = get(world, world.people[STRANGER], _with(rule, name, value))
                if status >= 500:
                    broken.append(f"{rule} {name}={value[:30]}: {status}")
    assert not broken, "\n".join(broken)


def _with(rule: Rule, name: str, written: str) -> str:
    """The route's address with one part replaced by what is given, as it is given."""
    kept = {
        one: next(iter(kind.items)) if isinstance(kind, AnyConverter) else 1
        for one, kind in rule._converters.items()
    }
    built = rule.build({**kept, name: 7777777})
    assert built is not None
    return built[1].replace("7777777", written)


def test_no_value_in_a_public_form_breaks_it(world: World) -> None:
    broken = []
    for rule, method in cells(world.app):
        audience = route_access.declared(world.app, rule.endpoint)
        if method != "POST" or not audience.everyone or audience.machine:
            continue
        person, address = world.people[STRANGER], world.places.address(rule)
        Asked.names.clear()
        post(world, person, address, **GOOD)
        for name in sorted(Asked.names - OF_THE_FRAMEWORK):
            for value in IN_A_FORM:
                fields = {**GOOD, name: [value, value]}
                if (status := post(world, person, address, **fields)) >= 500:
                    broken.append(f"{rule} {name}={value[:30]!r}: {status}")
        if post(world, person, address, csrf_token="") >= 500:
            broken.append(f"{rule} without a token")
    assert not broken, "\n".join(broken)


BODIES = (
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000,
    b'{"verifiableCredential": null, "checks": null, "codes": [null], "options": []}',
    b'{"verifiableCredential": "x", "checks": [{"code": 9}], "codes": ["\\u0000"]}',
    b'{"verifiableCredential": {"@context": [[]], "type": {}, "proof": [1]}, "options": {"a": 1}}',
    b'{"verifiablePresentation": {"verifiableCredential": [[], 1, null, {}]}}',
    b'{"checks": [{"code": "\\u0000", "lastName": "\\ud800", "dateOfBirth": "9999-99-99", "reference": 1}]}',
    b'{"a": 1e999, "b": ' + b"9" * 5_000 + b"}",
)  # fmt: skip
KINDS = (
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data",
    "",
    "\u00e9",
)


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_body_and_no_content_type_breaks_a_route_for_machines(world: World, signed_in: bool) -> None:
    broken = []
    person = world.people["admissions" if signed_in else STRANGER]
    for rule, method in for_machines(world.app):
        address = world.places.address(rule)
        for kind, body in [*((KINDS[0], body) for body in BODIES), *((kind, b"{}") for kind in KINDS)]:
            with world.unchanged():
                world.written.clear()
                person.client.set_cookie("session", person.cookie)
                answer = person.client.open(address, method=method, data=body, headers={"Content-Type": kind})
            if answer.status_code >= 500:
                broken.append(f"{method} {rule}: {kind} {body[:60]!r}: {answer.status_code}")
    assert not broken, "\n".join(broken)


def _passkey(**response: object) -> str:
    return json.dumps({"id": "QQ", "rawId": "QQ", "type": "public-key", "response": response})


def _encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


PASSKEYS = (
    "[" * 5_000,
    "{}",
    '{"response": []}',
    '{"response": {"clientDataJSON": 1}}',
    _passkey(clientDataJSON=_encoded(b"[" * 2_000)),
    _passkey(clientDataJSON=_encoded(b"[]")),
    _passkey(clientDataJSON=_encoded(b'{"type": [], "challenge": 1, "origin": {}}')),
    _passkey(clientDataJSON=_encoded(b'{"type": "webauthn.get", "challenge": "\\ud800", "origin": ""}')),
    _passkey(clientDataJSON="\u00e9"),
    _passkey(clientDataJSON="\ud800"),
)


def test_an_answer_that_no_passkey_gave_is_refused(arrive: Arrive) -> None:
    visitor = arrive()
    given = [visitor.send("/sign-in/passkey", response=answer).status_code for answer in PASSKEYS]
    assert max(given) < 500, given


def test_no_text_holds_nul_and_no_number_is_larger_than_a_column(app: Flask, arrive: Arrive) -> None:
    with app.test_request_context("/?a=1%002", method="POST", data={"b": "1\0", "c": ["x", "\0"]}) as asked:
        assert asked.request.args.to_dict() == {"a": "1\ufffd2"}
        assert asked.request.form.to_dict(flat=False) == {"b": ["1\ufffd"], "c": ["x", "\ufffd"]}
        assert asked.request.values["b"] == "1\ufffd"
    stranger = arrive()
    assert stranger.open("/frameworks/1/1").status_code == 200
    for address in ("/frameworks/2147483648/1", "/registry/2147483648.json", "/c/SP%00", "/receipts/R%00"):
        assert stranger.open(address).status_code == 404, address
