"""`export SHARECODE DIR`: write the entries of a share as files, with all that is needed to check them."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from pathlib import Path

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services.core.errors import NotFound, Refused
from passport.services.core.runtime import public_files, utc_now
from passport.services.sharing import exports


def run(options: Namespace) -> int:
    """Write the folder; existing files with the same names are overwritten."""
    try:
        chosen = settings()
        with closing(prepare(chosen)) as database, database.reading() as session:
            exported = exports.export(session, options.code, utc_now())
        files = exported.with_published(public_files(chosen))
        for name, content in files.items():
            _write(options.folder / name, content)
    except CannotStart as error:
        return complain(str(error))
    except NotFound:
        return complain(f"There is no share with the code {options.code}")
    except Refused as error:
        return complain(refusals.words(error))
    except OSError as error:
        return complain(f"{error.filename} cannot be written: {error.strerror}")
    say(f"{len(files)} files are in {options.folder}. To check one:")
    say("    python3 -m passport verify ENTRY/entry.json --trust bundle.json")
    return 0


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
