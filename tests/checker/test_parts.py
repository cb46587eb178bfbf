"""The parts of the page's reader: lists, registry, texts, and what a browser may lack."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from passport.openbadges import address, registry, status_list
from passport.openbadges.registry import KeyState
from passport.proofs import jws, keys, signing
from passport.proofs.keys import Role
from tests.checker.conftest import Judge
from tests.checker.test_agreement import page_says, vectors_world
from tests.proofs.cold import canonical, canonical_configuration
from tests.vectors.compact import vector
from tests.vectors.test_compact import FOLDER
from tests.world import LIST_URL, NOW, World

if TYPE_CHECKING:
    from playwright.sync_api import Page

Document = dict[str, Any]


# ------------------------------------------------------------------------- status lists


@pytest.mark.parametrize("validity", [status_list.VALIDITY, None])
@pytest.mark.parametrize("purpose", ["revocation", "suspension", "refresh"])
def test_the_canonical_form_of_a_list_is_the_one_that_was_signed(
    purpose: str, validity: timedelta | None, modules: Page
) -> None:
    world = World(withdrawn={1, 5, 131_071}, list_validity=validity)
    document = world.secured_list(f"https://passport.example:8443/status/12/{purpose}")
    said = modules.evaluate(
        """async document => {
          const list = await import("/static/check/statuslist.js");
          const read = list.read(document);
          return [list.canonical(read.document), list.canonicalProof(read.document.proof)];
        }""",
        document,
    )
    proof = document.pop("proof")
    del proof["proofValue"]
    ours = [canonical(document), canonical_configuration(document["@context"], proof)]
    assert [text.encode() for text in said] == ours


BITS = """async document => {
  const list = await import("/static/check/statuslist.js");
  const { Malformed } = await import("/static/check/errors.js");
  try {
    return Array.from(await list.bits(list.read(document)));
  } catch (error) {
    return error instanceof Malformed ? "malformed" : String(error);
  }
}"""


def test_the_bits_are_the_ones_that_were_set(modules: Page) -> None:
    document = World(withdrawn={0, 9, 131_071}).secured_list()
    bits = modules.evaluate(BITS, document)
    assert bytes(bits) == status_list.read(document).bits


def packed(data: bytes) -> str:
    return "u" + keys.base64url(data)


BOMBS = {
    "unpacks to 100 MB": packed(gzip.compress(bytes(100 * 1024 * 1024))),
    "one byte too much": packed(gzip.compress(bytes(1024 * 1024 + 1))),
    "too short": packed(gzip.compress(bytes(16_383))),
    "cut off": packed(gzip.compress(bytes(16_384))[:-4]),
    "something behind": packed(gzip.compress(bytes(16_384)) + b"more"),
    "no gzip": packed(bytes(100)),
    "nothing": "u",
    "not base64url": "u+/==",
    "a second spelling": packed(gzip.compress(bytes(16_384)))[:-1] + "B",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_list_that_cannot_be_unpacked_within_bounds_is_refused(name: str, modules: Page) -> None:
    document = World().secured_list()
    document["credentialSubject"]["encodedList"] = BOMBS[name]
    assert modules.evaluate(BITS, document) == "malformed"


def test_a_list_may_unpack_to_a_mebibyte(modules: Page) -> None:
    document = World().secured_list()
    document["credentialSubject"]["encodedList"] = packed(gzip.compress(bytes(1024 * 1024)))
    assert len(modules.evaluate(BITS, document)) == 1024 * 1024


def changed(path: str, value: Any) -> Document:
    """A list with one member changed or, for a value of None, taken away."""
    document: Document = World().secured_list()
    *way, last = path.split("/")
    place = document
    for name in way:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


OTHER_LISTS = [
    *(
        (name, None)
        for name in ("@context", "id", "type", "issuer", "validFrom", "credentialSubject", "proof")
    ),
    *((f"credentialSubject/{name}", None) for name in ("id", "type", "statusPurpose", "ttl", "encodedList")),
    *((f"proof/{name}", None) for name in ("type", "cryptosuite", "created", "proofPurpose", "proofValue")),
    ("name", "more"),
    ("credentialSubject/more", 1),
    ("proof/domain", "here"),
    ("@context", ["https://www.w3.org/ns/credentials/v2", {"more": "urn:more"}]),
    ("@context", "https://www.w3.org/ns/credentials/v2"),
    ("id", "https://passport.example/> <urn:a> <urn:b"),
    ("id", 'https://passport.example/"'),
    ("type", ["BitstringStatusListCredential", "VerifiableCredential"]),
    ("type", "VerifiableCredential"),
    ("issuer", {"id": "did:web:passport.example:programmes:made-in-brindlemoor"}),
    ("validFrom", "2026-06-01T11:50:00+00:00"),
    ("validFrom", "2026-06-01T11:50:00.000Z"),
    ("validFrom", "2026-02-30T11:50:00Z"),
    ("validFrom", 5),
    ("validUntil", "tomorrow"),
    ("credentialSubject", ["one"]),
    ("credentialSubject/id", "https://passport.example/status/1/revocation"),
    ("credentialSubject/statusPurpose", "message"),
    ("credentialSubject/ttl", "900000"),
    ("credentialSubject/ttl", 1.5),
    ("credentialSubject/encodedList", ["u"]),
    ("proof", ["one"]),
    ("proof/cryptosuite", "eddsa-jcs-2022"),
    ("proof/proofPurpose", "authentication"),
    ("proof/created", "2026-06-01"),
]


def test_a_list_of_any_other_shape_is_refused(modules: Page) -> None:
    said = modules.evaluate(
        """async documents => {
          const { read } = await import("/static/check/statuslist.js");
          const { Malformed } = await import("/static/check/errors.js");
          return documents.map(document => {
            try {
              return read(document).url;
            } catch (error) {
              return error instanceof Malformed || String(error);
            }
          });
        }""",
        [changed(path, value) for path, value in OTHER_LISTS] + [World().secured_list(), None, [], "list", 5],
    )
    assert said == [*[True] * len(OTHER_LISTS), LIST_URL, *[True] * 4]


def test_every_change_of_a_list_under_its_signature_spoils_it(judge: Judge) -> None:
    """As far as another value is of our shape at all: then the signature does not hold."""
    for path, value in {
        "validFrom": "2026-06-01T11:51:00Z",
        "validUntil": "2027-06-01T11:51:00Z",
        "credentialSubject/ttl": 1,
        "credentialSubject/encodedList": packed(gzip.compress(bytes(16_384), mtime=5)),
        "proof/created": "2026-06-01T11:51:00Z",
        "proof/proofValue": World(list_made=NOW).secured_list()["proof"]["proofValue"],
    }.items():
        world = vectors_world()
        url = next(url for url in world.lists if url.endswith("revocation"))
        document = world.secured_list(url)
        *way, last = path.split("/")
        place = document[way[0]] if way else document
        place[last] = value
        world.lists[url] = document
        [said] = judge(world, NOW, [vector.URL])
        assert said["verdict"] == "V8", path


# ------------------------------------------------------------------------- the registry

NO_ZONES: list[Any] = [
    "",
    "a b",
    "../x",
    "/Europe/London",
    "a/b/c/d",
    "x" * 31,
    1,
    None,
    {},
    "Europe/London\n",
]

REGISTRY = """async ([signed, roots, current]) => {
  const { acceptNext, believe } = await import("/static/check/registry.js");
  const { TrustError } = await import("/static/check/errors.js");
  try {
    const held = current && await believe(current, null);
    return (await (held ? acceptNext(held, signed) : believe(signed, roots))).version;
  } catch (error) {
    return error instanceof TrustError ? "refused" : String(error);
  }
}"""


def signed(world: World, *signers: signing.PemSigner, **changes: Any) -> str:
    document = registry.to_bytes(replace(world.registry, **changes))
    return jws.sign_json(document, signers or (world.signers[Role.ROOT],)).decode()


def test_a_registry_is_believed_for_the_keys_that_the_page_came_with(modules: Page) -> None:
    world, stranger = World(), signing.generate(Role.ROOT)
    root, other = (keys.to_multibase(key.public_key) for key in (world.signers[Role.ROOT], stranger))
    for text, roots, outcome in [
        (signed(world), [root], 1),
        (signed(world), [other, root], 1),
        (signed(world), [other], "refused"),
        (signed(world), [], "refused"),
        (signed(world, stranger), [other], "refused"),
        (signed(world, stranger, root_keys=(stranger.public_key,)), [root], "refused"),
        (signed(world, world.signers[Role.ROOT], stranger), [root], 1),
    ]:
        assert modules.evaluate(REGISTRY, [text, roots, None]) == outcome


def test_the_next_registry_follows_and_no_other(modules: Page) -> None:
    world, second = World(), signing.generate(Role.ROOT)
    root = world.signers[Role.ROOT]
    held = signed(world, version=4)
    fewer = world.registry.keys[1:]
    both = (root.public_key, second.public_key)
    for text, outcome in [
        (held, 4),
        (signed(world, version=5), 5),
        (signed(world, version=4, demo=True), "refused"),
        (signed(world, version=3), "refused"),
        (signed(world, version=6), "refused"),
        (signed(world, version=5, keys=fewer), "refused"),
        (signed(world, second, version=5, root_keys=(second.public_key,)), "refused"),
        (signed(world, root, second, version=5, root_keys=(second.public_key,)), 5),
        (signed(world, root, version=5, root_keys=both, threshold=2), "refused"),
        (signed(world, root, root, version=5, root_keys=both, threshold=2), "refused"),
        (signed(world, root, second, version=5, root_keys=both, threshold=2), 5),
    ]:
        assert modules.evaluate(REGISTRY, [text, [], held]) == outcome


def test_an_issuer_may_have_a_time_zone(modules: Page) -> None:
    for world in (World(), World(time_zone="Europe/London"), World(time_zone="Mars/Olympus")):
        assert modules.evaluate(REGISTRY, [signed(world), None, None]) == 1


def broken_registries() -> list[str]:
    world = World()
    good = json.loads(signed(world))
    payload = json.loads(keys.from_base64url(good["payload"]))
    root = world.signers[Role.ROOT]

    def with_payload(**changes: Any) -> str:
        return jws.sign_json(json.dumps({**payload, **changes}).encode(), [root]).decode()

    def with_header(**changes: Any) -> str:
        header = {"alg": "EdDSA", "kid": root.kid, "typ": "passport-registry+json", **changes}
        protected = keys.base64url(json.dumps({key: part for key, part in header.items() if part}).encode())
        signature = keys.base64url(root.sign(f"{protected}.{good['payload']}".encode()))
        return json.dumps({**good, "signatures": [{"protected": protected, "signature": signature}]})

    headers: list[dict[str, Any]] = [
        *({"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}, {"typ": ""}),
        *({"jwk": {"kty": "OKP"}}, {"crit": ["b64"]}, {"kid": "00000000"}),
    ]
    payloads: list[dict[str, Any]] = [
        *(
            {"more": 1},
            {"version": 0},
            {"version": "1"},
            {"threshold": 2},
            {"threshold": 0},
            {"rootKeys": []},
        ),
        *({"expires": None}, {"expires": "soon"}, {"origins": "https://passport.example"}),
        {"issuers": [payload["issuers"][0]] * 2},
        {"keys": [payload["keys"][0]] * 2},
    ]
    members: list[dict[str, Any]] = [
        *({"kid": "00000000"}, {"state": "fine"}, {"role": "all"}, {"publicKey": "z6Mk"}),
        *({"more": 1}, {"from": None}),
    ]
    return [
        *("", "{}", "[]", "null", "no JSON", json.dumps({**good, "more": 1})),
        *(json.dumps({**good, "signatures": good["signatures"] * times}) for times in (0, 17)),
        json.dumps({**good, "payload": good["payload"] + "="}),
        *(with_header(**changes) for changes in headers),
        *(with_payload(**changes) for changes in payloads),
        *(with_payload(keys=[{**payload["keys"][0], **changes}]) for changes in members),
        *(with_payload(issuers=[{**payload["issuers"][0], "timeZone": zone}]) for zone in NO_ZONES),
    ]


def test_a_registry_of_any_other_shape_is_refused(modules: Page) -> None:
    root = keys.to_multibase(World().signers[Role.ROOT].public_key)
    for text in broken_registries():
        assert modules.evaluate(REGISTRY, [text, [root], None]) == "refused", text[:200]


# ------------------------------------------------------------------------- texts, bombs, browsers


def test_texts_that_may_and_may_not_be_signed(modules: Page) -> None:
    judged = json.loads((FOLDER / "texts.json").read_bytes())
    said = modules.evaluate(
        """async texts => {
          const { check } = await import("/static/check/texts.js");
          return texts.map(text => { try { check("text", text, 64); return true; } catch { return false; } });
        }""",
        judged["signed"] + judged["refused"],
    )
    assert said == [True] * len(judged["signed"]) + [False] * len(judged["refused"])


def test_joiners_are_for_the_same_letters_in_both_readers(modules: Page) -> None:
    from passport.openbadges import signed_texts
    from passport.openbadges.errors import BadText

    def may(sign: str) -> bool:
        try:
            signed_texts.check(f"{sign}\u200d{sign}")
        except BadText:
            return False
        return True

    signs = [chr(code) for code in range(0x20, 0x20000) if not 0xD800 <= code < 0xE000]
    ours = [sign for sign in signs if may(sign)]
    theirs = modules.evaluate(
        """async signs => {
          const { check } = await import("/static/check/texts.js");
          const may = text => { try { check("", text, 64); return true; } catch { return false; } };
          return signs.filter(sign => may(`${sign}\\u200d${sign}`));
        }""",
        signs,
    )
    known = [sign for sign in theirs if _is_assigned(sign)]
    assert known == ours


def _is_assigned(sign: str) -> bool:
    """The browser may know a later Unicode than this Python does."""
    import unicodedata

    return unicodedata.category(sign) != "Cn"


CBOR_BOMBS = [
    *(bytes([0x81]) * 559, bytes([0xA1, 0x00]) * 279, bytes([0xD8, 0x40]) * 279, b"\xc6" * 559),
    *(b"\x9b" + b"\xff" * 8, b"\xbb" + b"\xff" * 8, b"\x7b" + b"\xff" * 8, b"\x5b" + b"\xff" * 8),
    *(b"\x9a\xff\xff\xff\xff" * 100, b"\x9f" * 559, b"\xbf" * 559, b"\x7f" * 559, b"\x5f" * 559),
    *(b"\xfb" + b"\xff" * 8, b"\xd8\x23\x78\x1e(a+)+$" + b"a" * 24, b"\xc2\x59\x02\x00" + b"\xff" * 512),
]


def test_cbor_bombs_end_in_v8(judge: Judge) -> None:
    def code(data: bytes) -> str:
        return address.write(vector.ORIGIN, vector.CODE, data[:560])

    texts = [code(bomb) for bomb in CBOR_BOMBS]
    texts += [code(b"\xd2" + bomb) for bomb in CBOR_BOMBS]
    texts += [code(b"\xd2\x84\x43\xa1\x01\x26\xa0" + bomb) for bomb in CBOR_BOMBS]
    for said in judge(vectors_world(), NOW, texts):
        assert (said["verdict"], said["contents"]) == ("V8", None)


def test_a_browser_without_ed25519_reads_the_same(modules: Page, judge: Judge) -> None:
    modules.evaluate(
        """() => {
          const real = crypto.subtle.importKey.bind(crypto.subtle);
          crypto.subtle.importKey = (form, key, algorithm, ...rest) => algorithm === "Ed25519"
            ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
            : real(form, key, algorithm, ...rest);
          crypto.subtle.verify = () => Promise.reject(new Error("not asked"));
        }"""
    )
    cases = [
        case
        for name in ("cases.json", "mutated.json")
        for case in json.loads((FOLDER / name).read_bytes())["codes"]
    ]
    said = judge(vectors_world(), NOW, [case["text"] for case in cases])
    outcomes = {"V6": "unknown key", "V7": "broken", "V8": "damaged"}
    for case, one in zip(cases, map(page_says, said), strict=True):
        checks = {name: outcome for name, outcome, _ in one.get("checks", [])}
        signed = "accepted" if checks.get("shape") == "passed" else "no entry of ours"
        outcome = signed if checks.get("signature") == "passed" else outcomes.get(one.get("verdict", ""))
        found = one.get("refused") or outcome
        assert found == case["outcome"], case["why"]
    assert modules.evaluate(
        "performance.getEntriesByName(new URL('/static/vendor/checker/ed25519.js', location).href).length"
    )


def test_what_no_one_thought_of_is_never_a_pass(modules: Page, judge: Judge) -> None:
    modules.evaluate("() => { crypto.subtle.verify = () => { throw new TypeError('something new'); }; }")
    world = vectors_world()
    with pytest.raises(Exception, match="something new"):
        judge(world, NOW, [vector.URL])  # not even the registry can be believed then
    modules.reload()
    [said] = modules.evaluate(
        """async ([bundle, text, at]) => {
          const { Trust } = await import("/static/check/trust.js");
          const { verify } = await import("/static/check/verdict.js");
          const trust = await Trust.fromBundle(bundle, null);
          trust.lists.get = () => { throw new RangeError("something new"); };
          const found = await verify(text, trust, at);
          return [{ ...found, unexpected: found.unexpected?.name }];
        }""",
        [world.bundle().decode(), vector.URL, NOW.timestamp() * 1000],
    )
    assert (said["verdict"], said["contents"], said["unexpected"]) == ("V8", None, "RangeError")
    assert not any("something new" in check["reason"] for check in said["checks"])


# ------------------------------------------------------------------------- the device's own clock


HOUR = 3_600_000


@pytest.mark.parametrize(
    ("held", "verdict"),
    [
        ({"fetchedAt": 0}, "V1"),
        ({"fetchedAt": -24 * HOUR}, "V1"),
        ({"fetchedAt": -24 * HOUR - 1}, "V8"),
        ({"fetchedAt": 4 * 60_000}, "V1"),
        ({"fetchedAt": 6 * 60_000}, "V8"),
        ({"newest": 23 * HOUR}, "V1"),
        ({"newest": 25 * HOUR}, "V8"),
        ({"newest": -25 * HOUR}, "V1"),
    ],
)
def test_a_clock_that_was_put_back_makes_no_old_list_fresh(
    held: dict[str, float], verdict: str, judge: Judge
) -> None:
    """`held` is counted from now, in milliseconds of this device's clock."""
    now = NOW.timestamp() * 1000
    moved = {name: now + offset for name, offset in held.items()}
    [said] = judge(vectors_world(), NOW, [vector.URL], held=moved)
    assert said["verdict"] == verdict


def test_a_suspended_status_key_speaks_for_no_one(judge: Judge) -> None:
    world = vectors_world()
    world.edit_key(Role.STATUS, state=KeyState.SUSPENDED)
    assert [one["verdict"] for one in judge(world, NOW, [vector.URL])] == ["V8"]
