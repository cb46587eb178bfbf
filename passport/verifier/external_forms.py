"""The forms of other people's credentials: what one says, and every signature on it that can be tried.

Wider than `forms`, which reads our own entries, and never asked about a document that names a registered
issuer. Nothing here is believed: the signatures are only prepared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passport.openbadges import external_claims
from passport.openbadges.did_keys import Named
from passport.proofs import external_proofs, external_tokens, json_text
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import NotJson
from passport.proofs.public_keys import PublicKey

from . import issuer_ids

Document = dict[str, Any]

NO_PROOF = "there is no signature on it"
SAID_ELSEWHERE = "it says in another place what it should say of itself"

# What a credential says of itself. A signature over statements holds too where these are moved into an object
# inside that has the credential's id, such as the subject of an endorsement, and no reader looks for them.
_OF_ITSELF = frozenset(
    {
        *("issuer", "credentialSubject", "credentialStatus"),
        *("validFrom", "validUntil", "issuanceDate", "expirationDate"),
    }
)


@dataclass(frozen=True)
class Signature:
    """One signature that has not been checked yet, and the key that it names.

    `fault` says why it can be none, `unknown` why it is of a kind that we do not check. `of_statements` says
    that it covers what a library makes of a document, and not its text.
    """

    named: Named
    verify: Callable[[PublicKey, Canonicalizer], None]
    expires: datetime | None = None
    fault: str = ""
    unknown: str = ""
    of_statements: bool = False


@dataclass(frozen=True)
class ExternalCredential:
    """What a credential says, without its signatures, and these.

    `issuers` are the normalised ids of all that it names as its issuer; `odd` says where it contradicts
    itself; `received` are its bytes.
    """

    document: Document
    issuers: tuple[str, ...]
    signatures: tuple[Signature, ...]
    received: bytes
    odd: str = ""


def read(unverified: bytes, parsed: Document | None = None) -> ExternalCredential:
    """Return what JSON with proofs inside, or a token, says; `parsed` is the JSON where the caller has it.

    What cannot be read says nothing, and has no signature.
    """
    if parsed is not None:
        return of_json(parsed, unverified)
    data = unverified.strip(b"\xef\xbb\xbf \t\r\n")
    try:
        return of_json(json_text.read_object(data), data) if data.startswith(b"{") else _of_token(data)
    except NotJson as error:
        return ExternalCredential({}, (), (), data, odd=str(error))


def of_json(secured: Document, received: bytes | None = None) -> ExternalCredential:
    """Return a document with its proofs; one without has no signatures."""
    document = {name: member for name, member in secured.items() if name != "proof"}
    signatures = tuple(
        Signature(
            Named(proof.method),
            proof.verify,
            proof.expires,
            proof.fault,
            proof.unknown,
            of_statements=proof.suite != external_proofs.JCS,
        )
        for proof in external_proofs.read(secured)
    )
    odd = SAID_ELSEWHERE if _is_described_inside(document) else ""
    return ExternalCredential(
        document, issuer_ids.named(document), signatures, received or json_text.write(secured), odd
    )


def _is_described_inside(document: Document) -> bool:
    """Return whether an object inside has the document's id and says what belongs to the document itself."""
    own, values = document.get("id"), list(document.values())
    while values and isinstance(own, str):
        value = values.pop()
        if isinstance(value, list):
            values += value
        elif isinstance(value, dict):
            if value.get("id") == own and not _OF_ITSELF.isdisjoint(value):
                return True
            values += value.values()
    return False


def _of_token(data: bytes) -> ExternalCredential:
    if len(data) > json_text.MAX_BYTES:
        raise NotJson(f"longer than {json_text.MAX_BYTES} bytes")
    token = external_tokens.read(data)
    document, odd = external_claims.read(token.claims)
    named = Named(token.kid, token.jwk)
    signature = Signature(named, lambda key, _: token.verify(key), None, token.fault, token.unknown)
    return ExternalCredential(document, issuer_ids.named(token.claims), (signature,), data, odd)
