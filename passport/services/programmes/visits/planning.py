"""Planning of visits: match an offer with a class's wish, change, cancel, move online, count.

The senders of the offer and the wish are told by mail, with a link to the visit's page that needs no account.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.visits.asks import AskState, VisitOffer, VisitRequest
from passport.db.programmes.visits.visits import Side, Visit, VisitLink, VisitSheet, VisitState
from passport.services.core import audit, edit_conflict, mails, tokens
from passport.services.core.dates import HOME
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes.managing import require
from passport.services.programmes.visits import asking

__all__ = [
    "KEPT",
    "Board",
    "Details",
    "Fit",
    "Online",
    "Sheet",
    "Side",
    "VisitState",
    "address",
    "board",
    "change",
    "close_offer",
    "close_request",
    "count",
    "details_of",
    "find",
    "find_offer",
    "find_request",
    "first_sheet",
    "fits",
    "moment",
    "opened",
    "plan",
    "purge",
    "said",
    "stop",
]

# how long the sheet, the links and the school's contact are kept after the visit
KEPT = timedelta(days=14)
KEPT_CLOSED = timedelta(days=14)
KEPT_OPEN = timedelta(days=365)
LONGEST_VISIT = timedelta(hours=12)
ADDRESS = re.compile(r"https://[\w.-]+\.[a-z]{2,}(:\d{1,5})?(/[^\s<>\"]{0,400})?", re.IGNORECASE)


@dataclass(frozen=True)
class Fit:
    """An offer beside a wish; ``misfits`` are "places", "years", "sector" and keys of provisions."""

    offer: VisitOffer
    misfits: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """What waits to be matched, and the visits that are coming or were in the last fortnight."""

    requests: list[VisitRequest]
    offers: list[VisitOffer]
    visits: list[Visit]


@dataclass(frozen=True)
class Sheet:
    """What both sides need on the day. ``needs`` are numbers of people by what the place must provide."""

    meeting: str
    transport: str
    kit: str
    school_phone: str
    host_phone: str
    needs: Mapping[str, int]


@dataclass(frozen=True)
class Details:
    """The day, the numbers and the sheet of a visit."""

    held_on: date
    starts: time
    ends: time
    students: int
    adults: int
    sheet: Sheet


@dataclass(frozen=True)
class Online:
    """What takes the place of a visit: a film, which must have captions, and a worksheet if there is one."""

    film: str
    worksheet: str
    captions: bool


def board(session: Session, actor: Account, at: datetime) -> Board:
    """Return what waits in the actor's programme, the oldest first, and its visits, the next one first."""
    require(actor, Action.VISITS)
    asks = db.programmes.visits.asks
    return Board(
        asks.open_ones(session, VisitRequest, actor.programme_id, asking.MOST_WAITING),
        asks.open_ones(session, VisitOffer, actor.programme_id, asking.MOST_WAITING),
        db.programmes.visits.visits.from_time(session, actor.programme_id, at - KEPT),
    )


