"""The published JSON Schemas of Open Badges 3.0 and CLR 2.0, and validation against them.

Each schema is compiled when it is first needed. Formats are not checked: times and
addresses are the data model's (`openbadges.data_model`).
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from jsonschema_rs import Draft201909Validator, ValidationError

from passport.openbadges.terms import Document

_LONGEST_REASON = 200


def violation(document: Document) -> str:
    """Return where a credential breaks the published schema of its type, or "" if it does not."""
    types = document.get("type")
    names = [name for name in _SCHEMAS if name in types] if isinstance(types, list) else []
    if not names:
        return "type: neither an entry nor an endorsement"
    schema = _SCHEMAS[names[0]]()
    if schema.is_valid(document):
        return ""
    return _reason(next(iter(schema.iter_errors(document))))[:_LONGEST_REASON]


def _reason(error: ValidationError) -> str:
    """Return the deepest place that is wrong, as a JSON path, and what is wrong there."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    rule = next((step for step in reversed(error.schema_path) if isinstance(step, str)), "")
    # the message of "required" names a member of the schema; every other repeats the document
    return (
        f"${place}: {error.message if rule == 'required' else f'none of the forms that are allowed ({rule})'}"
    )


@cache
def _badge() -> Draft201909Validator:
    return _compiled("ob_v3p0_achievementcredential_schema.json")


@cache
def _clr() -> Draft201909Validator:
    return _compiled("clr_v2p0_clrcredential_schema.json")


@cache
def _endorsement() -> Draft201909Validator:
    return _compiled("ob_v3p0_endorsementcredential_schema.json")


_SCHEMAS: Mapping[str, Callable[[], Draft201909Validator]] = {
    "ClrCredential": _clr,
    "OpenBadgeCredential": _badge,
    "AchievementCredential": _badge,
    "EndorsementCredential": _endorsement,
}


def _compiled(file: str) -> Draft201909Validator:
    return Draft201909Validator(
        (Path(__file__).parent / file).read_text(encoding="utf-8"), validate_formats=False
    )
