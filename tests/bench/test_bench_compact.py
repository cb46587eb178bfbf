"""What is measured of the compact entry is the real thing."""

from passport.bench.compact import operations
from passport.bench.town import AT, BenchTown
from passport.verifier import Verdict
from passport.verifier.compact import CompactVerification


def test_each_operation_works_and_the_check_ends_in_v1() -> None:
    town = BenchTown()
    measured = operations(town.entry, town.issuing, town.trust, AT)
    assert set(measured) == {"raw_verify_compact", "compact_verify", "compact_check", "compact_issue"}
    done = {name: operation() for name, operation in measured.items()}
    check = done["compact_check"]
    assert isinstance(check, CompactVerification)
    assert check.verdict is Verdict.CURRENT
