"""The browser that the tests drive: where it is, and how it comes onto a machine without one.

Standard library only: tests/__main__.py uses it before anything is installed.
"""

import shutil
import subprocess
from pathlib import Path

from tests import debian

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def on_path() -> str | None:
    """The machine's own Chromium, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def get(python: Path) -> None:
    """Get a Chromium where there is none: Debian's if we may install it, else Playwright's own."""
    if on_path() or (debian.install("Chromium", "chromium") and on_path()):
        return
    subprocess.run([str(python), "-m", "playwright", "install", "chromium"], check=False)
