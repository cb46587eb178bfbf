"""A gunicorn worker whose threads are given complete requests, so that slow clients occupy no thread.

gunicorn's own gthread worker (27.0.1) reads heads and bodies in its threads and has no time limit for the
whole of either: as many half-sent requests as it has threads stop the service. It also waits in its one
loop, up to two seconds for each, until clients close connections that it has ended. Here that loop receives
all requests, keeps what has arrived in memory and then in a file, and closes what is not complete in time. A
buffering proxy does the same; this is for a service without one.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from gunicorn.workers.gthread import TConn, ThreadWorker

from passport.cli.incoming import KIBIBYTE, ClientSocket, Closing, Incoming, Limits

AT_ONCE = 256 * KIBIBYTE
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
REFUSALS = {
    400: (b"Bad Request", b"Not all of the request has arrived. Go back and send it again.\n"),
    408: (b"Request Timeout", b"The request took too long to arrive. Go back and send it again.\n"),
    413: (b"Content Too Large", b"This is larger than anything that can be sent here.\n"),
    503: (b"Service Unavailable", b"Many files are arriving at the moment. Go back and send it again.\n"),
}


class WholeRequests(ThreadWorker):
    """Receives requests in its loop, and gives each to a thread when it is complete."""

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *args: Any, **more: Any) -> None:
        """Begin with no connection."""
        super().__init__(*args, **more)
        self._incoming: dict[TConn, Incoming] = {}
        self._closing: dict[TConn, Closing] = {}
        self._large: set[TConn] = set()
        self._large_waiting: deque[tuple[TConn, Incoming]] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection. At the maximum number, the oldest incomplete one is closed."""
        super().accept(listener)
        if self._incoming and self.nr_conns >= self.worker_connections:
            self._drop(next(iter(self._incoming)))

    def enqueue_req(self, conn: TConn) -> None:
        """Receive the request that comes on a connection."""
        if not isinstance(conn.sock, ClientSocket):
            conn.sock = ClientSocket.around(conn.sock, self.limits)
        self._receive(conn, b"")

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Receive the next request, or close, after a thread has answered one."""
        self._large.discard(conn)
        if self._large_waiting and len(self._large) < self.limits.large_at_once:
            self._start(*self._large_waiting.popleft())
        if fs.cancelled() or fs.exception() is not None or not fs.result():
            conn.sock.arrived.close()
            self._guarded(self._close, conn, conn.sock)
            return
        ahead = conn.parser.unreader.take_buffered() + conn.sock.take_rest()
        if ahead:
            self._receive(conn, ahead)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Close what is not complete in time; called at least once a second."""
        now = time.monotonic()
        for conn, incoming in list(self._incoming.items()):
            if incoming.deadline <= now:
                self._end(conn, 408)
            elif not self.alive and not incoming.size:
                self._drop(conn)
        for conn, closing in list(self._closing.items()):
            if closing.deadline <= now:
                self._drop(conn)

    def _receive(self, conn: TConn, ahead: bytes) -> None:
        conn.sock.setblocking(False)
        incoming = self._incoming[conn] = Incoming(self.limits, self.cfg)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._guarded, self._on_readable, conn))
        if ahead:
            incoming.add(ahead)
        self._guarded(self._on_readable, conn, conn.sock)

    def _guarded(self, step: Callable[[TConn], None], conn: TConn, _socket: socket.socket) -> None:
        """Run a step; a connection that broke, or a full disk, ends that connection and nothing else."""
        try:
            step(conn)
        except BlockingIOError:
            pass
        except OSError as error:
            self.log.debug("A connection ends: %s", error)
            self._drop(conn)

    def _on_readable(self, conn: TConn) -> None:
        incoming = self._incoming[conn]
        if not incoming.is_whole:
            self._take(conn, incoming)
        if conn not in self._incoming:
            return
        if incoming.is_whole:
            self._hand_over(conn, incoming)
        elif incoming.is_too_large:
            self._refuse(conn, 413)
        elif incoming.on_disk and self._waiting_bytes() > self.limits.waiting_bytes:
            self._refuse(conn, 503)

    def _take(self, conn: TConn, incoming: Incoming) -> None:
        """Read what has arrived. Raises BlockingIOError if there is nothing."""
        had_head = incoming.has_head
        data = socket.socket.recv(conn.sock, AT_ONCE)
        if not data:
            # not handed over: Werkzeug takes a body that was cut off as complete (`wsgi.input_terminated`)
            self._end(conn, 400)
            return
        incoming.add(data)
        if incoming.has_head and not had_head and not incoming.is_whole and incoming.wants_to_be_asked:
            conn.sock.send(CONTINUE)

    def _waiting_bytes(self) -> int:
        waiting = (*self._incoming.values(), *(incoming for _conn, incoming in self._large_waiting))
        return sum(incoming.on_disk for incoming in waiting)

    def _hand_over(self, conn: Any, incoming: Incoming) -> None:
        del self._incoming[conn]
        self.poller.unregister(conn.sock)
        if incoming.on_disk and len(self._large) >= self.limits.large_at_once:
            self._large_waiting.append((conn, incoming))
        else:
            self._start(conn, incoming)

    def _start(self, conn: Any, incoming: Incoming) -> None:
        """Give a complete request to a thread. Some threads are reserved for requests without a file."""
        if incoming.on_disk:
            self._large.add(conn)
        conn.sock.give(incoming)
        conn.data_ready = True
        super().enqueue_req(conn)

    def _end(self, conn: TConn, status: int) -> None:
        """End a request that does not arrive completely: without an answer if nothing of it has arrived."""
        if self._incoming[conn].size:
            self._guarded(partial(self._refuse, status=status), conn, conn.sock)
        else:
            self._drop(conn)

    def _refuse(self, conn: TConn, status: int) -> None:
        """Answer from the loop in plain text, as far as that needs no waiting."""
        reason, words = REFUSALS[status]
        head = b"HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
        more = b"Retry-After: 30\r\n" if status == 503 else b""
        self._incoming.pop(conn).close()
        self.poller.unregister(conn.sock)
        with contextlib.suppress(BlockingIOError):
            conn.sock.send(head % (status, reason, len(words)) + more + b"Connection: close\r\n\r\n" + words)
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        """Shut down the sending side, and wait in the loop until the client closes too."""
        conn.sock.setblocking(False)
        self._closing[conn] = Closing(self.limits)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._guarded, self._drain, conn))
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)

    def _drain(self, conn: TConn) -> None:
        data = socket.socket.recv(conn.sock, AT_ONCE)
        closing = self._closing[conn]
        closing.left -= len(data)
        if not data or closing.left < 0:
            self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        """Close a connection at once, in any state."""
        incoming = self._incoming.pop(conn, None)
        if incoming is not None:
            incoming.close()
        self._closing.pop(conn, None)
        if conn.sock.fileno() >= 0 and conn.sock.fileno() in self.poller.get_map():
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
