"""Write a framework as CASE 1.1: the package, and each object as the provider's interface returns it.

A version is a CFDocument. Its groups and skills are CFItems below it; the levels of a skill are a criterion
of the version's one CFRubric. Identifiers are made of addresses (UUID version 5, RFC 9562 section 5.5), so a
version has the same ones wherever and whenever it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from passport.case.package import CHILD

PREFIX = "/ims/case/v1p1"
VERSION = "1.1"
GROUP, SKILL = "Group", "Skill"
TYPES = {
    GROUP: ("1", "Skills of one area of work"),
    SKILL: ("2", "What a person can show, with a wording for each of its levels"),
}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """An item of another framework that a skill is aligned with."""

    association: str
    uri: str
    identifier: str
    title: str


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill: its number within the framework, its group, and the wordings of its levels, lowest first."""

    number: int
    group: str
    name: str
    levels: tuple[str, ...]
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Framework:
    """A published version. `page` is the address of its page, and `agreed` says who signed it off."""

    page: str
    title: str
    version: str
    creator: str
    published_at: datetime
    retired: bool
    agreed: str
    level_names: tuple[str, ...]
    skills: tuple[Skill, ...]


def identifier_of(address: str) -> str:
    """Return the identifier of what an address names."""
    return str(uuid5(NAMESPACE_URL, address))


