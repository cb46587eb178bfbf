"""The whole life of a key by the operator's commands, as people check what it signed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from passport import cli
from passport.cli import export as export_command
from passport.cli import keys as keys_command
from passport.cli import registry as registry_command
from passport.jobs import queue as job_queue
from passport.services.core import audit
from passport.services.credentials import issuing
from passport.verifier import Verdict
from tests.fixtures.towns import Town
from tests.services.trust.test_keys import _active, _verdict

ANN, BO = ("--by", "Ann Example"), ("--by", "Bo Sample")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command on the town, at the town's time; gives its exit code and what it said."""
    settings = town.runtime.settings
    monkeypatch.setenv("PASSPORT_INSTANCE", str(settings.instance))
    monkeypatch.setenv("PASSPORT_PUBLIC_URL", settings.public_url)
    monkeypatch.setenv("PASSPORT_DATABASE_URL", settings.database)
    for module in (keys_command, registry_command, export_command):
        monkeypatch.setattr(module, "utc_now", town.clock)

    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(words)
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def keys(run: Run) -> Callable[..., str]:
    """`keys …` that must go well; gives what it said."""

    def command(*words: str) -> str:
        code, said, complaints = run("keys", *words)
        assert (code, complaints) == (0, "")
        return said

    return command


def proposed(said: str) -> str:
    return said.partition(" ")[0]


def private(town: Town, role: str = "issue") -> set[str]:
    return {
        file.stem.partition("-")[2] for file in town.runtime.settings.keys_directory.glob(f"{role}-*.pem")
    }


def exported(run: Run, code: str, folder: Path) -> Path:
    assert run("export", code, str(folder))[0] == 0
    return folder


def verdicts(town: Town, run: Run, code: str, folder: Path) -> tuple[Verdict, set[str]]:
    """What our own page says of a share, and what anybody's `verify` says of its exported files."""
    told = set()
    for form in ("json", "jwt", "png", "svg"):
        for entry in folder.glob(f"*/entry.{form}"):
            check = ("verify", str(entry), "--trust", str(folder / "bundle.json"), "--json")
            told.add(json.loads(run(*check, "--at", town.clock().isoformat())[1])["verdict"])
    return _verdict(town, code), told


@pytest.mark.parametrize("retires_by_hand", [False, True])
def test_the_next_key_takes_over_and_yesterdays_entries_verify(
    town: Town, run: Run, keys: Callable[..., str], tmp_path: Path, retires_by_hand: bool
) -> None:
    yesterday, old = town.shared(town.issued()), _active(town).kid
    before = exported(run, yesterday, tmp_path / "before")
    new = proposed(keys("propose", "brindlemoor", "issue", *ANN))
    assert private(town) == {old, new}
    assert "14 days" in run("keys", "activate", new, *ANN)[2]
    town.clock.forward(days=14)
    town.endorsed(town.sent())
    [number] = job_queue.waiting(town.runtime)
    with town.transaction() as session:
        issuing.intend(session, town.runtime.keys, town.runtime.settings.public_url, [number], town.clock())
    for refused in (("activate", new), ("retire", old)):
        code, _, complaint = run("keys", *refused, *ANN)
        assert (code, "not signed yet" in complaint) == (1, True)
    job_queue.run_due(town.runtime)
    if retires_by_hand:
        assert keys("retire", old, *ANN) == f"{old} is retired, its private half destroyed.\n"
    assert keys("activate", new, *ANN) == f"{new} signs now.\n"
    assert private(town) == {new}, "what was retired is destroyed"
    today = town.shared(town.issued())
    after = exported(run, yesterday, tmp_path / "after")
    assert _active(town).kid == new
    assert verdicts(town, run, yesterday, after) == (Verdict.CURRENT, {"V1"})
    assert verdicts(town, run, today, exported(run, today, tmp_path / "today")) == (Verdict.CURRENT, {"V1"})
    for entry in before.glob("*/entry.*"):
        again = after / entry.relative_to(before)
        assert again.read_bytes() == entry.read_bytes(), "what was signed is served as it was"
    town.clock.forward(days=400)
    assert verdicts(town, run, yesterday, after)[1] == {"V8"}, "an old bundle tells nothing of today"
    with town.transaction() as session:
        assert audit.broken_at(session) is None


def test_a_suspended_key_is_asked_for_later_and_comes_back_whole(
    town: Town, run: Run, keys: Callable[..., str], tmp_path: Path
) -> None:
    code, kid = town.shared(town.issued()), _active(town).kid
    keys("suspend", kid, *ANN)
    bundle = exported(run, code, tmp_path / "suspended")
    # our own record says what was signed before; who has no record cannot tell, and says so
    assert verdicts(town, run, code, bundle) == (Verdict.ON_HOLD, {"V8"})
    assert private(town) == {kid}
    assert run("keys", "init") == (0, "0 keys made.\n", ""), "no way round two people"
    again = proposed(keys("propose", "brindlemoor", "issue", *ANN))
    assert "14 days" in run("keys", "activate", again, *ANN)[2]
    assert "Two people" in run("keys", "activate", kid, *ANN, *ANN)[2]
    keys("activate", kid, *ANN, *BO)
    assert verdicts(town, run, code, exported(run, code, tmp_path / "back")) == (Verdict.CURRENT, {"V1"})


