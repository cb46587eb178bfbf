"""A photo is added on a page of its own: whatever goes wrong with it, it says so and no text is lost."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from passport.adapters.files import PrivateFiles, StoreUnavailable
from passport.jobs import queue as job_queue
from passport.services.evidence import drafting
from tests.fixtures import hostile
from tests.fixtures.buckets import served
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


def draft(town: Town) -> str:
    """Amara's draft with nothing missing."""
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        reference = drafting.start(session, amara, town.activity, at).reference
        drafting.choose_skill(session, amara, reference, 4, at)
        drafting.choose_level(session, amara, reference, 3, at)
        drafting.describe(session, amara, reference, STORY, date(2026, 3, 10), Decimal(2), at)
        return reference


LINE = "----line"


def body_of(token: str, content: bytes, name: str = "IMG_2043.jpg") -> bytes:
    """What a browser sends with a file."""
    before = (
        f'--{LINE}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f'--{LINE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return before.encode() + content + f"\r\n--{LINE}--\r\n".encode()


def post(visitor: Visitor, page: str, body: bytes, length: int) -> TestResponse:
    """Send a body that says that it is so long."""
    return visitor.client.post(
        page,
        input_stream=io.BytesIO(body),
        content_type=f"multipart/form-data; boundary={LINE}",
        content_length=length,
        buffered=True,
    )


def given(visitor: Visitor, page: str, content: bytes, name: str = "IMG_2043.jpg") -> tuple[int, str]:
    """Send a file; gives the answer's status and the text of the page that is seen then."""
    body = body_of(visitor.token(page), content, name)
    answer = post(visitor, page, body, len(body))
    return answer.status_code, answer.text if answer.status_code != 303 else visitor.read(page)


def test_a_photo_is_added_checked_shown_sent_and_read_by_the_champion(town: Town, arrive: Arrive) -> None:
    reference = draft(town)
    amara, robin = arrive("amara"), arrive("robin")
    page = f"/evidence/{reference}/files"
    status, text = given(amara, page, hostile.saved("JPEG", exif=hostile.exif()))
    assert status == 303
    assert "Being checked" in text
    refused = amara.send(f"/evidence/{reference}/check")
    assert refused.status_code == 409
    assert "still being checked" in refused.text
    job_queue.run_due(town.runtime)
    shown = amara.read(page)
    address = shown.split('<img src="')[1].split('"')[0]
    photo = amara.open(address)
    assert photo.mimetype == "image/jpeg"
    assert photo.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    assert photo.headers["Cache-Control"] == "no-store"
    assert b"IMG_2043" not in photo.data
    assert "IMG" not in photo.headers["Content-Disposition"]
    assert [arrive(who).open(address).status_code for who in ("robin", "casey")] == [404, 404]
    assert amara.send(f"/evidence/{reference}/check").status_code == 302
    assert address in robin.read(f"/queue/{reference}")
    assert robin.open(address).data == photo.data
    assert [arrive(who).open(address).status_code for who in ("casey", "sky", "kit")] == [200, 404, 404]
    assert "Robin Fixturely" in amara.read("/looked")


def test_a_pdf_is_only_ever_a_download_in_a_sandbox(town: Town, arrive: Arrive) -> None:
    reference = draft(town)
    amara = arrive("amara")
    given(amara, f"/evidence/{reference}/files", hostile.pdf(), "work.pdf")
    job_queue.run_due(town.runtime)
    address = next(
        part.split('"')[0]
        for part in amara.read(f"/evidence/{reference}/files").split('href="')
        if part.startswith("/files/")
    )
    document = amara.open(address)
    assert document.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in document.headers["Content-Security-Policy"]
    assert document.headers["X-Content-Type-Options"] == "nosniff"


def test_a_wrong_file_is_told_at_once_or_by_the_job_and_the_text_is_there(town: Town, arrive: Arrive) -> None:
    reference = draft(town)
    amara = arrive("amara")
    page = f"/evidence/{reference}/files"
    for content, words in (
        (b"", "Choose a photo or a PDF"),
        (b"MZ\x90\x00", "This is no photo and no PDF"),
        (hostile.SVG, "This is no photo and no PDF"),
        (hostile.saved("JPEG") + b"\x00" * 13 * 1024 * 1024, "at most 12 MB"),
    ):
        status, text = given(amara, page, content)
        assert (status, words in text) == (400, True), words
        assert "There is a problem" in text
    half = hostile.saved("JPEG", hostile.picture((1200, 900)))[:-9000]
    assert given(amara, page, half)[0] == 303
    job_queue.run_due(town.runtime)
    assert "Not added: it is damaged, or not all of it arrived. Add it again." in " ".join(
        amara.read(page).split()
    )
    assert STORY in amara.read(f"/evidence/{reference}/check")
    assert amara.send(f"/evidence/{reference}/check").status_code == 302, "it is sent without the bad one"


def test_an_upload_that_breaks_off_is_answered_and_the_text_is_there(town: Town, arrive: Arrive) -> None:
    reference = draft(town)
    amara = arrive("amara")
    page = f"/evidence/{reference}/files"
    body = body_of(amara.token(page), hostile.saved("JPEG", hostile.picture((1200, 900))))
    cut = body[: len(body) * 9 // 10]
    # the phone said how long it is and is gone before the end; or a proxy passed on what it had
    for length in (len(body), len(cut)):
        answer = post(amara, page, cut, length)
        assert answer.status_code == 400
        assert "Choose it again" in answer.text
    assert "Being checked" not in amara.read(page)
    assert STORY in amara.read(f"/evidence/{reference}/check")


def test_only_this_page_takes_more_than_a_form(town: Town, arrive: Arrive) -> None:
    reference = draft(town)
    amara, robin = arrive("amara"), arrive("robin")
    large = "x" * 100_000
    token = amara.token(f"/evidence/{reference}/story")
    long_story = {"csrf_token": token, "narrative": large}
    assert amara.client.post(f"/evidence/{reference}/story", data=long_story).status_code == 413
    data = {"csrf_token": robin.token("/account"), "file": (io.BytesIO(b"x" * 100_000), "a.jpg")}
    assert robin.client.post(f"/evidence/{reference}/files", data=data).status_code in {404, 413}


def test_a_file_is_removed_and_another_students_page_is_not_there(town: Town, arrive: Arrive) -> None:
    reference = draft(town)
    amara, kit = arrive("amara"), arrive("kit")
    page = f"/evidence/{reference}/files"
    given(amara, page, hostile.saved("PNG"))
    job_queue.run_due(town.runtime)
    forms = [part.split('"')[0] for part in amara.read(page).split('action="')]
    removing = next(address for address in forms if address.endswith("/remove"))
    assert kit.open(page).status_code == 404
    assert kit.press("/account", removing).status_code == 404
    assert amara.press(page, removing).status_code == 302
    assert "<img" not in amara.read(page)


def test_a_store_that_does_not_answer_keeps_no_other_writer_waiting(town: Town, arrive: Arrive) -> None:
    reference = draft(town)
    page = f"/evidence/{reference}/files"
    with served() as (address, bucket):
        parts = ("passports", "", address, "eu-west-2", "a key's name", "a secret")
        town.runtime.__dict__["private"] = PrivateFiles.in_bucket(*parts)
        amara = arrive("amara")
        body = body_of(amara.token(page), hostile.saved("JPEG"))
        bucket.answers.clear()
        with ThreadPoolExecutor() as pool:
            upload = pool.submit(post, amara, page, body, len(body))
            assert bucket.asked.wait(30)
            arrive("kit")  # signs in, which writes
            assert not upload.done()
            bucket.answers.set()
            assert upload.result(30).status_code == 303
        assert "Being checked" in amara.read(page)


def test_without_room_on_the_disk_a_photo_is_refused_in_words_and_the_text_is_there(
    town: Town, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_files: PrivateFiles, _content: bytes) -> str:
        raise StoreUnavailable("No space left on device (os error 28)")

    reference = draft(town)
    page = f"/evidence/{reference}/files"
    amara = arrive("amara")
    with monkeypatch.context() as patch:
        patch.setattr(PrivateFiles, "add", full)
        status, text = given(amara, page, hostile.saved("JPEG"))
    assert status == 503
    assert "We cannot keep files at the moment" in text
    assert "Being checked" not in amara.read(page)
    assert STORY in amara.read(f"/evidence/{reference}/check")
    assert given(amara, page, hostile.saved("JPEG"))[0] == 303, "later it is taken"
