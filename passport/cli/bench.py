"""`bench WHAT`: how fast it is here and now, compared with what it builds on, in the same run."""

from __future__ import annotations

import importlib
import json
from argparse import Namespace
from dataclasses import dataclass

from passport.cli import say


@dataclass(frozen=True)
class Bench:
    """Measurements: figures (per second, or as their names say), and ratios of figures of this run."""

    figures: dict[str, float]
    ratios: dict[str, float]
    notes: tuple[str, ...] = ()


def run(options: Namespace) -> int:
    """Measure, and print a table for people or one object for machines."""
    measured: Bench = importlib.import_module(f"passport.bench.{options.what}").measure(options.seconds)
    if options.json:
        say(json.dumps({"figures": measured.figures, "ratios": measured.ratios}, indent=2))
        return 0
    for title, lines in (("Figures", measured.figures), ("Ratios", measured.ratios)):
        say(title)
        for name, value in lines.items():
            say(f"    {name.replace('_', ' '):<34} {_number(value):>12}")
    for note in measured.notes:
        say(note)
    return 0


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"
