"""The published JSON Schemas of Open Badges 3.0, and validation against them.

Each schema is compiled to a function, once for each process. Formats are not checked: times and addresses are
the data model's (`openbadges.data_model`).
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

from passport.openbadges.terms import Document

_FILES = {
    "OpenBadgeCredential": "ob_v3p0_achievementcredential_schema.json",
    "AchievementCredential": "ob_v3p0_achievementcredential_schema.json",
    "EndorsementCredential": "ob_v3p0_endorsementcredential_schema.json",
}


def violation(document: Document) -> str:
    """Return where a credential breaks the published schema of its type, or "" if it does not."""
    types = document.get("type")
    names = [name for name in _FILES if name in types] if isinstance(types, list) else []
    if not names:
        return "type: neither an entry nor an endorsement"
    try:
        _check(_FILES[names[0]])(document, name_prefix="$")
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error)[:200]
    return ""


@cache
def _check(file: str) -> Callable[..., Any]:
    schema = json.loads((Path(__file__).parent / file).read_text(encoding="utf-8"))
    check: Callable[..., Any] = fastjsonschema.compile(schema, use_default=False, use_formats=False)
    return check
