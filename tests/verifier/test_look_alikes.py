"""Names that look like a registered issuer's, and names that only share words with one."""

import pytest

from passport.verifier.look_alikes import Names, is_like_one_of

THEIRS = ["Made in Brindlemoor", "Art"]


@pytest.mark.parametrize(
    "name",
    [
        "Made in Brindlemoor",
        "MADE IN BRINDLEMOOR ",
        "made-in-brindlemoor",
        "Made in Вrindlеmооr",  # Cyrillic
        "Ｍade in Brindlemoor",
        "Mádé in Brindlemoor",
        "Made in Brindlem00r",
        "Made ln Br1ndlemoor",
        "Made in Brindlernoor",
        "Made\u200b in Brindlemoor",
        "\u202eMade in Brindlemoor",
        "ᴍᴀᴅᴇ ɪɴ ʙʀɪɴᴅʟᴇᴍᴏᴏʀ",
        "🅼🅰🅳🅴 🅸🅽 🅱🆁🅸🅽🅳🅻🅴🅼🅾🅾🆁",
        "🅜🅐🅓🅔 🅘🅝 🅑🅡🅘🅝🅓🅛🅔🅜🅞🅞🅡",
        "🇲🇦🇩🇪 🇮🇳 🇧🇷🇮🇳🇩🇱🇪🇲🇴🇴🇷",
        "ꓟꓮꓓꓰ ꓲꓠ ꓐꓣꓲꓠꓓꓡꓰꓟꓳꓳꓣ",  # Lisu
        "Maɗe in Ɓrinɗlemoor",
        "Mɑde ɩn Brɩndlemoor",
        "Made in Brindlemօօr",  # Armenian
        "Ꮇade in Ᏼrindlemoor",  # Cherokee
        "Made in Brindlemססr",  # Hebrew
        "Made in Brindlem○○r",
        "The Made in Brindlem∅∅r Programme",
        "Made in Brindelmoor",
        "Made in Brindlemor",
        "Made in Brindllemoor",
        "Made in Grindlemoor",
        "Made in Brindlemoor (official)",
        "The Made in Brindlemoor Programme",
        "Art",
        " aгt ",
    ],
)
def test_it_looks_like_one(name: str) -> None:
    assert is_like_one_of(name, Names(THEIRS))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "…",
        "Made in Faketown",
        "Brindlemoor",
        "Arts",
        "Plainly Invented College",
        "制造",
        "Made in",
        "○○○○ ○○ ○○○○○○○○○○○",
        "Made in Brindle★",
        "Σχολή in Brindlemoor",
        "C++ in Brindlemoor",
    ],
)
def test_it_does_not(name: str) -> None:
    assert not is_like_one_of(name, Names(THEIRS))
    assert not is_like_one_of(name, Names([]))
