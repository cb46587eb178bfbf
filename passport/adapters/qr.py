"""QR codes as pictures. The only module that uses the QR library."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import QRData

MARGIN = 4
SHARE_SIDE_MM = 30.0
ENTRY_SIDE_MM = 35.0
# Module sizes that cameras read from paper: the usual one, and one if there is room for more correction.
SQUARE_MM, SQUARE_FOR_Q_MM = 0.45, 0.48

# The modes of ISO/IEC 18004, table 2.
_DIGITS: Literal[1] = 1
_BYTES: Literal[4] = 4
_LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}


@dataclass(frozen=True)
class Code:
    """A code and the size to print it in. `rows` include the margin; `side_mm` is the side without it."""

    rows: list[list[bool]]
    level: str
    side_mm: float

    @property
    def squares(self) -> int:
        """Return the number of modules on a side, without the margin."""
        return len(self.rows) - 2 * MARGIN

    @property
    def version(self) -> int:
        """Return the QR version, which is its size by number."""
        return (self.squares - 17) // 4

    @property
    def square_mm(self) -> float:
        """Return the side of one module on paper, in millimetres."""
        return self.side_mm / self.squares

    @property
    def whole_mm(self) -> float:
        """Return the side on paper including the margin, in millimetres."""
        return self.square_mm * len(self.rows)


@lru_cache(maxsize=128)
def share_code(address: str) -> Code:
    """Return the code of a share, which holds its address, with error correction Q."""
    return Code(modules(address), "Q", SHARE_SIDE_MM)


@lru_cache(maxsize=128)
def entry_code(address: str) -> Code:
    """Return the code of an entry with its signed contents: bytes up to and including `#`, then digits.

    Error correction is M, or Q where its smaller modules can still be read in the same size. Raises
    ValueError unless the address has digits alone after the `#`.
    """
    place, mark, digits = address.partition("#")
    if not mark or not digits.isascii() or not digits.isdecimal():
        raise ValueError("this is not the address of an entry")
    parts = [
        QRData((place + mark).encode(), mode=_BYTES),
        QRData(digits.encode(), mode=_DIGITS),
    ]
    side = max(ENTRY_SIDE_MM, SQUARE_MM * _squares(parts, "M"))
    level = "Q" if side / _squares(parts, "Q") >= SQUARE_FOR_Q_MM else "M"
    return Code(_modules(parts, level), level, side)


def modules(address: str) -> list[list[bool]]:
    """Return the modules of a QR with error correction Q and its margin: true is black."""
    return _modules([QRData(address.encode(), mode=_BYTES)], "Q")


def svg(address: str) -> str:
    """Return an SVG picture, black on white, drawn as runs of modules so that it stays small."""
    return _drawn(modules(address), "")


def printed_svg(code: Code) -> str:
    """Return an SVG of the code in millimetres with its margin, to be printed without scaling."""
    side = f"{code.whole_mm:.3f}mm"
    return _drawn(code.rows, f' width="{side}" height="{side}"')


def _squares(parts: list[QRData], level: str) -> int:
    """Return how many modules a side would have."""
    return 17 + 4 * _filled(parts, level).best_fit()


def _modules(parts: list[QRData], level: str) -> list[list[bool]]:
    code = _filled(parts, level)
    code.make(fit=True)
    return [[bool(square) for square in row] for row in code.get_matrix()]


def _filled(parts: list[QRData], level: str) -> qrcode.QRCode[Any]:
    code = qrcode.QRCode(error_correction=_LEVELS[level], border=MARGIN)
    for part in parts:
        code.add_data(part)
    return code


def _drawn(rows: list[list[bool]], size: str) -> str:
    side = len(rows)
    path = "".join(_row(number, row) for number, row in enumerate(rows))
    size = f'{size} viewBox="0 0 {side} {side}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{size} shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def _row(number: int, row: list[bool]) -> str:
    """Return the black runs of one row as an SVG path."""
    parts = []
    start = None
    for place, black in enumerate([*row, False]):
        if black and start is None:
            start = place
        elif not black and start is not None:
            parts.append(f"M{start} {number}h{place - start}v1h-{place - start}z")
            start = None
    return "".join(parts)
