import json
from argparse import Namespace

import pytest

from passport.bench import load
from passport.cli import bench


def test_presentations_and_uploads_are_measured_beside_what_they_are_compared_with(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "NUMBERS", (1, 2, 4))
    monkeypatch.setattr(load, "CLIENTS", 8)
    assert bench.run(Namespace(what="load", seconds=0.2, json=True)) == 0
    measured = json.loads(capsys.readouterr().out)
    figures, ratios = measured["figures"], measured["ratios"]
    one, two, four = (figures[f"presentation_{number}_milliseconds"] for number in (1, 2, 4))
    assert ratios["presentation_100_to_50"] == pytest.approx(four / two)
    assert ratios["presentation_100_to_1"] == pytest.approx(four / one)
    busy, idle = (figures[f"page_{how}_p95_milliseconds"] for how in ("busy", "idle"))
    assert ratios["page_busy_to_idle"] == pytest.approx(busy / idle)
    assert figures["uploads_refused"] > 0
