"""What a printed code holds: made once for each entry of each share, whatever stops it half-way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from passport.db.credentials.records import Credential
from passport.db.sharing.shares import CompactState, Share, SharedCredential
from passport.jobs import queue as job_queue
from passport.openbadges import address, compact
from passport.proofs import cose
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.checking import checks
from passport.services.core.dates import today
from passport.services.core.errors import Refused
from passport.services.core.runtime import read_passphrase
from passport.services.credentials import compacts, lifecycle, status_positions
from passport.services.programmes import issuers
from passport.services.sharing import shares
from passport.services.trust import keys
from passport.verifier import Trust, Verdict
from passport.verifier.compact import CompactVerification, verify_compact
from tests.fixtures.towns import Town

TWO = ["Morgan Samplewright", "Quinn Mockingham"]
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


def activated(town: Town, *entries: str) -> tuple[str, int]:
    """A share whose codes are not made yet: its code and its number."""
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        share = shares.draft(session, amara, list(entries), at)
        shares.address_it(session, amara, share.reference, "A college", date(2026, 9, 1), at)
        share = shares.activate(session, amara, share.reference, at)
        return share.code or "", share.id


def entries_of(town: Town, code: str) -> list[SharedCredential]:
    """The entries of a share, as their rows stand."""
    with town.transaction() as session:
        return session.query(Share).filter_by(code=code).one().entries


def only(town: Town, code: str) -> SharedCredential:
    """The one entry of a share."""
    (entry,) = entries_of(town, code)
    return entry


def checked(town: Town, code: str, compact: bytes | None) -> CompactVerification:
    """What a reader without any database says of a printed code."""
    assert compact is not None
    trust = Trust.from_bundle(town.runtime.public.read("bundle.json") or b"")
    text = address.write(town.runtime.settings.public_url, code, compact)
    return verify_compact(text, trust, town.clock())


def stop(town: Town, code: str) -> None:
    """Amara stops a share."""
    with town.transaction() as session:
        amara = town.account(session, "amara")
        reference = session.query(Share).filter_by(code=code).one().reference
        shares.stop(session, amara, reference, town.clock())


def by_code(town: Town, code: str) -> Verdict:
    """What the page of the share's code says."""
    with town.transaction() as session:
        return checks.by_code(session, town.published(), code, town.clock()).verdict


def test_every_entry_of_a_share_has_a_code_that_proves_itself(town: Town) -> None:
    code, _number = activated(town, town.issued(), town.issued())
    job_queue.run_due(town.runtime)
    for entry in entries_of(town, code):
        found = checked(town, code, entry.compact)
        assert (found.verdict, found.share_code) == (Verdict.CURRENT, code)
        assert found.contents is not None
        assert entry.position is not None
        said = found.contents
        assert (said.holder_name, said.skill, said.level) == ("Amara Demoson", "Measuring and checking", 3)
        assert (said.list_number, said.index) == (1, entry.credential.position.position)
        assert said.share_index == entry.position.position != said.index
        assert (said.share_made, said.share_ends) == (town.clock().date(), date(2026, 9, 2))


@SQLITE
def test_two_shares_of_one_entry_have_nothing_in_common_but_its_words_and_its_place(town: Town) -> None:
    entry = town.issued()
    first, second = (only(town, town.shared(entry)) for _ in range(2))
    assert first.position_id != second.position_id
    assert cose.read(first.compact or b"").signature != cose.read(second.compact or b"").signature


def test_a_stopped_share_is_told_from_the_list_alone_and_other_shares_go_on(town: Town) -> None:
    entry = town.issued()
    stopped, other = town.shared(entry), town.shared(entry)
    stop(town, stopped)
    job_queue.publish_due(town.runtime)
    assert checked(town, stopped, only(town, stopped).compact).verdict is Verdict.SHARING_ENDED
    assert checked(town, other, only(town, other).compact).verdict is Verdict.CURRENT
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    assert checked(town, other, only(town, other).compact).verdict is Verdict.WITHDRAWN
    assert checked(town, stopped, only(town, stopped).compact).verdict is Verdict.SHARING_ENDED


@SQLITE
def test_stopping_is_in_the_lists_of_both_when_they_are_two(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_positions, "ENTRIES_PER_LIST", 1)
    code, _number = activated(town, town.issued(), town.issued())
    job_queue.run_due(town.runtime)
    numbers = [entry.position.list_number for entry in entries_of(town, code) if entry.position]
    assert sorted(numbers) == [1, 2]
    stop(town, code)
    job_queue.publish_due(town.runtime)
    verdicts = [checked(town, code, entry.compact).verdict for entry in entries_of(town, code)]
    assert verdicts == [Verdict.SHARING_ENDED, Verdict.SHARING_ENDED]


