"""The code of an app, as people type it."""

from __future__ import annotations

import pyotp
import pytest

from passport.services.access import second_factor
from passport.services.core.errors import WrongCode
from tests.fixtures.towns import Town

SECRETS = ["not a secret: a test's"]
ARABIC_INDIC = str.maketrans("0123456789", "".join(chr(0x660 + digit) for digit in range(10)))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_code_may_be_typed_with_the_digits_of_any_script(town: Town) -> None:
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        second_factor.begin_app(session, robin, SECRETS, at)
        letters = second_factor.letters_of(session, robin, SECRETS) or ""
        for typed in ("\N{SUPERSCRIPT TWO}" * 6, "\N{ARABIC-INDIC DIGIT TWO}" * 5):
            with pytest.raises(WrongCode):
                second_factor.confirm_app(session, robin, typed, SECRETS, at)
        code = pyotp.TOTP(letters).at(at).translate(ARABIC_INDIC)
        second_factor.confirm_app(session, robin, code, SECRETS, at)
