"""The Firefox that the tests drive: where it is, and how it comes onto a machine without one.

Standard library only: tests/__main__.py uses it before anything is installed.
"""

import shutil

from tests import debian

NAMES = ("firefox-esr", "firefox")


def on_path() -> str | None:
    """Return the machine's own Firefox, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def get() -> None:
    """Get Debian's Firefox where there is none and we may install it."""
    if not on_path():
        debian.install("Firefox", "firefox-esr")
