"""Form fields for people without an account and for visits: numbers of people, times of day, texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, IntegerField, StringField
from wtforms.validators import ValidationError

from passport.services.core.errors import Refused
from passport.services.programmes.visits import asking, planning
from passport.web.core import refusals
from passport.web.core.widgets import CharacterCount, Form, TextInput
from passport.web.core.words import later as _l

TIME = re.compile(r"(\d{1,2})(?:[:.h ]?([0-5]\d))? ?(am|pm|a\.m\.|p\.m\.)?")
NOON = 12


def time_in(typed: str) -> time | None:
    """Parse a time of day as people write it: 9:30, 09.30, 1pm, 1.15 pm, 13:00, noon; else None."""
    text = " ".join(typed.lower().split())
    if text in {"noon", "midday"}:
        return time(NOON)
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").replace(".", "")
    if half:
        if not 1 <= hour <= NOON:
            return None
        hour = hour % NOON + (NOON if half == "pm" else 0)
    return time(hour, minute) if hour < 2 * NOON else None


class TimeOfDay(Field):
    """A time of day; ``data`` is a `time`, or None where nothing that can be read was typed."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        """Use one line of text."""
        super().__init__(label, widget=TextInput(), **kwargs)
        self.data: time | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse what was typed. Raises ValueError for anything but a time of day."""
        self.data = time_in(valuelist[0]) if valuelist else None
        if self.data is None:
            raise ValueError(_("Enter a time of day, like 9:30 or 1:30pm"))


class NumberField(IntegerField):
    """A whole number from ``least`` to ``most``; ``wrong`` is the error for anything else.

    With ``optional`` an empty field is 0.
    """

    def __init__(
        self, label: str, *, least: int, most: int, wrong: str, optional: bool = False, **kwargs: Any
    ) -> None:
        """Take the range and the error."""
        super().__init__(label, widget=TextInput(), **kwargs)
        self.least, self.most, self.wrong, self.optional = least, most, wrong, optional

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse what was typed. Raises ValueError for what is no number in the range."""
        typed = valuelist[0].strip() if valuelist else ""
        if not typed and self.optional:
            self.data = 0
            return
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None
        if number is None or not self.least <= number <= self.most:
            self.data = None
            raise ValueError(self.wrong)
        self.data = number


def people(label: str, wrong: str, *, least: int = 1) -> NumberField:
    """Return a field for a number of people."""
    return NumberField(label, least=least, most=asking.MOST_PEOPLE, wrong=wrong)


def year(label: str) -> NumberField:
    """Return a field for a year group."""
    wrong = _l("Enter a year group from 1 to 13, like 8")
    return NumberField(label, least=asking.YEARS[0], most=asking.YEARS[-1], wrong=wrong)


class TextBox(StringField):
    """A free text; it may be empty only without ``missing``."""

    def __init__(self, label: str, *, missing: str = "", **kwargs: Any) -> None:
        """Take the error for an empty field."""
        super().__init__(label, widget=CharacterCount(), **kwargs)
        self.missing = missing

    def pre_validate(self, form: Any) -> None:
        """Require a text of at most `asking.LONGEST_TEXT` characters. Raises ValidationError."""
        try:
            kept = asking.kept_text(self.data or "")
        except Refused as refused:
            raise ValidationError(refusals.at_box(refused)) from refused
        if not kept and self.missing:
            raise ValidationError(self.missing)


class PhoneField(StringField):
    """A telephone number, which may be empty."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        """Use one line of text."""
        super().__init__(label, widget=TextInput(), **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Refuse what no one could ring. Raises ValidationError."""
        try:
            asking.phone(self.data or "")
        except Refused as refused:
            raise ValidationError(refusals.at_box(refused)) from refused


class AddressField(StringField):
    """A web address that begins with https://, which may be empty."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        """Use one line of text."""
        super().__init__(label, widget=TextInput(), **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no address. Raises ValidationError."""
        try:
            planning.address(self.data or "")
        except Refused as refused:
            raise ValidationError(refusals.at_box(refused)) from refused


class NeedsForm(Form):
    """How many people need each thing that a place can provide; fields are named by `need_field`."""

    def needs(self) -> dict[str, int]:
        """Return the numbers by provision."""
        return {one: self[need_field(one)].data or 0 for one in asking.PROVISIONS}

    def need_fields(self) -> list[tuple[str, Any]]:
        """Return the fields with their provisions, for the template."""
        return [(one, self[need_field(one)]) for one in asking.PROVISIONS]


def need_field(provision: str) -> str:
    """Return the name of the field for a provision."""
    return f"need_{provision.replace('-', '_')}"


def need_values(needs: Mapping[str, int]) -> dict[str, int | None]:
    """Return the values that the fields of `NeedsForm` are filled with."""
    return {need_field(one): needs.get(one) for one in asking.PROVISIONS}


for _one in asking.PROVISIONS:
    _field = NumberField(
        "",
        least=0,
        most=asking.MOST_PEOPLE,
        wrong=_l("Enter for how many people, or leave it empty"),
        optional=True,
    )
    setattr(NeedsForm, need_field(_one), _field)
