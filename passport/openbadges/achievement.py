"""What an entry is about: a skill of a published framework, as an Achievement with four worded levels.

The classes Achievement, ResultDescription, RubricCriterionLevel, Alignment and Result of Open Badges 3.0.
"""

from dataclasses import dataclass
from typing import Any

from .terms import LEVELS, Document, text

_CRITERIA = (
    "{who} decided, from one thing that the student did, which of the four worded levels of this skill it"
    " shows. The levels are not levels of a national qualification."
)
_BY_EMPLOYER = _CRITERIA.format(who="Someone senior at an employer")
_BY_SCHOOL = _CRITERIA.format(who="Someone at the student's school or college")


@dataclass(frozen=True)
class Aligned:
    """An item of another framework that a skill is aligned with. ``code`` is "" for an item without one."""

    name: str
    url: str
    kind: str
    code: str
    framework: str


@dataclass(frozen=True)
class Achievement:
    """One skill of a published framework, with the wording of its four levels at that time.

    ``aligned`` are items of other frameworks; entries signed before there was a crosswalk have none.
    """

    id: str
    skill: str
    group: str
    framework: str
    framework_version: int
    framework_url: str
    descriptors: tuple[str, str, str, str]
    aligned: tuple[Aligned, ...] = ()


def criteria(*, confirmed: bool) -> tuple[str, ...]:
    """Return the criteria that an entry may state: the first is written, the others are in older entries.

    Until version 2 of this wording an entry that a school confirmed stated the criteria of an employer.
    """
    return (_BY_SCHOOL, _BY_EMPLOYER) if confirmed else (_BY_EMPLOYER,)


def write(achievement: Achievement, narrative: str) -> Document:
    """Write the achievement, with the wording of its levels at this time and one of `criteria`."""
    return {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": "Competency",
        "name": achievement.skill,
        "description": f"{achievement.skill}, a skill of the {achievement.framework}.",
        "fieldOfStudy": achievement.group,
        "version": str(achievement.framework_version),
        "criteria": {"id": achievement.framework_url, "narrative": narrative},
        "alignment": [_alignment(achievement), *map(_write_aligned, achievement.aligned)],
        "resultDescription": [_levels(achievement)],
    }


def _alignment(achievement: Achievement) -> Document:
    """Write the alignment with the item of the framework."""
    return {
        "type": ["Alignment"],
        "targetName": achievement.skill,
        "targetFramework": achievement.framework,
        "targetUrl": achievement.id,
    }


def _write_aligned(item: Aligned) -> Document:
    """Write the alignment with an item of another framework."""
    return {
        "type": ["Alignment"],
        "targetName": item.name,
        "targetUrl": item.url,
        "targetType": item.kind,
        "targetFramework": item.framework,
    } | ({"targetCode": item.code} if item.code else {})


def _read_aligned(document: Any) -> Aligned:
    return Aligned(
        name=text(document["targetName"]),
        url=text(document["targetUrl"]),
        kind=text(document["targetType"]),
        code=text(document.get("targetCode", "")),
        framework=text(document["targetFramework"]),
    )


def _levels(achievement: Achievement) -> Document:
    """Write the four levels as they are worded now, so that an entry keeps the words it was issued under."""
    return {
        "id": f"{achievement.id}#level",
        "type": ["ResultDescription"],
        "name": "Level",
        "resultType": "RubricCriterionLevel",
        "rubricCriterionLevel": [
            {
                "id": _level_id(achievement, level),
                "type": ["RubricCriterionLevel"],
                "name": name,
                "description": descriptor,
            }
            for level, (name, descriptor) in enumerate(zip(LEVELS, achievement.descriptors, strict=True), 1)
        ],
    }


def _level_id(achievement: Achievement, level: int) -> str:
    return f"{achievement.id}#level-{level}"


def write_result(achievement: Achievement, level: int) -> Document:
    """Write the result: which level was reached."""
    return {
        "type": ["Result"],
        "resultDescription": f"{achievement.id}#level",
        "achievedLevel": _level_id(achievement, level),
    }


def read(document: Any) -> Achievement:
    """Read the achievement back, within `terms.reading`, which converts errors of a wrong shape."""
    levels = document["resultDescription"][0]["rubricCriterionLevel"]
    first, second, third, fourth = (text(level["description"]) for level in levels)
    return Achievement(
        id=text(document["id"]),
        skill=text(document["name"]),
        group=text(document["fieldOfStudy"]),
        framework=text(document["alignment"][0]["targetFramework"]),
        framework_version=int(document["version"]),
        framework_url=text(document["criteria"]["id"]),
        descriptors=(first, second, third, fourth),
        aligned=tuple(map(_read_aligned, document["alignment"][1:])),
    )


def read_level(subject: Any) -> int:
    """Read which level a credential subject has reached, 1 to 4."""
    ids = [f"{subject['achievement']['id']}#level-{level}" for level in range(1, len(LEVELS) + 1)]
    return ids.index(subject["result"][0]["achievedLevel"]) + 1
