"""The desk's words for a list: the result of each row, on its page and in the answer file."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any, cast

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import ngettext

from passport.limits import LISTS
from passport.services.checking.desk import Batch, BatchKind, Layout, Line
from passport.services.core.tables import column_name
from passport.web.checking import typing_hints
from passport.web.core.words import unreadable

# How many columns, rows or cells are named before the others are counted
NAMED = 10


def too_often(seconds: int) -> str:
    """Return why no more lists are accepted for now, and what to do."""
    return ngettext(
        "You sent %(most)s lists within an hour, the most without an account. Wait %(num)s minute, or ask"
        " the programme for an account for your institution",
        "You sent %(most)s lists within an hour, the most without an account. Wait %(num)s minutes, or ask"
        " the programme for an account for your institution",
        max(1, -(-seconds // 60)),
        most=LISTS.most,
    )


def problem(line: Line) -> str:
    """Return why a row has no result, in words; empty if it has one."""
    reason = line.answer.get("problem")
    if reason is None:
        return ""
    is_file = bool(line.name) and not line.cells
    codes = ", ".join(_pretty(line.answer.get("codes", [])))
    ours = {
        "no code": _("There is no code in this file") if is_file else _("There is no code in this row"),
        "several codes": (
            _("There are several codes in this file: %(codes)s. Check them one by one", codes=codes)
            if is_file
            else _("There are several codes in this row: %(codes)s. Give each a row of its own", codes=codes)
        ),
        "several people": _("The entries in this file belong to several people"),
        "too many": _("There are too many codes in this file. Check them in parts"),
        "other site": (
            _("The code in this file leads to another website. Nobody opened it")
            if is_file
            else _("This leads to another website. Nobody opened it")
        ),
        "headings again": _("These are the headings again. There is nothing to check in this row"),
        "workbook": _("This is a workbook inside the ZIP. Send it by itself, as a list"),
        "presentation not signed": _(
            "The entries are genuine, but the presentation around them was changed after it was signed"
        ),
        "no credential": _(
            "This is not a badge of a kind that we can check. Ask for the file itself, or the code"
        ),
        "zip": _("This is a ZIP inside the ZIP. Unpack it and send its files"),
        "given up": _("Something went wrong with this one. Send it again, or check it by itself"),
    }
    return ours.get(reason) or unreadable(reason)


def result(line: Line) -> str:
    """Return the result of a row in a few words, with what needs a person's attention first."""
    verdict = line.answer.get("verdict")
    stopped = problem(line)
    if not stopped and line.answer.get("typed"):
        return _no_code_of_ours(line.answer["typed"])
    if stopped or verdict != "V1":
        return stopped or word("verdict", verdict)
    if line.answer.get("last_name") == "no match":
        return _("Genuine, but the last name does not match")
    if line.answer.get("last_name") == "other first name":
        return _("Genuine, but the first name beside the last name does not match")
    return {
        "no match": _("Genuine, but the date of birth does not match"),
        "too often": _("Genuine, but the date of birth was not compared"),
        "not a day": _("Genuine, but the date of birth was not compared"),
        "two ways": _("Genuine, but the date of birth was not compared"),
    }.get(line.answer.get("born_on", ""), word("verdict", verdict))


def _no_code_of_ours(entered: str) -> str:
    """Say that what was typed cannot be a code, and what may have been meant. It needs no look-up."""
    slip = typing_hints.find(entered)
    if slip is None:
        return _("This is not a code of ours. A code looks like SP-4F7K-9QXM-2TW9")
    if slip.likely:
        likely = ", ".join(slip.likely)
        return _(
            "This code is mistyped. Compare it with what you were given. Perhaps it is: %(codes)s",
            codes=likely,
        )
    return _("This code is mistyped. Compare it with what you were given")


def _pretty(codes: list[str]) -> list[str]:
    return [f"{code[:2]}-{code[2:6]}-{code[6:10]}-{code[10:]}" for code in codes]


def comparison(value: str | None) -> str:
    """Return the result of comparing a name or a date of birth."""
    return {
        "match": _("Match"),
        "no match": _("No match"),
        "other first name": _("The last name matches, the first name beside it does not"),
        "too often": _("Not compared: five tries an hour"),
        "not a day": _("Not compared: this is not a date we can read"),
        "two ways": _("Not compared: this date can be read in two ways. Write it as 2011-05-06"),
    }.get(value or "", "")


