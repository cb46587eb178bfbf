"""Printed codes are read off paper that is no longer clean (trust, section 9: Print).

The codes are cut out of the rendered sheet itself. For figures with
more seeds, and what is beyond the promise, run `python -m tests.adapters.printing.test_quality`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache

import pytest
from PIL import Image

from passport.adapters.printing import Layout
from tests.fixtures.camera import (
    FRAMES,
    SMUDGES,
    SPECKS,
    STAINS,
    STAINS_ON_MARKS,
    Camera,
    frames_until_read,
    spoiled,
)
from tests.fixtures.paper import MM, SHARE, SHEET, codes_on, printed, scanned
from tests.vectors.compact import make

DIRT = 0.05
PROMISED = [Camera(1080, 100), Camera(1080, 150), Camera(1080, 200), Camera(720, 100), Camera(720, 150)]
BEYOND = [Camera(1080, 250), Camera(1080, 300), Camera(720, 200), Camera(720, 250)]
SEEDS = range(3)
KINDS = {
    "stains of 1.5 to 4 mm": STAINS,
    "smudges of 0.5 to 1.5 mm": SMUDGES,
    "specks of 0.1 to 0.4 mm": SPECKS,
    "stains, also on the corner marks": STAINS_ON_MARKS,
}


@cache
def cut_out(text: str, layout: Layout = Layout.SHEET) -> Image.Image:
    """A code with its margin, as the printer puts it on the sheet."""
    page = scanned(printed(SHEET, layout=layout))
    there = codes_on(page)[text].position
    margin = round(2.5 * MM)
    corner, end = there.top_left, there.bottom_right
    return page.crop((corner.x - margin, corner.y - margin, end.x + margin, end.y + margin)).convert("L")


@pytest.mark.parametrize("camera", PROMISED, ids=lambda camera: f"{camera.lines}-{camera.distance_mm}mm")
@pytest.mark.parametrize("text", [make.URL, SHARE], ids=["entry", "share"])
def test_a_dirty_code_is_read_within_ten_frames(text: str, camera: Camera) -> None:
    for seed in SEEDS:
        dirty = spoiled(cut_out(text), DIRT, seed)
        assert frames_until_read(dirty, camera, text, seed) is not None, seed


def test_so_is_the_code_of_a_card() -> None:
    dirty = spoiled(cut_out(SHARE, Layout.CARD), DIRT, 1)
    assert frames_until_read(dirty, Camera(720, 150), SHARE, 1) is not None


def test_a_code_that_is_too_far_or_too_dirty_is_not_read_as_another_one() -> None:
    assert frames_until_read(cut_out(make.URL), Camera(480, 400), make.URL, 1) is None
    assert frames_until_read(spoiled(cut_out(make.URL), 0.4, 1), Camera(1080, 150), make.URL, 1) is None


def figures(seeds: range) -> Iterator[str]:
    """One line for each code, kind of dirt and camera: how many were read, and in how many frames."""
    for name, text in (("entry", make.URL), ("share", SHARE)):
        for kind, dirt in KINDS.items():
            for camera in [*PROMISED, *BEYOND] if dirt is STAINS else [PROMISED[1]]:
                took = [
                    frames_until_read(spoiled(cut_out(text), DIRT, seed, dirt), camera, text, seed)
                    for seed in seeds
                ]
                there = [frames for frames in took if frames is not None]
                mean = sum(there) / len(there) if there else float("nan")
                yield (
                    f"{name}, {kind}, {camera.lines} lines at {camera.distance_mm:.0f} mm:"
                    f" {len(there)} of {len(took)} within {FRAMES} frames, {mean:.1f} on average"
                )


if __name__ == "__main__":
    for line in figures(range(int(sys.argv[1]) if sys.argv[1:] else 100)):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
