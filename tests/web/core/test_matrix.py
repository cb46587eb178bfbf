"""Who reaches what: every route, for every role and for a stranger, at home, at another school and in another
programme. What is expected comes from `services.core.rights`, the table that the help page shows.

Expected of a route is one of three: it answers, it leads to the page to sign in, or there is no such page. A
route that is for everybody answers everybody. A person who may not call it, and one who may but for another's
thing, finds nothing, and nothing is written. A new route whose address no one knows fails by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from passport.services.core import rights
from passport.services.core.rights import Action
from passport.web.core import route_access
from tests.fixtures.neighbours import FAR
from tests.web.everybody import FAR_AWAY, HOME, OTHER, PEOPLE, ROLES, STRANGER, Person, World, cells
from tests.web.places import LEAD_OUT, NOT_SET_UP, NOT_THERE, ONE_OWNER, PROGRAMME_WIDE, routes

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

# what may stand in an address without naming anybody's thing; whatever else stands there names one
NOT_A_THING = {
    *{"token", "key", "filename", "name", "kind", "purpose", "picture", "layout", "ink", "form", "step"},
    *{"version", "number", "skill_number", "object_kind", "identifier", "unknown"},
}
# a form that a sign-in lost is kept for its person alone
KEPT_ANYWAY = {"kept_forms"}
# looking writes nothing but that a person looked, checked or read
LOOKING = {"looks", "receipts", "shares", "notices", "sign_ins"}
# an adult who opens a page with a student's words on it, or one of these, is written down for them to read
THEIR_WORDS = "measured the shaft in five places"
THEIR_RECORD = {"entries.show", "students.show", "withdrawals.show", "evidence_files.show"}
# words of the town that may not stand on a page of a person from another programme, or from its other school
TOWN_WORDS = ("Amara", "Kit Placeholder", "Robin Fixturely", "Casey Exampleby", "Gear pump", "Tinderbeck")
SCHOOL_WORDS = ("Amara", "Casey Exampleby")


def expected(audience: route_access.Audience, rule: Rule, person: Person) -> str:
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
        audience = route_access.declared(world.app, rule.endpoint)
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


def is_open(audience: route_access.Audience, method: str) -> bool:
    """Doors and questions of everybody: their own tests say what becomes of what is sent there."""
    return audience.everyone and method != "GET"


def judged(world: World, person: Person, rule: Rule, method: str, want: str) -> list[str]:
    """What is wrong with the answer; nothing where it is as the table says."""
    answer = world.ask(person, rule, method)
    everyone = route_access.declared(world.app, rule.endpoint).everyone
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
        return [f"shows {word}" for word in foreign(person, answer)] + unseen(world, person, rule, answer)
    return []


def unseen(world: World, person: Person, rule: Rule, answer: TestResponse) -> list[str]:
    """Whether a person read what is a student's, and the student cannot read that they did."""
    shows = rule.endpoint in THEIR_RECORD or THEIR_WORDS in answer.get_data().decode("utf-8", "replace")
    is_noted = person.role == "student" or "looks" in world.written
    return ["shows a student's record and notes no look"] if shows and not is_noted else []


def foreign(person: Person, answer: TestResponse) -> list[str]:
    """What stands on a page and belongs to a programme that is not the person's own."""
    words = {FAR_AWAY: TOWN_WORDS, OTHER: (*SCHOOL_WORDS, FAR), HOME: (FAR,)}[person.place]
    return [word for word in words if word in answer.text] if answer.mimetype == "text/html" else []


def test_every_route_is_for_everybody_or_names_an_action_that_a_person_may_do(world: World) -> None:
    for rule in routes(world.app):
        audience = route_access.declared(world.app, rule.endpoint)
        assert audience.everyone or audience.roles, rule.endpoint


def test_a_route_that_does_not_say_stops_the_service_from_starting(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: "for whom?"
    with pytest.raises(route_access.UndeclaredRoute, match="forgotten"):
        route_access.enforce(app)


def test_every_action_of_the_table_is_known_to_a_person(world: World) -> None:
    from passport.db.people.accounts import Role

    assert {role.value for role in Role} == set(ROLES)
    assert set(rights.RIGHTS) == set(Action)
    for action in Action:
        held = [grant.who for grant in rights.RIGHTS[action]]
        assert len(held) == len(set(held)), f"two cells for one role: {action}"
