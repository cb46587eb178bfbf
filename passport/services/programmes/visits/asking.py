"""The two public forms: an employer offers a visit, a school's class would like one.

Neither needs an account. What is sent is read by the programme's organisers and managers alone, and nothing
is mailed to the address in it before one of them has acted on it: the form cannot be used to write to others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from hashlib import sha256

from passport import db
from passport.db import Session
from passport.db.programmes.programme import Programme, Sector
from passport.db.programmes.visits.asks import Ask, VisitOffer, VisitRequest
from passport.services.core import mailboxes
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import readable
from passport.services.programmes.managing import named

__all__ = [
    "INSURANCE",
    "LONGEST_TEXT",
    "MOST_PEOPLE",
    "MOST_WAITING",
    "PROVISIONS",
    "RISK_ASSESSMENTS",
    "YEARS",
    "Offer",
    "Person",
    "Wish",
    "kept_text",
    "needs_of",
    "offer",
    "phone",
    "programme",
    "sectors",
    "sent",
    "wish",
]

YEARS = tuple(range(1, 14))
MOST_PEOPLE = 500
LONGEST_TEXT = 1_000
# open offers, and open wishes, of one programme: far more than its organisers could answer
MOST_WAITING = 300
# what a place can provide; a class says of each how many need it, and nothing about whom
PROVISIONS = (
    "step-free",
    "toilet",
    "seats",
    "quiet",
    "clear-sound",
    "large-print",
    "sign-language",
    "allergies",
)
RISK_ASSESSMENTS = ("ready", "will-write", "help")
INSURANCE = ("yes", "asking")
PHONE = re.compile(r"\+?[\d() .-]{6,24}( ?(x|ext\.?) ?\d{1,6})?")


@dataclass(frozen=True)
class Person:
    """An adult whom the programme answers; ``phone`` may be empty."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Offer:
    """What an employer offers: for how many, for which years, and what the place has."""

    organisation: str
    person: Person
    sector: str
    about: str
    place: str
    times: str
    most: int
    first_year: int
    last_year: int
    access: tuple[str, ...]
    kit: str
    risk_assessment: str
    insurance: str
    listed: bool


@dataclass(frozen=True)
class Wish:
    """What a class would like. ``needs`` are numbers of people by provision; an empty sector means any."""

    school: str
    person: Person
    sector: str
    wish: str
    times: str
    year_group: int
    students: int
    adults: int
    needs: Mapping[str, int]


def programme(session: Session, slug: str) -> Programme:
    """Return a programme that has not closed. Raises NotFound for any other."""
    found = db.programmes.programme.by_slug(session, slug)
    if found is None or found.issuer.until is not None:
        raise NotFound
    return found


def sectors(session: Session, slug: str) -> list[Sector]:
    """Return the sectors of a programme that are not retired, by name."""
    listed = db.programmes.sectors.of_programme(session, programme(session, slug).id)
    return [one for one in listed if one.retired_at is None]


def offer(session: Session, slug: str, told: Offer, at: datetime) -> VisitOffer:
    """Keep an employer's offer. Idempotent for the same form on the same day.

    Raises Refused for data that are incomplete or out of range, and where too many offers are open.
    """
    there = programme(session, slug)
    of_known = (told.risk_assessment in RISK_ASSESSMENTS, told.insurance in INSURANCE)
    years = told.first_year in YEARS and told.last_year in YEARS
    if not (all(of_known) and years and set(told.access) <= set(PROVISIONS)):
        raise Refused(Reason.NOT_COMPLETE)
    if told.last_year < told.first_year:
        raise Refused(Reason.YEARS_REVERSED)
    row = VisitOffer(
        programme_id=there.id,
        digest=_digest("offer", there, told, at),
        made_at=at,
        touched_at=at,
        organisation=named("organisation", told.organisation),
        **_contact(told.person),
        sector=_sector(session, slug, told.sector),
        about=_needed(told.about),
        place=_needed(told.place),
        times=_needed(told.times),
        most=_people(told.most),
        first_year=told.first_year,
        last_year=told.last_year,
        access=" ".join(one for one in PROVISIONS if one in told.access),
        kit=kept_text(told.kit),
        risk_assessment=told.risk_assessment,
        insurance=told.insurance,
        listed=told.listed,
    )
    return _kept(session, row)


