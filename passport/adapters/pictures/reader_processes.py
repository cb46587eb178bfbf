"""Read untrusted files in separate processes.

A file that exhausts memory or time, or crashes a C library, ends only such a process. Each process
reads one file after another from its standard input and answers in a line of JSON. It runs at lower priority
than the threads that answer requests. A request waits a short time for a free process, in a short
queue (`Turn`); a job waits as long as it takes, and all jobs together use one process at a time.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from passport.adapters.pictures import keeping, reading
from passport.adapters.pictures.errors import Busy, Unreadable
from passport.adapters.pictures.reading import Contents

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = 2
# How many callers may wait for a free process at the same time, and how long a request waits.
MOST_WAITING = 2
PATIENCE_SECONDS = 2.0
# A photo of 50 megapixels, unpacked and turned, takes most of it.
MEMORY = 1536 * 1024 * 1024
SECONDS = reading.MAX_SECONDS + 5
PICTURE, DRAWING, PDF, PHOTO, DOCUMENT = b"i", b"s", b"p", b"f", b"d"
LENGTH = 8
# Added to the priority value of the process (nice(2)): the threads of the service run first.
NICENESS = 10
# A process that has not answered within this time from its interpreter's start is killed from outside.
STARTING_SECONDS = 10.0
# A process that holds so many bytes more after a file than at its start is replaced. Libraries cache
# fonts and pictures, and what is freed in pieces stays with the process.
MOST_GROWN = 48 * 1024 * 1024
PROGRAM = (sys.executable, "-m", "passport.adapters.pictures.reader_processes")
READ = {PICTURE: reading.read_picture, DRAWING: reading.read_drawing, PDF: reading.read_pdf}


@dataclass
class Turn:
    """A request's wait limit for a free process, and the time the process then worked for it, in seconds."""

    patience: float = PATIENCE_SECONDS
    worked: float = 0.0


class Reader:
    """One process, started at its first use and restarted when it died."""

    def __init__(
        self,
        memory: int = MEMORY,
        seconds: float = SECONDS,
        program: Sequence[str] = PROGRAM,
        starting: float = STARTING_SECONDS,
    ) -> None:
        """Set the limits for one file: bytes of memory and seconds.

        `program` gets both as its last arguments and stops by itself; it is killed if it has not stopped
        after `starting` more seconds.
        """
        self._command = [*program, str(memory), str(seconds)]
        self._longest = seconds + starting
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, kind: bytes, data: bytes) -> Any:
        """Return the process's answer about a file. Raises Unreadable as it reports, or because it died."""
        process = self._running()
        began = time.monotonic()
        watchdog = threading.Timer(self._longest, process.kill)
        watchdog.start()
        try:
            line = _exchange(process, kind, data)
        except BaseException:
            self._clear_away(process)  # a late answer is about this file, not the next
            raise
        finally:
            watchdog.cancel()
        if not line.endswith(b"\n"):
            ended_by = -self._clear_away(process)
            is_late = time.monotonic() - began >= self._longest
            raise Unreadable("too slow" if ended_by == signal.SIGALRM or is_late else "broken")
        told = json.loads(line)
        if told.pop("grown", False):
            self._clear_away(process)
        if "unreadable" in told:
            raise Unreadable(told["unreadable"])
        return told

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._clear_away(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._clear_away(self._process)  # it died between two files
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # the server handles Ctrl-C
            )
        return self._process

    def _clear_away(self, process: subprocess.Popen[bytes]) -> int:
        """Kill a process if it still runs, close its pipes and return its exit status: -N for a signal N."""
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._process = None
        return process.wait()


def _exchange(process: subprocess.Popen[bytes], kind: bytes, data: bytes) -> bytes:
    """Send a file and return the answer line, incomplete where the process died."""
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None  # noqa: S101 - both are pipes
    assert stdout is not None  # noqa: S101
    try:
        stdin.write(kind + len(data).to_bytes(LENGTH, "big"))
        stdin.write(data)
        stdin.flush()
        return stdout.readline()
    except BrokenPipeError:
        return b""


