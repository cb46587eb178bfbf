"""Tables and queries: accounts and roles: students, staff, champions, institutions."""

from passport.db.people import (
    accounts,
    birthdates,
    enrolments,
    grants,
    institutions,
    invitations,
    onboarding,
    staff,
)

__all__ = [
    "accounts",
    "birthdates",
    "enrolments",
    "grants",
    "institutions",
    "invitations",
    "onboarding",
    "staff",
]
