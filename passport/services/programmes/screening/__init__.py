"""Screening: flag texts, for a person to read, that could arrange unsupervised contact of adult and child.

Screening alone never refuses a text. A programme can change the rules (`rules`); each text is screened by the
rules of its own programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.screening import ScreeningRules
from passport.services.core import audit, edit_conflict
from passport.services.programmes.screening import detectors, rules
from passport.services.programmes.screening.rules import BadRule, Phrase, Rules

__all__ = ["BadRule", "Flag", "flags", "found_by", "save", "text_of"]

MOST_FLAGS = 20


@dataclass(frozen=True)
class Flag:
    """A match in a text that a person should read: the rule, and the matching words.

    ``rule`` is "phone numbers", "emails", "links", "handles" or a heading of the programme's rules.
    """

    rule: str
    found: str


def flags(session: Session, programme_id: int, text: str) -> list[Flag]:
    """Return what the programme's rules flag in a text. An empty list is no promise that it is harmless."""
    return found_by(rules.parse(text_of(session, programme_id)), text)


def text_of(session: Session, programme_id: int) -> str:
    """Return the programme's rules file: its own, or else the default that comes with the service."""
    own = db.programmes.screening.of_programme(session, programme_id)
    return own.text if own else rules.DEFAULT


def save(session: Session, account: Account, text: str, at: datetime, shown: str | None = None) -> None:
    """Replace the programme's rules file.

    Raises BadRule, which names the line, and EditConflict where the stored rules differ from those shown. In
    both cases nothing changes.
    """
    text = text.replace("\r\n", "\n")
    rules.parse(text)
    db.programmes.programme.lock(session, account.programme)
    edit_conflict.require(shown, (text_of(session, account.programme_id),), (text,))
    own = db.programmes.screening.of_programme(session, account.programme_id)
    if own is None:
        own = ScreeningRules(programme_id=account.programme_id)
        session.add(own)
    elif own.text == text:
        return
    own.text, own.changed_at = text, at
    session.flush()
    audit.record(session, at, account.reference, "screening.changed", account.programme.slug)


def found_by(judging: Rules, text: str) -> list[Flag]:
    """Return what the rules flag in a text, without duplicates, at most `MOST_FLAGS`."""
    plain = detectors.plain(text)
    words = detectors.words(plain)
    fine = _places(words, judging.fine)
    found = [
        Flag(rule, one)
        for rule in judging.find
        for one in detectors.DETECTORS[rule](plain)
        if tuple(detectors.words(one)) not in judging.fine
    ]
    for heading, phrase in judging.words:
        said = [range(start, start + len(phrase)) for start in _starts(words, phrase)]
        found += [
            Flag(heading, " ".join(words[place] for place in places))
            for places in said
            if not fine.issuperset(places)
        ]
    return list(dict.fromkeys(found))[:MOST_FLAGS]


def _places(words: list[str], phrases: tuple[Phrase, ...]) -> set[int]:
    return {
        start + offset
        for phrase in phrases
        for start in _starts(words, phrase)
        for offset in range(len(phrase))
    }


def _starts(words: list[str], phrase: Phrase) -> list[int]:
    last = len(words) - len(phrase)
    return [start for start in range(last + 1) if all(map(_fits, words[start : start + len(phrase)], phrase))]


def _fits(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
