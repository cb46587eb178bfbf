"""What the check page is delivered with, so that it can check by itself from then on."""

from __future__ import annotations

from passport.files import PublicFiles
from passport.openbadges import registry
from passport.openbadges.errors import OpenBadgesError
from passport.proofs import jws, keys
from passport.proofs.errors import ProofError


def pinned_root_keys(public: PublicFiles) -> list[str]:
    """The root keys of the published registry, as Multikey values; none where nothing is published yet.

    They come with the page's own code and are believed as much as that is; the registry's own signatures are
    checked against them.
    """
    signed = public.read("registry.json")
    if signed is None:
        return []
    try:
        published = registry.from_bytes(jws.unverified_payload(signed))
    except (OpenBadgesError, ProofError):
        return []
    return sorted(keys.to_multibase(key) for key in published.root_keys)
