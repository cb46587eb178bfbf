"""python3 -m tests.bench_proofs: proofs beside the bare signature, PyLD and @digitalbazaar/vc, in one run.

`bench credentials` runs it with --json, for its own table.

Best of many short rounds, taken in turns, warm, one thread. From the parsed document to the verdict on its
proof, or from the unsigned document to the secured one; JSON and JSON Schema are not in it.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from passport.openbadges import did
from passport.proofs import contexts, data_integrity, keys
from passport.proofs.keys import Role
from passport.proofs.signing import Signer
from tests import drawn
from tests.oracle import Oracle
from tests.world import CANONICALIZER, ISSUED, PROGRAMME, World

NODE = Path(__file__).parent / "node"
_ROUNDS, _TIMES = 200, 20
_MULTIKEY = "https://w3id.org/security/multikey/v1"


def measure() -> dict[str, float]:
    """Give operations a second; PyLD's few, since one takes milliseconds."""
    world = World()
    issuing, endorsing = world.signers[Role.ISSUE], world.signers[Role.ENDORSE]
    entry = json.loads(json.dumps(world.secured_entry()))
    endorsement = entry["endorsement"][0]
    whole = {name: member for name, member in entry.items() if name != "proof"}
    bare = {name: member for name, member in whole.items() if name != "endorsement"}
    secured = world.sign(bare, issuing, PROGRAMME, ISSUED)
    options = {name: member for name, member in secured["proof"].items() if name != "proofValue"}
    message, oracle = bytes(64), Oracle()
    signature = issuing.sign(message)

    def both() -> None:
        data_integrity.verify_proof(entry, issuing.public_key, canonicalizer=CANONICALIZER)
        data_integrity.verify_proof(endorsement, endorsing.public_key, canonicalizer=CANONICALIZER)

    def issued(document: dict[str, Any], signer: Signer) -> object:
        return data_integrity.add_proof(document, options, signer, CANONICALIZER)

    def pylds_hash() -> bytes:
        parts = {"@context": bare["@context"], **options}, bare
        return b"".join(hashlib.sha256(oracle.canonical(part)).digest() for part in parts)

    proof = data_integrity.read_proof(secured)
    ours: dict[str, Callable[[], object]] = {
        "raw verify": lambda: keys.verify_signature(issuing.public_key, signature, message),
        "raw sign": lambda: issuing.sign(message),
        "verify entry": lambda: data_integrity.verify_proof(
            secured, issuing.public_key, canonicalizer=CANONICALIZER
        ),
        "verify entry and endorsement": both,
        "issue endorsement": lambda: data_integrity.add_proof(
            _unsigned(endorsement), options, endorsing, CANONICALIZER
        ),
        "issue entry": lambda: issued(bare, issuing),
        "issue entry with endorsement": lambda: data_integrity.add_proof(
            whole, options, issuing, CANONICALIZER
        ),
    }
    theirs: dict[str, Callable[[], object]] = {
        "PyLD verify entry": lambda: keys.verify_signature(issuing.public_key, proof.signature, pylds_hash()),
        "PyLD issue entry": lambda: issuing.sign(pylds_hash()),
    }
    figures = _rates(ours, _ROUNDS, _TIMES) | _rates(theirs, 20, 2)
    return figures | _digitalbazaar(secured, issuing.public_key)


def _unsigned(document: dict[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in document.items() if name != "proof"}


def _rates(operations: dict[str, Callable[[], object]], rounds: int, times: int) -> dict[str, float]:
    best = dict.fromkeys(operations, float("inf"))
    for _ in range(rounds):
        for name, operation in operations.items():
            start = time.perf_counter()
            for _ in range(times):
                operation()
            best[name] = min(best[name], (time.perf_counter() - start) / times)
    return {name: 1 / seconds for name, seconds in best.items()}


def _digitalbazaar(secured: dict[str, Any], public_key: bytes) -> dict[str, float]:
    """Measure the JavaScript library, when Node and what tests/node asks for are there."""
    if not shutil.which("node") or not (NODE / "node_modules/@digitalbazaar/vc").is_dir():
        return {}
    known = contexts.documents() | {_MULTIKEY: drawn.DOCUMENTS[_MULTIKEY]}
    issuer = did.did_document(PROGRAMME.did, [did.Method(Role.ISSUE, public_key)])
    asked = {"contexts": known, "credential": secured, "issuer": issuer, "seconds": 4}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "asked.json"
        file.write_text(json.dumps(asked))
        command = ["node", "bench.mjs", str(file)]
        done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=True, timeout=300)
    rates = json.loads(done.stdout)
    return {f"@digitalbazaar/vc {name} entry": rates[name] for name in ("verify", "issue")}


def main() -> None:
    """Print a line for each operation: how many a second, and the ratio to the bare one."""
    figures = measure()
    if sys.argv[1:] == ["--json"]:
        print(json.dumps(figures))
        return
    for name, rate in figures.items():
        bare = figures["raw verify" if "verify" in name else "raw sign"]
        print(f"{name:32} {rate:10,.0f} a second {100 * rate / bare:7.1f} % of the bare signature")
    for kind in ("verify", "issue"):
        for library in ("PyLD", "@digitalbazaar/vc"):
            if f"{library} {kind} entry" in figures:
                times = figures[f"{kind} entry"] / figures[f"{library} {kind} entry"]
                print(f"{kind} entry: {times:.0f} times {library}")


if __name__ == "__main__":
    main()
