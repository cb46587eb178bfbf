"""A programme closes: what it issued is still checked years later, and nothing more is issued."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from passport.db.programmes.programme import Programme
from passport.jobs import queue as job_queue
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.core.runtime import read_passphrase
from passport.services.credentials import lifecycle
from passport.services.programmes import issuers
from passport.services.trust import closing, keys
from passport.verifier import Trust, Verdict, verify
from tests.fixtures.towns import Town

TWO = ["Morgan Samplewright", "Quinn Mockingham"]
ELEVEN_YEARS = timedelta(days=11 * 366)


def close(town: Town, by: list[str] = TWO, slug: str = "brindlemoor") -> None:
    runtime = town.runtime
    ring = KeyRing.load(runtime.settings.keys_directory, read_passphrase(runtime.settings.passphrase_file))
    with town.transaction() as session:
        closing.close(session, slug, town.clock(), by)
        issuers.sign_registry(session, ring, runtime.settings.public_url, False, town.clock())
    town.publish_all(ring)


def lasting(town: Town, months: int) -> None:
    with town.transaction() as session:
        session.execute(update(Programme).values(review_months=months))


def checked(town: Town, entry: str, at: datetime) -> Verdict:
    """By ourselves and, from the published bundle alone, by anybody: they agree."""
    bundle = town.runtime.public.read("bundle.json") or b""
    with town.transaction() as session:
        own = lifecycle.own(session, town.account(session, "amara"), entry)
        ours = checks.check_entry(session, town.published(), own, at).verdict
        trust = Trust.from_bundle(bundle)
        for signed in (own.document, own.token):
            assert verify(signed or b"", trust, at).verdict is ours
    return ours


@pytest.mark.parametrize(("months", "then"), [(36, Verdict.PAST_REVIEW), (240, Verdict.CURRENT)])
def test_eleven_years_later_only_the_review_date_counts(town: Town, months: int, then: Verdict) -> None:
    lasting(town, months)
    entry = town.issued()
    town.clock.forward(days=3)
    close(town)
    assert checked(town, entry, town.clock()) is Verdict.CURRENT
    # and the jobs of a service that goes on running must not give a list an end again
    town.clock.forward(days=1)
    job_queue.publish_due(town.runtime)
    job_queue.publish_all(town.runtime)
    assert checked(town, entry, town.clock() + ELEVEN_YEARS) is then


def test_without_closing_an_entry_could_not_be_checked_then(town: Town) -> None:
    lasting(town, 240)
    entry = town.issued()
    assert checked(town, entry, town.clock() + ELEVEN_YEARS) is Verdict.UNFINISHED


def test_a_closed_programme_issues_nothing_more(town: Town) -> None:
    town.issued()
    sent = town.sent()
    close(town)
    with pytest.raises(IssuingClosed):
        town.endorsed(sent)
    with town.transaction() as session:
        place = town.runtime.settings
        made = issuers.make_missing_keys(session, place.keys_directory, "unused " * 5, town.clock())
        assert made == []
        assert {key.state for key in keys.listed(session) if key.role in {"issue", "endorse"}} == {"retired"}


def test_the_holder_can_still_withdraw_and_that_list_has_no_end_either(town: Town) -> None:
    lasting(town, 240)
    entry, kept = town.issued(), town.issued()
    close(town)
    town.clock.forward(days=400)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    later = town.clock() + ELEVEN_YEARS
    assert (checked(town, entry, later), checked(town, kept, later)) == (Verdict.WITHDRAWN, Verdict.CURRENT)


def test_last_lists_stay_when_no_one_has_the_keys_any_more(town: Town) -> None:
    entry = town.issued()
    close(town)
    before = town.runtime.public.read("bundle.json")
    town.clock.forward(days=30)
    town.publish_all(KeyRing([]))
    assert town.runtime.public.read("bundle.json") == before
    assert checked(town, entry, town.clock()) is Verdict.CURRENT


@pytest.mark.parametrize("names", [[], ["Morgan"], ["Morgan", " morgan "]])
def test_it_takes_two_people(town: Town, names: list[str]) -> None:
    with pytest.raises(Refused, match="name-two"):
        close(town, names)


def test_both_names_stand_in_the_trail(town: Town) -> None:
    close(town)
    with town.transaction() as session:
        from passport.db.core.audit import records

        [closed] = [one for one in records(session) if one.action == "programme.closed"]
        assert all(name in closed.detail for name in TWO)
        assert audit.broken_at(session) is None


def test_what_cannot_be_closed(town: Town) -> None:
    with pytest.raises(NotFound):
        close(town, slug="nowhere")
    town.endorsed(town.sent())
    with pytest.raises(Refused, match="programme-has-work"):
        close(town)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        key = next(key for key in keys.listed(session) if key.role == "endorse")
        keys.suspend(session, key.kid, town.clock(), TWO)
    with pytest.raises(Refused, match="key-suspended"):
        close(town)
    with town.transaction() as session:
        keys.activate(session, key.kid, town.clock(), TWO)
    close(town)
    with pytest.raises(Refused, match="programme-closed"):
        close(town)
    folder = town.runtime.settings.keys_directory
    with pytest.raises(Refused, match="programme-closed"), town.transaction() as session:
        keys.propose(session, folder, "x" * 40, "tinderbeck", Role.ENDORSE, town.clock(), TWO)
