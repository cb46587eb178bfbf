"""`institution …`: colleges and universities that check often, their accounts and their API keys."""

from __future__ import annotations

import re
import secrets
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services import Session
from passport.services.core.errors import NotFound, Refused, UnusableText
from passport.services.core.runtime import utc_now
from passport.services.people import institutions
from passport.services.programmes import creation

PERSON = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<email>[^<>@\s]+@[^<>@\s]+)>")
PASSWORD_BYTES = 12
ONCE = "(shown once: pass it on, then it is gone)"
Verb = Callable[[Session, Namespace, datetime], list[str]]


def run(options: Namespace) -> int:
    """Run one subcommand, in one transaction."""
    try:
        with prepare(settings()).transaction() as session:
            if not creation.is_made(session):
                raise CannotStart("There is no service here yet. Make one: python3 -m passport init")
            lines = VERBS[options.verb](session, options, utc_now())
    except (CannotStart, NotFound, UnusableText) as error:
        return complain(str(error))
    except Refused as error:
        return complain(refusals.words(error))
    for line in lines:
        say(line)
    return 0


def _add(session: Session, options: Namespace, at: datetime) -> list[str]:
    programme = creation.only_programme(session, options.programme)
    if programme is None:
        raise CannotStart("Say which programme it belongs to: --programme SLUG")
    made = institutions.add(session, programme, options.slug, options.name, at)
    return [f"{made.name} is added. Give it an account, a key or both: institution account | key {made.slug}"]


def _account(session: Session, options: Namespace, at: datetime) -> list[str]:
    person = PERSON.fullmatch(options.person.strip())
    if person is None:
        raise CannotStart('Name the person like this: "Ann Example <ann@example.test>"')
    institution = institutions.find(session, options.slug)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    account = institutions.add_account(session, institution, person["email"], person["name"], password, at)
    return [f"    {account.email}   {password}   {ONCE}"]


def _key(session: Session, options: Namespace, at: datetime) -> list[str]:
    made = institutions.make_key(session, institutions.find(session, options.slug), at)
    return [f"    {made.text}   {ONCE}", f"To end it: institution revoke {made.prefix}"]


def _revoke(session: Session, options: Namespace, at: datetime) -> list[str]:
    key = institutions.revoke_key(session, options.prefix, at)
    return [f"{key.prefix} of {key.institution.name} is revoked."]


def _list(session: Session, _options: Namespace, _at: datetime) -> list[str]:
    lines = []
    for one in institutions.listed(session):
        lines.append(f"{one.slug}: {one.name}")
        lines += [f"    {account.email}" for account in institutions.accounts_of(session, one)]
        for key in institutions.keys_of(session, one):
            ended = f", revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
            lines.append(f"    key {key.prefix} since {key.made_at:%Y-%m-%d}{ended}")
    return lines or ["There is no institution yet."]


VERBS: dict[str, Verb] = {
    "add": _add,
    "account": _account,
    "key": _key,
    "list": _list,
    "revoke": _revoke,
}
