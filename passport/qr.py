"""QR pictures. The only place that knows the library for them."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_Q

MARGIN = 4


def modules(address: str) -> list[list[bool]]:
    """The squares of a QR with error correction Q and its margin: true is black."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=MARGIN)
    code.add_data(address, optimize=0)
    code.make(fit=True)
    return [[bool(square) for square in row] for row in code.get_matrix()]


def svg(address: str) -> str:
    """An SVG picture, black on white, drawn as runs of squares so that it stays small."""
    rows = modules(address)
    side = len(rows)
    path = "".join(_row(number, row) for number, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def _row(number: int, row: list[bool]) -> str:
    """One row's black runs as a path."""
    parts = []
    start = None
    for place, black in enumerate([*row, False]):
        if black and start is None:
            start = place
        elif not black and start is not None:
            parts.append(f"M{start} {number}h{place - start}v1h-{place - start}z")
            start = None
    return "".join(parts)
