"""Files become drafts: what would change is said first, and a file twice changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from passport.case.outline import Grouping
from passport.db import Session
from passport.db.core.audit import records
from passport.db.programmes.frameworks.versions import FrameworkVersion
from passport.services.core.errors import NotFound, Refused
from passport.services.programmes.frameworks import files, sign_offs, tables, uploads, versions, wording
from passport.services.programmes.frameworks.findings import What
from passport.services.programmes.frameworks.tables import Draft
from passport.services.programmes.frameworks.uploads import NEW
from passport.setup import ROOT
from passport.web.programmes.frameworks.import_words import words
from tests.case.worlds import below, item, link, package
from tests.fixtures.towns import Town
from tests.services.programmes.frameworks.people import author, second_version, sign

BASE = "http://localhost:8000"
SAMPLES = ROOT / "tests" / "inputs" / "case"
HEADER = "group,skill,With guidance,With support,On my own,Guiding others\n"


def read(content: bytes, name: str = "file.csv", grouping: Grouping = Grouping.TOP) -> Draft:
    """The draft of a file, its columns matched by their headings."""
    found = uploads.open_file(content, name)
    return uploads.draft_of(found, tables.suggested(found.table) if found.table else None, grouping, BASE)


def table(*names: str) -> bytes:
    """A table of skills with wordings of their own."""
    return (
        HEADER + "".join(f"Glass,{name},a {name},b {name},c {name},d {name}\n" for name in names)
    ).encode()


def bring_in(
    session: Session,
    town: Town,
    content: bytes,
    target: str = NEW,
    title: str = "Glassmaking",
    draft: Draft | None = None,
) -> FrameworkVersion:
    """Make a draft of a file, after a look at what it would change."""
    dev, draft = author(session, town), draft or read(content)
    kept = uploads.keep(session, dev, "Glass.csv", content, town.clock())
    seen = uploads.plan(session, dev, draft, target).seen
    return uploads.make_draft(session, dev, kept.reference, draft, target, title, seen, town.clock())


def publish(session: Session, town: Town, version: FrameworkVersion) -> FrameworkVersion:
    """Publish a draft."""
    return versions.publish(session, version, "Ann Example", "Bob Example", town.clock())


def test_a_file_becomes_a_framework_and_the_same_file_again_changes_nothing(town: Town) -> None:
    with town.transaction() as session:
        version = bring_in(session, town, table("Blowing", "Cutting"))
        assert [skill.name for skill in version.skills] == ["Blowing", "Cutting"]
        assert version.made_by is author(session, town)
        number, before = str(version.framework.number), len(records(session))
        assert uploads.plan(
            session, author(session, town), read(table("Blowing", "Cutting")), number
        ).changes_nothing
        assert bring_in(session, town, table("Blowing", "Cutting"), number) is version
        assert len(records(session)) == before
        with pytest.raises(Refused, match="name-taken"):
            bring_in(session, town, table("Blowing"))


def test_what_would_change_is_said_before_anything_does(town: Town) -> None:
    with town.transaction() as session:
        dev = author(session, town)
        first = publish(session, town, bring_in(session, town, table("Blowing", "Cutting", "Firing")))
        changed = table("Firing", "Blowing", "Etching").replace(b"c Blowing", b"blows alone")
        plan = uploads.plan(session, dev, read(changed), str(first.framework.number))
        assert (plan.version, plan.added, plan.removed, plan.same) == (first, ["Etching"], ["Cutting"], 1)
        [change] = plan.changed
        assert (change.before.levels[2], change.after.levels[2]) == ("c Blowing", "blows alone")
        assert plan.is_reordered
        assert first.skills[0].name == "Blowing"
        second = bring_in(session, town, changed, str(first.framework.number))
        assert (second.number, second.based_on) == (2, first)
        assert [(skill.number, skill.name) for skill in second.skills] == [
            (3, "Firing"),
            (1, "Blowing"),
            (4, "Etching"),
        ]


def test_a_renamed_file_is_known_by_its_skills(town: Town) -> None:
    with town.transaction() as session:
        programme = author(session, town).programme_id
        version = publish(session, town, bring_in(session, town, table("Blowing", "Cutting", "Firing")))

        def likest(content: bytes, title: str) -> tuple[str, int, bool, bool]:
            found = uploads.likenesses(session, programme, read(content), title, BASE)[0]
            return found.framework.title, found.shared, found.same_title, found.is_alike

        mostly = table("Blowing", "CUTTING", "Etching", "Painting")
        assert likest(mostly, "Glass, new") == ("Glassmaking", 2, False, True)
        assert likest(table("Etching"), "glassmaking") == ("Glassmaking", 0, True, True)
        assert not likest(table("Etching", "Painting"), "Glass, new")[3]
        own = files.as_case(session, version, BASE)
        package_of_ours = uploads.open_file(own, "x.json").package
        found = uploads.likenesses(session, programme, read(own), "Other", BASE, package_of_ours)[0]
        assert (found.framework.title, found.same_title) == ("Glassmaking", True)


def test_a_draft_is_made_of_what_was_looked_at_alone(town: Town) -> None:
    with town.transaction() as session:
        version = bring_in(session, town, table("Blowing"))
        dev, number = author(session, town), str(version.framework.number)
        kept = uploads.keep(session, dev, "New.csv", table("Cutting"), town.clock())
        seen = uploads.plan(session, dev, read(table("Cutting")), number).seen
        bring_in(session, town, table("Firing"), number)
        draft = read(table("Cutting"))
        with pytest.raises(Refused, match="changed-meanwhile"):
            uploads.make_draft(session, dev, kept.reference, draft, number, "", seen, town.clock())
        assert [skill.name for skill in version.skills] == ["Firing"]
        with pytest.raises(NotFound):
            uploads.plan(session, dev, draft, "99")
        with pytest.raises(Refused, match="framework-target-missing"):
            uploads.plan(session, dev, draft, "")


def test_a_file_with_problems_makes_nothing(town: Town) -> None:
    with town.transaction() as session:
        dev = author(session, town)
        twins = table("Blowing", "Blowing")
        kept = uploads.keep(session, dev, "Twins.csv", twins, town.clock())
        with pytest.raises(Refused, match="file-has-problems"):
            uploads.make_draft(session, dev, kept.reference, read(twins), NEW, "Twins", "", town.clock())
        assert kept.version is None


def test_sign_offs_of_an_open_version_are_taken_back(town: Town) -> None:
    with town.transaction() as session:
        draft = second_version(session, town)
        sign(session, town, draft, "robin")
        assert bring_in(session, town, table("Blowing"), "1") is draft
        assert sign_offs.standing(session, draft) == []


def test_files_are_kept_once_for_a_week_and_with_their_draft_for_good(town: Town) -> None:
    with town.transaction() as session:
        dev = author(session, town)
        kept = uploads.keep(session, dev, "C:\\Users\\dev\\Glass.csv", table("Blowing"), town.clock())
        assert kept.name == "Glass.csv"
        assert uploads.keep(session, dev, "Again.csv", table("Blowing"), town.clock()) is kept
        bring_in(session, town, table("Cutting"))
        assert uploads.waiting(session, dev) == [kept]
        assert uploads.purge(session, town.clock.forward(days=6)) == 0
        assert uploads.purge(session, town.clock.forward(days=2)) == 1
        assert uploads.waiting(session, dev) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "name",
    [
        "SmartLevelFramework.json",
        "Utf8TestFramework.json",
        "spreadsheet_import_sample.xlsx",
        "sample_case.csv",
    ],
)
def test_samples_of_others_go_in_out_and_in_again(town: Town, name: str) -> None:
    draft = read((SAMPLES / name).read_bytes(), name)
    assert draft.problems == []
    with town.transaction() as session:
        made = publish(session, town, bring_in(session, town, b"", title="Sample", draft=draft))
        number = str(made.framework.number)
        out = [files.as_case(session, made, BASE), files.as_xlsx(made), files.as_csv(made)]
    for again in map(read, out):
        assert set(again.skills) == set(draft.skills)
        with town.transaction() as session:
            plan = uploads.plan(session, author(session, town), again, number)
            assert [*plan.added, *plan.removed, *plan.changed] == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_texts_of_a_package_are_made_to_fit_and_it_is_said(town: Town) -> None:
    long = "Measures the shaft with a micrometer in five places and " * 3
    items = [
        item(1, "Measuring"),
        item(2, "MEASURING", humanCodingScheme="M.2"),
        item(3, "measuring"),
        item(4, long, abbreviatedStatement="Measures a shaft"),
        item(5, f"{long} 5"),
        item(6, "Che\u0301cking\u200b” (“parts"),
        item(7, "G" * 70),
        item(8, "Below"),
    ]
    draft = read(package(items, [below(8, 7)]))
    cut = "Measures the shaft with a micrometer in five places and Measures the shaft with a micrometer…"
    assert [skill[1] for skill in draft.skills] == [
        "Measuring",
        "MEASURING (M.2)",
        "measuring (2)",
        "Measures a shaft",
        cut,
        "Chécking' ('parts",
        "Below",
    ]
    assert {skill[0] for skill in draft.skills} == {"Foreign framework", "G" * 59 + "…"}
    assert draft.problems == []
    kinds = [note.what for note in draft.notes]
    assert kinds.count(What.RENAMED) == 2
    assert kinds.count(What.SHORTENED) == 2
    assert kinds.count(What.CLEANED) == 1
    with town.transaction() as session:
        version = bring_in(session, town, package(items, [below(8, 7)]), title="Foreign")
        for skill in version.skills:
            assert wording.usable(wording.words_of(skill)) == wording.words_of(skill)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"CFItems": []}', "case-no-document"),
        (b"{", "case-not-json"),
        (package([]), "case-no-items"),
        (package([item(1), item(2)], [below(1, 2), below(2, 1)]), "case-cycle"),
        (package([item(1), item(1)]), "case-same-identifier"),
        (package([item(1)], CFAssociations=[{}]), "case-malformed"),
        (json.dumps({"title": "x", "CFPackageURI": link(1)}).encode(), "case-document-alone"),
        (b"just,a\ntable,of\n", "columns-unmatched"),
        (b"PK\x03\x04", "workbook-broken"),
        (b"", "framework-file-missing"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(content)


def test_skills_of_a_package_are_aligned_with_its_items_and_with_what_they_refer_to(town: Town) -> None:
    own = {"uri": "https://case.example.test/CFItems/00000000-0000-4000-8000-000000000001"}
    esco = {"title": "communication", "identifier": "e", "uri": "http://data.europa.eu/esco/skill/abc"}
    odd = {"title": "A page", "identifier": "p", "uri": "ftp://example.test/x"}
    related = [below(1, 0, "exactMatchOf", destinationNodeURI=one) for one in (esco, odd)]
    content = package([item(1, "Sawing", humanCodingScheme="W.1", **own), item(2, "Filing")], related)
    draft = read(content)
    assert [note.details["url"] for note in draft.notes if note.what is What.NO_ALIGNMENT] == [odd["uri"]]
    with town.transaction() as session:
        made = publish(session, town, bring_in(session, town, content, title="Wood"))
        assert [[one.said for one in skill.alignments] for skill in made.skills] == [
            [
                ("Sawing", own["uri"], "CFItem", "W.1", "Foreign framework"),
                ("communication", esco["uri"], "ext:ESCOSkill", "", "ESCO"),
            ],
            [],
        ]
        again = read(files.as_case(session, made, BASE))
        assert [one.url for one in again.items["Sawing"]] == [own["uri"], esco["uri"]]
        number = str(made.framework.number)
        assert uploads.plan(session, author(session, town), again, number).changes_nothing


def test_every_loss_has_words() -> None:
    found = read(Path(SAMPLES / "spreadsheet_import_sample.xlsx").read_bytes())
    said = [words(note) for note in found.notes]
    assert "Between a group and its skills, so not taken over: “Statement 3”." in said
    assert "Not taken over: CFItems: educationlevel (3 times)." in said
