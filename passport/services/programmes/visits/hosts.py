"""The public list of hosts: organisations by sector, and no names or addresses of people."""

from __future__ import annotations

from passport import db
from passport.db import Session
from passport.services.programmes.visits import asking

__all__ = ["by_sector"]


def by_sector(session: Session, slug: str) -> list[tuple[str, list[str]]]:
    """Return each sector of a programme with its organisations, both by name.

    These are the employers that take part, whose names the public registry has, and the organisations that
    agreed to be listed in an open offer from which an organiser planned a visit. Raises NotFound
    for a programme that is unknown or has closed.
    """
    programme = asking.programme(session, slug)
    pairs = [
        (one.name, one.sector.name)
        for one in db.trust.employers.of_programme(session, programme.id)
        if one.issuer.until is None
    ]
    pairs += db.programmes.visits.visits.listed_hosts(session, programme.id)
    found: dict[str, dict[str, str]] = {}
    for name, sector in pairs:
        found.setdefault(sector, {}).setdefault(name.casefold(), name)
    return [
        (sector, sorted(found[sector].values(), key=str.casefold))
        for sector in sorted(found, key=str.casefold)
    ]
