"""The browser that the tests drive: where it is, and how it comes onto a machine without one.

Standard library only: tests/__main__.py uses it before anything is installed.
"""

import os
import shutil
import subprocess
from pathlib import Path

from passport import setup

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def on_path() -> str | None:
    """The machine's own Chromium, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def get(python: Path) -> None:
    """Get a Chromium where there is none: Debian's if we may install it, else Playwright's own."""
    if on_path() or _from_debian():
        return
    subprocess.run([str(python), "-m", "playwright", "install", "chromium"], check=False)


def _from_debian() -> bool:
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() != 0 and not shutil.which("sudo"):
        return False
    setup.say("Getting Chromium with apt-get …")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    install = ["install", "--yes", "-qq", "--no-install-recommends", "chromium"]
    steps = (["update", "-qq"], install)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in steps:
        command = [*as_root, "apt-get", *step]
        if subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            return False
    return on_path() is not None
