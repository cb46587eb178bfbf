"""A skill names items of other frameworks; entries issued under it carry them, and checkers can see them."""

import json

import pytest

from passport.jobs import queue as job_queue
from passport.services.core import audit
from passport.services.core.errors import Refused
from passport.services.credentials import lifecycle
from passport.services.programmes.frameworks import crosswalks, drafts, publishing, sign_offs
from passport.services.programmes.frameworks.crosswalks import Item
from tests.fixtures.towns import Town
from tests.services.programmes.frameworks.people import second_version, sign

CFITEM = "https://case.example/ims/case/v1p1/CFItems/9f1c0d2e-1111-4222-8333-444455556666"


def test_esco_is_searched_by_the_beginnings_of_words() -> None:
    assert [item.name for item in crosswalks.search("team work")] == ["work in teams"]
    assert len(crosswalks.search("")) == crosswalks.MOST_FOUND
    assert crosswalks.search("plumbing") == []


def test_entries_carry_the_items_of_the_version_that_they_were_issued_under(town: Town) -> None:
    before = town.issued()
    with town.transaction() as session:
        draft, at = second_version(session, town), town.clock()
        dev, morgan = town.account(session, "dev"), town.account(session, "morgan")
        esco = crosswalks.search("work-related measurements")[0]
        made = crosswalks.add_from_esco(session, dev, 1, 2, 4, esco.url, at)
        assert crosswalks.add_from_esco(session, dev, 1, 2, 4, esco.url, at) is made
        typed = Item("Uses measuring tools", CFITEM, "Trades", "M.4")
        crosswalks.add(session, dev, 1, 2, 4, typed, at)
        sign(session, town, draft, "robin", "casey")
        assert len(sign_offs.standing(session, draft)) == 2
        publishing.publish(session, morgan, 1, 2, at, seen=None, carry_on=False)
        third = drafts.begin_from(session, dev, 1, 2, at)
        copied = drafts.find_skill(third, 4).alignments
        assert [item.said for item in copied] == [
            (esco.name, esco.url, "ext:ESCOSkill", "", "ESCO"),
            ("Uses measuring tools", CFITEM, "CFItem", "M.4", "Trades"),
        ]
    town.endorsed(town.sent())
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        newer, older = lifecycle.mine(session, town.account(session, "amara"))
        assert older.reference == before
        new, old = (json.loads(one.document or b"")["credentialSubject"] for one in (newer, older))
        assert len(old["achievement"]["alignment"]) == 1
        own, *others = new["achievement"]["alignment"]
        assert own["targetUrl"].endswith("/frameworks/1/2/skills/4")
        assert [item["targetUrl"] for item in others] == [esco.url, CFITEM]
        assert others[1]["targetCode"] == "M.4"
        assert audit.mismatches(session) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_items_with_an_address_of_case_or_esco_are_taken(town: Town) -> None:
    with town.transaction() as session:
        draft, at = second_version(session, town), town.clock()
        dev = town.account(session, "dev")
        sign(session, town, draft, "robin")
        bad = {
            "alignment-address": [
                Item("A", "javascript:alert(1)", "B"),
                Item("A", "https://case.example/CFItems/4", "B"),
                Item("A", "https://esco.example/esco/skill/x", "B"),
            ],
            "name-missing": [Item("", CFITEM, "B"), Item("A", CFITEM, "")],
            "name-too-long": [Item("A" * 201, CFITEM, "B"), Item("A", CFITEM, "B", "c" * 61)],
            "text-unusable": [Item("A\u202eB", CFITEM, "B")],
        }
        for reason, items in bad.items():
            for item in items:
                with pytest.raises(Refused) as refused:
                    crosswalks.add(session, dev, 1, 2, 4, item, at)
                assert refused.value.reason.value == reason, item
        with pytest.raises(Refused, match="alignment-address"):
            crosswalks.add_from_esco(session, dev, 1, 2, 4, "http://data.europa.eu/esco/skill/none", at)
        assert len(sign_offs.standing(session, draft)) == 1, "nothing has changed"
        for number in range(crosswalks.MOST):
            crosswalks.add(session, dev, 1, 2, 4, Item("A", CFITEM[:-1] + f"{number:x}", "B"), at)
        assert sign_offs.standing(session, draft) == [], "the crosswalk is part of what is signed"
        with pytest.raises(Refused, match="alignments-full"):
            crosswalks.add(session, dev, 1, 2, 4, Item("A", CFITEM[:-1] + "f", "B"), at)
        first = drafts.find_skill(draft, 4).alignments[0].reference
        crosswalks.remove(session, dev, 1, 2, 4, first, at)
        crosswalks.remove(session, dev, 1, 2, 4, first, at)
        assert len(drafts.find_skill(draft, 4).alignments) == crosswalks.MOST - 1
