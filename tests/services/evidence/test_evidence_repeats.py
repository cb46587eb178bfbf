"""A repeat of an experience begins with skill, level and hours, and never with the story."""

from datetime import date
from decimal import Decimal

import pytest

from passport.db.evidence.evidence import EvidenceState
from passport.services.core.errors import NotFound
from passport.services.evidence import drafting, evidence_repeats, to_log
from tests.fixtures.towns import STORY, Town


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_repeat_has_everything_but_the_story_and_a_second_click_finds_it(town: Town) -> None:
    sent = town.sent()
    town.sent(story=STORY.replace("five", "six"))
    town.clock.forward(days=7)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        [offered] = evidence_repeats.offered(session, amara)
        draft = evidence_repeats.again(session, amara, offered.reference, town.clock())
        assert (draft.state, draft.level, draft.hours) == (EvidenceState.DRAFT, 3, Decimal("2.5"))
        assert draft.skill is not None
        assert draft.skill.number == 4
        assert (draft.narrative, draft.held_on) == ("", date(2026, 3, 21))
        assert drafting.missing(draft, town.clock()) == ["story"]
        assert evidence_repeats.again(session, amara, sent, town.clock()).id == draft.id
        found = to_log.choices(session, amara, town.clock())
        assert [one.title for one in found.logged] == ["Gear pump strip-down"]
        assert found.was_there == found.fitting == found.others == []
        with pytest.raises(NotFound):
            evidence_repeats.again(session, town.account(session, "kit"), sent, town.clock())
