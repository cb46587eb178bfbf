"""The other commands: init, keys, demo, import, verify, audit."""

import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from passport import cli
from passport.openbadges.credential import Entry
from tests.fixtures.processes import environment, passport
from tests.fixtures.servers import free_port
from tests.world import NOW, World, an_entry, confirmed_entry

MANAGERS = ["--manager", "Ann Example <ann@example.test>", "--manager", "Bo Sample <bo@example.test>"]
HEADER = "group,skill,with guidance,with support,on my own,guiding others\r\n"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Settings of a folder of the test's own."""
    return environment(tmp_path / "instance", free_port())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An empty service, made by init, once."""
    env = environment(tmp_path_factory.mktemp("service") / "instance", free_port())
    done = passport("init", "--programme", "Made in Brindlemoor", "--slug", "brindlemoor", *MANAGERS, env=env)
    assert done.returncode == 0, done.stderr
    assert "ann@example.test" in done.stdout
    return env


@pytest.fixture
def service(made: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A copy of it."""
    shutil.copytree(made["PASSPORT_INSTANCE"], tmp_path / "instance")
    return made | {"PASSPORT_INSTANCE": str(tmp_path / "instance")}


def test_init_makes_a_service_once(service: dict[str, str]) -> None:
    again = passport("init", "--programme", "Other", "--slug", "other", *MANAGERS, env=service)
    assert again.returncode == 1
    assert "already" in again.stderr
    whole = passport("audit", env=service)
    assert whole.stdout.startswith("The audit trail is whole")
    head = re.search(r"^Head: (\d+:[0-9a-f]{64})$", whole.stdout, re.MULTILINE)
    assert head is not None
    assert passport("audit", "--since", head[1], env=service).returncode == 0
    other = passport("audit", "--since", head[1][:-1] + ("0" if head[1][-1] != "0" else "1"), env=service)
    assert (other.returncode, "does not go on from" in other.stderr) == (1, True)
    assert passport("audit", "--since", "nonsense", env=service).returncode == 2


def test_init_needs_two_different_managers(env: dict[str, str]) -> None:
    one = ["--manager", "Ann Example <ann@example.test>"] * 2
    done = passport("init", "--programme", "Made in Brindlemoor", "--slug", "brindlemoor", *one, env=env)
    assert (done.returncode, "two managers" in done.stderr) == (1, True)


