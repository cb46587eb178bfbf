"""What each table holds of a student: whose row it is, what they see of it, and what an erasure does to it.

The one list of personal data: a student's copy of their data, an erasure and its check read it. A test fails
for a table or a column that is not in it, so that no one adds personal data without deciding about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, select
from sqlalchemy.orm import Session

from passport.db.base import Base

ACCOUNTS = "accounts"


class Section(StrEnum):
    """A part of the student's copy of their data, in its order."""

    ABOUT = "about"
    PLACE = "place"
    ACTIVITIES = "activities"
    LOGGED = "logged"
    DECISIONS = "decisions"
    ENTRIES = "entries"
    SHARES = "shares"
    LOOKED = "looked"
    NOTICES = "notices"
    SIGNING_IN = "signing in"
    ASKED = "asked"


class Withheld(StrEnum):
    """Why a column is not in the copy that students make themselves."""

    TECHNICAL = "a number or digest that only links rows"
    SECRET = "what proves who signs in"  # noqa: S105 - a reason
    BY_STAFF = "what staff wrote for their work, which the school reads before it gives it out"
    OLD_NAME = "a name that was corrected"


@dataclass(frozen=True)
class Held:
    """What one table holds of a student.

    Args:
        table: its name.
        column: the column that says whose row it is.
        parent: the table whose first primary key column it refers to; `ACCOUNTS` for the student's own id.
        section: where the copy shows it; None if it shows nothing of it.
        shown: the columns of the copy.
        withheld: the other columns, by the reason.
        erased: the values that an erasure writes over columns; None if it deletes the row.
    """

    table: str
    column: str
    parent: str = ACCOUNTS
    section: Section | None = None
    shown: tuple[str, ...] = ()
    withheld: Mapping[Withheld, tuple[str, ...]] = field(default_factory=dict)
    erased: Mapping[str, Any] | None = None


def _technical(*columns: str) -> dict[Withheld, tuple[str, ...]]:
    return {Withheld.TECHNICAL: columns}


