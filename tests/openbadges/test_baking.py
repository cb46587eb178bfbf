import gzip
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import baking
from passport.openbadges.errors import BadPicture, NoCredential, OlderBadge
from tests.world import World

SAMPLES = Path(__file__).parents[1] / "vectors" / "samples" / "openbadges-3.0" / "validator-pictures"
INPUTS = Path(__file__).parents[1] / "inputs" / "old-badges"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><g><circle r="4"/></g></svg>'
ENTRY, TOKEN = World().entry_bytes(), World().token()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), name) + data + struct.pack(">I", zlib.crc32(name + data))


def a_png(*chunks: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def text(data: bytes, flags: bytes = b"\0\0", name: bytes = b"iTXt") -> bytes:
    return chunk(name, b"openbadgecredential\0" + flags + b"\0\0" + data)


PNG = a_png()


@pytest.mark.parametrize("credential", [ENTRY, TOKEN, b'{"a": "]]> <![CDATA[ & <b>"}', '{"ü": "☃"}'.encode()])
def test_what_goes_in_comes_out(credential: bytes) -> None:
    assert baking.unbake(baking.bake_png(PNG, credential)) == credential
    assert baking.unbake(baking.bake_svg(SVG, credential)) == credential
    assert baking.bake_png(PNG, credential) == baking.bake_png(PNG, credential + b"\n")


def test_the_picture_stays_as_it_was() -> None:
    baked = baking.bake_png(PNG, ENTRY)
    assert baked.replace(chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + ENTRY), b"") == PNG
    assert b'<circle r="4"/></g></svg>' in baking.bake_svg(SVG, ENTRY)


@pytest.mark.parametrize("name", ["simple-json.png", "simple-json.svg", "simple-jwt.png", "simple-jwt.svg"])
def test_published_samples_are_read(name: str) -> None:
    credential = baking.unbake((SAMPLES / name).read_bytes())
    assert credential.lstrip().startswith(b"{" if "json" in name else b"eyJ")
    assert baking.is_picture((SAMPLES / name).read_bytes())


def international(
    packed: bytes = b"\0\0", language: bytes = b"", named: bytes = b""
) -> Callable[[bytes], bytes]:
    """An iTXt chunk as another tool writes it."""

    def made(credential: bytes) -> bytes:
        data = zlib.compress(credential) if packed == b"\1\0" else credential
        return chunk(b"iTXt", b"openbadgecredential\0" + packed + language + b"\0" + named + b"\0" + data)

    return made


@pytest.mark.parametrize(
    "written",
    [
        international(language=b"en-GB", named=b"Open Badge Credential"),
        international(packed=b"\1\0"),
        international(packed=b"\1\0", language=b"de", named=b"Abzeichen mit Nachweis"),
        lambda credential: international()(b"\xef\xbb\xbf" + credential),
        lambda credential: international()(b"\r\n " + credential + b"\n"),
        lambda credential: chunk(b"tEXt", b"openbadgecredential\0" + credential),
        lambda credential: chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(credential)),
        lambda credential: chunk(b"iTXt", b"openbadges\0\0\0\0\0" + credential),
    ],
    ids=["language", "packed", "packed, with a language", "mark", "blanks", "tEXt", "zTXt", "old keyword"],
)
def test_it_comes_out_as_other_tools_put_it_in(written: Callable[[bytes], bytes]) -> None:
    assert baking.unbake(a_png(written(ENTRY))) == ENTRY


def test_a_latin_text_is_read_as_one() -> None:
    credential = '{"name": "Zo\u00eb"}'
    chunks = (
        chunk(b"tEXt", b"openbadgecredential\0" + credential.encode(code)) for code in ("latin-1", "utf-8")
    )
    assert [baking.unbake(a_png(each)) for each in chunks] == [credential.encode()] * 2


@pytest.mark.parametrize(
    "held",
    [
        zlib.compress(b" " * (baking.MAX_CREDENTIAL + 1)),
        zlib.compress(zlib.compress(b"\0" * 50_000_000)),
        zlib.compress(ENTRY)[:-8],
        b"not packed",
    ],
    ids=["too long", "packed twice", "cut off", "nonsense"],
)
@pytest.mark.parametrize("name", [b"zTXt", b"iTXt"])
def test_what_is_packed_is_unpacked_within_bounds(name: bytes, held: bytes) -> None:
    before = b"openbadgecredential\0\0" if name == b"zTXt" else b"openbadgecredential\0\1\0\0\0"
    with pytest.raises(BadPicture):
        baking.unbake(a_png(chunk(name, before + held)))


