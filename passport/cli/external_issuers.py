"""`external-issuers add|list|remove`: DID documents with the keys of external issuers."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.proofs.signing import KeyRing
from passport.publisher import Publisher
from passport.services.core.errors import NotFound, Refused
from passport.services.core.runtime import public_files, utc_now
from passport.services.trust import external_issuers


def run(options: Namespace) -> int:
    """Add, list or remove; a change is published in the bundle at once."""
    try:
        return _list() if options.verb == "list" else _change(options)
    except OSError as error:
        return complain(f"{options.file} cannot be read: {error.strerror}")
    except (CannotStart, NotFound) as error:
        return complain(str(error))
    except Refused as error:
        return complain(refusals.words(error))


def _list() -> int:
    for did in sorted(external_issuers.documents(public_files(settings()))):
        say(did)
    return 0


def _change(options: Namespace) -> int:
    chosen = settings()
    public, at, database = public_files(chosen), utc_now(), prepare(chosen)
    known = external_issuers.documents(public)
    if options.verb == "add":
        content = options.file.read_bytes()
        with database.transaction() as session:
            did = external_issuers.accept(session, known, content, options.by, at)
        external_issuers.write(public, did, content)
    else:
        did = options.did
        with database.transaction() as session:
            external_issuers.forget(session, known, did, options.by, at)
        external_issuers.remove(public, did)
    Publisher(database, KeyRing([]), public, chosen.public_url).publish_bundle(at)
    say(f"{did}: {'kept' if options.verb == 'add' else 'removed'}.")
    return 0
