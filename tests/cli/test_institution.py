"""`institution …`: an operator gives a university its accounts and keys, and ends a key."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.test_commands import MANAGERS
from tests.fixtures.processes import environment, passport
from tests.fixtures.servers import free_port


def test_an_institution_gets_an_account_and_a_key_and_loses_the_key(tmp_path: Path) -> None:
    env = environment(tmp_path / "instance", free_port())
    assert passport("institution", "list", env=env).returncode == 1
    passport("init", "--programme", "Made in Brindlemoor", "--slug", "brindlemoor", *MANAGERS, env=env)
    assert passport("institution", "add", "northlark", "University of Northlark", env=env).returncode == 0
    account = passport("institution", "account", "northlark", "Ash Trialby <ash@example.test>", env=env)
    assert "ash@example.test" in account.stdout
    made = passport("institution", "key", "northlark", env=env).stdout
    found = re.search(r"spk_(\w{8})_[\w-]{43}", made)
    assert found
    listed = passport("institution", "list", env=env).stdout
    assert f"key {found[1]} since" in listed
    assert found[0] not in listed
    revoked = passport("institution", "revoke", found[1], env=env)
    assert (revoked.returncode, "is revoked" in revoked.stdout) == (0, True)
    assert "revoked" in passport("institution", "list", env=env).stdout
    for wrong in (
        ["revoke", found[1]],
        ["revoke", "nothing"],
        ["key", "nobody"],
        ["add", "northlark", "Again"],
        ["account", "northlark", "no address"],
    ):
        done = passport("institution", *wrong, env=env)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
