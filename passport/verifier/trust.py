"""Whom a checker believes, and what it was given to check with. No fetching: the caller has the files."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Self

from passport.openbadges import bundle as bundles
from passport.openbadges import registry as registries
from passport.openbadges import status_list as status_lists
from passport.openbadges.bundle import Bundle
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import KeyState, RegisteredIssuer, Registry
from passport.openbadges.status_list import StatusList
from passport.proofs import data_integrity, jws, keys
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role

from . import issuer_ids
from .cache import Cache
from .errors import Failed, TrustError
from .look_alikes import Names
from .verdicts import Verdict

Document = dict[str, Any]

_EVER = datetime.min.replace(tzinfo=UTC)
_VOUCHING = frozenset({KeyState.ACTIVE, KeyState.RETIRED})


class Trust:
    """A registry that we believe, with status lists and DID documents that are still unverified.

    It is immutable; a caller with a newer registry or list makes a new one, and hands on the `cache`, which
    is for the checks of as many as the caller likes.
    """

    def __init__(
        self,
        registry: Registry,
        unverified_lists: Mapping[str, Document],
        did_documents: Mapping[str, Document] | None = None,
        cache: Cache | None = None,
    ) -> None:
        """Take a registry whose signature has been checked. `from_bundle` and `from_parts` do that."""
        self.registry = registry
        self.did_documents = did_documents or {}
        self.cache = cache or Cache()
        self._unverified_lists = unverified_lists
        self._lists: dict[str, StatusList] = {}
        self._newest: datetime | None = None

    @classmethod
    def from_bundle(
        cls, bundle: bytes, root_keys: Iterable[bytes] | None = None, cache: Cache | None = None
    ) -> Self:
        """Read bundle.json. Raises TrustError when it cannot be read, or its registry cannot be believed.

        Without `root_keys`, the root keys that the registry itself names are believed: the caller then trusts
        the origin of the file.
        """
        try:
            parts = bundles.read(bundle)
        except OpenBadgesError as error:
            raise TrustError(str(error)) from error
        return cls.from_parts(parts, root_keys, cache)

    @classmethod
    def from_parts(
        cls, parts: Bundle, root_keys: Iterable[bytes] | None = None, cache: Cache | None = None
    ) -> Self:
        """Take the parts of a bundle one by one, for callers that have them already."""
        registry = _believe(parts.registry, root_keys)
        return cls(registry, parts.status_lists, parts.did_documents, cache)

    def renewed(self, parts: Bundle) -> Self:
        """Return a Trust with a newer bundle: the registry that follows ours, or ours again with newer lists.

        Raises TrustError for a registry that goes back, skips a version or lacks a signature.
        """
        registry = accept_next(self.registry, parts.registry)
        return type(self)(registry, parts.status_lists, parts.did_documents, self.cache)

    def beside(
        self,
        unverified_lists: Mapping[str, Document],
        did_documents: Mapping[str, Document],
        cache: Cache,
    ) -> Self:
        """Return a Trust with more to check external issuers with; what this one has goes before it."""
        return type(self)(
            self.registry,
            {**unverified_lists, **self._unverified_lists},
            {**did_documents, **self.did_documents},
            cache,
        )

    def registered(self, named: Iterable[str]) -> RegisteredIssuer | None:
        """Return the registered issuer that normalised ids name, or None; of several the first there."""
        places = [self._places[name] for name in named if name in self._places]
        return self.registry.issuers[min(places)] if places else None

    @cached_property
    def names(self) -> Names:
        """Return the names and ids of the registered issuers, to compare others with."""
        return Names(text for issuer in self.registry.issuers for text in (issuer.name, issuer.did))

    @cached_property
    def hosts(self) -> Names:
        """Return the registry's own sites, to compare names with."""
        return Names(origin.partition("://")[2] for origin in self.registry.origins)

    @cached_property
    def _places(self) -> dict[str, int]:
        """Return the place of each registered issuer by its normalised id."""
        issuers = enumerate(self.registry.issuers)
        return {issuer_ids.normalised(issuer.did): place for place, issuer in reversed([*issuers])}

    def now(self, clock: datetime) -> datetime:
        """Return the later of a clock and the newest signed time that we hold.

        A clock that is behind, or was put back, cannot make an old list fresh.
        """
        if self._newest is None:
            made = [status.valid_from for status in map(self._list_or_none, self._unverified_lists) if status]
            self._newest = max(made, default=_EVER)
        return max(clock, self._newest)

    def is_old(self, clock: datetime, max_age: timedelta) -> bool:
        """Return whether keys may have been registered since: it has expired, or no list is fresh.

        The last registry, which has no end, is never old.
        """
        now, expires = self.now(clock), self.registry.expires
        newest = self._newest or _EVER
        return expires is not None and (now >= expires or now - newest > max_age)

    def given_list(self, url: str) -> Document | None:
        """Return a status list as given, unverified, for callers that check it with another key."""
        return self._unverified_lists.get(url)

    def status_list(self, url: str, issuer: str) -> StatusList:
        """Return a status list after checking that a status key of this issuer signed it.

        Raises Failed (V8): a list that is missing or cannot be believed leaves a check unfinished.
        """
        if url not in self._lists:
            self._lists[url] = self._verified_list(url, issuer)
        if self._lists[url].issuer != issuer:
            raise Failed(Verdict.UNFINISHED, "the status list is another issuer's")
        return self._lists[url]

    def _list_or_none(self, url: str) -> StatusList | None:
        try:
            return self.status_list(url, str(self._unverified_lists[url].get("issuer")))
        except Failed:
            return None

    def _verified_list(self, url: str, issuer: str) -> StatusList:
        secured = self._unverified_lists.get(url)
        if secured is None:
            raise Failed(Verdict.UNFINISHED, "there is no status list to look into")
        try:
            claimed = status_lists.read(secured)
            method = data_integrity.read_proof(secured).verification_method
            key = self._status_key(method, issuer)
            data_integrity.verify_proof(secured, key, canonicalizer=self.cache.canonicalizer)
        except (OpenBadgesError, ProofError) as error:
            raise Failed(Verdict.UNFINISHED, f"the status list cannot be believed: {error}") from error
        if (claimed.url, claimed.issuer) != (url, issuer):
            raise Failed(Verdict.UNFINISHED, "the status list is another one")
        return claimed

    def _status_key(self, verification_method: str, issuer: str) -> bytes:
        kid = key_id(verification_method, issuer, Role.STATUS)
        key = self.registry.key(issuer, Role.STATUS, kid) if kid else None
        if key is None or key.state not in _VOUCHING:
            raise Failed(Verdict.UNFINISHED, "the status list is not signed with a status key of the issuer")
        return key.public_key


