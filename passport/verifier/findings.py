"""What a check has found so far, recorded while it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from passport.openbadges.registry import RegisteredIssuer

from .errors import Broken, Failed, NotChecked
from .statuses import Statuses
from .verdicts import Check, Outcome

NOT_MADE = "this check could not be made"


@cache
def _not_checked(names: tuple[str, ...]) -> dict[str, Check]:
    return {name: Check(name, Outcome.NOT_CHECKED) for name in names}


@cache
def _passed(name: str) -> Check:
    return Check(name, Outcome.PASSED)


class _OneCheck:
    """Records at its end whether a check passed, failed, or was interrupted before it could be made."""

    def __init__(self, outcomes: dict[str, Check], name: str) -> None:
        self._outcomes, self._name = outcomes, name

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._outcomes[self._name] = _passed(self._name)
            return
        reason = str(error) if isinstance(error, Failed) else NOT_MADE
        self._outcomes[self._name] = Check(self._name, Outcome.FAILED, reason)


class Findings:
    """Outcomes by the name of their check, and the values that a page may need."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Start with every one of the given checks "not checked"."""
        self.issuer: RegisteredIssuer | None = None
        self.statuses: Statuses | None = None
        self._outcomes = dict(_not_checked(names))

    def check(self, name: str) -> "_OneCheck":
        """Record the outcome of one check: `with found.check(name): …`."""
        return _OneCheck(self._outcomes, name)

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Record the outcome of a check that is optional: only Broken is passed on."""
        try:
            with self.check(name):
                yield
        except NotChecked as reason:
            self._outcomes[name] = Check(name, Outcome.NOT_CHECKED, str(reason))
        except Broken:
            raise
        except Failed:
            pass  # it is recorded, and the verdict is V6 already

    def passed(self, name: str) -> bool:
        """Return whether a check has passed."""
        return self._outcomes[name].outcome is Outcome.PASSED

    def checks(self) -> tuple[Check, ...]:
        """Return every check in order; one that did not run is "not checked"."""
        return tuple(self._outcomes.values())
