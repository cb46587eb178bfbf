"""`python3 -m passport` as somebody meets it who has never seen it."""

import json
import socket
import urllib.error
import urllib.request
from pathlib import Path

from tests.fixtures.processes import Start, Started, environment, passport
from tests.fixtures.servers import free_port


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own service on this machine
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _codes(started: Started) -> dict[str, str]:
    _, body = _get(f"{started.url}/demo/codes.json")
    return {row["verdict"]: row["code"] for row in json.loads(body)}


def test_it_says_its_address_the_people_with_their_sign_in_and_a_code(start: Start) -> None:
    started = start()
    said = "\n".join(started.said)
    passwords = json.loads((started.instance / "demo-passwords.json").read_text())
    assert started.url in said
    assert "amara.demoson@brindlemoor.example.test" in said
    assert passwords["robin"] in said
    assert "SP-" in said
    assert _get(f"{started.url}/c/{_codes(started)['V1']}")[0] == 200
    assert started.stop() == ""
    assert started.process.returncode == 0


def test_a_second_start_makes_nothing_again_and_loses_nothing(start: Start) -> None:
    first = start()
    codes = _codes(first)
    first.stop()
    second = start()
    assert _codes(second) == codes
    assert [line for line in second.said if "SP-" in line] == [line for line in first.said if "SP-" in line]
    assert "Making the demo programme" not in "\n".join(second.said)


def test_secrets_are_for_their_owner_alone(start: Start) -> None:
    instance = start().instance
    secrets = ["secret-key", "keys-passphrase", "demo-passwords.json"]
    keys = list((instance / "keys").iterdir())
    assert keys
    for file in [instance / name for name in secrets] + keys:
        assert file.stat().st_mode & 0o077 == 0, file
    assert (instance / "keys").stat().st_mode & 0o077 == 0


def test_a_damaged_key_is_one_line_and_checks_go_on(start: Start) -> None:
    first = start()
    code = _codes(first)["V1"]
    first.stop()
    damaged = list((first.instance / "keys").glob("issue-*.pem"))
    for key in damaged:
        key.write_bytes(key.read_bytes()[:100])
    before = {file.name for file in (first.instance / "keys").iterdir()}
    second = start()
    assert "Genuine and current" in _get(f"{second.url}/c/{code}")[1]
    assert {file.name for file in (first.instance / "keys").iterdir()} == before
    said = second.stop()
    assert damaged
    assert [key.name for key in damaged if key.name not in said] == []


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = passport(env=environment(tmp_path / "instance", port))
    _one_line(done.returncode, done.stderr, f"Port {port} cannot be used")


def test_a_misspelt_setting_is_one_clear_line(tmp_path: Path) -> None:
    done = passport(env=environment(tmp_path / "instance", free_port(), PASSPORT_PUBLIC_ULR="x"))
    _one_line(done.returncode, done.stderr, "PASSPORT_PUBLIC_ULR is not a setting")


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    settings = environment(tmp_path / "instance", free_port()) | {
        "PASSPORT_PUBLIC_URL": "http://127.0.0.1:8000"
    }
    done = passport(env=settings)
    _one_line(done.returncode, done.stderr, "PASSPORT_PUBLIC_URL")


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = passport(env=environment(tmp_path / "file" / "instance", free_port()))
    _one_line(done.returncode, done.stderr, "cannot be written")


def test_serve_alone_needs_a_service(tmp_path: Path) -> None:
    done = passport("serve", env=environment(tmp_path / "instance", free_port()))
    _one_line(done.returncode, done.stderr, "no service here yet")


def test_another_address_beside_signed_entries_is_refused(tmp_path: Path) -> None:
    settings = environment(tmp_path / "instance", free_port())
    assert passport("demo", env=settings).returncode == 0
    other = settings | {"PASSPORT_PUBLIC_URL": f"http://localhost:{free_port()}"}
    done = passport("serve", env=other)
    _one_line(done.returncode, done.stderr, "cannot change beside signed entries")


def _one_line(returncode: int, complaint: str, words: str) -> None:
    assert returncode == 1
    assert words in complaint
    assert len(complaint.splitlines()) == 1
