"""`keys …`: each step in the life of a key, its answer in one line, and the registry that tells of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from passport import cli
from passport.proofs import jws
from tests.cli.test_commands import MANAGERS

ANN, BO = ["--by", "Ann Example"], ["--by", "Bo Sample"]


def test_each_step_of_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASSPORT_INSTANCE", str(tmp_path))
    monkeypatch.setenv("PASSPORT_PUBLIC_URL", "http://localhost:8000")
    cli.main(["init", "--programme", "Made in Brindlemoor", "--slug", "brindlemoor", *MANAGERS])
    capsys.readouterr()

    def keys(*words: str) -> str:
        code, said = cli.main(["keys", *words]), capsys.readouterr()
        assert (code, said.err) == (0, "")
        return said.out

    def refused(*words: str) -> str:
        code, said = cli.main(["keys", *words]), capsys.readouterr()
        assert (code, said.out, said.err.count("\n")) == (1, "", 1)
        return said.err

    def states() -> dict[str, str]:
        listed = [line.split() for line in keys("list").splitlines() if "fingerprint" not in line]
        told = json.loads(jws.unverified_payload((tmp_path / "public" / "registry.json").read_bytes()))
        assert {key["kid"]: key["state"] for key in told["keys"]} == {
            kid: state for kid, role, state, *_ in listed if role != "root"
        }
        return {kid: state for kid, role, state, *_ in listed if role == "issue"}

    [first] = states()
    answer = keys("propose", "brindlemoor", "issue", *ANN)
    [second] = states().keys() - {first}
    assert answer == f"{second} is public. In 14 days: keys activate {second}\n"
    assert states() == {first: "active", second: "proposed"}
    assert "14 days" in refused("activate", second, *ANN)
    assert keys("suspend", first, *ANN) == f"{first} is suspended.\n"
    assert "Two people" in refused("activate", first, *ANN)
    assert keys("activate", first, *ANN, *BO) == f"{first} signs now.\n"
    assert "zone" in refused("compromise", first, "--since", "2026-03-15T12:00:00", *ANN, *BO)
    assert keys("compromise", first, "--since", "2026-03-15T12:00:00Z", *ANN, *BO).startswith("0 entries")
    assert states() == {first: "compromised", second: "proposed"}
    assert "keys list" in refused("retire", first, *ANN, *BO)
    assert not list((tmp_path / "keys").glob(f"*-{first}.pem"))
