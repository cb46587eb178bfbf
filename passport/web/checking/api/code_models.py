"""The API's request and response models for checks of codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field

from passport.openbadges.credential import LEVELS, Entry
from passport.services.checking.machine_checks import Asked, MachineCheck
from passport.services.checking.results import CheckedEntry
from passport.services.checking.shown_contents import Shown, shown
from passport.web.checking.api.models import CheckResult
from passport.web.core.problems import Model

MANY = 1000
VERDICTS = Literal["V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10"]
MATCHES = Literal["match", "no match", "too often"]
BASIS = ("saw it", "reviewed the work", "told by a supervisor")


class CodeQuestion(Model):
    """A code as it was typed, and what you know of the applicant."""

    code: Annotated[
        str, Field(max_length=100, description="As it was typed: in any case, grouped or not, or our address")
    ]
    reference: Annotated[str | None, Field(max_length=200, description="Your own; it comes back")] = None
    last_name: Annotated[str | None, Field(max_length=200, description="Compared, if a name is shown")] = None
    date_of_birth: Annotated[
        date | None, Field(description="Compared, five times an hour for each code", strict=False)
    ] = None

    def asked(self) -> Asked:
        """Return the check to perform."""
        return Asked(self.code, self.last_name, self.date_of_birth)


class CodeOptions(Model, frozen=True):
    """What else to send."""

    checks: Annotated[bool, Field(description="Each entry's list of checks")] = False


class CodesQuestion(Model):
    """The codes to check."""

    checks: Annotated[list[CodeQuestion], Field(min_length=1, max_length=MANY)]
    options: CodeOptions = CodeOptions()


class Holder(Model):
    """Whose entry it is. Confirm that this is your applicant."""

    name: str
    school: str | None = None


class Achieved(Model):
    """The skill, and the level in words. It is not a national qualification level."""

    skill: str
    id: str | None = None
    framework: str | None = None
    framework_version: int | None = None
    level: int | None = None
    level_name: str | None = None
    descriptor: str | None = None


class EndorsedBy(Model):
    """Who endorsed or confirmed it, and how they know. ``employer`` is the school where the school did."""

    assurance: Literal["employer endorsed", "school or college confirmed"]
    name: str
    role: str
    employer: str
    basis: str
    endorsed_at: datetime


class Happened(Model):
    """What it was, and when."""

    kind: str
    setting: str
    held_on: date
    hours: float


class EntryFound(Model):
    """One entry, as far as its verdict lets it be seen."""

    verdict: VERDICTS
    holder: Holder | None = None
    achievement: Achieved | None = None
    endorsement: EndorsedBy | None = None
    activity: Happened | None = None
    issuer: str | None = None
    issued_at: datetime | None = None
    review_at: datetime | None = None
    checks: list[CheckResult] | None = None

    @classmethod
    def of(cls, entry: CheckedEntry, *, with_checks: bool) -> Self:
        """Build the model from what the entry's page shows."""
        seen = shown(entry)
        made = cls(verdict=entry.verdict.value, holder=_holder(seen), achievement=_achieved(seen))
        if seen.whole is not None:
            _add_whole(made, entry, seen.whole)
        if with_checks:
            made.checks = [
                CheckResult(name=one.name, outcome=one.outcome.value, reason=one.reason)
                for one in entry.checks
            ]
        return made


class CodeAnswer(Model):
    """What the check of one code came to: the worst verdict of its entries."""

    reference: str | None
    verdict: VERDICTS
    code: Annotated[str | None, Field(description="As it is written; null for what cannot be a code")]
    checked_at: datetime
    status_list_age: Annotated[int | None, Field(description="In seconds")]
    receipt: str | None
    last_name: MATCHES | None
    date_of_birth: MATCHES | None
    entries: list[EntryFound]


class CodesAnswer(Model):
    """An answer to each code, in order."""

    results: list[CodeAnswer]

    @classmethod
    def of(cls, question: CodesQuestion, told: Sequence[MachineCheck]) -> Self:
        """Build the response from the checks that were performed."""
        with_checks = question.options.checks
        return cls(
            results=[
                _code(asked.reference, one, with_checks=with_checks)
                for asked, one in zip(question.checks, told, strict=True)
            ]
        )


def _code(reference: str | None, told: MachineCheck, *, with_checks: bool) -> CodeAnswer:
    result = told.result
    return CodeAnswer(
        reference=reference,
        verdict=result.verdict.value,
        code=result.code or None,
        checked_at=result.checked_at,
        status_list_age=_seconds(result.status_age),
        receipt=told.receipt,
        last_name=told.last_name.value if told.last_name else None,
        date_of_birth=told.born_on.value if told.born_on else None,
        entries=[EntryFound.of(entry, with_checks=with_checks) for entry in result.entries],
    )


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else int(age.total_seconds())


def _holder(seen: Shown) -> Holder | None:
    if seen.holder is None:
        return None
    return Holder(name=seen.holder, school=seen.whole.school if seen.whole else None)


def _achieved(seen: Shown) -> Achieved | None:
    if seen.skill is None:
        return None
    if seen.whole is None:
        return Achieved(skill=seen.skill)
    about, level = seen.whole.achievement, seen.whole.level
    return Achieved(
        skill=seen.skill,
        id=about.id,
        framework=about.framework,
        framework_version=about.framework_version,
        level=level,
        level_name=LEVELS[level - 1],
        descriptor=about.descriptors[level - 1],
    )


def _add_whole(made: EntryFound, entry: CheckedEntry, whole: Entry) -> None:
    """Add what is only shown if the verdict shows the person. Names of issuers are those in the registry."""
    made.endorsement = EndorsedBy(
        assurance="school or college confirmed" if whole.confirmed else "employer endorsed",
        name=whole.champion.name,
        role=whole.champion.role,
        employer=whole.school if whole.confirmed else (entry.employer or whole.champion.employer).name,
        basis=BASIS[whole.basis - 1],
        endorsed_at=whole.endorsed_at,
    )
    made.activity = Happened(
        kind=whole.evidence.kind,
        setting=whole.evidence.setting,
        held_on=whole.evidence.held_on,
        hours=float(whole.evidence.hours),
    )
    made.issuer = (entry.issuer or whole.issuer).name
    made.issued_at, made.review_at = whole.issued_at, whole.review_at
