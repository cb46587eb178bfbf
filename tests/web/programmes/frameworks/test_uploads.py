"""The page on which an author brings a framework in from a file."""

from __future__ import annotations

from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

from passport.services.programmes.frameworks import versions, wording
from tests.case.worlds import below, item, package
from tests.fixtures.workbooks import xlsx
from tests.services.programmes.frameworks.people import author, second_version

if TYPE_CHECKING:
    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive, Visitor

HEADER = ["group", "skill", "With guidance", "With support", "On my own", "Guiding others"]
WORDINGS = ["begins", "tries", "does", "leads"]


def dev(town: Town, arrive: Arrive) -> Visitor:
    """The author, signed in."""
    with town.transaction() as session:
        author(session, town)
    return arrive("dev")


def hand_in(visitor: Visitor, content: bytes, name: str) -> str:
    """The address of a file that was handed in."""
    answer = visitor.send("/manage/frameworks/files", file=(BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_table_with_headings_of_its_own_is_matched_by_hand(town: Town, arrive: Arrive) -> None:
    visitor = dev(town, arrive)
    rows = [
        ["Area of work", "What", "Lowest", "Second", "Third", "Highest"],
        ["Glass", "1. Blowing", *WORDINGS],
    ]
    address = hand_in(visitor, xlsx({"Skills": rows}), "Glass making.xlsx")
    page = visitor.read(address)
    assert "Column B: What" in page
    assert "Make the draft" not in page
    columns = dict(zip("012345", ["group", "skill", *(level.lower() for level in HEADER[2:])], strict=True))
    chosen = {f"column-{place}": name for place, name in columns.items()} | {"heading": "1", "tidy": "on"}
    looked = visitor.send(address, step="look", target="new", title="Glass making", **chosen)
    assert "1 skill is added" in looked.text
    assert "Bullets and numbers were taken off the beginning of 1 cells." in looked.text
    twice = visitor.send(address, step="look", target="new", **chosen | {"column-5": "skill"})
    assert twice.status_code == 400
    assert "You chose “Skill” for two columns" in twice.text
    made = visitor.send(
        address, step="make", target="new", compared="new", title="Glass making", seen="", **chosen
    )
    assert made.location == "/manage/frameworks/2/1"
    assert "Blowing" in visitor.read(made.location)
    assert "A draft was made of this file" in visitor.read(address)


def test_a_renamed_file_asks_what_it_is_and_says_what_would_change(town: Town, arrive: Arrive) -> None:
    visitor = dev(town, arrive)
    table = visitor.open("/frameworks/1/1/skills.csv").data
    renamed = hand_in(visitor, table.replace(b"Working with others", b"Working together"), "Renamed.csv")
    page = visitor.read(renamed)
    assert "This looks like a framework that you have. Is it a new version of it?" in page
    chosen = {f"column-{place}": name.lower() for place, name in enumerate(HEADER)} | {"heading": "1"}
    unsaid = visitor.send(renamed, step="make", title="Renamed", **chosen)
    assert "Choose whether this is a new version of a framework or a new framework" in unsaid.text
    looked = visitor.send(renamed, step="look", target="1", **chosen).text
    for said in ("11 skills stay as they are", "1 skill is added", "1 skill is left out", "Working together"):
        assert said in looked
    unseen = visitor.send(renamed, step="make", target="1", compared="new", **chosen)
    assert "Look through what would change in the framework that you chose" in unseen.text
    with town.transaction() as session:
        seen = wording.digest(versions.published(session, 1, 1))
    made = visitor.send(renamed, step="make", target="1", compared="1", **chosen | {"seen": seen})
    assert made.location == "/manage/frameworks/1/2"
    again = visitor.read(renamed)
    assert "Nothing: Brindlemoor, version 2, says the same." in again
    assert "Make the draft" not in again


def test_a_package_is_read_with_what_it_loses(town: Town, arrive: Arrive) -> None:
    visitor = dev(town, arrive)
    tree = package(
        [item(1, "Area"), item(2, "Strand", notes="x"), item(3, "Sawing")], [below(2, 1), below(3, 2)]
    )
    address = hand_in(visitor, tree, "foreign.json")
    page = visitor.read(address)
    for said in ("Between a group and its skills, so not taken over: “Strand”.", "CFItems: notes (1 times)"):
        assert said in page
    nearest = visitor.send(address, step="look", grouping="nearest", target="new", title="Foreign").text
    assert "“Area”" in nearest
    made = visitor.send(address, step="make", target="new", compared="new", title="Foreign", seen="")
    assert "Sawing" in visitor.read(made.location)


def test_what_cannot_be_read_is_said_and_not_kept(town: Town, arrive: Arrive) -> None:
    visitor = dev(town, arrive)
    for content, words in (
        (b"", "Choose a file: CSV, Excel, LibreOffice, or a CASE package"),
        (package([item(1), item(2)], [below(1, 2), below(2, 1)]), "in a circle: Item 1 → Item 2 → Item 1"),
        (b'{"CFItems": []}', "has no CFDocument"),
        (b"PK\x03\x04", "We cannot read this workbook"),
    ):
        answer = visitor.send("/manage/frameworks/files", file=(BytesIO(content), "x"))
        said = unescape(answer.text)
        assert words in said, said
        assert answer.status_code == 400
    assert "no draft was made yet" not in visitor.read("/manage/frameworks/files")


def test_a_file_is_deleted_by_its_author_and_seen_by_authors_alone(town: Town, arrive: Arrive) -> None:
    visitor = dev(town, arrive)
    address = hand_in(visitor, package([item(1)]), "foreign.json")
    assert "foreign.json" in visitor.read("/manage/frameworks/files")
    for other in ("amara", "robin", "casey", "morgan"):
        assert arrive(other).open(address).status_code == 404
    assert visitor.press(address, f"{address}/delete").status_code == 303
    assert visitor.open(address).status_code == 404


def test_a_draft_goes_out_as_a_spreadsheet_and_comes_in_again_unchanged(town: Town, arrive: Arrive) -> None:
    visitor = dev(town, arrive)
    with town.transaction() as session:
        second_version(session, town, review=False)
    assert "/manage/frameworks/1/2/skills.xlsx" in visitor.read("/manage/frameworks/1/2")
    file = visitor.open("/manage/frameworks/1/2/skills.xlsx")
    assert file.headers["Content-Disposition"] == "attachment; filename=Brindlemoor-2.xlsx"
    page = visitor.read(hand_in(visitor, file.data, "Brindlemoor.xlsx"))
    assert "Nothing: Brindlemoor, version 2, says the same." in page
    for other in ("amara", "robin"):
        assert arrive(other).open("/manage/frameworks/1/2/skills.xlsx").status_code == 404
