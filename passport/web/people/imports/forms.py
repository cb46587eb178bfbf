"""The form of what the columns of a school's list mean, and of what is chosen for its new students."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from wtforms import SelectField

from passport.services.core.reasons import Reason
from passport.services.people import students
from passport.services.people.imports import receiving
from passport.services.people.imports.columns import Field
from passport.services.people.imports.receiving import Choice
from passport.services.programmes import cohorts, sectors
from passport.web.core.widgets import AnyOf, Form, OneOf, Select, choices, named
from passport.web.core.words import later as _l

if TYPE_CHECKING:
    from passport.services.people.imports.receiving import StudentImport
    from passport.web.core.work import OwnWork

NONE = "none"
SAMPLE = 24
# the boxes of the form, and the fields that they stand for
BOXES = {
    "surname": Field.SURNAME,
    "forename": Field.FORENAME,
    "whole_name": Field.NAME,
    "preferred": Field.PREFERRED,
    "born_on": Field.BORN_ON,
    "year": Field.YEAR,
    "email": Field.EMAIL,
}
# where a refusal of these choices is shown
AT = {Reason.COLUMN_NAME_MISSING: "surname", Reason.COLUMN_YEAR_MISSING: "year"}


def _column(label: str) -> SelectField:
    return SelectField(label, widget=Select(), choices=[])


class ColumnsForm(Form):
    """Which column holds what."""

    surname = _column(_l("Surname"))
    forename = _column(_l("Forename"))
    whole_name = _column(_l("Or the whole name in one column"))
    preferred = _column(_l("What they are called (preferred forename)"))
    born_on = _column(_l("Date of birth"))
    year = _column(_l("Year group"))
    everybody = SelectField(_l("Or one year group for everybody"), widget=Select(), choices=[])
    email = _column(_l("School email address"))
    years = AnyOf(_l("Which year groups?"), gone=_l("Choose from the year groups shown"), coerce=int)
    sector = OneOf(_l("Which sector are new students in?"), message=_l("Choose the sector"))
    cohort = OneOf(_l("Which cohort are new students in?"), message=_l("Choose the cohort, or none"))

    def offer(self, work: OwnWork, made: StudentImport) -> None:
        """Set the columns of the file, and the programme's sectors and cohorts, as choices."""
        account, session = work.account, work.session
        found = receiving.preview(session, made)
        columns = {str(one.place): _shown(one.heading, one.cells) for one in found}
        for box in BOXES:
            getattr(self, box).choices = named({NONE: _("No column")} | columns)
        years = {str(year): _("Year %(number)s", number=year) for year in students.YEARS}
        self.everybody.choices = named({NONE: _("It stands in the column")} | years)
        self.years.choices = choices(*students.YEARS)
        self.areas = {one.reference: one.name for one in sectors.offered(session, account)}
        self.sector.choices = named(self.areas)
        intakes = {one.reference: one.name for one in cohorts.offered(session, account)}
        self.cohort.choices = named({NONE: _("None yet")} | intakes)

    def show(self, made: StudentImport) -> None:
        """Show what is stored or guessed."""
        layout = receiving.layout_of(made)
        places: dict[str, Any] = {
            box: str(layout.columns.get(field.value, NONE)) for box, field in BOXES.items()
        }
        self.fill(
            **places,
            everybody=str(layout.year or NONE),
            years=layout.years,
            sector=layout.sector or (next(iter(self.areas)) if len(self.areas) == 1 else None),
            cohort=layout.cohort or NONE,
        )

    def choice(self) -> Choice:
        """Return what was chosen."""
        places = {field.value: self[box].data for box, field in BOXES.items()}
        return Choice(
            columns={field: int(place) for field, place in places.items() if place not in {None, NONE}},
            sector=self.sector.data,
            cohort="" if self.cohort.data == NONE else self.cohort.data,
            year=None if self.everybody.data == NONE else int(self.everybody.data),
            years=self.years.data or (),
        )


def _shown(heading: str, cells: list[str]) -> str:
    """Return a column as its choice: its heading, and what stands in its first rows."""
    first = ", ".join(" ".join(cell.split())[:SAMPLE] for cell in cells)
    return f"{heading} ({first})" if first else heading
