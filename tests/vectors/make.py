"""Our own entries, frozen, and every way to spoil one: `python3 -m tests.vectors.make` writes them again.

The keys are hashes of words and belong to the vectors alone. The same script gives the same bytes for ever:
an entry that was issued once must verify with every later version: a change here is a change of the format.

Entries are in two forms: as they are written now, the evidence with an id that its endorsement is about
(`-by-evidence`), and as they were before, the endorsement about the entry.

spoilt/                 no one may accept these: altered, cut, signed by another, or no credential at all
spoilt/only-here/       only who has the registry and knows our form refuses these; the signature holds
equal/                  as other software writes an entry again: genuine
Every name begins with the verdict.
"""

import copy
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws as joserfc_jws
from joserfc.jwk import OctKey

from passport.openbadges import claims, did, endorsement
from passport.openbadges.credential import Entry
from passport.proofs import jose, json_text, keys
from passport.proofs.keys import Role
from passport.proofs.signing import PemSigner
from tests.equal import REWRITABLE, places, rewritten
from tests.world import (
    EMPLOYER,
    ISSUED,
    PROGRAMME,
    SUSPENSION_URL,
    World,
    an_entry,
    as_before,
    confirmed_entry,
    endorsement_of,
    to_bytes,
)

FOLDER = Path(__file__).parent / "own"

Document = dict[str, Any]


def signer(role: Role, words: str = "vector key") -> PemSigner:
    """A key that the whole world knows."""
    seed = hashlib.sha256(f"skills passport {words} {role}".encode()).digest()
    return PemSigner(role, Ed25519PrivateKey.from_private_bytes(seed))


def _as_now(entry: Entry) -> Entry:
    """An entry that names the list of all that is not current, as entries are written now."""
    return replace(entry, status=replace(entry.status, list_url=SUSPENSION_URL))


SIGNERS = {role: signer(role) for role in Role}
WORLD = World(signers=SIGNERS, entry=as_before(an_entry()))
NEW = World(signers=SIGNERS, entry=_as_now(an_entry()))
ISSUE = WORLD.signers[Role.ISSUE]
OTHER, OTHER_SUBJECT, OTHER_EVIDENCE = (uuid.UUID(int=number).urn for number in (7, 8, 9))
KID = did.method_id(PROGRAMME.did, Role.ISSUE, ISSUE.kid)


def files() -> dict[str, bytes]:
    """Every file by its name below `own/`."""
    made = {**_good(), **_numbered("spoilt", _altered()), **_numbered("spoilt", _tokens())}
    made |= {**_numbered("spoilt/only-here", _honest()), **_numbered("spoilt", _texts())}
    made |= {**_numbered("spoilt", _new_altered()), **_numbered("spoilt/only-here", _bound_wrongly())}
    return {**made, **_numbered("equal", _equal()), **_numbered("spoilt/only-here", _not_equal())}


def _equal() -> dict[str, bytes]:
    """Entries as other software writes them again, in both forms: V1."""
    before, now = WORLD.secured_entry(), NEW.secured_entry()
    arrays = {path for path, place in places() if place.is_array}
    return {
        "V1-proof-in-an-array.json": to_bytes({**before, "proof": [before["proof"]]}),
        "V1-byte-order-mark.json": b"\xef\xbb\xbf" + WORLD.entry_bytes(),
        "V1-names-in-order-on-one-line.json": json_text.write(now),
        "V1-single-values.json": to_bytes(rewritten(now, arrays)),
        "V1-arrays.json": to_bytes(rewritten(now, set(REWRITABLE) - arrays)),
        "V1-all-of-it.json": b"\xef\xbb\xbf" + json_text.write(rewritten(now, REWRITABLE)),
    }


def _not_equal() -> dict[str, bytes]:
    """Documents that have the canonical form of an entry, and say something else or something twice."""

    def exchange(document: Document) -> None:
        document["credentialSubject"]["identifier"].reverse()

    changes: dict[str, Callable[[Document], Any]] = {
        "V8-name-and-school-exchanged": exchange,
        "V8-evidence-twice": lambda d: d["evidence"].append(d["evidence"][0]),
        "V8-type-twice": lambda d: d["type"].append(d["type"][0]),
        "V8-types-in-another-order": lambda d: d["type"].reverse(),
    }
    return {f"{name}.json": _changed(change, NEW) for name, change in changes.items()}