def wish(session: Session, slug: str, told: Wish, at: datetime) -> VisitRequest:
    """Keep a class's wish. Idempotent for the same form on the same day.

    Raises Refused for data that are incomplete or out of range, and where too many wishes are open.
    """
    there = programme(session, slug)
    if told.year_group not in YEARS:
        raise Refused(Reason.NOT_COMPLETE)
    row = VisitRequest(
        programme_id=there.id,
        digest=_digest("wish", there, told, at),
        made_at=at,
        touched_at=at,
        school=named("school", told.school),
        **_contact(told.person),
        sector=_sector(session, slug, told.sector) if told.sector else None,
        wish=_needed(told.wish),
        times=_needed(told.times),
        year_group=told.year_group,
        students=_people(told.students),
        adults=_people(told.adults),
        needs=needs_of(told.needs, told.students + told.adults),
    )
    return _kept(session, row)


def sent(session: Session, slug: str, reference: str) -> str:
    """Return "offer" or "request" for the reference of something sent. Raises NotFound for any other."""
    found = db.programmes.visits.asks.sent(session, programme(session, slug).id, reference)
    if not found:
        raise NotFound
    return found


def needs_of(typed: Mapping[str, int], most: int) -> dict[str, int]:
    """Return the numbers above zero. Raises Refused for an unknown provision or more than ``most`` people."""
    if not set(typed) <= set(PROVISIONS):
        raise Refused(Reason.NOT_COMPLETE)
    if any(not 0 <= number <= most for number in typed.values()):
        raise Refused(Reason.MORE_NEEDS_THAN_PEOPLE)
    return {name: number for name, number in typed.items() if number}


def kept_text(typed: str) -> str:
    """Return a free text as stored. Raises Refused where it has more than `LONGEST_TEXT` characters."""
    kept = readable(typed.replace("\r\n", "\n")).strip()
    if len(kept) > LONGEST_TEXT:
        raise Refused(Reason.TEXT_TOO_LONG, most=LONGEST_TEXT)
    return kept


def phone(typed: str) -> str:
    """Return a telephone number as stored; it may be empty. Raises Refused for what no one could ring."""
    kept = " ".join(typed.split())
    if kept and not PHONE.fullmatch(kept):
        raise Refused(Reason.PHONE_UNUSABLE)
    return kept


def _needed(typed: str) -> str:
    kept = kept_text(typed)
    if not kept:
        raise Refused(Reason.NOT_COMPLETE)
    return kept


def _people(number: int) -> int:
    if not 1 <= number <= MOST_PEOPLE:
        raise Refused(Reason.PEOPLE_OUT_OF_RANGE, most=MOST_PEOPLE)
    return number


def _contact(person: Person) -> dict[str, str]:
    email = person.email.strip()
    if not mailboxes.is_address(email):
        raise Refused(Reason.NOT_COMPLETE)
    return {"contact": named("name", person.name), "email": email, "phone": phone(person.phone)}


def _sector(session: Session, slug: str, reference: str) -> Sector:
    found = next((one for one in sectors(session, slug) if one.reference == reference), None)
    if found is None:
        raise Refused(Reason.SECTOR_RETIRED)
    return found


def _digest(kind: str, there: Programme, told: Offer | Wish, at: datetime) -> str:
    said = repr((kind, there.id, today(at).isoformat(), astuple(told)))
    return sha256(said.encode("utf-8", "replace")).hexdigest()


def _kept(session: Session, row: Ask) -> Ask:
    asks = db.programmes.visits.asks
    before = asks.same(session, row)
    if before is not None:
        return before
    if asks.count_open(session, type(row), row.programme_id) >= MOST_WAITING:
        raise Refused(Reason.TOO_MANY_WAITING)
    return asks.keep(session, row)
