"""The check result of stored entries, for the pages that show an entry's state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from passport.services.checking import soundness, stored_entries
from passport.services.checking.stored_entries import Published
from passport.web.core.runtime import runtime
from passport.web.core.work import Work

if TYPE_CHECKING:
    from passport.db.credentials.records import Credential
    from passport.services.sharing.downloads import Form


def look() -> Published:
    """Load what is published. Call this before the transaction that `unsound` works in."""
    return stored_entries.look(runtime().public)


def unsound(work: Work, published: Published, entries: Iterable[Credential]) -> frozenset[str]:
    """Return the references of the entries that every check calls not genuine."""
    return soundness.unsound(work.session, published, entries, work.at, runtime().settings.status_max_age)


def can_be_handed_out(work: Work, published: Published, entry: Credential, form: Form) -> bool:
    """Return whether one form of an entry, as it is stored, would pass a check."""
    data = entry.token if form == "jwt" else entry.document
    return soundness.is_genuine(work.session, published, data, work.at, runtime().settings.status_max_age)
