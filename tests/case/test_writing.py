"""A framework written as CASE 1.1: valid against the published schemas, and read again it is equal."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft201909Validator, FormatChecker

from passport.case import outline, reading
from passport.case.outline import Grouping
from passport.case.writing import Writer
from passport.setup import ROOT
from tests.case.worlds import FRAMEWORK, PAGE, writer

SCHEMAS = ROOT / "tests" / "vectors" / "case-1.1"


@cache
def schema(name: str) -> Draft201909Validator:
    found = json.loads((SCHEMAS / f"case_v1p1_{name}-jsonschema1.json").read_text())
    return Draft201909Validator(found, format_checker=FormatChecker(["uuid", "date"]))


def violations(name: str, value: Any) -> list[str]:
    return [error.message for error in schema(name).iter_errors(value)]


def test_a_package_is_valid_against_the_published_schema() -> None:
    package = writer().package()
    assert violations("cfpackage", package) == []
    package["CFItems"][0].pop("fullStatement")
    package["CFDocument"]["identifier"] = "1"
    assert len(violations("cfpackage", package)) == 2


def test_what_stands_alone_is_valid_against_the_published_schemas() -> None:
    made = writer()
    items, associations = list(made.items()), list(made.associations())
    assert violations("cfdocumentset", {"CFDocuments": [made.document_with_package()]}) == []
    assert violations("cfrubric", made.rubric) == []
    assert violations("cfitemtypeset", {"CFItemTypes": made.item_types}) == []
    for item in items:
        assert violations("cfitem", made.alone(item)) == []
        assert violations("cfassociationset", made.associations_of(item)) == []
    for association in associations:
        assert violations("cfassociation", made.alone(association)) == []


def test_read_again_it_is_equal() -> None:
    data = json.dumps(writer().package()).encode()
    for grouping in Grouping:
        found = outline.outline(reading.read(data), grouping)
        assert found.title == FRAMEWORK.title
        assert {(one.group, one.item.statement, one.levels, one.item.code) for one in found.skills} == {
            (one.group, one.name, one.levels, str(one.number)) for one in FRAMEWORK.skills
        }
        references = [one for skill in found.skills for one in skill.references]
        assert [(one.kind, one.link.uri) for one in references] == [
            (one.association, one.uri) for skill in FRAMEWORK.skills for one in skill.targets
        ]
        # what says nothing that the framework does not say elsewhere
        assert {loss.name for loss in found.losses} == {
            "CFDocument: adoptionStatus",
            "CFDocument: language",
            "CFDocument: notes",
            "CFDocument: statusStartDate",
            "CFItems: language",
            "CFItemTypes",
        }


def test_identifiers_are_those_of_the_version_and_all_different() -> None:
    def identifiers(made: Writer) -> list[str]:
        package = made.package()
        return [one["identifier"] for name in ("CFItems", "CFAssociations") for one in package[name]]

    assert identifiers(writer()) == identifiers(writer(title="Renamed", retired=True))
    assert len(set(identifiers(writer()))) == len(identifiers(writer())) == 5 + 6
    assert not set(identifiers(writer())) & set(identifiers(writer(page=PAGE + "1")))


def test_a_retired_version_says_so() -> None:
    said = [writer(retired=retired).document["adoptionStatus"] for retired in (False, True)]
    assert said == ["Implemented", "Deprecated"]
