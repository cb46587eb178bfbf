"""Ways to spoil an entry or the world around it, and what is then said about it.

A spoiler edits a world, or gives the bytes to check in place of the world's own entry.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from passport.openbadges import did, status_list
from passport.openbadges.registry import KeyState
from passport.proofs import jose, signing
from passport.proofs.keys import Role
from passport.verifier import CHECKS, NotACredential, Outcome, Verdict, verify
from tests.world import ISSUED, LIST_URL, NOW, PROGRAMME, World, an_entry, endorsement_of, to_bytes

Spoil = Callable[[World], bytes | None]
V2, V3, V4, V5, V6, V7, V8 = (Verdict(f"V{number}") for number in range(2, 9))
INDEX = an_entry().status.index
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TOLERANCE = timedelta(minutes=5)

PROOF = "there must be one proof with the members of eddsa-rdfc-2022"
NOT_SIGNED = "the signature does not belong to this key and these contents"
TOO_OLD = "the status list is too old"
STATUS_KEY = "the status list is not signed with a status key of the issuer"
ORDER = "it was not endorsed, issued and due for review in this order"
NOT_ITS_OWN = "the id of the evidence is not one of its own"
NOT_IN_USE = "it is signed with a key that was not in use at that time"
SUSPENDED = "the key is suspended until a question about it is settled"


def told(world: World, unverified: bytes, at: Any = NOW, **options: Any) -> tuple[str, str, str]:
    """Give the verdict, and of the one check that failed the name and the reason.

    Where there is no verdict: what it seems to be.
    """
    try:
        found = verify(unverified, world.trust(), at, **options)
    except NotACredential as error:
        return "no verdict", "", error.kind
    verdict, checks = found.verdict, found.checks
    assert [check.name for check in checks] == list(CHECKS)
    wrong = [check for check in checks if check.outcome is Outcome.FAILED]
    if not wrong:
        return verdict, "", ""
    (failed,) = wrong
    if failed.name != "issuer":  # what a stranger claims is looked into even so
        # whether it is an entry is asked after its signature was tried
        last = "signature" if failed.name == "shape" else failed.name
        after = checks[CHECKS.index(last) + 1 :]
        assert {(check.outcome, check.reason) for check in after} == {(Outcome.NOT_CHECKED, "")}
    return verdict, failed.name, failed.reason


# ------------------------------------------------------------------------- how to spoil an entry


def without(*names: str) -> Spoil:
    def spoil(world: World) -> bytes:
        document = world.secured_entry()
        for name in names:
            del document[name]
        return to_bytes(document)

    return spoil


def having(**members: Any) -> Spoil:
    return lambda world: to_bytes({**world.secured_entry(), **members})


def signed(**members: Any) -> Spoil:
    """Change members, and have the programme sign the entry with them."""

    def spoil(world: World) -> bytes:
        document = {**world.secured_entry(), **members}
        del document["proof"]
        return to_bytes(world.sign(document, world.signers[Role.ISSUE], world.entry.issuer, ISSUED))

    return spoil


def entry(**changes: Any) -> Spoil:
    def spoil(world: World) -> None:
        world.entry = replace(world.entry, **changes)

    return spoil


def endorsing(**changes: Any) -> Spoil:
    """An endorsement of something else, in an entry that the programme signed."""

    def spoil(world: World) -> bytes | None:
        said = replace(endorsement_of(world.entry), **changes)
        return signed(endorsement=[World(endorsement=said).secured_endorsement()])(world)

    return spoil


def evidence_named(name: str) -> Spoil:
    """An entry that the programme signed, whose evidence has this id, and an endorsement of it."""

    def spoil(world: World) -> bytes | None:
        said = replace(endorsement_of(world.entry), subject_id=name)
        about = [{**world.document()["evidence"][0], "id": name}]
        return signed(evidence=about, endorsement=[World(endorsement=said).secured_endorsement()])(world)

    return spoil


def key(role: Role, **changes: Any) -> Spoil:
    return lambda world: world.edit_key(role, **changes)


def state(role: Role, what: KeyState) -> Spoil:
    return key(role, state=what)


def signer(role: Role, by: Role | None) -> Spoil:
    """Sign with the key of another role, or with one that no one knows."""

    def spoil(world: World) -> None:
        world.signers[role] = signing.generate(role) if by is None else world.signers[by]

    return spoil


def registry(**changes: Any) -> Spoil:
    def spoil(world: World) -> None:
        world.registry = replace(world.registry, **changes)

    return spoil


def issuers(*who: Any) -> Spoil:
    return registry(issuers=who)


def office(which: int, **changes: Any) -> Spoil:
    def spoil(world: World) -> None:
        changed = list(world.registry.issuers)
        changed[which] = replace(changed[which], **changes)
        world.registry = replace(world.registry, issuers=tuple(changed))

    return spoil


def lists(url: str, make: Callable[[World], Any]) -> Spoil:
    return lambda world: world.lists.update({url: make(world)})


def worlds(**fields: Any) -> Spoil:
    def spoil(world: World) -> None:
        for name, value in fields.items():
            setattr(world, name, value)

    return spoil


def raw(data: bytes) -> Spoil:
    return lambda _: data


def token(**changes: Any) -> Spoil:
    def spoil(world: World) -> bytes:
        return world.token(**changes)

    return spoil


def token_without(name: str) -> Spoil:
    def spoil(world: World) -> bytes:
        claims = dict(jose.read(world.token()).claims)
        del claims[name]
        signer = world.signers[Role.ISSUE]
        return jose.sign(claims, did.method_id(PROGRAMME.did, signer.role, signer.kid), signer)

    return spoil


def another_list(world: World, url: str, issuer: str, purpose: str = "revocation") -> Any:
    document = status_list.build(url, issuer, purpose, (), world.list_made)
    return world.sign(document, world.signers[Role.STATUS], PROGRAMME, world.list_made)


def list_by_the_issuing_key(world: World) -> Any:
    document = status_list.build(LIST_URL, PROGRAMME.did, "revocation", (), world.list_made)
    return world.sign(document, world.signers[Role.ISSUE], PROGRAMME, world.list_made)
