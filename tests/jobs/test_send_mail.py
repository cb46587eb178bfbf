"""Mail: told in a row, sent by a job, never lost, and the same mail keeps its name."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import TextClause
from structlog.testing import capture_logs

from passport.adapters.mail import Letter, Postman
from passport.db.core.mails import Mail, MailState
from passport.jobs import queue as job_queue
from passport.jobs import send_mail
from passport.services.access import links
from passport.services.access.links import Purpose
from passport.services.core import mails
from passport.services.core.runtime import Runtime
from tests.fixtures.mailboxes import Mailbox
from tests.fixtures.processes import environment
from tests.fixtures.towns import Town

KINDS: dict[str, dict[str, str | int]] = {
    "invitation": {
        "link": "http://localhost:8000/invitation/x",
        "programme": "Made in B",
        "role": "champion",
    },
    "sign-in": {"link": "http://localhost:8000/sign-in/link/x?next=%2Fqueue&a=b"},
    "new-password": {"link": "http://localhost:8000/new-password/x"},
    "endorsed": {"number": 3, "link": "http://localhost:8000/decisions"},
    "endorsed-at-school": {
        "number": 1,
        "name": "Robin Fixturely",
        "link": "http://localhost:8000/overview/entries",
    },
    "confirmed": {"number": 3, "link": "http://localhost:8000/overview/confirmations"},
    "confirmed-at-school": {
        "number": 2,
        "name": "Robin Fixturely",
        "link": "http://localhost:8000/overview/entries",
    },
    "digest": {"number": 12, "link": "http://localhost:8000/queue"},
    "changed": {"what": "password", "link": "http://localhost:8000"},
    **{
        kind: {"title": "Robot arm", "day": "2026-04-20", "link": "http://localhost:8000/activities/mine"}
        for kind in ("activity-changed", "activity-cancelled", "place-free")
    },
    "visit": {
        "what": "cancelled",
        "host": "Tinderbeck",
        "school": "Copperlark",
        "programme": "Made in B",
        "day": "2026-03-20",
        "link": "http://localhost:8000/visit/x",
    },
    "visit-declined": {"programme": "Made in B", "contact": "b@example.test"},
}
MANY = 200
# a worker sends so many at the same time
THREADS = 2


@pytest.fixture
def database_kind() -> str:
    """Both kinds where it matters: two workers at once."""
    return "sqlite"


def with_mail(town: Town, mailbox: Mailbox) -> Runtime:
    """The town with a mail server."""
    return replace(town.runtime, settings=town.runtime.settings.model_copy(update=mailbox.settings()))


def tell(town: Town, who: str = "robin", number: int = 1) -> None:
    """Let a person be told."""
    with town.transaction() as session:
        for _ in range(number):
            mails.tell(
                session, town.account(session, who), "changed", town.clock(), what="password", link="x"
            )


def states(town: Town) -> Counter[MailState]:
    """How far the mails are."""
    with town.transaction() as session:
        return Counter(mail.state for mail in session.query(Mail))


def part(mail: EmailMessage, kind: str) -> str:
    """A part of a mail."""
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_a_mail_arrives_as_text_and_html_with_the_same_words(town: Town, mailbox: Mailbox) -> None:
    with town.transaction() as session:
        links.ask(session, Purpose.SIGN_IN, " Robin@Example.test", "/queue?a=1&b=2", town.clock())
    send_mail.post_due(with_mail(town, mailbox))
    [mail] = mailbox.mails
    assert mail["To"] == "robin@example.test"
    assert mail["Subject"] == "Your link to sign in"
    assert mail["From"] == "Skills passport <no-reply@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == town.clock()
    text, html = part(mail, "plain"), part(mail, "html")
    address = next(line for line in text.splitlines() if line.startswith("http"))
    assert address.startswith("http://localhost:8000/sign-in/link/")
    assert address.endswith("?next=%2Fqueue%3Fa%3D1%26b%3D2")
    assert f'href="{address}"' in html
    assert "do nothing: nobody gets in" in " ".join(text.split())
    assert "<p" not in text
    assert "&#" not in text
    assert "http" not in html.replace(address, "").replace("http://www.w3.org", "")


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_names_a_child_and_one_names_the_champion_to_the_school(kind: str, town: Town) -> None:
    letter = Postman(town.runtime.settings).write(kind, KINDS[kind])
    for words in (letter.subject, letter.text, letter.html):
        assert words.strip()
        assert not any(name in words for name in ("Amara", "Demoson", "Lanternmoor"))
    assert ("Robin" in letter.text) == kind.endswith("-at-school")
    assert "Robin" not in letter.subject
    assert "\n" not in letter.subject


def test_words_that_look_like_markup_stay_words(town: Town) -> None:
    link = "http://localhost:8000/?a=<b>&c='\""
    letter = Postman(town.runtime.settings).write("sign-in", {"link": link})
    assert link in letter.text
    assert "<b>" not in letter.html


def test_with_a_dead_server_mail_goes_out_later(town: Town, mailbox: Mailbox) -> None:
    runtime = with_mail(town, mailbox)
    mailbox.stop()
    tell(town, number=3)
    for pause in (1, 1, 1):
        with capture_logs() as logs:
            send_mail.post_due(runtime)
        assert [line["event"] for line in logs] == ["mail waits: the server cannot be reached"]
        town.clock.forward(minutes=pause)
    assert states(town) == {MailState.WAITING: 3}
    mailbox.start()
    send_mail.post_due(runtime)
    assert states(town) == {MailState.SENT: 3}
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 3


def test_a_busy_server_is_asked_less_and_less_often(town: Town, mailbox: Mailbox) -> None:
    runtime = with_mail(town, mailbox)
    mailbox.is_busy = True
    tell(town)
    pauses = []
    for _ in range(8):
        send_mail.post_due(runtime)
        with town.transaction() as session:
            pauses.append((session.query(Mail).one().next_at - town.clock()) // timedelta(minutes=1))
        send_mail.post_due(runtime)
        town.clock.forward(minutes=pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    mailbox.is_busy = False
    send_mail.post_due(runtime)
    assert len(mailbox.mails) == 1


def test_mail_waits_rather_than_go_to_a_server_that_cannot_prove_its_name(
    town: Town, mailbox: Mailbox, tmp_path: Path
) -> None:
    mailbox.stop()
    mailbox.start(self_signed(tmp_path))
    runtime = with_mail(town, mailbox)
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"smtp_security": "starttls"}))
    tell(town)
    with capture_logs() as logs:
        send_mail.post_due(runtime)
    assert "CERTIFICATE_VERIFY_FAILED" in logs[0]["reason"]
    assert states(town) == {MailState.WAITING: 1}
    assert mailbox.mails == []


def test_mail_waits_rather_than_go_out_without_the_encryption_that_is_set(
    town: Town, mailbox: Mailbox
) -> None:
    runtime = with_mail(town, mailbox)
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"smtp_security": "starttls"}))
    tell(town)
    with capture_logs() as logs:
        send_mail.post_due(runtime)
    assert "STARTTLS" in logs[0]["reason"]
    assert mailbox.mails == []


def test_a_mail_of_any_language_is_written_in_seven_bits(town: Town, mailbox: Mailbox) -> None:
    postman = Postman(with_mail(town, mailbox).settings)
    letter = Letter("Ffôn – ਕੌਰ", "Zoë’s school\n", "<p>Zoë’s school</p>\n")
    with postman.connection() as server:
        postman.send(server, letter, "robin@example.test", "<1@localhost>", town.clock())
    [mail] = mailbox.mails
    assert mail["Subject"] == letter.subject
    assert part(mail, "plain").strip() == "Zoë’s school"
    assert part(mail, "html").strip() == "<p>Zoë’s school</p>"
    assert {max(content) < 128 for content in mailbox.contents} == {True}


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that no authority signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    (folder / "cert.pem").write_bytes(built.sign(key, SHA256()).public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_an_address_that_does_not_exist_does_not_hold_up_the_others(town: Town, mailbox: Mailbox) -> None:
    mailbox.refuses = {"robin@example.test"}
    tell(town, "robin")
    tell(town, "sky")
    send_mail.post_due(with_mail(town, mailbox))
    assert states(town) == {MailState.REFUSED: 1, MailState.SENT: 1}
    assert [mail["To"] for mail in mailbox.mails] == ["sky@example.test"]


def test_a_link_that_is_too_old_to_be_used_is_not_sent_any_more(town: Town, mailbox: Mailbox) -> None:
    with town.transaction() as session:
        links.ask(session, Purpose.SIGN_IN, "robin@example.test", "", town.clock())
    send_mail.answer_requests(town.runtime)
    town.clock.forward(minutes=30)
    send_mail.post_due(with_mail(town, mailbox))
    assert mailbox.mails == []
    assert states(town) == {MailState.TOO_LATE: 1}


def test_what_was_sent_leaves_no_link_behind(town: Town, mailbox: Mailbox) -> None:
    with town.transaction() as session:
        links.ask(session, Purpose.SIGN_IN, "robin@example.test", "", town.clock())
    send_mail.post_due(with_mail(town, mailbox))
    token = part(mailbox.mails[0], "plain").partition("/sign-in/link/")[2].split()[0]
    with town.transaction() as session:
        rows = [str(row) for name in ("mails", "links") for row in session.execute(_everything(name))]
        assert not any(token in row for row in rows)
        assert links.find(session, Purpose.SIGN_IN, token, town.clock()).account.email == "robin@example.test"


def _everything(name: str) -> TextClause:
    from sqlalchemy import text

    return text(f'SELECT * FROM "{name}"')  # noqa: S608 - our names


def test_five_links_an_hour_and_none_to_an_unknown_address(town: Town, mailbox: Mailbox) -> None:
    with town.transaction() as session:
        for address in ["robin@example.test"] * 8 + [
            "nobody@example.test",
            "",
            "\x00@",
            "robin@example.test\r\nBcc: x@y",
        ]:
            links.ask(session, Purpose.SIGN_IN, address, "", town.clock())
    send_mail.post_due(with_mail(town, mailbox))
    assert [mail["To"] for mail in mailbox.mails] == ["robin@example.test"] * 5
    with town.transaction() as session:
        assert links.waiting(session, town.clock()) == []


def test_without_a_server_mail_waits_and_the_operator_reads_why(town: Town) -> None:
    tell(town)
    with capture_logs() as logs:
        send_mail.post_due(town.runtime)
    assert "PASSPORT_SMTP_HOST" in logs[0]["event"]
    assert states(town) == {MailState.WAITING: 1}


def test_killed_while_200_mails_wait_all_arrive_and_only_what_was_being_sent_comes_twice(
    town: Town, mailbox: Mailbox
) -> None:
    tell(town, number=MANY)
    settings = town.runtime.settings
    env = environment(
        settings.instance,
        8000,
        PASSPORT_DATABASE_URL=settings.database,
        PASSPORT_SMTP_HOST="127.0.0.1",
        PASSPORT_SMTP_PORT=str(mailbox.port),
        PASSPORT_SMTP_SECURITY="none",
        PYTHONFAULTHANDLER="1",
    )
    being_sent: set[str] = set()
    for at in (7, 60, 150):
        job_queue.Jobs(town.runtime).wake()
        worker = subprocess.Popen([sys.executable, "-m", "passport", "work"], env=env)

        def kill(number: int, last: int = at, pid: int = worker.pid) -> None:
            if number == last:
                os.kill(pid, signal.SIGKILL)

        mailbox.on_mail = kill
        try:
            assert worker.wait(60) == -signal.SIGKILL
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGABRT)  # it says where its threads stand
            raise
        finally:
            worker.kill()
            worker.wait()
        town.clock.forward(minutes=6)
        with town.transaction() as session:
            caught = session.query(Mail).filter_by(state=MailState.SENDING).all()
            assert 1 <= len(caught) <= THREADS
            for mail in caught:
                being_sent.add(mails.message_id(mail, settings.public_url))
                mail.claimed_at = town.clock() - timedelta(minutes=6)
    mailbox.on_mail = lambda _number: None
    send_mail.post_due(with_mail(town, mailbox))
    assert states(town) == {MailState.SENT: MANY}
    arrived = Counter(mail["Message-ID"] for mail in mailbox.mails)
    assert len(arrived) == MANY
    assert {name for name, times in arrived.items() if times > 1} <= being_sent
    assert max(arrived.values()) <= 2