def _good() -> dict[str, bytes]:
    parts = WORLD.parts()
    lists = {
        f"status/{url.rpartition('/')[2]}.json": to_bytes(one) for url, one in parts.status_lists.items()
    }
    return {
        "entry.json": WORLD.entry_bytes(),
        "entry.jwt": WORLD.token(),
        "entry-by-evidence.json": NEW.entry_bytes(),
        "entry-by-evidence.jwt": NEW.token(),
        "endorsement-by-evidence.json": to_bytes(NEW.secured_endorsement()),
        **_confirmed(),
        **_named(),
        "endorsement.json": to_bytes(WORLD.secured_endorsement()),
        "registry.json": WORLD.signed_registry(),
        "bundle.json": WORLD.bundle(),
        "did/programme.json": _did_document(PROGRAMME.did, Role.ISSUE, Role.STATUS),
        "did/employer.json": _did_document(EMPLOYER.did, Role.ENDORSE),
        **lists,
    }


def _confirmed() -> dict[str, bytes]:
    """What a school confirmed: in both forms, and in the words of an employer, as it once was."""
    new = World(signers=SIGNERS, entry=_as_now(confirmed_entry()))
    world = World(signers=SIGNERS, entry=as_before(confirmed_entry()))
    employers = WORLD.secured_entry()["credentialSubject"]["achievement"]["criteria"]["narrative"]
    said = endorsement_of(world.entry)
    named = endorsement.build(said) | {"name": f"Endorsement of “{said.skill}”"}
    before = {**world.document(), "endorsement": [world.sign(named, ISSUE, PROGRAMME, said.endorsed_at)]}
    before["credentialSubject"]["achievement"]["criteria"]["narrative"] = employers
    return {
        "confirmed.json": world.entry_bytes(),
        "confirmed.jwt": world.token(),
        "confirmed-by-evidence.json": new.entry_bytes(),
        "confirmed-by-evidence.jwt": new.token(),
        "confirmed-as-before.json": to_bytes(world.sign(before, ISSUE, PROGRAMME, ISSUED)),
        "confirmed-as-before.jwt": jose.sign(claims.write(before), KID, ISSUE),
    }


def _named() -> dict[str, bytes]:
    """An entry that names the list of all that is not current, before evidence had an id."""
    status = replace(WORLD.entry.status, list_url=SUSPENSION_URL)
    world = World(signers=WORLD.signers, entry=replace(WORLD.entry, status=status))
    return {"suspension-named.json": world.entry_bytes(), "suspension-named.jwt": world.token()}


def _did_document(name: str, *roles: Role) -> bytes:
    return to_bytes(
        did.did_document(name, [did.Method(role, WORLD.signers[role].public_key) for role in roles])
    )


