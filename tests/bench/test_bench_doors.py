import json
from argparse import Namespace

import pytest

from passport.cli import bench

DOORS = {"password", "link", "new_password", "class_code"}


def test_each_way_in_is_measured_for_known_and_unknown_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench.run(Namespace(what="doors", seconds=0.1, json=True)) == 0
    measured = json.loads(capsys.readouterr().out)
    figures, ratios = measured["figures"], measured["ratios"]
    assert ratios.keys() == {*DOORS, "unknown_code"}
    for door in DOORS:
        known, unknown = (figures[f"{door}_{who}_milliseconds"] for who in ("known", "unknown"))
        assert ratios[door] == pytest.approx(known / unknown)
    assert figures["password_unknown_milliseconds"] > figures["link_unknown_milliseconds"], "a slow hash"
