"""export and close, as an operator runs them."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fixtures.processes import environment, passport

KID = re.compile(r"[0-9a-f]{8}")
FORMS = ("entry.json", "entry.jwt", "entry.png", "entry.svg")


@pytest.fixture
def demo(made_demo: tuple[Path, int], tmp_path: Path) -> dict[str, str]:
    """A copy of a demo."""
    made, port = made_demo
    shutil.copytree(made, tmp_path / "instance")
    return environment(tmp_path / "instance", port)


def codes(env: dict[str, str]) -> dict[str, str]:
    """The demo's codes, by verdict."""
    from passport import demo
    from passport.db import Database

    database = Database(f"sqlite:///{env['PASSPORT_INSTANCE']}/passport.db")
    with database.reading() as session:
        found = {row.verdict: demo.pretty(row) for row in demo.codes(session)}
    database.close()
    return found


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_verify_accepts_everything_that_export_wrote(demo: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = passport("export", codes(demo)["V1"], str(out), env=demo)
    assert done.returncode == 0, done.stderr
    [entry] = [path.parent for path in out.glob("*/entry.json")]
    assert entry.name.startswith("Measuring and checking - Amara Demoson - ")
    for form in FORMS:
        told = passport("verify", str(entry / form), "--trust", str(out / "bundle.json"), "--json", env=demo)
        assert told.returncode == 0, (form, told.stdout)
        assert json.loads(told.stdout)["credential"]["holder_name"] == "Amara Demoson"
    port = demo["PASSPORT_PUBLIC_URL"].rpartition(":")[2]
    beside = {name for name in tree(out) if not name.startswith(entry.name)}
    assert beside == {
        "registry.json",
        "bundle.json",
        f"did/localhost%3A{port}/programmes/brindlemoor/did.json",
        f"did/localhost%3A{port}/employers/tinderbeck/did.json",
        "status/3-revocation.json",
        "status/3-suspension.json",
        "status/3-refresh.json",
    }
    endorsement = json.loads((entry / "endorsement.json").read_text())
    assert json.loads((entry / "entry.json").read_text())["endorsement"] == [endorsement]
    assert endorsement["proof"]["cryptosuite"] == "eddsa-rdfc-2022"


def test_twice_gives_the_same(demo: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _time in range(2):
        assert passport("export", codes(demo)["V1"].lower(), str(out), env=demo).returncode == 0
        before, again = tree(out), tmp_path / "again"
    assert passport("export", codes(demo)["V1"], str(again), env=demo).returncode == 0
    assert tree(again) == before == tree(out)


@pytest.mark.parametrize("which", ["V9", "V10", "typed", "traversal"])
def test_a_code_that_shows_nothing_is_refused_in_one_line(
    which: str, demo: dict[str, str], tmp_path: Path
) -> None:
    code = codes(demo).get(which, {"typed": "nonsense", "traversal": "../../etc"}.get(which, ""))
    done = passport("export", code, str(tmp_path / "out"), env=demo)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_one_line(demo: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = passport("export", codes(demo)["V1"], str(tmp_path / "file"), env=demo)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def _end_the_other_programme(demo: dict[str, str], names: list[str]) -> None:
    """The registry has an end as long as any programme goes on: the demo's one with a suspended key."""
    listed = passport("keys", "list", env=demo).stdout.splitlines()
    [kid] = [word for line in listed if "suspended" in line for word in line.split() if KID.fullmatch(word)]
    assert passport("keys", "activate", kid, *names, env=demo).returncode == 0
    done = passport("close", "hollowmere", *names, env=demo)
    assert done.returncode == 0, done.stderr


def test_a_closed_programmes_export_is_checked_eleven_years_later(
    demo: dict[str, str], tmp_path: Path
) -> None:
    out, names = tmp_path / "out", ["--by", "Ann Example", "--by", "Bo Sample"]
    one = passport("close", "brindlemoor", *names[:2], env=demo)
    assert (one.returncode, one.stderr) == (1, "Two people must decide this: --by NAME --by NAME\n")
    unknown = passport("close", "nowhere", *names, env=demo)
    assert (unknown.returncode, unknown.stderr) == (1, "There is no programme nowhere\n")
    _end_the_other_programme(demo, names)
    done = passport("close", "brindlemoor", *names, env=demo)
    assert done.returncode == 0, done.stderr
    assert passport("export", codes(demo)["V1"], str(out), env=demo).returncode == 0
    [entry] = out.glob("*/entry.jwt")
    keys = Path(demo["PASSPORT_INSTANCE"]) / "keys"
    signers = re.findall(r"#((?:issue|endorse)-[0-9a-f]{8})", entry.with_name("entry.json").read_text())
    assert {name.partition("-")[0] for name in signers} == {"issue", "endorse"}
    assert [name for name in signers if (keys / f"{name}.pem").exists()] == []
    check = ["verify", str(entry), "--trust", str(out / "bundle.json"), "--json"]
    now = datetime.now(UTC) + timedelta(days=30)
    verdicts = [
        json.loads(passport(*check, "--at", at, env=demo).stdout)["verdict"]
        for at in (now.isoformat(), (now + timedelta(days=11 * 366)).isoformat())
    ]
    assert verdicts == ["V1", "V5"]
    assert passport("audit", env=demo).returncode == 0
    again = passport("close", "brindlemoor", *names, env=demo)
    assert (again.returncode, again.stderr) == (
        1,
        "This programme has closed, and nothing is left to sign\n",
    )
