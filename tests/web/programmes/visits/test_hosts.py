"""The public list of hosts, and the ledger with its chart and file."""

from __future__ import annotations

from dataclasses import replace

from passport.services.programmes.visits import asking
from tests.fixtures.towns import Town
from tests.services.programmes.visits.test_ledger import held
from tests.services.programmes.visits.test_visits import SLUG, told
from tests.web.conftest import Arrive


def test_anybody_reads_who_hosts_students_and_no_name_of_a_person(town: Town, arrive: Arrive) -> None:
    with town.transaction() as session:
        offer, _ = told(session)
        asking.offer(session, SLUG, replace(offer, organisation="Anything at all"), town.clock())
    held(town)
    page = arrive().read("/programmes/brindlemoor/hosts")
    assert "Tinderbeck Precision Ltd" in page
    assert "HYPERLINK" in page, "an organiser planned visits from its offer"
    assert "Anything at all" not in page, "an offer that no organiser has acted on lists nobody"
    for private in ("Ren Madeupson", "glass.example.test", "01632", "Robin"):
        assert private not in page


def test_the_ledger_is_a_page_with_a_chart_a_table_and_a_file(town: Town, arrive: Arrive) -> None:
    held(town)
    assert "No group has come" in arrive("morgan").read("/visits/ledger")
    town.clock.forward(days=11)
    morgan = arrive("morgan")
    page = morgan.read("/visits/ledger")
    assert "2 groups, 45 students" in page
    assert page.count("sp-chart__bar") == 12
    assert "(planned, not counted yet)" in page
    file = morgan.open("/visits/ledger.csv?year=2025")
    assert file.headers["Content-Disposition"] == 'attachment; filename="visits-2025.csv"'
    assert file.text.count("\r\n") == 3
    for wrong in ("x", "99999", "-1"):
        assert morgan.open(f"/visits/ledger?year={wrong}").status_code == 200
    assert arrive("casey").open("/visits/ledger").status_code == 404
