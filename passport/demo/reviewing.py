"""The second version of the demo's framework: in review, with a comment, and like items of ESCO."""

from __future__ import annotations

from datetime import datetime

from passport.db import Session
from passport.db.people.accounts import Account
from passport.services.programmes.frameworks import comments, crosswalks, drafts, visibility, wording
from passport.services.programmes.frameworks.drafts import Words

MEASURING = 4
ON_MY_OWN = "measures to the drawing's limits, writes every reading down and sets aside parts outside them"
ALIKE = "carry out work-related measurements"
COMMENT = "Good. Is “every reading” too much for a first visit?"


def settle(session: Session, people: dict[str, Account], at: datetime) -> None:
    """Let the author draft a version from the published one, and a champion comment on it."""
    dev, robin = people["dev"], people["robin"]
    published = visibility.listed(session, dev)[0]
    draft = drafts.begin_from(session, dev, published.framework.number, published.number, at)
    numbers = draft.framework.number, draft.number
    said = wording.words_of(drafts.find_skill(draft, MEASURING))
    first, second, _third, fourth = said.levels
    words = Words(said.group, said.name, (first, second, ON_MY_OWN, fourth))
    drafts.change_skill(session, dev, *numbers, MEASURING, words, at)
    crosswalks.add_from_esco(session, dev, *numbers, MEASURING, crosswalks.search(ALIKE)[0].url, at)
    drafts.send_to_review(session, dev, *numbers, at)
    comments.add(session, robin, *numbers, MEASURING, COMMENT, at)
