"""The form for a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import PasswordField
from wtforms.validators import InputRequired

from passport.services.access import second_factor
from passport.web.core.widgets import Form, PasswordInput
from passport.web.core.words import later as _l

if TYPE_CHECKING:
    from passport.services import Session
    from passport.services.people.accounts import Account


class NewPasswordForm(Form):
    """A new password, typed once because it can be shown."""

    password = PasswordField(
        _l("New password"), [InputRequired(_l("Enter a new password"))], widget=PasswordInput()
    )


def has_factor(session: Session, account: Account) -> bool:
    """Return whether the account has a second factor, so that the password may be shorter."""
    return second_factor.has_any(session, account)
