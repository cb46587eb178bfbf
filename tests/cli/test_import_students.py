"""`import students FILE`: says what would change, and with --confirm brings a school's list in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from passport import cli
from passport.cli.imports import students as import_students
from tests.services.people.imports.lists import listed

if TYPE_CHECKING:
    from tests.fixtures.towns import Town


@pytest.fixture
def database_kind() -> str:
    """The command does nothing with the database by itself."""
    return "sqlite"


def test_a_list_is_compared_then_brought_in(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = town.runtime.settings
    monkeypatch.setenv("PASSPORT_INSTANCE", str(settings.instance))
    monkeypatch.setenv("PASSPORT_DATABASE_URL", settings.database_url)
    monkeypatch.setattr(import_students, "utc_now", town.clock)
    file = tmp_path / "students.csv"
    rows = ("Invented", "Mina", "01/07/2011", "9", ""), ("Young", "Yan", "01/07/2014", "9", "")
    file.write_bytes(b"\xef\xbb\xbf" + listed(*rows))

    def command(*more: str, by: str = "casey@example.test") -> tuple[int, str]:
        given = cli.main(["import", "students", str(file), "--by", by, *more])
        said = capsys.readouterr()
        return given, said.out + said.err

    given, said = command()
    assert given == 0
    assert "row 3: Students under 13 have no account" in said
    assert "1 new\n1 refused\n" in said
    assert "Nothing has changed" in said
    assert "1 new" in command("--confirm")[1]
    assert "1 unchanged" in command("--confirm")[1]
    assert command(by="morgan@example.test") == (
        1,
        "No coordinator of a school has the address morgan@example.test\n",
    )
    assert command("--sector", "Baking") == (1, "Say which one: --sector NAME (Engineering)\n")
    file.write_bytes(b"one,two\n")
    assert command()[1].startswith("We found no headings that we know")
    file.unlink()
    assert command()[1] == f"{file} cannot be read: No such file or directory\n"
