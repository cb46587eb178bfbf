"""Groups, skills and levels of a package, and what of it has no place among them.

`isChildOf` makes a tree of any depth. An item that nothing is below is a skill; what stands above it makes
its group. Four levels of a skill come from a rubric, from `hasSkillLevel`, or from four items of a kind of
level below it. No step calls itself: a package may be as deep as it has items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from passport.case.errors import Fault, NotAPackage
from passport.case.package import CHILD, SKILL_LEVEL, Item, Link, Package

LEVELS = 4
KINDS_OF_LEVEL = {
    "level",
    "leveldescriptor",
    "skilllevel",
    "performancelevel",
    "proficiencylevel",
    "descriptor",
}
# How many items of a cycle its error names
MOST_NAMED = 5
NO_LEVELS = ("",) * LEVELS


class Grouping(StrEnum):
    """Which of the items above a skill names its group."""

    TOP = "top"
    NEAREST = "nearest"


class Kind(StrEnum):
    """Why something of a package is not among the skills."""

    MEMBER = "member"
    ASSOCIATION = "association"
    HEADING = "heading"
    SECOND_PARENT = "second parent"
    OWN_PARENT = "own parent"
    UNKNOWN_PARENT = "unknown parent"
    NO_STATEMENT = "no statement"
    OTHER_NUMBER_OF_LEVELS = "other number of levels"
    RUBRIC_OF_NOTHING = "rubric of nothing"
    LEVELS_OF_HEADING = "levels of heading"
    REFERENCE_OF_HEADING = "reference of heading"


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that has no place: what it is, its name, and more where there is more to say of it."""

    kind: Kind
    name: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """An item of another framework that a skill names, with the type of the association."""

    kind: str
    link: Link


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill: its item, its group's words (empty below the document itself), and four wordings or none."""

    item: Item
    group: str
    levels: tuple[str, ...] = NO_LEVELS
    references: tuple[Reference, ...] = ()


@dataclass
class Outline:
    """The skills in the order of the tree, and all that has no place."""

    title: str
    skills: list[Skill] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def outline(package: Package, grouping: Grouping = Grouping.TOP) -> Outline:
    """Return the outline. Raises NotAPackage for a cycle of `isChildOf`."""
    return _Outliner(package, grouping).outline()


