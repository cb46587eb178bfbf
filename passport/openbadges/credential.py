"""What an entry is: an OpenBadgeCredential 3.0, as a value and as a document.

An entry says: this student of this school showed this skill at this level; this champion of this employer
knows it in this way; it happened on this day, in this setting, for so many hours; and at this address its
status can be checked. It never says what the student wrote about it: of the evidence there is only a salted
digest.

`build` writes the document and `read` parses it. `read(build(entry, endorsement))` is the entry, and a
document that `build` would not have written, member for member, is refused. Wording that is changed here
makes documents already issued unreadable: add a second wording then, and keep this one for reading, as
`achievement.criteria` and `endorsement.names` do.

The evidence statement has an id of its own, and the endorsement is about that id. In entries signed before,
it has none and the endorsement is about the entry's own id; `read` reads these too. Software that refuses a
credential whose own node is described a second time inside it refuses those (openbadgeslib 4.6).
"""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from . import achievement as achievements
from . import endorsement as endorsements
from .achievement import Achievement
from .endorsement import Endorsement
from .errors import MalformedCredential
from .terms import (
    CONTEXTS,
    LEVELS,
    Basis,
    Document,
    Issuer,
    profile,
    read_profile,
    read_timestamp,
    reading,
    refuse_other,
    schema,
    text,
    timestamp,
)

__all__ = [
    "LEVELS",
    "Achievement",
    "Basis",
    "Document",
    "Endorser",
    "Entry",
    "EvidenceStatement",
    "Issuer",
    "StatusReference",
    "build",
    "check_bound",
    "embedded_endorsement",
    "read",
]

TYPES = ("VerifiableCredential", "OpenBadgeCredential")
# The list that an entry names: of all that is not current; in older entries, of what is withdrawn (ADR 0018).
NAMED_LISTS = ("suspension", "revocation")

_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOURS = re.compile(r"(?P<hours>\d{1,6}(\.\d{1,4})?) hours?")


@dataclass(frozen=True)
class Endorser:
    """The person who endorsed, and their employer.

    If the school confirmed it: a person of the school, and the programme, which signs for its schools.
    """

    name: str
    role: str
    employer: Issuer


@dataclass(frozen=True)
class EvidenceStatement:
    """What may be said of the evidence: kind, day, setting, hours and a salted digest; never its content.

    `id` is a random `urn:uuid:` of this statement in this entry alone; "" in entries signed before there was
    one.
    """

    kind: str
    held_on: date
    setting: str
    hours: Decimal
    digest: str
    id: str = ""


@dataclass(frozen=True)
class StatusReference:
    """Where the entry's status can be checked: a status list, and an index in it."""

    list_url: str
    index: int


@dataclass(frozen=True)
class Entry:
    """One signed statement of a passport. Times are UTC, in whole seconds."""

    id: str
    subject_id: str
    issuer: Issuer
    holder_name: str
    school: str
    achievement: Achievement
    level: int
    champion: Endorser
    basis: Basis
    evidence: EvidenceStatement
    endorsed_at: datetime
    issued_at: datetime
    review_at: datetime
    status: StatusReference

    @property
    def confirmed(self) -> bool:
        """Return whether the school or college confirmed it: then no employer endorsed it."""
        return self.champion.employer.did == self.issuer.did

    @property
    def vouching(self) -> str:
        """Return the name of the employer that endorsed it, or of the school that confirmed it."""
        return self.school if self.confirmed else self.champion.employer.name


def build(entry: Entry, endorsement: Document) -> Document:
    """Write the document of an entry, without its own proof.

    `endorsement` is the employer's secured EndorsementCredential; it goes in whole, with its proof.
    Raises MalformedCredential when it is about anything else than this entry, and for evidence without an id.
    """
    if not entry.evidence.id:
        raise MalformedCredential("the evidence has no id")
    check_bound(entry, endorsements.read(endorsement))
    return _write(entry, endorsement, achievements.criteria(confirmed=entry.confirmed)[0])


