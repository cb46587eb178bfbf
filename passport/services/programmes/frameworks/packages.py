"""Make a draft of a CASE package: texts that fit, names that differ, and all that has no place is named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from passport.case import outline, reading, spreadsheet
from passport.case.errors import Fault, NotAPackage
from passport.case.outline import Grouping, Outline, one_line
from passport.case.outline import Skill as OutlineSkill
from passport.case.package import Package
from passport.openbadges.signed_texts import shown
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import problem
from passport.services.programmes.frameworks import crosswalks
from passport.services.programmes.frameworks.crosswalks import Item
from passport.services.programmes.frameworks.findings import What, found
from passport.services.programmes.frameworks.tables import Draft, Skill
from passport.services.programmes.frameworks.wording import (
    LONGEST_DESCRIPTOR,
    LONGEST_GROUP,
    LONGEST_NAME,
    LONGEST_TITLE,
)

CUT = "…"
QUOTES = str.maketrans({"“": "'", "”": "'"})


REASONS = {
    Fault.NOT_JSON: Reason.CASE_NOT_JSON,
    Fault.TOO_LARGE: Reason.CASE_TOO_LARGE,
    Fault.NO_DOCUMENT: Reason.CASE_NO_DOCUMENT,
    Fault.DOCUMENT_ALONE: Reason.CASE_DOCUMENT_ALONE,
    Fault.NO_TITLE: Reason.CASE_NO_TITLE,
    Fault.NO_ITEMS: Reason.CASE_NO_ITEMS,
    Fault.MALFORMED: Reason.CASE_MALFORMED,
    Fault.SAME_IDENTIFIER: Reason.CASE_SAME_IDENTIFIER,
    Fault.CYCLE: Reason.CASE_CYCLE,
}


def of_json(content: bytes) -> Package:
    """Return the package of a JSON file. Raises Refused."""
    try:
        return reading.read(content)
    except NotAPackage as error:
        raise Refused(REASONS[error.fault], where=error.where) from error


def of_sheets(sheets: Mapping[str, Sequence[Sequence[str]]], title: str) -> Package | None:
    """Return the package of sheets by name; None for sheets of another kind. Raises Refused.

    `title` is the document's where no sheet says it.
    """
    try:
        return spreadsheet.read(sheets, title) if spreadsheet.has_items(sheets) else None
    except NotAPackage as error:
        raise Refused(REASONS[error.fault], where=error.where) from error


def title_of(package: Package) -> str:
    """Return the title for a framework of this package."""
    return _fitting(_clean(package.document.title), LONGEST_TITLE)


def draft(package: Package, grouping: Grouping, base: str) -> Draft:
    """Return the skills, aligned with their own items unless those are ours, and with what they refer to.

    `base` is the service's public address. Raises Refused for a package whose items are below one another in
    a circle.
    """
    try:
        found_in = outline.outline(package, grouping)
    except NotAPackage as error:
        raise Refused(REASONS[error.fault], where=error.where) from error
    return _Maker(found_in, base).draft()


@dataclass
class _Maker:
    outline: Outline
    base: str
    made: Draft = field(default_factory=Draft)
    names: set[str] = field(default_factory=set)

    def draft(self) -> Draft:
        title = self.text(self.outline.title, LONGEST_GROUP)
        for skill in self.outline.skills:
            group = self.text(skill.group, LONGEST_GROUP) if skill.group else title
            name = self.name(skill)
            self.made.skills.append((group, name, *self.levels(skill)))
            self.made.items[name] = list(filter(self.is_usable, self.items(skill)))
        self.made.notes += [
            found(What.LOST, kind=loss.kind, name=loss.name, more=loss.more) for loss in self.outline.losses
        ]
        return self.made

    def name(self, skill: OutlineSkill) -> str:
        """Return a name that no skill before has: with its code, or with a number."""
        full = outline.name_of(skill.item)
        short = one_line(skill.item.abbreviated)
        name = self.text(short if len(full) > LONGEST_NAME and short else full, LONGEST_NAME)
        now, number = name, 1
        while now.casefold() in self.names:
            number += 1
            mark = skill.item.code if skill.item.code and number == 2 else str(number)
            ending = f" ({_fitting(_clean(mark), 30)})"
            now = _fitting(name, LONGEST_NAME - len(ending)) + ending
        if now != name:
            self.made.notes.append(found(What.RENAMED, name=name, now=now))
        self.names.add(now.casefold())
        return now

    def items(self, skill: OutlineSkill) -> Iterator[Item]:
        """Yield what the skill is aligned with: the item that it was made of, and what that refers to."""
        own, title = skill.item, _fitting(_clean(self.outline.title), LONGEST_TITLE)
        if own.uri and not own.uri.startswith(self.base):
            name = _fitting(_clean(outline.name_of(own)), crosswalks.LONGEST_NAME)
            yield Item(name, own.uri, title, _clean(own.code)[: crosswalks.LONGEST_CODE])
        for reference in skill.references:
            link = reference.link
            name = _fitting(_clean(link.title) or link.identifier, crosswalks.LONGEST_NAME)
            yield Item(name, link.uri, urlsplit(link.uri).hostname or "", "")

    def is_usable(self, item: Item) -> bool:
        """Return whether an item has a place in the crosswalk; note it otherwise."""
        try:
            crosswalks.usable(item)
        except Refused:
            self.made.notes.append(found(What.NO_ALIGNMENT, name=item.name, url=item.url))
            return False
        return True

    def levels(self, skill: OutlineSkill) -> Skill:
        return tuple(self.text(level, LONGEST_DESCRIPTOR) if level else "" for level in skill.levels)

    def text(self, text: str, longest: int) -> str:
        """Return a text that can be signed and fits, and note what was done to it."""
        clean = _clean(text)
        fitting = _fitting(clean, longest)
        if clean != one_line(text):
            self.made.notes.append(found(What.CLEANED, name=fitting))
        if fitting != clean:
            self.made.notes.append(found(What.SHORTENED, name=fitting, text=clean))
        return fitting


def _clean(text: str) -> str:
    """Return a text in the normal form, without signs that cannot be seen, in one line."""
    line = one_line(text)
    if line.isascii() and line.isprintable():
        return line
    clean = one_line(shown(unicodedata.normalize("NFC", line)))
    return clean.translate(QUOTES) if problem(clean, quoted=True) else clean


def _fitting(text: str, longest: int) -> str:
    """Return a text of at most this length, cut between words where it is longer."""
    if len(text) <= longest:
        return text
    cut = text[: longest - len(CUT)]
    head, space, _rest = cut.rpartition(" ")
    return re.sub(r"[\s,;:.–-]+$", "", head if space and len(head) > longest // 2 else cut) + CUT
