"""Entries as files for their holder: the signed bytes as they are, and baked into the badge's own picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from passport import db
from passport.adapters import pictures
from passport.db import Session
from passport.db.credentials.records import Credential
from passport.openbadges.baking import bake_png, bake_svg
from passport.openbadges.terms import ASSURANCES, LEVELS
from passport.services.core.dates import today
from passport.services.core.errors import NotFound

NOT_REAL = "Demo: not real"
LONGEST_PART = 90  # bytes, as file systems limit names in bytes
# characters that some file system or shell cannot handle, beside invisible ones
AWKWARD = frozenset("<>:\"/\\|?*%$!`~#&;'{}[]")


class Form(StrEnum):
    """The file forms of an entry, named by file extension."""

    JSON = "json"
    TOKEN = "jwt"  # noqa: S105 - the name of a form
    PNG = "png"
    SVG = "svg"


# VC Data Model 2.0, appendix C; Securing Verifiable Credentials using JOSE and COSE, section 6
MEDIA_TYPES = {
    Form.JSON: "application/vc",
    Form.TOKEN: "application/vc+jwt",
    Form.PNG: "image/png",
    Form.SVG: "image/svg+xml",
}


@dataclass(frozen=True)
class Download:
    """A file with a name that is meaningful to a person."""

    name: str
    media_type: str
    content: bytes


def download(session: Session, credential: Credential, form: Form) -> Download:
    """Return one form of an entry as a named file. Raises NotFound where the form was never signed."""
    return Download(
        f"{file_stem(credential)}.{form.value}", MEDIA_TYPES[form], content(session, credential, form)
    )


def content(session: Session, credential: Credential, form: Form) -> bytes:
    """Return one form's bytes, as signed or baked into a picture. Raises NotFound if it was never signed."""
    if credential.document is None or credential.token is None:
        raise NotFound
    made: dict[Form, Callable[[bytes, bytes], bytes]] = {
        Form.JSON: lambda document, _token: document,
        Form.TOKEN: lambda _document, token: token,
        Form.PNG: lambda document, _token: bake_png(pictures.png(_badge(session, credential)), document),
        Form.SVG: lambda document, _token: bake_svg(pictures.svg(_badge(session, credential)), document),
    }
    return made[form](credential.document, credential.token)


def file_stem(credential: Credential) -> str:
    """Return skill, holder and day of issue: "Measuring and checking - Amara Demoson - 2026-03-15"."""
    parts = (credential.skill_name, credential.holder_name, today(credential.issued_at).isoformat())
    return " - ".join(filter(None, map(_safe, parts)))


def _safe(text: str) -> str:
    """Return a part of a file name that every file system accepts."""
    shown = "".join(sign if sign.isprintable() and sign not in AWKWARD else " " for sign in text)
    cut = " ".join(shown.split()).encode()[:LONGEST_PART].decode(errors="ignore")
    return cut.strip(". -")


def _badge(session: Session, credential: Credential) -> pictures.Badge:
    programme = credential.endorsement.evidence.student.account.programme
    service = db.programmes.programme.service(session)
    return pictures.Badge(
        skill=credential.skill_name,
        level=credential.level,
        level_words=LEVELS[credential.level - 1],
        programme=programme.name,
        colour=programme.colour,
        assurance=ASSURANCES[credential.confirmed],
        note=NOT_REAL if service is not None and service.demo else "",
    )
