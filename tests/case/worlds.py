"""Frameworks and packages of CASE that tests edit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from passport.case.writing import Framework, Skill, Target, Writer

BASE = "https://passport.example.test"
PAGE = f"{BASE}/frameworks/1/2"
LEVEL_NAMES = ("With guidance", "With support", "On my own", "Guiding others")
DOCUMENT = "5b2a6f0e-3d52-4f0e-9d4c-8e9b0a8f2c11"


def skill(number: int, group: str, name: str, *targets: Target) -> Skill:
    """A skill with four wordings of its own."""
    return Skill(number, group, name, tuple(f"{name}, step {level}" for level in "abcd"), targets)


FRAMEWORK = Framework(
    page=PAGE,
    title="Brindlemoor framework",
    version="2",
    creator="Made in Brindlemoor",
    published_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    retired=False,
    agreed="Agreed by Ann Example for employers and Bob Example for schools.",
    level_names=LEVEL_NAMES,
    skills=(
        skill(1, "All", "Working with others"),
        skill(4, "Engineering", "Measuring and checking"),
        skill(
            2,
            "All",
            "Explaining clearly ‘twice’ & <more>",
            Target("isRelatedTo", "http://data.europa.eu/esco/skill/0001", "0001", "communication"),
        ),
    ),
)


def writer(**changes: Any) -> Writer:
    """A writer of the framework with some values changed."""
    return Writer(replace(FRAMEWORK, **changes), BASE)


def item(number: int, statement: str = "", **members: Any) -> dict[str, Any]:
    """An item of a package."""
    return {"identifier": identifier(number), "fullStatement": statement or f"Item {number}", **members}


def identifier(number: int) -> str:
    """The identifier of an item; 0 is the document's."""
    return f"00000000-0000-4000-8000-{number:012}" if number else DOCUMENT


def link(number: int) -> dict[str, str]:
    """A reference to an item or the document."""
    return {"title": "", "identifier": identifier(number), "uri": f"https://case.example.test/{number}"}


def below(child: int, parent: int, kind: str = "isChildOf", **members: Any) -> dict[str, Any]:
    """An association."""
    ends = {"originNodeURI": link(child), "destinationNodeURI": link(parent)}
    return {"identifier": f"a-{child}-{parent}", "associationType": kind, **ends, **members}


def package(
    items: Iterable[dict[str, Any]], associations: Iterable[dict[str, Any]] = (), **members: Any
) -> bytes:
    """A package as bytes."""
    found = {
        "CFDocument": {"identifier": DOCUMENT, "title": "Foreign framework", "creator": "Somebody"},
        "CFItems": list(items),
        "CFAssociations": list(associations),
        **members,
    }
    return json.dumps(found).encode()
