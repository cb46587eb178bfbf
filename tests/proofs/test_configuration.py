from hashlib import sha256
from typing import Any

import pytest

from passport.proofs import configuration
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import NotCanonical
from tests.drawn import EXTENSIONS, OB, V2
from tests.proofs.cold import canonical, canonical_configuration

OPTIONS = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-03-15T15:00:00Z",
    "verificationMethod": "did:web:a.example#issue-00000000",
    "proofPurpose": "assertionMethod",
}


@pytest.fixture
def canonicalizer() -> Canonicalizer:
    return Canonicalizer()


def hash_configuration(
    context: Any, options: dict[str, Any], canonicalizer: Canonicalizer | None = None
) -> bytes:
    return configuration.hash_configuration(context, options, canonicalizer or Canonicalizer())


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
def test_what_is_prepared_is_what_the_walk_gives(
    context: Any, changes: dict[str, Any], canonicalizer: Canonicalizer
) -> None:
    options = OPTIONS | changes
    expected = canonical({"@context": context, **options})
    assert canonical_configuration(context, options) == expected
    for _ in range(2):
        assert hash_configuration(context, options, canonicalizer) == sha256(expected).digest()


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
def test_contexts_that_we_do_not_know(context: Any, canonicalizer: Canonicalizer) -> None:
    for _ in range(2):
        with pytest.raises(NotCanonical):
            configuration.canonical_configuration(context, OPTIONS, canonicalizer)
        with pytest.raises(NotCanonical):
            hash_configuration(context, OPTIONS, canonicalizer)


def test_a_context_that_is_written_into_the_document_is_named_as_such() -> None:
    for asked in (canonical_configuration, hash_configuration):
        with pytest.raises(NotCanonical, match=r"^we do not know the context that is written into"):
            asked([V2, {"x": "urn:x:y"}], OPTIONS)


@pytest.mark.parametrize("context", [V2, [V2, OB]])
def test_another_time_and_another_key_need_no_walk(
    monkeypatch: pytest.MonkeyPatch, context: Any, canonicalizer: Canonicalizer
) -> None:
    other = OPTIONS | {"created": "2031-01-01T00:00:00Z", "verificationMethod": "did:web:b.example#status-1"}
    expected = canonical({"@context": context, **other})
    configuration.canonical_configuration(context, OPTIONS, canonicalizer)

    def never(_: Any) -> bytes:
        raise AssertionError("it was walked")

    monkeypatch.setattr(canonicalizer, "canonical", never)
    assert configuration.canonical_configuration(context, other, canonicalizer) == expected


@pytest.mark.parametrize("context", [V2, [V2, OB]])
def test_the_same_options_are_hashed_once(
    monkeypatch: pytest.MonkeyPatch, context: Any, canonicalizer: Canonicalizer
) -> None:
    longest = OPTIONS | {"verificationMethod": "urn:x:" + (1_000 - 20 - 6 - 1) * "y"}
    expected = [hash_configuration(context, options, canonicalizer) for options in (OPTIONS, longest)]

    def never(*_: Any) -> bytes:
        raise AssertionError("they were hashed again")

    monkeypatch.setattr(configuration, "canonical_configuration", never)
    assert [hash_configuration(context, options, canonicalizer) for options in (OPTIONS, longest)] == expected
    longer = longest | {"verificationMethod": longest["verificationMethod"] + "y"}
    with pytest.raises(AssertionError, match="hashed again"):
        hash_configuration(context, longer, canonicalizer)


def test_what_is_kept_is_bounded(canonicalizer: Canonicalizer) -> None:
    for length in range(1, 17):
        for other in (OB, EXTENSIONS):
            contexts = [V2] * length + [other] * (16 - length)
            configuration.canonical_configuration(contexts, OPTIONS, canonicalizer)
    for number in range(150):
        hash_configuration([V2], OPTIONS | {"verificationMethod": f"urn:x:{number}"}, canonicalizer)
    assert canonicalizer.options.filled == 128
    short = Canonicalizer()
    hash_configuration([V2], OPTIONS | {"verificationMethod": f"urn:x:{1_000 * 'y'}"}, short)
    assert short.options.filled == 1  # what is prepared for these contexts, and no hash
