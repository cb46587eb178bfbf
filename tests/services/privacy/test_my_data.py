"""A student's copy of their data: everything of theirs, nothing of others, in forms that last."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from passport.adapters import printing
from passport.services.core.errors import NotFound
from passport.services.evidence import evidence_files
from passport.services.privacy import my_data
from passport.services.privacy.my_data import Copy, Section
from tests.fixtures.towns import Town


def copy_for(town: Town, who: str, *, with_files: bool = True) -> Copy:
    with town.runtime.database.reading() as session:
        return my_data.copy_of(session, town.account(session, who), town.clock(), with_files=with_files)


def files_of(town: Town, copy: Copy) -> dict[str, bytes]:
    with zipfile.ZipFile(my_data.packed(copy.files(town.runtime.private))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_all_of_a_student_is_in_it_and_nothing_of_another_one(town: Town) -> None:
    town.shared(town.issued())
    town.sent("kit", story="What Kit did was to sweep the yard, twice, and to say how it went.")
    copy = copy_for(town, "amara")
    files = files_of(town, copy)
    tables = json.loads(files["data.json"])["tables"]
    assert [row["name"] for row in tables["accounts"]] == ["Amara Demoson"]
    assert [row["born_on"] for row in tables["birthdates"]] == ["2011-05-06"]
    assert [row["skill"] for row in tables["credentials"]] == [tables["evidence"][0]["skill"]]
    assert [row["champion"] for row in tables["endorsements"]] == ["Robin Fixturely"]
    assert [row["audience"] for row in tables["shares"]] == ["A college"]
    entry, *_more = (name for name in files if name.endswith("entry.json"))
    assert json.loads(files[entry])["type"][1] == "OpenBadgeCredential"
    assert {name.rpartition(".")[2] for name in files if name.startswith("entries/")} == {
        "json",
        "jwt",
        "png",
        "svg",
    }
    whole = b"".join(files.values())
    assert b"Kit" not in whole
    assert b"sweep" not in whole
    assert b"password" not in files["data.json"].replace(b'"way": "password"', b"")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_photo_is_in_it_until_it_is_gone_from_the_store(town: Town, tmp_path: Path) -> None:
    from passport.jobs import scan_files
    from passport.services.evidence import drafting

    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "JPEG")
    stored = evidence_files.store(town.runtime.private, picture.getvalue())
    with town.transaction() as session:
        amara = town.account(session, "amara")
        item = drafting.start(session, amara, town.activity, town.clock())
        evidence_files.add(session, amara, item.reference, stored, town.clock())
    for file in scan_files.waiting(town.runtime):
        scan_files.clear_one(town.runtime, file)
    copy = copy_for(town, "amara")
    [(path, name)] = copy.stored.items()
    assert Image.open(io.BytesIO(files_of(town, copy)[path])).size == (40, 30)
    town.runtime.private.remove(name)
    assert path not in files_of(town, copy)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_entry_under_a_name_that_was_corrected_is_not_given_out_again(town: Town) -> None:
    town.issued()
    with town.transaction() as session:
        town.account(session, "amara").name = "Amara Newname"
    copy = copy_for(town, "amara")
    assert copy.entries == {}
    assert b"Demoson" not in b"".join(files_of(town, copy).values())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_spreadsheet_only_displays_what_looks_like_a_formula(town: Town) -> None:
    town.sent(story="=HYPERLINK(1) is what I typed into the sheet of the pump, and it measured well.")
    files = files_of(town, copy_for(town, "amara"))
    assert b"'=HYPERLINK" in files["tables/evidence.csv"]
    assert files["tables/evidence.csv"].startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_page_gets_it_without_files_and_only_a_student_has_one(town: Town) -> None:
    town.issued()
    copy = copy_for(town, "amara", with_files=False)
    assert (copy.entries, copy.stored) == ({}, {})
    assert [one.section for one in copy.chapters] == list(Section)
    with pytest.raises(NotFound):
        copy_for(town, "robin")


def test_a_record_is_laid_out_even_with_letters_that_our_fonts_lack() -> None:
    from pypdfium2 import PdfDocument

    words = printing.Words("en", "GB", "Code:", "At:", "By", "Page {page} of {of}", "Cut.", "Ruler.")
    rows = [[("Words", "I said \u5de5\u4f5c and \U0001f600, and الله said ਸਤਿ")], [("Words", "line\none")]]
    made = printing.record_pdf(
        [("Part", [("Table", rows)])], words, title="Of Amara", footer="Made", colour="#112233"
    )
    text = PdfDocument(made)[0].get_textpage().get_text_range()
    assert "I said \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} and" in text
    assert "ਸਤਿ" in text
