"""Codes made by hand: one for each rule of the compact entry, most of them with a signature that holds."""

from collections.abc import Iterator
from typing import Any

import cbor2

from passport.openbadges import address
from passport.proofs.signing import PemSigner
from tests.vectors.compact.vector import CODE, KEY, ORIGIN, OTHER_KEY, PAYLOAD, SIGNATURE, URL, VECTOR

Case = dict[str, str]
Claims = dict[Any, Any]

EXP, IAT, ENTRY = 4, 6, -65_537
DAY = 86_400
LAST = 2**32 - 1
DIGITS = URL.partition("#1")[2]
SHARE = f"{ORIGIN}/c/{CODE}"


def codes() -> list[Case]:
    """Every code with its outcome and why."""
    return [{"why": "the vector", "text": URL, "outcome": "accepted"}, *_values(), *_spellings(), *_texts()]


def claims(members: Claims | None = None, changed: Claims | None = None) -> Claims:
    """The vector's claims, with members of the entry changed, or claims."""
    plain: Claims = dict(cbor2.loads(PAYLOAD))
    return {**plain, ENTRY: {**plain[ENTRY], **(members or {})}, **(changed or {})}


def signed(payload: bytes, key: PemSigner = KEY) -> bytes:
    """Sign any payload as it should be signed."""
    return enveloped(payload, cbor2.dumps({1: -19, 4: bytes.fromhex(key.kid)}, canonical=True), key)


def enveloped(payload: Any, protected: bytes, key: PemSigner = KEY, unprotected: Any = None) -> bytes:
    """Sign any payload under any header."""
    signature = key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected or {}, payload, signature]))


def _values() -> Iterator[Case]:
    accepted: list[Claims] = [
        *({name: "x" * most} for name, most in ((1, 64), (2, 64), (4, 96), (6, 48), (7, 48), (8, 64))),
        {1: "ਕੌਰ" * 7 + "a", 2: "é" * 32},
        *({5: level} for level in (1, 4)),
        *({9: basis} for basis in (1, 2, 3, 11, 12, 13)),
        {3: [LAST, LAST, LAST]},
        {10: [0, 0, 1]},
        {10: [65_535, 65_535, 1200]},
        {11: [1, 0, 0]},
        {11: [LAST, 131_071, 131_071]},
        {1: "x" * 64, 2: "x" * 64, 4: "x" * 96, 6: "x" * 48, 7: "x" * 48, 8: "x" * 64, 3: [LAST] * 3},
    ]
    broken: list[Claims] = [
        *({name: "x" * more} for name, more in ((1, 65), (2, 65), (4, 97), (6, 49), (7, 49), (8, 65))),
        {1: "ਕੌਰ" * 7 + "aa"},
        {2: "é" * 32 + "a"},
        *({name: b"bytes"} for name in (1, 2, 4, 6, 7, 8)),
        *({1: value} for value in (None, 1, True, ["Amara"], {1: "Amara"}, 1.5, cbor2.undefined)),
        *({5: level} for level in (0, 5, -1, True, 3.0, "3", None, 2**64)),
        *({9: basis} for basis in (0, 4, 10, 14, 20, 21, -1, True, 1.0, None)),
        *({3: place} for place in ([0, 1, 1], [1, 0, 1], [1, 1, 0], [1, 1], [1, 1, 1, 1], [LAST + 1, 1, 1])),
        *(
            {3: place}
            for place in ([1, 1, -1], [1, 1, True], [1, 1, 1.0], {1: 1, 2: 2, 3: 3}, "111", b"\1\1\1")
        ),
        *({10: days} for days in ([65_536, 1, 36], [20_526, 65_536, 36], [20_526, 1, 0], [20_526, 1, 1201])),
        *({10: days} for days in ([-1, 1, 36], [20_526, -1, 36], [20_526, 1], [20_526, 1, None])),
        *({11: place} for place in ([0, 1, 1], [1, 131_072, 1], [1, 1, 131_072], [1, -1, 1], [1, 1, 2**70])),
        {12: 1},
        {0: 1},
        {-1: 1},
        {"1": 1},
    ]
    yield from (_case(f"within the limits: {_said(each)}", claims(each), "accepted") for each in accepted)
    yield from (_case(f"outside the limits: {_said(each)}", claims(each)) for each in broken)
    for name in range(1, 12):
        less = claims()
        del less[ENTRY][name]
        yield _case(f"without {name}", less)
    yield from _other_claims()


