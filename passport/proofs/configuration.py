"""The options of a proof in canonical form, in which all but two values are prepared once.

Data Integrity EdDSA Cryptosuites 1.0, 3.2.5 (Proof Configuration): the members of the proof without its
value, under the @context of the document, canonicalized like a document of their own.
"""

import re
from hashlib import sha256
from typing import Any

from .canonical import Canonicalizer
from .tables import ABSOLUTE_URI

CRYPTOSUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")

_FIXED = {"type": "DataIntegrityProof", "cryptosuite": CRYPTOSUITE, "proofPurpose": PURPOSE}
_SOME_TIME, _SOME_METHOD = "2000-01-01T00:00:00Z", "urn:some:method"
_LONGEST_KEPT = 1_000


def hash_configuration(context: Any, options: dict[str, Any], canonicalizer: Canonicalizer) -> bytes:
    """Hash the canonical form of a proof's options (3.2.4). Raises NotCanonical for what would not be signed.

    Cached: all that one key signs at one moment, such as a batch or a class's entries, has the same options.
    """
    created, method = options.get("created"), options.get("verificationMethod")
    if (
        created.__class__ is method.__class__ is str
        and len(created) + len(method) < _LONGEST_KEPT
        and options == {**_FIXED, "created": created, "verificationMethod": method}
    ):
        key = (tuple(context) if context.__class__ is list else (context,), created, method)
        try:
            hashed: bytes = canonicalizer.options.once(key, lambda: _hashed(context, options, canonicalizer))
        except TypeError:  # a context that is written into the document, refused below
            pass
        else:
            return hashed
    return _hashed(context, options, canonicalizer)


def _hashed(context: Any, options: dict[str, Any], canonicalizer: Canonicalizer) -> bytes:
    return sha256(canonical_configuration(context, options, canonicalizer)).digest()


def canonical_configuration(context: Any, options: dict[str, Any], canonicalizer: Canonicalizer) -> bytes:
    """Return the canonical form of a proof's options. Raises NotCanonical for what would not be signed.

    Our options differ from proof to proof in two values. The five statements have five predicates: with any
    values, they are in the same order, with the same text around them.
    """
    created, method = options.get("created"), options.get("verificationMethod")
    if (
        options == {**_FIXED, "created": created, "verificationMethod": method}
        and isinstance(created, str)
        and isinstance(method, str)
        and CREATED.fullmatch(created)
        and ABSOLUTE_URI.match(method)
    ):
        urls = tuple(context) if isinstance(context, list) else (context,)
        try:
            before, between, after = canonicalizer.options.once(urls, lambda: _prepared(urls, canonicalizer))
        except TypeError:  # a context that is written into the document
            return canonicalizer.canonical({"@context": context, **options})
        return f"{before}{created}{between}{method}{after}".encode()
    return canonicalizer.canonical({"@context": context, **options})


def _prepared(urls: tuple[str, ...], canonicalizer: Canonicalizer) -> tuple[str, str, str]:
    """Return the text before, between and after the two values. No bundled context has prefixes of IRIs."""
    options = {**_FIXED, "created": _SOME_TIME, "verificationMethod": _SOME_METHOD}
    text = canonicalizer.canonical({"@context": list(urls), **options}).decode()
    before, rest = text.split(_SOME_TIME)
    between, after = rest.split(_SOME_METHOD)
    return before, between, after
