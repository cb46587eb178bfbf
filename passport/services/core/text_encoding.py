"""Decode text exported by office software (UTF-8, UTF-16, Windows-1252)."""

from __future__ import annotations

UTF16 = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"


def decoded(data: bytes) -> str:
    """Decode UTF-16 with a byte order mark, or UTF-8; text that is neither is read as Windows-1252."""
    try:
        if data.startswith(UTF16):
            return data.decode("utf-16")
        return data.removeprefix(UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
