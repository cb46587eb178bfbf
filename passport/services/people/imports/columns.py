"""What the columns of a school system's export mean: recognised by their headings, in any order.

School systems have no fixed headings (SIMS, Arbor, Bromcom, iSAMS), so each is compared without spaces, signs
and capitals. A heading that a school matched itself comes before these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from passport.services.core.tables import MOST_ABOVE, Row, Table, is_blank, plain


class Field(StrEnum):
    """What a column is used for."""

    NAME = "name"
    SURNAME = "surname"
    FORENAME = "forename"
    PREFERRED = "preferred"
    BORN_ON = "born-on"
    YEAR = "year"
    EMAIL = "email"
    # numbers of a learner are recognised so that they are dropped at once (product, P1)
    NUMBER = "number"


# for each field the headings that mean it, the best first; legal names come first since they will be signed
HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.SURNAME: (
        "legalsurname", "legallastname", "legalfamilyname", "surname", "lastname", "familyname",
        "studentsurname", "studentlastname", "pupilsurname",
    ),
    Field.FORENAME: (
        "legalforename", "legalfirstname", "legalgivenname", "legalforenames", "forename", "forenames",
        "firstname", "givenname", "studentforename", "studentfirstname", "pupilforename",
    ),
    Field.PREFERRED: (
        "preferredforename", "preferredfirstname", "preferredgivenname", "chosenforename", "chosenfirstname",
        "knownas", "calledname", "preferredname", "chosenname", "nickname",
    ),
    Field.NAME: (
        "legalfullname", "legalname", "fullname", "studentname", "pupilname", "student", "pupil", "learner",
        "learnername", "name", "displayname",
    ),
    Field.BORN_ON: (
        "dateofbirth", "dob", "birthdate", "dateborn", "birthday", "born", "studentdateofbirth", "studentdob",
    ),
    Field.YEAR: (
        "yeargroup", "ncyear", "nationalcurriculumyear", "curriculumyear", "ncyeargroup", "year", "yr",
        "yeargroupname", "yearncactual", "currentyear", "grades", "grade",
    ),
    Field.EMAIL: (
        "studentemail", "studentemailaddress", "schoolemail", "schoolemailaddress", "pupilemail",
        "primaryemail", "primaryemailaddress", "emailaddress", "email", "workemail", "mainemail",
    ),
    Field.NUMBER: (
        "upn", "uniquepupilnumber", "formerupn", "uln", "uniquelearnernumber", "nhsnumber",
    ),
}  # fmt: skip
PLACES = {
    heading: (field, place) for field, headings in HEADINGS.items() for place, heading in enumerate(headings)
}
NAMED = ({Field.NAME}, {Field.SURNAME, Field.FORENAME})


def rank(cells: Sequence[str]) -> int:
    """Rank a row as the heading row: by the number of different fields that its headings mean."""
    return len({PLACES[plain(cell)][0] for cell in cells if plain(cell) in PLACES})


def guess(heading: Sequence[str], remembered: Mapping[str, str]) -> dict[Field, int]:
    """Return the place of the column of each field, as far as headings say.

    Args:
        heading: the headings.
        remembered: what the school said that its headings mean: a field, or "" for none.
    """
    best: dict[Field, tuple[int, int]] = {}
    for place, cell in enumerate(heading):
        known = plain(cell)
        said = remembered.get(known)
        if said is not None:
            field, order = (Field(said), -1) if said in set(Field) else (None, 0)
        else:
            field, order = PLACES.get(known, (None, 0))
        if field is not None and (field not in best or order < best[field][0]):
            best[field] = (order, place)
    return {field: place for field, (_order, place) in best.items()}


def numbers(heading: Sequence[str]) -> list[int]:
    """Return the places of columns with a learner's number, whose cells are dropped."""
    return [
        place for place, cell in enumerate(heading) if PLACES.get(plain(cell), (None, 0))[0] is Field.NUMBER
    ]


def has_name(fields: set[Field]) -> bool:
    """Return whether these fields give a name."""
    return any(needed <= fields for needed in NAMED)


def headings_of(table: Table) -> tuple[list[str], list[Row]]:
    """Return a table's headings and the rows below them, without blank ones.

    Headings may stand in two rows, as where merged cells ("Legal") stand above others ("Surname"): they are
    joined where that says more than one of the rows.
    """
    if table.heading is None:
        return [], [row for row in table.rows if not row.is_blank]
    place = table.heading
    heading = table.rows[place].cells
    below = table.rows[place + 1 :]
    above = table.rows[place - 1].cells if 0 < place < MOST_ABOVE else []
    if not is_blank(above) and _tells_more(joined := _joined(above, heading), heading):
        heading = joined
    elif below and _tells_more(joined := _joined(heading, below[0].cells), heading):
        heading, below = joined, below[1:]
    return list(heading), [row for row in below if not row.is_blank]


def _tells_more(joined: Sequence[str], heading: Sequence[str]) -> bool:
    more, less = guess(joined, {}), guess(heading, {})
    return len(more) > len(less) or (len(more) == len(less) and set(more) > set(less))


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Join headings in two rows; a merged cell of the upper one reaches over the columns to its right.

    A column whose joined heading says nothing keeps the lower one.
    """
    said, upper = "", []
    for cell in above:
        said = cell.strip() or said
        upper.append(said)
    upper += [said] * (len(below) - len(upper))
    lower = [*below, *[""] * (len(upper) - len(below))]
    return [
        f"{first} {second}" if plain(f"{first} {second}") in PLACES else second
        for first, second in zip(upper, lower, strict=True)
    ]
