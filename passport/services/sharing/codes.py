"""The codes of a share as pictures: its own, and one for each entry that holds the entry itself."""

from __future__ import annotations

from passport.adapters import qr
from passport.adapters.pictures import squares
from passport.adapters.qr import Code
from passport.db.credentials.records import CredentialState
from passport.db.sharing.shares import CompactState, Share, SharedCredential
from passport.openbadges import address
from passport.services.core.errors import NotFound
from passport.services.sharing import shares

PNG, SVG = "image/png", "image/svg+xml"


def of_share(share: Share, public_url: str) -> Code:
    """Return the QR code of a share, which holds its address alone."""
    return qr.share_code(shares.address(share, public_url))


def of_entry(share: Share, entry: SharedCredential, public_url: str) -> Code | None:
    """Return the code that holds the entry itself; None where it has none, not yet, or no longer counts."""
    if entry.compact is None or share.code is None or entry.credential.state is not CredentialState.ISSUED:
        return None
    return qr.entry_code(address.write(public_url, share.code, entry.compact))


def find(share: Share, credential_reference: str, public_url: str) -> Code:
    """Return the code of one entry of a share. Raises NotFound where there is none."""
    entry = next((one for one in share.entries if one.credential.reference == credential_reference), None)
    code = of_entry(share, entry, public_url) if entry else None
    if code is None:
        raise NotFound
    return code


def is_being_made(entry: SharedCredential) -> bool:
    """Return whether a code that holds the entry itself is still to be made."""
    is_begun = entry.state in {CompactState.WAITING, CompactState.INTENDED}
    return is_begun and entry.credential.state is CredentialState.ISSUED


def picture(code: Code, media_type: str) -> bytes:
    """Return the code as an image file with its margin and its size on paper."""
    if media_type == PNG:
        return squares.png(code.rows, code.square_mm)
    return qr.printed_svg(code).encode()