def test_a_stolen_keys_entries_are_signed_again_by_the_next(
    town: Town, run: Run, keys: Callable[..., str], tmp_path: Path
) -> None:
    code, stolen = town.shared(town.issued()), _active(town).kid
    old = exported(run, code, tmp_path / "old")
    since = town.clock().isoformat()
    for wrong in ("yesterday", "2026-03-14", "2999-01-01T00:00:00Z"):
        said = run("keys", "compromise", stolen, "--since", wrong, *ANN, *BO)
        assert (said[0], said[1], said[2].startswith("--since ")) == (1, "", True)
    assert keys("compromise", stolen, "--since", since, *ANN, *BO).startswith("1 entries are on hold")
    assert private(town) == set()
    assert run("keys", "sign-again", stolen)[0] == 1, "there is no key to do it with"
    new = proposed(keys("propose", "brindlemoor", "issue", *ANN))
    keys("activate", new, *ANN)
    assert keys("sign-again", stolen) == "1 entries signed again.\n"
    assert keys("sign-again", stolen) == "0 entries signed again.\n"
    fresh = exported(run, code, tmp_path / "fresh")
    assert verdicts(town, run, code, fresh) == (Verdict.CURRENT, {"V1"})
    for entry in old.glob("*/entry.j*"):
        check = ("verify", str(entry), "--trust", str(fresh / "bundle.json"), "--json")
        assert json.loads(run(*check, "--at", since)[1])["verdict"] == "V7"


@pytest.mark.parametrize("verb", ["suspend", "compromise", "retire"])
def test_a_status_key_goes_out_of_use_and_the_next_signs_the_lists(
    town: Town, run: Run, keys: Callable[..., str], tmp_path: Path, verb: str
) -> None:
    code, kid = town.shared(town.issued()), _active(town, "status").kid
    more = ("--since", town.clock().isoformat()) if verb == "compromise" else ()
    keys(verb, kid, *more, *ANN, *BO)
    town.clock.forward(hours=25)
    job_queue.publish_due(town.runtime)
    assert _verdict(town, code) is Verdict.UNFINISHED
    new = proposed(keys("propose", "brindlemoor", "status", *ANN))
    town.clock.forward(days=14)
    keys("activate", new, *ANN)
    assert verdicts(town, run, code, exported(run, code, tmp_path / "after")) == (Verdict.CURRENT, {"V1"})


def test_without_the_root_key_a_key_is_suspended_and_the_registry_follows(
    town: Town, run: Run, keys: Callable[..., str], tmp_path: Path
) -> None:
    code, kid = town.shared(town.issued()), _active(town).kid
    [root] = town.runtime.settings.keys_directory.glob("root-*.pem")
    offline = root.rename(tmp_path / root.name)
    assert "bring the root key" in keys("suspend", kid, *ANN)
    with town.transaction() as session:
        from passport.services.core.errors import IssuingClosed
        from passport.services.programmes.issuers import require_signers

        robin = town.account(session, "robin")
        assert robin.champion is not None
        with pytest.raises(IssuingClosed):
            require_signers(session, town.runtime.keys, robin.programme, robin.champion.employer.issuer)
    for words in (("propose", "brindlemoor", "issue", *ANN), ("carry-out",)):
        refused = run("keys", *words)
        assert (refused[0], refused[1], "root key" in refused[2]) == (1, "", True)
    assert private(town) == {kid}, "no key was made that nobody hears of"
    assert _verdict(town, code) is Verdict.CURRENT, "the registry does not tell of it yet"
    offline.rename(root)
    assert keys("carry-out") == "The registry tells of every key as it is now.\n"
    assert _verdict(town, code) is Verdict.ON_HOLD
    assert keys("carry-out") == "Nothing waits for the root key.\n"


def test_what_cannot_be_published_is_done_and_published_later(
    town: Town, run: Run, keys: Callable[..., str]
) -> None:
    code, kid = town.shared(town.issued()), _active(town).kid
    public = town.runtime.settings.instance / "public"
    away = public.rename(public.with_name("away"))
    public.write_text("in the way")
    code_, said, complaints = run("keys", "suspend", kid, *ANN)
    assert (code_, said) == (1, f"{kid} is suspended.\n")
    assert "It is done, but" in complaints
    public.unlink()
    away.rename(public)
    # a service that runs sees that what is published is behind, within a minute
    town.clock.forward(seconds=timedelta(minutes=1).total_seconds())
    job_queue.publish_due(town.runtime)
    assert _verdict(town, code) is Verdict.ON_HOLD


def test_a_key_that_cannot_be_read_is_named_with_the_reason(
    town: Town, run: Run, keys: Callable[..., str]
) -> None:
    settings = town.runtime.settings
    [root] = settings.keys_directory.glob("root-*.pem")
    for file, damage in ((root, b"rubbish"), (root, None)):
        whole = file.read_bytes()
        if damage is None:
            file.chmod(0o644)
        else:
            file.write_bytes(damage)
        code, said, complaint = run("keys", "propose", "brindlemoor", "issue", *ANN)
        assert (code, said, complaint.count("\n")) == (1, "", 1)
        assert file.name in complaint
        file.write_bytes(whole)
        file.chmod(0o600)
    assert keys("propose", "brindlemoor", "issue", *ANN)


def test_one_damaged_key_keeps_no_other_from_being_suspended(
    town: Town, run: Run, keys: Callable[..., str]
) -> None:
    town.issued()  # so that there is a list to sign
    kid = _active(town).kid
    [status] = town.runtime.settings.keys_directory.glob("status-*.pem")
    whole = status.read_bytes()
    status.write_bytes(b"rubbish")
    code, said, complaints = run("keys", "suspend", kid, *ANN)
    assert (code, said) == (1, f"{kid} is suspended.\n")
    assert f"{status.name}: this is not an encrypted PKCS#8 key file" in complaints
    status.write_bytes(whole)
    assert keys("carry-out") == "Nothing waits for the root key.\n"
