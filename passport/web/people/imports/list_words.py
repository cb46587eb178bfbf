"""The words of imports: what became of a row, why, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.people.imports.receiving import ImportState, Outcome
from passport.web.checking import desk_words
from passport.web.core import refusals

if TYPE_CHECKING:
    from passport.services.people.imports.receiving import StudentImport
    from passport.services.people.imports.row_reading import Layout
    from passport.services.people.imports.working import Shown
    from passport.services.people.students import Student

# what needs a person first
ORDER = (
    Outcome.DUPLICATE,
    Outcome.REFUSED,
    Outcome.CLAIMED,
    Outcome.NEW,
    Outcome.CHANGED,
    Outcome.UNCHANGED,
    Outcome.LEFT_OUT,
)


def group(name: str) -> str:
    """Return the heading of a group of rows."""
    return {
        "duplicate": _("Is it the same person?"),
        "refused": _("Not taken"),
        "claimed": _("A manager decides"),
        "new": _("New"),
        "changed": _("Changed"),
        "unchanged": _("As they are"),
        "left-out": _("Left out"),
        "left": _("Not in this list"),
    }[name]


def about(name: str) -> str:
    """Return what a group of rows means, and what to do about it."""
    return {
        "duplicate": _(
            "These rows are very like a student of yours. Say of each whether it is the same person. What is"
            " left open is not brought in."
        ),
        "refused": _(
            "These rows are not brought in. Correct them in your school system, and send the list again: what"
            " is there already stays as it is."
        ),
        "claimed": _(
            "These students may be in the programme already. Its managers decide. You do not need to do"
            " anything."
        ),
        "new": _("These students get an account. They are invited when you say so, not before."),
        "changed": _("These students are yours already, and something about them is corrected."),
        "unchanged": _("Nothing about these students changes."),
        "left-out": _("These rows are left out, as you chose."),
        "left": _(
            "These students of yours, in the year groups of the list, are not in it. Nothing changes for"
            " them. If somebody has left, say so on their page."
        ),
    }[name]


def why(row: Shown) -> str:
    """Return why a row was refused or waits, in words; "" where it needs none."""
    if row.reason not in set(Reason):
        return ""
    return refusals.words(Refused(Reason(row.reason), **row.details))


def changed(row: Shown) -> list[str]:
    """Return what changes about a student, a line for each field. A date of birth is never shown."""
    names = {
        "name": _("Full name"),
        "first_name": _("First name"),
        "email": _("Email address"),
        "year_group": _("Year group"),
        "born_on": _("Date of birth"),
    }
    return [_line(names[field], values) for field, values in row.changes.items()]


def _line(name: str, values: list[Any]) -> str:
    if not values:
        return name
    was, now = values
    return _("%(what)s: %(was)s, now %(now)s", what=name, was=was or _("none"), now=now)


def remarks(layout: Layout) -> list[str]:
    """Return what a person should know of how their list was read."""
    said = desk_words.remarks(layout.remarks)
    if layout.remarks.get("oneroster"):
        said.append(_("We read it as a OneRoster bundle: the students of your school, and no other people."))
    if layout.month_first:
        said.append(
            _(
                "A date in it has its month first. We do not guess: dates that can be read in two ways are"
                " not taken."
            )
        )
    return said


def heading() -> list[str]:
    """Return the headings of the report."""
    return [_("Row"), _("Name"), _("Result"), _("Why, or what changed")]


def line(row: Shown, made: StudentImport) -> list[str]:
    """Return a row of the report."""
    result = group(row.outcome.value)
    if made.state is ImportState.DONE and row.outcome is Outcome.NEW:
        result = _("Brought in")
    return [str(row.number), row.name, result, "; ".join(filter(None, [why(row), *changed(row)]))]


def student_heading() -> list[str]:
    """Return the headings of the file of students: an import knows them all."""
    return ["Legal name", "Preferred forename", "Year group", "Email", "Cohort", "State"]


def student(one: Student) -> list[str]:
    """Return a row of the file of students."""
    account = one.account
    cohort = one.cohort.name if one.cohort else ""
    return [
        account.name,
        account.first_name,
        str(one.year_group),
        account.email or "",
        cohort,
        one.enrolment.value,
    ]
