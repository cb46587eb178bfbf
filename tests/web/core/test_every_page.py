"""Every page and every form on PostgreSQL: an answer may refuse what is asked, and never fails (5xx).

`test_matrix` asks every route on SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from passport.services.access import class_codes
from passport.services.programmes.frameworks import crosswalks
from passport.web.core import route_access
from tests.fixtures.hostile import saved
from tests.fixtures.towns import PASSWORD
from tests.web.core.test_matrix import expected
from tests.web.everybody import HOME, Asked, Person, World, cells
from tests.web.forms import Forms

if TYPE_CHECKING:
    from werkzeug.routing import Rule

# what comes in writes these, whatever is done then
COMING_IN = {"sign_ins", "attempts", "looks"}
YEARS = {"year_from": "9", "year_to": "11", "places": "12"}
# forms that are not answered by choosing and typing
SENT: dict[str, Callable[[World], dict[str, Any]]] = {
    "sessions.sign_in": lambda _world: {"email": "amara@example.test", "password": PASSWORD},
    "activities.new": lambda _world: YEARS | {"starts": "9:30", "ends": "12:00"},
    "activities.change": lambda _world: YEARS,
    "activity_sessions.new": lambda _world: {"starts": "9:30", "ends": "12:00"},
    "activity_sessions.change": lambda _world: {"starts": "9:30", "ends": "12:00"},
    "attendance.count": lambda _world: {"number": "24"},
    "proposals.propose": lambda _world: {"held_on": ["10", "3", "2026"], "host": "Corner Bakery"},
    "class_codes.make": lambda _world: {"minutes": class_codes.LENGTHS[0]},
    "class_codes.cards": lambda world: {"minutes": 60, "pupil": world.town.references["amara"]},
    "evidence.new": lambda world: {"activity": world.town.activity},
    "evidence_files.add": lambda _world: {"file": (BytesIO(saved("JPEG")), "photo.jpg")},
    "onboarding.hold": lambda _world: {"since": ["10", "3", "2026"], "hour": "14:30"},
    "screening.edit": lambda _world: {"rules": "[odd words]\nsecret room", "step": "save"},
    "checks.ask": lambda world: {"code": world.places.code},
    "entries.listed": lambda world: {"code": world.places.code},
    "framework_crosswalks.show": lambda _world: {"url": "http://data.europa.eu/esco/skill/T4", "code": "T4"},
    "framework_crosswalks.add_from_esco": lambda _world: {"url": crosswalks.search("teams")[0].url},
    "framework_imports.new": lambda _world: {"file": (BytesIO(b"group,skill\nAll,Listening"), "list.csv")},
    "framework_imports.show": lambda _world: {
        "step": "make",
        "target": "new",
        "compared": "new",
        "title": "Woodwork",
        "seen": "",
    },
    "framework_drafts.skill": lambda _world: {"name": "Another Name"},
    "entries.correct_date": lambda _world: {"held_on": ["9", "3", "2026"]},
    "grants.propose": lambda _world: {"email": "lead@example.test"},
    "rollover.roll_over": lambda _world: {"last": "13"},
    "student_details.edit": lambda _world: {"year": "12", "cohort": "none", "born_on": ["", "", ""]},
    "student_lists.send": lambda _world: {"file": (BytesIO(b"Name,DOB,Year\nMina New,1/7/2011,9"), "a.csv")},
    "student_lists.columns": lambda _world: {
        "surname": "0",
        "forename": "1",
        "whole_name": "none",
        "preferred": "none",
        "born_on": "2",
        "year": "3",
        "everybody": "none",
        "email": "4",
        "cohort": "none",
    },
    "student_lists.decide": lambda world: {f"row-{world.places.doubtful_row}": "same"},
    "claims.show": lambda _world: {"decision": "stays"},
    "desk.take": lambda world: {"pasted": world.places.code},
    "institution.take": lambda world: {"pasted": world.places.code},
    "visits.plan": lambda _world: {"held_on": ["24", "3", "2026"]},
    "visits.change": lambda _world: {"held_on": ["25", "3", "2026"]},
}
JSON: dict[str, object] = {
    "api.verify_credential": {"verifiableCredential": {}},
    "api.verify_presentation": {"verifiablePresentation": {}},
    "code_checks.check_codes": {"codes": ["SP-AAAA-BBBB-CCCC"]},
}
# forms that write nothing as they are sent here, and why
WRITES_NOTHING = {
    "students.invite_some": "nobody with an address waits for an invitation",
    "confirmations.issue_now": "a demo's alone",
    "endorsements.issue_now": "a demo's alone",
    "sessions.sign_out": "a stranger has no sign-in to end",
    "links.sign_in": "no link has this token",
    "links.new_password": "no link has this token",
    "invitations.show": "no invitation has this token",
    "second.show": "begins with a password",
    "second.recovery": "begins with a password",
    "second.begin_app": "begins with a password",
    "second.app": "begins with a password",
    "second.passkey": "begins with a password",
    "passkeys.new_options": "begins with a password",
    "passkeys.sign_in": "no authenticator signs here",
    "own_factors.remove_app": "there is no app to remove",
    "evidence_holds.show": "shows a text and writes down who read it",
    "evidence_reading.read": "shows a text and writes down who read it",
    "evidence_holds.release": "the text is not held",
    "handed_up.show": "shows a worry and writes down who read it",
    "endorsements.queue": "leads to the page of what was chosen",
    "endorsements.undo": "the undo window of the town is over at once",
    "passing_on.ask_another": "a champion is there",
    "credentials.replace": "there is no newer decision",
    "renewals.renew": "no entry is near its review date",
    "withdrawals.cancel": "another manager asked for it",
    "my_data.download": "gives a file",
    "privacy_requests.pass_on": "it is with the programme already",
    "checks.ask": "leads to the page of the code",
    "checks.compare": "compares a date of birth and keeps nothing",
    "entries.listed": "leads to the entry",
    "entries.correct_school": "a coordinator's one school is the one that the entry names",
    "receipts.find": "leads to the receipt",
    "framework_drafts.copy": "there is a draft already, and it is opened",
    "framework_drafts.rename": "a version of the framework is published",
    "framework_drafts.review": "it is in review",
    "framework_comments.reopen": "the comment is open",
    "framework_sign_offs.unsign": "they have not signed",
    "framework_publishing.publish": "nobody has signed",
    "attendance.here": "the code is not on the wall",
    "staying.stay": "the sign-in is as new as it can be",
    "visits.count": "the visit has not begun",
    "calendar.end": "there is no address to end",
    "visit_pages.show": "no link has this token",
    "api.verify_credential": "answers",
    "api.verify_presentation": "answers",
    "code_checks.check_codes": "refuses without a key",
}


# what PostgreSQL cannot hold: a NUL in a text, and a number with more than eight bytes
HOSTILE = ("a\x00b", "9" * 30)


def people(world: World, rule: Rule) -> list[Person]:
    """The people of the town whom a route answers: all of them where it is for everybody."""
    audience = route_access.declared(world.app, rule.endpoint)
    home = [one for one in world.people.values() if one.place == HOME]
    return [one for one in home if expected(audience, rule, one) == "answers"]


def test_every_page_answers_on_postgresql(postgresql_world: World) -> None:
    world, wrong = postgresql_world, []
    for rule, method in cells(world.app):
        for person in people(world, rule) if method == "GET" else []:
            with world.unchanged():
                answer = world.ask(person, rule, method)
            if answer.status_code >= 500:
                wrong.append(f"{rule} ({rule.endpoint}) as {person.who}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_every_form_answers_on_postgresql(postgresql_world: World) -> None:
    world, wrong = postgresql_world, []
    for rule, method in cells(world.app):
        if method == "GET":
            continue
        person = people(world, rule)[0]
        with world.unchanged():
            status, wrote = sent(world, person, rule, method)
        if status >= 500:
            wrong.append(f"{method} {rule} ({rule.endpoint}) as {person.who}: {status}")
        elif not wrote and rule.endpoint not in WRITES_NOTHING:
            wrong.append(
                f"{method} {rule} ({rule.endpoint}) as {person.who}: {status}, and nothing is written."
                " Fill in its form: TYPED in tests/web/forms.py has words for boxes, SENT here has files and"
                " the like. If it writes nothing, say why in WRITES_NOTHING."
            )
    assert not wrong, "\n".join(wrong)


def sent(world: World, person: Person, rule: Rule, method: str) -> tuple[int, set[str]]:
    """Fill in the form of a route as a person and send it: the status, and the tables that were written."""
    endpoint, address = str(rule.endpoint), world.places.address(rule)
    if endpoint in JSON:
        return person.client.open(address, method=method, json=JSON[endpoint]).status_code, set()
    fields = filled(world, person, rule) | special(world, rule)
    answer = world.ask(person, rule, method, **fields)
    everyone = route_access.declared(world.app, endpoint).everyone
    return answer.status_code, world.written - (set() if everyone else COMING_IN)


def filled(world: World, person: Person, rule: Rule) -> dict[str, Any]:
    """The fields of the form of a route, filled in."""
    fields: dict[str, Any] = {}
    if "GET" in (rule.methods or set()):
        shown = world.ask(person, rule, "GET")
        if shown.mimetype == "text/html":
            fields = dict(Forms(shown.text).fields(world.places.address(rule)))
            for name in ("csrf_token", "step"):
                fields.pop(name, None)
    return fields


def special(world: World, rule: Rule) -> dict[str, Any]:
    """What a route is sent besides, made again for each request: a file can be sent once."""
    return SENT[rule.endpoint](world) if rule.endpoint in SENT else {}


def test_what_no_column_can_hold_is_refused_and_breaks_nothing(postgresql_world: World) -> None:
    world, wrong, asked = postgresql_world, [], 0
    for rule, method in cells(world.app):
        if rule.endpoint in JSON:
            continue
        person = people(world, rule)[0]
        for name, value, status in strained(world, person, rule, method):
            asked += 1
            if status >= 500:
                wrong.append(f"{method} {rule} ({rule.endpoint}) as {person.who}, {name}={value!r}: {status}")
    assert not wrong, "\n".join(wrong)
    assert asked > 500


def strained(world: World, person: Person, rule: Rule, method: str) -> Iterator[tuple[str, str, int]]:
    """Ask a route with one part of its address, its query or its form after the other as it cannot be."""
    with world.unchanged():
        fields = filled(world, person, rule) if method != "GET" else {}
    with world.unchanged():
        world.ask(person, rule, method, **fields | special(world, rule))
        names = sorted(Asked.names - {"csrf_token"})
    for value in HOSTILE:
        for name in names:
            with world.unchanged():
                if method == "GET":
                    page = world.places.page(rule)
                    answer = person.client.get(
                        page + ("&" if "?" in page else "?") + urlencode({name: value})
                    )
                else:
                    answer = world.ask(person, rule, method, **fields | special(world, rule) | {name: value})
            yield name, value, answer.status_code
