"""The form for what happened, when and for how long: a student's own, and her scribe's."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from wtforms import DecimalField, HiddenField, StringField
from wtforms.validators import ValidationError

from passport.services import evidence, writing
from passport.services.texts import shown_length
from passport.services.writing import Page
from passport.web import filters
from passport.web.runtime import runtime
from passport.web.widgets import CharacterCount, DayField, Form, TextInput
from passport.web.words import later as _l

if TYPE_CHECKING:
    from passport.db.evidence import Evidence


class HoursField(DecimalField):
    """A number of hours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number; nothing typed is no number."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            number = Decimal(valuelist[0].strip().replace(",", "."))
        except ArithmeticError as error:
            self.data = None
            raise ValueError(_("Enter the hours as a number, like 2 or 1.5")) from error
        self.data = number if number.is_finite() else None


class StoryForm(Form):
    """What happened, when, for how long."""

    narrative = StringField(_l("What happened?"), widget=CharacterCount())
    held_on = DayField(_l("When was it?"), wrong=_l("Enter a day that exists, like 14 3 2026"))
    hours = HoursField(_l("How many hours did it take?"), places=None, widget=TextInput())
    page = HiddenField()
    seen = HiddenField()

    def open_on(self, mine: Evidence, **more: object) -> None:
        """Show what a draft says, on a page that is opened now."""
        said = {"narrative": mine.narrative, "held_on": mine.held_on, "hours": mine.hours}
        self.fill(**said, **more, page=writing.new_page(), seen=mine.written_on)

    def opened(self) -> Page | None:
        """The page that this form was sent from."""
        return Page(self.page.data, self.seen.data or "") if self.page.data else None

    def has_seen(self, mine: Evidence) -> None:
        """What another page wrote stands beside what was typed here, which may take its place now."""
        self.seen.data = mine.written_on
        self.add_error("narrative", _("Look at both, then save again to keep what is in the form"))

    def validate_narrative(self, field: StringField) -> None:
        """60 to 600 characters of what will be kept, counted as the page's own counter does."""
        kept = writing.kept_story(field.data or "").strip()
        if shown_length(kept) < evidence.MIN_STORY:
            raise ValidationError(
                _("Enter what you did, in at least %(least)s characters", least=evidence.MIN_STORY)
            )
        if len(kept) > evidence.MAX_STORY:
            raise ValidationError(_("Use at most %(most)s characters", most=evidence.MAX_STORY))

    def validate_held_on(self, field: DayField) -> None:
        """A day that has been, and not long ago."""
        if field.process_errors:
            return
        if field.data is None:
            raise ValidationError(_("Enter the day it happened"))
        if field.data > filters.today():
            raise ValidationError(_("Enter a day that is not in the future"))
        if not evidence.is_possible_day(field.data, runtime().clock()):
            raise ValidationError(_("Enter a day in the last three years"))

    def validate_hours(self, field: HoursField) -> None:
        """More than none, and not a whole school year, as it will be kept."""
        if field.process_errors:
            return
        kept = writing.kept_hours(field.data)
        if kept is None or not 0 < kept <= evidence.MOST_HOURS:
            most = evidence.MOST_HOURS
            raise ValidationError(_("Enter the hours it took, more than 0 and at most %(most)s", most=most))
