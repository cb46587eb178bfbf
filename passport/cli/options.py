"""The commands' options."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

MOST_HOURS = 24 * 366


def nothing(_parser: ArgumentParser) -> None:
    """Define no options."""


def _hours(text: str) -> float:
    """Parse a number of hours, at most a year. Raises ArgumentTypeError."""
    try:
        hours = float(text)
    except ValueError:
        hours = 0
    if not 0 < hours <= MOST_HOURS:
        raise ArgumentTypeError(f"{text} is no number of hours, up to a year")
    return hours


def _audit(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        action="append",
        default=[],
        type=_head,
        metavar="NUMBER:DIGEST",
        help="a head that an earlier audit printed: say if the trail does not go on from it",
    )


def _head(text: str) -> tuple[int, str]:
    """Parse a head of the audit trail as `audit` prints it: a number and 64 hexadecimal digits."""
    found = re.fullmatch("([0-9]{1,15}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise ArgumentTypeError(f"{text} is not a line that audit printed: NUMBER:DIGEST")
    return int(found[1]), found[2]


def _verify(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the signed entry, as JSON, as a token or in a picture"
    )
    parser.add_argument("--trust", type=Path, required=True, metavar="BUNDLE", help="bundle.json")
    parser.add_argument("--at", metavar="TIME", help="judge as of this time (2026-03-15T12:00:00Z)")
    parser.add_argument(
        "--max-age", type=_hours, default=24, metavar="HOURS", help="how old a status list may be"
    )
    parser.add_argument("--json", action="store_true", help="answer for machines")


def _init(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--programme", required=True, metavar="NAME", help='for example "Made in Brindlemoor"'
    )
    parser.add_argument(
        "--slug", required=True, metavar="WORD", help="the programme in addresses: brindlemoor"
    )
    parser.add_argument(
        "--manager", action="append", required=True, metavar="NAME<EMAIL>", help="give it twice: two managers"
    )
    parser.add_argument("--school", action="append", default=[], metavar="NAME", help="may be given often")


def _hold_champion(parser: ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the champion's address")
    parser.add_argument(
        "--since", required=True, metavar="TIME", help="with its zone: 2026-03-14T09:00:00+00:00"
    )
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, for those who may read it")


def _keys(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("init", help="make the first keys that the service lacks")
    verbs.add_parser("list", help="every key, its state and whose it is")
    verbs.add_parser("carry-out", help="let employers in, or end them, as two managers decided on the pages")
    propose = verbs.add_parser("propose", help="make and publish a key that will replace another")
    propose.add_argument("issuer", help="the programme's or employer's word in addresses")
    propose.add_argument("role", choices=["issue", "status", "endorse"])
    for verb, words in KEY_VERBS.items():
        verbs.add_parser(verb, help=words).add_argument("kid", help="the key's eight characters")
    verbs.choices["compromise"].add_argument("--since", required=True, metavar="TIME")
    for verb in ("propose", *KEY_VERBS):
        by = verbs.choices[verb].add_argument("--by", action="append", default=[], metavar="NAME")
        by.help = "who decided it; give it twice where two must"


KEY_VERBS = {
    "activate": "let a proposed key sign, or a suspended one again (two people)",
    "retire": "end a key's work; what it signed stays good",
    "suspend": "take a key out of use at once",
    "compromise": "give a key up as stolen (two people): its entries go on hold",
    "sign-again": "sign the held entries of a stolen key with the keys of today",
}


def _import(parser: ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    _import_framework(kinds.add_parser("framework", help="a framework of skills"))
    students = kinds.add_parser("students", help="a school's list of students")
    students.set_defaults(module="imports.students")
    _import_students(students)


def _import_framework(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a table (CSV, XLSX, ODS: group, skill, four levels) or a CASE package",
    )
    parser.add_argument("--title", metavar="TITLE", help="the framework's title (else the file's name)")
    parser.add_argument("--new", action="store_true", help="a new framework, although it looks like one")
    parser.add_argument("--programme", metavar="SLUG", help="needed where there are several")
    parser.add_argument("--publish", action="store_true", help="in a demo: publish it; name both signers")
    parser.add_argument("--employer-signer", default="", metavar="NAME")
    parser.add_argument("--school-signer", default="", metavar="NAME")


def _import_students(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="as a school system exports it: CSV, XLSX, ODS, OneRoster ZIP"
    )
    parser.add_argument("--by", required=True, metavar="EMAIL", help="the coordinator whose school it is")
    parser.add_argument("--sector", default="", metavar="NAME", help="of new students; needed with several")
    parser.add_argument("--cohort", default="", metavar="NAME", help="of new students")
    parser.add_argument("--year", type=int, metavar="N", help="everybody's year, where no column has it")
    parser.add_argument(
        "--only-year", type=int, action="append", default=[], metavar="N", help="take these years alone"
    )
    parser.add_argument(
        "--confirm", action="store_true", help="bring them in; without it, only say what would"
    )


def _bench(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=["credentials", "checks", "doors", "load", "pages"])
    parser.add_argument("--seconds", type=float, default=6, metavar="N", help="measure for about so long")
    parser.add_argument("--json", action="store_true", help="answer for machines")


def _export(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="SHARECODE", help="SP-XXXX-XXXX-XXXX, as the holder shares it")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the files go; it is made if needed")


def _close(parser: ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", help="the programme's word in addresses")
    parser.add_argument(
        "--by", action="append", default=[], metavar="NAME", help="who decided it; give it twice"
    )


def _restore_access(parser: ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the address of a person who lost every second factor")
    parser.add_argument(
        "--by", action="append", default=[], metavar="NAME", help="who made sure that it is them; twice"
    )


def _secret_key(parser: ArgumentParser) -> None:
    parser.add_argument("step", choices=["rotate", "finish"], help="add the new secret; remove the old one")


def _institution(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, words in INSTITUTION_VERBS.items():
        verbs.add_parser(verb, help=words)
    for verb in ("add", "account", "key"):
        verbs.choices[verb].add_argument("slug", metavar="WORD", help="the institution in short: northlark")
    verbs.choices["add"].add_argument("name", metavar="NAME", help='for example "University of Northlark"')
    verbs.choices["add"].add_argument("--programme", metavar="SLUG", help="needed where there are several")
    verbs.choices["account"].add_argument("person", metavar="NAME<EMAIL>")
    verbs.choices["revoke"].add_argument("prefix", help="the key's eight characters")


INSTITUTION_VERBS = {
    "add": "add an institution",
    "account": "give a member of its staff an account",
    "key": "make a key for machines; it is shown once",
    "list": "every institution with its accounts and keys",
    "revoke": "end a key for good",
}


def _external_issuers(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    add = verbs.add_parser("add", help="keep an issuer's DID document and publish it in the bundle")
    add.add_argument("file", type=Path, metavar="DID.json", help="looked up by you at the issuer's own site")
    remove = verbs.add_parser("remove", help="take an issuer's document away")
    remove.add_argument("did", metavar="DID")
    for verb in (add, remove):
        verb.add_argument("--by", required=True, metavar="NAME", help="who looked it up and decided it")
    verbs.add_parser("list", help="every issuer whose document is kept")


def _recover(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="FOLDER", help="a copy of the published folder"
    )
    parser.add_argument(
        "--restored", action="store_true", help="a backup was restored, even if nothing shows it"
    )
    parser.add_argument(
        "--none-exists", action="store_true", help="two people say that no copy exists of what is missing"
    )
    parser.add_argument("--by", action="append", default=[], metavar="NAME", help="who says so; twice")
    parser.add_argument(
        "--entry", action="append", default=[], type=Path, metavar="FILE", help="an entry that a holder shows"
    )
    parser.add_argument("--holder", default="", metavar="EMAIL", help="whose entry it is, where that is open")


ADD = {
    "audit": _audit,
    "bench": _bench,
    "close": _close,
    "export": _export,
    "external-issuers": _external_issuers,
    "hold-champion": _hold_champion,
    "import": _import,
    "init": _init,
    "institution": _institution,
    "keys": _keys,
    "recover": _recover,
    "restore-access": _restore_access,
    "secret-key": _secret_key,
    "verify": _verify,
}
