"""An entry as a file: whole, under a name to keep, for its holder alone."""

from __future__ import annotations

from email.message import Message
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from passport.openbadges.baking import unbake
from passport.services.credentials import lifecycle
from passport.services.sharing import downloads
from passport.verifier import Trust, Verdict, verify
from tests.fixtures.towns import NOW, Town
from tests.web.conftest import Arrive, Visitor

if TYPE_CHECKING:
    from passport.db.credentials.records import Credential

FORMS = {
    "json": "application/vc",
    "jwt": "application/vc+jwt",
    "png": "image/png",
    "svg": "image/svg+xml",
}


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


@pytest.fixture
def amara(arrive: Arrive) -> Visitor:
    return arrive("amara")


def stored(town: Town, entry: str) -> tuple[bytes, bytes]:
    with town.transaction() as session:
        found = lifecycle.own(session, town.account(session, "amara"), entry)
        assert found.document
        assert found.token
        return found.document, found.token


def test_each_form_has_its_type_and_a_name_to_keep(amara: Visitor, entry: str) -> None:
    for form, media_type in FORMS.items():
        answer = amara.open(f"/entries/{entry}/entry.{form}")
        assert (answer.status_code, answer.content_type.partition(";")[0]) == (200, media_type)
        header = Message()
        header["Content-Disposition"] = answer.headers["Content-Disposition"]
        assert header.get_content_disposition() == "attachment"
        assert header.get_filename() == f"Measuring and checking - Amara Demoson - 2026-03-14.{form}"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_files_hold_what_was_signed_byte_for_byte(amara: Visitor, entry: str, town: Town) -> None:
    document, token = stored(town, entry)
    assert amara.open(f"/entries/{entry}/entry.json").data == document
    assert amara.open(f"/entries/{entry}/entry.jwt").data == token
    for form in ("png", "svg"):
        assert unbake(amara.open(f"/entries/{entry}/entry.{form}").data) == document


def test_a_checker_elsewhere_accepts_each_form(amara: Visitor, entry: str, town: Town) -> None:
    trust = Trust.from_bundle(town.runtime.public.read("bundle.json") or b"")
    for form in FORMS:
        data = amara.open(f"/entries/{entry}/entry.{form}").data
        found = verify(unbake(data) if form in {"png", "svg"} else data, trust, NOW)
        assert found.verdict is Verdict.CURRENT, form


def test_no_other_person_can_fetch_one(entry: str, arrive: Arrive) -> None:
    for form in FORMS:
        address = f"/entries/{entry}/entry.{form}"
        assert arrive().open(address).status_code == 302
        for who in ("kit", "robin", "casey", "morgan"):
            assert arrive(who).open(address).status_code == 404, (who, form)
    assert arrive("amara").open(f"/entries/{entry}/entry.exe").status_code == 404


def test_the_page_offers_them_all(amara: Visitor, entry: str) -> None:
    page = amara.read(f"/entries/{entry}")
    assert all(f'href="/entries/{entry}/entry.{form}"' in page for form in FORMS)


@pytest.mark.parametrize(
    ("skill", "holder", "stem"),
    [
        ("Measuring", "Zoë O'Łukasz", "Measuring - Zoë O Łukasz - 2026-03-14"),
        ('a/b\\c:d*e?f"g<h>i|j', "..", "a b c d e f g h i j - 2026-03-14"),
        ("tab\there\x00\u202e", "  Amara  ", "tab here - Amara - 2026-03-14"),
        ("../../etc/passwd", "x", "etc passwd - x - 2026-03-14"),
        ("CON", "😀", "CON - 😀 - 2026-03-14"),
        ("S" * 300, "N" * 300, f"{'S' * 90} - {'N' * 90} - 2026-03-14"),
        ("ਮ" * 300, "😀" * 300, f"{'ਮ' * 30} - {'😀' * 22} - 2026-03-14"),
        ("-rf", "$(reboot)", "rf - (reboot) - 2026-03-14"),
    ],
)
def test_a_name_is_safe_on_every_system(skill: str, holder: str, stem: str) -> None:
    credential = SimpleNamespace(skill_name=skill, holder_name=holder, issued_at=NOW)
    assert downloads.file_stem(cast("Credential", credential)) == stem
    assert len(stem.encode()) < 250