class _Outliner:
    def __init__(self, package: Package, grouping: Grouping) -> None:
        self.package, self.grouping = package, grouping
        self.losses: list[Loss] = []
        self.levels: dict[str, tuple[str, ...]] = {}
        self.is_level: set[str] = set()
        self.children: dict[str, list[str]] = defaultdict(list)
        self.parent: dict[str, str] = {}

    def outline(self) -> Outline:
        self._place()
        self._refuse_cycle()
        self._levels_of_rubrics()
        self._levels_of_associations()
        self._levels_of_items()
        references = self._references()
        done = Outline(self.package.document.title, losses=self.losses)
        used: set[str] = set()
        nameless: set[str] = set()
        for item, above in self._leaves():
            if not name_of(item):
                self._lose(Kind.NO_STATEMENT, item.identifier)
                nameless.add(item.identifier)
                continue
            group = self._group(above)
            used.add(group)
            levels = self.levels.get(item.identifier, NO_LEVELS)
            words = name_of(self.package.items[group]) if group else ""
            done.skills.append(Skill(item, words, levels, tuple(references.get(item.identifier, ()))))
        self._lose_headings({skill.item.identifier for skill in done.skills} | nameless, used, references)
        for name, number in sorted(self.package.unused.items()):
            self._lose(Kind.MEMBER, name, str(number))
        return done

    def _lose_headings(
        self, skills: set[str], groups: set[str], references: dict[str, list[Reference]]
    ) -> None:
        """Name what stands between groups and skills, and what belongs to an item that became no skill."""
        for identifier in self.package.items:
            if identifier in skills or identifier in self.is_level:
                continue
            if identifier not in groups:
                self._lose(Kind.HEADING, self._name(identifier))
            if identifier in self.levels:
                self._lose(
                    Kind.LEVELS_OF_HEADING, self._name(identifier), " / ".join(self.levels[identifier])
                )
        for identifier, found in references.items():
            for one in found if identifier not in skills else ():
                self._lose(Kind.REFERENCE_OF_HEADING, self._name(identifier), one.link.uri)

    def _lose(self, kind: Kind, name: str, more: str = "") -> None:
        self.losses.append(Loss(kind, name, more))

    def _name(self, identifier: str) -> str:
        item = self.package.items.get(identifier)
        return (name_of(item) if item else "") or identifier

    # -------------------------------------------------------------------------------------------- the tree

    def _place(self) -> None:
        """Give each item the one parent that it is placed under: the first in the order of the file."""
        items, root = self.package.items, self.package.document.identifier
        placed: list[tuple[str, str, int]] = []
        for place, one in enumerate(self.package.associations):
            child, parent = one.origin.identifier, one.destination.identifier
            if one.kind != CHILD or child not in items:
                continue
            if child == parent:
                self._lose(Kind.OWN_PARENT, self._name(child))
            elif parent != root and parent not in items:
                self._lose(Kind.UNKNOWN_PARENT, self._name(child), one.destination.title or parent)
            elif child in self.parent:
                if self.parent[child] != parent:
                    self._lose(Kind.SECOND_PARENT, self._name(child), self._name(parent))
            else:
                self.parent[child] = parent
                placed.append((child, parent, one.order if one.order is not None else place))
        for child, parent, _order in sorted(placed, key=lambda one: one[2]):
            self.children[parent].append(child)
        for identifier in items:
            if identifier not in self.parent:
                self.parent[identifier] = root
                self.children[root].append(identifier)

    def _refuse_cycle(self) -> None:
        """Raise NotAPackage if an item does not lead up to the document."""
        safe = {self.package.document.identifier}
        for start in self.package.items:
            path: dict[str, None] = {}
            at = start
            while at not in safe:
                if at in path:
                    places = list(path)
                    cycle = [*places[places.index(at) :], at]
                    names = [self._name(one) for one in cycle[:MOST_NAMED]]
                    more = ["…"] if len(cycle) > MOST_NAMED else []
                    raise NotAPackage(Fault.CYCLE, " → ".join(names + more))
                path[at] = None
                at = self.parent[at]
            safe |= path.keys()

    def _leaves(self) -> Iterator[tuple[Item, tuple[str, str]]]:
        """Yield the skills in the tree's order, with the highest and the nearest item above ("" for none)."""
        root = self.package.document.identifier
        waiting = [(child, ("", "")) for child in reversed(self.children[root])]
        while waiting:
            identifier, above = waiting.pop()
            below = [one for one in self.children.get(identifier, ()) if one not in self.is_level]
            if not below:
                if identifier not in self.is_level:
                    yield self.package.items[identifier], above
                continue
            inner = (above[0] or identifier, identifier)
            waiting += [(child, inner) for child in reversed(below)]

    def _group(self, above: tuple[str, str]) -> str:
        """Return the item that names the group; one without words gives way to the other."""
        wanted = above if self.grouping is Grouping.TOP else above[::-1]
        return next((one for one in wanted if one and name_of(self.package.items[one])), "")

    # -------------------------------------------------------------------------------------------- levels

    def _levels_of_rubrics(self) -> None:
        for criterion in self.package.criteria:
            wordings = tuple(one_line(level.description) for level in criterion.levels)
            if criterion.item not in self.package.items:
                self._lose(Kind.RUBRIC_OF_NOTHING, criterion.item or criterion.identifier)
            elif len(wordings) != LEVELS or criterion.item in self.levels:
                words = " / ".join(wordings)
                self._lose(Kind.OTHER_NUMBER_OF_LEVELS, self._name(criterion.item), words)
            else:
                self.levels[criterion.item] = wordings

    def _levels_of_associations(self) -> None:
        named: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for place, one in enumerate(self.package.associations):
            if one.kind == SKILL_LEVEL and one.destination.identifier in self.package.items:
                order = one.order if one.order is not None else place
                named[one.origin.identifier].append((order, one.destination.identifier))
        for identifier, levels in named.items():
            self._take_levels(identifier, [level for _order, level in sorted(levels)])

    def _levels_of_items(self) -> None:
        """Take the children of an item as its levels where every one of them is of a kind of level."""
        for identifier, children in self.children.items():
            kinds = {_plain(self.package.items[child].kind) for child in children}
            is_lowest = not any(self.children.get(child) for child in children)
            if children and is_lowest and kinds <= KINDS_OF_LEVEL and identifier in self.package.items:
                self._take_levels(identifier, children)

    def _take_levels(self, identifier: str, levels: list[str]) -> None:
        if identifier not in self.package.items:
            return
        wordings = tuple(self.package.items[level].statement for level in levels)
        self.is_level.update(levels)
        if len(levels) == LEVELS and identifier not in self.levels:
            self.levels[identifier] = wordings
        else:
            self._lose(Kind.OTHER_NUMBER_OF_LEVELS, self._name(identifier), " / ".join(wordings))

    # -------------------------------------------------------------------------------------------- references

    def _references(self) -> dict[str, list[Reference]]:
        """Return what items of this package say of other frameworks; other associations have no place."""
        found: dict[str, list[Reference]] = defaultdict(list)
        others: Counter[str] = Counter()
        items = self.package.items
        for one in self.package.associations:
            if one.kind == CHILD:
                continue
            if one.kind == SKILL_LEVEL and one.destination.identifier in self.is_level:
                continue
            is_outside = one.destination.identifier not in items and bool(one.destination.uri)
            if one.origin.identifier in items and is_outside:
                found[one.origin.identifier].append(Reference(one.kind, one.destination))
            else:
                others[one.kind] += 1
        for kind, number in sorted(others.items()):
            self._lose(Kind.ASSOCIATION, kind, str(number))
        return found


def name_of(item: Item) -> str:
    """Return an item's words in one line: its statement, else its short form, else its code."""
    return next(
        (text for one in (item.statement, item.abbreviated, item.code) if (text := one_line(one))), ""
    )


def one_line(text: str) -> str:
    """Return a text with single spaces between its words."""
    return " ".join(text.split())


def _plain(kind: str) -> str:
    return "".join(sign for sign in kind.casefold() if sign.isalpha())
