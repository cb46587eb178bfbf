from hashlib import sha256
from typing import Any

import pytest

from passport.proofs import configuration
from passport.proofs.canonical import canonical
from passport.proofs.configuration import canonical_configuration, hash_configuration
from passport.proofs.errors import NotCanonical
from tests.drawn import EXTENSIONS, OB, V2

OPTIONS = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-03-15T15:00:00Z",
    "verificationMethod": "did:web:a.example#issue-00000000",
    "proofPurpose": "assertionMethod",
}


@pytest.mark.parametrize("context", [V2, [V2], [V2, OB], [V2, OB, EXTENSIONS], [EXTENSIONS, V2, OB]])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"created": "1999-12-31T23:59:59Z"},
        {"created": "yesterday"},
        {"created": 'x" .\n<urn:a> <urn:b> "c'},
        {"verificationMethod": "https://a.example/é"},
        {"verificationMethod": "urn:some:method"},
        {"verificationMethod": "zzz:1"},
        {"nonce": "n"},
        {"proofPurpose": "authentication"},
        {"cryptosuite": "eddsa-jcs-2022"},
    ],
)
def test_what_is_prepared_is_what_the_walk_gives(context: Any, changes: dict[str, Any]) -> None:
    options = OPTIONS | changes
    expected = canonical({"@context": context, **options})
    assert canonical_configuration(context, options) == expected
    for _ in range(2):
        assert hash_configuration(context, options) == sha256(expected).digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"verificationMethod": "relative"},
        {"verificationMethod": "urn:x> <urn:p> <urn:o"},
        {"verificationMethod": "_:b0"},
        {"verificationMethod": None},
        {"created": None},
        {"created": "a\x00"},
        {"colour": "red"},
    ],
)
def test_what_would_not_be_signed_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        canonical_configuration([V2], OPTIONS | changes)
    with pytest.raises(NotCanonical):
        hash_configuration([V2], OPTIONS | changes)


@pytest.mark.parametrize(
    "context", [None, {}, [{}], [V2, {"x": "urn:x:y"}], [V2, None], [], 5, [V2] * 17, "urn:x"]
)
def test_contexts_that_we_do_not_know(context: Any) -> None:
    for _ in range(2):
        with pytest.raises(NotCanonical):
            canonical_configuration(context, OPTIONS)
        with pytest.raises(NotCanonical):
            hash_configuration(context, OPTIONS)


def test_a_context_that_is_written_into_the_document_is_named_as_such() -> None:
    for asked in (canonical_configuration, hash_configuration):
        with pytest.raises(NotCanonical, match=r"^we do not know the context that is written into"):
            asked([V2, {"x": "urn:x:y"}], OPTIONS)


@pytest.mark.parametrize("context", [V2, [V2, OB]])
def test_another_time_and_another_key_need_no_walk(monkeypatch: pytest.MonkeyPatch, context: Any) -> None:
    other = OPTIONS | {"created": "2031-01-01T00:00:00Z", "verificationMethod": "did:web:b.example#status-1"}
    expected = canonical({"@context": context, **other})
    canonical_configuration(context, OPTIONS)

    def never(_: Any) -> bytes:
        raise AssertionError("it was walked")

    monkeypatch.setattr(configuration, "canonical", never)
    assert canonical_configuration(context, other) == expected


@pytest.mark.parametrize("context", [V2, [V2, OB]])
def test_the_same_options_are_hashed_once(monkeypatch: pytest.MonkeyPatch, context: Any) -> None:
    longest = OPTIONS | {"verificationMethod": "urn:x:" + (1_000 - 20 - 6 - 1) * "y"}
    expected = [hash_configuration(context, options) for options in (OPTIONS, longest)]

    def never(*_: Any) -> bytes:
        raise AssertionError("they were hashed again")

    monkeypatch.setattr(configuration, "canonical_configuration", never)
    assert [hash_configuration(context, options) for options in (OPTIONS, longest)] == expected
    misses = configuration._hashed.cache_info().misses
    with pytest.raises(AssertionError, match="hashed again"):
        hash_configuration(context, longest | {"verificationMethod": longest["verificationMethod"] + "y"})
    assert configuration._hashed.cache_info().misses == misses


def test_what_is_kept_is_bounded() -> None:
    for length in range(1, 17):
        for other in (OB, EXTENSIONS):
            canonical_configuration([V2] * length + [other] * (16 - length), OPTIONS)
    assert configuration._prepared.cache_info().currsize <= 64
    for number in range(70):
        hash_configuration([V2], OPTIONS | {"verificationMethod": f"urn:x:{number}"})
    assert configuration._hashed.cache_info().currsize == 64
    misses = configuration._hashed.cache_info().misses
    hash_configuration([V2], OPTIONS | {"verificationMethod": f"urn:x:{1_000 * 'y'}"})
    assert configuration._hashed.cache_info().misses == misses
