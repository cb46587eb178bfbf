"""What stands around a credential is taken off, in every form that wallets and services write."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from passport.openbadges.errors import WrappedTooOften
from passport.openbadges.wrappers import MAX_CREDENTIALS, MAX_LEVELS, opened, opened_value
from passport.proofs import json_text
from passport.proofs.errors import NotJson
from passport.proofs.keys import base64url
from tests.world import World

ENTRY = World().secured_entry()
JSON = json_text.write(ENTRY)
TOKEN = World().token().decode()
COPY = {name: value for name, value in ENTRY.items() if name != "proof"}
OTHER = COPY | {"name": "Not what the token says"}
V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"


def presentation(*inside: Any, context: str = V2, **more: Any) -> dict[str, Any]:
    return {
        "@context": [context],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [*inside],
        **more,
    }


def presentation_token(**claims: Any) -> str:
    parts = ({"alg": "EdDSA", "typ": "vp+jwt"}, claims)
    return ".".join([*(base64url(json.dumps(part).encode()) for part in parts), "c2lnbmVk"])


def enveloped(address: str, kind: str = "EnvelopedVerifiableCredential") -> dict[str, Any]:
    return {"@context": V2, "id": address, "type": kind}


VC_ADDRESS = f"data:application/vc+jwt,{TOKEN}"
VP_TOKEN = presentation_token(vp=presentation(TOKEN, context=V1))

WRAPPED: dict[str, tuple[Any, list[bytes]]] = {
    "nothing": (ENTRY, [JSON]),
    "presentation": (presentation(ENTRY), [JSON]),
    "presentation of version 1.1": (presentation(ENTRY, TOKEN, context=V1), [JSON, TOKEN.encode()]),
    "type as a text": (presentation(ENTRY, type="VerifiablePresentation"), [JSON]),
    "signed presentation": (presentation(ENTRY, proof={"type": "DataIntegrityProof"}), [JSON]),
    "one alone": ({**presentation(), "verifiableCredential": ENTRY}, [JSON]),
    "presentation in a presentation": (presentation(presentation(ENTRY)), [JSON]),
    "envelope": (enveloped(VC_ADDRESS), [TOKEN.encode()]),
    "envelope with percents": (
        enveloped("data:application/vc+jwt," + quote(TOKEN, safe="").replace("e", "%65")),
        [TOKEN.encode()],
    ),
    "envelope of JSON": (enveloped("data:application/vc," + quote(JSON)), [JSON]),
    "envelope in base64": (
        enveloped("data:application/ld+json;base64," + base64.b64encode(JSON).decode()),
        [JSON],
    ),
    "envelope in a presentation": (presentation(enveloped(VC_ADDRESS)), [TOKEN.encode()]),
    "enveloped presentation": (
        enveloped(f"data:application/vp+jwt,{VP_TOKEN}", "EnvelopedVerifiablePresentation"),
        [TOKEN.encode()],
    ),
    "presentation token of version 2": (presentation_token(**presentation(ENTRY)), [JSON]),
    "jwt": ({"jwt": TOKEN}, [TOKEN.encode()]),
    "credential": ({"credential": ENTRY, "format": "ldp_vc"}, [JSON]),
    "credentials": ({"credentials": [{"credential": TOKEN}, {"credential": ENTRY}]}, [TOKEN.encode(), JSON]),
    "verifiableCredential": ({"verifiableCredential": ENTRY, "options": {}}, [JSON]),
    "vp_token": ({"vp_token": presentation(ENTRY), "state": "x"}, [JSON]),
    "token that discloses nothing more": ({"jwt": f"{TOKEN}~"}, [TOKEN.encode()]),
    "token with a copy": ({"jwt": TOKEN, "credential": COPY}, [TOKEN.encode()]),
    "token with a part of it": ({"jwt": TOKEN, "vc": {"name": ENTRY["name"]}}, [TOKEN.encode()]),
    "token with another beside it": (
        {"jwt": TOKEN, "credential": OTHER},
        [TOKEN.encode(), json_text.write(OTHER)],
    ),
    "array": ([ENTRY, TOKEN], [JSON, TOKEN.encode()]),
    "token as a JSON string": (TOKEN, [TOKEN.encode()]),
    "JSON as a JSON string": ({"credential": JSON.decode()}, [JSON]),
    "array in a presentation": (presentation([ENTRY]), [JSON]),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_the_credential_comes_out(name: str) -> None:
    wrapped, inside = WRAPPED[name]
    assert opened_value(wrapped).credentials == inside
    assert opened(json_text.write(wrapped)).credentials == inside


def test_what_stands_alone_comes_out_as_the_bytes_that_went_in() -> None:
    spaced = json.dumps(ENTRY, indent=3).encode()
    assert opened(b"\xef\xbb\xbf \r\n" + spaced + b"\n").credentials == [spaced]
    assert opened(f" {TOKEN}\n".encode()).credentials == [TOKEN.encode()]


def test_a_credential_is_never_opened() -> None:
    """What stands inside a document is part of it: a genuine one inside a forged one proves nothing."""
    for outer in (
        {**ENTRY, "name": "forged", "verifiableCredential": [ENTRY]},
        {"type": ["VerifiableCredential", "VerifiablePresentation"], "verifiableCredential": [ENTRY]},
        {"type": "VerifiableCredential", "id": VC_ADDRESS, "jwt": TOKEN},
    ):
        assert opened_value(outer).credentials == [json_text.write(outer)]
    token = presentation_token(type=["VerifiableCredential"], verifiableCredential=[ENTRY])
    assert opened(token.encode()).credentials == [token.encode()]


def test_the_presentations_around_are_kept_for_their_own_proofs() -> None:
    outer = presentation(presentation(ENTRY, id="urn:x:y", proof={}), proof={})
    inner = outer["verifiableCredential"][0]
    assert opened_value(outer).presentations == [json_text.write(outer), json_text.write(inner)]
    unsigned = presentation(ENTRY, id="urn:x:y")
    own = {name: unsigned[name] for name in unsigned if name != "verifiableCredential"}
    assert opened_value(unsigned).presentations == [json_text.write(own)]
    assert opened(VP_TOKEN.encode()).presentations == [VP_TOKEN.encode()]
    assert opened_value([ENTRY, TOKEN]).presentations == []


@pytest.mark.parametrize(
    "nothing", [{}, {"a": 1}, 5, "hello", "data:text/html,x", enveloped("urn:x:y"), {"jwt": "hello"}]
)
def test_what_is_no_credential_comes_out_too_so_that_the_check_reports_it(nothing: Any) -> None:
    assert len(opened_value(nothing).credentials) == 1


def test_presentations_have_a_bound_too() -> None:
    with pytest.raises(WrappedTooOften):
        opened_value([presentation(id=f"urn:x:{number}") for number in range(MAX_CREDENTIALS + 1)])


def test_bounds() -> None:
    deep: Any = ENTRY
    for _ in range(MAX_LEVELS):
        deep = {"credential": deep}
    assert opened_value(deep).credentials == [JSON]
    fifty: Any = TOKEN
    for _ in range(50):
        fifty = {"credential": json.dumps(fifty)} if len(json.dumps(fifty)) < 100_000 else {"jwt": fifty}
    for too_deep in ({"credential": deep}, fifty):
        with pytest.raises(WrappedTooOften):
            opened_value(too_deep)
    assert len(opened_value([TOKEN] * MAX_CREDENTIALS).credentials) == MAX_CREDENTIALS
    with pytest.raises(WrappedTooOften):
        opened_value([TOKEN] * (MAX_CREDENTIALS + 1))


@pytest.mark.parametrize(
    "data", [b"", b"hello", b'{"jwt": 1, "jwt": 2}', b"{" * 100, b"[" * 60 + b"]" * 60, b"www.example.com"]
)
def test_what_is_neither_json_nor_a_token(data: bytes) -> None:
    with pytest.raises(NotJson):
        opened(data)


@pytest.mark.parametrize("form", ["JSON", "token", "token of version 1.1"])
def test_a_record_comes_out_beside_the_badges_inside_it(form: str) -> None:
    badge = World().secured_entry()
    token = World().token().decode()
    envelope = enveloped(f"data:application/vc+jwt,{token}")
    record: dict[str, Any] = {
        "@context": [V2],
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": "did:example:school",
        "credentialSubject": {"verifiableCredential": [badge, envelope, token]},
    }
    parts = {"JSON": record, "token": record, "token of version 1.1": {"vc": record}}
    data = json_text.write(parts[form])
    if form != "JSON":
        header = base64url(json_text.write({"alg": "EdDSA", "typ": "JWT"}))
        data = f"{header}.{base64url(data)}.{base64url(b'x')}".encode()
    found = opened(data)
    inside = [json_text.write(badge), token.encode(), token.encode()]
    assert found.credentials == [data, *inside]
    assert found.presentations == []


def test_letters_that_are_no_utf_8_are_never_replaced() -> None:
    """A badge with other letters in it would be another badge, and look like a forgery."""
    data = json.dumps(ENTRY, ensure_ascii=False).encode("cp1252")
    with pytest.raises(NotJson):
        opened(data)
    address = "data:application/vc;base64," + base64.b64encode(data).decode()
    assert opened(json_text.write(enveloped(address))).credentials == [data]
