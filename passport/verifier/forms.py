"""The two forms that a credential comes in: JSON with a proof inside it, and a token around it.

In either form, what is known before any key has been looked up is the same: what it says, which key it
names, and how to check that key's signature. All later checks work on that.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from passport.openbadges import claims, credential, endorsement, equal_forms
from passport.openbadges.credential import Entry
from passport.openbadges.endorsement import Endorsement
from passport.openbadges.errors import MalformedCredential
from passport.proofs import data_integrity, jose, json_text
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import NotJson, ProofError, UnknownProof
from passport.proofs.keys import SIGNATURE_BYTES, from_base64url

from . import issuer_ids
from .cache import Cache
from .errors import Unreadable

Document = dict[str, Any]

UNREADABLE = "it cannot be read"
NO_PROOF = "there is no signature on it"
CUT_OFF = "its signature is cut off"
SEVERAL = "several proofs, which we do not check"

# Of more proofs than this on one document none is looked for.
MOST_PROOFS = 8

_TOKEN = re.compile(rb"[\w-]+\.[\w-]+(\.[\w~-]*)?")
_SIGNATURE_LETTERS = -(-SIGNATURE_BYTES * 4 // 3)  # in base64url without padding
_SIGNATURE_SIGNS = 89  # of most signatures in base58, with its prefix


class Form(StrEnum):
    """How a credential is secured."""

    DATA_INTEGRITY = "eddsa-rdfc-2022"
    TOKEN = "vc+jwt"  # noqa: S105 the name of a media type


@dataclass(frozen=True)
class Secured:
    """A credential with a proof that has not been checked yet.

    `issuers` are the normalised ids of all that it names as its issuer, in every place for one. `missing`
    says why there is no signature to try; `unknown`, why the proof is of a kind that we do not check;
    `fault`, why it cannot be a signature. With any of these there is no time, and `verify` raises. `odd` says
    where the document contradicts itself; `loose`, in what the form differs from the one that we write
    ourselves, member for member. `whole` returns all that was signed, with its proof; `received` is the JSON
    with all its proofs.
    """

    form: Form
    document: Document
    check: Callable[[bytes, Canonicalizer], None]
    whole: Callable[[], bytes] = bytes
    method: str = ""
    created: datetime | None = None
    issuers: tuple[str, ...] = ()
    missing: str = ""
    unknown: str = ""
    fault: str = ""
    odd: str = ""
    loose: str = ""
    received: Document | None = None

    def verify(self, public_key: bytes, cache: Cache) -> None:
        """Check the signature with this key, once for the same bytes and cache. Raises ProofError."""
        cache.check_once(public_key, lambda: self.signed, lambda: self.check(public_key, cache.canonicalizer))

    @cached_property
    def signed(self) -> bytes:
        """Return all that was signed, with its proof."""
        return self.whole()

    @cached_property
    def entry(self) -> Entry:
        """Return what it says as an entry. Raises MalformedCredential."""
        return credential.read(self.document)

    @cached_property
    def endorsing(self) -> "Secured":
        """Return the endorsement inside it, parsed. Raises MalformedCredential and BadProof."""
        return read_json(credential.embedded_endorsement(self.document))

    @cached_property
    def endorsement(self) -> Endorsement:
        """Return what it says as an endorsement. Raises MalformedCredential."""
        return endorsement.read(self.document)


def read(unverified: bytes, cache: Cache | None = None) -> Secured:
    """Detect the form and parse it; bytes in the cache are not parsed again.

    Raises Unreadable for bytes in neither form.
    """
    known: Secured | None = cache.parsed(unverified) if cache else None
    return known or _read(unverified, cache)


def unreadable(issuer: str, why: str) -> Secured:
    """Return a document of which no more is known than that it mentions an issuer."""
    return _untried(Form.DATA_INTEGRITY, {"issuer": issuer}, missing=why)


def _read(unverified: bytes, cache: Cache | None) -> Secured:
    if len(unverified) > json_text.MAX_BYTES:
        raise Unreadable(f"{UNREADABLE}: longer than {json_text.MAX_BYTES} bytes")
    data = equal_forms.without_mark(unverified).strip(b" \t\r\n")
    try:
        if not data.startswith(b"{"):
            return _read_token(data, cache)
        received = json_text.read_object(data)
        return replace(read_json(received), received=received)
    except NotJson as error:
        raise Unreadable(f"{UNREADABLE}: {error}") from error


def in_our_form(secured: Secured) -> Secured:
    """Return a document of a registered issuer in the form that we write, if it is in an equal one.

    A token is its bytes, and has no equal form.
    """
    if secured.received is None:
        return secured
    ours = equal_forms.restored(secured.received)
    return secured if ours is secured.received else replace(read_json(ours), received=ours)


def read_json(secured: Document) -> Secured:
    """Parse a document with a proof inside."""
    document = {name: member for name, member in secured.items() if name != "proof"}
    proof_to_try, loose = _proof_to_try(secured.get("proof"), document)
    if loose:
        secured = {**document, "proof": proof_to_try}
    if not _is_proof(secured.get("proof")):
        return _untried(Form.DATA_INTEGRITY, document, missing=NO_PROOF)
    try:
        proof = data_integrity.read_proof(secured)
    except UnknownProof as error:
        return _untried(Form.DATA_INTEGRITY, document, _method(secured["proof"]), unknown=str(error))
    except ProofError as error:
        missing, fault = (CUT_OFF, "") if _ends_early(secured["proof"]) else ("", str(error))
        return _untried(
            Form.DATA_INTEGRITY, document, _method(secured["proof"]), missing=missing, fault=fault
        )
    return Secured(
        Form.DATA_INTEGRITY,
        document,
        lambda public_key, canonicalizer: data_integrity.verify_read_proof(
            secured, proof, public_key, canonicalizer
        ),
        whole=lambda: json_text.write(secured),
        method=proof.verification_method,
        created=proof.created,
        issuers=_issuers(document, proof.verification_method),
        loose=loose,
    )


def _proof_to_try(proofs: Any, document: Document) -> tuple[Any, str]:
    """Return the proof to try, and in what the form differs from ours.

    Of several it is the first that names a key of the issuer: others may have added theirs, and a document
    that the issuer's key signed is no forgery for that.
    """
    if not isinstance(proofs, list):
        return proofs, ""
    if len(proofs) == 1:
        return proofs[0], "the proof stands in an array"
    issuers = issuer_ids.named(document)
    own = [proof for proof in proofs[:MOST_PROOFS] if issuer_ids.normalised(_method(proof)) in issuers]
    return (own[0], SEVERAL) if own else (proofs, "")


def _read_token(data: bytes, cache: Cache | None) -> Secured:
    try:
        token = jose.read(data, cache.headers if cache else None)
    except ProofError as error:
        return _untried_token(data, error)
    document, odd = _document(token.claims)
    return Secured(
        Form.TOKEN,
        document,
        lambda public_key, _: jose.verify(token, public_key),
        whole=lambda: data,
        method=token.kid,
        issuers=_issuers(token.claims, token.kid),
        odd=odd,
        loose=odd or claims.missing(token.claims),
    )


def _untried_token(data: bytes, error: ProofError) -> Secured:
    """Return what a token says whose signature cannot be tried. Raises Unreadable for what is no token."""
    header, claimed = _parts(data)
    kid = header.get("kid")
    method = kid if isinstance(kid, str) else ""
    document, odd = _document(claimed)
    if not isinstance(error, UnknownProof):
        missing, fault = (CUT_OFF, "") if _is_cut_off(data, header) else ("", str(error))
        return _untried(Form.TOKEN, document, method, claimed, missing=missing, fault=fault, odd=odd)
    old = claimed.get("vc")  # where version 1.1 of the data model put it
    document = old if isinstance(old, dict) else document
    return _untried(Form.TOKEN, document, method, claimed, unknown=str(error), odd=odd)


def _parts(token: bytes) -> tuple[Document, Document]:
    """Return header and claims of a token, whatever its signature. Raises Unreadable for anything else."""
    parts = token.split(b".")
    if not _TOKEN.fullmatch(token):
        raise Unreadable("neither JSON nor a token")
    try:
        header, claimed = (json_text.read_object(from_base64url(part.decode())) for part in parts[:2])
    except (NotJson, ValueError) as error:
        raise Unreadable(f"{UNREADABLE}: a part of the token is damaged or cut off") from error
    return header, claimed


def _document(claimed: Document) -> tuple[Document, str]:
    """Return the document of a token's claims, and where they contradict one another."""
    try:
        return claims.read(claimed), ""
    except MalformedCredential as error:
        return claims.members(claimed), str(error)