def read(document: Document) -> Entry:
    """Read the entry that a document says, with or without a proof; no proof is checked here.

    Raises MalformedCredential unless the document is, member for member, what `build` makes of the entry.
    """
    with reading("an entry"):
        endorsement = endorsements.read(embedded_endorsement(document))
        subject = document["credentialSubject"]
        entry = Entry(
            id=text(document["id"]),
            subject_id=text(subject["id"]),
            issuer=read_profile(document["issuer"]),
            holder_name=text(subject["identifier"][0]["identityHash"]),
            school=text(subject["identifier"][1]["identityHash"]),
            achievement=achievements.read(subject["achievement"]),
            level=achievements.read_level(subject),
            champion=_read_champion(subject["source"], endorsement),
            basis=endorsement.basis,
            evidence=_read_evidence(document["evidence"][0], subject),
            endorsed_at=read_timestamp(document["awardedDate"]),
            issued_at=read_timestamp(document["validFrom"]),
            review_at=read_timestamp(document["validUntil"]),
            status=_read_status(document["credentialStatus"]),
        )
        known = achievements.criteria(confirmed=entry.confirmed)
        said = subject["achievement"]["criteria"]["narrative"]
        narrative = said if said in known else known[0]
        ours = _write(entry, embedded_endorsement(document), narrative)
    refuse_other(document, ours, "an entry")
    return entry


def embedded_endorsement(document: Document) -> Document:
    """Return the secured endorsement inside a document. Raises MalformedCredential unless there is one."""
    embedded = document.get("endorsement")
    if not isinstance(embedded, list) or len(embedded) != 1 or not isinstance(embedded[0], dict):
        raise MalformedCredential("there must be one endorsement, embedded whole")
    return embedded[0]


def endorsement_of(entry: Entry, urn: str) -> Endorsement:
    """Return the endorsement with this id that an entry is to have: one for which `check_bound` passes."""
    return Endorsement(
        id=urn,
        subject_id=entry.evidence.id or entry.id,
        employer=entry.champion.employer,
        champion_name=entry.champion.name,
        champion_role=entry.champion.role,
        skill=entry.achievement.skill,
        level=entry.level,
        basis=entry.basis,
        endorsed_at=entry.endorsed_at,
        evidence_digest=entry.evidence.digest,
        school=entry.school if entry.confirmed else "",
    )


def check_bound(entry: Entry, endorsement: Endorsement) -> None:
    """Raise MalformedCredential, naming the difference, unless the endorsement is about this very entry.

    Evidence with an id: the endorsement is about that id. Evidence without: it is about the entry's id.
    """
    if entry.evidence.id:
        _require_own_id(entry, endorsement)
    said = {
        "entry": (endorsement.subject_id, entry.evidence.id or entry.id),
        "employer": (endorsement.employer, entry.champion.employer),
        "champion": (endorsement.champion_name, entry.champion.name),
        "champion's role": (endorsement.champion_role, entry.champion.role),
        "skill": (endorsement.skill, entry.achievement.skill),
        "level": (endorsement.level, entry.level),
        "basis": (endorsement.basis, entry.basis),
        "evidence": (endorsement.evidence_digest, entry.evidence.digest),
        "school": (endorsement.school, entry.school if entry.confirmed else ""),
        "time": (timestamp(endorsement.endorsed_at), timestamp(entry.endorsed_at)),
    }
    for what, (endorsed, entered) in said.items():
        if endorsed != entered:
            raise MalformedCredential(f"the endorsement is about another {what}")


def _require_own_id(entry: Entry, endorsement: Endorsement) -> None:
    """Raise MalformedCredential unless the id of the evidence is a `urn:uuid:` that names nothing else."""
    others = {entry.id, entry.subject_id, _champion_id(entry), endorsement.id}
    if not _URN.fullmatch(entry.evidence.id) or entry.evidence.id in others:
        raise MalformedCredential("the id of the evidence is not one of its own")


