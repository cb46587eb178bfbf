"""Two small programmes beside the demo's own, each with keys and lists of its own, for two of the codes.

The pilot issued in 2022 and has closed since: its entry is past its review date (V5). Hollowmere's key for
status lists was suspended before the first list was made: no check can be finished (V8).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential
from passport.db.people.accounts import Role
from passport.db.programmes.activities.menu import Activity, ActivityKind, ActivitySession
from passport.db.programmes.programme import Employer, Programme, Service
from passport.demo import cast
from passport.demo.story import STORIES, Teller
from passport.proofs.keys import Role as KeyRole
from passport.proofs.signing import KeyPlace, KeyRing
from passport.services.people import accounts, onboarding
from passport.services.programmes import creation
from passport.services.programmes.frameworks import imports, versions
from passport.services.trust import closing, keys

BOTH = [person.name for person in cast.STAFF if person.role is Role.MANAGER]


@dataclass(frozen=True)
class Neighbour:
    """A programme with one school, one employer, one student and one champion."""

    slug: str
    name: str
    employer: tuple[str, str]
    sector: str
    school: str
    student: str
    champion: tuple[str, str]
    activity: str
    skill: int
    level: int
    story: str


PILOT = Neighbour(
    "brindlemoor-pilot",
    "Brindlemoor Pilot",
    ("inkwell", "Inkwell Lane Print Works"),
    "Printing",
    "Brindlemoor College",
    "Frankie Pasttest",
    ("Pat Formerly", "Press Room Manager"),
    "A day in the print room",
    5,
    1,
    "pilot",
)
HOLLOWMERE = Neighbour(
    "hollowmere",
    "Made in Hollowmere",
    ("turnstile", "Turnstile Tickets Ltd"),
    "Computer science",
    "Hollowmere Sixth Form College",
    "Noor Offlineton",
    ("Dana Unplugged", "Head of Design"),
    "Fix the ticket page",
    12,
    3,
    "offline",
)


@dataclass
class Builder:
    """Makes a neighbouring programme and its one entry."""

    session: Session
    service: Service
    place: KeyPlace
    framework: bytes

    def pilot(self) -> tuple[Credential, Teller]:
        """Make an entry of March 2022, in a programme that closed in the summer of the following year."""
        day = datetime(2022, 3, 14, 14, 40, tzinfo=self.service.made_at.tzinfo)
        entry, teller = self._told(PILOT, self.service.made_at, day)
        closing.close(self.session, PILOT.slug, datetime(2023, 7, 21, 15, 0, tzinfo=day.tzinfo), BOTH)
        return entry, teller

    def hollowmere(self, began: datetime) -> tuple[Credential, Teller]:
        """Make an entry in a programme whose status key is suspended before its first status list."""
        entry, teller = self._told(HOLLOWMERE, began, began + timedelta(days=40))
        issuer = entry.student.account.programme.issuer
        status = db.programmes.issuers.active_key(self.session, issuer, KeyRole.STATUS.value)
        if status is None:
            raise ValueError("a programme begins with a key for its lists")
        keys.suspend(self.session, status.kid, teller.at, BOTH)
        return entry, teller

    def _told(self, who: Neighbour, began: datetime, day: datetime) -> tuple[Credential, Teller]:
        programme, employer = self._programme(who, began)
        teller = self._teller(who, programme, employer, began, day)
        sent = teller.sends("student", "activity", who.skill, who.level, STORIES[who.story])
        return teller.endorsed("champion", sent, basis=1), teller

    def _programme(self, who: Neighbour, began: datetime) -> tuple[Programme, Employer]:
        made = creation.make_programme(
            self.session, self.service, who.slug, who.name, self.place, began, contact=cast.CONTACT
        )
        sector = creation.make_sector(self.session, made, who.sector)
        employer = creation.make_employer(
            self.session, self.service, made, sector, *who.employer, self.place, began
        )
        done = imports.import_table(
            self.session, made, f"{who.name} framework", imports.read(self.framework), began
        )
        if done.version is None:
            raise ValueError(f"the demo's framework has problems: {done.problems}")
        signers = f"{who.champion[0]}, {who.employer[1]}", f"{cast.STAFF[0].name}, {who.school}"
        versions.publish(self.session, done.version, *signers, began)
        return made, employer

    def _teller(
        self, who: Neighbour, programme: Programme, employer: Employer, began: datetime, day: datetime
    ) -> Teller:
        school = creation.make_school(self.session, programme, who.school, "college")
        student, champion = (
            accounts.make(
                self.session,
                programme,
                role,
                email=name.lower().replace(" ", ".") + f"@{who.slug}.example.test",
                name=name,
                first_name=name.split()[0],
                password=secrets.token_urlsafe(),  # these accounts are never used to sign in
                at=began,
            )
            for name, role in ((who.student, Role.STUDENT), (who.champion[0], Role.CHAMPION))
        )
        born = date(began.year - 16, 11, 3)
        accounts.make_student(self.session, student, school, employer.sector, 12, born)
        attached = accounts.make_champion(self.session, champion, employer, who.champion[1])
        accounts.attach(self.session, attached, school, began.date(), day.date() + timedelta(days=30))
        onboarding.settle(self.session, attached, [school], champion, began.date(), began)
        activity = Activity(
            programme_id=programme.id,
            employer=employer,
            title=who.activity,
            kind=ActivityKind.PROJECT,
            setting="workplace",
            held_on=day.date() - timedelta(days=3),
            hours=Decimal(4),
            sessions=[ActivitySession(held_on=day.date() - timedelta(days=3))],
        )
        self.session.add(activity)
        self.session.flush()
        ring = KeyRing.load(self.place.directory, self.place.passphrase)
        people = {"student": student, "champion": champion}
        return Teller(self.session, ring, self.service.public_url, people, {"activity": activity}, day)
