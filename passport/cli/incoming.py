"""Requests as they arrive, and how long a client may take (see `whole_requests`)."""

from __future__ import annotations

import errno
import socket
import time
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn.asgi.parser import ParseError, PythonProtocol

KIBIBYTE = 1024
IN_MEMORY = 64 * KIBIBYTE


@dataclass(frozen=True)
class Limits:
    """Limits for a client: seconds, bytes and bytes a second."""

    head_seconds: float = 10
    # For a body, and for an answer that a client reads; each has one second more for so many bytes.
    body_seconds: float = 30
    bytes_per_second: int = 100_000
    # A body must have arrived at this average speed at least, once its first seconds are over.
    slowest_bytes_per_second: int = 20_000
    largest_body: int = 256 * 1024 * KIBIBYTE
    # All incomplete bodies together, apart from what is in memory.
    waiting_bytes: int = 1024 * 1024 * KIBIBYTE
    # Requests with a body in a file that threads answer at the same time: of eight threads two may wait for
    # the readers' results, two for a free reader, and one refuses the others.
    large_at_once: int = 5
    closing_seconds: float = 2
    closing_bytes: int = 1024 * KIBIBYTE


class ClientSocket(socket.socket):
    """A client's connection, as a thread's parser and writer use it: neither waits without a limit."""

    limits: Limits
    arrived: SpooledTemporaryFile[bytes]
    sending_seconds: float

    @classmethod
    def around(cls, accepted: socket.socket, limits: Limits) -> ClientSocket:
        """Take over an accepted connection."""
        made = cls(fileno=accepted.detach())
        made.limits = limits
        return made

    def give(self, incoming: Incoming) -> None:
        """Give a request to the thread that answers it."""
        incoming.file.seek(0)
        self.arrived = incoming.file
        self.sending_seconds = self.limits.body_seconds

    def take_rest(self) -> bytes:
        """Return what arrived after the request, and close its file."""
        with self.arrived:
            return self.arrived.read()

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Read what has arrived. Raises ConnectionResetError when nothing is left."""
        data = self.arrived.read(size)
        if not data:
            raise ConnectionResetError(errno.ECONNRESET, "the request has not arrived whole")
        return data

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send all of it. Raises ConnectionResetError when the client reads too slowly."""
        self.sending_seconds += len(data) / self.limits.bytes_per_second
        began = time.monotonic()
        self.settimeout(max(self.sending_seconds, 0.001))
        try:
            super().sendall(data, flags)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "the client reads too slowly") from error
        finally:
            self.sending_seconds -= time.monotonic() - began


class Incoming:
    """One request as far as it has arrived."""

    def __init__(self, limits: Limits, cfg: Any) -> None:
        """Begin empty; `cfg` holds gunicorn's limits of a head."""
        self.file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - `close`
        self.size = 0
        self.is_whole = self.is_too_large = False
        self._limits = limits
        self._began = time.monotonic()
        self._body_began: float | None = None
        self._parser = PythonProtocol(
            on_headers_complete=self._end_head,
            limit_request_line=cfg.limit_request_line,
            limit_request_fields=cfg.limit_request_fields,
            limit_request_field_size=cfg.limit_request_field_size,
        )

    def add(self, data: bytes) -> None:
        """Add received bytes. An invalid request is complete at once: the thread's parser refuses it."""
        self.file.write(data)
        self.size += len(data)
        try:
            self._parser.feed(data)
        except ParseError:
            self.is_whole = True
        self.is_whole = self.is_whole or self._parser.is_complete
        self.is_too_large = self.size > self._limits.largest_body or self.is_too_large

    @property
    def has_head(self) -> bool:
        """Return whether its head has arrived."""
        return self._body_began is not None

    @property
    def wants_to_be_asked(self) -> bool:
        """Return whether the client sends the body only after an interim answer (RFC 9110, 10.1.1)."""
        return any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in self._parser.headers
        )

    @property
    def deadline(self) -> float:
        """Return by when it must be complete, on the monotonic clock."""
        if self._body_began is None:
            return self._began + self._limits.head_seconds
        length = self._parser.content_length or self.size
        more = min(length / self._limits.bytes_per_second, self.size / self._limits.slowest_bytes_per_second)
        return self._body_began + self._limits.body_seconds + more

    @property
    def on_disk(self) -> int:
        """Return how many bytes of it are in a file."""
        return self.size if self.size > IN_MEMORY else 0

    def close(self) -> None:
        """Discard what has arrived."""
        self.file.close()

    def _end_head(self) -> bool:
        self._body_began = time.monotonic()
        self.is_too_large = (self._parser.content_length or 0) > self._limits.largest_body
        return False


class Closing:
    """A connection that was answered: what the client still sends is dropped (RFC 9112, section 9.6)."""

    def __init__(self, limits: Limits) -> None:
        """Start the time for closing."""
        self.deadline = time.monotonic() + limits.closing_seconds
        self.left = limits.closing_bytes
