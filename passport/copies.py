"""Copies of published files that `recover` takes from a folder provided by the operator."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from errno import ENOTDIR
from pathlib import Path

from passport.adapters.files import PublicFiles
from passport.services.trust import anchors, read_back
from passport.services.trust.read_back import PURPOSES, REGISTRY, Facts, Look, Unusable


def take_registries(source: Path, facts: Facts, look: Look, public: PublicFiles) -> list[str]:
    """Copy from a folder each registry that counts and is newer than the one in place; return their names.

    ``source`` is a copy of the published folder, or of the instance folder that contains it. Raises
    NotADirectoryError unless it is a folder.
    """
    copy = _opened(source)
    names = [f"registry/{name}" for name in copy.names("registry")] + [REGISTRY]
    return _copy(((name, copy.read(name)) for name in names), facts, look, public)


def take_lists(source: Path, facts: Facts, look: Look, public: PublicFiles) -> list[str]:
    """Copy each status list, as `take_registries` does; a list is also taken from the copy's bundle."""
    copy, found = _opened(source), list[tuple[str, bytes | None]]()
    bundle = read_back.old_bundle(copy)
    for number in sorted({*read_back.numbers(copy), *(rows.number for rows in facts.lists)}):
        for purpose in PURPOSES:
            name = read_back.name_of(number, purpose)
            found.append((name, copy.read(name)))
            bundled = bundle.status_lists.get(f"{facts.public_url}/{name}") if bundle else None
            found.append((name, json.dumps(bundled).encode() if bundled else None))
    return _copy(found, facts, look, public)


def take_anchors(source: Path, facts: Facts, look: Look, public: PublicFiles) -> list[str]:
    """Copy each anchor of the audit trail that is missing, and the newest, as `take_registries` does."""
    copy = _opened(source)
    names = [*(f"{anchors.FOLDER}/{name}" for name in copy.names(anchors.FOLDER)), anchors.NEWEST]
    return _copy(((name, copy.read(name)) for name in names), facts, look, public)


def registries(public: PublicFiles, newest: int) -> dict[int, bytes]:
    """Return the published versions of the registry up to the newest, by number."""
    found = {}
    for name in public.names("registry"):
        number, content = name.removesuffix(".json"), public.read(f"registry/{name}")
        if read_back.is_number(number) and int(number) <= newest and content is not None:
            found[int(number)] = content
    current = public.read(REGISTRY)
    if newest not in found and current is not None:
        found[newest] = current
    return found


def _opened(source: Path) -> PublicFiles:
    folder = source / "public" if (source / "public").is_dir() else source
    if not folder.is_dir():
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(folder))
    return PublicFiles(folder)


def _copy(
    files: Iterable[tuple[str, bytes | None]], facts: Facts, look: Look, public: PublicFiles
) -> list[str]:
    copied = []
    for name, content in files:
        if content is not None and _rank(name, content, facts, look) > _rank(
            name, public.read(name), facts, look
        ):
            public.write(name, content)
            copied.append(name)
    return copied


def _rank(name: str, content: bytes | None, facts: Facts, look: Look) -> float:
    """Return a number that is larger for a newer file; 0 for no file and for one that does not count."""
    if content is None:
        return 0
    try:
        keys = read_back.with_registered(facts.status_keys, look.registry)
        if name == anchors.NEWEST or name.startswith(f"{anchors.FOLDER}/"):
            head = anchors.read(content, {kid: key for own in keys.values() for kid, key in own.items()})
            return head.number if head and name in {anchors.NEWEST, anchors.name_of(head)} else 0
        if not name.startswith("status/"):
            return read_back.believed_registry(content, facts.root_keys).version
        listed = read_back.read_list(content, f"{facts.public_url}/{name}", keys)
        return listed.status.valid_from.timestamp()
    except Unusable:
        return 0
