"""What was found in a file or a text, sorted and unchecked."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from passport.openbadges.wrappers import Unwrapped
from passport.verifier import Kind

Thing = TypeVar("Thing", bound=Hashable)


@dataclass(frozen=True)
class Found:
    """The contents found in a file or a text, without duplicates, in its order.

    `codes` are share codes in stored form, including those of `fragments`; `fragments` are whole addresses of
    ours that hold a compact entry; `documents` are credentials, as JSON or as a token, without what was
    wrapped around them; `presentations` are those of the wrappers that may have a proof of their own;
    `others` are addresses that are not ours. `mended` are those of the documents in whose text a mail program
    had broken the lines. `kinds` are what was recognised on which there is no verdict.
    """

    codes: tuple[str, ...] = ()
    documents: tuple[bytes, ...] = ()
    fragments: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    presentations: tuple[bytes, ...] = ()
    mended: frozenset[bytes] = frozenset()
    kinds: tuple[Kind, ...] = ()

    @property
    def nothing(self) -> bool:
        """Return whether nothing was found, not even an address that is not ours."""
        return not (self.is_ours or self.others)

    @property
    def is_ours(self) -> bool:
        """Return whether there is something to answer."""
        return bool(self.codes or self.documents or self.fragments or self.kinds)


def together(parts: Iterable[Found]) -> Found:
    """Return everything that was found in several parts of one file."""
    found = list(parts)
    return Found(
        _each_once(part.codes for part in found),
        _each_once(part.documents for part in found),
        _each_once(part.fragments for part in found),
        _each_once(part.others for part in found),
        _each_once(part.presentations for part in found),
        frozenset().union(*(part.mended for part in found)),
        _each_once(part.kinds for part in found),
    )


def _each_once(groups: Iterable[Iterable[Thing]]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(thing for group in groups for thing in group))


def of(opened: Unwrapped, mended: frozenset[bytes] = frozenset()) -> Found:
    """Return the credentials that were taken out of wrappers."""
    documents = tuple(dict.fromkeys(opened.credentials))
    return Found(documents=documents, presentations=tuple(opened.presentations), mended=mended)


def without_others(found: Found) -> Found:
    """Return what was found without the addresses of other sites."""
    return replace(found, others=())
