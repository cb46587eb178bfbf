"""Badges of an unregistered issuer, for `check_foreign`: 50 different ones of about 4 kB.

They have what badges in the field have: a logo, results and their descriptions, alignments, evidence,
criteria in a paragraph. The issuer is a did:key, so that its signature can be checked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from passport.openbadges.terms import CONTEXTS, schema
from passport.proofs import data_integrity, json_text, keys, signing
from passport.proofs.keys import Role

NUMBER = 50
_SITE = "https://college.example"


def badges(at: datetime, number: int = NUMBER) -> list[bytes]:
    """Return so many signed badges, all different, signed the day before."""
    signer = signing.generate(Role.ISSUE)
    value = keys.to_multibase(signer.public_key)
    did = f"did:key:{value}"
    options = data_integrity.proof_options(f"{did}#{value}", at - timedelta(days=1))
    made = (_badge(did, each) for each in range(number))
    return [json_text.write(data_integrity.add_proof(badge, options, signer)) for badge in made]


def _badge(did: str, number: int) -> dict[str, Any]:
    issuer = {"id": did, "type": ["Profile"], "name": "Plainly Invented College"}
    logo = {"id": f"{_SITE}/logo.png", "type": "Image", "caption": "Our logo"}
    return {
        "@context": list(CONTEXTS),
        "id": _id(1, number),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {**issuer, "url": _SITE, "email": "badges@college.example", "image": logo},
        "validFrom": "2020-02-01T09:00:00Z",
        "validUntil": "2090-02-01T09:00:00Z",
        "awardedDate": "2020-01-30T09:00:00Z",
        "name": f"First aid at bench {number}",
        "description": "Awarded after two days of practice.",
        "credentialSubject": _subject(number, issuer),
        "evidence": [
            {
                "id": f"{_SITE}/evidence/{number}",
                "type": ["Evidence"],
                "name": "Film of the practice",
                "narrative": "Two minutes.",
                "genre": "Video",
            }
        ],
        "credentialSchema": schema("achievementcredential"),
    }


def _subject(number: int, issuer: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _id(2, number),
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "identityHash": f"learner{number}@college.example",
                "identityType": "emailAddress",
                "hashed": False,
            }
        ],
        "result": [
            {"type": ["Result"], "resultDescription": _id(4, number), "value": "92"},
            {"type": ["Result"], "resultDescription": _id(5, number), "status": "Completed"},
        ],
        "achievement": _achievement(number, issuer),
    }


def _achievement(number: int, issuer: dict[str, Any]) -> dict[str, Any]:
    percent = {"name": "Test", "resultType": "Percent", "valueMin": "0", "valueMax": "100"}
    return {
        "id": _id(3, number),
        "type": ["Achievement"],
        "achievementType": "Course",
        "name": f"First aid at bench {number}",
        "description": 3 * "Knows what to do first, who to call and how to keep a workplace safe. ",
        "criteria": {
            "id": f"{_SITE}/criteria/{number}",
            "narrative": 4 * "Showed each of the twelve steps twice, and taught one of them to a newcomer. ",
        },
        "creator": issuer,
        "image": {"id": f"{_SITE}/badge/{number}.png", "type": "Image"},
        "tag": ["first aid", "workplace", "safety"],
        "humanCode": f"FA-{number}",
        "inLanguage": "en-GB",
        "alignment": [_alignment(number, each) for each in range(3)],
        "resultDescription": [
            {"id": _id(4, number), "type": ["ResultDescription"], **percent},
            {"id": _id(5, number), "type": ["ResultDescription"], "name": "Practice", "resultType": "Status"},
        ],
    }


def _alignment(number: int, place: int) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": f"Health and safety {place}",
        "targetUrl": f"https://frameworks.example/skill/{number}/{place}",
        "targetFramework": "Skills at work",
        "targetType": "CFItem",
    }


def _id(kind: int, number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-{kind:04x}-{number:012d}"
