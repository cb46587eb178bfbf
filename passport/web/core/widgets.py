"""The page kit's form widgets, with workarounds for their known defects in this one place.

A date posted in other than three parts raised an error; a date's error linked to an element that cannot be
focused; `required` was set on elements that cannot have it; an empty hint was rendered; English words could
not be translated, and a forged choice was reported in the library's words.
"""

from __future__ import annotations

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
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import DateField, Field, IntegerField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired

from passport.web.core import kept_forms
from passport.web.core.days import day_in

__all__ = [
    "AnyOf",
    "CharacterCount",
    "DayField",
    "Form",
    "NumberOf",
    "OneOf",
    "PasswordInput",
    "Select",
    "TextArea",
    "TextInput",
    "choices",
    "error_summary",
    "named",
]

Params = dict[str, Any]


def _mended(params: Params, field: Field) -> Params:
    params.get("attributes", {}).pop("required", None)
    if not (params.get("hint") or {}).get("text"):
        params.pop("hint", None)
    if "fieldset" in params:
        params["fieldset"]["legend"].setdefault("text", field.label.text)
    if "errorMessage" in params:
        params["errorMessage"]["visuallyHiddenText"] = _("Error")
    return params


class TextInput(GovTextInput):
    """One line of text."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Correct the kit's parameters."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class TextArea(GovTextArea):
    """Several lines of text."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Correct the kit's parameters."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class PasswordInput(GovPasswordInput):
    """A password, which can be pasted and shown."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Correct the kit's parameters and translate the button's words."""
        made: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        params = _mended(made, field)
        words = {
            "showPasswordText": _("Show"),
            "hidePasswordText": _("Hide"),
            "showPasswordAriaLabelText": _("Show password"),
            "hidePasswordAriaLabelText": _("Hide password"),
            "passwordShownAnnouncementText": _("Your password is visible"),
            "passwordHiddenAnnouncementText": _("Your password is hidden"),
        }
        return words | params


class CharacterCount(GovCharacterCount):
    """Several lines of text with a character count."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Correct the kit's parameters and translate the count's words."""
        made: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        params = _mended(made, field)
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


class Radios(GovRadioInput):
    """One of several answers."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Correct the kit's parameters."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class Select(GovSelect):
    """One of many answers, in a list that opens."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Correct the kit's parameters."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class Checkboxes(GovCheckboxesInput):
    """Any of several answers."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Correct the kit's parameters."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class DateInput(GovDateInput):
    """A day in three fields."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Pad or cut the posted value to three parts while the kit reads it."""
        raw = field.raw_data
        if raw is not None:
            field.raw_data = ([*raw, "", "", ""])[:3]
        try:
            made: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        finally:
            field.raw_data = raw
        params = _mended(made, field)
        for item, label in zip(params["items"], (_("Day"), _("Month"), _("Year")), strict=True):
            item["label"] = label
            item["inputmode"] = "numeric"
        return params


class DayField(DateField):
    """A day typed as day, month, year; `wrong` is the message for one that does not exist."""

    widget = DateInput()

    def __init__(self, label: str = "", validators: Any = None, *, wrong: str = "", **kwargs: Any) -> None:
        """Take the message for a day that cannot be read."""
        super().__init__(label, validators, format="%d %m %Y", **kwargs)
        self.wrong = wrong

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the three parts; all empty means no day. Raises ValueError if they are no day."""
        if not any(part.strip() for part in valuelist):
            self.data = None
            return
        self.data = day_in(" ".join(valuelist))
        if self.data is None:
            raise ValueError(self.wrong)


class OneOf(RadioField):
    """One of several answers; `message` is the error for no answer and for one that was not offered."""

    def __init__(self, label: str = "", *, message: str, **kwargs: Any) -> None:
        """Take the error message."""
        ours: dict[str, Any] = {"invalid_value_message": message, "invalid_choice_message": message}
        super().__init__(label, [InputRequired(message)], widget=Radios(), **ours, **kwargs)


class AnyOf(SelectMultipleField):
    """Any of several answers.

    Args:
        message: the error for no answer; without it, no answer is accepted.
        gone: the error for an answer that is not offered any more.
    """

    def __init__(self, label: str = "", *, message: str = "", gone: str, **kwargs: Any) -> None:
        """Take the error messages."""
        ours: dict[str, Any] = {"invalid_choice_message": gone}
        needed = [DataRequired(message)] if message else []
        super().__init__(label, needed, widget=Checkboxes(), **ours, **kwargs)


class NumberOf(IntegerField):
    """The number of one of several things; `message` is the error for anything else."""

    def __init__(self, label: str = "", *, message: str, **kwargs: Any) -> None:
        """Take the error message."""
        ours: dict[str, Any] = {"invalid_value_message": message}
        super().__init__(label, [InputRequired(message)], **ours, **kwargs)


def choices(*values: int | str) -> list[Any]:
    """Return choices whose labels are in the template."""
    return [SelectChoice(value, "") for value in values]


def named(words: dict[str, str]) -> list[Any]:
    """Return choices whose labels are data."""
    return [SelectChoice(value, label) for value, label in words.items()]


class Form(FlaskForm):
    """A form with its token; `add_error` adds a rule's message to a field's errors."""

    def __init__(self, **values: Any) -> None:
        """Read what was posted, if anything was."""
        super().__init__(**values)  # type: ignore[no-untyped-call]

    class Meta(FlaskForm.Meta):
        """The source of a form's values."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return the posted values; on a GET, the values restored for this account, if any."""
            back = kept_forms.restored()
            return back or super().wrap_formdata(form, formdata)  # type: ignore[no-untyped-call]

    def fill(self, **values: Any) -> None:
        """Set the stored values, unless the form shows restored values."""
        if not kept_forms.was_kept():
            for name, value in values.items():
                self[name].data = value

    def is_submitted(self) -> bool:
        """Return whether the request sends the form."""
        return bool(super().is_submitted())  # type: ignore[no-untyped-call]

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Return whether the form was sent and is valid."""
        return bool(super().validate_on_submit(extra_validators))  # type: ignore[no-untyped-call]

    def add_error(self, field: str, message: str) -> None:
        """Show ``message`` at ``field``, as if the field's own validator had raised it."""
        self[field].errors = [*self[field].errors, message]


def error_summary(form: Form) -> Params:
    """Return the parameters of the error summary: each message with a link to a field that takes focus."""
    params: Params = wtforms_errors(form, {"titleText": _("There is a problem")})
    days = {f"#{field.id}" for field in form if isinstance(field.widget, GovDateInput)}
    for error in params["errorList"]:
        if error["href"] in days:
            error["href"] += "-day"
    params["attributes"] = {"autofocus": True, "tabindex": "-1"}
    return params