def _other_claims() -> Iterator[Case]:
    first, last = 0, LAST // DAY * DAY
    yield _case("the first and the last day", claims(changed={EXP: last, IAT: first}), "accepted")
    numbers: list[Any] = [1, DAY + 1, last + DAY, -DAY, float(DAY), True, None, "0", b"", [0], 2**64]
    for name in (EXP, IAT):
        for value in numbers:
            yield _case(f"{name} is {value!r}", claims(changed={name: value}))
    for name in (EXP, IAT, ENTRY):
        yield _case(f"without claim {name}", {key: value for key, value in claims().items() if key != name})
    yield _case("a claim more", {**claims(), 1: "issuer"})
    yield _case("another place for the entry", {EXP: DAY, IAT: 0, -65_538: claims()[ENTRY]})
    entries: list[Any] = [None, [], "entry", b"entry", {}, cbor2.CBORTag(37, b"x" * 16)]
    for value in entries:
        yield _case(f"the entry is {value!r}", {**claims(), ENTRY: value})
    payloads: list[Any] = [[], 1, None, "claims", cbor2.CBORTag(61, claims())]
    for payload in payloads:
        yield _case(f"the claims are {payload!r:.40}", payload)
    same: list[Any] = [True, 1.0]
    for key in same:
        entry = {key if name == 1 else name: value for name, value in claims()[ENTRY].items()}
        yield _case(f"the key 1 is {key!r}", {**claims(), ENTRY: entry})


def _spellings() -> Iterator[Case]:
    """Second spellings of the same values, headers other than ours, and what is around the bytes."""
    header = cbor2.dumps({1: -19, 4: bytes.fromhex(KEY.kid)})
    long_five = PAYLOAD.replace(b"\x05\x03\x06\x6f", b"\x05\x18\x03\x06\x6f")
    twice = PAYLOAD.replace(b"\xab\x01", b"\xac\x01").replace(
        b"\x05\x03\x06\x6f", b"\x05\x03\x05\x03\x06\x6f"
    )
    swapped = PAYLOAD.replace(b"\x05\x03\x06\x6fRobin Fixturely", b"\x06\x6fRobin Fixturely\x05\x03")
    endless = PAYLOAD.replace(b"\xab\x01", b"\xbf\x01") + b"\xff"
    piecewise = PAYLOAD.replace(b"\x6dAmara Demoson", b"\x7f\x6dAmara Demoson\xff")
    for why, payload in {
        "a long integer": long_five,
        "a long text length": PAYLOAD.replace(b"\x6dAmara", b"\x78\x0dAmara"),
        "a key twice": twice,
        "keys out of order": swapped,
        "an indefinite map": endless,
        "an indefinite text": piecewise,
        "a byte behind the claims": PAYLOAD + b"\0",
        "half of the claims": PAYLOAD[:88],
        "no claims": b"",
        "a text that is no UTF-8": PAYLOAD.replace(b"Amara Demoson", b"Amara Dem\xffson"),
        "a text with half a pair": PAYLOAD.replace(b"Amara Demoson", b"Amara D\xed\xa0\x80son"),
        "a tag around a text": PAYLOAD.replace(b"\x6dAmara Demoson", b"\xd8\x20\x6dAmara Demoson"),
        "claims as a list of bytes": cbor2.dumps([PAYLOAD]),
        "longer than may be read": cbor2.dumps(claims({1: "x" * 400})),
    }.items():
        assert payload != PAYLOAD, why
        yield _code(why, signed(payload), "damaged" if len(payload) > 400 else "no entry of ours")
    kid = bytes.fromhex(KEY.kid)
    for why, protected in {
        "algorithm -8": cbor2.dumps({1: -8, 4: kid}),
        "algorithm -7": cbor2.dumps({1: -7, 4: kid}),
        "no algorithm": cbor2.dumps({4: kid}),
        "algorithm in words": cbor2.dumps({1: "Ed25519", 4: kid}),
        "no kid": cbor2.dumps({1: -19}),
        "no header": b"",
        "an empty header": cbor2.dumps({}),
        "a kid of three bytes": cbor2.dumps({1: -19, 4: kid[:3]}),
        "a kid of five bytes": cbor2.dumps({1: -19, 4: b"\0" + kid}),
        "a kid in words": cbor2.dumps({1: -19, 4: KEY.kid}),
        "a header more": cbor2.dumps({1: -19, 4: kid, 5: 1}),
        "a critical header": cbor2.dumps({1: -19, 2: [1], 4: kid}),
        "headers out of order": cbor2.dumps({4: kid, 1: -19}),
        "a byte behind the header": header + b"\0",
        "a long algorithm": header.replace(b"\x32", b"\x38\x12"),
    }.items():
        # the kid is at the end of a header of ours: whose key it would be of another is not known
        yield _code(
            why, enveloped(PAYLOAD, protected), "broken" if protected.endswith(kid) else "unknown key"
        )
    yield from _envelopes(header)
    yield from _addresses()


