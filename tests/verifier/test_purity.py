"""The core needs no web, no database and no network, whatever its imports say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = (
    "flask",
    "werkzeug",
    "jinja2",
    "sqlalchemy",
    "qrcode",
    "passport.db",
    "passport.services",
    "passport.web",
)

PROGRAMME = f"""
import socket, sys

class NoNetwork(OSError):
    pass

def closed(*_, **__):
    raise NoNetwork

import passport.verifier
loaded = [name for name in {FORBIDDEN!r} if name in sys.modules]
assert not loaded, loaded
assert "passport.proofs.signing" not in sys.modules, "private keys reach the verifier"

from tests.world import NOW, World
from passport.verifier import verify
world = World()
unverified, trust = world.entry_bytes(), world.trust()
socket.socket = socket.create_connection = socket.getaddrinfo = closed
print(verify(unverified, trust, NOW).verdict)
"""


def test_verifying_loads_no_web_and_no_database_and_opens_no_socket() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAMME],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("V1", "", 0)
