"""What a page says of a failed check: our own words, and no more of a document than its verdict shows."""

import pytest

from passport.services.checking.shown_contents import LONGEST_REASON, reason
from passport.verifier import Check, Outcome, Verdict

QUOTING = "no context defines the member 'Call 0900 to confirm'"


@pytest.mark.parametrize("verdict", ["V7", "V8", "V9", "V10"])
def test_a_verdict_that_shows_nothing_quotes_nothing(verdict: str) -> None:
    for said, expected in (
        (QUOTING, "no context defines the member"),
        ("not as Open Badges 3.0 has it: $.name is 'x'", "not as Open Badges 3.0 has it"),
        ("the registry knows no programme did:web:evil.example", "the registry knows no programme"),
        ("it has been withdrawn", "it has been withdrawn"),
    ):
        assert reason(Check("signature", Outcome.FAILED, said), Verdict(verdict)) == expected


def test_an_unknown_issuers_check_gives_its_whole_reason_within_bounds() -> None:
    assert reason(Check("signature", Outcome.FAILED, QUOTING), Verdict.UNKNOWN_ISSUER) == QUOTING
    long = reason(Check("shape", Outcome.FAILED, "x" * 5_000), Verdict.UNKNOWN_ISSUER)
    assert long == "x" * LONGEST_REASON + "…"
