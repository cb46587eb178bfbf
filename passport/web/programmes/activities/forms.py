"""Form fields and forms of activities and their sessions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, StringField
from wtforms.validators import ValidationError

from passport.services.evidence import drafting
from passport.services.programmes import sectors
from passport.services.programmes.activities import menu, planning
from passport.services.programmes.activities.planning import Plan, When
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import (
    AnyOf,
    Form,
    OneOf,
    TextArea,
    TextInput,
    choices,
    named,
)
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork
from passport.web.evidence.story_form import HoursField
from passport.web.programmes.managing import NameField, NeededDay

if TYPE_CHECKING:
    from passport.services.programmes.activities.menu import Activity, ActivitySession

__all__ = [
    "ActivityForm",
    "ChangeActivityForm",
    "ChangeSessionForm",
    "ClockField",
    "SessionForm",
    "WholeNumber",
    "clock_in",
]

LONGEST_NUMBER = 6
CLOCK = re.compile(r"(\d{1,2})(?:[.:h]?(\d{2}))? ?([ap])?\.?m?\.?")


def clock_in(text: str) -> time | None:
    """Parse a time of day as people write it: 9:30, 09.30, 930, 9am, 2:53 pm, 14h30; None for other text."""
    found = CLOCK.fullmatch(" ".join(text.lower().split()))
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class ClockField(StringField):
    """A time of day, or None for an empty field."""

    data: Any

    def _value(self) -> str:
        """Return what was typed, or the stored time as 9:30."""
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data.hour}:{self.data.minute:02}" if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the time. Raises ValueError for text that is none."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = clock_in(typed)
        if typed and self.data is None:
            raise ValueError(_("Enter a time like 9:30 or 2:15pm"))


class WholeNumber(StringField):
    """A whole number, or None for an empty field; ``wrong`` is the message for other text."""

    data: Any

    def __init__(self, label: str, *, wrong: str, **kwargs: Any) -> None:
        """Take the message."""
        super().__init__(label, widget=TextInput(), **kwargs)
        self.wrong = wrong

    def _value(self) -> str:
        """Return what was typed, or the stored number."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the number. Raises ValueError for text that is none."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if typed:
            if not (typed.isascii() and typed.isdigit()) or len(typed) > LONGEST_NUMBER:
                raise ValueError(self.wrong)
            self.data = int(typed)


class _LongText(StringField):
    """Several lines that students read."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        """Set the widget."""
        super().__init__(label, widget=TextArea(), **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Limit the length. Raises ValidationError."""
        if len((self.data or "").replace("\r\n", "\n").strip()) > planning.LONGEST_TEXT:
            raise ValidationError(_("Use at most %(most)s characters", most=planning.LONGEST_TEXT))


def _clock(label: str) -> ClockField:
    return ClockField(label, widget=TextInput())


class _WhatForm(Form):
    """What an activity is, whom it is for, and what students read."""

    name = NameField(_l("What is it called?"), missing=_l("Enter what it is called"))
    kind = OneOf(_l("What is it?"), message=_l("Choose what it is"), choices=choices(*menu.KINDS))
    employer = OneOf(_l("Which employer?"), message=_l("Choose the employer"))
    setting = OneOf(_l("Where is it?"), message=_l("Choose where it is"), choices=choices(*menu.SETTINGS))
    captions = BooleanField(_l("It has captions"))
    hours = HoursField(_l("How many hours does it take?"), places=None, widget=TextInput())
    sectors = AnyOf(
        _l("Which sectors is it for?"), gone=_l("One of the sectors is not offered any more. Choose again")
    )
    year_from = WholeNumber(
        _l("Lowest year group"), wrong=_l("Enter the number of a year group, like 9, or leave it empty")
    )
    year_to = WholeNumber(
        _l("Highest year group"), wrong=_l("Enter the number of a year group, like 11, or leave it empty")
    )
    places = WholeNumber(_l("How many places are there?"), wrong=_l("Enter a whole number, like 12"))
    about = _LongText(_l("What happens there?"))
    route = _LongText(_l("How does the group get there and back safely?"))
    skills = AnyOf(
        _l("Which skills can it show?"),
        coerce=int,
        gone=_l("One of the skills is not offered any more. Choose again"),
    )

    def offer(self, work: OwnWork, activity: Activity | None = None) -> None:
        """Set the employers that take part, the sectors and the skills as choices.

        The host of an ``activity`` that is there already is a choice too, where it has left.
        """
        there = {one.issuer.slug: one.name for one in menu.employers(work.session, work.account)}
        if activity is not None and activity.employer is not None:
            there.setdefault(activity.employer.issuer.slug, activity.employer.name)
        self.employer.choices = named(there)
        offered = sectors.offered(work.session, work.account)
        kept = activity.sectors if activity is not None else []
        self.sectors.choices = named({one.reference: one.name for one in [*offered, *kept]})
        skills = drafting.skills(work.session, work.account)
        self.skills.choices = [(one.number, f"{one.group}: {one.name}") for one in skills]

    def validate_hours(self, field: Field) -> None:
        """Require more than 0 hours and at most the limit."""
        if field.process_errors:
            return
        if field.data is None or not 0 < field.data <= planning.MOST_HOURS:
            raise ValidationError(
                _("Enter the hours it takes, more than 0 and at most %(most)s", most=planning.MOST_HOURS)
            )

    def plan_at(self, when: When | None) -> Plan | None:
        """Return the values as a Plan, or None without a first session or hours."""
        if when is None or self.hours.data is None:
            return None
        return Plan(
            title=self.name.data or "",
            kind=self.kind.data,
            employer=self.employer.data,
            setting=self.setting.data,
            when=when,
            hours=self.hours.data,
            about=self.about.data or "",
            route=self.route.data or "",
            captions=bool(self.captions.data),
            sectors=tuple(self.sectors.data or ()),
            year_from=self.year_from.data,
            year_to=self.year_to.data,
            places=self.places.data,
            skills=tuple(self.skills.data or ()),
        )


class SessionForm(Form):
    """A session's day and times."""

    held_on = NeededDay(_l("When is it?"), missing=_l("Enter the day"))
    starts = _clock(_l("When does it begin?"))
    ends = _clock(_l("When does it end?"))

    def when(self) -> When | None:
        """Return the values, or None without a day."""
        if self.held_on.data is None:
            return None
        return When(self.held_on.data, self.starts.data, self.ends.data)


class ActivityForm(_WhatForm, SessionForm):
    """A new activity, and its first session."""

    def plan(self) -> Plan | None:
        """Return the values as a Plan, or None without a day or hours."""
        return self.plan_at(self.when())


class ChangeActivityForm(StoredForm, _WhatForm):
    """The values of an activity that is there; its sessions have pages of their own."""

    def open_on(self, activity: Activity, skills: Iterable[int]) -> None:
        """Show the stored values."""
        slug = activity.employer.issuer.slug if activity.employer is not None else ""
        self.show(
            planning.said(activity),
            name=activity.title,
            kind=activity.kind.value,
            employer=slug,
            setting=activity.setting,
            captions=activity.captions,
            hours=activity.hours,
            sectors=[one.reference for one in activity.sectors],
            year_from=activity.year_from,
            year_to=activity.year_to,
            places=activity.places,
            about=activity.about,
            route=activity.route,
            skills=list(skills),
        )


class ChangeSessionForm(StoredForm, SessionForm):
    """The new day and times of a session."""

    def open_on(self, one: ActivitySession) -> None:
        """Show the stored day and times."""
        starts, ends = planning.times_of(one)
        self.show(planning.said_of_session(one), held_on=one.held_on, starts=starts, ends=ends)
