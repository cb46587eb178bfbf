"""Packages of others: trees of any depth, levels in three ways, and what cannot be read."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from passport.case import outline, reading
from passport.case.errors import Fault, NotAPackage
from passport.case.outline import Grouping, Kind, Loss, Outline
from passport.setup import ROOT
from tests.case.worlds import DOCUMENT, below, identifier, item, link, package

SAMPLES = ROOT / "tests" / "inputs" / "case"
WORDINGS = ["begins", "tries", "does", "leads"]


def read(data: bytes, grouping: Grouping = Grouping.TOP) -> Outline:
    return outline.outline(reading.read(data), grouping)


def skills(found: Outline) -> list[tuple[str, str]]:
    return [(skill.group, outline.name_of(skill.item)) for skill in found.skills]


def test_the_samples_of_opensalt_are_read() -> None:
    smart = read((SAMPLES / "SmartLevelFramework.json").read_bytes())
    assert smart.title == "SmartLevel Test"
    first = [("Item 1", f"Item 1.{number}") for number in range(1, 11)]
    assert skills(smart) == [*first, ("Item 2", "Item 2.1"), ("Item 2", "Item 2.2")]
    letters = read((SAMPLES / "Utf8TestFramework.json").read_bytes())
    assert (letters.title, skills(letters), letters.losses) == ("UTF8 𝑑 Test", [("", "Item 𝑑 1")], [])


def test_a_tree_gives_groups_by_its_highest_or_its_nearest_items() -> None:
    tree = package(
        [item(1, "Area"), item(2, "Strand"), item(3, "Skill"), item(4, "Other"), item(5, "Alone")],
        [below(1, 0), below(2, 1), below(3, 2), below(4, 1), below(5, 0)],
    )
    top, nearest = read(tree), read(tree, Grouping.NEAREST)
    assert skills(top) == [("Area", "Skill"), ("Area", "Other"), ("", "Alone")]
    assert skills(nearest) == [("Strand", "Skill"), ("Area", "Other"), ("", "Alone")]
    assert (top.losses, nearest.losses) == ([Loss(Kind.HEADING, "Strand")], [])


def test_children_stand_in_the_order_of_their_numbers() -> None:
    orders = {1: 3, 2: 1, 3: 2}
    tree = package(map(item, orders), [below(n, 0, sequenceNumber=order) for n, order in orders.items()])
    assert [name for _group, name in skills(read(tree))] == ["Item 2", "Item 3", "Item 1"]


def test_levels_come_from_a_rubric_from_associations_or_from_items_of_a_kind_of_level() -> None:
    rubric = {
        "identifier": "r",
        "CFRubricCriteria": [
            {
                "identifier": "c",
                "CFItemURI": link(1),
                "CFRubricCriterionLevels": [
                    {"quality": f"{place}", "description": WORDINGS[place], "position": place}
                    for place in (3, 1, 0, 2)
                ],
            }
        ],
    }
    levels = [item(10 + place, text) for place, text in enumerate(WORDINGS)]
    typed = [item(20 + place, text, CFItemType="Skill level") for place, text in enumerate(WORDINGS)]
    found = read(
        package(
            [item(1), item(2), item(3), *levels, *typed],
            [
                *(below(number, 0) for number in (1, 2, 3)),
                *(below(2, 10 + place, "hasSkillLevel", sequenceNumber=place) for place in (3, 2, 1, 0)),
                *(below(20 + place, 3, sequenceNumber=place) for place in range(4)),
            ],
            CFRubrics=[rubric],
        )
    )
    assert skills(found) == [("", "Item 1"), ("", "Item 2"), ("", "Item 3")]
    assert [skill.levels for skill in found.skills] == [tuple(WORDINGS)] * 3
    assert found.losses == []


def test_what_has_no_place_is_named() -> None:
    criterion = {
        "identifier": "c",
        "CFItemURI": link(1),
        "CFRubricCriterionLevels": [{"description": "only"}],
    }
    found = read(
        package(
            [
                item(1, notes="A note", educationLevel=["09"]),
                item(2),
                item(3, educationLevel=["10"]),
                item(4, " "),
            ],
            [
                *(below(1, parent) for parent in (2, 3)),
                below(2, 0),
                below(3, 99),
                below(2, 3, "isPeerOf"),
                below(1, 77, "exactMatchOf"),
                below(4, 4),
            ],
            CFRubrics=[{"CFRubricCriteria": [criterion, {"identifier": "nobody"}]}],
            CFDefinitions={"CFLicenses": [{"title": "CC BY"}], "CFConcepts": []},
        )
    )
    assert skills(found) == [("Item 2", "Item 1"), ("", "Item 3")]
    [reference] = found.skills[0].references
    assert (reference.kind, reference.link.uri) == ("exactMatchOf", "https://case.example.test/77")
    assert set(found.losses) == {
        Loss(Kind.SECOND_PARENT, "Item 1", "Item 3"),
        Loss(Kind.UNKNOWN_PARENT, "Item 3", identifier(99)),
        Loss(Kind.OWN_PARENT, identifier(4)),
        Loss(Kind.NO_STATEMENT, identifier(4)),
        Loss(Kind.ASSOCIATION, "isPeerOf", "1"),
        Loss(Kind.OTHER_NUMBER_OF_LEVELS, "Item 1", "only"),
        Loss(Kind.RUBRIC_OF_NOTHING, "nobody"),
        Loss(Kind.MEMBER, "CFItems: notes", "1"),
        Loss(Kind.MEMBER, "CFItems: educationLevel", "2"),
        Loss(Kind.MEMBER, "CFLicenses", "1"),
    }


def test_levels_and_references_of_a_heading_are_named() -> None:
    levels = [{"description": text} for text in WORDINGS]
    criterion = {"identifier": "c", "CFItemURI": link(1), "CFRubricCriterionLevels": levels}
    found = read(
        package(
            [item(1), item(2)],
            [below(2, 1), below(1, 50, "isRelatedTo")],
            CFRubrics=[{"CFRubricCriteria": [criterion]}],
        )
    )
    assert found.losses == [
        Loss(Kind.LEVELS_OF_HEADING, "Item 1", " / ".join(WORDINGS)),
        Loss(Kind.REFERENCE_OF_HEADING, "Item 1", "https://case.example.test/50"),
    ]


@pytest.mark.parametrize(
    ("data", "fault", "where"),
    [
        (b"{", Fault.NOT_JSON, ""),
        (b'{"CFItems": [], "CFItems": []}', Fault.NOT_JSON, "twice"),
        (b"[" * 100_000, Fault.NOT_JSON, ""),
        (b'{"CFItems": []}', Fault.NO_DOCUMENT, ""),
        (json.dumps({"title": "T", "CFPackageURI": {}}).encode(), Fault.DOCUMENT_ALONE, ""),
        (package([item(1)], CFDocument={"identifier": DOCUMENT}), Fault.NO_TITLE, ""),
        (package([]), Fault.NO_ITEMS, ""),
        (package([item(1), item(1)]), Fault.SAME_IDENTIFIER, identifier(1)),
        (package([item(1), {"fullStatement": "x"}]), Fault.MALFORMED, "CFItems[1].identifier"),
        (
            package([item(1)], [{"associationType": "isChildOf"}]),
            Fault.MALFORMED,
            "CFAssociations[0].originNodeURI",
        ),
        (package([item(1, fullStatement={"en": "x"})]), Fault.MALFORMED, "CFItems[0].fullStatement"),
        (package([], CFItems={}), Fault.NO_ITEMS, ""),
        (package([], CFItems="x"), Fault.MALFORMED, "CFItems"),
        (package([item(n) for n in range(1, 20_002)]), Fault.TOO_LARGE, "CFItems"),
        (
            package(map(item, (1, 2, 3, 4)), [below(1, 2), below(2, 3), below(3, 1), below(4, 1)]),
            Fault.CYCLE,
            "Item 1 → Item 2 → Item 3 → Item 1",
        ),
    ],
)
def test_what_cannot_be_read_says_where(data: bytes, fault: Fault, where: str) -> None:
    with pytest.raises(NotAPackage) as caught:
        read(data)
    assert caught.value.fault is fault
    assert where in caught.value.where


def test_a_package_within_a_package_object_a_byte_order_mark_and_numbers_as_text_are_read() -> None:
    inner = json.loads(package([item(1), item(2)], [below(1, 0, "Is Child Of", sequenceNumber="2")]))
    assert skills(read(b"\xef\xbb\xbf" + json.dumps({"CFPackage": inner}).encode())) == [
        ("", "Item 1"),
        ("", "Item 2"),
    ]


def test_five_thousand_levels_are_one_skill() -> None:
    depth = 5_000
    found = read(package(map(item, range(1, depth + 1)), [below(n, n - 1) for n in range(1, depth + 1)]))
    assert skills(found) == [("Item 1", f"Item {depth}")]
    assert len(found.losses) == depth - 2


def test_ten_thousand_items_take_less_memory_than_allowed() -> None:
    groups, number = 100, 10_000
    items = [item(n, "A statement of usual length " * 4 + str(n)) for n in range(1, number + 1)]
    data = package(items, [below(n, n % groups if n >= groups else 0) for n in range(1, number + 1)])
    tracemalloc.start()
    try:
        found = read(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found.skills) == number - groups + 1
    assert peak < 200 * 1024 * 1024