def how_read(layout: Layout) -> list[str]:
    """Return how a table was read, a sentence each: its columns, then what a look at the cells would miss."""
    names = {
        "code": _("Code"),
        "last_name": _("Last name"),
        "born_on": _("Date of birth"),
        "reference": _("Your reference"),
    }
    said = [
        _("%(what)s: %(column)s", what=names[name], column=_column(layout, name))
        for name in names
        if name in layout.columns
    ]
    used = set(layout.columns.values())
    others = [cell.strip() for place, cell in enumerate(layout.header) if place not in used and cell.strip()]
    if others:
        said.append(_("Not used, and given back as they are: %(names)s", names=_some(others)))
    if layout.above:
        above = ngettext(
            "%(num)s row above the headings is given back as it is",
            "%(num)s rows above the headings are given back as they are",
            len(layout.above),
        )
        said.append(above)
    if layout.month_first:
        said.append(
            _(
                "A date of birth in your list has its month first. Dates that can be read in two ways were"
                " not compared: write dates as 2011-05-06"
            )
        )
    return said + remarks(layout.remarks)


def _column(layout: Layout, name: str) -> str:
    place = layout.columns[name]
    column, heading = (
        column_name(place + 1),
        layout.header[place].strip() if place < len(layout.header) else "",
    )
    if name == "code" and layout.by_contents:
        return _("column %(column)s, by the codes in it", column=column)
    return _("column %(column)s, “%(heading)s”", column=column, heading=heading)


def remarks(found: dict[str, Any]) -> list[str]:
    """Return the remarks of the reader of tables, a sentence each."""
    return [sentence for name, sentence in _remarks(found).items() if found.get(name)]


def _remarks(remarks: dict[str, Any]) -> dict[str, str]:
    """Return a sentence for each remark that the reader of tables can make."""
    some = {name: _some(value) for name, value in remarks.items() if isinstance(value, list)}
    return {
        "windows": _(
            "Its letters were read as Windows-1252. If names look wrong, save the list as CSV UTF-8"
        ),
        "sheet": _("We read the sheet “%(name)s”", name=remarks.get("sheet", "")),
        "others": _("Other sheets hold something and were not read: %(names)s", names=some.get("others", "")),
        "hidden": _(
            "The sheet hides these rows, and we read them all the same: %(names)s",
            names=some.get("hidden", ""),
        ),
        "merged": _(
            "Merged cells have their value in the first cell alone: %(names)s", names=some.get("merged", "")
        ),
        "unworked": _(
            "These cells have a formula whose value was not saved, so they are empty: %(names)s. Open the"
            " workbook, save it and send it again",
            names=some.get("unworked", ""),
        ),
        "faulty": _("These cells show an error, so they are empty: %(names)s", names=some.get("faulty", "")),
    }


def _some(names: list[Any]) -> str:
    """Return the first names of a list, and how many there are if that is not all."""
    listed = ", ".join(str(name) for name in names[:NAMED])
    return (
        listed
        if len(names) <= NAMED
        else _("%(names)s and %(number)s more", names=listed, number=len(names) - NAMED)
    )


def column_names() -> list[str]:
    """Return the headings of the columns that are added to a list."""
    names = (
        _("result"), _("verdict"), _("code that was checked"), _("name"), _("school"), _("skills"),
        _("last name"), _("date of birth"), _("receipt"), _("checked at (UTC)"),
    )  # fmt: skip
    return [_("Skills passport: %(what)s", what=name) for name in names]


def columns(line: Line) -> list[str]:
    """Return the values that are added to one row."""
    if line.group is None:
        return [""] * len(column_names())
    answer = line.answer
    verdict = answer.get("verdict") or ""
    return [
        result(line),
        verdict,
        answer.get("code") or answer.get("typed") or "",
        answer.get("holder") or "",
        answer.get("school") or "",
        "; ".join(skill(*one) for one in answer.get("skills", [])),
        comparison(answer.get("last_name")),
        comparison(answer.get("born_on")),
        answer.get("receipt") or "",
        answer.get("checked_at") or "",
    ]


def skill(name: str, level: int | None, verdict: str, confirmed: bool = False) -> str:
    """Return an entry as text: skill, level if shown, and if unusual who endorsed it and its verdict."""
    said = f"{name}: {word('level', level)}" if level else name
    unusual = [word("assurance", True)] if confirmed else []
    if verdict != "V1":
        unusual.append(word("verdict", verdict))
    return f"{said} ({'. '.join(unusual)})" if unusual else said


def word(kind: str, value: object) -> str:
    """Return a word from the templates, as plain text."""
    macro = cast("Callable[[object], str]", get_template_attribute("words.html", kind))
    return unescape(str(macro(value))).strip()


def file_name(batch: Batch) -> str:
    """Return the name of the answer's file."""
    what = _("list") if batch.kind is BatchKind.TABLE else _("files")
    return f"skills-passport-{what}-{batch.made_at:%Y-%m-%d-%H%M}.csv"
