"""The commands' options."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path


def nothing(_parser: ArgumentParser) -> None:
    """A command without options."""


def _verify(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the signed entry (entry.json)")
    parser.add_argument("--trust", type=Path, required=True, metavar="BUNDLE", help="bundle.json")
    parser.add_argument("--at", metavar="TIME", help="judge as of this time (2026-03-15T12:00:00Z)")
    parser.add_argument(
        "--max-age", type=float, default=24, metavar="HOURS", help="how old a status list may be"
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


def _keys(parser: ArgumentParser) -> None:
    parser.add_argument("verb", choices=["init"], help="init: make the keys that the service lacks")


def _import(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=["framework"])
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="group, skill, then the four levels")
    parser.add_argument("--title", metavar="TITLE", help="the framework's title (else the file's name)")
    parser.add_argument("--programme", metavar="SLUG", help="needed where there are several")
    parser.add_argument("--publish", action="store_true", help="publish it; name the two who signed it")
    parser.add_argument("--employer-signer", default="", metavar="NAME")
    parser.add_argument("--school-signer", default="", metavar="NAME")


ADD = {"verify": _verify, "init": _init, "keys": _keys, "import": _import}
