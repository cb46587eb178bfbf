"""What a check has found so far, recorded while it runs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from passport.openbadges.credential import Entry
from passport.openbadges.registry import RegisteredIssuer

from .disclosure import DISCLOSURE, Disclosure, shows_any
from .errors import Broken, Failed, NotChecked, Untried
from .statuses import Statuses
from .verdicts import Check, Claim, Outcome, Verdict, Verification

CHECKS = (
    "shape",
    "issuer",
    "signature",
    "key",
    "endorsement",
    "registry",
    "status list",
    "replaced",
    "withdrawn",
    "on hold",
    "review date",
    "public log",
)

NOT_MADE = "this check could not be made"


class Outcomes:
    """Every check of a kind of document in order, before it was made and after it has passed."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Prepare the outcomes that all documents of this kind share."""
        self.not_checked: Mapping[str, Check] = MappingProxyType(
            {name: Check(name, Outcome.NOT_CHECKED) for name in names}
        )
        self.passed: Mapping[str, Check] = MappingProxyType(
            {name: Check(name, Outcome.PASSED) for name in names}
        )


_OUTCOMES = Outcomes(CHECKS)


class _OneCheck:
    """Records at its end whether a check passed, failed, or was interrupted before it could be made."""

    def __init__(self, outcomes: dict[str, Check], passed: Check) -> None:
        self._outcomes, self._name, self._passed = outcomes, passed.name, passed

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._outcomes[self._name] = self._passed
            return
        reason = str(error) if isinstance(error, Failed) else NOT_MADE
        outcome = Outcome.NOT_CHECKED if isinstance(error, Untried) else Outcome.FAILED
        self._outcomes[self._name] = Check(self._name, outcome, reason)


class _Attempt:
    """Records a check from which no verdict follows: only Broken, and errors that are no finding, go on."""

    def __init__(self, outcomes: dict[str, Check], passed: Check) -> None:
        self._outcomes, self._name, self._passed = outcomes, passed.name, passed

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, NotChecked):
            self._outcomes[self._name] = Check(self._name, Outcome.NOT_CHECKED, str(error))
            return True
        _OneCheck(self._outcomes, self._passed).__exit__(kind, error, trace)
        return isinstance(error, Failed) and not isinstance(error, Broken)


class Findings:
    """Outcomes by the name of their check, and the values that a page may need."""

    def __init__(self, outcomes: Outcomes) -> None:
        """Start with every one of the given checks "not checked"."""
        self.issuer: RegisteredIssuer | None = None
        self.statuses: Statuses | None = None
        self._outcomes, self._passed = dict(outcomes.not_checked), outcomes.passed

    def check(self, name: str) -> "_OneCheck":
        """Record the outcome of one check: `with found.check(name): …`."""
        return _OneCheck(self._outcomes, self._passed[name])

    def attempt(self, name: str) -> "_Attempt":
        """Record the outcome of a check from which no verdict follows, unless it raises Broken: a V7."""
        return _Attempt(self._outcomes, self._passed[name])

    def not_checked(self, names: Iterable[str], reason: str) -> None:
        """Record why some checks were not made."""
        self._outcomes |= {name: Check(name, Outcome.NOT_CHECKED, reason) for name in names}

    def fail(self, name: str, reason: str) -> None:
        """Record that a check failed."""
        self._outcomes[name] = Check(name, Outcome.FAILED, reason)

    def remark(self, name: str, reason: str) -> None:
        """Add what else is to be said of a check that was made."""
        self._outcomes[name] = replace(self._outcomes[name], reason=reason)

    def passed(self, name: str) -> bool:
        """Return whether a check has passed."""
        return self._outcomes[name].outcome is Outcome.PASSED

    def checks(self) -> tuple[Check, ...]:
        """Return every check in order; one that did not run is "not checked"."""
        return tuple(self._outcomes.values())


class EntryFindings(Findings):
    """What the check of an entry has found so far."""

    def __init__(self) -> None:
        """Start with nothing checked."""
        super().__init__(_OUTCOMES)
        self.entry: Entry | None = None
        self.employer: RegisteredIssuer | None = None
        self.claim: Claim | None = None

    def verification(self, verdict: Verdict, at: datetime) -> Verification:
        """Return the verification. Contents are included only under the verdicts that may show any."""
        made = self.statuses.made if self.statuses else None
        return Verification(
            verdict=verdict,
            checks=self.checks(),
            credential=self.entry if shows_any(verdict) else None,
            status_age=at - made if made else None,
            checked_at=at,
            status_from=made,
            issuer=self.issuer,
            employer=self.employer,
            claim=self.claim if DISCLOSURE[verdict] is Disclosure.CLAIM else None,
        )