@pytest.mark.parametrize("keyword", [b"openbadgecredential", b"openbadges"])
def test_a_picture_with_many_packed_credentials_takes_no_more_room_than_two(keyword: bytes) -> None:
    """Each of ten thousand may unpack to a megabyte."""
    packed = keyword + b"\0\0" + zlib.compress(b"a" * baking.MAX_CREDENTIAL)
    picture = a_png(*[chunk(b"zTXt", packed)] * 60)
    tracemalloc.start()
    with pytest.raises(BadPicture):
        baking.unbake(picture)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * baking.MAX_CREDENTIAL


def test_a_token_stands_before_the_text_that_explains_it() -> None:
    element = (
        '<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0" verify="%s"><![CDATA[%s]]></o:credential>'
    )
    for verify, body, expected in (
        (TOKEN.decode(), '{"name": "x"}', TOKEN),
        ("https://badges.example/1", '{"name": "x"}', b'{"name": "x"}'),
        (TOKEN.decode(), "", TOKEN),
        ("", '{"name": "x"}', b'{"name": "x"}'),
    ):
        picture = SVG.replace(b"<g>", (element % (verify, body)).encode() + b"<g>")
        assert baking.unbake(picture) == expected


@pytest.mark.parametrize("name", ["ob1-text-url.png", "ob2-itxt.png", "svg-ob2.svg"])
def test_badges_of_older_versions_are_told_from_pictures_without_any(name: str) -> None:
    with pytest.raises(OlderBadge):
        baking.unbake((INPUTS / name).read_bytes())
    for picture in (PNG, SVG):
        with pytest.raises(NoCredential):
            baking.unbake(picture)


def test_a_new_credential_stands_before_an_older_badge_beside_it() -> None:
    older = chunk(b"tEXt", b"openbadges\0https://badges.example/1")
    assert baking.unbake(a_png(older, text(ENTRY))) == ENTRY
    assert baking.unbake(a_png(text(ENTRY), older)) == ENTRY


def test_a_picture_carries_one() -> None:
    for bake, picture in ((baking.bake_png, PNG), (baking.bake_svg, SVG)):
        with pytest.raises(BadPicture):
            bake(bake(picture, ENTRY), ENTRY)
        with pytest.raises(BadPicture):
            baking.unbake(picture)
    with pytest.raises(BadPicture):
        baking.unbake(a_png(text(ENTRY), text(ENTRY)))
    element = b"<o:credential xmlns:o='https://purl.imsglobal.org/ob/v3p0'>{}</o:credential>"
    with pytest.raises(BadPicture):
        baking.unbake(SVG.replace(b"<g>", element + element + b"<g>"))


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        PNG[:-4],
        PNG.replace(b"IDAT", b"IDAU"),
        a_png(text(ENTRY))[:-20],
        a_png(text(gzip.compress(ENTRY), b"\1\0")),
        a_png(text(ENTRY, name=b"tEXt")),
        a_png(text(ENTRY, name=b"zTXt")),
        a_png(text(b"")),
        a_png(text(b"x" * (baking.MAX_CREDENTIAL + 1))),
        PNG + b" " * baking.MAX_BYTES,
        b"\x89PNG\r\n\x1a\n" + chunk(b"tIME", b"") * 3,
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**31, b"IHDR"),
        a_png(*[chunk(b"tEXt", b"a\0b")] * 10_001),
        b"<svg/>",
        b"<html/>",
        b"<svg><svg>",
        b"<svg>" * 100 + b"</svg>" * 100,
        b"<svg>" + b" " * baking.MAX_BYTES + b"</svg>",
        b'<!DOCTYPE svg [<!ENTITY a "x">]><svg>&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><svg>&c;</svg>',
        b'<?xml version="1.0" encoding="utf-7"?><svg/>',
        ENTRY,
        TOKEN,
        b"GIF89a",
    ],
    ids=range(26),
)
def test_any_other_picture_is_refused(picture: bytes) -> None:
    with pytest.raises(BadPicture):
        baking.unbake(picture)


@pytest.mark.parametrize("bake", [baking.bake_png, baking.bake_svg])
def test_only_its_own_kind_of_picture_is_baked(bake: Callable[[bytes, bytes], bytes]) -> None:
    for picture in (ENTRY, b"", b"<svg/>", SVG if bake is baking.bake_png else PNG):
        with pytest.raises(BadPicture):
            bake(picture, ENTRY)


@given(st.integers(0, len(baking.bake_png(PNG, TOKEN)) - 1), st.integers(0, 7))
def test_any_flipped_bit_of_a_png_is_seen(place: int, bit: int) -> None:
    baked = bytearray(baking.bake_png(PNG, TOKEN))
    baked[place] ^= 1 << bit
    with pytest.raises(BadPicture):
        baking.unbake(bytes(baked))
