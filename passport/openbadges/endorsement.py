"""The employer's own statement: an EndorsementCredential of Open Badges 3.0, as a value and as a document.

One fixed sentence says who endorses, how they know, what and at which level. It is written and read here and
nowhere else; a document from which it cannot be read is not one of ours. What a school or college confirms
is said in a second sentence, which names the school: the programme signs that, as schools have no key.
"""

import re
from dataclasses import dataclass
from datetime import datetime

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

_BASIS_WORDS = {
    Basis.SAW_IT: "saw it",
    Basis.REVIEWED: "reviewed the work",
    Basis.TOLD: "was told by a supervisor",
}
_BASES = {words: basis for basis, words in _BASIS_WORDS.items()}
_PERSON = r"“(?P<name>.+?)” \(“(?P<role>.+?)”\) "
_BASIS = rf"(?P<basis>{'|'.join(_BASES)})"
_SKILL = rf"“(?P<skill>.+)” at the level “(?P<level>{'|'.join(LEVELS)})”\."
_ENDORSES = re.compile(rf"{_PERSON}{_BASIS} and endorses {_SKILL}")
_CONFIRMS = re.compile(rf"{_PERSON}of “(?P<school>.+?)” {_BASIS} and confirms {_SKILL}")


@dataclass(frozen=True)
class Endorsement:
    """What an employer says about one entry, bound to the evidence that the champion saw.

    `subject_id` is the id of the evidence statement inside the entry; for an entry whose evidence has no id,
    as it was written before, the entry's own id.
    With a `school`, that school confirms it, and `employer` is the programme, which signs for it.
    """

    id: str
    subject_id: str
    employer: Issuer
    champion_name: str
    champion_role: str
    skill: str
    level: int
    basis: Basis
    endorsed_at: datetime
    evidence_digest: str
    school: str = ""


def build(endorsement: Endorsement) -> Document:
    """Write the document, without its proof. Raises MalformedCredential when `write_comment` does."""
    return _write(endorsement, names(endorsement)[0])


def names(endorsement: Endorsement) -> tuple[str, ...]:
    """Return the names that the document may have: the first is written, the others are in older documents.

    At first a confirmation by a school had the name of an endorsement.
    """
    endorses = f"Endorsement of “{endorsement.skill}”"
    return (f"Confirmation of “{endorsement.skill}”", endorses) if endorsement.school else (endorses,)


def _write(endorsement: Endorsement, name: str) -> Document:
    return {
        "@context": list(CONTEXTS),
        "id": endorsement.id,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": name,
        "issuer": profile(endorsement.employer),
        "validFrom": timestamp(endorsement.endorsed_at),
        "credentialSubject": {
            "id": endorsement.subject_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": write_comment(endorsement),
        },
        "evidence": [{"type": ["Evidence"], "digestMultibase": endorsement.evidence_digest}],
        "credentialSchema": schema("endorsementcredential"),
    }


def read(document: Document) -> Endorsement:
    """Read the value back, with or without a proof on the document; the proof itself is not checked here.

    Raises MalformedCredential unless the document is, member for member, what `build` makes of the value.
    """
    with reading("an endorsement"):
        subject = document["credentialSubject"]
        said = read_comment(text(subject["endorsementComment"]))
        endorsement = Endorsement(
            id=text(document["id"]),
            subject_id=text(subject["id"]),
            employer=read_profile(document["issuer"]),
            champion_name=said["name"],
            champion_role=said["role"],
            skill=said["skill"],
            level=LEVELS.index(said["level"]) + 1,
            basis=_BASES[said["basis"]],
            endorsed_at=read_timestamp(document["validFrom"]),
            evidence_digest=text(document["evidence"][0]["digestMultibase"]),
            school=said["school"],
        )
        known, said_name = names(endorsement), document["name"]
        ours = _write(endorsement, said_name if said_name in known else known[0])
    refuse_other(document, ours, "an endorsement")
    return endorsement


def write_comment(endorsement: Endorsement) -> str:
    """Write the sentence: “Robin Fixturely” (“Production Director”) saw it and endorses “…” at ….

    Raises MalformedCredential for texts that make the sentence ambiguous.
    """
    person = f"“{endorsement.champion_name}” (“{endorsement.champion_role}”)"
    basis, level = _BASIS_WORDS[endorsement.basis], LEVELS[endorsement.level - 1]
    at_school = f" of “{endorsement.school}”" if endorsement.school else ""
    verb = "confirms" if endorsement.school else "endorses"
    comment = f"{person}{at_school} {basis} and {verb} “{endorsement.skill}” at the level “{level}”."
    said = read_comment(comment)
    texts = (endorsement.champion_name, endorsement.champion_role, endorsement.skill, endorsement.school)
    if (said["name"], said["role"], said["skill"], said["school"]) != texts:
        raise MalformedCredential("a name, role or skill reads like a part of the sentence around it")
    return comment


def read_comment(comment: str) -> dict[str, str]:
    """Parse the sentence. Raises MalformedCredential when it is another sentence.

    A sentence that could be read as both kinds is refused: it would be unclear who made the statement.
    """
    endorses, confirms = _ENDORSES.fullmatch(comment), _CONFIRMS.fullmatch(comment)
    said = endorses or confirms
    if said is None or (endorses and confirms):
        raise MalformedCredential("the endorsement is not worded in our fixed sentence")
    return {"school": "", **said.groupdict()}
