"""The data delivered with the check page, so that the page can then check on its own."""

from __future__ import annotations

from functools import lru_cache

from passport.adapters.files import PublicFiles
from passport.openbadges import registry
from passport.openbadges.errors import OpenBadgesError
from passport.proofs import jws, keys
from passport.proofs.errors import ProofError

REGISTRY = "registry.json"


def pinned_root_keys(public: PublicFiles) -> list[str]:
    """Return the published registry's root keys as Multikey values; none where nothing is published yet.

    They are delivered with the page's code and trusted as much as that code; the page checks the registry's
    signatures against them.
    """
    stamp = public.stamp(REGISTRY)
    return list(_pinned(public, stamp)) if stamp is not None else []


@lru_cache(maxsize=4)
def _pinned(public: PublicFiles, _stamp: object) -> tuple[str, ...]:
    """Return the root keys of the published registry, cached by the stamp of its file."""
    try:
        published = registry.from_bytes(jws.unverified_payload(public.read(REGISTRY) or b""))
    except (OpenBadgesError, ProofError):
        return ()
    return tuple(sorted(keys.to_multibase(key) for key in published.root_keys))
