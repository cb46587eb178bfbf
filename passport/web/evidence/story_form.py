"""The form for what happened, when and for how long: used by the student and by a scribe."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from wtforms import DecimalField, Field, HiddenField, StringField
from wtforms.validators import ValidationError

from passport.services.core.hours import kept_hours
from passport.services.core.text_rules import shown_length
from passport.services.evidence import draft_words, drafting
from passport.services.evidence.draft_words import Page
from passport.web.core import filters
from passport.web.core.runtime import runtime
from passport.web.core.widgets import CharacterCount, DayField, Form, TextInput
from passport.web.core.words import later as _l

if TYPE_CHECKING:
    from passport.db.evidence.evidence import Evidence


FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
HOURS = re.compile(r"(\d*[.,]?\d+|\d+[.,]) ?(?:h|hr|hrs|hour|hours)?\.?")
HOURS_AND_MINUTES = re.compile(
    r"(\d+) ?(?:h|hr|hrs|hour|hours|:)\.?(?: ?and)? ?(\d{1,2}) ?(?:m|min|mins|minute|minutes)?\.?"
)
MINUTES = re.compile(r"(\d+) ?(?:m|min|mins|minute|minutes)\.?")


def hours_in(text: str) -> Decimal | None:
    """Parse a duration as people write it: 2, 1.5, 1,5, 1½, 2h, 2 hours, 1h30, 1:30, 90 min; else None."""
    typed = " ".join(unicodedata.normalize("NFC", text).lower().split())
    for sign, decimals in FRACTIONS.items():
        typed = typed.replace(f" {sign}", sign).replace(sign, decimals)
    if found := HOURS.fullmatch(typed):
        return Decimal(found[1].replace(",", "."))
    if found := HOURS_AND_MINUTES.fullmatch(typed):
        return Decimal(found[1]) + Decimal(found[2]) / 60
    if found := MINUTES.fullmatch(typed):
        return Decimal(found[1]) / 60
    return None


class HoursField(DecimalField):
    """A number of hours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse a number; an empty field means none. Raises ValueError for text that cannot be read."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            number: Decimal | None = Decimal(valuelist[0].strip().replace(",", "."))
        except ArithmeticError:
            number = hours_in(valuelist[0])
        if number is None:
            self.data = None
            raise ValueError(_("Enter the hours as a number, like 2 or 1.5"))
        self.data = number if number.is_finite() else None


def _keeps(field: Field, by_itself: bool) -> bool:
    """Return whether a draft keeps what it has for a field: see `StoryForm.said`."""
    return not field.raw_data or (by_itself and bool(field.process_errors))


class StoryForm(Form):
    """What happened, when, and for how long."""

    narrative = StringField(_l("What happened?"), widget=CharacterCount())
    held_on = DayField(_l("When was it?"), wrong=_l("Enter a day that exists, like 14 3 2026"))
    hours = HoursField(_l("How many hours did it take?"), places=None, widget=TextInput())
    page = HiddenField()
    seen = HiddenField()

    def open_on(self, mine: Evidence, **more: object) -> None:
        """Show the values of a draft, with a new page token and the draft's stamp."""
        said = {"narrative": mine.narrative, "held_on": mine.held_on, "hours": mine.hours}
        self.fill(**said, **more, page=draft_words.new_page(), seen=mine.written_on)

    def said(self, mine: Evidence, *, by_itself: bool) -> tuple[str, date | None, Decimal | None]:
        """Return the text, the day and the hours to keep.

        A field that was not sent keeps what the draft has, and so does one that cannot be read while the page
        saves by itself: the student may be in the middle of typing it.
        """
        held_on = mine.held_on if _keeps(self.held_on, by_itself) else self.held_on.data
        hours = mine.hours if _keeps(self.hours, by_itself) else self.hours.data
        return self.narrative.data or "", held_on, hours

    def opened(self) -> Page | None:
        """Return the page that this form was sent from, or None."""
        return Page(self.page.data, self.seen.data or "") if self.page.data else None

    def has_seen(self, mine: Evidence) -> None:
        """Stamp the form with the newer draft shown beside it, so that the next save may overwrite that."""
        self.seen.data = mine.written_on
        self.add_error("narrative", _("Look at both, then save again to keep what is in the form"))

    def validate_narrative(self, field: StringField) -> None:
        """Require 60 to 600 characters of what will be stored, counted as the page's own counter does."""
        kept = draft_words.kept_story(field.data or "").strip()
        if shown_length(kept) < drafting.MIN_STORY:
            raise ValidationError(
                _("Enter what you did, in at least %(least)s characters", least=drafting.MIN_STORY)
            )
        if len(kept) > drafting.MAX_STORY:
            raise ValidationError(_("Use at most %(most)s characters", most=drafting.MAX_STORY))

    def validate_held_on(self, field: DayField) -> None:
        """Require a day that is not in the future and within the last three years."""
        if field.process_errors:
            return
        if field.data is None:
            raise ValidationError(_("Enter the day it happened"))
        if field.data > filters.today():
            raise ValidationError(_("Enter a day that is not in the future"))
        if not drafting.is_possible_day(field.data, runtime().clock()):
            raise ValidationError(_("Enter a day in the last three years"))

    def validate_hours(self, field: HoursField) -> None:
        """Require more than 0 hours and at most the limit, after rounding as for storage."""
        if field.process_errors:
            return
        kept = kept_hours(field.data)
        if kept is None or not 0 < kept <= drafting.MOST_HOURS:
            most = drafting.MOST_HOURS
            raise ValidationError(_("Enter the hours it took, more than 0 and at most %(most)s", most=most))
