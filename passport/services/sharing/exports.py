"""A share as a folder of files: its entries in every form, and all that checking them later needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.adapters.files import PublicFiles
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.programmes.issuers import Issuer
from passport.openbadges import share_code
from passport.openbadges.credential import embedded_endorsement
from passport.openbadges.errors import BadCode
from passport.openbadges.registry import IssuerKind
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.credentials import entry_search
from passport.services.programmes.issuers import FOLDERS
from passport.services.sharing import downloads, shares
from passport.services.sharing.downloads import Form
from passport.services.trust.publishing import SET_BITS

Files = dict[str, bytes]
EXPORTED = {
    CredentialState.ISSUED,
    CredentialState.ON_HOLD,
    CredentialState.WITHDRAWN,
    CredentialState.REPLACED,
}


@dataclass(frozen=True)
class Export:
    """The files of a share's entries by their paths, and which published file belongs at which path."""

    files: Files
    published: dict[str, str]

    def with_published(self, public: PublicFiles) -> Files:
        """Return all files by path. A published file that is missing is left out."""
        found = {target: public.read(source) for target, source in self.published.items()}
        return self.files | {target: content for target, content in found.items() if content is not None}


def export(session: Session, typed: str, at: datetime) -> Export:
    """Export a share. The output is deterministic for the same share and published files.

    Raises NotFound for an unknown code, and Refused for a share that has ended.
    """
    entries = _entries(session, typed, at)
    files: Files = {}
    for credential in entries:
        folder = _free(downloads.file_stem(credential), files)
        files |= {f"{folder}/{name}": content for name, content in _forms(session, credential)}
    published = {"registry.json": "registry.json", "bundle.json": "bundle.json"}
    for credential in entries:
        published |= _published_for(credential)
    return Export(files, published)


def _entries(session: Session, typed: str, at: datetime) -> list[Credential]:
    try:
        share = db.sharing.shares.by_code(session, share_code.parse(typed))
    except BadCode as error:
        raise NotFound(str(error)) from error
    if share is None or any(entry.state not in EXPORTED for entry in share.credentials):
        raise NotFound("nobody was given this code")
    if not shares.is_active(share, at):
        raise Refused(Reason.SHARE_ENDED)
    # a corrected entry may carry a name that is not given out any more
    kept = [entry for entry in share.credentials if entry_search.current(session, entry) is entry]
    return sorted(kept, key=lambda entry: (entry.issued_at, entry.id))


def _free(stem: str, files: Files) -> str:
    """Return a folder name that no other entry of the share uses."""
    taken = {path.partition("/")[0] for path in files}
    names = (stem if number == 1 else f"{stem} ({number})" for number in range(1, len(files) + 2))
    return next(name for name in names if name not in taken)


def _forms(session: Session, credential: Credential) -> Iterator[tuple[str, bytes]]:
    for form in Form:
        yield f"entry.{form.value}", downloads.content(session, credential, form)
    endorsement = embedded_endorsement(json.loads(credential.document or b"{}"))
    yield "endorsement.json", json.dumps(endorsement, ensure_ascii=False, indent=2).encode()


def _published_for(credential: Credential) -> dict[str, str]:
    """Return the published files about an entry: its issuers' documents, and the lists with its position."""
    endorsement = credential.endorsement
    programme = endorsement.evidence.student.account.programme
    number = credential.position.list_number
    lists = {f"status/{number}-{purpose}.json": f"status/{number}/{purpose}" for purpose in SET_BITS}
    dids = (_did(issuer) for issuer in (programme.issuer, endorsement.signs))
    return lists | dict(dids)


def _did(issuer: Issuer) -> tuple[str, str]:
    """Return host and path as in the DID, where a port is written without a colon."""
    path = issuer.did.removeprefix("did:web:").replace(":", "/")
    return f"did/{path}/did.json", f"{FOLDERS[IssuerKind(issuer.kind)]}/{issuer.slug}/did.json"