class Readers:
    """A pool of processes for all threads, given to callers in order of arrival."""

    def __init__(self, readers: Sequence[Reader] = ()) -> None:
        """Use these readers, or by default as many as a service has. None is started yet."""
        self._free = list(readers) or [Reader() for _ in range(PROCESSES)]
        self._line: deque[object] = deque()
        self._changed = threading.Condition()
        self._background = threading.Lock()

    def ask(self, kind: bytes, data: bytes, turn: Turn | None = None) -> Any:
        """Have one of the readers read a file.

        With a `turn`, raises Busy when none was free in time, and at once when too many callers wait already.
        Without one (a job), waits as long as it takes, after all earlier jobs.
        """
        if turn is None:
            with self._background, self._taken(None) as reader:
                return reader.ask(kind, data)
        with self._taken(turn.patience) as reader:
            began = time.monotonic()
            try:
                return reader.ask(kind, data)
            finally:
                turn.worked += time.monotonic() - began

    def stop(self) -> None:
        """Stop the free readers: when the service's process ends, all of them are free."""
        with self._changed:
            for reader in self._free:
                reader.stop()

    @contextlib.contextmanager
    def _taken(self, patience: float | None) -> Iterator[Reader]:
        """Take a reader for the block, and release it even after an error."""
        reader = self._take(patience)
        try:
            yield reader
        finally:
            with self._changed:
                self._free.append(reader)
                self._changed.notify_all()

    def _take(self, patience: float | None) -> Reader:
        place = object()
        with self._changed:
            if patience is not None and len(self._line) >= MOST_WAITING:
                raise Busy
            self._line.append(place)
            try:
                if not self._changed.wait_for(lambda: self._free and self._line[0] is place, patience):
                    raise Busy
                return self._free.pop()
            finally:
                self._line.remove(place)
                self._changed.notify_all()


_OF_THIS_PROCESS: dict[int, Readers] = {}
_LOCK = threading.Lock()


def _readers() -> Readers:
    """Return the readers of this process: a forked child must not share its parent's pipes."""
    with _LOCK:
        here = os.getpid()
        if here not in _OF_THIS_PROCESS:
            _OF_THIS_PROCESS[here] = Readers()
            atexit.register(_OF_THIS_PROCESS[here].stop)
        return _OF_THIS_PROCESS[here]


def use(readers: Readers) -> None:
    """Replace the readers of this process, to measure with busy ones."""
    with _LOCK:
        _OF_THIS_PROCESS[os.getpid()] = readers
        atexit.register(readers.stop)


def read_picture(data: bytes, turn: Turn | None = None) -> Contents:
    """Run `reading.read_picture` in a separate process. Raises Busy as `Readers.ask` does."""
    return _contents(PICTURE, data, turn)


def read_drawing(data: bytes, turn: Turn | None = None) -> Contents:
    """Run `reading.read_drawing` in a separate process. Raises Busy as `Readers.ask` does."""
    return _contents(DRAWING, data, turn)


def read_pdf(data: bytes, turn: Turn | None = None) -> Contents:
    """Run `reading.read_pdf` in a separate process. Raises Busy as `Readers.ask` does."""
    return _contents(PDF, data, turn)


def _contents(kind: bytes, data: bytes, turn: Turn | None) -> Contents:
    reading.refuse_length(data)
    told = _readers().ask(kind, data, turn)
    told["attached"] = [base64.b64decode(file) for file in told.get("attached", ())]
    return Contents(**told)


def kept_photo(data: bytes) -> bytes:
    """Run `keeping.photo` in a separate process, as a job."""
    reading.refuse_length(data)
    return base64.b64decode(_readers().ask(PHOTO, data)["photo"])


def document_text(data: bytes) -> str:
    """Run `keeping.document_text` in a separate process, as a job."""
    reading.refuse_length(data)
    return str(_readers().ask(DOCUMENT, data)["text"])


def main(memory: int, seconds: float, read: Callable[[bytes, bytes], dict[str, Any]] | None = None) -> None:
    """Read files from standard input until it ends, with `_read` or another function of kind and bytes."""
    read = read or _read
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    at_start = _held()
    while kind := source.read(1):
        data = source.read(int.from_bytes(source.read(LENGTH), "big"))
        # its default action ends the process, even inside a library
        signal.setitimer(signal.ITIMER_REAL, seconds)
        told = read(kind, data)
        signal.setitimer(signal.ITIMER_REAL, 0)
        del data
        _answer(answers, {**told, "grown": _held() - at_start > MOST_GROWN})


def _read(kind: bytes, data: bytes) -> dict[str, Any]:
    try:
        if kind == PHOTO:
            return {"photo": base64.b64encode(keeping.photo(data)).decode()}
        if kind == DOCUMENT:
            return {"text": keeping.document_text(data)}
        told = asdict(READ[kind](data))
        told["attached"] = [base64.b64encode(file).decode() for file in told["attached"]]
        return told
    except Unreadable as error:
        return {"unreadable": error.reason}
    except MemoryError:
        return {"unreadable": "too large"}


def _held() -> int:
    """Return the bytes of memory that this process holds, after giving back what is free.

    0 on a system that does not say: there a process is never replaced.
    """
    with contextlib.suppress(AttributeError):  # a GNU function
        ctypes.CDLL(None).malloc_trim(0)
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _answer(answers: BinaryIO, told: dict[str, Any]) -> None:
    answers.write(json.dumps(told).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
