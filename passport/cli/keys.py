"""`keys …`: the life of the signing keys. Every change signs and publishes the next registry."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import datetime

from passport.cli import complain, say
from passport.cli.instance import CannotStart, key_place, prepare, settings
from passport.config import Settings
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services import Session, employers, issuers, keys, programmes, publishing, recognised
from passport.services.errors import IssuingClosed, NotFound, Refused
from passport.services.programmes import KeyPlace
from passport.services.runtime import public_files, utc_now

WHY = {
    "key-state": "A key in this state cannot do that: see keys list",
    "key-too-new": "A key that replaces another must be public for 14 days before it signs",
    "employer-has-work": "Endorsements of this employer still wait to be signed: try again in a day",
    "slug-taken": "Somebody else was let in under this word: the managers refuse the request and ask again",
    "key-has-work": "This key has begun entries that are not signed yet: try again in a minute",
    "programme-closed": "The programme has closed: nothing is left to sign with such a key",
    "name-one": "Say who decided it: --by NAME",
    "name-two": "Two people must decide this: --by NAME --by NAME",
}

CARRY_OUT = "carry-out"
Verb = Callable[[Session, Namespace, KeyPlace, datetime], str]


def run(options: Namespace) -> int:
    """Do one thing to the keys, in one transaction with the registry that tells of it."""
    try:
        chosen = settings()
        place = key_place(chosen)
        with prepare(chosen).transaction() as session:
            if not programmes.is_made(session):
                say(f"The passphrase is in {chosen.passphrase_file}. init makes the keys with the programme.")
                return 0
            if options.verb == "list":
                return _list(session)
            before = keys.states(session)
            answer = VERBS[options.verb](session, options, place, utc_now())
            changed = keys.states(session) != before or options.verb == "sign-again"
            if changed and options.verb != CARRY_OUT:
                _publish(session, chosen, place)
            spent = [f"{key.role}-{key.kid}.pem" for key in keys.spent(session)]
    except (CannotStart, IssuingClosed, NotFound, ValueError) as error:
        return complain(str(error))
    except Refused as error:
        return complain(WHY[error.reason])
    for name in spent:
        (place.directory / name).unlink(missing_ok=True)
    say(answer)
    return 0


def _publish(session: Session, chosen: Settings, place: KeyPlace) -> None:
    ring, at = KeyRing.load(place.directory, place.passphrase), utc_now()
    issuers.sign_registry(session, ring, chosen.public_url, programmes.is_demo(session), at)
    publishing.publish_all(session, ring, public_files(chosen), chosen.public_url, at)


def _list(session: Session) -> int:
    for key in keys.listed(session):
        owner = key.issuer.name if key.issuer else "the registry"
        say(f"{key.kid}  {key.role:<8} {key.state:<12} since {key.since:%Y-%m-%d}  {owner}")
        if key.role == Role.ROOT:
            # whoever wants to check the registry is told this by telephone or on paper
            say(f"          its fingerprint: {recognised.fingerprint(key.public_key)}")
    return 0


def _init(session: Session, _options: Namespace, place: KeyPlace, at: datetime) -> str:
    made = issuers.make_missing_keys(session, place.directory, place.passphrase, at)
    return f"{len(made)} keys made."


def _propose(session: Session, options: Namespace, place: KeyPlace, at: datetime) -> str:
    role = Role(options.role)
    key = keys.propose(session, place.directory, place.passphrase, options.issuer, role, at, options.by)
    return f"{key.kid} is public. In 14 days: keys activate {key.kid}"


def _activate(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    return f"{keys.activate(session, options.kid, at, options.by).kid} signs now."


def _retire(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    return f"{keys.retire(session, options.kid, at, options.by).kid} is retired, its private half destroyed."


def _suspend(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    return f"{keys.suspend(session, options.kid, at, options.by).kid} is suspended."


def _compromise(session: Session, options: Namespace, _place: KeyPlace, at: datetime) -> str:
    since = datetime.fromisoformat(options.since)
    if since.tzinfo is None:
        raise ValueError("--since needs a zone, for example 2026-03-15T12:00:00Z")
    held = keys.compromise(session, options.kid, since, at, options.by)
    return f"{held} entries are on hold. Propose and activate a key, then: keys sign-again {options.kid}"


def _sign_again(session: Session, options: Namespace, place: KeyPlace, at: datetime) -> str:
    ring = KeyRing.load(place.directory, place.passphrase)
    return f"{keys.sign_again(session, ring, options.kid, at)} entries signed again."


def _carry_out(session: Session, _options: Namespace, place: KeyPlace, at: datetime) -> str:
    """What two managers decided on the pages; each signs the next registry and publishes it."""
    chosen = settings()
    ring = KeyRing.load(place.directory, place.passphrase)
    demo = programmes.is_demo(session)
    tools = employers.Tools(ring, place, public_files(chosen), chosen.public_url, demo)
    waiting = employers.waiting_for_the_key(session)
    for approved in waiting:
        employers.carry_out(session, tools, approved, at)
    return "\n".join(f"{one.name}: {DONE[one.kind]}" for one in waiting) or "Nothing waits for the root key."


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
