"""The ledger counts who came, on both databases; the list of hosts names organisations and no people."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, time

import pytest

from passport.services.core.errors import NotFound
from passport.services.programmes.visits import asking, hosts, ledger, planning
from tests.fixtures.towns import Town
from tests.services.programmes.visits.test_visits import FILM, HERE, SLUG, details, told


def held(town: Town) -> None:
    """Three visits of March: one counted, one moved online and not counted, one cancelled."""
    with town.transaction() as session:
        offer, wish = told(session)
        morgan, at = town.account(session, "morgan"), town.clock()
        host = asking.offer(session, SLUG, replace(offer, organisation='=HYPERLINK("x")'), at)
        for number, year in enumerate((6, 7, 8)):
            asked = asking.wish(session, SLUG, replace(wish, year_group=year), at)
            visit = planning.plan(
                session, morgan, asked.reference, host.reference, details(on=date(2026, 3, 24)), HERE, at
            )
            if number == 1:
                planning.stop(session, morgan, visit.reference, "Snow.", FILM, HERE, at)
            if number == 2:
                planning.stop(session, morgan, visit.reference, "Snow.", None, HERE, at)
            if number == 0:
                planning.count(session, visit, "school", 21, planning.moment(date(2026, 3, 24), time(13)))


def test_who_came_is_summed_by_host_year_group_and_month(town: Town) -> None:
    held(town)
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        assert ledger.opened(session, morgan, None, town.clock()).lines == [], "nobody has come yet"
        found = ledger.opened(session, morgan, None, town.clock.forward(days=11))
        said = [(line.year_group, line.students, line.counted, line.how) for line in found.lines]
        assert sorted(said) == [(6, 21, True, "visit"), (7, 24, False, "online")]
        assert found.students == 45
        assert found.by_host() == [('=HYPERLINK("x")', 2, 45)]
        assert found.by_year_group() == [(6, 1, 21), (7, 1, 24)]
        months = found.by_month()
        assert (len(months), months[0][0], months[-1][0]) == (12, date(2025, 9, 1), date(2026, 8, 1))
        assert [number for _month, number in months if number] == [45]
        assert ledger.opened(session, morgan, 2024, town.clock()).lines == []
        rows = list(csv.reader(io.StringIO(ledger.sheet(found).decode("utf-8-sig"))))
        assert rows[0] == list(ledger.COLUMNS)
        assert rows[1][:2] == ["2026-03-24", '\'=HYPERLINK("x")'], "no spreadsheet runs what a host typed"
        with pytest.raises(NotFound):
            ledger.opened(session, town.account(session, "casey"), None, town.clock())


def test_a_headcount_at_an_activity_is_in_the_ledger(town: Town) -> None:
    from passport.db.programmes.activities.attendance import Headcount
    from passport.db.programmes.activities.menu import ActivitySession

    with town.transaction() as session:
        casey, morgan = town.account(session, "casey"), town.account(session, "morgan")
        assert casey.staff is not None
        activity = session.query(ActivitySession).first()
        if activity is None:
            from passport.services.programmes.activities import menu

            activity = menu.for_student(session, town.account(session, "amara"), town.clock())[0].sessions[0]
        count = Headcount(session=activity, school=casey.staff.school, year_group=6, number=24)
        count.counted_at, count.counted_by_id = town.clock(), casey.id
        session.add(count)
        session.flush()
        [line] = ledger.opened(session, morgan, None, town.clock()).lines
        assert (line.host, line.students, line.how) == ("Tinderbeck Precision Ltd", 24, "master class")


def test_the_list_of_hosts_has_employers_and_who_agreed_and_has_a_visit_planned(town: Town) -> None:
    with town.transaction() as session:
        offer, wish = told(session)
        morgan, at = town.account(session, "morgan"), town.clock()
        names = (
            "Cobaltfield Glassworks",
            "TINDERBECK PRECISION LTD",
            "Quiet Works",
            "Called Off",
            "Anything",
        )
        for name in names:
            told_ = replace(offer, organisation=name, listed=name != "Quiet Works")
            asking.offer(session, SLUG, told_, at)
        assert hosts.by_sector(session, SLUG) == [("Engineering", ["Tinderbeck Precision Ltd"])], (
            "anybody can send an offer in any name: it lists nobody"
        )
        for number, host in enumerate(planning.board(session, morgan, at).offers[:4]):
            asked = asking.wish(session, SLUG, replace(wish, students=20 + number), at)
            visit = planning.plan(session, morgan, asked.reference, host.reference, details(), HERE, at)
            if host.organisation == "Called Off":
                planning.stop(session, morgan, visit.reference, "Not theirs.", None, HERE, at)
        found = hosts.by_sector(session, SLUG)
        assert found == [("Engineering", ["Cobaltfield Glassworks", "Tinderbeck Precision Ltd"])]
        with pytest.raises(NotFound):
            hosts.by_sector(session, "nowhere")
