"""`keys carry-out`: what two managers decided about employers, where the root key is kept offline."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from passport.db import Database
from passport.db.people.accounts import Role
from passport.proofs.signing import KeyPlace
from passport.services.core.runtime import utc_now
from passport.services.people import accounts
from passport.services.programmes import creation, sectors
from passport.services.trust import employers
from passport.services.trust.employers import Tools
from tests.cli.test_commands import MANAGERS
from tests.fixtures.processes import environment, passport
from tests.fixtures.servers import free_port


def test_the_operator_brings_the_root_key_and_finishes_it(tmp_path: Path) -> None:
    env = environment(tmp_path / "instance", free_port())
    passport("init", "--programme", "Made in Brindlemoor", "--slug", "brindlemoor", *MANAGERS, env=env)
    nothing = passport("keys", "carry-out", env=env)
    assert (nothing.returncode, nothing.stdout) == (0, "Nothing waits for the root key.\n")
    keys = tmp_path / "instance" / "keys"
    [root] = keys.glob("root-*.pem")
    offline = root.rename(tmp_path / root.name)
    _decide(tmp_path / "instance")
    missing = passport("keys", "carry-out", env=env)
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    assert "root key" in missing.stderr
    offline.rename(root)
    done = passport("keys", "carry-out", env=env)
    assert (done.returncode, done.stdout) == (0, "Cobaltfield Glassworks: let in\n")
    published = tmp_path / "instance" / "public" / "employers" / "cobaltfield" / "did.json"
    assert published.exists()
    assert len(list(keys.glob("endorse-*.pem"))) == 1


def _decide(instance: Path) -> None:
    """One manager asks, the other approves, in a process that has no root key."""
    from passport.proofs.signing import KeyRing

    at = utc_now()
    with (
        closing(Database(f"sqlite:///{instance / 'passport.db'}")) as database,
        database.transaction() as session,
    ):
        programme = creation.only_programme(session, None)
        assert programme is not None
        first, second = (
            accounts.make(
                session,
                programme,
                Role.MANAGER,
                email=f"{name}@example.test",
                name=name,
                first_name=name,
                password=None,
                at=at,
            )
            for name in ("Ana", "Bea")
        )
        sector = sectors.add(session, first, "Glass", at).reference
        about = ("Cobaltfield Glassworks", "cobaltfield", sector)
        asked = employers.ask_to_begin(session, first, *about, at).reference
        place = KeyPlace(instance / "keys", (instance / "keys-passphrase").read_text().strip())
        ring = KeyRing.load(place.directory, place.passphrase)
        tools = Tools(ring, place, "http://localhost:8000", False)
        assert employers.approve(session, tools, second, asked, at).state == "approved"
