"""The page on validation: what it counts and quotes is what code and kept results say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sim.schedule import world_specs
from sim.study.config import load
from sim.study.factors import factors
from sim.study.files import read_csv

ROOT = Path(__file__).resolve().parents[1]
PAGE = " ".join((ROOT / "docs" / "validation.md").read_text("utf-8").split())


def tags(place: str) -> Counter[str]:
    return Counter(spec.tag for spec in world_specs(place).values() if spec.kind == "drawn")


def test_how_many_rows_are_guesses() -> None:
    compound, village, pasture = (tags(place) for place in ("compound", "village", "pasture"))
    assert (
        f"Of the {compound.total()} uncertain rows that a world of compounds uses {compound['E']} are pure estimates "
        f"(tag E), {compound['D']} are derived from a source and {compound['F']} found in one; of the "
        f"{village.total()} of villages {village['E']}, of the {pasture.total()} of pastures {pasture['E']} are "
        "estimates" in PAGE
    )
    config = load("yijiantiao")
    varied = factors(config, [s for s in config.scenarios if s.name in ("none", "merged")])
    assert f"{sum(factor.guessed for factor in varied)} of the {len(varied)} rows behind the main comparison" in PAGE


def test_worlds_as_found_are_those_of_the_main_experiment() -> None:
    table = read_csv(ROOT / "results" / "reference" / "yijiantiao" / "comparison.csv")
    level = table[table["baseline"] == "none"].groupby("outcome")["mean_baseline"].first()
    assert f"| **{level['satisfaction']:.2f}** | far below".replace("0.", ".") in PAGE
    assert f"{round(level['opened'], -1):.0f} cases, but" in PAGE
