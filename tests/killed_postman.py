"""Sends what waits, until it is killed: run by test_posting.py."""

from __future__ import annotations

import sys
from pathlib import Path

from passport import posting
from passport.config import Settings
from passport.services.runtime import open_runtime


def main(instance: str, database_url: str, port: str) -> None:
    """Send what waits."""
    settings = Settings(
        instance=Path(instance),
        database_url=database_url,
        smtp_host="127.0.0.1",
        smtp_port=int(port),
        smtp_security="none",
    )
    posting.post_due(open_runtime(settings))


if __name__ == "__main__":
    main(*sys.argv[1:])
