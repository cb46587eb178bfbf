"""Texts that will be signed are judged where they come in (the rule itself: `openbadges.texts`)."""

from __future__ import annotations

from passport.openbadges import texts
from passport.openbadges.errors import BadText
from passport.services.core.errors import Refused, UnusableText
from passport.services.core.reasons import Reason

SHORTEST_REASON, LONGEST_REASON = 10, 500


def usable(what: str, text: str, *, quoted: bool = False) -> str:
    """The text, if it can be signed. ``quoted``: it goes into an endorsement's sentence.

    Raises UnusableText, which names ``what`` it is and says what to do.
    """
    advice = problem(text, quoted=quoted)
    if advice:
        raise UnusableText(f"{what} {text!r}", advice)
    return text


def readable(text: str) -> str:
    """A free text that reads as it stands. It is never signed; names are, and are refused, not mended."""
    return texts.without_overrides(text)


def shown_length(text: str) -> int:
    """Count the signs of a text that can be seen. U+FFFD stands for bytes that could not be read."""
    return len(texts.shown(text).replace("\ufffd", "").strip())


def problem(text: str, *, quoted: bool = False) -> str | None:
    """What to do about a text that cannot be signed; None for a good one."""
    try:
        (texts.check_quotable if quoted else texts.check)(text)
    except BadText as error:
        return str(error)
    return None


def private_reason(reason: str) -> str:
    """What is kept of a reason. Raises Refused for none: somebody must be able to say later why."""
    kept = readable(reason.replace("\r\n", "\n")).strip()
    if not SHORTEST_REASON <= len(kept) <= LONGEST_REASON:
        raise Refused(Reason.REASON_MISSING)
    return kept