@SQLITE
def test_a_code_holds_to_the_end_of_the_shares_last_day_and_not_longer(town: Town) -> None:
    code, _number = activated(town, town.issued())
    job_queue.run_due(town.runtime)
    compact = only(town, code).compact
    for day, verdict in ((date(2026, 9, 1), Verdict.CURRENT), (date(2026, 9, 2), Verdict.SHARING_ENDED)):
        town.clock.now = town.clock.now.replace(month=day.month, day=day.day, hour=0, minute=0)
        job_queue.publish_due(town.runtime)
        assert checked(town, code, compact).verdict is verdict


@SQLITE
def test_page_paper_and_printed_code_have_the_programmes_day(town: Town) -> None:
    """It is 00:30 on 1 July in the school, and still 30 June in UTC."""
    town.clock.now = town.clock.now.replace(month=6, day=28, hour=23, minute=30)
    entry = town.issued()  # endorsed on 29 June, issued a day later
    town.clock.now = town.clock.now.replace(month=6, day=30, hour=23, minute=30)
    code, _number = activated(town, entry)
    job_queue.run_due(town.runtime)
    kept = only(town, code).compact or b""
    said = compact.read(kept).contents
    with town.transaction() as session:
        signed = lifecycle.own(session, town.account(session, "amara"), entry)
        issued, review = today(signed.issued_at), today(signed.review_at)
    assert (said.issued_on, said.review_on) == (issued, review)
    assert (said.share_made, said.share_ends) == (date(2026, 7, 1), date(2026, 9, 2))
    assert checked(town, code, kept).verdict is Verdict.CURRENT


@SQLITE
def test_a_code_with_days_of_utc_is_compared_with_its_own_stored_bytes(town: Town) -> None:
    """It was made before the registry had a time zone."""
    town.clock.now = town.clock.now.replace(month=6, day=30, hour=23, minute=30)
    code, _number = activated(town, town.issued())
    job_queue.run_due(town.runtime)
    made = compact.read(only(town, code).compact or b"").contents
    before = replace(
        made,
        endorsed_on=made.endorsed_on - timedelta(days=1),
        issued_on=made.issued_on - timedelta(days=1),
        share_made=made.share_made - timedelta(days=1),
    )
    with town.transaction() as session:
        entry = session.query(Share).filter_by(code=code).one().entries[0]
        entry.compact = compact.sign(compact.payload(before), town.runtime.keys.signer(entry.kid or ""))
        kept = entry.compact
    text = address.write(town.runtime.settings.public_url, code, kept)
    with town.transaction() as session:
        found = checks.by_address(session, town.published(), text, town.clock())
    assert found.verdict is Verdict.CURRENT


def test_killed_between_the_steps_it_ends_in_the_same_bytes(town: Town) -> None:
    code, number = activated(town, town.issued())
    runtime = town.runtime
    for _again in range(2):
        with town.transaction() as session:
            compacts.intend(session, runtime.keys, runtime.settings.public_url, number, town.clock())
    begun = only(town, code)
    assert (begun.state, begun.compact) == (CompactState.INTENDED, None)
    town.clock.forward(hours=1)
    job_queue.run_due(runtime)
    first = only(town, code).compact
    assert first is not None
    with town.transaction() as session:
        session.query(SharedCredential).update({"state": CompactState.INTENDED, "compact": None})
    job_queue.run_due(runtime)
    job_queue.run_due(runtime)
    assert only(town, code).compact == first
    assert only(town, code).position_id == begun.position_id


def test_while_nothing_can_be_signed_the_share_works_and_its_codes_come_later(town: Town) -> None:
    entry = town.issued()
    code, _number = activated(town, entry)
    crippled = replace(town.runtime, keys=KeyRing([key for key in town.runtime.keys if key.role != "issue"]))
    job_queue.make_codes(crippled)
    assert (only(town, code).state, only(town, code).position_id) == (CompactState.WAITING, None)
    assert by_code(town, code) is Verdict.CURRENT
    job_queue.make_codes(town.runtime)
    assert checked(town, code, only(town, code).compact).verdict is Verdict.CURRENT


@SQLITE
def test_a_clock_that_went_back_signs_nothing(town: Town) -> None:
    code, _number = activated(town, town.issued())
    town.clock.forward(minutes=-6)
    job_queue.make_codes(town.runtime)
    assert only(town, code).state is CompactState.WAITING
    town.clock.forward(minutes=6)
    job_queue.make_codes(town.runtime)
    assert only(town, code).state is CompactState.SIGNED


@SQLITE
def test_a_name_that_is_too_long_is_never_cut_the_share_has_its_own_code_alone(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "amara").name = "Amara " + "ਅ" * 20
    code = town.shared(town.issued())
    entry = only(town, code)
    assert (entry.state, entry.compact, entry.position_id) == (CompactState.NONE, None, None)
    assert by_code(town, code) is Verdict.CURRENT


@SQLITE
def test_a_list_that_is_nearly_full_has_no_room_for_shares_but_for_entries(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_positions, "LIST_LENGTH", 10)
    entry = town.issued()
    codes = [town.shared(entry) for _ in range(9)]
    assert [only(town, code).state for code in codes] == [CompactState.SIGNED] * 8 + [CompactState.NONE]
    assert by_code(town, codes[8]) is Verdict.CURRENT
    town.issued()
    town.issued()
    with town.transaction() as session:
        numbers = [one.position.list_number for one in session.query(Credential).order_by(Credential.id)]
    assert numbers == [1, 1, 2], "an entry takes the last place, and the next one opens a list"


