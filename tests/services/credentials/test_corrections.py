"""A corrected entry is made anew once, whatever is cut off; the older one is replaced and names no one."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from passport.db.credentials.records import Credential, CredentialState, StatusChange
from passport.jobs import queue as job_queue
from passport.openbadges import credential as credential_document
from passport.services.checking import checks, shown_contents
from passport.services.core import audit
from passport.services.core.dates import whole_months
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import corrections, entry_search, holds, issuing, lifecycle
from passport.services.credentials.corrections import Tools
from passport.services.credentials.withdrawals import ask
from passport.services.sharing import exports
from passport.verifier import Trust, Verdict, verify
from tests.fixtures.towns import Town
from tests.services.core.test_at_once import at_once
from tests.services.credentials.test_holds import another_coordinator, verdict

WHY = "The school's record was mended."
NEW = ("Amara Realname", "Amara")


def rename(town: Town, entry: str, name: str = NEW[0], who: str = "casey") -> int:
    with town.transaction() as session:
        runtime = town.runtime
        return corrections.correct_name(
            session,
            Tools(runtime.keys, runtime.settings.public_url),
            town.account(session, who),
            entry,
            name,
            name.split(maxsplit=1)[0],
            WHY,
            town.clock(),
        )


def redate(town: Town, entry: str, day: date, who: str = "casey") -> None:
    with town.transaction() as session:
        account = town.account(session, who)
        tools = Tools(town.runtime.keys, town.runtime.settings.public_url)
        corrections.correct_date(session, tools, account, entry, day, WHY, town.clock())


def mine(town: Town) -> list[str]:
    with town.transaction() as session:
        return [one.reference for one in lifecycle.mine(session, town.account(session, "amara"))]


def test_a_corrected_name_makes_all_entries_anew_and_the_older_ones_name_no_one(town: Town) -> None:
    first, second = town.issued(), town.issued()
    old = town.shared(first)
    town.clock.forward(days=40)
    job_queue.publish_due(town.runtime)
    assert rename(town, second) == 2
    job_queue.run_due(town.runtime)
    job_queue.run_due(town.runtime)
    made = mine(town)
    assert len(made) == 2
    assert not {first, second} & set(made)
    assert [verdict(town, town.shared(one)) for one in made] == [Verdict.CURRENT] * 2
    assert verdict(town, old) is Verdict.REPLACED
    trust = Trust.from_bundle(town.runtime.public.read("bundle.json") or b"")
    with town.transaction() as session:
        amara = town.account(session, "amara")
        handed_out = exports.export(session, old, town.clock())
        assert not any(b"Demoson" in content for content in handed_out.files.values())
        assert (amara.name, amara.first_name) == NEW
        for one in lifecycle.mine(session, amara):
            assert b"Demoson" not in (one.document or b"") + (one.token or b"") + one.intent
            for signed in (one.document, one.token):
                assert verify(signed or b"", trust, town.clock()).verdict is Verdict.CURRENT
        assert audit.broken_at(session) is None


def test_what_was_endorsed_stays_as_it_was_signed_and_nothing_links_the_two(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        before = credential_document.read(
            json.loads(lifecycle.own(session, town.account(session, "amara"), entry).document or b"")
        )
        robin = town.account(session, "robin")
        assert robin.champion is not None
        robin.name, robin.champion.job_title = "Robin Otherwise", "Director of Everything"
    town.clock.forward(days=40)
    rename(town, entry)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        [made] = lifecycle.mine(session, town.account(session, "amara"))
        after = credential_document.read(json.loads(made.document or b""))
    assert after.evidence == replace(before.evidence, id=after.evidence.id)
    kept = ("achievement", "level", "champion", "basis", "endorsed_at", "school")
    assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}
    assert (before.holder_name, after.holder_name) == ("Amara Demoson", "Amara Realname")
    for name in ("id", "subject_id", "status"):
        assert getattr(after, name) != getattr(before, name)
    assert after.issued_at == town.clock()
    # 36 months less 40 days, in whole months from the new day
    assert (before.review_at.date(), after.review_at.date()) == (date(2029, 3, 14), date(2029, 2, 23))


def test_a_wrong_day_and_a_wrong_school_are_corrected_in_one_entry(town: Town) -> None:
    entry, other = town.issued(), town.issued()
    redate(town, entry, date(2026, 3, 9))
    job_queue.run_due(town.runtime)
    [redated] = [one for one in mine(town) if one != other]
    with town.transaction() as session:
        manager = town.account(session, "morgan")
        [thistlegate] = [
            one for one in entry_search.schools(session, manager) if one.name == "Thistlegate School"
        ]
        casey = town.account(session, "casey")
        tools = Tools(town.runtime.keys, town.runtime.settings.public_url)
        with pytest.raises(NotFound):
            corrections.correct_school(
                session, tools, casey, redated, thistlegate.reference, WHY, town.clock()
            )
        corrections.correct_school(session, tools, manager, redated, thistlegate.reference, WHY, town.clock())
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        [made] = [one for one in lifecycle.mine(session, amara) if one.reference != other]
        said = credential_document.read(json.loads(made.document or b""))
        assert (said.school, said.evidence.held_on) == ("Thistlegate School", date(2026, 3, 9))
        assert made.edition == 2
        assert amara.student is not None
        assert amara.student.school.name == "Lanternmoor High School"
        casey = town.account(session, "casey")
        assert entry_search.current(session, entry_search.entry(session, casey, entry)) is made


@pytest.mark.parametrize(
    ("day", "reason"),
    [(date(2026, 3, 15), "date-after-endorsement"), (date(2026, 3, 10), "nothing-to-correct")],
)
def test_a_day_that_cannot_be_meant(town: Town, day: date, reason: str) -> None:
    entry = town.issued()
    with pytest.raises(Refused, match=reason):
        redate(town, entry, day)


def test_a_name_that_cannot_be_signed_and_one_that_is_there_already_change_nothing(town: Town) -> None:
    entry = town.issued()
    for name in ("", "Amara\u202eDemoson", " Amara", "Amara Demoson"):
        with pytest.raises((Refused, IndexError)):
            rename(town, entry, name)
    job_queue.run_due(town.runtime)
    assert mine(town) == [entry]


def test_cut_off_after_the_intent_the_older_one_stands_until_the_next_sweep(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    rename(town, entry)
    assert verdict(town, code) is Verdict.CURRENT
    assert mine(town) == [entry]
    with pytest.raises(Refused, match="being-corrected"):
        rename(town, entry, "Amara Thirdname")
    with town.transaction() as session:
        [begun] = session.query(Credential).filter_by(state=CredentialState.INTENDED)
        intent = begun.intent
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        [made] = lifecycle.mine(session, town.account(session, "amara"))
        assert made.intent == intent
    assert verdict(town, code) is Verdict.REPLACED
    assert rename(town, made.reference, "Amara Thirdname") == 1


def test_two_workers_and_two_corrections_at_once_make_one_edition(town: Town) -> None:
    entry = town.issued()
    found = at_once(lambda: rename(town, entry), lambda: redate(town, entry, date(2026, 3, 9)))
    assert sum(isinstance(one, Refused) for one in found) == 1
    at_once(*[lambda: job_queue.run_due(town.runtime)] * 3)
    with town.transaction() as session:
        assert sorted(one.edition for one in session.query(Credential)) == [0, 1]
        assert session.query(StatusChange).filter_by(state=CredentialState.REPLACED).count() == 1
    assert len(mine(town)) == 1


def test_withdrawn_meanwhile_it_stays_withdrawn_and_no_newer_one_appears(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    rename(town, entry)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.run_due(town.runtime)
    job_queue.run_due(town.runtime)
    assert mine(town) == [entry]
    assert verdict(town, code) is Verdict.WITHDRAWN
    with town.transaction() as session:
        assert session.query(Credential).count() == 1
        assert audit.broken_at(session) is None


def test_what_was_withdrawn_before_stays_withdrawn_and_is_not_named_any_more(town: Town) -> None:
    """Of the two, withdrawn says more than replaced; and neither the old name nor the new one is shown."""
    withdrawn, other = town.issued(), town.issued()
    code = town.shared(withdrawn)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        document = lifecycle.own(session, amara, withdrawn).document or b""
        lifecycle.withdraw(session, amara, withdrawn, town.clock())
    job_queue.publish_due(town.runtime)

    def told() -> list[tuple[Verdict, str | None]]:
        with town.transaction() as session:
            checked = (town.published(), town.clock())
            results = [
                checks.by_code(session, checked[0], code, checked[1]),
                checks.by_document(session, checked[0], document, checked[1]),
            ]
            return [(one.verdict, shown_contents.shown(one.entries[0]).holder) for one in results]

    assert told() == [(Verdict.WITHDRAWN, "Amara Demoson")] * 2
    rename(town, other)
    job_queue.run_due(town.runtime)
    assert told() == [(Verdict.WITHDRAWN, None)] * 2


def test_a_hold_goes_over_to_the_newer_edition(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        holds.hold(session, town.account(session, "casey"), entry, "details", WHY, town.clock())
    rename(town, entry)
    job_queue.run_due(town.runtime)
    [made] = mine(town)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        own = lifecycle.own(session, amara, made)
        assert own.state is CredentialState.ON_HOLD
    town.clock.forward(seconds=60)
    job_queue.publish_due(town.runtime)
    with town.transaction() as session:
        own = lifecycle.own(session, town.account(session, "amara"), made)
        assert checks.check_entry(session, town.published(), own, town.clock()).verdict is Verdict.ON_HOLD
        notice = holds.notice(session, own)
        assert notice is not None
        assert notice.ground == "details"


def test_past_its_review_date_it_is_corrected_and_still_past(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "amara").programme.review_months = 1
    entry = town.issued()
    town.clock.forward(days=40)
    rename(town, entry)
    job_queue.run_due(town.runtime)
    [made] = mine(town)
    assert verdict(town, town.shared(made)) is Verdict.PAST_REVIEW


def test_not_while_a_withdrawal_waits_and_not_by_another_school(town: Town) -> None:
    entry = town.issued()
    another_coordinator(town)
    for stranger in ("jo", "amara", "robin"):
        with pytest.raises(NotFound):
            rename(town, entry, who=stranger)
    with town.transaction() as session:
        ask(session, town.account(session, "morgan"), entry, WHY, town.clock())
    with pytest.raises(Refused, match="withdrawal-asked"):
        rename(town, entry)
    with town.transaction() as session:
        assert town.account(session, "amara").name == "Amara Demoson"


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 3, 14), date(2029, 3, 14), 36),
        (date(2026, 3, 15), date(2029, 3, 14), 35),
        (date(2028, 1, 31), date(2028, 2, 29), 1),
        (date(2028, 1, 30), date(2028, 2, 28), 0),
        (date(2030, 1, 1), date(2029, 3, 14), 0),
    ],
)
def test_whole_months(start: date, end: date, months: int) -> None:
    assert whole_months(start, end) == months


@pytest.mark.parametrize("is_held", [False, True])
def test_the_lists_are_locked_before_the_trail_as_everybody_does(town: Town, is_held: bool) -> None:
    """A withdrawal locks a list, then the trail: the other way round, both would wait for ever."""
    entry = town.issued()
    if is_held:
        with town.transaction() as session:
            holds.hold(session, town.account(session, "casey"), entry, "other", WHY, town.clock())
    redate(town, entry, date(2026, 3, 9))
    [number] = job_queue.waiting(town.runtime)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(next((one for one in ("status_lists", "audit_head") if f"FROM {one}" in statement), ""))

    event.listen(town.runtime.database.engine, "before_cursor_execute", note)
    with town.transaction() as session:
        issuing.finish(session, town.runtime.keys, [number], town.clock())
    event.remove(town.runtime.database.engine, "before_cursor_execute", note)
    order = [one for one in asked if one]
    assert order[0] == "status_lists"
    assert "audit_head" in order
