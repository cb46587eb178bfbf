"""Install programs that the tests need with Debian's apt-get, where we may.

Standard library only: tests/__main__.py uses it before anything is installed.
"""

import os
import shutil
import subprocess

from passport import setup


def install(name: str, *packages: str) -> bool:
    """Install ``packages``, said to be ``name``; return whether apt-get says that it went well."""
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() != 0 and not shutil.which("sudo"):
        return False
    setup.say(f"Getting {name} with apt-get …")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "--yes", "-qq", "--no-install-recommends", *packages]):
        command = [*as_root, "apt-get", *step]
        if subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            return False
    return True