def _write(entry: Entry, endorsement: Document, narrative: str) -> Document:
    verb = "confirmed" if entry.confirmed else "endorsed"
    return {
        "@context": list(CONTEXTS),
        "id": entry.id,
        "type": list(TYPES),
        "name": f"{entry.achievement.skill}: {LEVELS[entry.level - 1]}",
        "description": f"A skill that a student showed, {verb} by {entry.vouching}.",
        "issuer": profile(entry.issuer),
        "awardedDate": timestamp(entry.endorsed_at),
        "validFrom": timestamp(entry.issued_at),
        "validUntil": timestamp(entry.review_at),
        "credentialSubject": _subject(entry, narrative),
        "evidence": [_evidence(entry.evidence)],
        "endorsement": [endorsement],
        "credentialSchema": schema("achievementcredential"),
        "credentialStatus": _status(entry.status),
    }


def _subject(entry: Entry, narrative: str) -> Document:
    return {
        "id": entry.subject_id,
        "type": ["AchievementSubject"],
        "identifier": [_identity("name", entry.holder_name), _identity("ext:school", entry.school)],
        "activityStartDate": f"{entry.evidence.held_on.isoformat()}T00:00:00Z",
        "achievement": achievements.write(entry.achievement, narrative),
        "result": [achievements.write_result(entry.achievement, entry.level)],
        "source": _source(entry),
    }


def _identity(kind: str, value: str) -> Document:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}


def _source(entry: Entry) -> Document:
    return {
        "id": _champion_id(entry),
        "type": ["Profile"],
        "name": entry.champion.name,
        "parentOrg": profile(entry.champion.employer),
    }


def _champion_id(entry: Entry) -> str:
    """Return an id of the champion that belongs to this entry alone."""
    return uuid.uuid5(uuid.UUID(entry.id.removeprefix("urn:uuid:")), "champion").urn


def _evidence(evidence: EvidenceStatement) -> Document:
    named = {"id": evidence.id} if evidence.id else {}
    return named | {
        "type": ["Evidence"],
        "name": evidence.kind,
        "genre": evidence.setting,
        "description": _write_hours(evidence.hours),
        "digestMultibase": evidence.digest,
    }


def _status(status: StatusReference) -> Document:
    """Write the one status that Open Badges allows (Bitstring Status List 1.0, section 2.1)."""
    return {
        "id": f"{status.list_url}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": _purpose(status.list_url),
        "statusListIndex": str(status.index),
        "statusListCredential": status.list_url,
    }


def _purpose(list_url: str) -> str:
    return next((name for name in NAMED_LISTS if list_url.endswith(f"/{name}")), NAMED_LISTS[-1])


def _write_hours(hours: Decimal) -> str:
    plain = f"{hours:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{plain} hour" if plain == "1" else f"{plain} hours"


def _read_champion(source: Any, endorsement: Endorsement) -> Endorser:
    """Read the champion; the role comes from the endorsement, the only place that has it."""
    return Endorser(text(source["name"]), endorsement.champion_role, read_profile(source["parentOrg"]))


def _read_evidence(document: Any, subject: Any) -> EvidenceStatement:
    hours = _HOURS.fullmatch(document["description"])
    if hours is None:
        raise MalformedCredential("the hours of the evidence cannot be read")
    day = datetime.strptime(subject["activityStartDate"], "%Y-%m-%dT00:00:00Z").replace(tzinfo=UTC)
    return EvidenceStatement(
        kind=text(document["name"]),
        held_on=day.date(),
        setting=text(document["genre"]),
        hours=Decimal(hours["hours"]),
        digest=text(document["digestMultibase"]),
        id=text(document.get("id", "")),
    )


def _read_status(document: Any) -> StatusReference:
    return StatusReference(text(document["statusListCredential"]), int(document["statusListIndex"]))
