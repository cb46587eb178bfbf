"""Files that authors bring frameworks in: handed in, read with matched columns, tried out, made a draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePath

from passport import db
from passport.case import reading
from passport.case.outline import Grouping
from passport.case.package import Package
from passport.case.writing import identifier_of
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.frameworks.imported_files import ImportedFile
from passport.db.programmes.frameworks.versions import FrameworkVersion
from passport.services.core import tables as core_tables
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.core.tables import Table
from passport.services.core.text_rules import readable
from passport.services.programmes.frameworks import crosswalks, drafts, packages, provider, tables, wording
from passport.services.programmes.frameworks.tables import Draft, Matching
from passport.services.programmes.frameworks.wording import Words
from passport.services.programmes.managing import require

KEPT_FOR = timedelta(days=7)
LONGEST_FILE_NAME = 120
# The share of a file's skills that a framework has too, for the file to look like a version of it
ALIKE = 0.5
NEW = "new"


@dataclass
class Read:
    """A file as it was read: a CASE package or a table. A table that lies on its side has been turned."""

    content: bytes
    package: Package | None = None
    table: Table | None = None
    turned: bool = False


@dataclass(frozen=True)
class Change:
    """A skill whose words a file changes: what it says now and then, with the group first."""

    name: str
    before: Words
    after: Words


@dataclass
class Plan:
    """What making a draft would do. ``version`` is the one that the file is compared with, if any.

    ``seen`` is the digest of that version's words: a draft is made only while it is still the same.
    """

    version: FrameworkVersion | None = None
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    is_reordered: bool = False
    seen: str = ""

    @property
    def changes_nothing(self) -> bool:
        """Return whether the file says what the version says already."""
        is_equal = not (self.added or self.removed or self.changed or self.is_reordered)
        return self.version is not None and is_equal


@dataclass(frozen=True)
class Likeness:
    """A framework that a file may be a new version of: how many of the file's skills it has, by name."""

    framework: db.programmes.frameworks.versions.Framework
    newest: FrameworkVersion
    shared: int
    same_title: bool
    is_alike: bool


# ------------------------------------------------------------------------------------------------ files


def keep(session: Session, actor: Account, name: str, content: bytes, at: datetime) -> ImportedFile:
    """Keep a file; it is deleted after seven days without a draft. Idempotent: equal content is kept once."""
    require(actor, Action.FRAMEWORK, How.DRAFT)
    db.programmes.programme.lock(session, actor.programme)
    digest = sha256(content).hexdigest()
    there = db.programmes.frameworks.imported_files.by_digest(session, actor.programme_id, digest)
    if there is not None:
        there.received_at = at
        return there
    file = ImportedFile(
        programme_id=actor.programme_id,
        made_by=actor,
        name=readable(name.replace("\\", "/").rpartition("/")[2])[:LONGEST_FILE_NAME] or "file",
        digest=digest,
        content=content,
        received_at=at,
    )
    session.add(file)
    session.flush()
    return file


def seen(session: Session, actor: Account, reference: str, *, lock: bool = False) -> ImportedFile:
    """Return a file of the author's programme. Raises NotFound."""
    require(actor, Action.FRAMEWORK, How.DRAFT)
    found = db.programmes.frameworks.imported_files.by_reference(
        session, actor.programme_id, reference, lock=lock
    )
    if found is None:
        raise NotFound
    return found


def waiting(session: Session, actor: Account) -> list[ImportedFile]:
    """Return the files that became no draft yet."""
    require(actor, Action.FRAMEWORK, How.DRAFT)
    return db.programmes.frameworks.imported_files.waiting(session, actor.programme_id)


def forget(session: Session, actor: Account, reference: str) -> None:
    """Delete a file that became no draft. Raises Refused for one that did."""
    file = seen(session, actor, reference, lock=True)
    if file.version_id is not None:
        raise Refused(Reason.FILE_IN_USE)
    session.delete(file)
    session.flush()


def purge(session: Session, at: datetime) -> int:
    """Delete the files that became no draft within seven days; return how many."""
    return db.programmes.frameworks.imported_files.purge(session, at - KEPT_FOR)


# ------------------------------------------------------------------------------------------------ reading


def open_file(content: bytes, name: str, *, turned: bool = False) -> Read:
    """Read a file: not inside a transaction, since a workbook is read by another process.

    Raises Refused for a file that is neither a package nor a table.
    """
    if not content:
        raise Refused(Reason.FRAMEWORK_FILE_MISSING)
    if reading.is_json(content):
        return Read(content, packages.of_json(content))
    sheets = core_tables.workbook(content) if core_tables.is_workbook(content) else []
    table = tables.of_sheets(sheets) if sheets else tables.load(content)
    rows = {sheet.name: sheet.rows for sheet in sheets} or {"": [row.cells for row in table.rows]}
    package = packages.of_sheets(rows, title_from(name))
    if package is not None:
        return Read(content, package)
    return Read(content, table=tables.transposed(table) if turned else table, turned=turned)


def title_from(name: str) -> str:
    """Return the title that the name of a file suggests."""
    return " ".join(PurePath(name).stem.replace("_", " ").split())[: wording.LONGEST_TITLE]


def suggested_title(read: Read, name: str) -> str:
    """Return the title of a package, or the one that the name of the file suggests."""
    return packages.title_of(read.package) if read.package else title_from(name)


