"""The secret behind cookies and sealed data is replaced without locking anyone out."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest

from passport import cli
from passport.app import create_app
from passport.proofs.sealing import CannotOpen
from passport.services.access import second_factor
from passport.services.core.runtime import read_secrets
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Visitor

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `secret-key STEP` on the town; give its exit code and what it printed."""
    settings = town.runtime.settings
    monkeypatch.setenv("PASSPORT_INSTANCE", str(settings.instance))
    monkeypatch.setenv("PASSPORT_PUBLIC_URL", settings.public_url)
    monkeypatch.setenv("PASSPORT_DATABASE_URL", settings.database)

    def command(step: str) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main(["secret-key", step]), *capsys.readouterr()

    return command


def set_up_app(town: Town) -> str:
    """Give Robin an app; gives its letters."""
    secrets, at = read_secrets(town.runtime.settings.secret_file), town.clock()
    with town.transaction() as session:
        robin = town.account(session, "robin")
        second_factor.begin_app(session, robin, secrets, at)
        letters = second_factor.letters_of(session, robin, secrets)
        assert letters is not None
        second_factor.confirm_app(session, robin, pyotp.TOTP(letters).at(at), secrets, at)
    return letters


def check(town: Town, letters: str, secrets: tuple[str, ...]) -> None:
    """Sign in with the app's next code."""
    town.clock.forward(minutes=1)
    with town.transaction() as session:
        code = pyotp.TOTP(letters).at(town.clock())
        second_factor.check_app(session, town.account(session, "robin"), code, secrets, town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_apps_and_forms_work_before_between_and_after_both_steps(town: Town, run: Run) -> None:
    file = town.runtime.settings.secret_file
    letters, [old] = set_up_app(town), read_secrets(file)
    form = Visitor(create_app(town.runtime).test_client())
    page = form.open("/sign-in")
    cookie = page.headers["Set-Cookie"].partition(";")[0]

    code, said, _ = run("rotate")
    assert (code, "secret-key finish" in said) == (0, True)
    assert run("rotate")[0] == 1, "a second rotation would push the first one's secret out"
    between = read_secrets(file)
    assert between[1:] == (old,)
    assert between[0] != old
    assert file.stat().st_mode & 0o077 == 0
    check(town, letters, between)
    again = create_app(town.runtime).test_client()
    name, _, value = cookie.partition("=")
    again.set_cookie(name, value, domain="localhost")
    sent = Visitor(again).send("/sign-in", email="amara@example.test", password=PASSWORD)
    assert sent.status_code == 302, "a form that was open during the rotation is still taken"

    assert run("finish")[0] == 0
    after = read_secrets(file)
    assert after == between[:1]
    check(town, letters, after)
    with pytest.raises(CannotOpen):
        check(town, letters, (old,))
    assert run("finish")[0] == 1, "there is nothing to finish"


def test_nothing_is_removed_while_an_app_opens_with_no_secret(town: Town, run: Run) -> None:
    file = town.runtime.settings.secret_file
    set_up_app(town)
    file.write_text("a secret that sealed nothing\n")
    run("rotate")
    kept = file.read_text()
    code, _, complaint = run("finish")
    assert (code, "opens with none" in complaint) == (1, True)
    assert file.read_text() == kept
