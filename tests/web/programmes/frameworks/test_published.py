"""A framework's own pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from passport.services.programmes.frameworks import imports, versions
from passport.setup import ROOT

if TYPE_CHECKING:
    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive

HTML = ROOT / "tests" / "inputs" / "frameworks" / "html-cells.csv"


def test_markup_in_a_table_is_shown_as_text(town: Town, arrive: Arrive) -> None:
    draft = imports.read(HTML.read_bytes())
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme
        done = imports.import_table(session, programme, "<i>Woodwork</i>", draft, town.clock())
        assert done.version is not None
        versions.publish(session, done.version, "Ann Example", "Bob Example", town.clock())
    for address in ("/frameworks/2/1", "/frameworks/2/1/skills/1"):
        page = arrive().open(address).text
        for text in ("<p>Holds it</p>", "B&amp;c", "C&nbsp;d", "<i>Woodwork</i>"):
            assert escape(text) in page
        assert "<p>Holds it</p>" not in page
        assert "<i>Woodwork</i>" not in page
