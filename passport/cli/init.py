"""`init`: make an empty service."""

from __future__ import annotations

import re
import secrets
from argparse import Namespace

from passport.cli import complain, say
from passport.cli.instance import CannotStart, key_place, prepare, settings
from passport.cli.leftovers import require_nothing
from passport.cli.registry import publish
from passport.config import Settings
from passport.proofs.signing import KeyRing
from passport.services import Database
from passport.services.core.errors import UnusableText
from passport.services.core.runtime import utc_now
from passport.services.people import accounts
from passport.services.people.accounts import Role
from passport.services.programmes import creation, issuers

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
MANAGER = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<email>[^<>@\s]+@[^<>@\s]+)>")
MANAGERS = 2
PASSWORD_BYTES = 12


def run(options: Namespace) -> int:
    """Make the programme, its schools, two managers, the keys and the first registry, all or nothing."""
    managers = [MANAGER.fullmatch(text.strip()) for text in options.manager]
    found = [match for match in managers if match]
    if len(found) != len(managers) or len({match["email"].lower() for match in found}) != MANAGERS:
        return complain('Name two managers: --manager "Ann Example <ann@example.test>" --manager "…"')
    if not SLUG.fullmatch(options.slug):
        return complain("--slug: 2 to 40 lower case letters, digits and hyphens, beginning with a letter")
    try:
        chosen = settings()
        database = prepare(chosen)
        passwords = _make(chosen, database, options, found)
    except (CannotStart, UnusableText) as error:
        return complain(str(error))
    say(f"{options.programme} is ready. Serve it: python3 -m passport serve")
    for email, password in passwords.items():
        say(f"    {email}   {password}   (shown once: pass it on, then it is gone)")
    say("Keep the root key offline: see keys/README.md")
    return publish(database, chosen, key_place(chosen))


def _make(
    chosen: Settings, database: Database, options: Namespace, managers: list[re.Match[str]]
) -> dict[str, str]:
    at, place, public_url = utc_now(), key_place(chosen), chosen.public_url
    with database.reading() as session:
        is_made = creation.is_made(session)
    if not is_made:
        require_nothing(chosen)
    with database.transaction() as session:
        if creation.is_made(session):
            raise CannotStart("There is a service here already. Another one needs another PASSPORT_INSTANCE")
        service = creation.make_service(session, public_url, False, place, at)
        programme = creation.make_programme(session, service, options.slug, options.programme, place, at)
        for school in options.school:
            creation.make_school(session, programme, school)
        passwords = {}
        for manager in managers:
            password = passwords[manager["email"]] = secrets.token_urlsafe(PASSWORD_BYTES)
            first, email = manager["name"].split()[0], manager["email"]
            accounts.make(
                session,
                programme,
                Role.MANAGER,
                email=email,
                name=manager["name"],
                first_name=first,
                password=password,
                at=at,
            )
        keys = KeyRing.load(place.directory, place.passphrase)
        issuers.sign_registry(session, keys, public_url, False, at)
    return passwords
