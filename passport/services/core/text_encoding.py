"""Text as programs of offices write it into files."""

from __future__ import annotations

UTF16 = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"


def decoded(data: bytes) -> str:
    """As Excel and its like write it: UTF-8, UTF-16 with a mark, or else the Windows letters of the West."""
    try:
        if data.startswith(UTF16):
            return data.decode("utf-16")
        return data.removeprefix(UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
