"""`python3 -m tests --changed` runs the tests of what was changed."""

import pytest

from tests.changed import ALWAYS, belonging


@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("passport/services/evidence/drafting.py", "tests/services/evidence"),
        ("passport/verifier/entry.py", "tests/verifier"),
        ("passport/web/core/forms.py", "tests/web/core"),
        ("passport/static/check/verdict.js", "tests"),
        ("passport/limits.py", "tests"),
        ("templates/evidence/edit.html", "tests/web/evidence"),
        ("migrations/versions/0001_first.py", "tests/db"),
        ("tests/test_changed.py", "tests/test_changed.py"),
        ("tests/proofs/test_that_is_gone.py", "tests/proofs"),
        ("tests/web/conftest.py", "tests/web"),
        ("README.md", ALWAYS),
    ],
)
def test_a_change_names_its_tests(name: str, tests: str) -> None:
    assert belonging(name) == tests
