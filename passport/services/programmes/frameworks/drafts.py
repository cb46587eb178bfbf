"""Drafts of frameworks: begun empty or from a version, edited skill by skill, sent to review.

Every change of the words of a version takes back its sign-offs, because they are about other words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.db.programmes.frameworks.alignments import SkillAlignment
from passport.db.programmes.frameworks.versions import Framework, FrameworkState, FrameworkVersion, Skill
from passport.services.core import audit, edit_conflict, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.core.text_rules import usable as usable_text
from passport.services.programmes.frameworks import sign_offs, visibility, wording
from passport.services.programmes.frameworks.wording import Words
from passport.services.programmes.managing import require

__all__ = [
    "Words",
    "add_skill",
    "back_to_draft",
    "begin",
    "begin_from",
    "change_skill",
    "discard",
    "fill",
    "find_skill",
    "move_skill",
    "new_version",
    "remove_skill",
    "rename",
    "send_to_review",
    "subject",
    "words_changed",
]

SENT = "framework-in-review"


def subject(version: FrameworkVersion) -> str:
    """Return how the audit trail names a version: both its numbers."""
    return f"{version.framework.number}/{version.number}"


def begin(session: Session, actor: Account, title: str, at: datetime) -> FrameworkVersion:
    """Begin a framework with an empty draft. Idempotent for the same author while that draft is empty.

    Raises Refused where a framework of the programme has the title.
    """
    require(actor, Action.FRAMEWORK, How.DRAFT)
    title = usable_title(title)
    db.programmes.programme.lock(session, actor.programme)
    framework = db.programmes.frameworks.versions.find(session, actor.programme_id, title)
    if framework is not None:
        there = db.programmes.frameworks.versions.versions(session, framework)
        if len(there) == 1 and there[0].made_by_id == actor.id and not there[0].skills:
            return there[0]
        raise Refused(Reason.NAME_TAKEN)
    version = new_version(session, actor.programme_id, title, None, at)
    version.made_by = actor
    session.flush()
    audit.record(session, at, actor.reference, "framework.drafted", subject(version))
    return version


def begin_from(session: Session, actor: Account, number: int, version: int, at: datetime) -> FrameworkVersion:
    """Begin a draft as a copy of a version; an open version of the same framework is returned instead.

    Skills keep their numbers, so that pages can say what became of each.
    """
    require(actor, Action.FRAMEWORK, How.DRAFT)
    source = visibility.seen(session, actor, number, version)
    db.programmes.frameworks.versions.lock_framework(session, source.framework)
    newest = db.programmes.frameworks.versions.versions(session, source.framework)[0]
    if newest.is_open:
        return newest
    draft = new_version(session, actor.programme_id, source.framework.title, source.framework, at)
    draft.made_by, draft.based_on = actor, source
    for skill in source.skills:
        copy = _added(draft, skill.number, wording.words_of(skill))
        copy.place = skill.place
        copy.alignments = [
            SkillAlignment(
                name=item.name, url=item.url, kind=item.kind, code=item.code, framework=item.framework
            )
            for item in skill.alignments
        ]
    _flushed(session, draft)
    audit.record(session, at, actor.reference, "framework.drafted", subject(draft), source=subject(source))
    return draft


def new_version(
    session: Session, programme_id: int, title: str, framework: Framework | None, at: datetime
) -> FrameworkVersion:
    """Add an empty draft to a framework, or to a new one of this title.

    The caller holds the programme's lock, or that of the framework.
    """
    if framework is None:
        number = db.programmes.frameworks.versions.next_number(session)
        framework = Framework(programme_id=programme_id, number=number, title=title)
        session.add(framework)
        session.flush()
    there = db.programmes.frameworks.versions.versions(session, framework)
    number = there[0].number + 1 if there else 1
    draft = FrameworkVersion(framework=framework, number=number, state=FrameworkState.DRAFT, made_at=at)
    session.add(draft)
    session.flush()
    return draft


def usable_title(typed: str) -> str:
    """Return a title as it is stored. Raises Refused for an empty, overlong or unusable one."""
    title = " ".join(typed.split())
    if not title:
        raise Refused(Reason.NAME_MISSING)
    if len(title) > wording.LONGEST_TITLE:
        raise Refused(Reason.NAME_TOO_LONG, most=wording.LONGEST_TITLE)
    return usable_text("title", title)


def rename(
    session: Session,
    actor: Account,
    number: int,
    version: int,
    title: str,
    at: datetime,
    shown: str | None = None,
) -> FrameworkVersion:
    """Rename a framework, until a version of it is published: entries name it, and pages must agree.

    Raises Refused for a taken title and a published framework, EditConflict where it was renamed meanwhile.
    """
    title = usable_title(title)
    db.programmes.programme.lock(session, actor.programme)
    draft = visibility.to_change(session, actor, number, version)
    framework = draft.framework
    if any(not one.is_open for one in db.programmes.frameworks.versions.versions(session, framework)):
        raise Refused(Reason.TITLE_PUBLISHED)
    other = db.programmes.frameworks.versions.find(session, actor.programme_id, title)
    if other is not None and other.id != framework.id:
        raise Refused(Reason.NAME_TAKEN)
    edit_conflict.require(shown, (framework.title,), (title,))
    if framework.title != title:
        framework.title = title
        words_changed(session, actor, draft, at, "framework.renamed")
    return draft


def find_skill(version: FrameworkVersion, skill: int) -> Skill:
    """Return a version's skill by its number. Raises NotFound for a number that it does not have."""
    found = next((one for one in version.skills if one.number == skill), None)
    if found is None:
        raise NotFound
    return found


