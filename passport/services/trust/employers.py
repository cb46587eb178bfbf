"""Employers: one manager requests that one joins or leaves, another manager decides (product, P22).

A new employer is an issuer with a key of its own, and either change makes the next registry. In a real
instance the root key that signs the registry is kept offline: an approved request then waits until the
operator brings the key (`keys carry-out`). Where the key is available the request is carried out at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Champion
from passport.db.programmes.programme import Employer, Programme
from passport.db.trust.employers import EmployerRequest, RequestKind, RequestState
from passport.openbadges.registry import KeyState
from passport.proofs.keys import Role as KeyRole
from passport.proofs.signing import KeyPlace, KeyRing
from passport.services.core import audit, notices, two_people
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.people import champions
from passport.services.programmes import creation, issuers, sectors
from passport.services.programmes.activities import telling
from passport.services.programmes.managing import named, require
from passport.services.trust import keys

__all__ = [
    "EmployerRequest",
    "RequestKind",
    "RequestState",
    "Tools",
    "approve",
    "ask_to_begin",
    "ask_to_end",
    "cancel",
    "carry_out",
    "champions_of",
    "destroy_spent",
    "find",
    "listed",
    "refuse",
    "request",
    "requests",
    "waiting_for_the_key",
]

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")


@dataclass(frozen=True)
class Tools:
    """What is needed to make an employer's key and the next registry."""

    keys: KeyRing
    place: KeyPlace | None
    public_url: str
    demo: bool


def listed(session: Session, actor: Account) -> list[Employer]:
    """Return the programme's employers in order of name, including those that have ended."""
    require(actor, Action.STRUCTURE)
    return db.trust.employers.of_programme(session, actor.programme_id)


def find(session: Session, actor: Account, slug: str) -> Employer:
    """Return an employer of the manager's programme. Raises NotFound for another programme's."""
    require(actor, Action.STRUCTURE)
    found = db.trust.employers.by_slug(session, actor.programme_id, slug)
    if found is None:
        raise NotFound
    return found


def champions_of(session: Session, employer: Employer) -> list[Champion]:
    """Return an employer's champions in order of name."""
    return db.trust.employers.champions(session, employer.id)


def requests(session: Session, actor: Account) -> Sequence[EmployerRequest]:
    """Return the programme's requests, unfinished ones first."""
    require(actor, Action.KEYS, How.TWO_PEOPLE)
    return db.trust.employers.requests(session, actor.programme_id)


def request(session: Session, actor: Account, reference: str) -> EmployerRequest:
    """Return a request of the manager's programme. Raises NotFound for another programme's."""
    require(actor, Action.KEYS, How.TWO_PEOPLE)
    found = db.trust.employers.request(session, actor.programme_id, reference)
    if found is None:
        raise NotFound
    return found


def ask_to_begin(
    session: Session, actor: Account, name: str, slug: str, sector: str, at: datetime
) -> EmployerRequest:
    """Request that an employer joins. Idempotent: a second click returns the request of the first.

    Raises Refused for a slug that is malformed or taken by an issuer, for a retired sector, and for the name
    of a current employer.
    """
    require(actor, Action.KEYS, How.TWO_PEOPLE)
    name, slug = named("name", name), slug.strip().lower()
    chosen = sectors.find(session, actor, sector)
    if not SLUG.fullmatch(slug):
        raise Refused(Reason.SLUG_UNUSABLE)
    if chosen.retired_at is not None:
        raise Refused(Reason.SECTOR_RETIRED)
    if db.programmes.issuers.by_slug(session, slug) is not None:
        raise Refused(Reason.SLUG_TAKEN)
    there = db.trust.employers.of_programme(session, actor.programme_id)
    if any(one.name.casefold() == name.casefold() and one.issuer.until is None for one in there):
        raise Refused(Reason.NAME_TAKEN)
    return _ask(session, actor, RequestKind.BEGIN, (slug, name, chosen.id), at)


def ask_to_end(session: Session, actor: Account, slug: str, at: datetime) -> EmployerRequest:
    """Request that an employer leaves. Idempotent: a second click returns the request of the first."""
    require(actor, Action.KEYS, How.TWO_PEOPLE)
    employer = find(session, actor, slug)
    if employer.issuer.until is not None:
        raise Refused(Reason.EMPLOYER_ENDED)
    return _ask(session, actor, RequestKind.END, (slug, employer.name, employer.sector_id), at)


def _ask(
    session: Session, actor: Account, kind: RequestKind, about: tuple[str, str, int], at: datetime
) -> EmployerRequest:
    slug, name, sector_id = about
    standing = db.trust.employers.open_for(session, slug)
    if standing is not None:
        same = (standing.kind, standing.asked_by_id, standing.name, standing.sector_id)
        if same == (kind, actor.id, name, sector_id):
            return standing
        raise Refused(Reason.EMPLOYER_ASKED)
    asked = EmployerRequest(
        programme_id=actor.programme_id,
        kind=kind,
        state=RequestState.ASKED,
        slug=slug,
        name=name,
        sector_id=sector_id,
        asked_by=actor,
        asked_at=at,
    )
    if not db.trust.employers.add_open(session, asked):
        raise Refused(Reason.EMPLOYER_ASKED)
    for manager in db.credentials.entry_search.managers(session, actor.programme_id):
        if manager != actor.id:
            notices.tell_account(session, manager, "employer-asked", at, request=asked.reference)
    audit.record(session, at, actor.reference, f"employer.{kind}-asked", slug)
    return asked


