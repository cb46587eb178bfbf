"""The demo's events so far, made in chronological order by calling the real services."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from passport.db import Session
from passport.db.credentials.records import Credential
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account
from passport.db.programmes.activities.menu import Activity
from passport.db.sharing.shares import Share
from passport.proofs.signing import KeyRing
from passport.services.core import notices
from passport.services.credentials import compacts, issuing, lifecycle
from passport.services.endorsements import decisions
from passport.services.evidence import drafting, reading_log
from passport.services.sharing import shares

UNDO = timedelta(hours=24, minutes=5)
# how long after the worked example people opened their notices
LATELY = timedelta(days=3)
STORIES: dict[str, str] = json.loads(Path(__file__).with_name("stories.json").read_text(encoding="utf-8"))


@dataclass
class Teller:
    """Advances the demo's clock and performs each person's actions."""

    session: Session
    keys: KeyRing
    public_url: str
    people: dict[str, Account]
    activities: dict[str, Activity]
    at: datetime

    def logs(self, who: str, activity: str, skill: int, level: int, story: str) -> Evidence:
        """Log evidence as a student and keep it as a draft; return it."""
        account = self.people[who]
        self._moment_later()
        held = self.activities[activity]
        draft = drafting.start(self.session, account, held.reference, self.at)
        reference = draft.reference
        drafting.choose_skill(self.session, account, reference, skill, self.at)
        drafting.choose_level(self.session, account, reference, level, self.at)
        drafting.describe(self.session, account, reference, story, held.held_on, held.hours, self.at)
        return draft

    def sends(self, who: str, activity: str, skill: int, level: int, story: str) -> Evidence:
        """Log evidence as a student and submit it; return it."""
        draft = self.logs(who, activity, skill, level, story)
        self._moment_later()
        return drafting.submit(self.session, self.people[who], draft.reference, self.at)

    def endorsed(self, by: str, sent: Evidence, basis: int, seen_as: str = "") -> Credential:
        """Read and endorse evidence as a champion, issue it after the undo window, and return the entry."""
        self._moment_later()
        reading_log.record(self.session, self.people[by], sent.student_id, self.at, evidence=sent)
        level = sent.level or 1
        said = sent.version, basis, level, self.at, seen_as
        decided = decisions.endorse(self.session, self.keys, self.people[by], sent.reference, *said)
        self.at += UNDO
        issuing.intend(self.session, self.keys, self.public_url, [decided.id], self.at)
        issuing.finish(self.session, self.keys, [decided.id], self.at)
        return lifecycle.of_endorsement(self.session, decided)

    def shares(self, who: str, entry: Credential, audience: str, now: datetime) -> Share:
        """Share one entry as a student for a year from now; return the share."""
        account = self.people[who]
        share = shares.draft(self.session, account, [entry.reference], now)
        shares.address_it(self.session, account, share.reference, audience, shares.usual_end(now), now)
        shares.activate(self.session, account, share.reference, now)
        compacts.intend(self.session, self.keys, self.public_url, share.id, now)
        compacts.finish(self.session, self.keys, share.id)
        return share

    def _moment_later(self) -> None:
        self.at += timedelta(minutes=7)


@dataclass(frozen=True)
class StoryEntries:
    """The entries that the demo codes show."""

    measured_early: Credential
    measured: Credential
    wasted: Credential
    safe: Credential
    first: Credential
    handed: Credential
    novelty: Credential


def tell(teller: Teller, day: datetime) -> StoryEntries:
    """Make all events in chronological order, the worked example on its day; return the entries."""
    early = teller.endorsed(
        "robin", teller.sends("amara", "gauges", 4, 2, STORIES["measuring early"]), basis=2
    )
    teller.at = day
    told = StoryEntries(
        measured_early=early,
        measured=_amara_measures(teller),
        wasted=teller.endorsed("robin", teller.sends("amara", "waste", 3, 3, STORIES["waste"]), basis=2),
        safe=teller.endorsed("robin", teller.sends("alex", "pump", 5, 2, STORIES["safe"]), basis=1),
        first=teller.endorsed("sky", teller.sends("priya", "ward", 7, 2, STORIES["people"]), basis=3),
        handed=teller.endorsed(
            "sky", teller.sends("priya", "ward", 9, 3, STORIES["handing over"]), basis=1, seen_as="together"
        ),
        novelty=teller.endorsed("sky", teller.sends("jordan", "hygiene", 10, 3, STORIES["novelty"]), basis=2),
    )
    teller.endorsed("robin", teller.sends("amara", "women", 2, 3, STORIES["explaining"]), basis=1)
    _what_waits(teller)
    for person in teller.people.values():
        notices.opened(teller.session, person, 1, day + LATELY)
    return told


def _amara_measures(teller: Teller) -> Credential:
    """Make and return the worked example: endorsed on its day, issued on the next."""
    return teller.endorsed("robin", teller.sends("amara", "pump", 4, 3, STORIES["measuring"]), basis=1)


def _what_waits(teller: Teller) -> None:
    """Make evidence in every state that a person can bring about."""
    robin, sky = teller.people["robin"], teller.people["sky"]
    back = teller.sends("alex", "waste", 1, 3, STORIES["team"])
    decisions.send_back(teller.session, robin, back.reference, back.version, "say-what-you-did", teller.at)
    no = teller.sends("jordan", "hygiene", 8, 3, STORIES["clean"])
    decisions.decline(teller.session, sky, no.reference, no.version, "cannot-say", teller.at)
    teller.sends("amara", "furnace", 1, 2, STORIES["furnace"])
    teller.sends("alex", "furnace", 5, 1, STORIES["furnace safe"])
    teller.sends("priya", "hygiene", 8, 2, STORIES["clean two"])
    teller.sends("jordan", "ward", 7, 1, STORIES["ward"])
    teller.sends("kit", "checkout", 11, 2, STORIES["testing"])
    account = teller.people["amara"]
    draft = drafting.start(teller.session, account, teller.activities["checkout"].reference, teller.at)
    drafting.choose_skill(teller.session, account, draft.reference, 12, teller.at)
