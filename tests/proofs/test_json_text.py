import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.proofs import json_text
from passport.proofs.errors import NotJson

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_reads_what_it_writes(value: object) -> None:
    assert json_text.read(json_text.write(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(data: bytes) -> None:
    try:
        value = json_text.read(data)
    except NotJson:
        return
    assert value == json.loads(data)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "\\u0062": 2}}',
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[1e999]",
        '["\\ud800"]',
        '{"\\udc00": 1}',
        "[1" + "0" * 5000 + "]",
        "",
        "{",
        '"',
        '"\\',
        "[1,]",
        "{'a': 1}",
        "[1] [2]",
        "\ufeff[1]",
    ],
)
def test_refuses_what_readers_disagree_about(text: str) -> None:
    with pytest.raises(NotJson):
        json_text.read(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("data", [b'["\xff"]', b'["\xed\xa0\x80"]', '["a"]'.encode("utf-16")])
def test_refuses_other_encodings(data: bytes) -> None:
    with pytest.raises(NotJson):
        json_text.read(data)


def test_depth_is_bounded() -> None:
    assert json_text.read(b"[" * 32 + b"]" * 32)
    for data in (b"[" * 33 + b"]" * 33, b"[" * 500_000, b'{"a":' * 200_000, b"[" * 100_000 + b"]" * 100_000):
        with pytest.raises(NotJson):
            json_text.read(data)


def test_brackets_in_texts_are_not_depth() -> None:
    assert json_text.read(json.dumps(["[{" * 100 + '\\"[[']).encode()) == ["[{" * 100 + '\\"[[']


def test_size_is_bounded() -> None:
    at_limit = b'"' + b"a" * (1024 * 1024 - 2) + b'"'
    assert len(json_text.read(at_limit)) == 1024 * 1024 - 2
    with pytest.raises(NotJson):
        json_text.read(at_limit + b" ")


def test_a_text_full_of_escaped_quotes_without_an_end_is_refused_at_once() -> None:
    with pytest.raises(NotJson):
        json_text.read(b'"' + b'\\"' * 500_000)


@pytest.mark.parametrize("text", ["[]", '"a"', "1", "null"])
def test_an_object_is_an_object(text: str) -> None:
    with pytest.raises(NotJson):
        json_text.read_object(text.encode())
