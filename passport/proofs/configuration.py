"""The options of a proof in canonical form, of which all but two values is prepared once.

Data Integrity EdDSA Cryptosuites 1.0, 3.2.5 (Proof Configuration): the members of the proof without its
value, under the @context of the document, canonicalized like a document of their own.
"""

import re
from functools import lru_cache
from typing import Any

from .canonical import canonical
from .tables import ABSOLUTE_URI

CRYPTOSUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")

_FIXED = {"type": "DataIntegrityProof", "cryptosuite": CRYPTOSUITE, "proofPurpose": PURPOSE}
_SOME_TIME, _SOME_METHOD = "2000-01-01T00:00:00Z", "urn:some:method"


def canonical_configuration(context: Any, options: dict[str, Any]) -> bytes:
    """Give the canonical form of a proof's options. Raises NotCanonical for what would not be signed.

    Our options differ from proof to proof in two values. The five statements have five predicates: whatever
    the values are, they stand in the same order, and around them the same text.
    """
    created, method = options.get("created"), options.get("verificationMethod")
    urls = tuple(context) if isinstance(context, list) else (context,)
    if (
        options == {**_FIXED, "created": created, "verificationMethod": method}
        and all(isinstance(text, str) for text in (created, method, *urls))
        and CREATED.fullmatch(created or "")
        and ABSOLUTE_URI.match(method or "")
    ):
        before, between, after = _prepared(urls)
        return f"{before}{created}{between}{method}{after}".encode()
    return canonical({"@context": context, **options})


@lru_cache(maxsize=64)
def _prepared(urls: tuple[str, ...]) -> tuple[str, str, str]:
    """Give the text before, between and after the two values. No bundled context defines a prefix of IRIs."""
    options = {**_FIXED, "created": _SOME_TIME, "verificationMethod": _SOME_METHOD}
    text = canonical({"@context": list(urls), **options}).decode()
    before, rest = text.split(_SOME_TIME)
    between, after = rest.split(_SOME_METHOD)
    return before, between, after
