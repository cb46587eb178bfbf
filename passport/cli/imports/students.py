"""`import students FILE --by EMAIL`: bring in a school's list: a dry run, with --confirm the work itself."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import PROBLEM, complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services import Database, Session
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.core.runtime import utc_now
from passport.services.people import accounts
from passport.services.people.accounts import Account
from passport.services.people.imports import comparing, receiving, working
from passport.services.people.imports.receiving import Choice, Listing, Outcome
from passport.services.programmes import cohorts, sectors
from passport.services.programmes.managing import own_school

WORDS = {
    Outcome.NEW: "new",
    Outcome.CHANGED: "changed",
    Outcome.UNCHANGED: "unchanged",
    Outcome.DUPLICATE: "possible duplicates: answer them on the import's page",
    Outcome.CLAIMED: "for a manager to decide: they may be in the programme already",
    Outcome.REFUSED: "refused",
    Outcome.LEFT_OUT: "left out",
}


def run(options: Namespace) -> int:
    """Compare, and bring in if asked. Returns 1 where nothing could be read."""
    try:
        data = options.file.read_bytes()
        database = prepare(settings())
        with database.reading() as session:
            school = own_school(_coordinator(session, options.by), Action.BRING_IN_STUDENTS)
        listing = receiving.read(data, school.name)
        reference = _compare(database, options, listing)
        if options.confirm:
            _work(database, options, reference)
        return _report(database, options, reference)
    except OSError as error:
        return complain(f"{options.file} cannot be read: {error.strerror}")
    except CannotStart as error:
        return complain(str(error))
    except NotFound:
        return complain(f"No coordinator of a school has the address {options.by}")
    except Refused as error:
        return complain(refusals.words(error))


def _coordinator(session: Session, email: str) -> Account:
    found = accounts.by_email(session, email)
    if found is None:
        raise NotFound
    return found


def _compare(database: Database, options: Namespace, listing: Listing) -> str:
    """Store the list with its columns as they are guessed or remembered, and its dry run."""
    at = utc_now()
    with database.transaction() as session:
        actor = _coordinator(session, options.by)
        made = receiving.receive(session, actor, options.file.name, listing, at)
        choice = Choice(
            columns=receiving.layout_of(made).columns,
            sector=_named(sectors.offered(session, actor), "--sector", options.sector),
            cohort=_named(cohorts.offered(session, actor), "--cohort", options.cohort, needed=False),
            year=options.year,
            years=options.only_year,
        )
        receiving.match(session, actor, made.reference, choice)
    with database.reading() as session:
        found = receiving.find(session, _coordinator(session, options.by), made.reference)
        plan = comparing.plan(session, found, at)
    with database.transaction() as session:
        comparing.store(session, _coordinator(session, options.by), made.reference, plan)
    return made.reference


def _named(
    offered: list[sectors.Sector] | list[cohorts.Cohort], option: str, name: str, *, needed: bool = True
) -> str:
    """Return the reference of what has that name, or of the only one. Raises CannotStart."""
    if not name and not needed:
        return ""
    found = [one.reference for one in offered if not name or one.name == name]
    if len(found) != 1:
        names = ", ".join(one.name for one in offered) or "there is none"
        raise CannotStart(f"Say which one: {option} NAME ({names})")
    return found[0]


def _work(database: Database, options: Namespace, reference: str) -> None:
    with database.transaction() as session:
        actor = _coordinator(session, options.by)
        number = working.confirm(session, actor, reference, utc_now()).id
    more = True
    while more:
        with database.transaction() as session:
            more = working.work(session, number, utc_now())
            found = receiving.find(session, _coordinator(session, options.by), reference)
            told = working.progress(session, found)
        say(f"{told.done} of {told.total}")


def _report(database: Database, options: Namespace, reference: str) -> int:
    with database.reading() as session:
        made = receiving.find(session, _coordinator(session, options.by), reference)
        told = working.progress(session, made)
        rows = working.report(session, made)
    for row in rows:
        if row.outcome is Outcome.REFUSED:
            say(f"row {row.number}: {refusals.words(Refused(Reason(row.reason), **row.details))}")
    for outcome, words in WORDS.items():
        if told.counts.get(outcome):
            say(f"{told.counts[outcome]} {words}")
    if told.left:
        say(f"{told.left} of the school's students in these years are not in the list, and stay as they are")
    if not options.confirm:
        say("Nothing has changed. Give the command again with --confirm, or confirm it on its page.")
    return 0 if rows else PROBLEM
