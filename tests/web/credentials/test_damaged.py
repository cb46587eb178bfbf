"""An entry whose stored bytes were changed or lost: no page calls current what every check refuses."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from structlog.testing import capture_logs

from passport import db
from passport.jobs import queue as job_queue
from passport.proofs.cache import LruCache
from passport.services.checking import stored_entries
from passport.services.sharing import shares
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive

if TYPE_CHECKING:
    from passport.db.credentials.records import Credential

REFUSED = "so no check finds it genuine"
LAYOUTS = ("sheet-colour", "large-grey", "card-colour", "cardpage-colour")
DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "altered": lambda document: document.replace(b"Amara", b"Tamara"),
    "cut off": lambda document: document[: len(document) // 2],
    "without its proof": lambda document: document.replace(b'"proof"', b'"proved"'),
    "another kind of text": lambda _: b"[]",
    "no text": lambda _: b"\xff\xfe\x00",
    "empty": lambda _: b"",
    "gone": lambda _: None,
}


@pytest.fixture
def entry(town: Town) -> str:
    """Amara's entry, of which lists are published."""
    reference = town.issued()
    job_queue.run_due(town.runtime)
    return reference


def damage(town: Town, reference: str, how: str = "altered") -> None:
    """Change what is stored of an entry behind the service's back."""
    with town.transaction() as session:
        stored = _entry(town, session, reference)
        assert stored.document is not None
        stored.document = DAMAGE[how](stored.document)


def _entry(town: Town, session: db.Session, reference: str) -> Credential:
    found = db.credentials.records.own(session, town.account(session, "amara").id, reference)
    assert found is not None
    return found


def shared(town: Town, *entries: str) -> tuple[str, str]:
    """A share of Amara's entries: its reference and its code."""
    with town.transaction() as session:
        account, at = town.account(session, "amara"), town.clock()
        share = shares.draft(session, account, list(entries), at)
        shares.address_it(session, account, share.reference, "A college", shares.usual_end(at), at)
        code = shares.activate(session, account, share.reference, at).code or ""
        reference = share.reference
    job_queue.make_codes(town.runtime)
    return reference, code


@pytest.mark.parametrize("how", DAMAGE)
def test_its_holder_reads_what_a_check_says_and_whom_to_ask(
    how: str, entry: str, town: Town, arrive: Arrive
) -> None:
    share, code = shared(town, entry)
    amara = arrive("amara")
    assert "Current" in amara.read("/home")
    damage(town, entry, how)
    told = arrive().read(f"/c/{code}")
    assert "Not genuine" in told or "We could not finish the check" in told
    assert "Current" not in amara.read("/home")
    assert "Needs repair" in amara.read("/home")
    page = amara.read(f"/entries/{entry}")
    assert REFUSED in page
    assert "Casey Exampleby" in page
    assert "Current" not in page
    assert "Keep a copy" not in page
    assert "Needs repair" in amara.read(f"/shares/{share}")
    for form in ("json", "png", "svg"):
        answer = amara.open(f"/entries/{entry}/entry.{form}")
        assert (answer.status_code, answer.location) == (302, f"/entries/{entry}#damaged")
    for layout in LAYOUTS:
        answer = amara.open(f"/shares/{share}/print/{layout}.pdf")
        assert answer.status_code == 422
        assert "Measuring and checking" in answer.text
    assert "no entries to share" in amara.read("/shares")


def test_paper_text_and_new_codes_hold_what_verifies_alone(entry: str, town: Town, arrive: Arrive) -> None:
    sound = town.issued()
    job_queue.run_due(town.runtime)
    damage(town, entry)
    share, _ = shared(town, entry, sound)
    amara = arrive("amara")
    page = amara.read(f"/shares/{share}")
    assert "Not printed, because it needs repair:" in page
    assert amara.read(f"/shares/{share}/code.txt").count("Measuring and checking") == 1
    for layout in LAYOUTS:
        answer = amara.open(f"/shares/{share}/print/{layout}.pdf")
        assert answer.status_code == 200
    text = PdfReader(BytesIO(amara.open(f"/shares/{share}/print/sheet-colour.pdf").data)).pages[0]
    assert text.extract_text().count("Measuring and checking") == 1
    choice = amara.read("/shares/new")
    assert sound in choice
    assert entry not in choice
    assert amara.open(f"/shares/{share}/entries/{entry}/qr.svg").status_code == 404


def test_a_damaged_token_is_not_handed_out(entry: str, town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    assert amara.open(f"/entries/{entry}/entry.jwt").status_code == 200
    with town.transaction() as session:
        stored = _entry(town, session, entry)
        stored.token = (stored.token or b"")[:-4] + b"AAAA"
    assert amara.open(f"/entries/{entry}/entry.jwt").status_code == 302
    assert amara.open(f"/entries/{entry}/entry.json").status_code == 200


@pytest.mark.parametrize("who", ["casey", "morgan"])
def test_those_in_charge_read_it_too(who: str, entry: str, town: Town, arrive: Arrive) -> None:
    damage(town, entry)
    visitor = arrive(who)
    rows = visitor.read("/overview/entries").partition("Which entries")[2]
    assert "Needs repair" in rows
    page = visitor.read(f"/overview/entries/{entry}")
    assert REFUSED in page
    assert entry in page


def test_the_operator_reads_of_it_once_in_the_log(
    entry: str, town: Town, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    # as in a process that has reported nothing yet: towns that are copied have equal entries
    monkeypatch.setattr(stored_entries, "_REPORTED", LruCache[bool](10))
    _, code = shared(town, entry)
    amara = arrive("amara")
    damage(town, entry)
    with capture_logs() as logs:
        for _ in range(3):
            amara.read("/home")
            amara.read(f"/entries/{entry}")
            arrive().read(f"/c/{code}")
    told = [line for line in logs if line["event"] == "stored entry is not genuine"]
    assert [line["credential"] for line in told] == [entry]
    assert told[0]["log_level"] == "error"


def test_an_entry_whose_lists_are_too_old_is_not_called_damaged(
    entry: str, town: Town, arrive: Arrive
) -> None:
    amara = arrive("amara")
    town.clock.forward(hours=26)
    amara = arrive("amara")
    assert "Needs repair" not in amara.read("/home")
    assert "Current" in amara.read("/home")