def _numbered(folder: str, spoilt: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": data for name, data in spoilt.items()}


def _changed(change: Callable[[Document], Any], world: World = WORLD) -> bytes:
    document = copy.deepcopy(world.secured_entry())
    change(document)
    return to_bytes(document)


def _altered() -> dict[str, bytes]:
    """Documents in which something stands that was not signed, or is signed by another."""
    other = World(entry=WORLD.entry, signers={**SIGNERS, Role.ISSUE: signer(Role.ISSUE, "thief")})
    thief = other.secured_entry()["proof"]["proofValue"]
    changes: dict[str, Callable[[Document], Any]] = {
        "V7-name-changed": lambda d: d["credentialSubject"]["identifier"][0].update(
            identityHash="Ada Fakeson"
        ),
        "V7-level-raised": lambda d: d["credentialSubject"]["result"][0].update(
            achievedLevel=d["credentialSubject"]["achievement"]["id"] + "#level-4"
        ),
        "V7-review-date-moved": lambda d: d.update(validUntil="2039-03-15T00:00:00Z"),
        "V7-index-changed": lambda d: d["credentialStatus"].update(statusListIndex="1"),
        "V7-member-added": lambda d: d.update(colour="red"),
        "V7-member-added-deep": lambda d: d["credentialSubject"]["source"]["parentOrg"].update(colour="red"),
        "V7-known-member-added": lambda d: d["credentialSubject"].update(narrative="I did it all alone."),
        "V7-member-renamed": lambda d: d.update(evidences=d.pop("evidence")),
        "V7-member-removed": lambda d: d.pop("evidence"),
        "V7-endorsement-words-changed": lambda d: d["endorsement"][0].update(
            name="Endorsement of everything"
        ),
        "V7-status-removed": lambda d: d.pop("credentialStatus"),
        "V7-id-relative": lambda d: d.update(id="entry-1"),
        "V8-proof-removed": lambda d: d.pop("proof"),
        "V7-proof-value-of-another-key": lambda d: d["proof"].update(proofValue=thief),
        "V8-proof-value-cut": lambda d: d["proof"].update(proofValue=d["proof"]["proofValue"][:-3]),
        "V7-proof-of-the-endorsement": lambda d: d.update(proof=d["endorsement"][0]["proof"]),
        "V7-proof-time-moved": lambda d: d["proof"].update(created="2026-03-15T15:00:01Z"),
        "V7-proof-purpose-changed": lambda d: d["proof"].update(proofPurpose="authentication"),
        "V7-cryptosuite-changed": lambda d: d["proof"].update(cryptosuite="eddsa-jcs-2022"),
        "V7-context-removed": lambda d: d["@context"].pop(),
        "V7-type-changed": lambda d: d.update(type=["VerifiableCredential", "WizardCredential"]),
        "V6-issuer-changed": lambda d: d["issuer"].update(id="did:web:faketown.example:programmes:x"),
    }
    return {f"{name}.json": _changed(change) for name, change in changes.items()}


def _new_altered() -> dict[str, bytes]:
    """The form with an id of the evidence, altered where it differs from the form before."""
    changes: dict[str, Callable[[Document], Any]] = {
        "name-changed": lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="Ada Fakeson"),
        "id-changed": lambda d: d["evidence"][0].update(id=OTHER),
        "id-removed": lambda d: d["evidence"][0].pop("id"),
        "subject-changed": lambda d: d["endorsement"][0]["credentialSubject"].update(id=d["id"]),
        "both-ids-changed": lambda d: (
            d["evidence"][0].update(id=OTHER),
            d["endorsement"][0]["credentialSubject"].update(id=OTHER),
        ),
    }
    return {f"V7-by-evidence-{name}.json": _changed(change, NEW) for name, change in changes.items()}


def _bound_wrongly() -> dict[str, bytes]:
    """Entries that the programme signed, with an endorsement that its employer signed about something else.

    In the last one a member of the evidence stands in the endorsement: the canonical form is the same, and
    the signature of the programme holds.
    """
    new = NEW.entry
    another = replace(
        new, id=OTHER, subject_id=OTHER_SUBJECT, evidence=replace(new.evidence, id=OTHER_EVIDENCE)
    )
    entries = {
        "by-evidence-endorsement-of-another-entry": (NEW, endorsement_of(another)),
        "by-evidence-subject-is-the-entry": (NEW, replace(endorsement_of(new), subject_id=new.id)),
        "endorsement-of-another-entry": (WORLD, endorsement_of(as_before(another))),
        "subject-is-an-evidence": (WORLD, endorsement_of(new)),
    }
    made: dict[str, bytes] = {}
    for name, (world, said) in entries.items():
        spoilt = World(signers=SIGNERS, entry=world.entry, endorsement=said)
        made |= {f"V7-{name}.json": spoilt.entry_bytes(), f"V7-{name}.jwt": spoilt.token()}

    def move(document: Document) -> None:
        moved = document["evidence"][0].pop("description")
        document["endorsement"][0]["credentialSubject"]["description"] = moved

    return made | {"V7-by-evidence-member-moved.json": _changed(move, NEW)}


