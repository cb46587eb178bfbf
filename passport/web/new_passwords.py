"""What people are told about a password that they chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from wtforms import PasswordField
from wtforms.validators import InputRequired

from passport.services import factors, passwords
from passport.web.widgets import Form, PasswordInput
from passport.web.words import later as _l

if TYPE_CHECKING:
    from passport.services import Session
    from passport.services.accounts import Account


class NewPasswordForm(Form):
    """A new password, once: it can be shown."""

    password = PasswordField(
        _l("New password"), [InputRequired(_l("Enter a new password"))], widget=PasswordInput()
    )


def has_factor(session: Session, account: Account) -> bool:
    """Whether somebody shows a second thing at each sign-in, so that the password may be shorter."""
    return factors.has_any(session, account)


def why_not(reason: str, has_factor: bool) -> str:
    """Why a password cannot be taken, and what to do."""
    words = {
        "password-too-short": _("Use at least %(number)s characters", number=passwords.shortest(has_factor)),
        "password-too-long": _("Use at most 512 characters"),
        "password-common": _("Many people use this password, so it is tried first. Choose another one"),
        "password-easy": _("This password is easy to guess. Choose another one, for example four words"),
    }
    return words[reason]
