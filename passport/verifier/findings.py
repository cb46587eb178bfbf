"""What a check has found so far, noted while it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

from passport.openbadges.registry import RegisteredIssuer

from .errors import Broken, Failed, NotChecked
from .statuses import Statuses
from .verdicts import Check, Outcome

NOT_MADE = "this check could not be made"


class Findings:
    """Outcomes by the name of their check, and the values that a page may need."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Start with nothing checked, of the checks that there are."""
        self.issuer: RegisteredIssuer | None = None
        self.statuses: Statuses | None = None
        self._outcomes = {name: Check(name, Outcome.NOT_CHECKED) for name in names}

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Note what becomes of one check."""
        self._outcomes[name] = Check(name, Outcome.FAILED, NOT_MADE)
        try:
            yield
        except Failed as failed:
            self._outcomes[name] = Check(name, Outcome.FAILED, str(failed))
            raise
        self._outcomes[name] = Check(name, Outcome.PASSED)

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Note what becomes of a check that need not be made: only what is broken goes further."""
        try:
            with self.check(name):
                yield
        except NotChecked as reason:
            self._outcomes[name] = Check(name, Outcome.NOT_CHECKED, str(reason))
        except Broken:
            raise
        except Failed:
            pass  # it is noted, and the verdict is V6 already

    def passed(self, name: str) -> bool:
        """Whether a check has passed."""
        return self._outcomes[name].outcome is Outcome.PASSED

    def checks(self) -> tuple[Check, ...]:
        """List every check in order; one that did not run is "not checked"."""
        return tuple(self._outcomes.values())
