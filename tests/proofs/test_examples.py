"""The context of the standards' examples: known to a conformance suite, and to nobody else."""

import threading

import pytest

from passport.proofs import canonical, contexts
from passport.proofs.errors import NotCanonical
from passport.verifier import Outcome, verify
from passport.verifier.foreign import OWN_ADDRESS
from tests.verifier.test_foreign_reasons import a_credential, signed, trust
from tests.world import NOW, World, to_bytes

V2 = "https://www.w3.org/ns/credentials/v2"
UNKNOWN = f"we do not know the context '{contexts.EXAMPLES}'"


def with_examples() -> dict[str, object]:
    return a_credential(**{"@context": [V2, contexts.EXAMPLES], "colour": "red"})


def signed_with_examples() -> bytes:
    with canonical.knowing_examples():
        return to_bytes(signed(with_examples()))


def of_signature(data: bytes) -> tuple[Outcome, str]:
    checks = {check.name: check for check in verify(data, trust(), NOW).checks}
    return checks["signature"].outcome, checks["signature"].reason


def test_a_word_of_nobodys_means_something_in_the_block_alone() -> None:
    for _ in range(2):
        with canonical.knowing_examples():
            said = canonical.canonical(with_examples())
        assert b'<https://www.w3.org/ns/credentials/examples#colour> "red"' in said
        assert not canonical.knows_examples()
        with pytest.raises(NotCanonical) as refused:
            canonical.canonical(with_examples())
        assert str(refused.value) == UNKNOWN


def test_the_block_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), canonical.knowing_examples():
        raise ZeroDivisionError
    assert not canonical.knows_examples()


def test_another_thread_knows_nothing_of_it() -> None:
    known: list[bool] = []
    with canonical.knowing_examples():
        thread = threading.Thread(target=lambda: known.append(canonical.knows_examples()))
        thread.start()
        thread.join()
        assert canonical.knows_examples()
    assert known == [False]


def test_a_signature_that_held_in_the_block_is_not_remembered_outside() -> None:
    data = signed_with_examples()
    with canonical.knowing_examples():
        assert of_signature(data) == (Outcome.PASSED, OWN_ADDRESS)
    assert of_signature(data) == (Outcome.NOT_CHECKED, UNKNOWN)


def test_the_other_contexts_say_the_same_in_the_block() -> None:
    entry = World().secured_entry()
    expected = canonical.canonical(entry)
    with canonical.knowing_examples():
        assert canonical.canonical(entry) == expected
        with pytest.raises(NotCanonical, match="colour"):
            canonical.canonical({**entry, "colour": "red"})
