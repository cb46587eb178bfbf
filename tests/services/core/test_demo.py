"""The demo's past is walked in order of time, whatever day it is made, and shows what it says it shows."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from passport import demo
from passport.adapters.files import PrivateFiles, PublicFiles
from passport.config import Settings
from passport.db import Database, Session
from passport.db.core.audit import records
from passport.db.credentials.records import Credential
from passport.db.endorsements.decisions import Decision
from passport.db.evidence.evidence import Evidence
from passport.db.sharing.shares import Share
from passport.demo import cast, neighbours
from passport.jobs import queue as job_queue
from passport.openbadges import address
from passport.proofs.signing import KeyPlace, KeyRing, new_passphrase
from passport.publisher import Publisher
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.core.runtime import Runtime
from passport.services.endorsements import confirmations, decisions, notes, queue
from passport.services.evidence import evidence_files, reading_log
from passport.services.people import accounts, grants, onboarding
from passport.services.programmes import creation, issuers
from passport.verifier import Trust, Verdict
from passport.verifier.compact import verify_compact
from tests.fixtures.transactions import unwatched

URL = "http://localhost:8000"
ODD_TIMES = [
    datetime(2026, 11, 23, 4, 35, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2027, 3, 20, 12, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
    datetime(2027, 5, 13, 0, 0, 1, tzinfo=UTC),
]


# demos on SQLite that were made before, by their time: the folder with the database in it, and the passwords
_MADE: dict[datetime, tuple[Path, demo.Passwords]] = {}


def make(database: Database, folder: Path, now: datetime) -> tuple[Runtime, demo.Passwords]:
    """Make the demo at a time in a test's folder, or copy one that was made for that time before."""
    is_file = database.url.startswith("sqlite")
    if is_file and now in _MADE:
        made, passwords = _MADE[now]
        shutil.copytree(made, folder, dirs_exist_ok=True)
    else:
        passwords = _make(database, folder, now)
        if is_file:
            database.close()
            made = Path(tempfile.mkdtemp())
            shutil.copytree(folder, made, dirs_exist_ok=True)
            _MADE[now] = made, passwords
    settings = Settings(instance=folder, public_url=URL, database_url=database.url, status_batch_seconds=0)
    keys = KeyRing.load(folder / "keys", (folder / "passphrase").read_text())
    return Runtime(settings, database, keys, PublicFiles(folder / "public"), lambda: now, True), passwords


@pytest.fixture(scope="module", autouse=True)
def _what_was_made_is_removed() -> Iterator[None]:
    yield
    for folder, _passwords in _MADE.values():
        shutil.rmtree(folder)
    _MADE.clear()


def _make(database: Database, folder: Path, now: datetime) -> demo.Passwords:
    place = KeyPlace(folder / "keys", new_passphrase())
    (folder / "passphrase").write_text(place.passphrase)
    passwords = demo.new_passwords()
    photo = evidence_files.store(PrivateFiles.in_folder(folder / "files"), demo.PHOTO)
    with database.transaction() as session:
        demo.make(session, photo, URL, place, passwords, now)
    keys = KeyRing.load(place.directory, place.passphrase)
    Publisher(database, keys, PublicFiles(folder / "public"), URL).publish_all(now)
    return passwords


def verdicts(session: Session, runtime: Runtime, at: datetime) -> dict[str, Verdict]:
    """What the demo's codes come to."""
    with unwatched():
        published = checks.look(runtime.public)
    return {
        row.verdict: checks.by_code(session, published, demo.pretty(row), at).verdict
        for row in demo.codes(session)
    }


def printed_verdicts(session: Session, runtime: Runtime, at: datetime) -> dict[str, str]:
    """What the codes that hold an entry come to, for the person who has nothing but what we publish."""
    with unwatched():
        trust = Trust.from_bundle(runtime.public.read("bundle.json") or b"")
    found = {}
    for row in demo.codes(session):
        for share in session.query(Share).filter_by(code=row.code):
            for entry in share.entries:
                if entry.compact is not None:
                    text = address.write(URL, row.code, entry.compact)
                    found[row.verdict] = verify_compact(text, trust, at).verdict.value
    return found


