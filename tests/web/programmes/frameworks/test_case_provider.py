"""The provider's interface of CASE: what programs of others get, and what they get wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from passport.case import outline, reading
from passport.case.writing import PREFIX, identifier_of
from passport.services.programmes.frameworks import imports, versions
from tests.case.test_writing import violations

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive

BASE = "http://localhost:8000"
TABLE = "group,skill,With guidance,With support,On my own,Guiding others\n"
DOCUMENT = identifier_of(f"{BASE}/frameworks/1/1")


def publish(town: Town, title: str, *skills: str) -> None:
    """Publish a version of a framework with these skills."""
    rows = "".join(f"Glass,{skill},a {skill},b {skill},c {skill},d {skill}\n" for skill in skills)
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme
        draft = imports.read((TABLE + rows).encode())
        done = imports.import_table(session, programme, title, draft, town.clock())
        assert done.version is not None
        versions.publish(session, done.version, "Ann Example", "Bob Example", town.clock())


def get(arrive: Arrive, path: str) -> TestResponse:
    """What a program gets."""
    return arrive().client.get(f"{PREFIX}/{path}")


def minor(answer: TestResponse) -> str:
    """The minor code of an error, which is valid against the schema."""
    assert violations("imsx_statusinfo", answer.json) == []
    told: dict[str, Any] = answer.get_json()
    return str(told["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"])


def test_every_object_of_a_package_is_found_by_its_address_and_is_valid(town: Town, arrive: Arrive) -> None:
    publish(town, "Glassmaking", "Blowing", "Cutting")
    listed = get(arrive, "CFDocuments")
    assert violations("cfdocumentset", listed.json) == []
    [first, second] = listed.get_json()["CFDocuments"]
    assert (first["identifier"], second["title"], second["creator"]) == (
        DOCUMENT,
        "Glassmaking",
        "Made in Brindlemoor",
    )
    package = get(arrive, f"CFPackages/{second['identifier']}").get_json()
    assert violations("cfpackage", package) == []
    assert second["CFPackageURI"]["uri"] == f"{BASE}{PREFIX}/CFPackages/{second['identifier']}"
    schemas = {
        "cfdocument": [package["CFDocument"]],
        "cfitem": package["CFItems"],
        "cfassociation": package["CFAssociations"],
        "cfrubric": package["CFRubrics"],
        "cfitemtypeset": package["CFDefinitions"]["CFItemTypes"],
    }
    client = arrive().client
    for schema, objects in schemas.items():
        for one in objects:
            answer = client.get(one["uri"].removeprefix(BASE))
            assert violations(schema, answer.json) == [], one["uri"]
    for item in package["CFItems"]:
        answer = client.get(f"{PREFIX}/CFItemAssociations/{item['identifier']}")
        assert violations("cfassociationset", answer.json) == []


def test_a_package_read_again_has_the_skills_of_the_page(town: Town, arrive: Arrive) -> None:
    found = outline.outline(reading.read(get(arrive, f"CFPackages/{DOCUMENT}").data))
    with town.transaction() as session:
        version = versions.published(session, 1, 1)
        assert {(one.group, one.item.statement, one.levels) for one in found.skills} == {
            (one.group, one.name, one.descriptors) for one in version.skills
        }
    file = arrive().client.get("/frameworks/1/1/case.json")
    assert outline.outline(reading.read(file.data)) == found
    assert file.headers["Content-Disposition"] == "attachment; filename=Brindlemoor-1.case.json"


def test_a_draft_has_no_object_and_a_retired_version_keeps_its_own(town: Town, arrive: Arrive) -> None:
    publish(town, "Glassmaking", "Blowing")
    publish(town, "Glassmaking", "Blowing", "Cutting")
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme
        draft = imports.read((TABLE + "Wood,Sawing,a,b,c,d\n").encode())
        imports.import_table(session, programme, "Woodwork", draft, town.clock())
    found = get(arrive, "CFDocuments?fields=title,version,adoptionStatus").get_json()["CFDocuments"]
    assert [tuple(one.values()) for one in found[1:]] == [
        ("Glassmaking", "1", "Deprecated"),
        ("Glassmaking", "2", "Implemented"),
    ]
    old, new = (identifier_of(f"{BASE}/frameworks/2/{number}") for number in (1, 2))
    assert [len(get(arrive, f"CFPackages/{one}").get_json()["CFItems"]) for one in (old, new)] == [2, 3]
    draft_of = identifier_of(f"{BASE}/frameworks/3/1")
    assert minor(get(arrive, f"CFDocuments/{draft_of}")) == "unknownobject"


def test_the_list_is_paged_sorted_and_filtered(town: Town, arrive: Arrive) -> None:
    for title in ("Glass", "Wood", "Metal"):
        publish(town, title, "Cutting")
    page = get(arrive, "CFDocuments?limit=2&offset=1&sort=title&orderBy=desc&fields=title")
    assert page.headers["X-Total-Count"] == "4"
    assert [one["title"] for one in page.get_json()["CFDocuments"]] == ["Metal", "Glass"]
    links = {link.split("; ")[1]: link.split("; ")[0] for link in page.headers["Link"].split(", ")}
    assert links.keys() == {'rel="first"', 'rel="last"', 'rel="next"', 'rel="prev"'}
    following = arrive().client.get(links['rel="next"'].strip("<>").removeprefix(BASE))
    assert [one["title"] for one in following.get_json()["CFDocuments"]] == ["Brindlemoor"]
    for question, titles in {
        "title='wood'": ["Wood"],
        "title~'a' AND title~'l'": ["Glass", "Metal"],
        "title='Wood' OR title='Metal'": ["Wood", "Metal"],
        "version>'1'": [],
    }.items():
        answer = arrive().client.get(f"{PREFIX}/CFDocuments", query_string={"filter": question})
        assert [one["title"] for one in answer.get_json()["CFDocuments"]] == titles, question


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("CFDocuments?limit=0", 400, "invalid_selection_field"),
        ("CFDocuments?limit=x", 400, "invalid_selection_field"),
        ("CFDocuments?offset=-1", 400, "invalid_selection_field"),
        ("CFDocuments?fields=title,secret", 400, "invalid_selection_field"),
        ("CFDocuments?filter=title", 400, "invalid_selection_field"),
        ("CFDocuments?filter=secret='x'", 400, "invalid_selection_field"),
        ("CFDocuments?filter=title='x' AND title='y' OR title='z'", 400, "invalid_selection_field"),
        ("CFDocuments?sort=secret", 400, "invalid_sort_field"),
        ("CFDocuments?sort=title&orderBy=up", 400, "invalid_sort_field"),
        ("CFDocuments/1", 404, "invalid_uuid"),
        (f"CFDocuments/{DOCUMENT.upper()}", 404, "invalid_uuid"),
        (f"CFItems/{DOCUMENT}", 404, "unknownobject"),
        ("CFConcepts/00000000-0000-4000-8000-000000000000", 404, "unknownobject"),
        (f"CFNothing/{DOCUMENT}", 404, "unknownobject"),
        ("CFItems", 404, "unknownobject"),
        ("CFItems/1/2/3", 404, "unknownobject"),
    ],
)
def test_errors_are_those_of_the_standard(arrive: Arrive, path: str, status: int, code: str) -> None:
    answer = get(arrive, path)
    assert (answer.status_code, minor(answer)) == (status, code)


def test_answers_are_cached_and_open_to_programs_in_browsers(arrive: Arrive) -> None:
    answer = get(arrive, f"CFPackages/{DOCUMENT}")
    assert answer.cache_control.public
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    again = arrive().client.get(
        f"{PREFIX}/CFPackages/{DOCUMENT}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_tables_of_a_framework_are_read_again_as_they_were(town: Town, arrive: Arrive) -> None:
    with town.transaction() as session:
        said = {(one.group, one.name, *one.descriptors) for one in versions.published(session, 1, 1).skills}
    for name in ("skills.csv", "skills.xlsx"):
        file = arrive().client.get(f"/frameworks/1/1/{name}")
        draft = imports.read(file.data)
        assert (set(draft.skills), draft.problems, draft.notes) == (said, [], [])
