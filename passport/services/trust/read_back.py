"""Read published files back and compare them with what the rows know of them.

A published list counts only if a status key of its issuer signed it and its address, purpose and issuer are
the expected ones. What does not count is a finding, and neither used nor signed over. Nothing here reads the
database: `facts` of `services.trust.publishing` come in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from passport.adapters.files import PublicFiles
from passport.openbadges import bundle as bundles
from passport.openbadges import registry as registries
from passport.openbadges import status_list
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import KeyState, Registry
from passport.openbadges.status_list import StatusList
from passport.openbadges.terms import Document
from passport.proofs import data_integrity, json_text, jws
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import NotJson, ProofError
from passport.proofs.keys import Role, kid
from passport.services.core.audit import Head
from passport.services.core.recovery import Finding, Problem
from passport.services.trust import anchors
from passport.verifier.trust import key_id

PURPOSES = ("revocation", "suspension", "refresh")
LONGEST_NUMBER = 9  # digits: what a column of the database holds
REGISTRY, BUNDLE = "registry.json", "bundle.json"
Bits = Mapping[str, frozenset[int]]
StatusKeys = Mapping[str, Mapping[str, bytes]]
# For all published lists that this process reads back
_CANONICALIZER = Canonicalizer()


class Unusable(Exception):
    """A published file exists but does not count. The message says why, for the operator."""


@dataclass(frozen=True)
class ListFacts:
    """What the rows know of one list; `known` holds the times when it was, or may have been, published."""

    number: int
    issuer: str
    published_at: datetime | None
    known: frozenset[datetime]
    bits: Bits


@dataclass(frozen=True)
class Facts:
    """What the rows know of everything that is published, from one snapshot.

    `status_keys` holds each issuer's public status keys by kid, whatever their state; `registry` is the
    newest signed registry, `version` its number (0 and None before the first).
    """

    public_url: str
    lists: tuple[ListFacts, ...]
    status_keys: StatusKeys
    root_keys: frozenset[bytes]
    version: int
    registry: bytes | None


@dataclass(frozen=True)
class Published:
    """One published list that counts, with its document and the positions of its set bits."""

    status: StatusList
    document: Document
    positions: frozenset[int]


@dataclass
class Look:
    """What was found in the published folder: lists by number and purpose, and the findings.

    `registry` is a published registry that is newer than the rows, `registry_file` the content of
    registry.json where that counts, `anchor` the head of the audit trail that was published last.
    """

    lists: dict[int, dict[str, Published]] = field(default_factory=dict)
    registry: Registry | None = None
    registry_file: bytes | None = None
    anchor: Head | None = None
    findings: set[Finding] = field(default_factory=set)

    def bits(self, number: int) -> Bits:
        """Return the published set positions of a list by purpose; a list that was not read is left out."""
        return {purpose: one.positions for purpose, one in self.lists.get(number, {}).items()}

    def withdrawn(self, number: int) -> frozenset[int]:
        """Return the positions published as revoked and not as replaced, by two lists of one publication."""
        own = self.lists.get(number, {})
        revoked, replaced = own.get("revocation"), own.get("refresh")
        if revoked is None or replaced is None or revoked.status.valid_from != replaced.status.valid_from:
            return frozenset()
        return revoked.positions - replaced.positions

    def is_blocked(self, number: int) -> bool:
        """Return whether a list must not be signed because its last publication cannot be read."""
        blocking = {Problem.LIST_MISSING, Problem.LIST_UNUSABLE, Problem.LIST_OLDER}
        subjects = {name_of(number, purpose) for purpose in PURPOSES}
        return any(one.problem in blocking and one.subject in subjects for one in self.findings)

    def registry_is_ahead(self) -> bool:
        """Return whether the published registry must not be overwritten."""
        ahead = {Problem.REGISTRY_NEWER, Problem.REGISTRY_UNUSABLE}
        return any(one.problem in ahead for one in self.findings)


def look(facts: Facts, public: PublicFiles) -> Look:
    """Read the published folder and compare it with the rows by running every check in `CHECKS`."""
    found = Look()
    for check in CHECKS:
        check(facts, public, found)
    return found


def name_of(number: int, purpose: str) -> str:
    """Return the path of a list within the published folder."""
    return f"status/{number}/{purpose}"


def url_of(public_url: str, number: int, purpose: str) -> str:
    """Return the public address of a list."""
    return f"{public_url}/{name_of(number, purpose)}"


def read_list(content: bytes, url: str, keys: StatusKeys, issuer: str | None = None) -> Published:
    """Read a published list. Raises Unusable unless it counts.

    With `issuer` the list must be that issuer's, otherwise that of any issuer in `keys`.
    """
    try:
        document = json_text.read_object(content)
        status = status_list.read(document)
        method = data_integrity.read_proof(document).verification_method
        signed_by = key_id(method, status.issuer, Role.STATUS)
        public_key = keys.get(status.issuer, {}).get(signed_by or "")
        if public_key is None:
            raise Unusable("it is not signed with a status key of ours")
        _verify(content, public_key)
    except (NotJson, OpenBadgesError, ProofError) as error:
        raise Unusable(str(error)) from error
    if status.url != url or not url.endswith(f"/{status.purpose}"):
        raise Unusable("it is another list")
    if issuer is not None and status.issuer != issuer:
        raise Unusable("it is another issuer's list")
    return Published(status, document, _positions(status.bits))


def just_signed(document: Document) -> Published:
    """Read a list that this process has just signed. Its proof is not checked."""
    status = status_list.read(document)
    return Published(status, document, _positions(status.bits))


def unexplained(rows: Bits, published: Bits, lifted: frozenset[int]) -> dict[str, frozenset[int]]:
    """Return the published bits that the rows do not explain, by purpose: they must stay set.

    Withdrawn, replaced, erased and stopped never go back; the suspension list has them as well. A hold goes
    back only for a position in `lifted`, whose entry has a recorded lift.
    """
    more = {purpose: published.get(purpose, frozenset()) - rows[purpose] for purpose in PURPOSES}
    revoked = rows["revocation"] | published.get("revocation", frozenset())
    return more | {"suspension": more["suspension"] - lifted - revoked}


def believed_registry(content: bytes, root_keys: frozenset[bytes]) -> Registry:
    """Read a published registry that one of our root keys signed. Raises Unusable for any other."""
    try:
        payload = jws.verify_json(content, {kid(key): key for key in root_keys})
        return registries.from_bytes(payload)
    except (OpenBadgesError, ProofError) as error:
        raise Unusable(str(error)) from error


def old_bundle(public: PublicFiles) -> bundles.Bundle | None:
    """Return the published bundle, or None where it cannot be read. Nothing in it is checked."""
    try:
        return bundles.read(public.read(BUNDLE) or b"")
    except OpenBadgesError:
        return None


def numbers(public: PublicFiles) -> list[int]:
    """Return the numbers of the lists in the published folder, in order."""
    return sorted(int(name) for name in public.folders("status") if is_number(name))


def is_number(name: str) -> bool:
    """Return whether a file or folder is named by the number of a list or registry: it may be a stray one."""
    return name.isascii() and name.isdecimal() and len(name) <= LONGEST_NUMBER


def _check_registry(facts: Facts, public: PublicFiles, found: Look) -> None:
    """Compare the published registries with the newest that the rows know."""
    names = [name for name in public.names("registry") if is_number(name.removesuffix(".json"))]
    later = [name for name in names if int(name.removesuffix(".json")) > facts.version]
    for path in [REGISTRY, *(f"registry/{name}" for name in later)]:
        content = public.read(path)
        if content is None:
            continue
        if content == facts.registry:
            found.registry_file = content if path == REGISTRY else found.registry_file
            continue
        try:
            registry = believed_registry(content, facts.root_keys)
        except Unusable:
            found.findings.add(Finding(Problem.REGISTRY_UNUSABLE, path))
            continue
        if path == REGISTRY and registry.version != facts.version:
            found.registry_file = content
        if registry.version == facts.version:
            found.findings.add(Finding(Problem.REGISTRY_UNUSABLE, path))
        if registry.version > facts.version:
            found.findings.add(Finding(Problem.REGISTRY_NEWER, path))
            if found.registry is None or registry.version > found.registry.version:
                found.registry = registry


def _check_lists(facts: Facts, public: PublicFiles, found: Look) -> None:
    """Read each list that the rows know; add a finding for each missing, unusable, older or newer one."""
    keys = with_registered(facts.status_keys, found.registry)
    for rows in facts.lists:
        for purpose in PURPOSES:
            name = name_of(rows.number, purpose)
            content = public.read(name)
            if content is None:
                if rows.published_at is not None:
                    found.findings.add(Finding(Problem.LIST_MISSING, name))
                continue
            try:
                url = url_of(facts.public_url, rows.number, purpose)
                one = read_list(content, url, keys, rows.issuer)
            except Unusable:
                found.findings.add(Finding(Problem.LIST_UNUSABLE, name))
                continue
            problem = _age(rows, one.status.valid_from)
            if problem:
                found.findings.add(Finding(problem, name))
            if problem is not Problem.LIST_OLDER:
                found.lists.setdefault(rows.number, {})[purpose] = one


def _check_unknown_lists(facts: Facts, public: PublicFiles, found: Look) -> None:
    """Read each published list that is not in the rows, having been opened after the backup."""
    keys = with_registered(facts.status_keys, found.registry)
    for number in sorted(set(numbers(public)) - {rows.number for rows in facts.lists}):
        for purpose in PURPOSES:
            content = public.read(name_of(number, purpose))
            if content is None:
                continue
            name, problem = name_of(number, purpose), Problem.LIST_UNKNOWN
            try:
                one = read_list(content, url_of(facts.public_url, number, purpose), keys)
                found.lists.setdefault(number, {})[purpose] = one
            except Unusable:
                problem = Problem.LIST_UNUSABLE
            found.findings.add(Finding(problem, name))


def _check_anchor(facts: Facts, public: PublicFiles, found: Look) -> None:
    """Read the newest anchor of the audit trail; `publishing.unexplained` asks whether the trail has it."""
    content = public.read(anchors.NEWEST)
    if content is not None:
        keys = with_registered(facts.status_keys, found.registry)
        found.anchor = anchors.read(
            content, {name: key for own in keys.values() for name, key in own.items()}
        )


# Every comparison of a published thing with the rows, in the order in which they run. A check adds what it
# found to the Look: a Finding with a Problem of its own opens a recovery.
CHECKS: tuple[Callable[[Facts, PublicFiles, Look], None], ...] = (
    _check_registry,
    _check_lists,
    _check_unknown_lists,
    _check_anchor,
)


def _age(rows: ListFacts, valid_from: datetime) -> Problem | None:
    if valid_from in rows.known:
        return None
    if rows.published_at is not None and valid_from < rows.published_at:
        return Problem.LIST_OLDER
    return Problem.LIST_NEWER


def with_registered(keys: StatusKeys, registry: Registry | None) -> StatusKeys:
    """Return `keys` with the status keys of a published registry that is newer than the rows."""
    merged = {issuer: dict(own) for issuer, own in keys.items()}
    for key in registry.keys if registry else ():
        if key.role is Role.STATUS and key.state is not KeyState.PROPOSED:
            merged.setdefault(key.issuer, {})[key.kid] = key.public_key
    return merged


@lru_cache(maxsize=256)
def _verify(content: bytes, public_key: bytes) -> None:
    """Verify the proof of a list; cached, as the result for the same bytes and key never changes."""
    data_integrity.verify_proof(json_text.read_object(content), public_key, canonicalizer=_CANONICALIZER)


@lru_cache(maxsize=64)
def _positions(bits: bytes) -> frozenset[int]:
    """Return the positions of the set bits; position 0 is the left-most bit of the first byte."""
    return frozenset(
        index * 8 + place
        for index, byte in enumerate(bits)
        if byte
        for place in range(8)
        if byte & 0x80 >> place
    )
