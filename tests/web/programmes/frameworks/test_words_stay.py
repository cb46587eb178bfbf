"""J6b: what was issued under version 1 shows version 1's words after version 2, wherever it is checked."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

from passport.jobs import queue as job_queue
from passport.openbadges import address
from passport.services.programmes.frameworks import drafts, publishing
from passport.services.programmes.frameworks.drafts import Words
from tests.services.programmes.frameworks.people import second_version, sign

if TYPE_CHECKING:
    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive, Visitor

OLD = "Measures to the drawing's limits and sets aside parts outside them"
NEW = ("is told", "is asked", "decides what is measured", "leads a measuring team")


def test_an_entry_keeps_the_words_that_it_was_issued_under(town: Town, arrive: Arrive) -> None:
    from passport.db.credentials.records import Credential
    from passport.db.sharing.shares import SharedCredential

    code = town.shared(town.issued())
    job_queue.make_codes(town.runtime)
    with town.transaction() as session:
        draft, at = second_version(session, town), town.clock()
        dev, morgan = town.account(session, "dev"), town.account(session, "morgan")
        drafts.change_skill(session, dev, 1, 2, 4, Words("Engineering", "Taking measurements", NEW), at)
        sign(session, town, draft, "robin", "casey")
        publishing.publish(session, morgan, 1, 2, at, seen=None, carry_on=True)
        compact = session.query(SharedCredential).one().compact
        document = session.query(Credential).one().document or b""
    printed = address.write("http://localhost:8000", code, compact)
    visitor = arrive()
    shown = {
        "the page of the code": visitor.read(f"/c/{code}"),
        "the printed code": asked(visitor, printed),
        "the document": asked(visitor, document.decode()),
        "the public page of its version": visitor.read("/frameworks/1/1/skills/4"),
        "the public page of the new version": visitor.read("/frameworks/1/2/skills/4"),
    }
    newest = shown.pop("the public page of the new version")
    assert "Decides what is measured" in newest
    for where, page in shown.items():
        assert OLD in page, where
        assert "Measuring and checking" in page, where
        assert "Taking measurements" not in page, where
        assert "ecides what is measured" not in page, where
    assert "There is a newer version" in shown["the public page of its version"]


def asked(visitor: Visitor, text: str) -> str:
    """What the page says of the text of a printed code, or of a document."""
    return unescape(visitor.client.post("/check", data={"text": text}).text)