def _envelopes(header: bytes) -> Iterator[Case]:
    def tagged(*parts: Any) -> bytes:
        return cbor2.dumps(cbor2.CBORTag(18, list(parts)))

    kid = bytes.fromhex(KEY.kid)
    for why, data in {
        "an unprotected algorithm": enveloped(PAYLOAD, header, unprotected={1: -19}),
        "an unprotected kid": enveloped(PAYLOAD, header, unprotected={4: kid}),
        "a header that is a map": tagged({1: -19}, {}, PAYLOAD, SIGNATURE),
        "a payload that is no bytes": tagged(header, {}, None, SIGNATURE),
        "a payload in words": enveloped("claims", header),
        "a signature of 63 bytes": tagged(header, {}, PAYLOAD, SIGNATURE[:63]),
        "a signature of 65 bytes": tagged(header, {}, PAYLOAD, SIGNATURE + b"\0"),
        "a part too many": tagged(header, {}, PAYLOAD, SIGNATURE, b""),
        "a part too few": tagged(header, PAYLOAD, SIGNATURE),
        "no tag": VECTOR[1:],
        "another tag": b"\xd1" + VECTOR[1:],
        "a long tag": b"\xd8\x12" + VECTOR[1:],
        "a tag more": b"\xd8\x3d" + VECTOR,
        "an indefinite list": b"\xd2\x9f" + VECTOR[2:] + b"\xff",
        "a byte behind": VECTOR + b"\0",
        "a byte before": b"\0" + VECTOR,
        "561 bytes": VECTOR + bytes(561 - len(VECTOR)),
        "nothing": b"",
    }.items():
        yield _code(why, data, "damaged")
    yield _code("a key that nobody knows", signed(PAYLOAD, OTHER_KEY), "unknown key")
    yield _code("signed by another key", enveloped(PAYLOAD, header, OTHER_KEY))
    yield _code("a signature of zeros", VECTOR[:-64] + bytes(64))
    order = (2**252 + 27742317777372353535851937790883648493).to_bytes(32, "little")
    scalar = (int.from_bytes(SIGNATURE[32:], "little") + int.from_bytes(order, "little")).to_bytes(
        32, "little"
    )
    yield _code("the signature in its second form", VECTOR[:-32] + scalar)


def _addresses() -> Iterator[Case]:
    rests = [length for length in range(1, 17) if length not in (3, 5, 8, 10, 13, 15)]
    for fragment in [
        *("", "1", "0" + DIGITS, "2" + DIGITS, DIGITS, " 1" + DIGITS, "1 " + DIGITS, "1" + DIGITS + " "),
        *("1" + DIGITS[:-5] + "0" * length for length in rests),
        *("1" + DIGITS + "0" * length for length in (1, 2, 3)),
        *(
            "1" + "9" * 17 + DIGITS[17:],
            "1" + DIGITS[:17] + "9" * 17 + DIGITS[34:],
        ),
        *("1+" + DIGITS[1:], "1-" + DIGITS[1:], "1" + DIGITS[:4] + "_" + DIGITS[5:], "1" + DIGITS + "\n"),
        *("1" + DIGITS.translate({ord("0") + i: zero + i for i in range(10)}) for zero in (0x660, 0xFF10)),
        *("#1" + DIGITS, "1" + DIGITS + "#", "1%30" + DIGITS[1:], "1" + "0" * 5000, "1" + DIGITS + DIGITS),
    ]:
        yield {"why": "behind the #", "text": f"{SHARE}#{fragment}", "outcome": "damaged"}
    yield {"why": "other digits", "text": f"{SHARE}#1{DIGITS[:-10]}{'9' * 10}", "outcome": "broken"}
    for path in ("", "c/", "C/" + CODE, "c/" + CODE.lower(), f"c/{CODE}/", f"c/{CODE}?", f"c/{CODE}2", "x"):
        yield {"why": "another path", "text": f"{ORIGIN}/{path}#1{DIGITS}", "outcome": "damaged"}
    for path in (f"c/{CODE[:-1]}", f"c//{CODE}", f"x/../c/{CODE}", "c/SP-4F7K-9QXM-2TWC", f"c/{CODE[:-1]}A"):
        yield {"why": "another path", "text": f"{ORIGIN}/{path}#1{DIGITS}", "outcome": "damaged"}
    # the code in the path is not signed: the person who is online compares with what the service keeps
    yield {"why": "another share code", "text": URL.replace(CODE, "SP222222222222"), "outcome": "accepted"}
    yield {"why": "a share alone", "text": SHARE, "outcome": "no entry"}
    yield from ({"why": "another site", "text": text, "outcome": "other site"} for text in _other_sites())


