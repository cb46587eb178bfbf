"""What the check page is delivered with, so that it can check by itself from then on."""

from __future__ import annotations

from functools import lru_cache

from passport.adapters.files import PublicFiles
from passport.openbadges import registry
from passport.openbadges.errors import OpenBadgesError
from passport.proofs import jws, keys
from passport.proofs.errors import ProofError

REGISTRY = "registry.json"


def pinned_root_keys(public: PublicFiles) -> list[str]:
    """The root keys of the published registry, as Multikey values; none where nothing is published yet.

    They come with the page's own code and are believed as much as that is; the registry's own signatures are
    checked against them.
    """
    stamp = public.stamp(REGISTRY)
    return list(_pinned(public, stamp)) if stamp is not None else []


@lru_cache(maxsize=4)
def _pinned(public: PublicFiles, _stamp: object) -> tuple[str, ...]:
    """The same, read once for each file that was written."""
    try:
        published = registry.from_bytes(jws.unverified_payload(public.read(REGISTRY) or b""))
    except (OpenBadgesError, ProofError):
        return ()
    return tuple(sorted(keys.to_multibase(key) for key in published.root_keys))
