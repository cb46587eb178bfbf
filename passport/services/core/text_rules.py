"""Validate texts on input that will be signed later (the rule itself: `openbadges.signed_texts`)."""

from __future__ import annotations

from passport.openbadges import signed_texts
from passport.openbadges.errors import BadText
from passport.services.core.errors import Refused, UnusableText
from passport.services.core.reasons import Reason

SHORTEST_REASON, LONGEST_REASON = 10, 500


def usable(what: str, text: str, *, quoted: bool = False) -> str:
    """Return the text unchanged if it can be signed. ``quoted``: it is quoted in an endorsement's sentence.

    Raises UnusableText, which names ``what`` the text is and says what to do.
    """
    advice = problem(text, quoted=quoted)
    if advice:
        raise UnusableText(f"{what} {text!r}", advice)
    return text


def readable(text: str) -> str:
    """Return a free text, which is never signed, without control characters and bidi overrides.

    Names are signed: a name with such characters is refused (`usable`), not cleaned.
    """
    return signed_texts.without_overrides(text)


def shown_length(text: str) -> int:
    """Count the visible characters of a text, except U+FFFD, which replaces bytes that cannot be decoded."""
    return len(signed_texts.shown(text).replace("\ufffd", "").strip())


def problem(text: str, *, quoted: bool = False) -> str | None:
    """Return advice about a text that cannot be signed; None for a usable one."""
    try:
        (signed_texts.check_quotable if quoted else signed_texts.check)(text)
    except BadText as error:
        return str(error)
    return None


def private_reason(reason: str) -> str:
    """Return a private reason as stored. Raises Refused if too short or too long: it must explain the act."""
    kept = readable(reason.replace("\r\n", "\n")).strip()
    if not SHORTEST_REASON <= len(kept) <= LONGEST_REASON:
        raise Refused(Reason.REASON_MISSING)
    return kept
