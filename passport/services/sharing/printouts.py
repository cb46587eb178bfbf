"""Shares on paper: a sheet, the same in large print, or a card. Paper is no proof: its codes are checked."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from passport import db
from passport.adapters import printing
from passport.adapters.printing import CannotPrint, Layout, NoGlyph, Picture, Sheet, Words
from passport.adapters.qr import Code, printed_svg
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.programmes.programme import Programme
from passport.db.sharing.shares import Share, SharedCredential
from passport.openbadges import credential, share_code
from passport.openbadges.credential import Entry
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.terms import ASSURANCES
from passport.services.core.dates import today
from passport.services.sharing import codes, shares

__all__ = [
    "CannotPrint",
    "Layout",
    "NoGlyph",
    "Phrases",
    "Press",
    "Unreadable",
    "file_name",
    "is_printed",
    "pdf",
    "sheet_of",
]


class Unreadable(Exception):
    """The stored document of an entry is damaged: nothing of it can be printed."""


@dataclass(frozen=True)
class Phrases:
    """The phrases on paper in one language. A placeholder is written `%(name)s`."""

    locale: str
    labels: Words
    title: str
    paper: str
    until: str
    review: str
    inside: str
    share_picture: str
    entry_picture: str
    demo: str
    basis: str
    levels: tuple[str, ...]
    bases: tuple[str, ...]
    confirmed_by: str = "Confirmed by"
    assurances: tuple[str, ...] = ASSURANCES

    def as_json(self) -> str:
        """Return the phrases as JSON text, to store with a job that prints later."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Phrases:
        """Parse the result of `as_json`."""
        kept: dict[str, Any] = json.loads(text)
        kept["labels"] = Words(**kept["labels"])
        for name in {"levels", "bases", "assurances"} & kept.keys():
            kept[name] = tuple(kept[name])
        return cls(**kept)

    def day(self, value: date | datetime) -> str:
        """Format a day in local time, for example 14 March 2026."""
        day = today(value) if isinstance(value, datetime) else value
        return format_date(day, "d MMMM y", locale=self.locale)


def sheet_of(
    session: Session,
    share: Share,
    phrases: Phrases,
    public_url: str,
    left_out: Collection[str] = frozenset(),
) -> Sheet:
    """Return the sheet of a share: the contents of its entries as signed. The share must have its code.

    ``left_out`` holds references of entries that no check would call genuine: they are not printed.
    Raises Unreadable where the stored document of another entry is damaged.
    """
    shown = [one for one in share.entries if is_printed(one.credential, left_out)]
    signed = {one.credential_id: _signed(one) for one in shown}
    first = next(iter(signed.values()), None)
    address = shares.address(share, public_url)
    service = db.programmes.programme.service(session)
    student = share.student
    return Sheet(
        holder=first.holder_name if first else student.account.name,
        school=first.school if first else student.school.name,
        programme=student.account.programme.name,
        code=share_code.pretty(share.code or ""),
        address=address,
        address_in_words=address,
        paper=phrases.paper % {"address": public_url},
        until=phrases.until % {"day": phrases.day(share.until) if share.until else ""},
        picture=_picture(codes.of_share(share, public_url), phrases.share_picture % {"address": address}),
        entries=tuple(_entry(share, one, signed[one.credential_id], phrases, public_url) for one in shown),
        note=phrases.demo if service is not None and service.demo else "",
    )


def is_printed(entry: Credential, left_out: Collection[str]) -> bool:
    """Return whether an entry is printed: it is current and not in ``left_out``."""
    return entry.state is CredentialState.ISSUED and entry.reference not in left_out


@dataclass(frozen=True)
class Press:
    """How sheets of a programme are printed, read from its rows before they are laid out."""

    name: str
    colour: str
    phrases: Phrases
    layout: Layout
    grey: bool

    @classmethod
    def of(cls, programme: Programme, phrases: Phrases, layout: Layout, *, grey: bool) -> Press:
        """Return the settings for a programme, with its name and colour."""
        return cls(programme.name, programme.colour, phrases, layout, grey)


def pdf(sheets: Sequence[Sheet], press: Press, public_url: str) -> bytes:
    """Return the sheets laid out in one accessible PDF. Slow: call it outside of a transaction.

    Raises NoGlyph for a name with letters that our fonts lack, and CannotPrint where none can be printed.
    """
    people = [sheet.holder for sheet in sheets]
    return printing.pdf(
        sheets,
        press.phrases.labels,
        press.layout,
        title=press.phrases.title % {"name": people[0] if len(people) == 1 else press.name},
        footer=press.phrases.paper % {"address": public_url},
        colour=press.colour,
        grey=press.grey,
    )


def file_name(share: Share, layout: Layout) -> str:
    """Return a file name for a share, which reveals no more than its code does."""
    return f"{share_code.pretty(share.code or '')}-{layout.value}.pdf"


def _signed(entry: SharedCredential) -> Entry:
    try:
        return credential.read(json.loads(entry.credential.document or b"{}"))
    except (ValueError, OpenBadgesError) as error:
        raise Unreadable(entry.credential.reference) from error


def _entry(
    share: Share, shared: SharedCredential, signed: Entry, phrases: Phrases, public_url: str
) -> printing.Entry:
    code = codes.of_entry(share, shared, public_url)
    skill = signed.achievement.skill
    return printing.Entry(
        skill=skill,
        level=phrases.levels[signed.level - 1],
        champion=signed.champion.name,
        role=signed.champion.role,
        employer=signed.vouching,
        by=phrases.confirmed_by if signed.confirmed else phrases.labels.endorsed_by,
        assurance=phrases.assurances[signed.confirmed],
        basis=phrases.basis
        % {"basis": phrases.bases[signed.basis - 1], "day": phrases.day(signed.endorsed_at)},
        review=phrases.review % {"day": phrases.day(signed.review_at)},
        inside=phrases.inside,
        picture=_picture(code, phrases.entry_picture % {"skill": skill}) if code else None,
    )


def _picture(code: Code, words: str) -> Picture:
    return Picture(printed_svg(code), code.whole_mm, words)