def add_skill(
    session: Session, actor: Account, number: int, version: int, typed: Words, at: datetime
) -> Skill:
    """Add a skill after the last one of its group. Idempotent: the same words twice are one skill.

    Raises Refused where another skill has the name.
    """
    words = wording.usable(typed)
    draft = visibility.to_change(session, actor, number, version)
    there = _named(draft, words.name)
    if there is not None:
        if wording.words_of(there) == words:
            return there
        raise Refused(Reason.SKILL_NAME_TAKEN)
    skill = _added(draft, _next_number(session, draft), words)
    _order(draft, skill)
    words_changed(session, actor, draft, at, "framework.skill-added", skill=skill.number)
    return skill


def change_skill(
    session: Session,
    actor: Account,
    number: int,
    version: int,
    skill: int,
    typed: Words,
    at: datetime,
    shown: str | None = None,
) -> Skill:
    """Change the words of a skill.

    Raises Refused for a taken name, and EditConflict where another author changed it since the form was
    loaded: ``shown`` is the stamp of the words that it showed.
    """
    words = wording.usable(typed)
    draft = visibility.to_change(session, actor, number, version)
    found = find_skill(draft, skill)
    before = wording.words_of(found)
    edit_conflict.require(shown, before.stored, words.stored)
    other = _named(draft, words.name)
    if other is not None and other is not found:
        raise Refused(Reason.SKILL_NAME_TAKEN)
    if words != before:
        wording.set_words(found, words)
        if words.group != before.group:
            _order(draft, found)
        words_changed(session, actor, draft, at, "framework.skill-changed", skill=skill)
    return found


def remove_skill(
    session: Session, actor: Account, number: int, version: int, skill: int, at: datetime
) -> None:
    """Remove a skill from a draft. Idempotent. Comments on it stay, and say what it was called."""
    draft = visibility.to_change(session, actor, number, version)
    found = next((one for one in draft.skills if one.number == skill), None)
    if found is None:
        return
    _drop(session, draft, found)
    words_changed(session, actor, draft, at, "framework.skill-removed", skill=skill)


def move_skill(
    session: Session, actor: Account, number: int, version: int, skill: int, *, up: bool, at: datetime
) -> None:
    """Exchange a skill with the one before or after it in its group.

    The first or last of a group takes its group with it: the groups change places.
    """
    draft = visibility.to_change(session, actor, number, version)
    found = find_skill(draft, skill)
    groups = _grouped(draft)
    names = list(groups)
    own = groups[found.group]
    place, step = own.index(found), -1 if up else 1
    if 0 <= place + step < len(own):
        own[place], own[place + step] = own[place + step], own[place]
    else:
        at_group = names.index(found.group)
        if not 0 <= at_group + step < len(names):
            return
        names[at_group], names[at_group + step] = names[at_group + step], names[at_group]
    _number_places(one for name in names for one in groups[name])
    words_changed(session, actor, draft, at, "framework.skill-moved", skill=skill)


def send_to_review(session: Session, actor: Account, number: int, version: int, at: datetime) -> None:
    """Show a draft to champions and coordinators, who comment and sign. Idempotent.

    Raises Refused for a version without skills.
    """
    draft = visibility.to_change(session, actor, number, version)
    if draft.state is not FrameworkState.DRAFT:
        return
    if not draft.skills:
        raise Refused(Reason.NO_SKILLS)
    draft.state = FrameworkState.IN_REVIEW
    for account in db.people.accounts.holding(session, actor.programme_id, Role.CHAMPION, Role.COORDINATOR):
        notices.tell_account(session, account, SENT, at, **facts(draft))
    session.flush()
    audit.record(session, at, actor.reference, "framework.sent-to-review", subject(draft))


