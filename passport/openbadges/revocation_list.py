"""1EdTech Revocation Lists: which credentials an issuer has withdrawn, by their ids.

Open Badges 3.0, credential status of the type 1EdTechRevocationList. Such a list is plain JSON: it has no
signature, and does not say when it was made.
"""

from .errors import MalformedStatusList
from .terms import Document

TYPE = "1EdTechRevocationList"


def withdraws(document: Document, issuer: str, credential_id: str) -> bool:
    """Return whether an issuer's list names a credential. Raises MalformedStatusList for another document."""
    revoked = document.get("revokedCredential", document.get("revokedCredentials"))
    if not isinstance(revoked, list):
        raise MalformedStatusList("this is no list of revoked credentials")
    named = document.get("issuer")
    name = named.get("id") if isinstance(named, dict) else named
    if name != issuer:
        raise MalformedStatusList("the list is another issuer's")
    return any(
        isinstance(each, dict) and each.get("id") == credential_id and each.get("revoked", True) is True
        for each in revoked
    )
