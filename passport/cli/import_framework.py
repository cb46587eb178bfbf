"""`import framework FILE`: import a framework's draft from a spreadsheet, and publish it if asked."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services import Session
from passport.services.core.errors import Refused
from passport.services.core.runtime import utc_now
from passport.services.programmes import creation
from passport.services.programmes.frameworks import imports, versions
from passport.services.programmes.frameworks.imports import Draft, Import


def run(options: Namespace) -> int:
    """Import, and publish if asked. With a problem nothing is imported, and 1 is returned."""
    try:
        draft = imports.read(options.file.read_bytes())
        with prepare(settings()).transaction() as session:
            done = _import(session, options, draft)
    except OSError as error:
        return complain(f"{options.file} cannot be read: {error.strerror}")
    except CannotStart as error:
        return complain(str(error))
    except Refused as error:
        return complain(refusals.words(error))
    return _report(done)


def _import(session: Session, options: Namespace, draft: Draft) -> Import:
    programme = creation.only_programme(session, options.programme)
    if programme is None:
        raise CannotStart("Say which programme: --programme SLUG")
    title = options.title or options.file.stem
    done = imports.import_table(session, programme, title, draft, utc_now())
    if options.publish and done.version:
        versions.publish(session, done.version, options.employer_signer, options.school_signer, utc_now())
    return done


def _report(done: Import) -> int:
    for note in done.notes:
        say(note)
    for problem in done.problems:
        complain(str(problem))
    if done.version is None:
        return complain("Nothing was imported.")
    version = done.version
    what = f"{version.framework.title}, version {version.number} ({version.state.value})"
    say(f"{what}: {done.added} skills added, {done.kept} as before.")
    return 0
