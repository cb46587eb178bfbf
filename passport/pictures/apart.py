"""Reads files of strangers in processes of their own.

A file that eats memory or time, or breaks a library in C, ends such a process and nothing else. Each process
reads one file after another from its standard input and answers in a line of JSON.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from passport.pictures import keeping, reading
from passport.pictures.errors import Unreadable
from passport.pictures.reading import Contents

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2
# A photo of 50 megapixels, unpacked and turned, takes most of it.
MEMORY = 1536 * 1024 * 1024
SECONDS = reading.MAX_SECONDS + 5
PICTURE, PDF, PHOTO, DOCUMENT = b"i", b"p", b"f", b"d"
LENGTH = 8


class Reader:
    """One process, started when it is first needed and again when it died."""

    def __init__(self, memory: int = MEMORY, seconds: float = SECONDS) -> None:
        """Take what a process may use for one file."""
        self._limits = [str(memory), str(seconds)]
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, kind: bytes, data: bytes) -> Any:
        """Have a file read. Raises Unreadable as the process says, or because it died of the file."""
        process = self._running()
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None  # noqa: S101 - both are pipes
        assert stdout is not None  # noqa: S101
        try:
            stdin.write(kind + len(data).to_bytes(LENGTH, "big"))
            stdin.write(data)
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            raise Unreadable(self._died(process))
        told = json.loads(line)
        if "unreadable" in told:
            raise Unreadable(told["unreadable"])
        return told

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._died(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._died(self._process)  # between two files: nothing of it stays open
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "passport.pictures.apart", *self._limits],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is the server's to answer
            )
        return self._process

    def _died(self, process: subprocess.Popen[bytes]) -> str:
        """Clear away a process, and say what its file was."""
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._process = None
        return "too slow" if process.wait() == -signal.SIGALRM else "broken"


class Readers:
    """A few processes for all threads; whoever finds none free waits."""

    def __init__(self) -> None:
        """None is started yet."""
        self._free: queue.LifoQueue[Reader] = queue.LifoQueue()
        for _ in range(PROCESSES):
            self._free.put(Reader())

    def ask(self, kind: bytes, data: bytes) -> Any:
        """Have a file read by one of them."""
        reader = self._free.get()
        try:
            return reader.ask(kind, data)
        finally:
            self._free.put(reader)

    def stop(self) -> None:
        """End those that are free: at the end of a process all of them are."""
        while not self._free.empty():
            self._free.get_nowait().stop()


_OF_THIS_PROCESS: dict[int, Readers] = {}
_LOCK = threading.Lock()


def _readers() -> Readers:
    """Those of this process: a fork must not share its parent's pipes."""
    with _LOCK:
        here = os.getpid()
        if here not in _OF_THIS_PROCESS:
            _OF_THIS_PROCESS[here] = Readers()
            atexit.register(_OF_THIS_PROCESS[here].stop)
        return _OF_THIS_PROCESS[here]


def codes_in_picture(data: bytes) -> list[str]:
    """The same as `reading.codes_in_picture`."""
    reading.refuse_length(data)
    return list(_readers().ask(PICTURE, data)["codes"])


def read_pdf(data: bytes) -> Contents:
    """The same as `reading.read_pdf`."""
    reading.refuse_length(data)
    return Contents(**_readers().ask(PDF, data))


def kept_photo(data: bytes) -> bytes:
    """The same as `keeping.photo`."""
    reading.refuse_length(data)
    return base64.b64decode(_readers().ask(PHOTO, data)["photo"])


def document_text(data: bytes) -> str:
    """The same as `keeping.document_text`."""
    reading.refuse_length(data)
    return str(_readers().ask(DOCUMENT, data)["text"])


def main(memory: int, seconds: float) -> None:
    """Read files until there is none any more."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while kind := source.read(1):
        data = source.read(int.from_bytes(source.read(LENGTH), "big"))
        # its default action ends the process, wherever a library is
        signal.setitimer(signal.ITIMER_REAL, seconds)
        told = _read(kind, data)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _answer(answers, told)


def _read(kind: bytes, data: bytes) -> dict[str, Any]:
    try:
        if kind == PICTURE:
            return {"codes": reading.codes_in_picture(data)}
        if kind == PHOTO:
            return {"photo": base64.b64encode(keeping.photo(data)).decode()}
        if kind == DOCUMENT:
            return {"text": keeping.document_text(data)}
        contents = reading.read_pdf(data)
        return {"codes": contents.codes, "text": contents.text}
    except Unreadable as error:
        return {"unreadable": error.reason}
    except MemoryError:
        return {"unreadable": "too large"}


def _answer(answers: BinaryIO, told: dict[str, Any]) -> None:
    answers.write(json.dumps(told).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
