"""A refusal: what to do, the kind of error that must follow, and its words."""

from collections.abc import Callable
from typing import Any

import pytest

Case = tuple[Callable[[], Any], type[Exception], str]


def refused(case: Case) -> None:
    """Do it, and hold the error against what was to be said."""
    call, error, words = case
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == words
