"""An address for every route, filled with things of the town's people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from passport.case.writing import identifier_of
from passport.web.core import route_access

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

    from passport.db.people.accounts import Account
    from passport.db.programmes.activities.menu import Activity
    from passport.services import Session
    from passport.services.evidence.evidence_files import Stored
    from tests.fixtures.towns import Town

STEPS_AFTER_READING = {
    "endorsements.endorse": "?version=1",
    "endorsements.review": "?version=1&basis=1&level=2",
    "endorsements.send_back": "?version=1",
    "endorsements.decline": "?version=1",
}
# pages with a form for people who are about to sign in: the only ones for everybody that set a cookie
DOORS = ("sessions.", "links.", "class_codes.", "second.", "passkeys.", "providers.", "invitations.")
# an address that says that its link is too old, pages of a demo, what says 503 while anything is missing, and
# anchors, which are published at night
NOT_THERE = {
    "confirmations.issue_now",
    "endorsements.issue_now",
    "published.anchor",
    "published.newest_anchor",
    "health.ready",
    "invitations.show",
    "providers.begin",
    "providers.back",
    "providers.connect",
    "links.sign_in",
    "links.new_password",
    "demo.codes",
    "demo.codes_json",
    "letters.show",
    "case.nothing",
    "visit_pages.show",
    "calendar.feed",
}
# there is nothing without something set up before
NOT_SET_UP = {"own_factors.remove_app"}
# whose thing is its owner's alone although everybody may call it: it is Amara's
ONE_OWNER = {"account.end", "providers.disconnect", "own_factors.remove_passkey"}
# answers that lead out, to the page where one signs in
LEAD_OUT = {"account.end_all"}
# a thing of the whole programme, which people of all its schools reach
CHALLENGES = {f"challenges.{one}" for one in ("show", "change", "publish", "close", "record", "add_class")}
PROGRAMME_WIDE = {
    *("activities.remove", *CHALLENGES),
    *(f"framework_comments.{one}" for one in ("add", "resolve", "reopen")),
    *("framework_drafts.show", "framework_publishing.compare", "framework_files.draft_as_xlsx"),
    *("framework_sign_offs.sign", "framework_sign_offs.unsign"),
    *(f"activities.{one}" for one in ("show", "opened", "change", "publish", "cancel")),
    *(f"activity_sessions.{one}" for one in ("new", "change", "remove")),
    *(f"own_activities.{one}" for one in ("show", "sign_up", "leave")),
    *(f"attendance.{one}" for one in ("sheet", "make_code", "wall", "count")),
}
PEOPLE = {
    "amara": "student",
    "robin": "champion",
    "casey": "coordinator",
    "morgan": "manager",
    "ash": "admissions",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Places:
    """What Amara has: a draft or something sent, an entry, a share with a code.

    ``own`` holds references for single routes.
    """

    def __init__(self, town: Town) -> None:
        """Make one of each."""
        self.own: dict[str, str] = {}
        from passport.adapters.printing import Layout
        from passport.db.people.accounts import Role
        from passport.jobs import print_batches
        from passport.services.access import class_codes
        from passport.services.checking import checks, receipts
        from passport.services.checking.desk import receiving, tables
        from passport.services.credentials import withdrawals
        from passport.services.endorsements import decisions
        from passport.services.evidence import evidence_files
        from passport.services.people import grants, institutions
        from passport.services.sharing import prints, shares
        from tests.fixtures.hostile import saved
        from tests.fixtures.paper import PHRASES

        others = town.issued("kit", "sky")
        self.entry = town.issued()
        self.code = town.shared(self.entry)
        self.robin = town.references["robin"]
        self.note, self.confirmed = _decided(town, town.sent(), town.sent())
        self.sent = town.sent()
        photos = [evidence_files.store(town.runtime.private, saved("JPEG")) for _ in range(2)]
        with town.transaction() as session:
            amara, robin = town.account(session, "amara"), town.account(session, "robin")
            self.list = receiving.receive_table(
                session, tables.read(b"code\nx"), None, town.clock()
            ).reference
            ash = town.account(session, "ash")
            own = institutions.of(session, ash).id
            self.own_list = receiving.receive_table(
                session, tables.read(b"code\nx"), own, town.clock()
            ).reference
            self.share = shares.mine(session, amara)[0].reference
            at, casey = town.clock(), town.account(session, "casey")
            prints.allow(session, amara, self.share, allowed=True, at=at)
            batch = prints.ask(session, casey, [self.share], Layout.CARD, PHRASES, at, grey=True)
            self.print = batch.reference
            self.decision = decisions.decided(session, robin)[0].reference
            checked = checks.by_code(session, town.published(), self.code, town.clock())
            self.receipt = receipts.keep(session, checked)
            quinn = town.account(session, "quinn")
            why = "The employer says that nobody was there."
            self.asked = withdrawals.ask(session, quinn, others, why, town.clock()).reference
            self.class_code = class_codes.make(session, casey, class_codes.LENGTHS[0], at).reference
            lead = Role.LEAD
            self._set_up(session, town)
            self._write(session, town, photos)
            self.grant = grants.propose(session, quinn, "casey@example.test", lead, why, at).reference
            self._ask_about_data(session, town)
        print_batches.print_one(town.runtime, batch.id)
        self._list_students(town)

    def _list_students(self, town: Town) -> None:
        """A list of students in which one may be Mina, and a claim to Kit."""
        from passport import db
        from passport.db.people.claims import StudentClaim
        from tests.services.people.imports import lists

        data = lists.listed(
            ("Invented", "Max", "01/07/2011", "9", ""), ("New", "Noor", "01/07/2011", "9", "")
        )
        reference = lists.received(town, data)
        with town.transaction() as session:
            casey, kit = town.account(session, "casey"), town.account(session, "kit")
            assert casey.staff is not None
            claim = StudentClaim(
                school_id=casey.staff.school_id,
                student_id=kit.id,
                made_by_id=casey.id,
                made_at=town.clock(),
            )
            session.add(claim)
            session.flush()
            made = db.people.imports.by_reference(session, casey.staff.school_id, reference, lock=False)
            assert made is not None
            self.doubtful_row = db.people.imports.rows(session, made.id)[0].id
            self.set_up |= {"student_lists": reference, "claims": claim.reference}
            self.set_up["rollover"] = self._rolled_over(session, town)

    def _rolled_over(self, session: Session, town: Town) -> str:
        """A rollover of last year that can still be undone, and hinders no other."""
        from datetime import timedelta

        from passport.db.people.rollovers import Rollover

        at, casey = town.clock(), town.account(session, "casey")
        assert casey.staff is not None
        made = Rollover(
            school_id=casey.staff.school_id,
            made_by_id=casey.id,
            made_at=at - timedelta(days=365),
            undo_until=at + timedelta(days=1),
        )
        session.add(made)
        session.flush()
        return made.reference

    def _ask_about_data(self, session: Session, town: Town) -> None:
        """What Amara asked about their data: one for the school, one that is with the programme."""
        from passport.services.privacy import requests

        at, amara, casey = town.clock(), town.account(session, "amara"), town.account(session, "casey")
        mistake = requests.ask(session, amara, "mistake", "My year is wrong: I am in year 11.", at).reference
        erasure = requests.ask(session, amara, "erasure", "", at).reference
        own = requests.ask(session, amara, "staff notes", "", at).reference
        requests.pass_on(session, casey, erasure, at)
        # a worry about Amara is open, so that it is Kit who can be erased
        kits = requests.ask(session, town.account(session, "kit"), "erasure", "", at)
        kits.state, kits.prepared_by = requests.RequestState.IN_PROGRESS, casey
        self.own |= {
            "my_requests.take_back": own,
            "privacy_requests.show": mistake,
            "privacy_requests.refuse": mistake,
            "privacy_requests.pass_on": erasure,
            "privacy_requests.erase": kits.reference,
        }

    def _set_up(self, session: Session, town: Town) -> None:
        """What the programme is made of, with one of each that a manager may change."""
        from passport import db
        from passport.services.people import institutions
        from passport.services.programmes import closed_days, cohorts, schools
        from passport.services.programmes.cohorts import Intake
        from passport.services.trust import employers

        at, quinn = town.clock(), town.account(session, "quinn")
        amara, robin = town.account(session, "amara"), town.account(session, "robin")
        assert amara.student is not None
        first, last = date(2026, 9, 1), date(2027, 7, 31)
        school, sector = (
            amara.student.school.reference,
            db.programmes.sectors.of_programme(session, quinn.programme_id),
        )
        time = schools.work_in(session, quinn, school, sector[0].reference, first, last, at)
        cohort = cohorts.add(session, quinn, Intake("First intake", "", first, last), at)
        closed = closed_days.add(session, quinn, first, date(2026, 9, 4), "Holidays", at)
        asked = employers.ask_to_begin(session, quinn, "Cobaltfield", "cobaltfield", sector[0].reference, at)
        northlark = institutions.of_programme(session, quinn)[0]
        key = institutions.make_key(session, northlark, at)
        self._draft(session, town)
        [attachment] = [
            one
            for one in db.people.staff.attachments(session, quinn.programme_id)
            if one.champion_id == robin.id
        ]
        self.set_up = {
            "sectors": sector[0].reference,
            "schools": school,
            "cohorts": cohort.reference,
            "closed_days": closed.reference,
            "employers": asked.reference,
            "institutions": northlark.reference,
            "champions": robin.reference,
            "staff": robin.reference,
            "students": amara.reference,
            "student_details": amara.reference,
            "suspensions": amara.reference,
            "activities": self._planned(session, quinn, at).reference,
        }
        self.set_up_parts |= {
            "slug": "tinderbeck",
            "time": time.reference,
            "prefix": key.prefix,
            "person": town.references["ash"],
            "step": "pause",
            "programme": "brindlemoor",
            "school": self._moves(session, town),
        }
        self._visits(session, quinn, at)
        self._to_come(session, town)
        self.own["notes.release"] = self.own["notes.stop"] = self.note
        self.own["confirmations.undo"] = self.confirmed
        self.own["champions.end"] = attachment.reference

    def _draft(self, session: Session, town: Town) -> None:
        """A version of the framework in review, with a comment."""
        from passport.services.programmes.frameworks import comments, crosswalks, uploads
        from tests.case import worlds
        from tests.services.programmes.frameworks.people import second_version

        draft = second_version(session, town)
        self.framework_file = uploads.keep(
            session, town.account(session, "dev"), "Wood.json", worlds.package([worlds.item(1)]), town.clock()
        ).reference
        morgan, at = town.account(session, "morgan"), town.clock()
        esco = crosswalks.search("carry out work-related measurements")[0].url
        dev = town.account(session, "dev")
        item = crosswalks.add_from_esco(session, dev, 1, draft.number, 4, esco, at).reference
        said = comments.add(session, morgan, 1, 2, 4, "Which drawing?", at).reference
        self.set_up_parts = {"comment": said, "item": item}

    def _moves(self, session: Session, town: Town) -> str:
        """An offer of Amara's school and one to it; gives the reference of the other school."""
        from passport.db.safeguarding.transfers import Transfer, TransferState
        from passport.services.people import students
        from passport.services.programmes import sectors
        from passport.services.safeguarding import transfers

        at, casey, kit = town.clock(), town.account(session, "casey"), town.account(session, "kit")
        assert casey.staff is not None
        assert kit.student is not None
        sector = sectors.offered(session, casey)[0].reference
        who = students.Newcomer("Mina Invented", "Mina", date(2011, 7, 1), 9, sector, "", "")
        mina = students.add(session, casey, who, at).account.reference
        there = kit.student.school
        going = transfers.offer(session, casey, mina, there.reference, "", at)
        coming = Transfer(
            student=kit.student,
            from_school=there,
            to_school=casey.staff.school,
            state=TransferState.OFFERED,
            offered_by=casey,
            offered_at=at,
            ends_at=at + transfers.ANSWERED_WITHIN,
        )
        session.add(coming)
        session.flush()
        amara = town.references["amara"]
        self.own |= dict.fromkeys(("transfers.choose", "transfers.check"), amara)
        self.own |= dict.fromkeys(
            (f"transfers.{one}" for one in ("show", "accept", "refuse")), coming.reference
        )
        self.own["transfers.take_back"] = going.reference
        return there.reference

    def _visits(self, session: Session, quinn: Account, at: datetime) -> None:
        """A visit, and an offer and a class that wait."""
        from dataclasses import replace as other

        from passport.services.programmes.visits import asking, planning
        from tests.services.programmes.visits.test_visits import details, told

        offer, wish = told(session)
        offered, wished = (
            (asking.offer(session, "brindlemoor", one, at), asking.wish(session, "brindlemoor", two, at))
            for one, two in ((offer, wish), (other(offer, kit=""), other(wish, year_group=6)))
        )
        visit = planning.plan(
            session, quinn, offered[1].reference, offered[0].reference, details(), "http://localhost:8000", at
        )
        waits, wants = wished
        self._challenge(session, quinn, at)
        self.set_up["visits"] = visit.reference
        self.set_up_parts["offer"] = waits.reference
        self.own |= dict.fromkeys(("visits.offer", "visits.close_offer", "visit_forms.sent"), waits.reference)
        self.own |= dict.fromkeys(("visits.request", "visits.close_request", "visits.plan"), wants.reference)

    def _challenge(self, session: Session, quinn: Account, at: datetime) -> None:
        """A published challenge, and one that waits."""
        from passport.services.people import accounts
        from passport.services.programmes.visits import challenges

        brief = challenges.Brief("Less waste", "Much is thrown away.", "", 2, 6, 9)
        made = challenges.new(session, quinn, "tinderbeck", brief, at)
        self.set_up["challenges"] = made.reference
        robin = accounts.known(session, self.robin)
        waits = challenges.new(session, robin, "tinderbeck", replace(brief, title="Quieter"), at)
        self.own["challenges.publish"] = self.own["challenges.change"] = waits.reference

    def _planned(self, session: Session, quinn: Account, at: datetime) -> Activity:
        """An activity that no one has logged."""
        """An activity that nobody has logged."""
        from passport.services.programmes.activities import planning
        from passport.services.programmes.activities.planning import Plan, When

        when = When(date(2026, 3, 1))
        plan = Plan("Robot arm", "event", "tinderbeck", "school", when, Decimal(1))
        return planning.add(session, quinn, plan, at)

    def _to_come(self, session: Session, town: Town) -> None:
        """Activities to come: a draft, one with two sessions, one that Amara signed up for."""
        from passport.services.programmes.activities import planning, proposals, sign_ups
        from passport.services.programmes.activities.planning import Plan, When
        from passport.services.programmes.activities.proposals import Proposed

        at, quinn, amara = town.clock(), town.account(session, "quinn"), town.account(session, "amara")

        def plan(title: str) -> Plan:
            when = When(date(2026, 5, 4))
            return Plan(title, "event", "tinderbeck", "school", when, Decimal(1), places=3)

        draft = planning.add(session, quinn, plan("Draft"), at, draft=True).reference
        booked = planning.add(session, quinn, plan("Booked"), at).reference
        free = planning.add(session, quinn, plan("Free"), at).reference
        later = planning.add_session(session, quinn, free, When(date(2026, 5, 11)), at).sessions[1]
        self.set_up_parts["sign_up"] = sign_ups.sign_up(session, amara, booked, at).reference
        self.own |= dict.fromkeys(("activities.approve", "activities.refuse", "own_activities.leave"), booked)
        self.own |= dict.fromkeys(("own_activities.sign_up", "own_activities.show"), free)
        self.own |= dict.fromkeys(("activities.show", "activities.opened", "activities.cancel"), free)
        self.own |= {"activities.publish": draft, "activities.change": free, "activity_sessions.new": free}
        today = planning.add(session, quinn, replace(plan("Today"), when=When(at.date())), at).sessions[0]
        sheets = ("sheet", "make_code", "wall", "count")
        self.own |= dict.fromkeys((f"attendance.{one}" for one in sheets), today.reference)
        said = Proposed("part-time job", "Bakery", "Corner Bakery", "workplace", date(2026, 3, 7), Decimal(4))
        self.set_up["proposals"] = proposals.propose(session, amara, said, at).reference
        self.own |= dict.fromkeys(("activity_sessions.change", "activity_sessions.remove"), later.reference)

    def _write(self, session: Session, town: Town, photos: list[Stored]) -> None:
        """What Amara's coordinator wrote down for them, and something that they sent with a photo."""
        from passport.services.evidence import drafting, evidence_files, scribing, worry_reports
        from tests.fixtures.hostile import saved
        from tests.fixtures.towns import STORY

        at, amara, casey = town.clock(), town.account(session, "amara"), town.account(session, "casey")
        told = scribing.Dictation(town.activity, 4, 2, STORY, date(2026, 3, 10), Decimal(1))
        draft = scribing.write(session, casey, amara.reference, told, at).reference
        told = replace(told, narrative=STORY + " Twice.")
        sent = scribing.write(session, casey, amara.reference, told, at).reference
        file = evidence_files.add(session, amara, sent, photos[0], at)
        taken = evidence_files.claim(session, file.id, at)
        assert taken is not None
        evidence_files.clear(session, taken, taken.name, saved("JPEG"), "")
        drafting.submit(session, amara, sent, at)
        told = replace(told, narrative=STORY + " And again.")
        third = scribing.write(session, casey, amara.reference, told, at).reference
        drafting.submit(session, amara, third, at)
        worry = worry_reports.raise_one(session, casey, third, "", at)
        self.file = evidence_files.add(session, amara, draft, photos[1], at).reference
        self.own |= {
            "scribing.write": amara.reference,
            "scribing.rewrite": draft,
            "evidence_files.add": draft,
            "evidence_files.remove": draft,
            "evidence_files.show": file.reference,
            "worries.show": worry.reference,
            "worries.about_me": worry.reference,
        }

    def address(self, rule: Rule) -> str:
        """The address of a route with these things in it."""
        owner = str(rule.endpoint).partition(".")[0]
        references = {
            "desk": self.list,
            "institution": self.own_list,
            "onboarding": self.robin,
            "evidence": self.sent,
            "credentials": self.entry,
            "entries": self.entry,
            "shares": self.share,
            "codes": self.share,
            "prints": self.print,
            "class_codes": self.class_code,
            "grants": self.grant,
            "renewals": self.share,
            "framework_imports": self.framework_file,
            "evidence_reading": self.entry,
            "withdrawals": self.asked,
            **self.set_up,
        }
        values: dict[str, object] = {
            "reference": references.get(owner, self.sent),
            "code": self.code,
            "number": 1,
            "version": 1,
            "skill_number": 4,
            "purpose": "revocation",
            "kind": "employers",
            "name": "tinderbeck",
            "filename": "passport.css",
            "object_kind": "CFPackages",
            "identifier": identifier_of("http://localhost:8000/frameworks/1/1"),
            "unknown": "CFDocuments/1/2",
            "form": "png",
            "token": "of-no-link",
            "key": "nobody",
            "picture": "svg",
            "entry": self.entry,
            "layout": "sheet",
            "ink": "grey",
            "file": self.file,
            "framework": 1,
            "draft": 1 if rule.endpoint in {"framework_drafts.copy", "framework_publishing.retire"} else 2,
            "skill": 4,
            "other": 1,
            **self.set_up_parts,
        }
        if rule.endpoint in self.own:
            values["reference"] = self.own[str(rule.endpoint)]
        if rule.endpoint == "endorsements.undo":
            values["reference"] = self.decision
        if rule.endpoint == "withdrawals.ask":
            values["reference"] = self.entry
        if rule.endpoint == "programmes.show":
            values["name"] = "brindlemoor"
        if rule.endpoint == "receipts.show":
            values["number"] = self.receipt
        if unknown := rule.arguments - values.keys():
            raise LookupError(f"tests/web/places.py has no {sorted(unknown)} for {rule.endpoint}")
        needed = {name: values[name] for name in rule.arguments}
        built = rule.build(needed)
        assert built is not None
        return built[1]

    def page(self, rule: Rule) -> str:
        """The address with what a page needs before it is shown: that something was read."""
        return self.address(rule) + STEPS_AFTER_READING.get(str(rule.endpoint), "")


