"""Why a check failed or was not made, in the words of the page.

The verifier gives its reasons in English, for machines too. Those without a part of the document in them are
in the catalogue; the others are shown as they are.
"""

from __future__ import annotations

from flask_babel import gettext

from passport.services.checking import shown_contents
from passport.verifier import Check, Verdict


def _l(reason: str) -> str:
    """Mark a reason for the catalogue."""
    return reason


# Those that the page's own reader gives too
READER = (
    _l("it has been withdrawn"),
    _l("it is on hold until a question about it is settled"),
    _l("a newer entry has taken its place"),
    _l("its review date has passed"),
    _l("the share has come to its end"),
    _l("the holder has stopped this share"),
    _l("the signature does not belong to this key and these contents"),
    _l("the list of issuers and keys is out of date"),
    _l("the list of issuers and keys at hand is too old to know this key"),
    _l("the status list is too old"),
    _l("there is no status list to look into"),
    _l("the key is not in use yet"),
    _l("the key is suspended until a question about it is settled"),
    _l("it is signed with a key that was not in use at that time"),
    _l("we do not know this issuer, so we could not check the signature"),
    _l("this check could not be made"),
)
FIXED = (
    *READER,
    _l("there is no signature on it"),
    _l("its signature is cut off"),
    _l("its signature was not found to hold"),
    _l("its issuer names no list"),
    _l("it names no end"),
    _l("it names two issuers"),
    _l("several proofs, which we do not check"),
    _l("it does not name its issuer by an address"),
    _l("it is not valid yet"),
    _l("it is not valid any more"),
    _l("its issuer has withdrawn it"),
    _l("its status list is not at hand"),
    _l("its status list is too old"),
    _l("we do not know this issuer's keys"),
    _l("it is written to an older version of the data model"),
    _l("it is too long to be held against the published schema"),
    _l("it is dated in the future"),
    _l("it is dated in the future, and the clock is behind: is the clock right?"),
    _l("it was not endorsed, issued and due for review in this order"),
    _l("our list of issuers could not be read"),
    _l("our own record of it is damaged"),
    _l("our own record is being put right after a fault: ask again later"),
    _l("it is not what our own record says"),
)


def reason_of(check: Check, verdict: Verdict) -> str:
    """Return why a check failed or was not made. A verdict that shows nothing quotes nothing either."""
    return gettext(shown_contents.reason(check, verdict))


def of_the_reader() -> dict[str, str]:
    """Return the words for the reasons that the page's own reader gives, by the reason."""
    return {reason: gettext(reason) for reason in READER}
