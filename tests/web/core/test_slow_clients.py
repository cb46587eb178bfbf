"""Clients that send or read slowly, or never close, delay no others. The server is the one of the service."""

from __future__ import annotations

import http.client
import io
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from passport.cli.incoming import ClientSocket, Limits
from tests.fixtures.servers import free_port
from tests.fixtures.towns import Made
from tests.web.conftest import copied
from tests.web.served import LIMITS

CLIENTS = 40
# How long an answer may take before a test calls the service stopped.
HANGS = 20
FORM = b"code=SP-0000-0000-0000"


@dataclass(frozen=True)
class Served:
    """Where the town is served, and a code of it."""

    port: int
    code: str

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=HANGS)

    def shows_the_code(self) -> bool:
        """Ask for the code's page on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANGS)
        connection.request("GET", f"/c/{self.code}")
        page = connection.getresponse().read()
        connection.close()
        return b"Amara" in page


@pytest.fixture(scope="module")
def served(first_town: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the town behind a real server, which no client of a test may harm."""
    with copied(first_town, tmp_path_factory.mktemp("served") / "town") as town:
        code = town.shared(town.issued())
    settings, port = town.runtime.settings, free_port()
    listen = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.web.served", str(settings.instance), settings.database, listen]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Skills Passport: ")
        yield Served(port, code)
        process.terminate()


def post(body: bytes, *headers: bytes) -> bytes:
    """A whole request to check a code."""
    lines = [b"POST /check HTTP/1.1", b"Host: localhost:8000", *headers]
    lines += [b"Content-Type: application/x-www-form-urlencoded"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def long_form(length: int = len(FORM)) -> bytes:
    """A request whose head states the length of its body."""
    return post(FORM, b"Content-Length: %d" % length)


class OneBuffer(io.BufferedReader):
    """Bytes that came over a connection; stays open when the end of one answer closes it.

    From a socket, HTTPResponse makes a buffer for each answer, and where two arrive at once the first
    answer's buffer takes the beginning of the second.
    """

    def makefile(self, _mode: str) -> OneBuffer:
        """Return this buffer, which HTTPResponse asks of a socket."""
        return self

    def close(self) -> None:
        """Keep what was read ahead for the next answer."""


def answers(connection: socket.socket, number: int) -> list[tuple[int, bytes]]:
    """Read so many answers off one connection."""
    found = []
    buffer = OneBuffer(socket.SocketIO(connection, "r"))
    for _ in range(number):
        # all that it asks of a socket is `makefile`
        answer = http.client.HTTPResponse(buffer)  # type: ignore[arg-type]
        answer.begin()
        found.append((answer.status, answer.read()))
    return found


def test_half_sent_requests_are_ended_and_stop_no_one_meanwhile(served: Served) -> None:
    clients = [served.connect() for _ in range(CLIENTS)]
    head, body = long_form(1000).split(b"\r\n\r\n")
    halves = [(head, b""), (body + b"a" * 900, head + b"\r\n\r\n")] * (CLIENTS // 2)
    for client, (_, first) in zip(clients, halves, strict=True):
        client.sendall(first)
    over = threading.Event()

    def dribble() -> None:
        for number in range(HANGS):
            for client, (rest, _) in zip(clients, halves, strict=True):
                try:
                    client.sendall(rest[number : number + 1])
                except OSError:
                    continue  # the server has ended this one
            if over.wait(1):
                return

    dribbling = threading.Thread(target=dribble)
    dribbling.start()
    try:
        for _ in range(3):
            assert served.shows_the_code()
        for client in clients:
            [(status, words)] = answers(client, 1)
            assert (status, words[:11]) == (408, b"The request")
        assert served.shows_the_code()
    finally:
        over.set()
        dribbling.join()
        for client in clients:
            client.close()


def test_clients_that_do_not_close_what_was_answered_stop_no_one(served: Served) -> None:
    clients = [served.connect() for _ in range(CLIENTS)]
    for client in clients:
        client.sendall(post(FORM, b"Content-Length: %d" % len(FORM), b"Connection: close"))
    for client in clients:
        assert answers(client, 1)[0][0] in {404, 429}
    # waited for one after another, they would take two seconds each: longer than an answer may take
    assert served.shows_the_code()
    for client in clients:
        client.close()


def test_requests_of_every_form_are_answered_whole(served: Served) -> None:
    forms = {
        "two at once": (long_form() + long_form(), 2),
        "in chunks": (post(b"16\r\n" + FORM + b"\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"), 1),
        "a body in a file": (post(b"text=" + b"a" * 1_000_000, b"Content-Length: 1000005"), 1),
        "without a body": (b"GET /check HTTP/1.1\r\nHost: localhost:8000\r\n\r\n", 1),
    }
    for name, (sent, number) in forms.items():
        with served.connect() as client:
            for again in range(2):
                client.sendall(sent)
                found = answers(client, number)
                assert {status for status, _ in found} <= {200, 400, 404, 429}, (name, again)


def test_large_bodies_are_answered_one_after_another_and_leave_threads_to_others(served: Served) -> None:
    clients = [served.connect() for _ in range(8)]
    for client in clients:
        client.sendall(post(b"text=" + b"a" * 100_000, b"Content-Length: 100005"))
    assert served.shows_the_code()
    for client in clients:
        assert answers(client, 1)[0][0] in {404, 429}
        client.close()


def test_a_client_that_asks_before_it_sends_a_body_is_told_to_go_on(served: Served) -> None:
    with served.connect() as client:
        head, body = post(FORM, b"Content-Length: %d" % len(FORM), b"Expect: 100-continue").split(b"\r\n\r\n")
        client.sendall(head + b"\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        client.sendall(body)
        assert answers(client, 1)[0][0] in {404, 429}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (long_form(LIMITS.largest_body + 1), 413),
        (b"\x16\x03\x01 no request\r\n\r\n", 400),
        (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n\r\n", 414),
    ],
)
def test_what_cannot_be_answered_is_refused_at_once(served: Served, sent: bytes, status: int) -> None:
    with served.connect() as client:
        client.sendall(sent)
        assert answers(client, 1)[0][0] == status
        assert client.recv(1) == b""


def test_a_form_that_breaks_off_is_not_taken_as_whole(served: Served) -> None:
    for sent in (long_form(1000), long_form()[:20]):
        with served.connect() as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            [(status, words)] = answers(client, 1)
            assert (status, words[:7]) == (400, b"Not all")


def test_a_client_that_does_not_read_its_answer_frees_the_thread() -> None:
    ours, theirs = socket.socketpair()
    limits = replace(Limits(), body_seconds=0.2, bytes_per_second=1_000_000_000)
    with theirs, ClientSocket.around(ours, limits) as client:
        client.sending_seconds = limits.body_seconds
        with pytest.raises(ConnectionResetError):
            client.sendall(bytes(50_000_000))
