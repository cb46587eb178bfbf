"""A framework author, and drafts that tests begin with."""

from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.db.programmes.frameworks.versions import FrameworkVersion
from passport.services.people import accounts
from passport.services.programmes.frameworks import drafts, sign_offs, wording
from passport.services.programmes.frameworks.drafts import Words
from tests.fixtures.towns import BEGAN, PASSWORD, Town

LEVELS = ("hears", "asks", "understands", "helps others listen")
LISTENING = Words("All", "Listening", LEVELS)


def author(session: Session, town: Town, name: str = "Dev Draftington") -> Account:
    """An author of the town's programme; made when first asked for."""
    first = name.split(maxsplit=1)[0]
    if first.lower() not in town.references:
        programme = town.account(session, "morgan").programme
        email = f"{first.lower()}@example.test"
        made = accounts.make(
            session,
            programme,
            Role.AUTHOR,
            email=email,
            name=name,
            first_name=first,
            password=PASSWORD,
            at=BEGAN,
        )
        town.references[first.lower()] = made.reference
    return town.account(session, first.lower())


def second_version(session: Session, town: Town, *, review: bool = True) -> FrameworkVersion:
    """A draft from the town's published framework, in review unless it is said otherwise."""
    dev = author(session, town)
    draft = drafts.begin_from(session, dev, 1, 1, town.clock())
    if review:
        drafts.send_to_review(session, dev, 1, draft.number, town.clock())
    return draft


def sign(session: Session, town: Town, version: FrameworkVersion, *who: str) -> None:
    """These people sign what a version says now."""
    for name in who:
        read = wording.digest(version)
        account = town.account(session, name)
        sign_offs.sign(session, account, version.framework.number, version.number, read, town.clock())