HELD = (
    Held(
        "accounts",
        "id",
        section=Section.ABOUT,
        shown=("name", "first_name", "email", "role", "programme_id", "made_at"),
        withheld=_technical("id", "reference", "search_name", "suspended_at")
        | {Withheld.SECRET: ("password_hash",)},
        erased={"email": None, "name": "-", "search_name": "", "first_name": "-", "password_hash": ""},
    ),
    Held(
        "students",
        "account_id",
        section=Section.ABOUT,
        shown=("school_id", "sector_id", "year_group", "enrolment", "cohort_id"),
        withheld=_technical("account_id", "erased_at"),
        erased={"sector_id": None, "cohort_id": None, "year_group": 0, "enrolment": "withdrawn"},
    ),
    Held(
        "birthdates",
        "account_id",
        section=Section.ABOUT,
        shown=("born_on",),
        withheld=_technical("account_id"),
    ),
    Held(
        "pupil_codes",
        "account_id",
        section=Section.ABOUT,
        shown=("handle", "school_id", "made_at"),
        withheld=_technical("account_id") | {Withheld.SECRET: ("secret_hash",)},
    ),
    Held(
        "enrolment_changes",
        "student_id",
        section=Section.PLACE,
        shown=("at", "state", "school_id", "actor_id"),
        withheld=_technical("id", "student_id") | {Withheld.BY_STAFF: ("reason", "note")},
    ),
    Held(
        "transfers",
        "student_id",
        section=Section.PLACE,
        shown=("offered_at", "from_school_id", "to_school_id", "state", "ends_at", "decided_at"),
        withheld=_technical("id", "reference", "student_id")
        | {Withheld.BY_STAFF: ("note", "offered_by_id", "decided_by_id")},
    ),
    Held(
        "student_changes",
        "student_id",
        section=Section.PLACE,
        shown=("at", "fields", "school_id", "actor_id"),
        withheld=_technical("id", "student_id"),
    ),
    Held(
        "student_claims",
        "student_id",
        withheld=_technical("id", "reference", "student_id")
        # neither school is told of the other before a manager has decided
        | {
            Withheld.BY_STAFF: (
                "school_id",
                "made_by_id",
                "made_at",
                "decision",
                "decided_by_id",
                "decided_at",
            )
        },
    ),
    Held(
        "student_import_rows",
        "student_id",
        # deleted after seven days, and what stands in them has become what `students` shows
        withheld=_technical(
            *("id", "import_id", "number", "cells", "name", "outcome", "reason", "details", "changes"),
            *("student_id", "decision", "done"),
        ),
    ),
    Held(
        "rollover_steps",
        "student_id",
        # what it changed stands in `student_changes` and `enrolment_changes`
        withheld=_technical(
            "rollover_id", "student_id", "year_before", "year_after", "state_before", "state_after"
        ),
    ),
    Held(
        "suspensions",
        "account_id",
        section=Section.PLACE,
        shown=("suspended_at", "readmitted_at"),
        withheld=_technical("id", "account_id")
        | {Withheld.BY_STAFF: ("reason", "note", "suspended_by_id", "readmitted_by_id")},
        erased={"reason": "", "note": ""},
    ),
    Held(
        "evidence",
        "student_id",
        section=Section.LOGGED,
        shown=(
            "reference",
            "activity_id",
            "skill_id",
            "level",
            "state",
            "narrative",
            "held_on",
            "hours",
            "made_at",
            "updated_at",
            "submitted_at",
            "scribe_id",
            "removed_at",
        ),
        withheld=_technical("id", "student_id", "written_on", "version", "purged_at"),
        erased={"narrative": "", "hours": None, "held_on": None},
    ),
    Held(
        "evidence_versions",
        "evidence_id",
        "evidence",
        section=Section.LOGGED,
        shown=(
            "evidence_id",
            "number",
            "skill_id",
            "level",
            "narrative",
            "held_on",
            "hours",
            "submitted_at",
            "scribed",
        ),
        withheld=_technical("id", "salt", "files"),
        # the salt goes, too: no one can confirm a guess at the text by the digest in a copy of the entry
        erased={"narrative": "", "files": "", "salt": b""},
    ),
    Held(
        "evidence_files",
        "evidence_id",
        "evidence",
        section=Section.LOGGED,
        shown=("evidence_id", "reference", "kind", "state", "size", "made_at", "removed_at"),
        withheld=_technical("id", "name", "digest", "why", "attempts", "claimed_at"),
        erased={},
    ),
    Held(
        "evidence_holds",
        "evidence_id",
        "evidence",
        withheld=_technical("id", "evidence_id", "version")
        | {
            Withheld.BY_STAFF: (
                "cause",
                "found",
                "held_at",
                "held_by_id",
                "for_lead",
                "outcome",
                "reason",
                "decided_by_id",
                "decided_at",
            )
        },
        erased={"found": "[]", "reason": ""},
    ),
    Held(
        "exclusions",
        "evidence_id",
        "evidence",
        withheld=_technical("id", "evidence_id") | {Withheld.BY_STAFF: ("champion_id", "why", "at")},
    ),
    Held(
        "activities",
        "own_of_id",
        section=Section.ACTIVITIES,
        shown=("title", "kind", "host", "setting", "held_on", "hours"),
        withheld=_technical(
            "id",
            "reference",
            "programme_id",
            "employer_id",
            "own_of_id",
            "state",
            "about",
            "route",
            "captions",
            "year_from",
            "year_to",
            "places",
            "cancelled_at",
        ),
        # a host must have a name
        erased={"title": "", "host": "-", "about": "", "route": ""},
    ),
    Held(
        "activity_sign_ups",
        "student_id",
        section=Section.ACTIVITIES,
        shown=("activity_id", "state", "signed_up_at", "approved_at", "ended_at"),
        withheld=_technical("id", "reference", "student_id", "number")
        | {Withheld.BY_STAFF: ("approved_by_id",)},
    ),
    Held(
        "activity_attendance",
        "student_id",
        section=Section.ACTIVITIES,
        shown=("session_id", "present", "marked_at"),
        withheld=_technical("id", "student_id") | {Withheld.BY_STAFF: ("marked_by_id",)},
    ),
    Held(
        "activity_proposals",
        "student_id",
        section=Section.ACTIVITIES,
        shown=(
            "proposed_at",
            "kind",
            "title",
            "host",
            "setting",
            "held_on",
            "hours",
            "state",
            "decided_at",
            "activity_id",
        ),
        withheld=_technical("id", "reference", "student_id")
        | {Withheld.BY_STAFF: ("decided_by_id", "reason")},
    ),
    Held(
        "endorsements",
        "evidence_id",
        "evidence",
        section=Section.DECISIONS,
        shown=(
            "evidence_id",
            "decided_at",
            "decision",
            "champion_id",
            "confirmed_by_id",
            "basis",
            "seen_as",
            "level",
            "reason",
        ),
        withheld=_technical("id", "reference", "version_id", "state", "due_at", "told_at")
        | {Withheld.BY_STAFF: ("note", "note_state", "note_judged_by_id", "note_judged_at")},
        erased={"note": ""},
    ),
    Held(
        "credentials",
        "student_id",
        section=Section.ENTRIES,
        shown=("reference", "skill_id", "level", "state", "issued_at", "review_at", "urn"),
        withheld=_technical(
            "id",
            "evidence_urn",
            "endorsement_id",
            "edition",
            "replaced_by_id",
            "student_id",
            "position_id",
            "kid",
            "endorsing_kid",
            "intent",
            "document",
            "token",
        )
        | {Withheld.OLD_NAME: ("holder_name",)},
        erased={"holder_name": "", "intent": b"", "document": None, "token": None},
    ),
    Held(
        "status_changes",
        "credential_id",
        "credentials",
        section=Section.ENTRIES,
        shown=("credential_id", "at", "state"),
        withheld=_technical("id") | {Withheld.BY_STAFF: ("actor", "reason", "ground")},
        erased={"reason": ""},
    ),
    Held(
        "withdrawals",
        "credential_id",
        "credentials",
        section=Section.ENTRIES,
        shown=("credential_id", "state", "asked_at", "decided_at"),
        withheld=_technical("id", "reference")
        | {Withheld.BY_STAFF: ("asked_by_id", "reason", "decided_by_id", "answer")},
        erased={"reason": "", "answer": ""},
    ),
    Held(
        "shares",
        "student_id",
        section=Section.SHARES,
        shown=(
            "audience",
            "code",
            "state",
            "made_at",
            "until",
            "ended_at",
            "checks",
            "last_checked_on",
            "for_school",
        ),
        withheld=_technical("id", "reference", "student_id"),
        erased={"audience": "", "state": "ended", "code": None},
    ),
    Held(
        "share_credentials",
        "share_id",
        "shares",
        section=Section.SHARES,
        shown=("share_id", "credential_id"),
        withheld=_technical("position_id", "state", "kid", "intent", "compact"),
        erased={"intent": None, "compact": None, "state": "none"},
    ),
    Held(
        "receipts",
        "share_id",
        "shares",
        section=Section.SHARES,
        shown=("share_id", "checked_at", "number"),
        withheld=_technical("id", "minute", "verdicts", "status_age"),
    ),
    Held(
        "birthdate_tries",
        "share_id",
        "shares",
        section=Section.SHARES,
        shown=("share_id", "at"),
        withheld=_technical("id"),
    ),
    Held("print_sheets", "share_id", "shares", withheld=_technical("print_id", "share_id", "left_out")),
    Held(
        "looks",
        "student_id",
        section=Section.LOOKED,
        shown=("at", "actor_id", "credential_id", "evidence_id", "reason"),
        withheld=_technical("id", "student_id"),
    ),
    Held(
        "notices",
        "account_id",
        section=Section.NOTICES,
        shown=("at", "kind", "facts", "read_at"),
        withheld=_technical("id", "account_id"),
    ),
    Held(
        "mails",
        "account_id",
        section=Section.NOTICES,
        shown=("made_at", "kind", "state", "sent_at"),
        # an address stands only in mail to a person without an account
        withheld=_technical(
            *("id", "reference", "account_id", "address", "next_at", "useless_at", "claimed_at", "tries")
        )
        | {Withheld.SECRET: ("facts",)},
    ),
    Held(
        "invitations",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("made_at", "ends_at", "accepted_at", "invited_by_id"),
        withheld=_technical("id", "account_id") | {Withheld.SECRET: ("token_digest",)},
    ),
    Held(
        "sign_ins",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("began_at", "way", "browser", "system", "kept", "ends_at", "ended_at"),
        withheld=_technical("id", "reference", "account_id", "stage", "confirmed_at", "prolonged")
        | {Withheld.SECRET: ("token_digest",)},
    ),
    Held(
        "calendar_feeds",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("kind", "made_at"),
        withheld=_technical("id", "account_id") | {Withheld.SECRET: ("digest",)},
    ),
    Held(
        "links",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("made_at", "purpose", "ends_at", "used_at"),
        withheld=_technical("id", "account_id") | {Withheld.SECRET: ("token_digest",)},
    ),
    Held(
        "identities",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("made_at", "issuer", "subject"),
        withheld=_technical("id", "reference", "account_id"),
    ),
    Held(
        "passkeys",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("made_at", "name", "used_at"),
        withheld=_technical("id", "reference", "account_id", "sign_count")
        | {Withheld.SECRET: ("credential_id", "public_key")},
    ),
    Held(
        "totp",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("made_at", "confirmed_at"),
        withheld=_technical("account_id", "last_step", "explained") | {Withheld.SECRET: ("sealed",)},
    ),
    Held(
        "recovery_codes",
        "account_id",
        withheld=_technical("account_id", "used_at") | {Withheld.SECRET: ("digest",)},
    ),
    Held(
        "challenges",
        "account_id",
        withheld=_technical("account_id", "made_at") | {Withheld.SECRET: ("digest",)},
    ),
    Held(
        "kept_forms",
        "account_id",
        section=Section.SIGNING_IN,
        shown=("page", "kept_at"),
        withheld=_technical("id", "account_id") | {Withheld.SECRET: ("sealed",)},
    ),
    Held(
        "privacy_requests",
        "student_id",
        section=Section.ASKED,
        shown=("asked_at", "kind", "words", "state", "due_on", "answer", "decided_at"),
        withheld=_technical("id", "reference", "student_id")
        | {Withheld.BY_STAFF: ("prepared_by_id", "decided_by_id")},
        erased={"words": "", "answer": ""},
    ),
    Held(
        "worries",
        "student_id",
        withheld=_technical("id", "reference", "student_id", "evidence_id", "version")
        | {Withheld.BY_STAFF: ("school_id", "raised_by_id", "state", "words", "raised_at", "closed_at")},
        # kept by the school's duty to keep children safe: what was said, without the name of the account
        erased={},
    ),
)

