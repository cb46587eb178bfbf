"""The life of a key: what it signed stays good, unless it was stolen."""

import pytest

from passport.db.programmes.issuers import Key
from passport.jobs import queue as job_queue
from passport.openbadges.registry import KeyState
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.core.runtime import read_passphrase
from passport.services.credentials import issuing, lifecycle
from passport.services.programmes import issuers
from passport.services.trust import keys
from passport.verifier import Verdict
from tests.fixtures.towns import Town

ONE = ["Morgan Samplewright"]
TWO = ["Morgan Samplewright", "Quinn Mockingham"]


def _active(town: Town, role: str = "issue") -> Key:
    with town.transaction() as session:
        return next(
            key for key in keys.listed(session) if key.role == role and key.state == KeyState.ACTIVE.value
        )


def _proposed(town: Town, slug: str = "brindlemoor", role: Role = Role.ISSUE) -> str:
    settings = town.runtime.settings
    passphrase = read_passphrase(settings.passphrase_file) or ""
    with town.transaction() as session:
        directory = settings.keys_directory
        return keys.propose(session, directory, passphrase, slug, role, town.clock(), ONE).kid


def _publish(town: Town) -> None:
    runtime = town.runtime
    ring = KeyRing.load(runtime.settings.keys_directory, read_passphrase(runtime.settings.passphrase_file))
    with town.transaction() as session:
        issuers.sign_registry(session, ring, runtime.settings.public_url, False, town.clock())
    town.publish_all(ring)


def _verdict(town: Town, code: str) -> Verdict:
    with town.transaction() as session:
        return checks.by_code(session, town.published(), code, town.clock()).verdict


def _kid_of(town: Town, reference: str) -> str:
    with town.transaction() as session:
        return lifecycle.own(session, town.account(session, "amara"), reference).kid


def test_after_a_rotation_yesterdays_entries_verify_and_todays_use_the_new_key(town: Town) -> None:
    yesterday = town.issued()
    code = town.shared(yesterday)
    old, new = _active(town).kid, _proposed(town)
    town.clock.forward(days=14)
    with town.transaction() as session:
        keys.activate(session, new, town.clock(), ONE)
    _publish(town)
    today = town.issued()
    assert (_kid_of(town, yesterday), _kid_of(town, today)) == (old, new)
    assert _verdict(town, code) is Verdict.CURRENT
    assert _verdict(town, town.shared(today)) is Verdict.CURRENT


def test_a_replacement_is_public_for_fourteen_days_before_it_signs(town: Town) -> None:
    new = _proposed(town)
    town.clock.forward(days=13, hours=23)
    with pytest.raises(Refused, match="key-too-new"), town.transaction() as session:
        keys.activate(session, new, town.clock(), ONE)


def test_a_suspended_key_closes_issuing_and_takes_two_people_to_come_back(town: Town) -> None:
    code = town.shared(town.issued())
    sent = town.sent()
    key = _active(town).kid
    with town.transaction() as session:
        keys.suspend(session, key, town.clock(), ONE)
    _publish(town)
    with pytest.raises(IssuingClosed):
        town.endorsed(sent)
    assert _verdict(town, code) in {Verdict.ON_HOLD, Verdict.UNFINISHED}
    with pytest.raises(Refused, match="name-two"), town.transaction() as session:
        keys.activate(session, key, town.clock(), ONE * 2)
    with town.transaction() as session:
        keys.activate(session, key, town.clock(), TWO)
    _publish(town)
    town.endorsed(sent)
    assert _verdict(town, code) is Verdict.CURRENT


@pytest.mark.parametrize(("slug", "role"), [("brindlemoor", "issue"), ("tinderbeck", "endorse")])
def test_a_stolen_keys_entries_go_on_hold_in_one_act_and_honest_ones_are_signed_again(
    town: Town, slug: str, role: str
) -> None:
    codes = [town.shared(town.issued()) for _ in range(3)]
    stolen = _active(town, role).kid
    with town.transaction() as session:
        assert keys.compromise(session, stolen, town.clock(), town.clock(), TWO) == len(codes)
    _publish(town)
    assert {_verdict(town, code) for code in codes} == {Verdict.NOT_GENUINE}, "until they are signed again"
    new = _proposed(town, slug, Role(role))
    with town.transaction() as session:
        keys.activate(session, new, town.clock(), ONE)
    with town.transaction() as session:
        assert keys.sign_again(session, town.runtime.keys, stolen, town.clock()) == len(codes)
    _publish(town)
    assert {_verdict(town, code) for code in codes} == {Verdict.CURRENT}
    with town.transaction() as session:
        assert keys.sign_again(session, town.runtime.keys, stolen, town.clock()) == 0
        assert audit.broken_at(session) is None


def test_a_key_with_begun_entries_is_not_retired(town: Town) -> None:
    town.endorsed(town.sent())
    key = _active(town).kid
    [number] = job_queue.waiting(town.runtime)
    with town.transaction() as session:
        issuing.intend(session, town.runtime.keys, town.runtime.settings.public_url, [number], town.clock())
    with pytest.raises(Refused, match="key-has-work"), town.transaction() as session:
        keys.retire(session, key, town.clock(), ONE)


def test_one_person_cannot_give_a_key_up_and_no_one_can_without_a_name(town: Town) -> None:
    key = _active(town).kid
    with pytest.raises(Refused, match="name-two"), town.transaction() as session:
        keys.compromise(session, key, town.clock(), town.clock(), ["Morgan", " morgan "])
    with pytest.raises(Refused, match="name-one"), town.transaction() as session:
        keys.suspend(session, key, town.clock(), [" "])
    with pytest.raises(NotFound), town.transaction() as session:
        keys.suspend(session, "00000000", town.clock(), ONE)


def test_every_change_of_a_key_makes_the_next_registry(town: Town) -> None:
    def version() -> int:
        with town.transaction() as session:
            from passport.db.programmes.issuers import newest_registry

            newest = newest_registry(session)
            return newest.version if newest else 0

    before = version()
    _proposed(town)
    _publish(town)
    assert version() == before + 1
