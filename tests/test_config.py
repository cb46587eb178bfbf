"""A setting that cannot be used is one clear line, before anything is made."""

import io
import os
from contextlib import redirect_stderr
from pathlib import Path

import pytest
import structlog

from passport.config import ROOT, Settings, WrongSetting, configure_logging, read_settings


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without a setting of ours."""
    for name in list(os.environ):
        if name.startswith("PASSPORT_"):
            monkeypatch.delenv(name)
    return monkeypatch


def test_without_a_setting_everything_has_its_default(environment: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert settings.public_url == "http://localhost:8000"
    assert settings.instance == ROOT / "instance"
    assert settings.database == f"sqlite:///{ROOT}/instance/passport.db"
    assert settings.queue == f"sqlite:///{ROOT}/instance/jobs.db"
    assert settings.keys_directory == ROOT / "keys"
    assert settings.passphrase_file == ROOT / "instance" / "keys-passphrase"
    assert settings.bind == "127.0.0.1:8000"
    assert settings.status_batch_seconds == 20
    assert not settings.is_https


def test_an_empty_setting_is_no_setting(environment: pytest.MonkeyPatch) -> None:
    for name in ("PUBLIC_URL", "KEYS", "INSTANCE", "STATUS_BATCH_SECONDS"):
        environment.setenv(f"PASSPORT_{name}", "")
    assert read_settings() == Settings()
    assert read_settings().keys is None


@pytest.mark.parametrize("name", ["PASSPORT_PUBLIC_URI", "PASSPORT_DATABASE", "PASSPORT_", "PASSPORT_SECRET"])
def test_a_misspelt_name_is_told_with_the_right_ones(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "x")
    with pytest.raises(WrongSetting, match=f"{name} is not a setting") as told:
        read_settings()
    assert "PASSPORT_PUBLIC_URL" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("passport.example", "must look like"),
        ("ftp://passport.example", "must look like"),
        ("https://", "must look like"),
        ("http://127.0.0.1:8000", "cannot be an IP address"),
        ("http://[::1]:8000", "cannot be an IP address"),
        ("http://2130706433", "cannot be an IP address"),
        ("https://passport.example/skills", "nothing after the host"),
        ("https://passport.example/?x=1", "nothing after the host"),
        ("https://passport.example/#x", "nothing after the host"),
        ("https://ann@passport.example", "nothing after the host"),
        ("https://ann:pw@passport.example", "nothing after the host"),
        ("https://:pw@passport.example", "nothing after the host"),
        ("https://@passport.example", "nothing after the host"),
        ("https://" + "x" * 41, "at most 40"),
        ("https://passport.example:99999", "Port out of range"),
        ("https://passport.example:0", "a port that exists"),
        ("https://passport.example:", "a port that exists"),
        ("https://passport.example:port", "host of letters"),
        ("https://pass_port.example", "host of letters"),
        ("https://pässport.example", "host of letters"),
        ("https://pass port.example", "host of letters"),
        ("https://-passport.example", "host of letters"),
        ("https://pass\\port.example", "host of letters"),
        ("http://[bad", ""),
    ],
)
def test_a_public_address_that_no_did_can_be_made_of_is_refused(
    environment: pytest.MonkeyPatch, url: str, words: str
) -> None:
    environment.setenv("PASSPORT_PUBLIC_URL", url)
    with pytest.raises(WrongSetting, match="PASSPORT_PUBLIC_URL: ") as told:
        read_settings()
    assert words in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "kept", "bind"),
    [
        ("https://passport.example", "https://passport.example", "127.0.0.1:8000"),
        ("https://Passport.EXAMPLE/", "https://passport.example", "127.0.0.1:8000"),
        ("https://passport.example:8443", "https://passport.example:8443", "127.0.0.1:8000"),
        ("http://localhost:8123", "http://localhost:8123", "127.0.0.1:8123"),
        ("HTTP://localhost", "http://localhost", "127.0.0.1:8000"),
        ("https://" + "x" * 40, "https://" + "x" * 40, "127.0.0.1:8000"),
    ],
)
def test_an_origin_is_kept_in_one_spelling(
    environment: pytest.MonkeyPatch, url: str, kept: str, bind: str
) -> None:
    environment.setenv("PASSPORT_PUBLIC_URL", url)
    settings = read_settings()
    assert (settings.public_url, settings.bind) == (kept, bind)
    assert settings.is_https is kept.startswith("https")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/passport"),
        ("DATABASE_URL", "passport.db"),
        ("QUEUE_URL", "amqp://localhost"),
        ("STATUS_BATCH_SECONDS", "61"),
        ("STATUS_BATCH_SECONDS", "-1"),
        ("STATUS_BATCH_SECONDS", "soon"),
        ("STATUS_MAX_AGE_HOURS", "0"),
        ("STATUS_MAX_AGE_HOURS", "169"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_in_one_line(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(f"PASSPORT_{name}", value)
    with pytest.raises(WrongSetting, match=f"^PASSPORT_{name}: ") as told:
        read_settings()
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/x.db", "postgresql://db/passport", "postgresql+psycopg://u:p@db:5432/passport"]
)
def test_the_databases_that_we_test_on_are_taken(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("PASSPORT_DATABASE_URL", url)
    assert read_settings().database == url


def test_a_second_instance_has_everything_of_its_own(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("PASSPORT_INSTANCE", str(tmp_path / "other"))
    settings = read_settings()
    for place in (settings.keys_directory, settings.passphrase_file, settings.secret_file):
        assert place.parent == tmp_path / "other"
    assert str(tmp_path / "other") in settings.database
    assert str(tmp_path / "other") in settings.queue
    environment.setenv("PASSPORT_KEYS", "keys-of-ours")
    assert read_settings().keys_directory == Path.cwd() / "keys-of-ours"


def test_an_event_goes_to_standard_error_as_it_is_when_it_happens() -> None:
    with redirect_stderr(io.StringIO()) as first:
        configure_logging()
    first.close()
    with redirect_stderr(io.StringIO()) as now:
        structlog.get_logger().warning("said")
    assert '"event": "said"' in now.getvalue()
