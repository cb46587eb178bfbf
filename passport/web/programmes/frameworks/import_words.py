"""The words of what reading a framework from a file finds, for pages and for the command."""

from __future__ import annotations

from flask_babel import gettext as _

from passport.case.outline import Kind
from passport.services.programmes.frameworks.findings import Finding, What
from passport.web.core.words import later as _l

WORDS: dict[What, str] = {
    What.ABOVE_HEADINGS: _l("this stands above the headings: take it out, or put it below them"),
    What.CELL_ERROR: _l("it shows an error: write what it should say"),
    What.CLEANED: _l("“%(name)s”: signs that cannot be seen or signed were taken out."),
    What.EMPTY: _l("write something here"),
    What.FORMULA: _l("its formula has no saved value: open the workbook, save it and import it again"),
    What.HEADINGS_AGAIN: _l("the headings stand here again: take this row out"),
    What.HIDDEN_ROWS: _l("These rows are hidden in the sheet and were read too: %(rows)s."),
    What.LEVELS_IN_ORDER: _l("The levels were taken in this order: %(names)s."),
    What.LEVEL_MISSING: _l("write a row for each level of this skill (missing: %(missing)s)"),
    What.LEVEL_TWICE: _l("this level stands in line %(other)s already"),
    What.LEVEL_UNKNOWN: _l("write 1 to 4, or: %(levels)s"),
    What.MACROS: _l("This workbook has macros. They were not run and are not kept."),
    What.MARKUP: _l("markup, which is shown as it stands: %(markup)s"),
    What.MERGED: _l(
        "These cells are merged: %(cells)s. A group or a skill goes for all of its rows; other merged cells"
        " stand in the first row alone."
    ),
    What.NOT_CSV: _l("this is not a CSV line (%(said)s)"),
    What.NO_ALIGNMENT: _l("Left out, because its address is not of CASE or ESCO: “%(name)s”, %(url)s"),
    What.NO_HEADINGS: _l("one row must have these headings, in any order: %(columns)s"),
    What.NO_WORDING: _l("it has no wording yet"),
    What.NO_ROWS: _l("write the skills in rows below the headings"),
    What.OTHER_SHEETS: _l("Only the sheet %(sheet)s was read, not: %(others)s."),
    What.OTHER_WIDTH: _l("write %(wanted)s cells; this line has %(found)s"),
    What.RENAMED: _l("Two skills are called “%(name)s”: the second one is “%(now)s” here."),
    What.SAME_HEADING: _l("two columns mean this: %(first)s and %(second)s. Take one out"),
    What.SAME_WORDING: _l("two levels have the same wording: say what is different"),
    What.SHORTENED: _l("Shortened to “%(name)s”, because it was too long: %(text)s"),
    What.TIDIED: _l("Bullets and numbers were taken off the beginning of %(number)s cells."),
    What.TOO_LONG: _l("shorten it to %(most)s characters"),
    What.TWIN: _l(
        "this skill stands above already (line %(other)s, group “%(group)s”): give one of them another name"
    ),
    What.TWIN_BUT_CAPITALS: _l(
        "it differs from “%(name)s” (line %(other)s, group “%(group)s”) in capitals alone: give one of them"
        " another name"
    ),
    What.UNREADABLE: _l('some letters cannot be read: save the file as "CSV UTF-8"'),
    What.UNUSABLE: "%(advice)s",
    What.UNUSED_COLUMN: _l("The column %(name)s is not used."),
    What.WINDOWS: _l(
        "The letters were read as Windows-1252: if some look wrong, save the file as CSV UTF-8."
    ),
}
LOST: dict[Kind, str] = {
    Kind.MEMBER: _l("Not taken over: %(name)s (%(more)s times)."),
    Kind.ASSOCIATION: _l("Associations between items are not taken over: %(name)s (%(more)s times)."),
    Kind.HEADING: _l("Between a group and its skills, so not taken over: “%(name)s”."),
    Kind.SECOND_PARENT: _l(
        "“%(name)s” also stands below “%(more)s”. It is taken once, where it stands first."
    ),
    Kind.OWN_PARENT: _l("“%(name)s” stands below itself. It is taken as standing at the top."),
    Kind.UNKNOWN_PARENT: _l(
        "“%(name)s” stands below “%(more)s”, which is not in the file. It is taken as standing at the top."
    ),
    Kind.NO_STATEMENT: _l("An item without words is left out: %(name)s."),
    Kind.OTHER_NUMBER_OF_LEVELS: _l(
        "“%(name)s” has levels that are not four, so they are left out: %(more)s"
    ),
    Kind.RUBRIC_OF_NOTHING: _l("The levels of something that is not in the file are left out: %(name)s."),
    Kind.LEVELS_OF_HEADING: _l("“%(name)s” is a heading, so its levels are left out: %(more)s"),
    Kind.REFERENCE_OF_HEADING: _l("“%(name)s” is a heading, so what it refers to is left out: %(more)s"),
}
COLUMNS = {
    "group": _l("group"),
    "skill": _l("skill"),
    "level": _l("level"),
    "descriptor": _l("descriptor"),
    "with guidance": _l("with guidance"),
    "with support": _l("with support"),
    "on my own": _l("on my own"),
    "guiding others": _l("guiding others"),
    "title": _l("title"),
    "all": _l("all"),
}

# What an author may choose for a column
COLUMN_NAMES: dict[str, str] = {
    "group": _l("Group"),
    "skill": _l("Skill"),
    "with guidance": _l("With guidance"),
    "with support": _l("With support"),
    "on my own": _l("On my own"),
    "guiding others": _l("Guiding others"),
    "level": _l("Which level (one row for each)"),
    "descriptor": _l("The wording of that level"),
}


def words(one: Finding, *, transposed: bool = False) -> str:
    """Return a finding in words, with its place in front."""
    if one.what is What.LOST:
        return str(LOST[Kind(one.details["kind"])]) % one.details
    said = str(WORDS[one.what]) % one.details
    if one.details.get("missing") and one.what is What.NO_HEADINGS:
        said += " " + _("(missing: %(missing)s)", missing=one.details["missing"])
    column = str(COLUMNS.get(one.column, one.column))
    if one.line and transposed:
        return _("column %(line)s of the file, %(column)s: %(said)s", line=one.line, column=column, said=said)
    if one.line:
        return _("line %(line)s, column %(column)s: %(said)s", line=one.line, column=column, said=said)
    return f"{column}: {said}" if column else said