def _is_cut_off(token: bytes, header: Document) -> bool:
    """Return whether a token ends before its signature does: nothing of that can be tried."""
    *_, signature = (token + b".").split(b".")[:3]
    return header.get("alg") in jose.ALGORITHMS and len(signature) < _SIGNATURE_LETTERS


def _is_proof(proof: Any) -> bool:
    """Return whether there is a proof at all, or several."""
    several = proof if isinstance(proof, list) else [proof]
    return bool(several) and all(one and isinstance(one, dict) for one in several)


def _ends_early(proof: Any) -> bool:
    """Return whether the value of a proof, which can be no signature, is missing or ends before one does."""
    value = proof.get("proofValue", "") if isinstance(proof, dict) else None
    return isinstance(value, str) and len(value) < _SIGNATURE_SIGNS


def _method(proof: Any) -> str:
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    return method if isinstance(method, str) else ""


def _issuers(said: Document, method: str) -> tuple[str, ...]:
    """Return every id that is named as the issuer; that of the key's owner if there is none."""
    return issuer_ids.named(said) or ((issuer_ids.normalised(method),) if method else ())


def _untried(
    form: Form,
    document: Document,
    method: str = "",
    claimed: Document | None = None,
    *,
    missing: str = "",
    unknown: str = "",
    fault: str = "",
    odd: str = "",
) -> Secured:
    """Return a document whose signature cannot be tried, and why."""
    why = missing or unknown or fault

    def refuse(_key: bytes, _canonicalizer: Canonicalizer) -> None:
        raise UnknownProof(why)

    return Secured(
        form,
        document,
        refuse,
        method=method,
        issuers=_issuers(claimed or document, method),
        missing=missing,
        unknown=unknown,
        fault=fault,
        odd=odd,
    )
