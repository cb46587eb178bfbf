"""The context of the standards' examples: known to a conformance suite, and in no other check."""

import pytest

from passport.proofs import contexts
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import NotCanonical
from passport.verifier import Outcome, Trust, verify
from passport.verifier.cache import Cache
from passport.verifier.external import OWN_ADDRESS
from tests.verifier.test_external_reasons import a_credential, signed, trust
from tests.world import CANONICALIZER, NOW, World, to_bytes

V2 = "https://www.w3.org/ns/credentials/v2"
UNKNOWN = f"we do not know the context '{contexts.EXAMPLES}'"


def with_examples() -> dict[str, object]:
    return a_credential(**{"@context": [V2, contexts.EXAMPLES], "colour": "red"})


def of_signature(data: bytes, trusted: Trust) -> tuple[Outcome, str]:
    checks = {check.name: check for check in verify(data, trusted, NOW).checks}
    return checks["signature"].outcome, checks["signature"].reason


def test_a_word_that_no_other_context_defines_means_something_there_alone() -> None:
    knowing, other = Canonicalizer(examples=True), Canonicalizer()
    for _ in range(2):
        said = knowing.canonical(with_examples())
        assert b'<https://www.w3.org/ns/credentials/examples#colour> "red"' in said
        with pytest.raises(NotCanonical) as refused:
            other.canonical(with_examples())
        assert str(refused.value) == UNKNOWN


def test_a_signature_that_held_there_is_not_remembered_elsewhere() -> None:
    knowing = Canonicalizer(examples=True)
    data = to_bytes(signed(with_examples(), canonicalizer=knowing))
    usual = trust()
    suites = usual.beside({}, {}, Cache(0, knowing))
    for _ in range(2):
        assert of_signature(data, suites) == (Outcome.PASSED, OWN_ADDRESS)
        assert of_signature(data, usual) == (Outcome.NOT_CHECKED, UNKNOWN)


def test_the_other_contexts_say_the_same_there() -> None:
    entry = World().secured_entry()
    knowing = Canonicalizer(examples=True)
    assert knowing.canonical(entry) == CANONICALIZER.canonical(entry)
    with pytest.raises(NotCanonical, match="colour"):
        knowing.canonical({**entry, "colour": "red"})