# Tables that hold nothing of a student, with what they hold instead
OTHERS = {
    "activity_headcounts": "numbers of people",
    "activity_sectors": "the programme's menu",
    "activity_sessions": "the programme's menu",
    "activity_skills": "the programme's menu",
    "api_answers": "answers to institutions, deleted after a day",
    "api_keys": "institutions",
    "attachments": "champions",
    "attempts": "keyed hashes, deleted after days",
    "audit_head": "the head of the audit trail",
    "audit_records": "references of rows, and reasons that staff gave for what they did",
    "champions": "champions",
    "employer_challenge_classes": "numbers of people",
    "employer_challenges": "briefs of employers, and numbers of people",
    "class_codes": "a school's",
    "closed_days": "the programme's",
    "cohorts": "the programme's",
    "demo_codes": "the demo's",
    "desk_batches": "institutions, deleted after seven days",
    "desk_rows": "what institutions sent, deleted after seven days; an erasure deletes the rows of its codes",
    "digests": "champions",
    "employer_requests": "employers",
    "employers": "employers",
    "failures": "numbers of rows that a job failed at",
    "framework_comments": "what adults say about a draft",
    "framework_files": "frameworks, and which adult handed them in",
    "framework_sign_offs": "adults who signed a draft",
    "framework_versions": "frameworks",
    "frameworks": "frameworks",
    "institutions": "institutions",
    "issuers": "issuers",
    "kept_bits": "positions in status lists",
    "keys": "public keys",
    "link_requests": "addresses that were typed, deleted within minutes",
    "officers": "institutions' staff",
    "onboarding_steps": "champions",
    "prints": "a school's sheets; an erasure deletes those that the student is on",
    "programmes": "programmes",
    "publications": "status lists",
    "recoveries": "restores",
    "registries": "signed registries",
    "role_grants": "adults' roles",
    "rollovers": "when a school moved its years up",
    "school_sectors": "schools",
    "schools": "schools",
    "screening_rules": "the programme's",
    "sectors": "the programme's",
    "service": "the service",
    "skill_alignments": "frameworks",
    "skills": "frameworks",
    "staff": "staff",
    "status_lists": "status lists",
    "status_positions": "positions in status lists, kept so that none is given twice",
    "student_import_columns": "headings of a school's files",
    "student_imports": "a school's files; their rows are deleted after seven days",
    "visit_links": "digests of links of adults",
    "visit_offers": "adults of employers, deleted after the last visit",
    "visit_requests": "adults of schools, deleted 14 days after the visit",
    "visit_sheets": "numbers of people, deleted 14 days after the visit",
    "visits": "numbers of people",
    "worry_subjects": "the adults whom a worry is about",
}

