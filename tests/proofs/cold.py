"""Canonical forms with nothing cached yet, as a new process makes them."""

from typing import Any

from passport.proofs import configuration
from passport.proofs.canonical import Canonicalizer


def canonical(document: dict[str, Any]) -> bytes:
    return Canonicalizer().canonical(document)


def canonical_external(document: dict[str, Any]) -> bytes:
    return Canonicalizer().canonical_external(document)


def canonical_configuration(context: Any, options: dict[str, Any]) -> bytes:
    return configuration.canonical_configuration(context, options, Canonicalizer())
