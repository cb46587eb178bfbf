"""What `bench credentials` measures of the compact entry: from the text of a code to values or a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from passport.openbadges import address, compact
from passport.openbadges.contents import add_months, contents_of
from passport.openbadges.credential import Entry
from passport.proofs import cose, keys
from passport.proofs.signing import Signer
from passport.verifier import Trust
from passport.verifier.compact import verify_compact

_ORIGIN = "https://passport.example"
_CODE = "SP4F7K9QXM2TW9"


def operations(entry: Entry, signer: Signer, trust: Trust, at: datetime) -> dict[str, Callable[[], object]]:
    """Return each operation on an entry that is genuine and current in this trust, at this time.

    `compact_verify` goes from the text to values whose signature holds, and is to be compared with
    `raw_verify_compact`: the signature alone, over the same message. `compact_check` goes to the verdict.
    """
    review_on = add_months(entry.issued_at.date(), 36)
    whole_months = replace(entry, review_at=datetime.combine(review_on, entry.issued_at.timetz()))
    contents = contents_of(
        whole_months, UTC, share_made=at.date(), share_ends=at.date() + timedelta(365), share_index=20_311
    )
    text = address.write(_ORIGIN, _CODE, compact.write(contents, signer))
    message = compact.read(address.parse(text).data()).message
    signed = cose.to_be_signed(message.kid, message.payload)

    def verify() -> None:
        compact.read(address.parse(text).data()).message.verify(signer.public_key)

    return {
        "raw_verify_compact": lambda: keys.verify_signature(signer.public_key, message.signature, signed),
        "compact_verify": verify,
        "compact_check": lambda: verify_compact(text, trust, at),
        "compact_issue": lambda: compact.write(contents, signer),
    }
