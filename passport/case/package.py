"""A CASE package as values: the document, its items, their associations and rubrics (CASE 1.1, section 5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CHILD = "isChildOf"
SKILL_LEVEL = "hasSkillLevel"


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to a node: of this package, of another one, or anything with an address (LinkGenURI)."""

    title: str
    identifier: str
    uri: str


@dataclass(frozen=True, slots=True)
class Document:
    """The root of a framework (CFPckgDocument)."""

    identifier: str
    uri: str
    title: str
    creator: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A statement, which is a competency or a group of them (CFPckgItem)."""

    identifier: str
    uri: str
    statement: str
    abbreviated: str = ""
    code: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Association:
    """How one node relates to another (CFPckgAssociation). `order` is its place among its siblings."""

    identifier: str
    kind: str
    origin: Link
    destination: Link
    order: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a criterion (CFRubricCriterionLevel): its label and its wording."""

    quality: str
    description: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """The levels of one item (CFRubricCriterion). `item` is empty where it names none."""

    identifier: str
    item: str
    levels: tuple[Level, ...]


@dataclass
class Package:
    """A document with all that belongs to it (CFPackage).

    `unused` counts the members and definitions that these values do not have, by their name in the standard.
    """

    document: Document
    items: dict[str, Item] = field(default_factory=dict)
    associations: list[Association] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)
