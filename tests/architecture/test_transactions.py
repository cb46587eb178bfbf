"""No service that is given a transaction is given files, too: what it cannot reach it cannot wait for.

tests/fixtures/transactions.py checks the same while all other tests run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from passport.setup import ROOT
from tests.fixtures.towns import Town
from tests.fixtures.transactions import found, note

SESSIONS = {"Session", "Reading", "Glance"}
STORES = {"PublicFiles", "PrivateFiles", "Runtime"}


def names_in(annotation: ast.expr | None) -> set[str]:
    """Every name that an annotation holds."""
    return {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)} if annotation else set()


def takes_both(file: Path) -> Iterator[str]:
    """The functions of a file that take a session and a store of files."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            taken = set().union(*(names_in(one.annotation) for one in arguments))
            if taken & SESSIONS and taken & STORES:
                yield f"{file.relative_to(ROOT)}:{node.name}"


def test_no_service_takes_a_session_and_a_store_of_files() -> None:
    files = (ROOT / "passport" / "services").rglob("*.py")
    assert [name for file in files for name in takes_both(file)] == []


def test_a_file_that_is_read_inside_a_transaction_is_noticed(town: Town) -> None:
    town.runtime.public.read("registry.json")
    assert found() == []
    with town.transaction():
        town.runtime.public.read("registry.json")
        note("socket.connect")
    assert [words.partition(" ")[0] for words in found()] == ["PublicFiles.read", "socket.connect"]
