from typing import Any

import pytest

from passport.openbadges import claims
from passport.openbadges.errors import MalformedCredential
from tests.world import World

DOCUMENT = World().secured_entry()
CLAIMS = claims.write(DOCUMENT)


def test_the_members_at_top_level_and_five_claims() -> None:
    assert claims.read(CLAIMS) == {name: member for name, member in DOCUMENT.items() if name != "proof"}
    assert CLAIMS["iss"] == DOCUMENT["issuer"]["id"]
    assert CLAIMS["jti"] == DOCUMENT["id"]
    assert CLAIMS["sub"] == DOCUMENT["credentialSubject"]["id"]
    assert CLAIMS["nbf"] == 1773586800
    assert CLAIMS["exp"] == 1868227200
    assert "vc" not in CLAIMS
    assert CLAIMS["endorsement"][0]["proof"]
    assert claims.missing(CLAIMS) == ""


@pytest.mark.parametrize("name", ["iss", "jti", "sub", "nbf", "exp"])
def test_a_claim_says_exactly_what_its_member_says(name: str) -> None:
    value = CLAIMS[name]
    others: list[Any] = [None, "", "x", 0, True, [value], {"id": value}, str(value) + " "]
    others += [value + 1, float(value), value + 0.5, str(value)] if isinstance(value, int) else []
    for other in others:
        with pytest.raises(MalformedCredential):
            claims.read({**CLAIMS, name: other})
    without = {other: member for other, member in CLAIMS.items() if other != name}
    assert name in claims.missing(without)


@pytest.mark.parametrize("name", ["vc", "vp", "proof"])
def test_nothing_is_said_a_second_time(name: str) -> None:
    with pytest.raises(MalformedCredential):
        claims.read({**CLAIMS, name: DOCUMENT})


def test_a_document_with_a_member_of_a_claims_name_becomes_no_token() -> None:
    with pytest.raises(MalformedCredential):
        claims.write({**DOCUMENT, "jti": DOCUMENT["id"]})


@pytest.mark.parametrize("time", ["tomorrow", "2026-03-15T15:00:00"])
def test_an_odd_time_is_refused(time: str) -> None:
    with pytest.raises(MalformedCredential):
        claims.read({**CLAIMS, "validFrom": time})


def test_other_shapes_of_issuer_and_subject() -> None:
    document = {"issuer": "did:key:z6Mk", "credentialSubject": [{"id": "a:b"}]}
    assert claims.write(document) == {**document, "iss": "did:key:z6Mk"}