def back_to_draft(session: Session, actor: Account, number: int, version: int, at: datetime) -> None:
    """Take a version out of review; sign-offs are taken back. Idempotent."""
    draft = visibility.to_change(session, actor, number, version)
    if draft.state is FrameworkState.DRAFT:
        return
    rows = sign_offs.end_all(session, draft, actor, at)
    draft.state = FrameworkState.DRAFT
    session.flush()
    audit.record(session, at, actor.reference, "framework.back-to-draft", subject(draft), rows)


def discard(session: Session, actor: Account, number: int, version: int, at: datetime) -> None:
    """Delete a version that was never published nor signed, with its comments.

    Raises Refused once a person has signed it: who agreed to what is kept.
    """
    draft = visibility.to_change(session, actor, number, version)
    if db.programmes.frameworks.sign_offs.of_version(session, draft.id):
        raise Refused(Reason.FRAMEWORK_SIGNED)
    name = subject(draft)
    db.programmes.frameworks.comments.delete_of(session, draft.id)
    db.programmes.frameworks.imported_files.detach(session, draft.id)
    db.programmes.frameworks.versions.delete_draft(session, draft)
    audit.record(session, at, actor.reference, "framework.discarded", name)


def fill(session: Session, draft: FrameworkVersion, rows: Iterable[Words]) -> int:
    """Make the skills of an open version equal to ``rows``, in their order; return how many names it had.

    A skill keeps its number where this version or an earlier one has a skill of the same name, and its
    crosswalk where this version has it. The caller holds the version's lock, and records the change with
    `words_changed`.
    """
    wanted = list(rows)
    own = {skill.name: skill for skill in draft.skills}
    names = {words.name for words in wanted}
    for name, skill in own.items():
        if name not in names:
            _drop(session, draft, skill)
    _flushed(session, draft)
    known = {
        skill.name: skill.number
        for version in reversed(db.programmes.frameworks.versions.versions(session, draft.framework))
        for skill in version.skills
    }
    free = max(known.values(), default=0) + 1
    for place, words in enumerate(wanted, 1):
        there = own.get(words.name) or _added(draft, known.get(words.name, free), words)
        free = max(free, there.number + 1)
        there.place = place
        wording.set_words(there, words)
    _flushed(session, draft)
    return sum(words.name in own for words in wanted)


def words_changed(
    session: Session,
    actor: Account | None,
    version: FrameworkVersion,
    at: datetime,
    action: str,
    **detail: object,
) -> None:
    """Flush a change of a version's words, take its sign-offs back, and record it.

    ``actor`` is None for the operator's command.
    """
    _flushed(session, version)
    rows = sign_offs.end_all(session, version, actor, at)
    who = actor.reference if actor else audit.OPERATOR
    audit.record(session, at, who, action, subject(version), rows, **detail)


def facts(version: FrameworkVersion) -> dict[str, str]:
    """Return the facts of a notice about a version."""
    return sign_offs.facts(version)


def _added(draft: FrameworkVersion, number: int, words: Words) -> Skill:
    """Add a skill at the end."""
    skill = Skill(number=number, place=len(draft.skills) + 1)
    wording.set_words(skill, words)
    draft.skills.append(skill)
    return skill


def _named(version: FrameworkVersion, name: str) -> Skill | None:
    """Return the skill with this name, compared without case: entries show a skill without its group."""
    return next((one for one in version.skills if one.name.casefold() == name.casefold()), None)


def _next_number(session: Session, draft: FrameworkVersion) -> int:
    """Return a number that no skill of any version of the framework has."""
    there = db.programmes.frameworks.versions.versions(session, draft.framework)
    return max((skill.number for version in there for skill in version.skills), default=0) + 1


def _drop(session: Session, draft: FrameworkVersion, skill: Skill) -> None:
    db.programmes.frameworks.comments.detach(session, draft.id, skill.number)
    session.delete(skill)


def _grouped(version: FrameworkVersion) -> dict[str, list[Skill]]:
    """Return the skills by group, in the order in which the groups begin."""
    groups: dict[str, list[Skill]] = {}
    for skill in version.skills:
        groups.setdefault(skill.group, []).append(skill)
    return groups


def _order(draft: FrameworkVersion, last: Skill) -> None:
    """Place a skill after the others of its group, and number all places anew."""
    groups = _grouped(draft)
    own = groups[last.group]
    own.remove(last)
    own.append(last)
    _number_places(skill for skills in groups.values() for skill in skills)


def _number_places(skills: Iterable[Skill]) -> None:
    for place, skill in enumerate(skills, 1):
        skill.place = place


def _flushed(session: Session, version: FrameworkVersion) -> None:
    """Flush, and read the skills again in the order of their places."""
    session.flush()
    session.expire(version, ["skills"])