# How a row of another table is named in a copy: the column with its name
NAMES = {
    "accounts": "name",
    "activities": "title",
    "activity_sessions": "held_on",
    "cohorts": "name",
    "credentials": "reference",
    "evidence": "reference",
    "programmes": "name",
    "schools": "name",
    "sectors": "name",
    "shares": "code",
    "skills": "name",
}
_BY_TABLE = {one.table: one for one in HELD}


def table(name: str) -> Table:
    """Return a table by its name."""
    return Base.metadata.tables[name]


def mine(held: Held, student_id: int) -> ColumnElement[bool]:
    """Return the condition for a student's rows of a table."""
    column = table(held.table).c[held.column]
    return column == student_id if held.parent == ACCOUNTS else column.in_(_ids(held.parent, student_id))


def _ids(parent: str, student_id: int) -> Select[Any]:
    return select(_key(parent)).where(mine(_BY_TABLE[parent], student_id))


def _key(name: str) -> Column[Any]:
    """Return the first column of a table's primary key."""
    return next(iter(table(name).primary_key.columns))


def rows(session: Session, held: Held, student_id: int) -> list[dict[str, Any]]:
    """Return the student's rows of a table: shown columns by name, other tables' rows by their names."""
    columns = [_named(table(held.table).c[name]) for name in held.shown]
    query = select(*columns).where(mine(held, student_id))
    keys = table(held.table).primary_key.columns
    return [dict(row) for row in session.execute(query.order_by(*keys)).mappings()]


def _named(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column, or for a reference the name of the row that it refers to."""
    label = column.name.removesuffix("_id")
    [*references] = column.foreign_keys
    target = references[0].column.table if references else None
    if target is not None and target.name == "champions":
        target = table(ACCOUNTS)
    if target is None or target.name not in NAMES:
        return column.label(label)
    other = target.alias()
    name = other.c[NAMES[target.name]]
    return select(name).where(other.c[_key(target.name).name] == column).scalar_subquery().label(label)


def sections() -> Iterator[tuple[Section, Sequence[Held]]]:
    """Return each section of the copy with its tables, in order."""
    for section in Section:
        yield section, [one for one in HELD if one.section is section]
