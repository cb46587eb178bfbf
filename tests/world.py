"""A small world that a test edits: a programme, an employer, keys, a registry, a status list, one entry.

Nothing is mocked. `World()` holds values; `entry_bytes()` and `trust()` sign what the values say at that
moment.
"""

import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from passport.openbadges import bundle, claims, credential, did, endorsement, registry, status_list
from passport.openbadges.bundle import Bundle
from passport.openbadges.credential import Achievement, Basis, Endorser, Entry, EvidenceStatement, Issuer
from passport.openbadges.endorsement import Endorsement
from passport.openbadges.registry import IssuerKind, KeyState, RegisteredIssuer, RegisteredKey, Registry
from passport.proofs import data_integrity, jose, jws, signing
from passport.proofs.canonical import Canonicalizer
from passport.proofs.keys import Role, digest_multibase
from passport.proofs.signing import PemSigner
from passport.verifier import Trust
from passport.verifier.cache import Cache

URL = "https://passport.example"
PROGRAMME = Issuer(did.web_did(URL, "programmes", "made-in-brindlemoor"), "Made in Brindlemoor")
EMPLOYER = Issuer(did.web_did(URL, "employers", "tinderbeck"), "Tinderbeck Precision Ltd")
STRANGER = Issuer("did:web:faketown.example:programmes:made-in-faketown", "Made in Faketown")
LIST_URL, SUSPENSION_URL, REFRESH_URL = (
    f"{URL}/status/1/{purpose}" for purpose in ("revocation", "suspension", "refresh")
)