def approve(session: Session, tools: Tools, actor: Account, reference: str, at: datetime) -> EmployerRequest:
    """Approve a request as the second of two managers; carry it out at once where the root key is available.

    Idempotent: a second click finds the request decided. Raises Refused for one's own request, for one that
    has ended, and where the requester is suspended or no longer a manager.
    """
    asked = _locked(session, actor, reference)
    if asked.state in {RequestState.APPROVED, RequestState.DONE} and asked.decided_by_id == actor.id:
        return asked
    two_people.require_entitled(asked.asked_by, Action.KEYS)
    _decide(asked, actor, RequestState.APPROVED, at)
    notices.tell(session, asked.asked_by, "employer-decided", at, request=asked.reference)
    session.flush()
    if _can_sign(session, tools):
        carry_out(session, tools, asked, at)
    else:
        audit.record(session, at, actor.reference, f"employer.{asked.kind}-approved", asked.slug)
    return asked


def refuse(session: Session, actor: Account, reference: str, at: datetime) -> EmployerRequest:
    """Refuse a request as the second of two managers."""
    asked = _locked(session, actor, reference)
    if asked.state is RequestState.REFUSED and asked.decided_by_id == actor.id:
        return asked
    _decide(asked, actor, RequestState.REFUSED, at)
    notices.tell(session, asked.asked_by, "employer-decided", at, request=asked.reference)
    audit.record(session, at, actor.reference, f"employer.{asked.kind}-refused", asked.slug)
    return asked


def cancel(session: Session, actor: Account, reference: str, at: datetime) -> EmployerRequest:
    """Cancel the manager's own request. Idempotent: a second click finds it cancelled."""
    asked = _locked(session, actor, reference)
    two_people.require_own(actor, asked.asked_by)
    if asked.state is RequestState.CANCELLED:
        return asked
    if asked.state is not RequestState.ASKED:
        raise Refused(Reason.REQUEST_DECIDED)
    asked.state, asked.decided_by, asked.decided_at = RequestState.CANCELLED, actor, at
    session.flush()
    audit.record(session, at, actor.reference, f"employer.{asked.kind}-cancelled", asked.slug)
    return asked


def carry_out(session: Session, tools: Tools, approved: EmployerRequest, at: datetime) -> None:
    """Carry out an approved request: keys and registry in one transaction. Publish after the commit.

    Raises Refused while the employer's endorsements still wait for their entry, IssuingClosed without the
    root key.
    """
    if approved.decided_by is None or approved.state is not RequestState.APPROVED:
        raise Refused(Reason.REQUEST_DECIDED)
    by = [approved.asked_by.reference, approved.decided_by.reference]
    if not _can_sign(session, tools):
        raise IssuingClosed("The root key, which signs the registry, is not here")
    # the lock order of the whole service: keys first, then status lists, the audit trail last
    db.programmes.programme.lock_keys(session)
    for waiting in db.credentials.records.lists(session):
        db.credentials.records.lock_list(session, waiting.number)
    if approved.kind is RequestKind.BEGIN:
        _begin(session, tools, approved, by, at)
    else:
        _end(session, approved, by, at)
    approved.state = RequestState.DONE
    session.flush()
    audit.record(session, at, by[1], f"employer.{approved.kind}-done", approved.slug, by=by)
    issuers.sign_registry(session, tools.keys, tools.public_url, tools.demo, at)


def _begin(session: Session, tools: Tools, approved: EmployerRequest, by: list[str], at: datetime) -> None:
    service, programme = (
        db.programmes.programme.service(session),
        session.get_one(Programme, approved.programme_id),
    )
    if service is None or tools.place is None:
        raise Refused(Reason.NO_KEY_PLACE)
    if db.programmes.issuers.by_slug(session, approved.slug) is not None:
        raise Refused(Reason.SLUG_TAKEN_MEANWHILE)
    about = (approved.sector, approved.slug, approved.name, tools.place, at)
    creation.make_employer(session, service, programme, *about, by)


def _end(session: Session, approved: EmployerRequest, by: list[str], at: datetime) -> None:
    employer = db.trust.employers.by_slug(session, approved.programme_id, approved.slug)
    if employer is None:
        raise NotFound
    if db.trust.employers.has_work(session, employer.id):
        raise Refused(Reason.EMPLOYER_HAS_WORK)
    usable = {KeyState.ACTIVE, KeyState.PROPOSED, KeyState.SUSPENDED}
    for key in db.programmes.issuers.of(session, employer.issuer):
        if key.state in usable:
            keys.retire(session, key.kid, at, by)
    employer.issuer.until = at
    session.flush()
    telling.host_left(session, employer.id, at)
    if approved.decided_by is not None:
        champions.end_all(session, approved.decided_by, employer.id, at)


def waiting_for_the_key(session: Session) -> list[EmployerRequest]:
    """Return the approved requests that are not carried out yet, oldest first."""
    return db.trust.employers.approved(session)


def destroy_spent(session: Session, place: KeyPlace | None) -> None:
    """Delete the private key files of retired and compromised keys. Call it after the commit."""
    if place is not None:
        for key in keys.spent(session):
            (place.directory / f"{key.role}-{key.kid}.pem").unlink(missing_ok=True)


def _can_sign(session: Session, tools: Tools) -> bool:
    """Return whether the root key and a place for new keys are available."""
    root = db.programmes.issuers.active_key(session, None, KeyRole.ROOT.value)
    return tools.place is not None and root is not None and root.kid in tools.keys


def _decide(asked: EmployerRequest, actor: Account, state: RequestState, at: datetime) -> None:
    two_people.require_second(actor, asked.asked_by, is_open=asked.state is RequestState.ASKED)
    asked.state, asked.decided_by, asked.decided_at = state, actor, at


def _locked(session: Session, actor: Account, reference: str) -> EmployerRequest:
    asked = request(session, actor, reference)
    db.trust.employers.lock(session, asked)
    return asked
