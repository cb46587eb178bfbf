"""The published JSON Schemas of Open Badges 3.0, and how to hold a document against them."""

import json
from functools import cache
from itertools import islice
from pathlib import Path

from jsonschema import Draft201909Validator

from passport.openbadges.terms import Document

_MOST = 20
_FILES = {
    "OpenBadgeCredential": "ob_v3p0_achievementcredential_schema.json",
    "AchievementCredential": "ob_v3p0_achievementcredential_schema.json",
    "EndorsementCredential": "ob_v3p0_endorsementcredential_schema.json",
}


def violations(document: Document) -> list[str]:
    """List where a credential breaks the published schema of its type, up to a few; none is good news."""
    types = document.get("type")
    names = [name for name in types if name in _FILES] if isinstance(types, list) else []
    if not names:
        return ["type: neither an entry nor an endorsement"]
    errors = islice(_validator(names[0]).iter_errors(document), _MOST)
    return [f"{error.json_path}: {error.message:.200}" for error in errors]


@cache
def _validator(name: str) -> Draft201909Validator:
    schema = json.loads((Path(__file__).parent / _FILES[name]).read_text(encoding="utf-8"))
    return Draft201909Validator(schema)
