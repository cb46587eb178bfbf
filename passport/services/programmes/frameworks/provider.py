"""Published frameworks as a provider of CASE: the version that an identifier belongs to, and its objects.

Identifiers are made of addresses and stand in no column (`case.writing`). An `Index` makes those of each
published version once in a process; published versions never change.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from passport import db
from passport.case.writing import Framework, Json, Skill, Target, Writer
from passport.db import Session
from passport.db.programmes.frameworks.alignments import SkillAlignment
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.services.core.errors import NotFound
from passport.services.programmes.frameworks.tables import LEVELS

DOCUMENTS, PACKAGES = "CFDocuments", "CFPackages"
ITEMS, ASSOCIATIONS, ITEM_ASSOCIATIONS = "CFItems", "CFAssociations", "CFItemAssociations"
RUBRICS, ITEM_TYPES = "CFRubrics", "CFItemTypes"
# How a skill is aligned with an item: that it is the same is more than the crosswalk says
RELATED = "isRelatedTo"
# Kinds that the interface has and a framework of ours does not
EMPTY_KINDS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFAssociationGroupings")


@dataclass
class Index:
    """The version and the kind of each identifier, filled as versions are published. Safe among threads."""

    _known: dict[int, dict[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(
        self, session: Session, base: str, kind: str, identifier: str
    ) -> tuple[FrameworkVersion, Writer]:
        """Return the published version that has an object of this kind. Raises NotFound."""
        for number in db.programmes.frameworks.versions.public_ids(session):
            if self._of(session, base, number).get(identifier) == kind:
                version = db.programmes.frameworks.versions.get(session, number)
                return version, writer(session, version, base)
        raise NotFound

    def _of(self, session: Session, base: str, number: int) -> dict[str, str]:
        known = self._known.get(number)
        if known is None:
            found = writer(session, db.programmes.frameworks.versions.get(session, number), base)
            known = _identifiers(found)
            with self._lock:
                self._known[number] = known
        return known


def _identifiers(found: Writer) -> dict[str, str]:
    lists = {
        DOCUMENTS: [found.document],
        ITEMS: found.items(),
        ASSOCIATIONS: found.associations(),
        RUBRICS: [found.rubric],
        ITEM_TYPES: found.item_types,
    }
    return {one["identifier"]: kind for kind, objects in lists.items() for one in objects}


def writer(session: Session, version: FrameworkVersion, base: str) -> Writer:
    """Return the writer of a version with its skills. `base` is the service's public address."""
    return Writer(_framework(session, version, base, tuple(map(_skill, version.skills))), base)


def documents(session: Session, base: str) -> list[Json]:
    """Return the documents of all published versions, in the order of their numbers."""
    return [
        Writer(_framework(session, version, base, ()), base).document_with_package()
        for version in db.programmes.frameworks.versions.public(session)
    ]


def one(index: Index, session: Session, base: str, kind: str, identifier: str) -> Json:
    """Return an object as its address of the interface returns it (CASE 1.1, section 3). Raises NotFound."""
    held = {PACKAGES: DOCUMENTS, ITEM_ASSOCIATIONS: ITEMS}.get(kind, kind)
    _version, found = index.find(session, base, held, identifier)
    if kind == DOCUMENTS:
        return found.document_with_package()
    if kind == PACKAGES:
        return found.package()
    if kind == RUBRICS:
        return found.rubric
    if kind == ITEM_TYPES:
        return {ITEM_TYPES: [_named(found.item_types, identifier)]}
    if kind == ASSOCIATIONS:
        return found.alone(_named(list(found.associations()), identifier))
    item = _named(list(found.items()), identifier)
    return found.associations_of(item) if kind == ITEM_ASSOCIATIONS else found.alone(item)


def _named(objects: list[Json], identifier: str) -> Json:
    return next(found for found in objects if found["identifier"] == identifier)


def page(base: str, version: FrameworkVersion) -> str:
    """Return the address of a version's page, which its entries name."""
    return f"{base}/frameworks/{version.framework.number}/{version.number}"


def _framework(
    session: Session, version: FrameworkVersion, base: str, skills: tuple[Skill, ...]
) -> Framework:
    programme = db.programmes.programme.get(session, version.framework.programme_id)
    if version.published_at is None:
        raise NotFound
    return Framework(
        page=page(base, version),
        title=version.framework.title,
        version=str(version.number),
        creator=programme.name,
        published_at=version.published_at,
        retired=version.state is FrameworkState.RETIRED,
        agreed=f"Agreed by {version.employer_signer} for employers and {version.school_signer} for schools.",
        level_names=tuple(level.capitalize() for level in LEVELS),
        skills=skills,
    )


def _skill(skill: db.programmes.frameworks.versions.Skill) -> Skill:
    return Skill(
        skill.number, skill.group, skill.name, skill.descriptors, tuple(map(_target, skill.alignments))
    )


def _target(item: SkillAlignment) -> Target:
    identifier = item.code or item.url.rstrip("/").rpartition("/")[2]
    return Target(RELATED, item.url, identifier, item.name)