class Writer:
    """The objects of one version, as `base` (the provider's public address) serves them."""

    def __init__(self, framework: Framework, base: str) -> None:
        """Take the version and the address."""
        self.framework = framework
        self.base = base
        self.changed = _time(framework.published_at)

    # -------------------------------------------------------------------------------------------- objects

    @cached_property
    def document(self) -> Json:
        """Return the document as a package holds it (CFPckgDocument)."""
        framework = self.framework
        return {
            **self._head("CFDocuments", framework.page),
            "creator": framework.creator,
            "title": framework.title,
            "lastChangeDateTime": self.changed,
            "officialSourceURL": framework.page,
            "language": "en",
            "version": framework.version,
            "caseVersion": VERSION,
            "adoptionStatus": "Deprecated" if framework.retired else "Implemented",
            "statusStartDate": framework.published_at.astimezone(UTC).date().isoformat(),
            "notes": framework.agreed,
        }

    def document_with_package(self) -> Json:
        """Return the document as it stands alone (CFDocument)."""
        page, title = self.framework.page, self.framework.title
        return self.document | {"CFPackageURI": self._link("CFPackages", page, title)}

    def items(self) -> Iterator[Json]:
        """Yield groups and skills (CFPckgItem): each group before its skills."""
        for group, skills in self._groups.items():
            yield self._group(group)
            yield from map(self._skill, skills)

    def associations(self) -> Iterator[Json]:
        """Yield what is below what, and what skills are aligned with (CFPckgAssociation)."""
        above = self._link("CFDocuments", self.framework.page, self.framework.title)
        for order, (group, skills) in enumerate(self._groups.items(), 1):
            yield self._association(CHILD, self._of_group(group), above, order)
            for inner, skill in enumerate(skills, 1):
                yield self._association(CHILD, self._of_skill(skill), self._of_group(group), inner)
                for target in skill.targets:
                    link = {"title": target.title, "identifier": target.identifier, "uri": target.uri}
                    yield self._association(target.association, self._of_skill(skill), link)

    @cached_property
    def rubric(self) -> Json:
        """Return the levels of all skills (CFRubric)."""
        return {
            **self._head("CFRubrics", f"{self.framework.page}#levels"),
            "title": self.framework.title,
            "lastChangeDateTime": self.changed,
            "CFRubricCriteria": [
                self._criterion(skill, place) for place, skill in enumerate(self.framework.skills, 1)
            ],
        }

    @cached_property
    def item_types(self) -> list[Json]:
        """Return the two kinds of items (CFItemType)."""
        return [
            {
                **self._head("CFItemTypes", self._type_address(name)),
                "title": name,
                "description": description,
                "hierarchyCode": code,
                "lastChangeDateTime": self.changed,
            }
            for name, (code, description) in TYPES.items()
        ]

    def package(self) -> Json:
        """Return the whole version (CFPackage)."""
        return {
            "CFDocument": self.document,
            "CFItems": list(self.items()),
            "CFAssociations": list(self.associations()),
            "CFDefinitions": {"CFItemTypes": self.item_types},
            "CFRubrics": [self.rubric],
        }

    # -------------------------------------------------------------------------------- objects alone

    def alone(self, found: Json) -> Json:
        """Return an item or an association as it stands alone: with the document that it belongs to."""
        page, title = self.framework.page, self.framework.title
        return {"CFDocumentURI": self._link("CFDocuments", page, title)} | found

    def associations_of(self, item: Json) -> Json:
        """Return an item with the associations that begin or end at it (CFAssociationSet)."""
        ends = ("originNodeURI", "destinationNodeURI")
        return {
            "CFItem": self.alone(item),
            "CFAssociations": [
                one
                for one in self.associations()
                if any(one[end]["identifier"] == item["identifier"] for end in ends)
            ],
        }

    # -------------------------------------------------------------------------------------------- parts

    @cached_property
    def _groups(self) -> dict[str, list[Skill]]:
        groups: dict[str, list[Skill]] = {}
        for skill in self.framework.skills:
            groups.setdefault(skill.group, []).append(skill)
        return groups

    def _group(self, name: str) -> Json:
        return self._item(self._group_address(name), name, GROUP, {})

    def _skill(self, skill: Skill) -> Json:
        code = {"humanCodingScheme": str(skill.number)}
        return self._item(self._skill_address(skill), skill.name, SKILL, code)

    def _item(self, address: str, statement: str, kind: str, code: Json) -> Json:
        return {
            **self._head("CFItems", address),
            "fullStatement": statement,
            **code,
            "CFItemType": kind,
            "CFItemTypeURI": self._link("CFItemTypes", self._type_address(kind), kind),
            "language": "en",
            "lastChangeDateTime": self.changed,
        }

    def _association(self, kind: str, origin: Json, destination: Json, order: int | None = None) -> Json:
        address = f"{origin['uri']}#{kind}-{destination['uri']}"
        return {
            **self._head("CFAssociations", address),
            "associationType": kind,
            **({} if order is None else {"sequenceNumber": order}),
            "originNodeURI": origin,
            "destinationNodeURI": destination,
            "lastChangeDateTime": self.changed,
        }

    def _criterion(self, skill: Skill, place: int) -> Json:
        address = f"{self._skill_address(skill)}#levels"
        identifier = identifier_of(address)
        return {
            "identifier": identifier,
            "uri": address,
            "category": skill.group,
            "description": skill.name,
            "CFItemURI": self._of_skill(skill),
            "position": place,
            "rubricId": identifier_of(f"{self.framework.page}#levels"),
            "lastChangeDateTime": self.changed,
            "CFRubricCriterionLevels": [
                {
                    "identifier": identifier_of(f"{address}-{number}"),
                    "uri": f"{address}-{number}",
                    "description": wording,
                    "quality": name,
                    "position": number,
                    "rubricCriterionId": identifier,
                    "lastChangeDateTime": self.changed,
                }
                for number, (name, wording) in enumerate(
                    zip(self.framework.level_names, skill.levels, strict=True), 1
                )
            ],
        }

    # -------------------------------------------------------------------------------------------- addresses

    def _head(self, kind: str, address: str) -> Json:
        identifier = identifier_of(address)
        return {"identifier": identifier, "uri": f"{self.base}{PREFIX}/{kind}/{identifier}"}

    def _link(self, kind: str, address: str, title: str) -> Json:
        return {"title": title, **self._head(kind, address)}

    def _of_group(self, name: str) -> Json:
        return self._link("CFItems", self._group_address(name), name)

    def _of_skill(self, skill: Skill) -> Json:
        return self._link("CFItems", self._skill_address(skill), skill.name)

    def _group_address(self, name: str) -> str:
        return f"{self.framework.page}#group-{name}"

    def _skill_address(self, skill: Skill) -> str:
        return f"{self.framework.page}/skills/{skill.number}"

    def _type_address(self, name: str) -> str:
        return f"{self.framework.page}#type-{name}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
