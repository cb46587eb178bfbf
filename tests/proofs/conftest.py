"""Each test here begins with tables of which nothing has been made yet, as a new process has them."""

import pytest

from passport.proofs import canonical, contexts
from passport.proofs.tables import Tables

COMPILED = contexts.tables()


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "TABLES", Tables(COMPILED))
    canonical._with_examples.cache_clear()