def draft_of(read: Read, matching: Matching | None, grouping: Grouping, base: str) -> Draft:
    """Return the skills of a file. `base` is the service's public address.

    Raises Refused for columns that do not make skills, and for a cycle.
    """
    if read.package is not None:
        return packages.draft(read.package, grouping, base)
    if read.table is None or matching is None or not matching.is_usable:
        raise Refused(Reason.COLUMNS_UNMATCHED)
    draft = tables.take(read.content, read.table, matching)
    draft.transposed = read.turned
    return draft


# ---------------------------------------------------------------------------------------- what it does


def likenesses(
    session: Session, programme_id: int, draft: Draft, title: str, base: str, package: Package | None = None
) -> list[Likeness]:
    """Return the programme's frameworks, the likest first. `base` is the service's public address."""
    names = {name.casefold() for _group, name, *_levels in draft.skills}
    own = package.document.identifier if package else ""
    newest: dict[int, FrameworkVersion] = {}
    ids: dict[int, set[str]] = {}
    for version in db.programmes.frameworks.versions.of_programme(session, programme_id):
        newest.setdefault(version.framework_id, version)
        ids.setdefault(version.framework_id, set()).add(identifier_of(provider.page(base, version)))
    found = []
    for number, version in newest.items():
        shared = len(names & {skill.name.casefold() for skill in version.skills})
        same_title = version.framework.title.casefold() == title.casefold() or own in ids[number]
        is_alike = same_title or (bool(names) and shared >= ALIKE * len(names))
        found.append(Likeness(version.framework, version, shared, same_title, is_alike))
    return sorted(found, key=lambda one: (not one.same_title, -one.shared, one.framework.number))


def plan(session: Session, actor: Account, draft: Draft, target: str) -> Plan:
    """Return what a draft for a target would change: a framework's number, or NEW. Raises NotFound."""
    version = _newest(session, actor, target)
    if version is None:
        return Plan(added=[name for _group, name, *_levels in draft.skills])
    db.programmes.frameworks.versions.get(session, version.id)  # loads all that is compared
    before = {skill.name: wording.words_of(skill) for skill in version.skills}
    after = {words.name: words for words in map(_words, draft.skills)}
    return Plan(
        version,
        added=[name for name in after if name not in before],
        removed=[name for name in before if name not in after],
        changed=[
            Change(name, before[name], words)
            for name, words in after.items()
            if name in before and before[name] != words
        ],
        same=sum(before.get(name) == words for name, words in after.items()),
        is_reordered=[name for name in before if name in after] != [name for name in after if name in before],
        seen=wording.digest(version),
    )


def make_draft(
    session: Session,
    actor: Account,
    reference: str,
    draft: Draft,
    target: str,
    title: str,
    seen_words: str,
    at: datetime,
) -> FrameworkVersion:
    """Make a draft of a file: of a new framework, or the next version of one. Idempotent for equal words.

    An open version of the framework is made equal to the file; its sign-offs are taken back. Raises Refused
    for a draft with problems, a title that is taken, and words that changed since they were compared.
    """
    require(actor, Action.FRAMEWORK, How.DRAFT)
    if draft.problems or not draft.skills:
        raise Refused(Reason.FILE_HAS_PROBLEMS)
    file = seen(session, actor, reference, lock=True)
    db.programmes.programme.lock(session, actor.programme)
    compared = plan(session, actor, draft, target)
    if compared.version is not None:
        # an author may have changed a skill since: compared again under the lock that each change takes
        db.programmes.frameworks.versions.lock_version(session, compared.version)
        compared = plan(session, actor, draft, target)
    if compared.seen != seen_words:
        raise Refused(Reason.CHANGED_MEANWHILE)
    if compared.changes_nothing and compared.version is not None:
        return compared.version
    version = compared.version if compared.version and compared.version.is_open else None
    if version is None:
        version = _begun(session, actor, compared.version, title, at)
    drafts.fill(session, version, map(_words, draft.skills))
    crosswalks.take_over(session, version, draft.items)
    drafts.words_changed(
        session, actor, version, at, "framework.imported", added=len(compared.added), file=file.digest
    )
    file.version = version
    session.flush()
    return version


def _begun(
    session: Session, actor: Account, before: FrameworkVersion | None, title: str, at: datetime
) -> FrameworkVersion:
    if before is None:
        title = drafts.usable_title(title)
        if db.programmes.frameworks.versions.find(session, actor.programme_id, title) is not None:
            raise Refused(Reason.NAME_TAKEN)
    framework = before.framework if before else None
    version = drafts.new_version(session, actor.programme_id, title, framework, at)
    version.made_by, version.based_on = actor, before
    return version


def _newest(session: Session, actor: Account, target: str) -> FrameworkVersion | None:
    """Return the newest version of the framework with this number; None for a new one.

    Raises Refused where no target was chosen, and NotFound for a number that no framework has.
    """
    if not target:
        raise Refused(Reason.FRAMEWORK_TARGET_MISSING)
    if target == NEW:
        return None
    for version in db.programmes.frameworks.versions.of_programme(session, actor.programme_id):
        if str(version.framework.number) == target:
            return version
    raise NotFound


def _words(skill: tables.Skill) -> Words:
    group, name, *levels = skill
    first, second, third, fourth = levels
    return Words(group, name, (first, second, third, fourth))
