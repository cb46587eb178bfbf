from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from passport import cli
from passport.cli import hold_champion
from passport.db.credentials.records import Credential

if TYPE_CHECKING:
    from tests.fixtures.towns import Town

WHY = "The account was used from a country where Robin was not."
EARLIER, LATER = "2026-03-14T14:00:00+00:00", "2026-03-14T16:00:00+00:00"


@pytest.fixture
def database_kind() -> str:
    """The command does nothing with the database by itself."""
    return "sqlite"


def test_the_operator_holds_what_a_champion_endorsed(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = town.runtime.settings
    monkeypatch.setenv("PASSPORT_INSTANCE", str(settings.instance))
    monkeypatch.setenv("PASSPORT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("PASSPORT_PUBLIC_URL", settings.public_url)
    town.issued()
    town.clock.forward(hours=2)
    monkeypatch.setattr(hold_champion, "utc_now", town.clock)

    def hold(email: str, since: str, reason: str = WHY) -> tuple[int, str]:
        given = cli.main(["hold-champion", email, "--since", since, "--reason", reason])
        said = capsys.readouterr()
        return given, said.out + said.err

    assert hold("robin@example.test", "yesterday")[0] == 1
    assert hold("robin@example.test", "2026-03-14T14:00:00")[1].startswith("--since needs a zone")
    assert hold("robin@example.test", EARLIER, "short")[1].startswith("Say why in 10 to 500 characters")
    assert hold("casey@example.test", EARLIER)[1].startswith("No champion here has the address")
    assert hold("robin@example.test", "2026-03-14T18:00:00Z")[1] == "--since is in the future\n"
    assert hold("robin@example.test", LATER) == (
        0,
        "0 entries are on hold, 0 endorsements were undone before they were signed.\n",
    )
    assert hold("robin@example.test", EARLIER) == (
        0,
        "1 entries are on hold, 0 endorsements were undone before they were signed.\n",
    )
    with town.transaction() as session:
        assert [one.state.value for one in session.query(Credential)] == ["on_hold"]
