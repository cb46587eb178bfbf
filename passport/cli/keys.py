"""`keys …`: the lifecycle of the signing keys. Every change signs and publishes the next registry."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, key_place, prepare, settings
from passport.cli.registry import notice, publish, sign_next
from passport.cli.times import a_time
from passport.config import Settings
from passport.proofs.errors import KeyProblem
from passport.proofs.keys import Role
from passport.proofs.signing import KeyPlace, KeyRing
from passport.services import Database, DatabaseUnavailable, Session
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.core.runtime import utc_now
from passport.services.programmes import creation, issuers
from passport.services.trust import employers, keys, recognised

CARRY_OUT = "carry-out"
AT_ONCE = {"suspend", "compromise"}
Verb = Callable[[Session, Namespace, KeyPlace, datetime], str]


def run(options: Namespace) -> int:
    """Change the keys in one transaction with the registry that lists the change; then publish it."""
    try:
        chosen = settings()
        with closing(prepare(chosen)) as database:
            return _run(options, chosen, database)
    except (CannotStart, DatabaseUnavailable, IssuingClosed, KeyProblem, NotFound, ValueError) as error:
        return complain(str(error))
    except OSError as error:
        return complain(f"{error.filename} cannot be written: {error.strerror}")
    except Refused as error:
        return complain(refusals.words(error))


def _run(options: Namespace, chosen: Settings, database: Database) -> int:
    place = key_place(chosen)
    notice(database, chosen)
    with database.transaction() as session:
        if not creation.is_made(session):
            say(f"The passphrase is in {chosen.passphrase_file}. init makes the keys with the programme.")
            return 0
        if options.verb == "list":
            return _list(session)
        answer = VERBS[options.verb](session, options, place, utc_now())
        answer += _told(session, chosen, place, options.verb)
    say(answer.strip() or "Nothing waits for the root key.")
    return publish(database, chosen, place)


def _told(session: Session, chosen: Settings, place: KeyPlace, verb: str) -> str:
    """Sign the next registry if the current one is outdated. Urgent changes go on without the root key."""
    if not issuers.is_behind(session):
        return ""
    told = "\nThe registry tells of every key as it is now." if verb == CARRY_OUT else ""
    try:
        sign_next(session, chosen, place)
    except IssuingClosed:
        if verb not in AT_ONCE:
            raise
        return "\nThe registry does not tell of it yet: bring the root key and say: keys carry-out"
    return told


def _list(session: Session) -> int:
    for key in keys.listed(session):
        owner = key.issuer.name if key.issuer else "the registry"
        say(f"{key.kid}  {key.role:<8} {key.state:<12} since {key.since:%Y-%m-%d}  {owner}")
        if key.role == Role.ROOT:
            # people who want to check the registry get this by telephone or on paper
            say(f"          its fingerprint: {recognised.fingerprint(key.public_key)}")
    return 0


def _init(session: Session, _options: Namespace, place: KeyPlace, at: datetime) -> str:
    made = issuers.make_missing_keys(session, place.directory, place.passphrase, at)
    return f"{len(made)} keys made."


def _propose(session: Session, options: Namespace, place: KeyPlace, at: datetime) -> str:
    role = Role(options.role)
    # before anything is made: a key that is not in the registry is useless
    issuers.root_signer(session, KeyRing.load(place.directory, place.passphrase))
    key = keys.propose(session, place.directory, place.passphrase, options.issuer, role, at, options.by)
    return f"{key.kid} is public. In 14 days: keys activate {key.kid}"


def _activate(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    return f"{keys.activate(session, options.kid, at, options.by).kid} signs now."


def _retire(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    return f"{keys.retire(session, options.kid, at, options.by).kid} is retired, its private half destroyed."


def _suspend(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    return f"{keys.suspend(session, options.kid, at, options.by).kid} is suspended."


def _compromise(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    held = keys.compromise(session, options.kid, a_time("--since", options.since), at, options.by)
    return f"{held} entries are on hold. Propose and activate a key, then: keys sign-again {options.kid}"


def _sign_again(session: Session, options: Namespace, place: KeyPlace, at: datetime) -> str:
    ring = KeyRing.load(place.directory, place.passphrase)
    return f"{keys.sign_again(session, ring, options.kid, at)} entries signed again."


def _carry_out(session: Session, _options: Namespace, place: KeyPlace, at: datetime) -> str:
    """Carry out what two managers decided on the pages; each one signs the next registry."""
    chosen = settings()
    ring = KeyRing.load(place.directory, place.passphrase)
    demo = creation.is_demo(session)
    tools = employers.Tools(ring, place, chosen.public_url, demo)
    waiting = employers.waiting_for_the_key(session)
    for approved in waiting:
        employers.carry_out(session, tools, approved, at)
    return "\n".join(f"{one.name}: {DONE[one.kind]}" for one in waiting)


DONE = {employers.RequestKind.BEGIN: "let in", employers.RequestKind.END: "ended"}
VERBS: dict[str, Verb] = {
    "init": _init,
    "propose": _propose,
    "activate": _activate,
    "retire": _retire,
    "suspend": _suspend,
    "compromise": _compromise,
    "sign-again": _sign_again,
    CARRY_OUT: _carry_out,
}
