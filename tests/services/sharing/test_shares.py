"""A student shares what they chose, with whom they chose, until when they chose, and can stop."""

from datetime import date, timedelta

import pytest

from passport.openbadges import share_code
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import lifecycle
from passport.services.sharing import shares
from tests.fixtures.towns import Town


def drafted(town: Town, *entries: str) -> str:
    """Amara's draft of a share."""
    with town.transaction() as session:
        return shares.draft(session, town.account(session, "amara"), list(entries), town.clock()).reference


def addressed(town: Town, reference: str, until: date | None = None) -> None:
    """She says for whom and until when."""
    with town.transaction() as session:
        at = town.clock()
        amara = town.account(session, "amara")
        shares.address_it(session, amara, reference, "A college", until or shares.usual_end(at), at)


def activated(town: Town, reference: str) -> str:
    """She gets the code."""
    with town.transaction() as session:
        share = shares.activate(session, town.account(session, "amara"), reference, town.clock())
        return share.code or ""


def test_nothing_is_shared_that_was_not_chosen(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        amara = town.account(session, "amara")
        for nothing in ([], ["NOSUCHREF"], [entry, "NOSUCHREF"], ["\x00"]):
            with pytest.raises(Refused, match="nothing-chosen"):
                shares.draft(session, amara, nothing, town.clock())
        share = shares.draft(session, amara, [entry, entry], town.clock())
        assert [one.reference for one in share.credentials] == [entry]
        with pytest.raises(Refused, match="nothing-chosen"):
            shares.set_choice(session, amara, share.reference, [])
        assert [one.reference for one in share.credentials] == [entry]


def test_another_persons_entry_cannot_be_shared_nor_her_share_be_seen(town: Town) -> None:
    theirs, mine = town.issued("kit", "sky"), town.issued()
    with town.transaction() as session:
        amara, kit, at = town.account(session, "amara"), town.account(session, "kit"), town.clock()
        for chosen in ([theirs], [mine, theirs]):
            with pytest.raises(Refused, match="nothing-chosen"):
                shares.draft(session, amara, chosen, at)
        reference = shares.draft(session, kit, [theirs], at).reference
        for use in (
            lambda: shares.own(session, amara, reference),
            lambda: shares.set_choice(session, amara, reference, [mine]),
            lambda: shares.address_it(session, amara, reference, "x", shares.usual_end(at), at),
            lambda: shares.activate(session, amara, reference, at),
            lambda: shares.stop(session, amara, reference, at),
            lambda: shares.discard(session, amara, reference),
        ):
            with pytest.raises(NotFound):
                use()
        assert shares.mine(session, amara) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_last_day_lies_between_today_and_24_months_from_now(town: Town) -> None:
    reference = drafted(town, town.issued())
    today = town.clock().date()
    with pytest.raises(Refused, match="end-out-of-range"):
        activated(town, reference)
    for day in (today - timedelta(days=1), date(2028, 3, 15), date.max):
        with pytest.raises(Refused, match="end-out-of-range"):
            addressed(town, reference, day)
    for day in (date(2028, 3, 14), today):
        addressed(town, reference, day)
    town.clock.forward(days=1)
    with pytest.raises(Refused, match="end-out-of-range"):
        activated(town, reference)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_code_is_given_once_and_the_share_can_no_longer_be_changed(town: Town) -> None:
    entry = town.issued()
    reference = drafted(town, entry)
    addressed(town, reference)
    code = activated(town, reference)
    assert share_code.parse(code) == code
    assert activated(town, reference) == code
    with town.transaction() as session:
        amara = town.account(session, "amara")
        share = shares.own(session, amara, reference)
        assert shares.address(share, "https://passport.example") == f"https://passport.example/c/{code}"
        assert shares.pretty_code(share) == share_code.pretty(code)
        for use in (
            lambda: shares.set_choice(session, amara, reference, [entry]),
            lambda: shares.address_it(
                session, amara, reference, "x", shares.usual_end(town.clock()), town.clock()
            ),
            lambda: shares.discard(session, amara, reference),
        ):
            with pytest.raises(Refused, match="already-shared"):
                use()
        assert share.audience == "A college"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_stopped_is_stopped_for_good(town: Town) -> None:
    reference = drafted(town, town.issued())
    with town.transaction() as session, pytest.raises(NotFound):
        shares.stop(session, town.account(session, "amara"), reference, town.clock())
    addressed(town, reference)
    activated(town, reference)
    ended = []
    for _second_click in range(2):
        with town.transaction() as session:
            share = shares.stop(session, town.account(session, "amara"), reference, town.clock())
            assert not shares.is_active(share, town.clock())
            ended.append(share.ended_at)
        town.clock.forward(minutes=1)
    assert ended[0] == ended[1]
    with town.transaction() as session, pytest.raises(Refused, match="already-shared"):
        shares.activate(session, town.account(session, "amara"), reference, town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_share_is_active_until_the_end_of_its_last_day_at_home(town: Town) -> None:
    reference = drafted(town, town.issued())
    addressed(town, reference, date(2026, 6, 1))
    activated(town, reference)
    with town.transaction() as session:
        share = shares.own(session, town.account(session, "amara"), reference)
        # in June midnight at home is eleven at night in UTC
        assert shares.is_active(share, town.clock().replace(month=6, day=1, hour=22, minute=59))
        assert not shares.is_active(share, town.clock().replace(month=6, day=1, hour=23, minute=0))


def test_a_withdrawn_entry_is_offered_no_more_and_a_draft_with_it_gets_no_code(town: Town) -> None:
    entry = town.issued()
    reference = drafted(town, entry)
    addressed(town, reference)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert [one.reference for one in shares.shareable(session, amara)] == [entry]
        lifecycle.withdraw(session, amara, entry, town.clock())
        assert shares.shareable(session, amara) == []
        with pytest.raises(Refused, match="nothing-chosen"):
            shares.draft(session, amara, [entry], town.clock())
    with pytest.raises(Refused, match="entry-changed"):
        activated(town, reference)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_draft_is_in_no_list_and_leaves_nothing_when_it_is_thrown_away(town: Town) -> None:
    entry = town.issued()
    reference = drafted(town, entry)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert shares.mine(session, amara) == []
        shares.discard(session, amara, reference)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        with pytest.raises(NotFound):
            shares.own(session, amara, reference)
        assert [one.reference for one in shares.shareable(session, amara)] == [entry]


def test_the_note_says_for_whom_is_kept_within_bounds(town: Town) -> None:
    reference = drafted(town, town.issued())
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        audience = "  \x00<b>" + "x" * 500
        share = shares.address_it(session, amara, reference, audience, shares.usual_end(at), at)
        assert len(share.audience) == shares.LONGEST_AUDIENCE
