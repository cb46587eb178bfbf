"""Published files of an earlier service, in an instance folder whose database has none."""

from __future__ import annotations

import shutil

from passport.cli.instance import CannotStart
from passport.config import Settings
from passport.openbadges import registry as registries
from passport.openbadges.errors import OpenBadgesError
from passport.proofs import jws
from passport.proofs.errors import ProofError
from passport.services.core.runtime import public_files

REAL = (
    "{folder} has published files of a service that this database does not know. Restore that service's"
    " database (docs/operate.md), or set PASSPORT_INSTANCE to another folder"
)


def clear_published(chosen: Settings) -> None:
    """Remove the files that a demo published earlier. Raises CannotStart for any other published files."""
    require_demo_or_nothing(chosen)
    shutil.rmtree(public_files(chosen).directory, ignore_errors=True)


def require_demo_or_nothing(chosen: Settings) -> None:
    """Raise CannotStart unless the published folder is empty or a demo's."""
    public = public_files(chosen)
    content = public.read("registry.json")
    if content is None and not public.folders("status"):
        return
    if content is None or not _is_demo(content):
        raise CannotStart(REAL.format(folder=public.directory))


def require_nothing(chosen: Settings) -> None:
    """Raise CannotStart if anything was published."""
    public = public_files(chosen)
    if public.read("registry.json") is not None or public.folders("status"):
        raise CannotStart(REAL.format(folder=public.directory))


def _is_demo(content: bytes) -> bool:
    try:
        return registries.from_bytes(jws.unverified_payload(content)).demo
    except (OpenBadgesError, ProofError):
        return False
