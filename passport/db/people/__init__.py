"""Tables and queries: accounts and roles: students, staff, champions, institutions."""

from passport.db.people import (
    accounts,
    birthdates,
    calendar_feeds,
    claims,
    enrolments,
    grants,
    imports,
    institutions,
    invitations,
    onboarding,
    rollovers,
    staff,
    student_changes,
)

__all__ = [
    "accounts",
    "birthdates",
    "calendar_feeds",
    "claims",
    "enrolments",
    "grants",
    "imports",
    "institutions",
    "invitations",
    "onboarding",
    "rollovers",
    "staff",
    "student_changes",
]
