"""The pure core keeps nothing between two calls: what may be reused, its callers hand in."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import types
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import passport
from passport.openbadges import days, schemas
from passport.proofs import data_integrity
from passport.proofs.canonical import Canonicalizer
from passport.verifier import Verdict, verify, verify_presentation
from passport.verifier.cache import Cache
from passport.verifier.compact import verify_compact
from tests.verifier.test_compact import code
from tests.world import NOW, World

LAYERS = ("verifier", "openbadges", "proofs")
VECTORS = Path(__file__).parents[1] / "vectors"
ROOT = Path(next(iter(passport.__path__)))
CACHES = {"cache", "lru_cache"}
KEPT = {
    "Cache",
    "LruCache",
    "LRUCache",
    "Canonicalizer",
    "Lock",
    "RLock",
    "ContextVar",
    "defaultdict",
    "deque",
}
ADVICE = "hand it in (passport/verifier/cache.py, passport/proofs/canonical.py)"


def modules() -> Iterator[types.ModuleType]:
    for layer in LAYERS:
        package = importlib.import_module(f"passport.{layer}")
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def sources() -> Iterator[tuple[str, ast.Module]]:
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def state(value: Any, seen: frozenset[int] = frozenset()) -> Any:
    """Write down all that can be reached from a value and may change; classes and functions by their name."""
    if value is None or isinstance(value, (str, bytes, int, float, Enum)):
        return value
    if isinstance(value, (types.ModuleType, types.FunctionType, type)) or id(value) in seen:
        return getattr(value, "__qualname__", type(value).__name__)
    seen |= {id(value)}
    if isinstance(value, (dict, types.MappingProxyType)):
        return [(state(name, seen), state(each, seen)) for name, each in value.items()]
    if isinstance(value, (list, tuple, set, frozenset)):
        states = [state(each, seen) for each in value]
        return states if isinstance(value, (list, tuple)) else sorted(map(repr, states))
    return [type(value).__qualname__, state(members(value), seen)]


def members(value: Any) -> dict[str, Any]:
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    found = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    found |= getattr(value, "__dict__", {})
    if hasattr(value, "cache_info"):
        found["filled"] = value.cache_info().currsize
    return found


def snapshot() -> dict[str, Any]:
    return {
        f"{module.__name__}.{name}": state(value)
        for module in [*modules()]  # all are imported first
        for name, value in vars(module).items()
        if not (name.startswith("__") or isinstance(value, types.ModuleType))
    }


def check_everything() -> None:
    """Check and sign documents of every kind, with a cache that is handed in."""
    world, cache = World(), Cache()
    trust = world.trust(cache)
    assert verify(world.entry_bytes(), trust, NOW).verdict is Verdict.CURRENT
    assert verify_compact(code(world), trust, NOW).verdict is Verdict.CURRENT
    for path in sorted((VECTORS / "others").rglob("*.json")):
        verify_presentation(path.read_bytes(), trust, NOW)
    unsigned = {name: member for name, member in world.secured_entry().items() if name != "proof"}
    for canonicalizer in (cache.canonicalizer, Canonicalizer(examples=True)):
        canonicalizer.canonical(unsigned)
        canonicalizer.canonical_external(json.loads(world.entry_bytes()))
    for kind in ("OpenBadgeCredential", "ClrCredential", "EndorsementCredential"):
        schemas.violation({"type": [kind]})
    days.zone("Europe/London")
    data_integrity.verify_proof(world.secured_entry(), trust.registry.keys[0].public_key)


def test_no_module_of_the_pure_core_keeps_anything_of_what_it_checks() -> None:
    check_everything()  # constants that are read from bundled files when they are first needed
    before = snapshot()
    check_everything()
    after = snapshot()
    changed = [name for name in before | after if before.get(name) != after.get(name)]
    assert not changed, f"{changed} changed: {ADVICE}"


def test_what_the_snapshot_would_notice() -> None:
    class Kept:
        def __init__(self) -> None:
            self.inside: dict[str, list[int]] = {"x": []}

    kept = Kept()
    before = state(kept)
    kept.inside["x"].append(1)
    assert state(kept) != before


def test_no_function_of_the_pure_core_caches_by_its_arguments() -> None:
    """A constant that is made when it is first needed has no arguments; a cache of inputs has some."""
    found = [
        f"{path}:{node.lineno}: {node.name} caches by {ast.unparse(node.args)}: {ADVICE}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and CACHES & {name for each in node.decorator_list for name in last_names(each)}
        and ast.unparse(node.args)
    ]
    assert not found, found


def test_no_module_of_the_pure_core_holds_a_cache_or_a_lock_or_changes_a_global() -> None:
    found = [
        f"{path}:{node.lineno}: {ast.unparse(node)}: {ADVICE}"
        for path, tree in sources()
        for node in [*tree.body, *(each for each in ast.walk(tree) if isinstance(each, ast.Global))]
        if isinstance(node, ast.Global)
        or (isinstance(node, (ast.Assign, ast.AnnAssign)) and KEPT & set(last_names(node.value)))
    ]
    assert not found, found


def last_names(node: ast.AST | None) -> Iterator[str]:
    """Return the last name of a decorator, or of what is called: `cache` of `functools.cache`."""
    if isinstance(node, ast.Call):
        yield from last_names(node.func)
    elif isinstance(node, ast.Subscript):
        yield from last_names(node.value)
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Name):
        yield node.id