def test_every_code_gives_its_verdict_and_every_state_is_there(database: Database, tmp_path: Path) -> None:
    now = ODD_TIMES[0]
    runtime, passwords = make(database, tmp_path, now)
    with database.reading() as session:
        found = verdicts(session, runtime, now)
        assert list(found) == sorted(found, key=lambda name: int(name[1:]))
        assert list(found) == [f"V{number}" for number in range(1, 11)]
        assert {name: verdict.value for name, verdict in found.items()} == {name: name for name in found}
        # V5: its programme has closed and signs nothing more; V6: what a stranger signed is none of ours
        printed = ["V1", "V2", "V3", "V4", "V7", "V8", "V10"]
        assert printed_verdicts(session, runtime, now) == {name: name for name in printed}
        states = Counter(one.state.value for one in session.query(Evidence))
        assert {"draft", "submitted", "held", "returned", "endorsed", "declined"} == set(states)
        assert sum(states.values()) >= 12
        assert {one.state.value for one in session.query(Credential)} >= {
            "issued",
            "on_hold",
            "withdrawn",
            "replaced",
        }
        assert audit.broken_at(session) is None
        assert issuers.problems(session, runtime.keys) == []
        assert creation.is_demo(session)
        for person in demo.people():
            account = accounts.sign_in(session, person.email, passwords[person.key])
            assert (account.name, account.role) == (person.name, person.role)
        robin = accounts.sign_in(session, cast.CHAMPIONS[0].email, passwords["robin"])
        assert len(decisions.queue(session, robin, now)) >= 2
        amara = accounts.sign_in(session, cast.STUDENTS[0].email, passwords["amara"])
        assert {one.role for one in reading_log.of_student(session, amara)} >= {"champion", "coordinator"}
        morgan = accounts.sign_in(
            session, "morgan.samplewright@brindlemoor.example.test", passwords["morgan"]
        )
        assert [one.state.value for one in grants.of_programme(session, morgan)] == ["proposed", "granted"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("now", ODD_TIMES, ids=str)
def test_it_works_whatever_day_it_is(database: Database, tmp_path: Path, now: datetime) -> None:
    runtime, _passwords = make(database, tmp_path, now)
    with database.reading() as session:
        found = verdicts(session, runtime, now)
        assert {name: verdict.value for name, verdict in found.items()} == {name: name for name in found}
        trail = records(session)
        assert [one.at for one in trail] == sorted(one.at for one in trail)
        assert trail[-1].at <= now
        for entry in session.query(Credential):
            version = entry.endorsement.version
            assert version.held_on <= version.submitted_at.date()
            assert version.submitted_at < entry.endorsed_at < entry.issued_at <= now
            assert entry.issued_at - entry.endorsed_at >= timedelta(hours=24)
            is_pilots = entry.student.account.programme.slug == neighbours.PILOT.slug
            assert is_pilots or entry.review_at > now + timedelta(days=365)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_worked_example_is_told_as_written(database: Database, tmp_path: Path) -> None:
    runtime, _passwords = make(database, tmp_path, ODD_TIMES[0])
    published = checks.look(runtime.public)
    with database.reading() as session:
        code = next(row for row in demo.codes(session) if row.verdict == "V1")
        result = checks.by_code(session, published, code.code, ODD_TIMES[0])
        entry = result.entries[0].credential
        assert entry is not None
        assert (entry.holder_name, entry.school) == ("Amara Demoson", "Lanternmoor High School")
        assert (entry.achievement.skill, entry.level) == ("Measuring and checking", 3)
        assert (entry.champion.name, entry.champion.role) == ("Robin Fixturely", "Production Director")
        assert entry.champion.employer.name == "Tinderbeck Precision Ltd"
        assert (entry.endorsed_at.date(), entry.issued_at.date()) == (date(2026, 3, 14), date(2026, 3, 15))
        assert entry.review_at.date() == date(2029, 3, 15)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_endorsed_in_the_running_demo_is_issued_at_once(database: Database, tmp_path: Path) -> None:
    now = ODD_TIMES[0]
    runtime, passwords = make(database, tmp_path, now)
    with database.transaction() as session:
        robin = accounts.sign_in(session, cast.CHAMPIONS[0].email, passwords["robin"])
        waiting = decisions.queue(session, robin, now)[0]
        decided = decisions.endorse(session, runtime.keys, robin, waiting.reference, 1, 2, 1, now)
        number = decided.id
    job_queue.run_due(runtime)
    with database.reading() as session:
        assert session.get_one(Decision, number).state.value == "signed"


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 5, 12, tzinfo=UTC), date(2025, 3, 14)),
        (datetime(2026, 5, 13, tzinfo=UTC), date(2026, 3, 14)),
        (datetime(2026, 12, 31, tzinfo=UTC), date(2026, 3, 14)),
        (datetime(2028, 2, 29, tzinfo=UTC), date(2027, 3, 14)),
    ],
)
def test_the_story_is_set_in_the_last_march_that_is_well_behind(now: datetime, day: date) -> None:
    assert demo.worked_example_day(now).date() == day


def test_no_one_of_the_cast_can_be_mistaken_for_a_person() -> None:
    everybody = (*cast.STUDENTS, *cast.CHAMPIONS, *cast.STAFF, *cast.CHECKERS)
    assert all(person.email.endswith("@brindlemoor.example.test") for person in everybody)
    passwords = [demo.new_passwords() for _time in range(2)]
    words = [word for one in passwords for word in one.values()]
    assert len(set(words)) == 2 * len(everybody)
    assert all(len(word.replace("-", "")) >= 12 for word in words)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_endorsing_is_shown_with_all_that_belongs_to_it(database: Database, tmp_path: Path) -> None:
    now = ODD_TIMES[0]
    _runtime, passwords = make(database, tmp_path, now)
    with database.reading() as session:
        robin, casey, morgan = (
            accounts.sign_in(session, person.email, passwords[person.key])
            for person in demo.people()
            if person.key in {"robin", "casey", "morgan"}
        )
        groups = queue.waiting(session, robin, now).groups
        assert max(len(alike.items) for group in groups for alike in group.alike) >= 3
        assert [one.state.value for one in confirmations.given(session, casey)] == ["signed"]
        assert [one.confirmed for one in session.query(Credential)].count(True) == 1
        assert [one.note_is_held for one in notes.listed(session, casey)] == [True]
        standings = {
            one.champion.account.name: {check.state for check in one.standing.checks}
            for one in onboarding.listed(session, morgan, now)
        }
        assert standings["Robin Fixturely"] == {"done"}
        assert standings["Lee Madeupson"] == {"done", "missing"}
        assert standings["Dana Notionally"] == {"expired"}
