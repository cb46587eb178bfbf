"""The data of `bench credentials`: a programme, an employer, an entry, and temporary keys."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from passport.openbadges import bundle, claims, credential, did, endorsement, registry, status_list
from passport.openbadges.credential import Achievement, Basis, Endorser, Entry, EvidenceStatement, Issuer
from passport.openbadges.registry import IssuerKind, KeyState, RegisteredIssuer, RegisteredKey, Registry
from passport.proofs import data_integrity, jose, json_text, jws, signing
from passport.proofs.canonical import Canonicalizer
from passport.proofs.keys import Role, digest_multibase
from passport.proofs.signing import PemSigner
from passport.verifier import Trust
from passport.verifier.cache import Cache

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)

_URL = "https://passport.example"
_PROGRAMME = Issuer(did.web_did(_URL, "programmes", "brindlemoor"), "Made in Brindlemoor")
_EMPLOYER = Issuer(did.web_did(_URL, "employers", "tinderbeck"), "Tinderbeck Precision Ltd")
_START = AT - timedelta(days=90)
_DESCRIPTORS = (
    "takes a reading when each step is shown",
    "picks the right tool after a prompt, notes value and unit",
    "measures to the drawing's limits and sets aside parts outside them",
    "shows others, and explains why repeat readings differ",
)


class BenchTown:
    """An entry of usual size, in every form, and a trust in which it is genuine and current."""

    def __init__(self) -> None:
        """Make the keys, then sign everything."""
        self.canonicalizer = Canonicalizer()
        self.issuing, self.endorsing, self.status, self.root = (signing.generate(role) for role in Role)
        self.issuing_method = did.method_id(_PROGRAMME.did, Role.ISSUE, self.issuing.kid)
        self.entry = _entry()
        self.endorsement = self._endorsed(self.entry)
        self.document = credential.build(self.entry, self.endorsement)
        self.bare = _without_endorsement(self.document)
        self.entry_bytes = json_text.write(self.secured(self.document))
        self.secured_bare = json_text.write(self.secured(self.bare))
        self.token = jose.sign(claims.write(self.document), self.issuing_method, self.issuing)
        self.trust = Trust.from_bundle(self._bundle(), cache=Cache(canonicalizer=self.canonicalizer))

    def class_of(self, number: int) -> list[dict[str, Any]]:
        """Return unsigned entries of so many students: eight skills, five champions, all else differs."""
        entries = (_entry(each % 8, each % 5, f"Student {each}") for each in range(number))
        return [_without_endorsement(credential.build(entry, self._endorsed(entry))) for entry in entries]

    def secured(self, document: dict[str, Any]) -> dict[str, Any]:
        """Sign a document with the issuing key."""
        return self._sign(document, self.issuing, _PROGRAMME)

    def _endorsed(self, entry: Entry) -> dict[str, Any]:
        return self._sign(
            endorsement.build(credential.endorsement_of(entry, uuid.uuid4().urn)), self.endorsing, _EMPLOYER
        )

    def _sign(self, document: dict[str, Any], signer: PemSigner, issuer: Issuer) -> dict[str, Any]:
        method = did.method_id(issuer.did, signer.role, signer.kid)
        return data_integrity.add_proof(
            document, data_integrity.proof_options(method, AT), signer, self.canonicalizer
        )

    def _bundle(self) -> bytes:
        signed = jws.sign_json(registry.to_bytes(self._registry()), [self.root])
        series = self.entry.status.list_url.rpartition("/")[0]
        lists = {
            f"{series}/{purpose}": status_list.build(f"{series}/{purpose}", _PROGRAMME.did, purpose, (), AT)
            for purpose in ("revocation", "suspension", "refresh")
        }
        secured = {url: self._sign(one, self.status, _PROGRAMME) for url, one in lists.items()}
        return bundle.write(bundle.Bundle(signed, secured))

    def _registry(self) -> Registry:
        held = ((self.issuing, _PROGRAMME), (self.status, _PROGRAMME), (self.endorsing, _EMPLOYER))
        return Registry(
            version=1,
            expires=AT + timedelta(days=365),
            demo=False,
            origins=(_URL,),
            issuers=(
                RegisteredIssuer(_PROGRAMME.did, _PROGRAMME.name, IssuerKind.PROGRAMME, None, _START),
                RegisteredIssuer(_EMPLOYER.did, _EMPLOYER.name, IssuerKind.EMPLOYER, _PROGRAMME.did, _START),
            ),
            keys=tuple(
                RegisteredKey(signer.kid, signer.role, signer.public_key, owner.did, KeyState.ACTIVE, _START)
                for signer, owner in held
            ),
            root_keys=(self.root.public_key,),
        )


def _without_endorsement(document: dict[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in document.items() if name != "endorsement"}


def _entry(skill: int = 4, champion: int = 0, holder: str = "Amara Demoson") -> Entry:
    framework = f"{_URL}/frameworks/1/1"
    return Entry(
        id=uuid.uuid4().urn,
        subject_id=uuid.uuid4().urn,
        issuer=_PROGRAMME,
        holder_name=holder,
        school="Lanternmoor High School",
        achievement=Achievement(
            f"{framework}/skills/{skill}",
            "Measuring and checking",
            "Engineering",
            "Brindlemoor framework",
            1,
            framework,
            _DESCRIPTORS,
        ),
        level=3,
        champion=Endorser("Robin" + champion * "n" + " Fixturely", "Production Director", _EMPLOYER),
        basis=Basis.SAW_IT,
        evidence=EvidenceStatement(
            "Master class",
            date(2026, 5, 14),
            "Workplace",
            Decimal("2.5"),
            digest_multibase(b"story"),
            uuid.uuid4().urn,
        ),
        endorsed_at=AT,
        issued_at=AT,
        review_at=AT + timedelta(days=3 * 365),
        status=credential.StatusReference(f"{_URL}/status/1/suspension", 94_567),
    )
