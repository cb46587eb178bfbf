"""`import framework FILE`: import a framework's draft from a spreadsheet; in a demo, publish it if asked."""

from __future__ import annotations

from argparse import Namespace

from passport.case.outline import Grouping
from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services import Session
from passport.services.core.errors import Refused
from passport.services.core.runtime import utc_now
from passport.services.programmes import creation
from passport.services.programmes.frameworks import imports, tables, uploads, versions
from passport.services.programmes.frameworks.imports import Draft, Import
from passport.services.programmes.frameworks.uploads import Read


def run(options: Namespace) -> int:
    """Import, and publish if asked. With a problem nothing is imported, and 1 is returned."""
    try:
        read = uploads.open_file(options.file.read_bytes(), options.file.name)
        draft = _draft(read)
        with prepare(settings()).transaction() as session:
            done = _import(session, options, read, draft)
    except OSError as error:
        return complain(f"{options.file} cannot be read: {error.strerror}")
    except CannotStart as error:
        return complain(str(error))
    except Refused as error:
        return complain(refusals.words(error))
    return _report(done)


def _draft(read: Read) -> Draft:
    if read.table is not None:
        return tables.by_headings(read.content, read.table)
    draft = uploads.draft_of(read, None, Grouping.TOP, settings().public_url)
    say(f"The package is read: {len(draft.skills)} skills. They are being written.")
    return draft


def _import(session: Session, options: Namespace, read: Read, draft: Draft) -> Import:
    programme = creation.only_programme(session, options.programme)
    if programme is None:
        raise CannotStart("Say which programme: --programme SLUG")
    if options.publish and not creation.is_demo(session):
        raise CannotStart(
            "--publish is for a demo. Here a champion and a coordinator sign on the pages of the draft, and a"
            " manager publishes it: import without --publish"
        )
    title = options.title or uploads.suggested_title(read, options.file.name)
    _ask_what_it_is(session, options, programme.id, title, read, draft)
    done = imports.import_table(session, programme, title, draft, utc_now())
    if options.publish and done.version:
        versions.publish(session, done.version, options.employer_signer, options.school_signer, utc_now())
    return done


def _ask_what_it_is(
    session: Session, options: Namespace, programme_id: int, title: str, read: Read, draft: Draft
) -> None:
    """Raise CannotStart for a file that looks like a framework of another title, unless it is new."""
    likely = uploads.likenesses(session, programme_id, draft, title, settings().public_url, read.package)
    if options.new or not likely or likely[0].same_title or not likely[0].is_alike:
        return
    name, shared = likely[0].framework.title, likely[0].shared
    raise CannotStart(
        f'This looks like "{name}", which has {shared} of its {len(draft.skills)} skills.'
        f' For a new version of it, say --title "{name}"; for another framework, --new'
    )


def _report(done: Import) -> int:
    from passport.web.programmes.frameworks.import_words import words  # most commands run without Flask

    for note in done.notes:
        say(words(note))
    for problem in done.problems:
        complain(words(problem))
    if done.version is None:
        return complain("Nothing was imported.")
    version = done.version
    what = f"{version.framework.title}, version {version.number} ({version.state.value})"
    say(f"{what}: {done.added} skills added, {done.kept} as before.")
    return 0
