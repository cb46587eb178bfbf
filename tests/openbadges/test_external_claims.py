"""What a token of other people says: one document, or the place where it contradicts itself."""

from typing import Any

import pytest

from passport.openbadges import external_claims
from passport.openbadges.data_model import OLD_CONTEXT
from tests import others

DID = "did:web:a.example"
BADGE = others.badge(DID, validUntil="2027-02-01T09:00:00.5Z")
OLD = others.old_badge(DID)
NBF, EXP = 1769936400, 1801472400


def test_a_document_at_top_level() -> None:
    claims = {**BADGE, "iss": DID, "jti": BADGE["id"], "nbf": NBF, "exp": EXP, "iat": 5, "aud": "x"}
    assert external_claims.read(claims) == (BADGE, "")
    assert external_claims.read(BADGE) == (BADGE, "")


def test_a_document_in_vc_and_what_its_claims_fill_in() -> None:
    bare = {name: member for name, member in OLD.items() if name not in ("issuer", "issuanceDate", "id")}
    claims = {"vc": bare, "iss": DID, "jti": "urn:x:y", "nbf": NBF, "exp": EXP, "sub": "did:example:s"}
    document, odd = external_claims.read(claims)
    assert odd == ""
    assert (document["issuer"], document["id"]) == (DID, "urn:x:y")
    assert document["credentialSubject"]["id"] == "did:example:s"
    assert document["issuanceDate"].startswith("2026-02-01T09:00:00")
    assert document["expirationDate"].startswith("2027-02-01T09:00:00")
    assert document["@context"][0] == OLD_CONTEXT
    assert external_claims.read({"vc": OLD, "iss": DID, "nbf": NBF})[1] == ""


def test_an_end_that_only_the_claim_names_is_an_end() -> None:
    document, odd = external_claims.read({**others.badge(DID), "exp": EXP})
    assert (document["validUntil"][:10], odd) == ("2027-02-01", "")


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"jti": "urn:x:other"}, "the claim jti"),
        ({"nbf": NBF + 1}, "the claim nbf"),
        ({"exp": EXP + 1.6}, "the claim exp"),
        ({"nbf": True}, "the claim nbf is no time"),
        ({"nbf": "2026"}, "the claim nbf is no time"),
        ({"exp": 10**20}, "the claim exp is no time"),
        ({"sub": "did:example:s", "credentialSubject": {"id": "did:example:t"}}, "the claim sub"),
        ({"vc": OLD}, "one credential beside another"),
    ],
)
def test_where_a_token_contradicts_itself(claims: dict[str, Any], words: str) -> None:
    assert words in external_claims.read({**BADGE, **claims})[1]