def test_keys_init_makes_what_lacks_and_twice_nothing(service: dict[str, str]) -> None:
    again = passport("keys", "init", env=service)
    assert (again.returncode, again.stdout) == (0, "0 keys made.\n")
    files = list((Path(service["PASSPORT_INSTANCE"]) / "keys").glob("*.pem"))
    assert sorted(file.name.split("-")[0] for file in files) == ["issue", "root", "status"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_a_demo_never_replaces_a_real_service(service: dict[str, str]) -> None:
    done = passport("demo", env=service)
    assert done.returncode == 1
    assert "real data" in done.stderr


def test_a_demo_can_be_made_anew(made_demo: tuple[Path, int], tmp_path: Path) -> None:
    made, port = made_demo
    shutil.copytree(made, tmp_path / "instance")
    env = environment(tmp_path / "instance", port)
    whole = passport("audit", env=env)
    assert (whole.returncode, whole.stderr) == (0, ""), "what the demo itself damaged has its record"
    keys = Path(env["PASSPORT_INSTANCE"]) / "keys"
    before = {file.name for file in keys.iterdir()}
    assert passport("demo", env=env).returncode == 0
    after = {file.name for file in keys.iterdir()}
    assert not before & after
    assert len(after) == len(before)


def test_a_framework_out_of_a_spreadsheet(service: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "Made up framework.csv"
    good = "Every sector,Working with others,one,two,three,four\r\n"
    bad = "Every sector,,one,two,three,four\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + (HEADER + good + bad).encode())
    first = passport("import", "framework", str(file), env=service)
    assert first.returncode == 1
    assert "line 3, column skill: write something here" in first.stderr
    assert "Nothing was imported" in first.stderr
    file.write_text(HEADER.replace(",", ";") + good.replace(",", ";").replace("one", "<b>one</b>"))
    signers = ["--publish", "--employer-signer", "Ann Example", "--school-signer", "Bo Sample"]
    typed = passport("import", "framework", str(file), *signers, env=service)
    assert (typed.returncode, "--publish is for a demo" in typed.stderr) == (1, True)
    drafted = passport("import", "framework", str(file), env=service)
    assert "version 1 (draft): 1 skills added, 0 as before" in drafted.stdout
    assert "line 2, column with guidance: markup, which is shown as it stands: <b>" in drafted.stdout
    again = passport("import", "framework", str(file), env=service)
    assert "version 1 (draft): 0 skills added, 1 as before" in again.stdout
    renamed = file.rename(tmp_path / "Renamed.csv")
    asked = passport("import", "framework", str(renamed), env=service)
    assert asked.returncode == 1
    assert 'This looks like "Made up framework", which has 1 of its 1 skills.' in asked.stderr
    new = passport("import", "framework", str(renamed), "--new", env=service)
    assert "Renamed, version 1 (draft): 1 skills added" in new.stdout


def test_verify_needs_two_files_and_no_service(tmp_path: Path) -> None:
    world = World()
    entry, trust = tmp_path / "entry.json", tmp_path / "bundle.json"
    entry.write_bytes(world.entry_bytes())
    trust.write_bytes(world.bundle())
    base = ["verify", str(entry), "--trust", str(trust), "--at", NOW.isoformat()]
    env = {"PATH": os.environ["PATH"]}
    good = passport(*base, env=env)
    assert (good.returncode, "V1  Genuine and current" in good.stdout) == (0, True)
    answer = json.loads(passport(*base, "--json", env=env).stdout)
    assert answer["verdict"] == "V1"
    assert answer["credential"]["holder_name"] == "Amara Demoson"
    assert {"name", "outcome", "reason"} == set(answer["checks"][0])


@pytest.mark.parametrize(
    ("made", "own", "other"),
    [
        (an_entry, "Employer endorsed: Robin Fixturely, ", "confirmed"),
        (
            confirmed_entry,
            "School or college confirmed: Casey Exampleby, Coordinator",
            "endorsed",
        ),
    ],
)
def test_verify_says_who_stands_behind_it(
    made: Callable[[], Entry],
    own: str,
    other: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = World(entry=made())
    entry, trust = tmp_path / "entry.json", tmp_path / "bundle.json"
    entry.write_bytes(world.entry_bytes())
    trust.write_bytes(world.bundle())
    base = ["verify", str(entry), "--trust", str(trust), "--at", NOW.isoformat()]
    assert cli.main(base) == 0
    words = capsys.readouterr().out
    assert own in words
    assert other not in words
    assert cli.main([*base, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["assurance"] == own.partition(":")[0].lower()


def test_verify_reads_what_an_editor_saved_in_the_letters_of_windows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()
    entry, trust = tmp_path / "entry.json", tmp_path / "bundle.json"
    entry.write_bytes(world.entry_bytes().decode().encode("cp1252"))
    trust.write_bytes(world.bundle())
    assert cli.main(["verify", str(entry), "--trust", str(trust), "--at", NOW.isoformat()]) == 0
    assert "V1  Genuine and current" in capsys.readouterr().out


def test_verify_shows_nothing_of_what_was_altered(tmp_path: Path) -> None:
    world = World()
    entry, trust = tmp_path / "entry.json", tmp_path / "bundle.json"
    entry.write_bytes(world.entry_bytes().replace(b"Amara", b"Clara"))
    trust.write_bytes(world.bundle())
    done = passport("verify", str(entry), "--trust", str(trust), "--json", env={"PATH": os.environ["PATH"]})
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["verdict"], answer["credential"]) == (1, "V7", None)
    assert "Clara" not in done.stdout


@pytest.mark.parametrize("hours", ["nan", "inf", "-5", "0", "1e20", "soon"])
def test_an_age_that_cannot_be_meant_is_one_line(
    hours: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify", "entry.json", "--trust", "bundle.json", f"--max-age={hours}"])
    assert (ended.value.code, "--max-age" in capsys.readouterr().err) == (2, True)


def test_a_damaged_database_is_one_line(service: dict[str, str]) -> None:
    (Path(service["PASSPORT_INSTANCE"]) / "passport.db").write_bytes(b"rubbish" * 1000)
    for file in Path(service["PASSPORT_INSTANCE"]).glob("passport.db-*"):
        file.unlink()
    done = passport("keys", "list", env=service)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "database" in done.stderr


def test_verify_with_files_that_cannot_be_used(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"]}
    missing = passport("verify", "no-such-file", "--trust", "neither", env=env)
    assert (missing.returncode, "cannot be read" in missing.stderr) == (2, True)
    rubbish = tmp_path / "bundle.json"
    rubbish.write_text("rubbish")
    done = passport("verify", str(rubbish), "--trust", str(rubbish), env=env)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
