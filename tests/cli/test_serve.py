"""`python3 -m passport` as a person meets it who has never seen it."""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from passport.setup import ROOT
from tests.fixtures.hostile import saved
from tests.fixtures.processes import Start, Started, environment, passport, starting
from tests.fixtures.servers import free_port

# A service that hangs answers never; a slow machine answers within this.
PATIENCE_SECONDS = 60


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


def faults(errors: str) -> list[str]:
    """Return the lines of a server's standard error, without that of its hourly job.

    At seven minutes past an hour on a Monday the job logs how many digests it made.
    """
    return [line for line in errors.splitlines() if '"event": "digests"' not in line]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Start, Started]]:
    """A service that made its demo when it started, which takes longest, and what starts it again."""
    with starting(tmp_path_factory.mktemp("fresh") / "instance", free_port()) as begin:
        started = begin()
        yield begin, started
        if started.process.poll() is None:
            assert faults(started.stop()) == []
            assert started.process.returncode == 0


@pytest.fixture
def started(fresh: tuple[Start, Started]) -> Started:
    """The same, which serves."""
    assert fresh[1].process.poll() is None, "the test that stops it stands after those that ask it"
    return fresh[1]


def test_it_says_its_address_the_people_with_their_sign_in_and_a_code(started: Started) -> None:
    said = "\n".join(started.said)
    passwords = json.loads((started.instance / "demo-passwords.json").read_text())
    assert started.url in said
    assert "amara.demoson@brindlemoor.example.test" in said
    assert passwords["robin"] in said
    assert "SP-" in said
    assert _get(f"{started.url}/c/{_codes(started)['V1']}")[0] == 200


class Phone:
    """A student's browser, which waits for no answer longer than its patience."""

    def __init__(self, started: Started) -> None:
        self._url, self._session = started.url, requests.Session()

    def get(self, path: str) -> requests.Response:
        return self._session.get(self._url + path, timeout=PATIENCE_SECONDS)

    def send(self, path: str, files: dict[str, bytes] | None = None, **fields: str) -> requests.Response:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert token, path
        data = {"csrf_token": token[1], **fields}
        return self._session.post(self._url + path, data=data, files=files, timeout=PATIENCE_SECONDS)

    def photo(self, page: str) -> str:
        """The address of the first photo of a page, as soon as the job has scanned it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            shown = re.search(r'src="(/files/[^"]+)"', self.get(page).text)
            if shown:
                return shown[1]
        raise AssertionError("the photo was not scanned in time")


def test_the_first_photo_of_a_new_service_is_kept_and_opened(started: Started) -> None:
    """The demo is made with the file store's threads; the process that serves must have its own."""
    assert _threads(started.process.pid) == 1, "the process that forks the worker has threads"
    passwords = json.loads((started.instance / "demo-passwords.json").read_text())
    phone = Phone(started)
    phone.send("/sign-in", email="amara.demoson@brindlemoor.example.test", password=passwords["amara"])
    references = re.findall(r"/evidence/([\w-]{8,})", phone.get("/home").text)
    pages = [f"/evidence/{one}/files" for one in dict.fromkeys(references)]
    page = next(one for one in pages if phone.get(one).url.endswith(one))
    assert phone.send(page, files={"file": saved("JPEG")}).status_code == 200
    photo = phone.get(phone.photo(page))
    assert (photo.status_code, photo.content[:3]) == (200, b"\xff\xd8\xff")
    assert _get(f"{started.url}/health")[0] == 200
    other = Phone(started)
    other.send("/sign-in", email="amara.demoson@brindlemoor.example.test", password=passwords["amara"])
    assert other.get("/home").status_code == 200, "others can still write: signing in is a row"


def _threads(process: int) -> int:
    """How many threads a process has; macOS has no /proc."""
    tasks = Path(f"/proc/{process}/task")
    if tasks.is_dir():
        return len(list(tasks.iterdir()))
    told = subprocess.run(["ps", "-M", "-p", str(process)], capture_output=True, text=True, check=True)
    return len(told.stdout.splitlines()) - 1


def test_what_a_server_loads_before_it_forks_starts_no_thread() -> None:
    """Obstore starts threads at its first use, so the process that forks does not even load it."""
    program = "import sys, passport.cli.serve; print('obstore' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"


def test_secrets_are_for_their_owner_alone(started: Started) -> None:
    instance = started.instance
    secrets = ["secret-key", "keys-passphrase", "demo-passwords.json"]
    keys = list((instance / "keys").iterdir())
    assert keys
    for file in [instance / name for name in secrets] + keys:
        assert file.stat().st_mode & 0o077 == 0, file
    assert (instance / "keys").stat().st_mode & 0o077 == 0


def test_a_second_start_makes_nothing_again_and_loses_nothing(fresh: tuple[Start, Started]) -> None:
    start, first = fresh
    codes = _codes(first)
    assert faults(first.stop()) == []
    assert first.process.returncode == 0
    second = start()
    assert _codes(second) == codes
    assert [line for line in second.said if "SP-" in line] == [line for line in first.said if "SP-" in line]
    assert "Making the demo programme" not in "\n".join(second.said)


def test_a_damaged_key_is_one_line_and_checks_go_on(start_made: Start) -> None:
    first = start_made()
    code = _codes(first)["V1"]
    first.stop()
    damaged = list((first.instance / "keys").glob("issue-*.pem"))
    for key in damaged:
        key.write_bytes(key.read_bytes()[:100])
    before = {file.name for file in (first.instance / "keys").iterdir()}
    second = start_made()
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
