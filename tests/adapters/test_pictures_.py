from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from passport.adapters import pictures
from passport.adapters.pictures import Badge
from passport.adapters.pictures.layout import SIZE, WIDTH, lines_of
from passport.openbadges.baking import bake_png, bake_svg, unbake

LONG = "Explaining what you found to people who were not there and " + "Donaudampfschifffahrtskapitän" * 4
AWKWARD = [
    "",
    "x",
    LONG,
    "W" * 500,
    "a b " * 200,
    "Fixing 👩‍🔧 pumps 😀",
    "ਮਾਪਣਾ ਅਤੇ ਜਾਂਚ",
    "قياس والتحقق",
    "<b>&\"' ]]> </svg>",
    "tab\tand\x00zero\u202eturned",
]


def badge(skill: str = "Measuring and checking", **other: object) -> Badge:
    usual = {"level": 3, "level_words": "On my own", "programme": "Made in Brindlemoor", "colour": "#1d5c63"}
    return Badge(skill=skill, **{**usual, **other})  # type: ignore[arg-type]


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGBA")


def parsed(picture: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 - our own


def texts(picture: bytes) -> list[str]:
    return [node.text or "" for node in parsed(picture).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("text", AWKWARD)
def test_no_text_breaks_a_picture(text: str) -> None:
    made = badge(text, programme=text, note=text)
    assert opened(pictures.png(made)).size == (SIZE, SIZE)
    assert len(pictures.png(made)) < 30_000
    parsed(pictures.svg(made))
    assert all(line.width <= WIDTH for drawn in (True, False) for line in lines_of(made, drawn=drawn))


@given(st.text(max_size=120), st.text(max_size=120))
def test_whatever_is_written_fits_and_can_be_read_again(skill: str, programme: str) -> None:
    made = badge(skill, programme=programme)
    for drawn in (True, False):
        assert all(line.width <= WIDTH and 60 < line.baseline < SIZE for line in lines_of(made, drawn=drawn))
    credential = '{"name":"Ł 😀 ]]> &amp;"}'.encode()
    assert unbake(bake_svg(pictures.svg(made), credential)) == credential


def test_the_same_badge_gives_the_same_bytes_and_another_one_does_not() -> None:
    for form in (pictures.png, pictures.svg):
        assert form(badge()) == form(badge())
        others = {"level": 2}, {"programme": "Other"}, {"colour": "#883322"}, {"assurance": "Other"}
        for other in (badge("Other"), *(badge(**one) for one in others)):
            assert form(other) != form(badge())


def test_both_say_skill_level_and_programme() -> None:
    assert texts(pictures.svg(badge(assurance="School or college confirmed", note="Demo"))) == [
        "Measuring and",
        "checking",
        "Made in Brindlemoor",
        "On my own",
        "School or college confirmed",
        "Demo",
    ]
    drawn = [line.text for line in lines_of(badge(), drawn=True)]
    assert drawn == ["Measuring and", "checking", "Made in Brindlemoor", "On my own"]


def test_a_picture_shows_no_half_word_of_a_script_that_its_font_lacks() -> None:
    shown = badge("Fixing 😀 pumps", programme="ਬ੍ਰਿੰਡਲਮੂਰ Scheme")
    assert [line.text for line in lines_of(shown, drawn=True)] == ["Fixing pumps", "On my own"]
    # the person who shows the SVG may have the letters
    assert "ਬ੍ਰਿੰਡਲਮੂਰ Scheme" in texts(pictures.svg(shown))


def test_the_programmes_colour_and_the_level_are_seen() -> None:
    def colours(made: Badge) -> int:
        wanted = (0x88, 0x33, 0x22)
        pixels = opened(pictures.png(made)).crop((100, 360, 500, 480)).tobytes()
        near = zip(pixels[0::4], pixels[1::4], pixels[2::4], strict=True)
        return sum(all(abs(one - two) < 6 for one, two in zip(pixel, wanted, strict=True)) for pixel in near)

    filled = [colours(badge(level=level, colour="#883322")) for level in (1, 2, 3, 4)]
    assert filled == sorted(filled)
    assert len(set(filled)) == 4


@pytest.mark.parametrize("colour", ["", "red", "#12345", '#123456"/><script>'])
def test_what_is_no_colour_is_not_used(colour: str) -> None:
    assert pictures.svg(badge(colour=colour)) == pictures.svg(badge())


def test_a_baked_picture_is_the_same_picture() -> None:
    baked = bake_png(pictures.png(badge()), b'{"a":1}')
    assert opened(baked).tobytes() == opened(pictures.png(badge())).tobytes()
