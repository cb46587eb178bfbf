"""The browser that the tests drive: where it is, and how it comes onto a machine without one.

Standard library only: tests/__main__.py uses it before anything is installed.
"""

import os
import shutil
import subprocess
from pathlib import Path

from tests import debian

# Chromium without its windows, menus and own pages: a page takes a sixth of the CPU time that it takes the
# whole browser with --headless
SHELL = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def on_path() -> str | None:
    """The machine's own Chromium, if there is one: the shell, else the whole browser."""
    return shutil.which(SHELL) or whole()


def whole() -> str | None:
    """The whole browser: only it asks for permissions, and keeps a page for the way back."""
    return next((found for name in WHOLE if (found := shutil.which(name))), None)


def get(python: Path) -> None:
    """Get a Chromium where there is none: Debian's if we may install it, else Playwright's own.

    Root, as in CI, gets the shell also where there is a whole browser.
    """
    is_here = whole() and (shutil.which(SHELL) or os.geteuid() != 0)
    if is_here or debian.install("Chromium", "chromium", SHELL) or on_path():
        return
    subprocess.run([str(python), "-m", "playwright", "install", "chromium"], check=False)
