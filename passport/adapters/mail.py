"""Write mail and send it to a mail server. The only module that uses Flask-Mailman and SMTP.

A mail's text is in `templates/mail`, once for both plain text and HTML.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import unescape
from typing import Any

from flask import Flask, render_template
from flask_babel import Babel
from flask_mailman import EmailMultiAlternatives, Mail
from flask_mailman.backends.smtp import EmailBackend
from markupsafe import Markup

from passport.config import ROOT, Settings

TIMEOUT_SECONDS = 20
WIDTH = 72
# RFC 5321, section 4.2.1: a reply of 500 or more is final
FINAL = 500


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


class _VerifiedSMTP(smtplib.SMTP):
    """Starts TLS only with a server whose certificate is valid for its name."""

    def starttls(self, *_old: Any, context: ssl.SSLContext | None = None, **_older: Any) -> Any:
        """Start TLS and verify the server's certificate, which the library does not do by default."""
        return super().starttls(context=context or ssl.create_default_context())


class _Backend(EmailBackend):
    @property
    def connection_class(self) -> Any:
        """Return the class of connection that the settings require."""
        return smtplib.SMTP_SSL if self.use_ssl else _VerifiedSMTP


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


class Postman:
    """Sends mail through the mail server of the settings."""

    def __init__(self, settings: Settings) -> None:
        """Prepare templates and settings. Does not connect yet."""
        self._app = Flask(
            "passport.adapters.mail",
            root_path=str(ROOT / "passport"),
            template_folder=str(ROOT / "templates"),
        )
        secret = settings.smtp_password_file
        self._app.config.update(
            MAIL_SERVER=settings.smtp_host,
            MAIL_PORT=settings.smtp_port,
            MAIL_USERNAME=settings.smtp_user or None,
            MAIL_PASSWORD=secret.read_text(encoding="utf-8").strip() if secret else None,
            MAIL_USE_TLS=settings.smtp_security == "starttls",
            MAIL_USE_SSL=settings.smtp_security == "tls",
            MAIL_TIMEOUT=TIMEOUT_SECONDS,
            MAIL_DEFAULT_SENDER=settings.sender,
            MAIL_BACKEND="smtp",
        )
        Babel(
            self._app,
            default_locale="en_GB",
            default_translation_directories=str(ROOT / "passport" / "translations"),
        )
        self._app.jinja_env.trim_blocks = self._app.jinja_env.lstrip_blocks = True
        Mail(self._app)

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
    def connection(self) -> Iterator[Any]:
        """Open a connection for several mails. Raises CannotBeReached."""
        with self._app.app_context():
            kind: Any = _Backend
            backend = kind(mailman=self._app.extensions["mailman"])
            try:
                backend.open()
            except (OSError, smtplib.SMTPException) as error:
                raise CannotBeReached(str(error)) from error
            try:
                yield backend
            finally:
                try:
                    backend.close()
                except (OSError, smtplib.SMTPException):
                    backend.connection = None  # every accepted mail is already with the server

    def send(self, backend: Any, letter: Letter, to: str, message_id: str, at: datetime) -> None:
        """Send one mail. Raises CannotBeReached and NotTaken."""
        headers = {
            "Message-ID": message_id,
            "Date": format_datetime(at.astimezone(UTC)),
            # RFC 3834: prevents automatic replies such as out-of-office messages
            "Auto-Submitted": "auto-generated",
        }
        message = EmailMultiAlternatives(letter.subject, letter.text, to=[to], headers=headers)
        message.attach_alternative(letter.html, "text/html")
        try:
            backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, words)] = error.recipients.values()
            raise (NotTaken if code >= FINAL else CannotBeReached)(f"{code} {words!r}") from error
        except smtplib.SMTPResponseException as error:
            raise (NotTaken if error.smtp_code >= FINAL else CannotBeReached)(str(error)) from error
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            raise CannotBeReached(str(error)) from error
