"""See my data: the page says all of it in words, and one button gives it as files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from flask import Flask
from pypdfium2 import PdfDocument

from passport.services.privacy.my_data import Chapter, Section, Table
from passport.web.privacy import readable
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive


def test_a_student_reads_and_takes_along_what_there_is_of_them(arrive: Arrive, town: Town) -> None:
    town.shared(town.issued())
    amara = arrive("amara")
    page = amara.read("/my-data")
    for words in ("Amara Demoson", "6 May 2011", STORY[:40], "Robin Fixturely", "A college", "Current"):
        assert words in page, words
    answer = amara.send("/my-data")
    assert answer.headers["Content-Disposition"].endswith(".zip")
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        text = "".join(
            one.get_textpage().get_text_range() for one in PdfDocument(archive.read("your-data.pdf"))
        )
    assert {"READ-ME.txt", "your-data.pdf", "data.json"} <= set(names)
    assert "Amara Demoson" in text
    assert "Robin Fixturely" in text


def test_what_a_student_wrote_is_never_put_into_other_words(app: Flask) -> None:
    rows: list[Mapping[str, Any]] = [{"narrative": "held", "state": "held", "setting": "online"}]
    with app.test_request_context():
        table = Table("evidence", tuple(rows[0]), rows)
        [block] = readable.part_of(Chapter(Section.LOGGED, [table])).blocks
    assert block.rows == [
        [("Your words", "held"), ("State", "Being checked by your school"), ("Place", "Online")]
    ]


def test_no_one_but_a_student_has_the_page(arrive: Arrive) -> None:
    assert arrive("robin").open("/my-data").status_code == 404
    assert arrive().open("/my-data").status_code in {302, 401, 404}
