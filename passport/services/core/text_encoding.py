"""Decode text exported by office software (UTF-8, UTF-16, Windows-1252). No encoding is ever guessed."""

from __future__ import annotations

UTF16 = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
WINDOWS = "cp1252"


def encoding(data: bytes) -> str:
    """Return the encoding: that of the byte order mark, else UTF-8 if valid, else Windows-1252."""
    if data.startswith(UTF16):
        return "utf-16"
    if data.startswith(UTF8_MARK):
        return "utf-8-sig"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return WINDOWS
    return "utf-8"


def decoded(data: bytes) -> str:
    """Return the text, with U+FFFD for each byte that its encoding does not have."""
    return data.decode(encoding(data), "replace")