def find_offer(session: Session, actor: Account, reference: str, *, lock: bool = False) -> VisitOffer:
    """Return an offer to the actor's programme. Raises NotFound for another's."""
    require(actor, Action.VISITS)
    found = db.programmes.visits.asks.offer(session, actor.programme_id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found


def find_request(session: Session, actor: Account, reference: str, *, lock: bool = False) -> VisitRequest:
    """Return a wish to the actor's programme. Raises NotFound for another's."""
    require(actor, Action.VISITS)
    found = db.programmes.visits.asks.request(session, actor.programme_id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found


def find(session: Session, actor: Account, reference: str, *, lock: bool = False) -> Visit:
    """Return a visit of the actor's programme. Raises NotFound for another's."""
    require(actor, Action.VISITS)
    found = db.programmes.visits.visits.by_reference(session, actor.programme_id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found


def fits(session: Session, actor: Account, request: VisitRequest) -> list[Fit]:
    """Return the open offers beside a wish, those that fit best first."""
    require(actor, Action.VISITS)
    asks = db.programmes.visits.asks
    offers = asks.open_ones(session, VisitOffer, actor.programme_id, asking.MOST_WAITING)
    return sorted((Fit(one, _misfits(one, request)) for one in offers), key=lambda fit: len(fit.misfits))


def _misfits(offer: VisitOffer, request: VisitRequest) -> tuple[str, ...]:
    found = []
    if offer.most < request.students:
        found.append("places")
    if not offer.first_year <= request.year_group <= offer.last_year:
        found.append("years")
    if request.sector_id not in {None, offer.sector_id}:
        found.append("sector")
    provided = set(offer.access.split())
    return (*found, *(one for one in asking.PROVISIONS if one in request.needs and one not in provided))


def first_sheet(offer: VisitOffer, request: VisitRequest) -> Sheet:
    """Return what the sheet of a new visit begins with: what both sides said."""
    return Sheet(offer.place, "", offer.kit, request.phone, offer.phone, request.needs)


def plan(
    session: Session,
    actor: Account,
    request: str,
    offer: str,
    details: Details,
    public_url: str,
    at: datetime,
) -> Visit:
    """Plan the visit of a class to a host, and tell both sides. Idempotent for the same pair and details.

    Raises Refused where the wish was planned with another host or closed meanwhile, and for details that
    cannot be.
    """
    wished = find_request(session, actor, request, lock=True)
    offered = find_offer(session, actor, offer, lock=True)
    if wished.state is not AskState.OPEN:
        return _planned_before(session, wished, offered, details)
    if offered.state is not AskState.OPEN:
        raise Refused(Reason.VISIT_TAKEN)
    starts_at, ends_at = _span(details)
    if starts_at < at:
        raise Refused(Reason.VISIT_IN_THE_PAST)
    visit = Visit(
        programme_id=actor.programme_id,
        programme=actor.programme,
        offer=offered,
        request=wished,
        made_at=at,
        host=offered.organisation,
        sector=offered.sector,
        school=wished.school,
        place=offered.place,
        starts_at=starts_at,
        ends_at=ends_at,
        year_group=wished.year_group,
        students=_people(details.students),
        adults=_people(details.adults),
        sheet=VisitSheet(**vars(_kept(details))),
    )
    session.add(visit)
    wished.state, wished.touched_at, offered.touched_at = AskState.PLANNED, at, at
    session.flush()
    _tell(session, visit, "planned", public_url, at)
    audit.record(session, at, actor.reference, "visit.planned", visit.reference)
    return visit


def _planned_before(session: Session, wished: VisitRequest, offered: VisitOffer, details: Details) -> Visit:
    """Return the visit that was planned with these details. Raises Refused where there is none."""
    newest = next(iter(db.programmes.visits.visits.of_request(session, wished.id)), None)
    if wished.state is not AskState.PLANNED or newest is None or newest.offer_id != offered.id:
        raise Refused(Reason.VISIT_TAKEN)
    if details_of(newest) != replace(details, sheet=_kept(details)):
        raise Refused(Reason.VISIT_TAKEN)
    return newest


def said(visit: Visit) -> edit_conflict.Stored:
    """Return the editable values of a visit, for `edit_conflict`."""
    return (details_of(visit),)


def details_of(visit: Visit) -> Details:
    """Return the details of a visit as stored; without a sheet, with an empty one."""
    starts, ends, there = visit.starts_at.astimezone(HOME), visit.ends_at.astimezone(HOME), visit.sheet
    sheet = Sheet("", "", "", "", "", {})
    if there is not None:
        phones = there.school_phone, there.host_phone
        sheet = Sheet(there.meeting, there.transport, there.kit, *phones, dict(sorted(there.needs.items())))
    return Details(starts.date(), starts.time(), ends.time(), visit.students, visit.adults, sheet)


def change(
    session: Session,
    actor: Account,
    reference: str,
    details: Details,
    public_url: str,
    at: datetime,
    shown: str | None = None,
) -> Visit:
    """Change the day, the numbers or the sheet of a visit, and tell both sides. Idempotent.

    Raises Refused for a visit that is over, cancelled or online, and EditConflict where the stored values
    differ from those that ``shown`` is the stamp of.
    """
    visit = find(session, actor, reference, lock=True)
    if visit.state is not VisitState.PLANNED or visit.sheet is None or visit.ends_at < at:
        raise Refused(Reason.VISIT_OVER)
    starts_at, ends_at = _span(details)
    wanted = replace(details, sheet=_kept(details))
    edit_conflict.require(shown, said(visit), (wanted,))
    if details_of(visit) == wanted:
        return visit
    if starts_at != visit.starts_at and starts_at < at:
        raise Refused(Reason.VISIT_IN_THE_PAST)
    visit.starts_at, visit.ends_at = starts_at, ends_at
    visit.students, visit.adults = _people(details.students), _people(details.adults)
    for name, value in vars(wanted.sheet).items():
        setattr(visit.sheet, name, value)
    session.flush()
    _tell(session, visit, "changed", public_url, at)
    audit.record(session, at, actor.reference, "visit.changed", reference)
    return visit


def stop(
    session: Session,
    actor: Account,
    reference: str,
    why: str,
    online: Online | None,
    public_url: str,
    at: datetime,
) -> Visit:
    """Cancel a visit, or with ``online`` move it online, and tell both sides. Idempotent.

    A cancelled visit's wish waits for another host again. Raises Refused for a visit that has taken place or
    was cancelled, for a film without captions, and for an address that is not an https one.
    """
    visit = find(session, actor, reference, lock=True)
    state = VisitState.CANCELLED if online is None else VisitState.ONLINE
    reason = asking.kept_text(why)
    film, worksheet = (address(online.film), address(online.worksheet)) if online else ("", "")
    if online is not None and not (film and online.captions):
        raise Refused(Reason.FILM_WITHOUT_CAPTIONS)
    if (visit.state, visit.why, visit.film, visit.worksheet) == (state, reason, film, worksheet):
        return visit
    if visit.state is VisitState.CANCELLED or visit.ends_at < at:
        raise Refused(Reason.VISIT_OVER)
    visit.state, visit.why, visit.film, visit.worksheet = state, reason, film, worksheet
    if online is None and visit.request is not None:
        visit.request.state, visit.request.touched_at = AskState.OPEN, at
    session.flush()
    _tell(session, visit, state.value, public_url, at)
    audit.record(session, at, actor.reference, f"visit.{state.value}", reference)
    return visit


def count(session: Session, visit: Visit, by: str, came: int, at: datetime) -> None:
    """Record how many came or watched. Idempotent; a later count replaces an earlier one.

    Raises Refused for a visit that has not begun or was cancelled, and for a number out of range.
    """
    begun = visit.state is VisitState.ONLINE or visit.starts_at <= at
    if visit.state is VisitState.CANCELLED or not begun:
        raise Refused(Reason.VISIT_NOT_BEGUN)
    if not 0 <= came <= asking.MOST_PEOPLE:
        raise Refused(Reason.PEOPLE_OUT_OF_RANGE, most=asking.MOST_PEOPLE)
    if visit.came != came:
        visit.came = came
        session.flush()
        audit.record(session, at, by, "visit.counted", visit.reference)


def opened(session: Session, token: str, *, lock: bool = False) -> VisitLink:
    """Return the link with this token, and so its visit. Raises NotFound for any other.

    With ``lock``, lock the visit's row.
    """
    found = db.programmes.visits.visits.by_link(session, tokens.digest(token))
    if found is None:
        raise NotFound
    if lock:
        visit = found.visit
        db.programmes.visits.visits.by_reference(session, visit.programme_id, visit.reference, lock=True)
    return found


def close_offer(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Close an offer: no visit is planned from it any more. Idempotent."""
    _close(session, actor, find_offer(session, actor, reference, lock=True), "visit-offer.closed", at)


def close_request(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Close a wish that no one can meet, and tell the school. Idempotent."""
    wished = find_request(session, actor, reference, lock=True)
    if wished.state is AskState.OPEN:
        facts = {"programme": actor.programme.name, "contact": actor.programme.contact}
        mails.tell_address(session, wished.email, "visit-declined", at, **facts)
    _close(session, actor, wished, "visit-request.closed", at)


def _close(session: Session, actor: Account, ask: VisitOffer | VisitRequest, what: str, at: datetime) -> None:
    if ask.state is AskState.OPEN:
        ask.state, ask.touched_at = AskState.CLOSED, at
        session.flush()
        audit.record(session, at, actor.reference, what, ask.reference)


def purge(session: Session, at: datetime) -> dict[str, int]:
    """Delete sheets, links and contacts whose time is over; return how many of each.

    Sheets, links, the free texts of a visit and the school's contact: 14 days after the visit. Closed offers
    and wishes: 14 days after they were closed. Open ones: a year after they were last touched.
    """
    asks, visits = db.programmes.visits.asks, db.programmes.visits.visits
    ended = visits.with_sheets_ended_before(session, at - KEPT)
    wishes = visits.forget(session, ended)
    old_wishes = asks.older(session, VisitRequest, at - KEPT_CLOSED, at - KEPT_OPEN)
    used = visits.offers_in_use(session, at - KEPT)
    old_offers = asks.older(session, VisitOffer, at - KEPT_CLOSED, at - KEPT_OPEN)
    offers = [one for one in old_offers if one not in used]
    visits.part_from_offers(session, offers)
    visits.part_from_requests(session, old_wishes)
    asks.delete_all(session, VisitRequest, [*wishes, *old_wishes])
    asks.delete_all(session, VisitOffer, offers)
    return {"visit_sheets": len(ended), "visit_contacts": len({*wishes, *old_wishes}) + len(offers)}


def moment(day: date, hour: time, zone: ZoneInfo = HOME) -> datetime:
    """Return a day and a time of day, in the programmes' time zone, as one moment in UTC."""
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)


def _span(details: Details) -> tuple[datetime, datetime]:
    starts_at, ends_at = moment(details.held_on, details.starts), moment(details.held_on, details.ends)
    if not timedelta(0) < ends_at - starts_at <= LONGEST_VISIT:
        raise Refused(Reason.ENDS_BEFORE_IT_BEGINS)
    return starts_at, ends_at


def _people(number: int) -> int:
    if not 1 <= number <= asking.MOST_PEOPLE:
        raise Refused(Reason.PEOPLE_OUT_OF_RANGE, most=asking.MOST_PEOPLE)
    return number


def _kept(details: Details) -> Sheet:
    """Return the sheet as stored. Raises Refused for a text, a number or needs that cannot be."""
    sheet, people = details.sheet, details.students + details.adults
    return Sheet(
        meeting=asking.kept_text(sheet.meeting),
        transport=asking.kept_text(sheet.transport),
        kit=asking.kept_text(sheet.kit),
        school_phone=asking.phone(sheet.school_phone),
        host_phone=asking.phone(sheet.host_phone),
        needs=dict(sorted(asking.needs_of(sheet.needs, people).items())),
    )


def address(typed: str) -> str:
    """Return a web address as stored; it may be empty. Raises Refused for what is no https address."""
    kept = typed.strip()
    if kept and not ADDRESS.fullmatch(kept):
        raise Refused(Reason.ADDRESS_UNUSABLE)
    return kept


def _tell(session: Session, visit: Visit, what: str, public_url: str, at: datetime) -> None:
    """Mail both sides that a visit was planned, changed, moved online or cancelled, each with a new link.

    The links before end: who was sent one by mistake, or is a host no more, reads no newer sheet.
    """
    db.programmes.visits.visits.end_links(session, visit.id)
    for side, ask in ((Side.SCHOOL, visit.request), (Side.HOST, visit.offer)):
        if ask is None:
            continue
        token = secrets.token_urlsafe(32)
        session.add(VisitLink(digest=tokens.digest(token), visit=visit, side=side, made_at=at))
        facts = {
            "what": what,
            "host": visit.host,
            "school": visit.school,
            "programme": visit.programme.name,
            "day": visit.starts_at.astimezone(HOME).date().isoformat(),
            "link": f"{public_url}/visit/{token}",
        }
        mails.tell_address(session, ask.email, "visit", at, **facts)
