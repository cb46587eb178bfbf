"""Services are tested with passwords that are hashed cheaply."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords(cheap_passwords: None) -> None:
    """As in the fixture: test_accounts.py has one test with the real hasher."""
