import json
from argparse import Namespace

import pytest

from passport.bench import pages
from passport.cli import bench


def test_a_champions_pages_ask_as_much_for_a_long_queue_as_for_a_short_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LOTS", 300)
    assert bench.run(Namespace(what="pages", seconds=0.1, json=True)) == 0
    measured = json.loads(capsys.readouterr().out)
    figures, ratios = measured["figures"], measured["ratios"]
    assert figures["queue_queries_5"] == figures["queue_queries_300"] <= 15
    for page in ("queue", "last_page", "review"):
        assert figures[f"{page}_queries_5"] == figures[f"{page}_queries_300"]
        quick, slow = (figures[f"{page}_milliseconds_{number}"] for number in (5, 300))
        assert ratios[page] == pytest.approx(slow / quick)
