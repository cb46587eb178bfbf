"""`verify FILE --trust bundle.json`: check a signed entry, with nothing but two files."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from passport.cli import complain, say
from passport.cli.times import a_time
from passport.openbadges.baking import is_picture, unbake
from passport.openbadges.credential import LEVELS, Entry
from passport.openbadges.errors import BadPicture
from passport.verifier import Check, Kind, NotACredential, Trust, TrustError, Verdict, verify

GENUINE, OTHER, UNUSABLE = 0, 1, 2
HEADINGS = {
    Verdict.CURRENT: "Genuine and current",
    Verdict.WITHDRAWN: "Genuine, but withdrawn",
    Verdict.ON_HOLD: "Genuine, but on hold: ask again later",
    Verdict.REPLACED: "Genuine, but replaced by a newer entry",
    Verdict.PAST_REVIEW: "Genuine, but past its review date",
    Verdict.UNKNOWN_ISSUER: "We do not recognise who issued this",
    Verdict.NOT_GENUINE: "Not genuine: do not rely on this",
    Verdict.UNFINISHED: "We could not finish the check",
}
NOT_A_CREDENTIAL = "not a credential we can check"
_FILE = "Ask for the badge file itself (JSON, or the picture with the badge in it), or for its code."
ASK_FOR = dict.fromkeys(Kind, _FILE) | {
    Kind.OLD_BADGE: "Ask who issued it, or ask for an Open Badges 3.0 file.",
    Kind.OLD_RECORD: "Ask for the single badges in it, as Open Badges 3.0 files.",
}
# by whether a school confirmed it; the words of `/api/checks` too
ASSURANCE = {False: "employer endorsed", True: "school or college confirmed"}


def run(options: Namespace) -> int:
    """Check a file: exit code 0 for genuine and current, 1 for any other verdict, 2 for what gets none."""
    try:
        entry, trust = _read(options.file), Trust.from_bundle(options.trust.read_bytes())
        at = _time(options.at)
    except OSError as error:
        complain(f"{error.filename} cannot be read: {error.strerror}")
        return UNUSABLE
    except (TrustError, BadPicture, ValueError) as error:
        complain(str(error))
        return UNUSABLE
    try:
        found = verify(entry, trust, at, max_age=timedelta(hours=options.max_age))
    except NotACredential as error:
        _say_kind(error.kind, as_json=options.json)
        return UNUSABLE
    if found.unexpected is not None:
        place = found.unexpected.trace[-1]
        complain(f"The check broke off in a way that nobody foresaw: {found.unexpected.kind} at {place}")
    (_print_json if options.json else _print_words)(found.verdict, found.checks, found.credential)
    return GENUINE if found.verdict is Verdict.CURRENT else OTHER


def _say_kind(kind: Kind, *, as_json: bool) -> None:
    """Say that there is no verdict, what the file seems to be, and what to ask for."""
    if as_json:
        say(json.dumps({"outcome": NOT_A_CREDENTIAL, "seems_to_be": kind.value}, indent=2))
        return
    complain(f"We cannot check this kind of file. It seems to be {kind}. {ASK_FOR[kind]}")


def _read(file: Path) -> bytes:
    """Return the credential in a file, unbaked if the file is a picture. Raises BadPicture."""
    content = file.read_bytes()
    return unbake(content) if is_picture(content) else content


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    return a_time("--at", text)


def _print_json(verdict: Verdict, checks: tuple[Check, ...], credential: Entry | None) -> None:
    answer = {
        "verdict": verdict.value,
        "checks": [
            {"name": check.name, "outcome": check.outcome.value, "reason": check.reason} for check in checks
        ],
        "credential": asdict(credential) if credential else None,
        "assurance": ASSURANCE[credential.confirmed] if credential else None,
    }
    say(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def _print_words(verdict: Verdict, checks: tuple[Check, ...], credential: Entry | None) -> None:
    say(f"{verdict.value}  {HEADINGS[verdict]}")
    if credential:
        say(f"    {credential.holder_name}, {credential.school}")
        say(f"    {credential.achievement.skill}: {LEVELS[credential.level - 1]}")
        person = f"{credential.champion.name}, {credential.champion.role}, {credential.vouching}"
        say(f"    {ASSURANCE[credential.confirmed].capitalize()}: {person}")
    for check in checks:
        say(f"    {check.outcome.value:<12} {check.name}{': ' + check.reason if check.reason else ''}")
