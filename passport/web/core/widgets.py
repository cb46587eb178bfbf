"""The page kit's form widgets, with their known defects mended in this one place.

A date posted in other than three parts crashed; its error led to a box that takes no focus; `required`
stood on elements that cannot have it; an empty hint was drawn; English words could not be translated,
and a forged answer was told in the library's words.
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
        """Mend what the kit makes."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class TextArea(GovTextArea):
    """Several lines of text."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class PasswordInput(GovPasswordInput):
    """A password, which can be pasted and shown."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes; put the button's words into the page's language."""
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
    """Several lines of text with a count."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes; put the count's words into the page's language."""
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
        """Mend what the kit makes."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class Checkboxes(GovCheckboxesInput):
    """Any of several answers."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Mend what the kit makes."""
        params: Params = super().map_gov_params(field, **kwargs)  # type: ignore[no-untyped-call]
        return _mended(params, field)


class DateInput(GovDateInput):
    """A day in three boxes."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> Params:
        """Fill up or cut what was posted to three parts while the kit looks at it."""
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
        """Take the words for a day that cannot be read."""
        super().__init__(label, validators, format="%d %m %Y", **kwargs)
        self.wrong = wrong

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three parts; nothing typed is no day."""
        if not any(part.strip() for part in valuelist):
            self.data = None
            return
        self.data = day_in(" ".join(valuelist))
        if self.data is None:
            raise ValueError(self.wrong)


class OneOf(RadioField):
    """One of several answers; `message` is what none, and one that was not offered, are told."""

    def __init__(self, label: str = "", *, message: str, **kwargs: Any) -> None:
        """Take the words."""
        ours: dict[str, Any] = {"invalid_value_message": message, "invalid_choice_message": message}
        super().__init__(label, [InputRequired(message)], widget=Radios(), **ours, **kwargs)


class AnyOf(SelectMultipleField):
    """Any of several answers.

    Args:
        message: the error for no answer; without it, no answer is accepted.
        gone: the error for an answer that is not offered any more.
    """

    def __init__(self, label: str = "", *, message: str = "", gone: str, **kwargs: Any) -> None:
        """Take the words."""
        ours: dict[str, Any] = {"invalid_choice_message": gone}
        needed = [DataRequired(message)] if message else []
        super().__init__(label, needed, widget=Checkboxes(), **ours, **kwargs)


class NumberOf(IntegerField):
    """The number of one of several things; `message` is what anything else is told."""

    def __init__(self, label: str = "", *, message: str, **kwargs: Any) -> None:
        """Take the words."""
        ours: dict[str, Any] = {"invalid_value_message": message}
        super().__init__(label, [InputRequired(message)], **ours, **kwargs)


def choices(*values: int | str) -> list[Any]:
    """Answers whose words stand in the template."""
    return [SelectChoice(value, "") for value in values]


def named(words: dict[str, str]) -> list[Any]:
    """Answers whose words are data."""
    return [SelectChoice(value, label) for value, label in words.items()]


class Form(FlaskForm):
    """A form with its token; `add_error` adds what a rule said to a field's errors."""

    def __init__(self, **values: Any) -> None:
        """Read what was posted, if anything was."""
        super().__init__(**values)  # type: ignore[no-untyped-call]

    class Meta(FlaskForm.Meta):
        """Where a form's values come from."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was posted; on a page that is looked at, what this person had typed there and lost."""
            back = kept_forms.restored()
            return back or super().wrap_formdata(form, formdata)  # type: ignore[no-untyped-call]

    def fill(self, **values: Any) -> None:
        """Show what is known, unless what this person had typed is back in the form."""
        if not kept_forms.was_kept():
            for name, value in values.items():
                self[name].data = value

    def is_submitted(self) -> bool:
        """Whether the request sends the form."""
        return bool(super().is_submitted())  # type: ignore[no-untyped-call]

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether the form was sent, and everything in it is good."""
        return bool(super().validate_on_submit(extra_validators))  # type: ignore[no-untyped-call]

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
