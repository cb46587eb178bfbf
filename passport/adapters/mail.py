"""Write mail and send it to a mail server. The only module that uses SMTP.

A mail's text is in `templates/mail`, once for both plain text and HTML.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import unescape

from babel.dates import format_date
from flask import Flask, render_template
from flask_babel import Babel, get_locale
from markupsafe import Markup

from passport.config import ROOT, Settings

TIMEOUT_SECONDS = 20
WIDTH = 72
# RFC 5321, section 4.2.1: a reply of 500 or more is final
FINAL = 500
# RFC 6152: 8-bit text needs a server that announces it, 7-bit text is taken by every one
POLICY = SMTP.clone(cte_type="7bit")
Connection = smtplib.SMTP


class CannotBeReached(Exception):
    """The mail server cannot be reached or is busy. Nothing is lost: retry later."""


class NotTaken(Exception):
    """The mail server refuses this mail permanently."""


@dataclass(frozen=True)
class Letter:
    """A mail's subject and text."""

    subject: str
    text: str
    html: str


class _Plain:
    """Formatting as plain text."""

    def say(self, words: str) -> Markup:
        """Return a paragraph."""
        return Markup(textwrap.fill(Markup(words).unescape(), WIDTH, break_long_words=False) + "\n\n")  # noqa: S704 - plain text

    def link(self, address: str, words: str) -> Markup:
        """Return an address on a line of its own, so that every mail program detects its end."""
        return Markup(f"{Markup(words).unescape()}:\n{address}\n\n")  # noqa: S704 - plain text


class _Html:
    """Formatting as HTML: the same text, and no external resources."""

    def say(self, words: str) -> Markup:
        """Return a paragraph."""
        return Markup('<p style="margin:0 0 16px">%s</p>\n') % Markup.escape(words)

    def link(self, address: str, words: str) -> Markup:
        """Return a link with its address beside the text, so that people see where it leads."""
        shown = Markup('<p style="margin:0 0 16px"><a href="%s" style="font-weight:bold">%s</a><br>%s</p>\n')
        return shown % (address, Markup.escape(words), address)


def _day(iso: str) -> str:
    """Format a day that a fact holds as ISO text, like "14 March 2026"."""
    return format_date(date.fromisoformat(iso), "d MMMM y", locale=get_locale() or "en_GB")


class Postman:
    """Sends mail through the mail server of the settings."""

    def __init__(self, settings: Settings) -> None:
        """Prepare templates and settings. Does not connect yet."""
        self._app = Flask(
            "passport.adapters.mail",
            root_path=str(ROOT / "passport"),
            template_folder=str(ROOT / "templates"),
        )
        self._settings = settings
        secret = settings.smtp_password_file
        self._password = secret.read_text(encoding="utf-8").strip() if secret else ""
        Babel(
            self._app,
            default_locale="en_GB",
            default_translation_directories=str(ROOT / "passport" / "translations"),
        )
        self._app.add_template_filter(_day, "day")
        self._app.jinja_env.trim_blocks = self._app.jinja_env.lstrip_blocks = True

    def write(self, kind: str, facts: Mapping[str, str | int]) -> Letter:
        """Return the subject and text of a mail."""
        with self._app.app_context():
            subject, text = (self._part(kind, part, facts, _Plain()) for part in ("subject", "text"))
            html = self._part(kind, "page", facts, _Html())
        plain = re.sub(r"\n\s*\n\s+", "\n\n", text).strip() + "\n"
        return Letter(unescape(subject).strip(), plain, html.strip() + "\n")

    def _part(self, kind: str, part: str, facts: Mapping[str, str | int], shape: _Plain | _Html) -> str:
        return render_template(
            f"core/mail/{kind}.html", part=part, facts=facts, say=shape.say, link=shape.link
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a connection for several mails. Raises CannotBeReached."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise CannotBeReached(str(error)) from error
        try:
            yield server
        finally:
            # every accepted mail is already with the server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> Connection:
        """Connect as the settings say; with TLS, only to a server with a valid certificate for its name."""
        host, port, security = (
            self._settings.smtp_host,
            self._settings.smtp_port,
            self._settings.smtp_security,
        )
        context = ssl.create_default_context()
        if security == "tls":
            server: Connection = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        try:
            if security == "starttls":
                server.starttls(context=context)
            if self._settings.smtp_user:
                server.login(self._settings.smtp_user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def send(self, server: Connection, letter: Letter, to: str, message_id: str, at: datetime) -> None:
        """Send one mail. Raises CannotBeReached and NotTaken."""
        try:
            server.send_message(self._message(letter, to, message_id, at))
        except smtplib.SMTPRecipientsRefused as error:
            [(code, words)] = error.recipients.values()
            raise (NotTaken if code >= FINAL else CannotBeReached)(f"{code} {words!r}") from error
        except smtplib.SMTPResponseException as error:
            raise (NotTaken if error.smtp_code >= FINAL else CannotBeReached)(str(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            # an address outside ASCII, and a server without SMTPUTF8 (RFC 6531)
            raise NotTaken(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise CannotBeReached(str(error)) from error

    def _message(self, letter: Letter, to: str, message_id: str, at: datetime) -> EmailMessage:
        """Return a mail with the text as plain text and as HTML."""
        message = EmailMessage(POLICY)
        message["From"] = self._settings.sender
        message["To"] = to
        message["Subject"] = letter.subject
        message["Message-ID"] = message_id
        message["Date"] = format_datetime(at.astimezone(UTC))
        # RFC 3834: prevents automatic replies such as out-of-office messages
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message
