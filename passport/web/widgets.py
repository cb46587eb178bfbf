"""The page kit's form widgets, with their known defects mended in this one place.

A date posted in other than three parts crashed; its error led to a box that takes no focus; `required` stood on
elements that cannot have it; an empty hint was drawn; English words could not be translated.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from govuk_frontend_wtf.main import wtforms_errors
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovDateInput,
    GovPasswordInput,
    GovRadioInput,
    GovTextInput,
)
from wtforms import DateField, Field

__all__ = [
    "CharacterCount",
    "Checkboxes",
    "DayField",
    "Form",
    "PasswordInput",
    "Radios",
    "TextInput",
    "error_summary",
]

Params = dict[str, Any]


def _mended(params: Params) -> Params:
    params.get("attributes", {}).pop("required", None)
    if not (params.get("hint") or {}).get("text"):
        params.pop("hint", None)
    if "errorMessage" in params:
        params["errorMessage"]["visuallyHiddenText"] = _("Error")
    return params


class TextInput(GovTextInput):  # type: ignore[misc]
    """One line of text."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes."""
        return _mended(super().map_gov_params(field, **kwargs))


class PasswordInput(GovPasswordInput):  # type: ignore[misc]
    """A password, which can be pasted and shown."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes; put the button's words into the page's language."""
        params = _mended(super().map_gov_params(field, **kwargs))
        words = {
            "showPasswordText": _("Show"),
            "hidePasswordText": _("Hide"),
            "showPasswordAriaLabelText": _("Show password"),
            "hidePasswordAriaLabelText": _("Hide password"),
            "passwordShownAnnouncementText": _("Your password is visible"),
            "passwordHiddenAnnouncementText": _("Your password is hidden"),
        }
        return words | params


class CharacterCount(GovCharacterCount):  # type: ignore[misc]
    """Several lines of text with a count."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes; put the count's words into the page's language."""
        params = _mended(super().map_gov_params(field, **kwargs))
        words = {
            "textareaDescriptionText": _("You can write up to %{count} characters"),
            "charactersUnderLimitText": {
                "one": _("You have %{count} character left"),
                "other": _("You have %{count} characters left"),
            },
            "charactersAtLimitText": _("You have 0 characters left"),
            "charactersOverLimitText": {
                "one": _("You have %{count} character too many"),
                "other": _("You have %{count} characters too many"),
            },
        }
        return words | params


class Radios(GovRadioInput):  # type: ignore[misc]
    """One of several answers."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes."""
        return _mended(super().map_gov_params(field, **kwargs))


class Checkboxes(GovCheckboxesInput):  # type: ignore[misc]
    """Any of several answers."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes."""
        return _mended(super().map_gov_params(field, **kwargs))


class DateInput(GovDateInput):  # type: ignore[misc]
    """A day in three boxes."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Fill up or cut what was posted to three parts while the kit looks at it."""
        raw = field.raw_data
        if raw is not None:
            field.raw_data = ([*raw, "", "", ""])[:3]
        try:
            params = _mended(super().map_gov_params(field, **kwargs))
        finally:
            field.raw_data = raw
        for item, label in zip(params["items"], (_("Day"), _("Month"), _("Year")), strict=True):
            item["label"] = label
            item["inputmode"] = "numeric"
        return params


class DayField(DateField):
    """A day typed as day, month, year; `wrong` is the message for one that does not exist."""

    widget = DateInput()

    def __init__(self, label: str = "", validators: Any = None, *, wrong: str = "", **kwargs: Any) -> None:
        """Take the words for a day that cannot be read."""
        super().__init__(label, validators, format="%d %m %Y", **kwargs)
        self.wrong = wrong

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three parts; nothing typed is no day."""
        if not any(part.strip() for part in valuelist):
            self.data = None
            return
        try:
            day, month, year = (int(part) for part in valuelist)
            if not 1900 <= year <= 2199:
                raise ValueError
            self.data = date(year, month, day)
        except ValueError as error:
            self.data = None
            raise ValueError(self.wrong) from error


class Form(FlaskForm):  # type: ignore[misc]
    """A form with its token; `add_error` adds what a rule said to a field's errors."""

    def add_error(self, field: str, message: str) -> None:
        """Show ``message`` at ``field``, as if its own check had said it."""
        self[field].errors = [*self[field].errors, message]


def error_summary(form: Form) -> Params:
    """What the error summary shows: each message with a link to a box that takes focus."""
    params: Params = wtforms_errors(form, {"titleText": _("There is a problem")})
    days = {f"#{field.id}" for field in form if isinstance(field.widget, GovDateInput)}
    for error in params["errorList"]:
        if error["href"] in days:
            error["href"] += "-day"
    params["attributes"] = {"autofocus": True, "tabindex": "-1"}
    return params