def key_id(verification_method: str, issuer: str, role: Role) -> str | None:
    """Return the kid out of `<issuer>#<role>-<kid>`, or None when issuer or role differ."""
    start = f"{issuer}#{role}-"
    return verification_method.removeprefix(start) if verification_method.startswith(start) else None


def accept_next(current: Registry, signed: bytes) -> Registry:
    """Return the registry that may follow the current one; the current one may come again.

    Version N+1 must be signed by the root keys of version N and by its own. Raises TrustError for a version
    that goes back or skips one, for two registries of one version, and for one that drops or changes a key.
    """
    following = _believe(signed, None)
    if following.version == current.version:
        if following != current:
            raise TrustError(f"there are two registries of version {current.version}")
        return current
    if following.version != current.version + 1:
        raise TrustError(f"version {following.version} does not follow version {current.version}")
    try:
        jws.verify_json(signed, {keys.kid(key): key for key in current.root_keys}, current.threshold)
    except ProofError as error:
        raise TrustError(
            f"the root keys of version {current.version} have not signed the next: {error}"
        ) from error
    _refuse_lost_keys(current, following)
    return following


def _refuse_lost_keys(current: Registry, following: Registry) -> None:
    """Raise TrustError unless every key of `current` is in `following`, with the same issuer and role.

    A key is never removed and never becomes another's: what it signed stays checkable, or refused.
    """
    for key in current.keys:
        if following.key(key.issuer, key.role, key.kid) is None:
            raise TrustError(f"the key {key.kid} is missing from version {following.version}")


def _believe(signed: bytes, root_keys: Iterable[bytes] | None) -> Registry:
    """Read a registry that enough of its root keys signed, and at least one of those given."""
    try:
        registry = registries.from_bytes(jws.unverified_payload(signed))
        own = {keys.kid(key): key for key in registry.root_keys}
        payload = jws.verify_json(signed, own, registry.threshold)
        if root_keys is not None:
            jws.verify_json(signed, {keys.kid(key): key for key in root_keys})
        return registries.from_bytes(payload)
    except (OpenBadgesError, ProofError) as error:
        raise TrustError(f"the registry cannot be believed: {error}") from error
