"""`bench credentials`: issuing and verifying, one thread, each form beside the bare Ed25519 operation.

Warm is the best of many short rounds in this process, taken in turns, in processor time and with the cache of
signatures off: load from other programs is not counted. Cold is the first operation of its kind in a process
of its own, once everything is imported.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

from passport.bench import compact, external, issuing, other_libraries
from passport.bench.town import AT, BenchTown
from passport.cli import say
from passport.cli.bench import Bench
from passport.openbadges import claims, credential, schemas
from passport.proofs import data_integrity, jose, keys, signing
from passport.proofs.keys import Role
from passport.verifier import forms, verify
from passport.verifier.cache import Cache

_ROUNDS, _CLASS = 40, 50
_MESSAGE = bytes(64)  # what eddsa-rdfc-2022 signs: two SHA-256 hashes
_NOTES = (
    "Figures are operations a second, unless their names say otherwise. A ratio is a fraction of the bare",
    "operation on the same message: 64 bytes for `di`, the token for `vc jwt`, the code for `compact`.",
    "`di verify` is the proof of a parsed entry without its endorsement, `di verify endorsed` both proofs of",
    "one entry again and again; `many` goes through those of a class of 50, with 8 skills and 5 champions;",
    "`vc jwt` and `compact` start from the bytes, and `check` goes from the bytes to the verdict.",
    "`schema` is the published JSON Schema alone: it is asked of external badges, ours are held to more.",
    "`check_foreign` goes through 50 different badges of an unknown issuer, from bytes to verdict, with it.",
    "`entries a second` is all of issuing: both documents, the token and every row, committed to SQLite;",
    "many are due together, or, `one by one`, each is alone in its transactions.",
    "`times` is how many times as fast as another library a proof of ours is, in the same run.",
)

Operations = dict[str, Callable[[], object]]


def measure(seconds: float) -> Bench:
    """Measure everything, in about `seconds`."""
    town = BenchTown()
    operations = _operations(town)
    with town.trust.cache.paused():
        figures = _warm(operations, seconds)
    for name in ("check_json", "check_vc_jwt"):
        figures[f"{name}_remembered"] = _warm({name: operations[name]}, seconds / 10)[name]
    figures |= _cold(town) | issuing.figures(seconds)
    figures["memory_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratios = {
        "vc_jwt_verify": figures["vc_jwt_verify"] / figures["raw_verify_token"],
        "compact_verify": figures["compact_verify"] / figures["raw_verify_compact"],
    }
    ratios |= {
        name: figures[name] / figures["raw_verify"]
        for name in ("di_verify", "di_verify_endorsed", "di_verify_many", "check_foreign")
    }
    ratios |= {
        name: figures[name] / figures["raw_sign"] for name in ("di_issue", "di_issue_many", "vc_jwt_issue")
    }
    if not other_libraries.are_here():
        return Bench(figures, ratios, (*_NOTES, other_libraries.MISSING))
    others = other_libraries.measured()
    return Bench(figures | other_libraries.figures(others), ratios | other_libraries.times(others), _NOTES)


def _operations(town: BenchTown) -> Operations:
    """Return each operation on an entry, from the received bytes or to the written bytes."""
    key, kid = town.issuing.public_key, town.issuing_method
    signature, taken = town.issuing.sign(_MESSAGE), jose.read(town.token)
    bare, without, entry, token = town.bare, town.secured_bare, town.entry_bytes, town.token
    endorsement, endorser = town.endorsement, town.endorsing.public_key
    cache = town.trust.cache
    canonicalizer = cache.canonicalizer

    def both_proofs() -> None:
        secured = forms.read(entry, cache)
        secured.verify(key, cache)
        secured.endorsing.verify(endorser, cache)

    secured_bare, secured_whole = json.loads(without), json.loads(entry)
    embedded = credential.embedded_endorsement(secured_whole)

    def two_proofs() -> None:
        data_integrity.verify_proof(secured_whole, key, canonicalizer=canonicalizer)
        data_integrity.verify_proof(embedded, endorser, canonicalizer=canonicalizer)

    unsigned = town.class_of(_CLASS)
    signed = cycle([json.loads(json.dumps(town.secured(each))) for each in unsigned])
    to_sign = cycle(unsigned)
    externals = cycle(external.badges(AT))

    return compact.operations(town.entry, town.issuing, town.trust, AT) | {
        "raw_verify": lambda: keys.verify_signature(key, signature, _MESSAGE),
        "raw_verify_token": lambda: keys.verify_signature(key, taken.signature, taken.signing_input),
        "raw_sign": lambda: town.issuing.sign(_MESSAGE),
        "vc_jwt_verify": lambda: forms.read(token, cache).verify(key, cache),
        "vc_jwt_issue": lambda: jose.sign(claims.write(town.document), kid, town.issuing),
        "di_verify": lambda: data_integrity.verify_proof(secured_bare, key, canonicalizer=canonicalizer),
        "di_verify_endorsed": two_proofs,
        "di_verify_many": lambda: data_integrity.verify_proof(next(signed), key, canonicalizer=canonicalizer),
        "di_verify_from_bytes": lambda: forms.read(without, cache).verify(key, cache),
        "di_verify_endorsed_from_bytes": both_proofs,
        "di_issue": lambda: town.secured(bare),
        "di_issue_many": lambda: town.secured(next(to_sign)),
        "di_issue_built": lambda: town.secured(credential.build(town.entry, endorsement)),
        "read_entry": lambda: credential.read(town.document),
        "check_json": lambda: verify(entry, town.trust, AT),
        "check_vc_jwt": lambda: verify(token, town.trust, AT),
        "check_foreign": lambda: verify(next(externals), town.trust, AT),
        "canonical": lambda: data_integrity.check_lossless(bare, canonicalizer),
        "schema": lambda: schemas.violation(secured_whole),
    }


def _warm(operations: Operations, seconds: float) -> dict[str, float]:
    """Run all operations in turns, so that other load affects all alike; return the best time of each."""
    share = seconds / len(operations) / _ROUNDS
    counts = {name: _repetitions(operation, share) for name, operation in operations.items()}
    rounds: dict[str, list[float]] = {name: [] for name in operations}
    for _ in range(_ROUNDS):
        for name, operation in operations.items():
            rounds[name].append(_seconds(operation, counts[name]) / counts[name])
    return {name: 1 / min(each) for name, each in rounds.items()}


def _repetitions(operation: Callable[[], object], share: float) -> int:
    operation()
    return max(1, int(share / max(_seconds(operation, 1), 1e-6)))


def _seconds(operation: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        operation()
    return time.process_time() - start


def _cold(town: BenchTown) -> dict[str, float]:
    """Return the milliseconds of the first operation in a fresh process."""
    key = town.issuing.public_key.hex()
    asked = {
        "vc_jwt_verify": {"verify": town.token.decode(), "key": key},
        "di_verify": {"verify": town.secured_bare.decode(), "key": key},
        "di_issue": {"issue": town.bare},
    }
    return {f"{name}_cold_ms": _in_a_new_process(json.dumps(each)) for name, each in asked.items()}


def _in_a_new_process(asked: str) -> float:
    command = [sys.executable, "-m", "passport.bench.credentials"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=120)
    return float(done.stdout)


def _first(asked: dict[str, Any]) -> float:
    """Run the operation once, in this process, and return the milliseconds."""
    if "issue" in asked:
        signer = signing.generate(Role.ISSUE)
        options = data_integrity.proof_options("did:web:passport.example#issue", AT)
        return 1000 * _seconds(lambda: data_integrity.add_proof(asked["issue"], options, signer), 1)
    data, key, cache = asked["verify"].encode(), bytes.fromhex(asked["key"]), Cache()
    return 1000 * _seconds(lambda: forms.read(data, cache).verify(key, cache), 1)


if __name__ == "__main__":
    say(str(_first(json.load(sys.stdin))))
