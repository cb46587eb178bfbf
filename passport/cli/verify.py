"""`verify FILE --trust bundle.json`: check a signed entry, with nothing but two files."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from passport.cli import complain, say
from passport.cli.times import a_time
from passport.openbadges import messages
from passport.openbadges.baking import is_picture, unbake
from passport.openbadges.credential import LEVELS, Entry
from passport.openbadges.errors import BadPicture, NoCredential, OlderBadge, WrappedTooOften
from passport.openbadges.messages import Letter
from passport.openbadges.wrappers import Unwrapped
from passport.verifier import (
    Check,
    Kind,
    NotACredential,
    Outcome,
    Trust,
    TrustError,
    Verdict,
    holder,
    verify,
    worst,
)
from passport.verifier.disclosure import Shown, shown

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


@dataclass(frozen=True)
class Checked:
    """The result for one credential; what is none has a `kind` and no verdict."""

    verdict: Verdict | None
    checks: tuple[Check, ...] = ()
    credential: Entry | None = None
    kind: Kind = Kind.OTHER


def run(options: Namespace) -> int:
    """Check a file: exit code 0 for genuine and current, 1 for any other verdict, 2 for what gets none.

    Of several credentials all must be current, and the own proof of a presentation around them must not have
    failed.
    """
    try:
        letter, trust = _read(options.file), Trust.from_bundle(options.trust.read_bytes())
        at = _time(options.at)
    except OSError as error:
        complain(f"{error.filename} cannot be read: {error.strerror}")
        return UNUSABLE
    except (OlderBadge, NoCredential) as error:
        kind = Kind.OLD_BADGE if isinstance(error, OlderBadge) else Kind.PICTURE
        _say_kind(kind, as_json=options.json)
        return UNUSABLE
    except (TrustError, BadPicture, WrappedTooOften, ValueError) as error:
        complain(str(error))
        return UNUSABLE
    max_age = timedelta(hours=options.max_age)
    found = [_checked(entry, trust, at, max_age) for entry in letter.opened.credentials]
    if any(_is_broken(*pair, letter) for pair in zip(letter.opened.credentials, found, strict=True)):
        complain("A mail program has broken the lines of this badge. Ask for the badge as a file")
        return UNUSABLE
    if all(one.verdict is None for one in found):
        _say_kind(found[0].kind, as_json=options.json)
        return UNUSABLE
    proofs = [
        holder.own_proof(presentation, at, trust.cache.canonicalizer)
        for presentation in letter.opened.presentations
    ]
    (_print_json if options.json else _print_words)(found, proofs)
    is_good = all(one.verdict is Verdict.CURRENT for one in found)
    return GENUINE if is_good and not any(proof.outcome is Outcome.FAILED for proof in proofs) else OTHER


def _checked(entry: bytes, trust: Trust, at: datetime, max_age: timedelta) -> Checked:
    try:
        found = verify(entry, trust, at, max_age=max_age)
    except NotACredential as error:
        return Checked(None, kind=error.kind)
    if found.unexpected is not None:
        place = found.unexpected.trace[-1]
        complain(f"The check broke off because of an unforeseen error: {found.unexpected.kind} at {place}")
    return Checked(found.verdict, found.checks, found.credential)


def _is_broken(entry: bytes, found: Checked, letter: Letter) -> bool:
    """Return whether a text was put together from broken lines, and not as it was signed."""
    return entry in letter.mended and found.verdict is Verdict.NOT_GENUINE


def _say_kind(kind: Kind, *, as_json: bool) -> None:
    """Say that there is no verdict, what the file seems to be, and what to ask for."""
    if as_json:
        say(json.dumps({"outcome": NOT_A_CREDENTIAL, "seems_to_be": kind.value}, indent=2))
        return
    complain(f"We cannot check this kind of file. It seems to be {kind}. {ASK_FOR[kind]}")


def _read(file: Path) -> Letter:
    """Return the credentials in a file: a picture, JSON, a token, or a message with some in it.

    A file with none is handed on as it is: the check says what it seems to be. Raises BadPicture and
    WrappedTooOften.
    """
    content = file.read_bytes()
    if is_picture(content):
        content = unbake(content)
    parts = messages.mail_parts(content) if messages.is_mail(content) else [content]
    found, mended = Unwrapped(), set[bytes]()
    for part in parts:
        letter = messages.read(messages.decoded(part))
        found.credentials += letter.opened.credentials
        found.presentations += letter.opened.presentations
        mended |= letter.mended
    found.credentials = list(dict.fromkeys(found.credentials)) or [content]
    return Letter(found, (), frozenset(mended))


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    return a_time("--at", text)


def _print_json(found: list[Checked], proofs: list[Check]) -> None:
    """Print one object: of one credential its result, of several the worst verdict and each result."""
    results = [_as_json(one) for one in found]
    answer = results[0]
    if len(results) > 1:
        verdicts = [one.verdict for one in found if one.verdict is not None]
        answer = {"verdict": worst(verdicts).value, "credentials": results}
    if proofs:
        answer["presentations"] = [_check_as_json(proof) for proof in proofs]
    say(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def _as_json(found: Checked) -> dict[str, Any]:
    if found.verdict is None:
        return {"outcome": NOT_A_CREDENTIAL, "seems_to_be": found.kind.value}
    seen = shown(found.verdict, found.credential)
    return {
        "verdict": found.verdict.value,
        "checks": [_check_as_json(check) for check in found.checks],
        "credential": _disclosed(seen),
        "assurance": ASSURANCE[seen.whole.confirmed] if seen.whole else None,
    }


def _disclosed(seen: Shown) -> dict[str, Any] | None:
    """Return what may be shown: the whole entry, or the holder's name and the skill alone."""
    if seen.whole:
        return asdict(seen.whole)
    known = {"holder_name": seen.holder, "skill": seen.skill}
    return {name: value for name, value in known.items() if value is not None} or None


def _check_as_json(check: Check) -> dict[str, str]:
    return {"name": check.name, "outcome": check.outcome.value, "reason": check.reason}


def _print_words(found: list[Checked], proofs: list[Check]) -> None:
    for one in found:
        _print_one(one)
    for proof in proofs:
        reason = f": {proof.reason}" if proof.reason else ""
        say(f"    {proof.outcome.value:<12} the presentation's own signature{reason}")


def _print_one(found: Checked) -> None:
    if found.verdict is None:
        say(f"--  {NOT_A_CREDENTIAL.capitalize()}: it seems to be {found.kind}")
        return
    say(f"{found.verdict.value}  {HEADINGS[found.verdict]}")
    seen = shown(found.verdict, found.credential)
    if seen.skill and not seen.whole:
        say(f"    {', '.join(filter(None, (seen.holder, seen.skill)))}")
    if credential := seen.whole:
        say(f"    {credential.holder_name}, {credential.school}")
        say(f"    {credential.achievement.skill}: {LEVELS[credential.level - 1]}")
        person = f"{credential.champion.name}, {credential.champion.role}, {credential.vouching}"
        say(f"    {ASSURANCE[credential.confirmed].capitalize()}: {person}")
    for check in found.checks:
        say(f"    {check.outcome.value:<12} {check.name}{': ' + check.reason if check.reason else ''}")