def _other_sites() -> list[str]:
    tail = f"/c/{CODE}#1{DIGITS}"
    hosts = [
        *(
            "passport.example.attacker.example",
            "passport-example",
            "pasport.example",
            "xn--passprt-j2a.example",
        ),
        *(
            "passport.example:8443",
            "passport.example:443",
            "passport.example.",
            "passport.example@attacker.example",
        ),
        *("user@passport.example", "user:word@passport.example", "PASSPORT.EXAMPLE", "passport\u3002example"),
        *("p\u0430ssport.example", "passport.example\\", "passport.example\\@attacker.example", "", "[::1]"),
        *(
            "passport.example%2f",
            "pass\nport.example",
            " passport.example",
            "attacker.example/passport.example",
        ),
    ]
    starts = [
        "http://",
        "HTTPS://",
        "https:/",
        "https:",
        "ftp://",
        "javascript:",
        "//",
        "",
        " https://",
        "data:text/html,",
    ]
    return [f"https://{host}{tail}" for host in hosts] + [
        *(f"{start}passport.example{tail}" for start in starts),
        *(
            ORIGIN,
            f"{ORIGIN}#1{DIGITS}",
            f"{ORIGIN}?/c/{CODE}#1{DIGITS}",
            "",
            "#",
            "hello",
            CODE,
            DIGITS,
            "\0",
        ),
    ]


def texts() -> dict[str, list[str]]:
    """Names that may be signed, and texts that may not: NFC, nothing hidden, no space at an end."""
    return {
        "signed": [
            *(
                "J",
                "Amara Demoson",
                "Zoë Ó Sé-O'Brien",
                "Nguyễn Thị Ánh",
                "陈小明",
                "Łucja Żółć",
                "\U0001f98a Fox",
            ),
            *("ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "محمد\u200cرضا", "क्\u200dष", "عائشہ", "Łukasz <script>alert(1)</script>", "a  b"),
            *("Saint Mary’s “Upper” School", "=HYPERLINK(1)", "Amara\u00a0Demoson", "\u0301a", "عَلِيّ"),
        ],
        "refused": [
            *(
                "",
                " ",
                " Amara",
                "Amara ",
                "\u00a0Amara",
                "Amara\u3000",
                "Zoe\u0308",
                "Am\u200bara",
                "Am\u200cara",
            ),
            *(
                "\u200dAmara",
                "محمد\u200c",
                "\u200cمحمد",
                "محمد\u200c\u200cرضا",
                "Ama\u202era",
                "A\u2066b\u2069",
                "A\u200f",
            ),
            *(
                "Amara\0",
                "Ama\nra",
                "Ama\tra",
                "Ama\u0085ra",
                "Ama\u2028ra",
                "Ama\u2029ra",
                "Ama\u00adra",
                "Ama\u061cra",
            ),
            *(
                "Ama\u3164ra",
                "Ama\ufe0fra",
                "Ama\U000e0041ra",
                "Ama\ufeffra",
                "Ama\uffffra",
                "Ama\ue000ra",
                "\u212b",
            ),
            *(
                "Ama\U0010ffffra",
                "Ama\ufdd0ra",
                "Ama\u034fra",
                "Ama\u180era",
                "\u2800",
                "क\u200dA",
                "A\u200dक",
            ),
        ],
    }


def _texts() -> Iterator[Case]:
    for outcome, names in texts().items():
        for name in names:
            said = claims({1: name})
            why = f"a name: {name.encode('ascii', 'backslashreplace').decode()}"
            yield _case(why, said, "accepted" if outcome == "signed" else "no entry of ours")


def _case(why: str, payload: Any, outcome: str = "no entry of ours") -> Case:
    return _code(why, signed(cbor2.dumps(payload, canonical=True)), outcome)


def _code(why: str, data: bytes, outcome: str = "broken") -> Case:
    text = f"{SHARE}#1{address.to_digits(data)}"
    return {"why": why, "text": text, "outcome": outcome}


def _said(members: Claims) -> str:
    return ", ".join(f"{name} is {value!r:.20}" for name, value in members.items())