START = datetime(2026, 1, 1, tzinfo=UTC)
ENDORSED = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
ISSUED = datetime(2026, 3, 15, 15, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

# Keys are made once in a run: they stand for no one, and making them is not what the tests are about.
_SIGNERS = {role: signing.generate(role) for role in Role}
_STRANGER_KEY = signing.generate(Role.ISSUE)
CANONICALIZER = Canonicalizer()


def an_entry() -> Entry:
    """The worked example: Amara measured a shaft, Robin saw it."""
    framework = f"{URL}/frameworks/1/1"
    return Entry(
        id=uuid.UUID(int=0x1E).urn,
        subject_id=uuid.UUID(int=0x5B).urn,
        issuer=PROGRAMME,
        holder_name="Amara Demoson",
        school="Lanternmoor High School",
        achievement=Achievement(
            id=f"{framework}/skills/4",
            skill="Measuring and checking",
            group="Engineering",
            framework="Brindlemoor framework",
            framework_version=1,
            framework_url=framework,
            descriptors=(
                "takes a reading when each step is shown",
                "picks the right tool after a prompt, notes value and unit",
                "measures to the drawing's limits and sets aside parts outside them",
                "shows others, and explains why repeat readings differ",
            ),
        ),
        level=3,
        champion=Endorser("Robin Fixturely", "Production Director", EMPLOYER),
        basis=Basis.SAW_IT,
        evidence=EvidenceStatement(
            "Master class",
            date(2026, 3, 14),
            "Workplace",
            Decimal("2.5"),
            digest_multibase(b"salt and story"),
            uuid.UUID(int=0xE1).urn,
        ),
        endorsed_at=ENDORSED,
        issued_at=ISSUED,
        review_at=datetime(2029, 3, 15, tzinfo=UTC),
        status=credential.StatusReference(LIST_URL, 94_567),
    )


def as_before(entry: Entry) -> Entry:
    """The entry in the form that is only read: the evidence has no id, the endorsement names the entry's."""
    return replace(entry, evidence=replace(entry.evidence, id=""))


def endorsement_of(entry: Entry) -> Endorsement:
    """What the employer says about an entry."""
    return credential.endorsement_of(entry, uuid.UUID(int=0xED).urn)


def confirmed_entry() -> Entry:
    """The entry as a person of the school confirms it; the programme signs for it."""
    return replace(an_entry(), champion=Endorser("Casey Exampleby", "Coordinator", PROGRAMME))


def registered(issuer: Issuer, kind: IssuerKind) -> RegisteredIssuer:
    """An issuer that the registry knows since the start."""
    programme = None if kind is IssuerKind.PROGRAMME else PROGRAMME.did
    return RegisteredIssuer(issuer.did, issuer.name, kind, programme, START)


def registered_key(signer: PemSigner, issuer: Issuer, state: KeyState = KeyState.ACTIVE) -> RegisteredKey:
    """A key that the registry knows since the start."""
    return RegisteredKey(signer.kid, signer.role, signer.public_key, issuer.did, state, START)


@dataclass
class World:
    """Everything a check needs. Edit a field, then ask for `entry_bytes()` and `trust()`."""

    entry: Entry = field(default_factory=an_entry)
    endorsement: Endorsement | None = None
    signers: dict[Role, PemSigner] = field(default_factory=lambda: dict(_SIGNERS))
    withdrawn: set[int] = field(default_factory=set)
    on_hold: set[int] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)
    list_made: datetime = NOW - timedelta(minutes=10)
    list_validity: timedelta | None = status_list.VALIDITY
    time_zone: str | None = None
    lists: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    did_documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    registry: Registry = field(init=False)

    def __post_init__(self) -> None:
        issue, endorse, status, root = (self.signers[role] for role in Role)
        self.registry = Registry(
            version=1,
            expires=NOW + timedelta(days=365),
            demo=False,
            origins=(URL,),
            issuers=(
                replace(registered(PROGRAMME, IssuerKind.PROGRAMME), time_zone=self.time_zone),
                registered(EMPLOYER, IssuerKind.EMPLOYER),
            ),
            keys=(
                registered_key(issue, PROGRAMME),
                registered_key(endorse, EMPLOYER),
                registered_key(status, PROGRAMME),
            ),
            root_keys=(root.public_key,),
        )

    def sign(
        self, document: dict[str, Any], signer: PemSigner, issuer: Issuer, at: datetime
    ) -> dict[str, Any]:
        """Put a proof on a document."""
        method = did.method_id(issuer.did, signer.role, signer.kid)
        return data_integrity.add_proof(
            document, data_integrity.proof_options(method, at), signer, CANONICALIZER
        )

    def secured_endorsement(self) -> dict[str, Any]:
        """The employer's endorsement, signed."""
        said = self.endorsement or endorsement_of(self.entry)
        signer = self.signers[Role.ISSUE if said.school else Role.ENDORSE]
        return self.sign(endorsement.build(said), signer, said.employer, said.endorsed_at)

    def document(self) -> dict[str, Any]:
        """The entry without its own proof. Its endorsement, if given, may be about something else."""
        evidence = replace(self.entry.evidence, id=self.entry.evidence.id or an_entry().evidence.id)
        named = replace(self.entry, evidence=evidence)
        document = credential.build(named, endorsement.build(endorsement_of(named)))
        if not self.entry.evidence.id:
            del document["evidence"][0]["id"]
        return document | {"endorsement": [self.secured_endorsement()]}

    def secured_entry(self) -> dict[str, Any]:
        """The entry, signed."""
        return self.sign(self.document(), self.signers[Role.ISSUE], self.entry.issuer, self.entry.issued_at)

    def secured_list(self, url: str = LIST_URL, purpose: str = "", made: datetime | None = None) -> Any:
        """One of the three lists, signed: of what its address says, unless another purpose is given."""
        bits = {LIST_URL: self.withdrawn, SUSPENSION_URL: self.on_hold, REFRESH_URL: self.replaced}
        purpose, made = purpose or url.rpartition("/")[2], made or self.list_made
        document = status_list.build(
            url, PROGRAMME.did, purpose, bits.get(url, ()), made, validity=self.list_validity
        )
        return self.sign(document, self.signers[Role.STATUS], PROGRAMME, made)

    def entry_bytes(self) -> bytes:
        """The entry as it is published."""
        return to_bytes(self.secured_entry())

    def token(self, **changes: Any) -> bytes:
        """The entry as a vc+jwt, with claims changed before they are signed."""
        document, signer = self.document(), self.signers[Role.ISSUE]
        method = did.method_id(self.entry.issuer.did, signer.role, signer.kid)
        return jose.sign({**claims.write(document), **changes}, method, signer)

    def signed_registry(self) -> bytes:
        """registry.json."""
        return jws.sign_json(registry.to_bytes(self.registry), [self.signers[Role.ROOT]])

    def bundle(self) -> bytes:
        """bundle.json."""
        return bundle.write(self.parts())

    def parts(self) -> Bundle:
        """The bundle in parts. `lists` says what stands in for a list; None for nothing."""
        own = (LIST_URL, SUSPENSION_URL, REFRESH_URL)
        lists = {url: self.secured_list(url) for url in own if url not in self.lists}
        lists |= {url: given for url, given in self.lists.items() if given is not None}
        return Bundle(self.signed_registry(), lists, self.did_documents)

    def trust(self, cache: Cache | None = None) -> Trust:
        """What a checker has."""
        return Trust.from_bundle(self.bundle(), cache=cache or Cache(canonicalizer=CANONICALIZER))

    def set_state(self, role: Role, state: KeyState) -> None:
        """Change the state of the key of one role."""
        self.edit_key(role, state=state)

    def edit_key(self, role: Role, **changes: Any) -> None:
        """Change the registry's line about the key of one role."""
        keys = tuple(
            replace(key, **changes) if key.kid == self.signers[role].kid else key
            for key in self.registry.keys
        )
        self.registry = replace(self.registry, keys=keys)


def a_stranger() -> World:
    """A world in which an issuer that the registry does not know has issued the entry."""
    world = World()
    world.entry = replace(world.entry, issuer=STRANGER)
    world.signers[Role.ISSUE] = _STRANGER_KEY
    return world


def stranger_document() -> dict[str, Any]:
    """The stranger's own DID document."""
    return did.did_document(STRANGER.did, [did.Method(Role.ISSUE, _STRANGER_KEY.public_key)])


def to_bytes(document: dict[str, Any]) -> bytes:
    """Write a document as a file would have it."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