def _texts() -> dict[str, bytes]:
    """Bytes that two readers could read in two ways, or that none should try to read."""
    good = WORLD.entry_bytes()
    return {
        "none-empty.json": b"",
        "V8-cut-off.json": good[: len(good) // 2],
        "V8-nan.json": good.replace(b'"hashed": false', b'"hashed": NaN', 1),
        "V8-lone-surrogate.json": good.replace(b"Amara", b"\\ud800mara", 1),
        "none-deep.json": b'{"a":' * 200 + b"1" + b"}" * 200,
    }


def _token(claims_: Document, header: Document | None = None, by: PemSigner = ISSUE) -> bytes:
    head = json_text.write(header or {"alg": jose.ALGORITHM, "kid": KID, "typ": jose.TYPE})
    start = f"{keys.base64url(head)}.{keys.base64url(json_text.write(claims_))}".encode()
    return start + b"." + keys.base64url(by.sign(start)).encode()


def _tokens() -> dict[str, bytes]:
    """Tokens that no JOSE library may accept, if it is told which algorithm and which type to expect."""
    said = claims.write(WORLD.secured_entry())
    head, _, signature = WORLD.token().split(b".")
    changed = keys.base64url(json_text.write({**said, "name": "Wizardry"})).encode()
    header = {"alg": jose.ALGORITHM, "kid": KID, "typ": jose.TYPE}
    none = keys.base64url(json_text.write({**header, "alg": "none"})).encode()
    public = OctKey.import_key(ISSUE.public_key)
    hmac = joserfc_jws.serialize_compact({**header, "alg": "HS256"}, b"{}", public, algorithms=["HS256"])
    return {
        "V7-payload-changed.jwt": head + b"." + changed + b"." + signature,
        "V7-alg-none.jwt": none + b"." + WORLD.token().split(b".")[1] + b".",
        "V7-alg-hs256-with-the-public-key.jwt": hmac.encode(),
        "V7-signed-by-another-key.jwt": _token(said, by=signer(Role.ISSUE, "thief")),
        "V7-signed-with-the-status-key.jwt": _token(said, by=WORLD.signers[Role.STATUS]),
        "V8-signature-cut.jwt": WORLD.token()[:-4],
        "V8-signature-missing.jwt": WORLD.token().rpartition(b".")[0],
        "V7-typ-changed.jwt": _token(said, {**header, "typ": "JWT"}),
        "V7-crit-b64.jwt": _token(said, {**header, "crit": ["exp"], "exp": 1}),
    }


def _honest() -> dict[str, bytes]:
    """Signed with keys of ours, but no entries: another shape, another role, a header that says too much."""
    said, header = claims.write(WORLD.secured_entry()), {"alg": jose.ALGORITHM, "kid": KID, "typ": jose.TYPE}
    document = WORLD.document()
    status = WORLD.signers[Role.STATUS]
    more = {**document, "credentialSubject": {**document["credentialSubject"], "narrative": "I did it."}}
    bare = [{name: member for name, member in document["endorsement"][0].items() if name != "proof"}]
    return {
        "V8-says-more-than-an-entry.json": to_bytes(WORLD.sign(more, ISSUE, PROGRAMME, ISSUED)),
        "V8-endorsement-without-its-proof.json": to_bytes(
            WORLD.sign({**document, "endorsement": bare}, ISSUE, PROGRAMME, ISSUED)
        ),
        "V7-signed-with-the-status-key.json": to_bytes(WORLD.sign(document, status, PROGRAMME, ISSUED)),
        "V8-a-name-twice.json": WORLD.entry_bytes().replace(b'"name"', b'"name": "x", "name"', 1),
        "V8-utf-16.json": WORLD.entry_bytes().decode().encode("utf-16"),
        "V8-iss-is-another.jwt": _token({**said, "iss": EMPLOYER.did}),
        "V8-nbf-is-another.jwt": _token({**said, "nbf": said["nbf"] - 1}),
        "V8-sub-is-missing.jwt": _token({name: said[name] for name in said if name != "sub"}),
        "V8-vc-claim.jwt": _token({**said, "vc": document}),
        "V7-key-in-the-header.jwt": _token(said, {**header, "jwk": keys.to_jwk(ISSUE.public_key)}),
        "V7-status-key-by-its-name.jwt": jose.sign(
            said, did.method_id(PROGRAMME.did, Role.STATUS, status.kid), status
        ),
    }


def main() -> None:
    """Write every file."""
    for name, data in files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