@SQLITE
def test_shares_do_not_use_up_the_places_that_a_list_has_for_entries(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_positions, "ENTRIES_PER_LIST", 2)
    entry = town.issued()
    for _ in range(3):
        town.shared(entry)
    town.issued()
    town.issued()
    with town.transaction() as session:
        numbers = [one.position.list_number for one in session.query(Credential).order_by(Credential.id)]
    assert numbers == [1, 1, 2]


@SQLITE
def test_what_was_changed_behind_our_back_is_not_signed(town: Town) -> None:
    code, _number = activated(town, town.issued())
    with town.transaction() as session:
        row = session.query(Credential).one()
        row.document = (row.document or b"").replace(b"On my own", b"Guiding others")
    job_queue.make_codes(town.runtime)
    assert (only(town, code).state, only(town, code).compact) == (CompactState.NONE, None)


@SQLITE
def test_a_share_that_was_stopped_first_gets_no_code(town: Town) -> None:
    code, _number = activated(town, town.issued())
    stop(town, code)
    job_queue.make_codes(town.runtime)
    assert only(town, code).state is CompactState.WAITING
    assert only(town, code).position_id is None


def _new_key(town: Town) -> str:
    settings = town.runtime.settings
    passphrase = read_passphrase(settings.passphrase_file) or ""
    with town.transaction() as session:
        directory, at = settings.keys_directory, town.clock()
        made = keys.propose(session, directory, passphrase, "brindlemoor", Role.ISSUE, at, TWO)
        keys.activate(session, made.kid, at, TWO)
        return made.kid


def _publish(town: Town) -> None:
    runtime, at = town.runtime, town.clock()
    ring = KeyRing.load(runtime.settings.keys_directory, read_passphrase(runtime.settings.passphrase_file))
    with town.transaction() as session:
        issuers.sign_registry(session, ring, runtime.settings.public_url, False, at)
    town.publish_all(ring)


def test_after_a_theft_codes_are_made_again_in_their_places_and_old_paper_is_not_genuine(town: Town) -> None:
    code = town.shared(town.issued())
    before = only(town, code)
    stolen = before.kid or ""
    town.clock.forward(hours=1)
    with town.transaction() as session:
        keys.compromise(session, stolen, town.clock(), town.clock(), TWO)
    assert only(town, code).compact is None
    new = _new_key(town)
    job_queue.make_codes(town.runtime)
    assert only(town, code).compact is None, "not while the entry is on hold"
    with town.transaction() as session:
        keys.sign_again(session, town.runtime.keys, stolen, town.clock())
    _publish(town)
    job_queue.run_due(town.runtime)
    after = only(town, code)
    assert (after.kid, after.position_id) == (new, before.position_id)
    assert checked(town, code, after.compact).verdict is Verdict.CURRENT
    assert checked(town, code, before.compact).verdict is Verdict.NOT_GENUINE


@SQLITE
def test_after_a_rotation_yesterdays_paper_stays_good(town: Town) -> None:
    code = town.shared(town.issued())
    old = only(town, code)
    settings = town.runtime.settings
    with town.transaction() as session:
        passphrase = read_passphrase(settings.passphrase_file) or ""
        directory = settings.keys_directory
        new = keys.propose(session, directory, passphrase, "brindlemoor", Role.ISSUE, town.clock(), TWO).kid
    town.clock.forward(days=14)
    with town.transaction() as session:
        keys.activate(session, new, town.clock(), TWO)
    _publish(town)
    job_queue.run_due(town.runtime)
    assert only(town, code).compact == old.compact
    assert checked(town, code, old.compact).verdict is Verdict.CURRENT


@SQLITE
def test_a_key_with_begun_codes_is_not_retired(town: Town) -> None:
    _code, number = activated(town, town.issued())
    runtime = town.runtime
    with town.transaction() as session:
        compacts.intend(session, runtime.keys, runtime.settings.public_url, number, town.clock())
        kid = session.query(SharedCredential).one().kid or ""
    with pytest.raises(Refused, match="key-has-work"), town.transaction() as session:
        keys.retire(session, kid, town.clock(), TWO)


@SQLITE
def test_shares_of_an_older_release_get_their_codes_from_the_next_sweep(town: Town) -> None:
    """What migration 0002 makes of their rows: waiting, without a place."""
    code, _number = activated(town, town.issued())
    town.clock.forward(days=30)
    job_queue.run_due(town.runtime)
    found = checked(town, code, only(town, code).compact)
    assert found.verdict is Verdict.CURRENT
    assert found.contents is not None
    assert found.contents.share_made == town.clock().date()
    town.clock.now += timedelta(days=200)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert compacts.waiting(session, town.clock()) == []
