"""Crosswalk: a skill names items of other frameworks that it is aligned with, by their addresses.

An item is chosen from the bundled list of ESCO's transversal skills, or given by its CASE or ESCO address and
its name. Once the version is published, entries carry the items in their `alignment`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.frameworks.alignments import SkillAlignment
from passport.db.programmes.frameworks.versions import FrameworkVersion
from passport.services.core.errors import Refused, UnusableText
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import problem
from passport.services.programmes.frameworks import drafts, visibility

__all__ = ["CASE", "ESCO", "Item", "add", "add_from_esco", "remove", "search", "take_over", "usable"]

_FILE = Path(__file__).with_name("esco_transversal.csv")
MOST = 10
LONGEST_NAME, LONGEST_CODE, LONGEST_URL = 200, 60, 300
MOST_FOUND = 20
# targetType of Open Badges 3.0: an item of a CASE framework, and an extension for what it has no word for
CASE, ESCO = "CFItem", "ext:ESCOSkill"
ESCO_NAME = "ESCO"
_ESCO = re.compile(r"https?://data\.europa\.eu/esco/skill/[A-Za-z0-9.\-]{1,60}")
_CASE = re.compile(
    r"https://[A-Za-z0-9.\-]{1,100}(?::\d{1,5})?/[\w.~%/\-]{0,120}"
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
)


@dataclass(frozen=True)
class Item:
    """An item of another framework as it was typed; ``framework`` and ``code`` may be empty for ESCO."""

    name: str
    url: str
    framework: str = ""
    code: str = ""


@cache
def _esco() -> tuple[Item, ...]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(Item(row["label"], row["uri"], ESCO_NAME) for row in csv.DictReader(lines))


def search(words: str) -> list[Item]:
    """Return the bundled skills of ESCO whose label has every one of these words, or begins of words."""
    wanted = re.findall(r"\w+", words.casefold())
    found = [
        item
        for item in _esco()
        if all(any(part.startswith(one) for part in re.findall(r"\w+", item.name)) for one in wanted)
    ]
    return found[:MOST_FOUND]


def add_from_esco(
    session: Session, actor: Account, number: int, version: int, skill: int, url: str, at: datetime
) -> SkillAlignment:
    """Align a skill with one of the bundled skills of ESCO. Raises Refused for another address."""
    visibility.to_change(session, actor, number, version)
    item = next((one for one in _esco() if one.url == url), None)
    if item is None:
        raise Refused(Reason.ALIGNMENT_ADDRESS)
    return add(session, actor, number, version, skill, item, at)


def add(
    session: Session, actor: Account, number: int, version: int, skill: int, typed: Item, at: datetime
) -> SkillAlignment:
    """Align a skill with an item of another framework. Idempotent: an address stands once at a skill.

    Raises Refused for an address that is neither a CASE nor an ESCO address, for a missing name or framework,
    and for more than `MOST` items.
    """
    item, kind = usable(typed)
    draft = visibility.to_change(session, actor, number, version)
    found = drafts.find_skill(draft, skill)
    there = next((one for one in found.alignments if one.url == item.url), None)
    if there is not None:
        return there
    if len(found.alignments) >= MOST:
        raise Refused(Reason.ALIGNMENTS_FULL, most=MOST)
    made = SkillAlignment(name=item.name, url=item.url, kind=kind, code=item.code, framework=item.framework)
    found.alignments.append(made)
    drafts.words_changed(session, actor, draft, at, "framework.aligned", skill=skill)
    return made


def remove(
    session: Session, actor: Account, number: int, version: int, skill: int, reference: str, at: datetime
) -> None:
    """Remove an item from a skill. Idempotent."""
    draft = visibility.to_change(session, actor, number, version)
    found = drafts.find_skill(draft, skill)
    there = next((one for one in found.alignments if one.reference == reference), None)
    if there is not None:
        found.alignments.remove(there)
        drafts.words_changed(session, actor, draft, at, "framework.alignment-removed", skill=skill)


def take_over(session: Session, version: FrameworkVersion, items: Mapping[str, Iterable[Item]]) -> None:
    """Align the skills of a draft with the items that a file names for them, by the skills' names.

    Items have been found usable; what a skill is aligned with already stays. At most `MOST` are taken.
    """
    db.programmes.frameworks.versions.get(session, version.id)  # loads the crosswalk of all skills at once
    for skill in version.skills:
        there = {one.url for one in skill.alignments}
        for item, kind in map(usable, items.get(skill.name, ())):
            if item.url not in there and len(there) < MOST:
                there.add(item.url)
                values = {"name": item.name, "url": item.url, "framework": item.framework, "code": item.code}
                skill.alignments.append(SkillAlignment(kind=kind, **values))
    session.flush()


def usable(typed: Item) -> tuple[Item, str]:
    """Return the item as it is stored, and its targetType. Raises Refused as `add` does."""
    item = Item(*(" ".join(text.split()) for text in (typed.name, typed.url, typed.framework, typed.code)))
    if _ESCO.fullmatch(item.url):
        item, kind = Item(item.name, item.url, ESCO_NAME, item.code), ESCO
    elif len(item.url) <= LONGEST_URL and _CASE.fullmatch(item.url):
        kind = CASE
    else:
        raise Refused(Reason.ALIGNMENT_ADDRESS)
    if not item.name or not item.framework:
        raise Refused(Reason.NAME_MISSING)
    limits = ((item.name, LONGEST_NAME), (item.framework, LONGEST_NAME), (item.code, LONGEST_CODE))
    for text, longest in limits:
        if len(text) > longest:
            raise Refused(Reason.NAME_TOO_LONG, most=longest)
        advice = problem(text) if text else None
        if advice:
            raise UnusableText(f"text {text!r}", advice)
    return item, kind
