"""The commands: `python3 -m passport [COMMAND]`. Each calls one service.

Every command is imported when it is used: `verify` must run without Flask and without a database.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

PROBLEM = 1
COMMANDS = {
    "serve": "serve what is here (after init or demo)",
    "demo": "make the demo programme anew, and stop",
    "init": "make an empty service: a programme, its first two managers, the keys",
    "keys": "the signing keys: the first, the next, those under question or stolen",
    "import": "read a framework of skills, or a school's list of students, from a file",
    "institution": "colleges and universities that check often: accounts, and keys for machines",
    "verify": "check a signed entry without the service and without a network",
    "external-issuers": "keys of other issuers, for checks of badges that are not ours",
    "export": "write the entries of a share as files, with all that is needed to check them",
    "close": "end a programme: nothing more is issued, what was issued stays checkable",
    "restore-access": "remove the second factors of a person who has lost them all",
    "hold-champion": "put everything that a champion endorsed since a time on hold",
    "secret-key": "replace the secret behind cookies and sealed data, in two steps",
    "work": "run the jobs of a service whose web processes do not",
    "recover": "put the database right after a restored backup, and open issuing again",
    "audit": "check that the audit trail was not changed",
    "bench": "measure how fast it is here, beside what is underneath it",
}
# earlier names, which scripts may use
ALIASES = {"external-issuers": ["strangers"], "restore-access": ["let-in"]}
# names that no Python file can have
FILES = {
    "import": "imports.framework",
    "external-issuers": "external_issuers",
    "restore-access": "restore_access",
    "hold-champion": "hold_champion",
    "secret-key": "secret_key",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; without a command, make the demo if needed and serve."""
    options = _parser().parse_args(list(arguments) or ["start"])
    command = importlib.import_module(f"passport.cli.{options.module}")
    try:
        answer: int = command.run(options)
    except _database_errors() as error:
        return complain(unusable(error))
    return answer


def _database_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions of an unusable database; empty if the database package was not imported."""
    module = sys.modules.get("passport.db.errors")
    return (module.DatabaseUnavailable,) if module else ()


def unusable(error: Exception) -> str:
    """Return the error line for a database that cannot be used."""
    module = sys.modules["passport.db.errors"]
    return str(error) if isinstance(error, module.DatabaseUnfit) else f"The database cannot be used: {error}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m passport",
        description="Without a command: make the demo programme if there is nothing yet, and serve.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    commands.add_parser("start").set_defaults(module="serve", make_demo=True)
    for name, words in COMMANDS.items():
        module = importlib.import_module("passport.cli.options")
        about = words[0].upper() + words[1:] + "."
        command = commands.add_parser(name, aliases=ALIASES.get(name, []), help=words, description=about)
        command.set_defaults(module=FILES.get(name, name), make_demo=False)
        module.ADD.get(name, module.nothing)(command)
    return parser


def say(line: str) -> None:
    """Print a line on standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def complain(line: str) -> int:
    """Print one line on standard error, and return the exit code of a failure."""
    sys.stderr.write(line + "\n")
    return PROBLEM
