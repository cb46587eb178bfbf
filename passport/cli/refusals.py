"""The words of refusals for an operator at a terminal, if pages have other words or cannot meet them."""

from __future__ import annotations

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason

WORDS: dict[Reason, str] = {
    Reason.EMAIL_TAKEN: "There is an account with this address already",
    Reason.EMPLOYER_HAS_WORK: "Endorsements of this employer still wait to be signed: try again in a day",
    Reason.ENTRY_ENDORSEMENT_LOST: (
        "The endorsement of this entry was given after the backup: ask the champion to endorse again"
    ),
    Reason.ENTRY_KNOWN: "The database has this entry, or another one in its place",
    Reason.ENTRY_ERASED: "It was erased, and is not taken back",
    Reason.ENTRY_LIST_UNKNOWN: "The status list that it names is not in the database: recover first",
    Reason.ENTRY_NEEDS_JSON: "Bring the entry as its JSON file (entry.json), as its holder downloaded it",
    Reason.ENTRY_NOT_OURS: "It is not an entry that this service signed and vouches for now",
    Reason.ENTRY_WHOSE: (
        "No student of this name at this school, or several, have an account: --holder EMAIL says whose it is"
    ),
    Reason.INSTITUTION_TAKEN: "There is an institution with this word already: see institution list",
    Reason.KEY_HAS_WORK: "This key has begun entries that are not signed yet: try again in a minute",
    Reason.KEY_REVOKED: "This key was revoked before",
    Reason.KEY_STATE: "A key in this state cannot do that: see keys list",
    Reason.KEY_SUSPENDED: (
        "A key is suspended until a question about it is settled: settle it first (keys list)"
    ),
    Reason.KEY_TOO_NEW: "A key that replaces another must be public for 14 days before it signs",
    Reason.NAME_ONE: "Say who decided it: --by NAME",
    Reason.NAME_TWO: "Two people must decide this: --by NAME --by NAME",
    Reason.NO_SKILLS: "There is no skill to publish",
    Reason.PROGRAMME_CLOSED: "This programme has closed, and nothing is left to sign",
    Reason.PROGRAMME_HAS_WORK: "Endorsements still wait for their entry: close when all of them are signed",
    Reason.REASON_MISSING: "Say why in 10 to 500 characters: --reason TEXT",
    Reason.SHARE_ENDED: "The holder has stopped this share, or its last day is over",
    Reason.SLUG_TAKEN_MEANWHILE: (
        "Another employer was registered under this word: the managers refuse the request and ask again"
    ),
    Reason.SLUG_UNUSABLE: "SLUG: 2 to 40 lower case letters, digits and hyphens, beginning with a letter",
    Reason.EXTERNAL_ISSUER_IS_OURS: "This issuer stands in our own registry: its keys are looked after there",
    Reason.EXTERNAL_ISSUER_NOT_DID_WEB: "This is no document of a did:web issuer; did:key issuers need none",
    Reason.EXTERNAL_ISSUER_UNREADABLE: "This file is not a JSON object of at most 64 KiB",
    Reason.EXTERNAL_ISSUER_WITHOUT_KEY: "This document names no Ed25519, P-256 or RSA key for assertions",
    Reason.EXTERNAL_ISSUERS_FULL: "500 documents are kept already: remove one first",
    Reason.TIME_IN_THE_FUTURE: "--since is in the future",
    Reason.TWO_SIGNERS_NEEDED: "Name two people who signed it: --employer-signer and --school-signer",
}


def words(refused: Refused) -> str:
    """Return one line that says why a command did nothing, without a full stop."""
    if refused.reason in WORDS:
        return WORDS[refused.reason]
    from passport.web.core import refusals  # most commands run without Flask, and this is rare

    return refusals.at_box(refused)