def routes(app: Flask) -> Iterator[Rule]:
    """Every route, so that a new one is walked too."""
    yield from app.url_map.iter_rules()


def gets(app: Flask) -> list[Rule]:
    """The routes that are looked at."""
    return [rule for rule in routes(app) if "GET" in (rule.methods or set())]


def changes(app: Flask) -> list[tuple[Rule, str]]:
    """The routes that change something, with their method: each needs its token."""
    return [
        (rule, method)
        for rule, method in _unsafe(app)
        if route_access.declared(app, rule.endpoint).needs_token
    ]


def questions(app: Flask) -> list[tuple[Rule, str]]:
    """The forms of people who check, which have no cookie and so no token."""
    return [(rule, method) for rule, method in _unsafe(app) if route_access.declared(app, rule.endpoint).asks]


def for_machines(app: Flask) -> list[tuple[Rule, str]]:
    """The routes that a program posts to, without a token."""
    return [
        (rule, method) for rule, method in _unsafe(app) if route_access.declared(app, rule.endpoint).machine
    ]


def _unsafe(app: Flask) -> list[tuple[Rule, str]]:
    return [(rule, method) for rule in routes(app) for method in sorted((rule.methods or set()) & UNSAFE)]


# a person who comes in writes these, whatever is done then
COMING_IN = {"sign_ins", "attempts"}


def rows(town: Town) -> dict[str, list[tuple[object, ...]]]:
    """Every row there is, but for those that coming in writes."""
    from sqlalchemy import text

    from passport.db import Base

    with town.transaction() as session:
        return {
            name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608 - our names
            for name in Base.metadata.tables
            if name not in COMING_IN
        }


def _decided(town: Town, back: str, good: str) -> tuple[str, str]:
    """A note that the school has to read first, and something that the school confirmed."""
    from passport.services.endorsements import confirmations, decisions

    with town.transaction() as session:
        robin, casey, at = town.account(session, "robin"), town.account(session, "casey"), town.clock()
        note = "text me on 07700 900123"
        returned = decisions.send_back(session, robin, back, 1, "say-what-happened", at, note)
        confirmed = confirmations.confirm(session, town.runtime.keys, casey, good, 1, 1, 3, at)
        return returned.reference, confirmed.reference
