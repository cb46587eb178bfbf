"""Tables and queries: programmes, schools, sectors, cohorts, activities, frameworks, issuers."""

from passport.db.programmes import (
    activities,
    closed_days,
    cohorts,
    frameworks,
    issuers,
    programme,
    screening,
    sectors,
    visits,
)

__all__ = [
    "activities",
    "closed_days",
    "cohorts",
    "frameworks",
    "issuers",
    "programme",
    "screening",
    "sectors",
    "visits",
]
