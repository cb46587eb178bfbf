"""Closes the network for tests, but for this machine itself."""

import ipaddress
import sys
from typing import Any

LOCAL_NAMES = {None, "", "localhost", b"localhost"}


class OutsideWorld(AssertionError):
    """A test wanted to leave the machine."""


def close_network() -> None:
    """Refuse every connection and every look-up of a name that is not this machine's, in this process.

    An audit hook sees each socket of Python, also those of threads and of libraries that kept
    a reference to the real functions. It cannot be taken off again.
    """
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.bind"}:
        address = arguments[1]
        if isinstance(address, tuple):  # a str or bytes is the path of a unix socket
            _check(address[0])
    elif event == "socket.getaddrinfo":
        _check(arguments[0])


def _check(host: str | bytes | None) -> None:
    if host not in LOCAL_NAMES and not _is_loopback(host):
        raise OutsideWorld(f"A test asked for {host!r}: tests stay on this machine.")


def _is_loopback(host: str | bytes | None) -> bool:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False
