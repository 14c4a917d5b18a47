"""The tables for the terminal: nothing cut off in 100 columns, numbers as people write them."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim import outcomes
from sim.report.tables import interval, number, print_comparison, print_rates
from sim.study.answers import outcome_specs
from sim.study.statistics import OutcomeSpec, compare_runs

OUTCOMES = [
    OutcomeSpec("days", "grievance-days per 1,000 households a year", "severity-weighted unresolved grievance-days"),
    OutcomeSpec("settled", "share of cases"),
    OutcomeSpec("paid", "yuan", "paid [by] owners"),
]


def printed(replications: int, width: int = 100) -> str:
    rng = np.random.default_rng(1)
    parts = [
        pd.DataFrame(
            {
                "scenario": scenario,
                "replication": range(replications),
                "days": 1e3 + rng.normal(-50 * i, 20, replications),
                "settled": np.nan,
                "paid": 250_000.0 + 1_000 * i,
            }
        )
        for i, scenario in enumerate(("baseline", "body_branch", "merged_equal_hours"))
    ]
    pairs = [("merged_equal_hours", "body_branch"), ("body_branch", "baseline")]
    comparison = compare_runs(pd.concat(parts), pairs, OUTCOMES)
    stream = io.StringIO()
    names = {"body_branch": "body and branch"}
    print_comparison(Console(file=stream, width=width), comparison, title="[test]", outcomes=OUTCOMES, names=names)
    return stream.getvalue()


def test_a_comparison_fits_in_100_columns() -> None:
    text = printed(200)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0].strip() == "[test]"
    assert "…" not in text
    paid = next(line for line in lines if "paid [by] owners" in line).split()
    assert paid[-7:] == ["251,000", "+1,000", "1,000", "to", "1,000", "100%", "200"]
    settled = next(line for line in lines if "settled" in line).split()
    assert settled[-5:] == ["n/a", "n/a", "n/a", "n/a", "0"]
    words = " ".join(text.split())
    assert "Under these assumptions" in words
    assert "body and branch - baseline" in words
    assert "rough idea" not in words
    assert "rough idea" in printed(3)


def test_of_one_outcome_a_comparison_is_a_line() -> None:
    """And where both stand at one point of a sweep, that point is written once."""
    outcomes = [OutcomeSpec("days", "severity-days", "unresolved")]
    frames = [
        pd.DataFrame({"scenario": name, "replication": range(20), "days": 100.0 - k})
        for k, name in enumerate(
            ("body", "none.integrity_a-0.33.detected-0.02", "merged.integrity_a-0.33.detected-0.02")
        )
    ]
    pairs = [(frames[2]["scenario"][0], frames[1]["scenario"][0]), (frames[1]["scenario"][0], "body")]
    comparison = compare_runs(pd.concat(frames), pairs, outcomes)
    stream = io.StringIO()
    print_comparison(Console(file=stream, width=100), comparison, outcomes=outcomes)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    first = next(k for k, line in enumerate(lines) if "merged - none" in line)
    assert lines[first].split()[-7:] == ["99.0", "-1.00", "-1.00", "to", "-1.00", "100%", "20"]
    assert [line.split()[0] for line in lines[first + 1 : first + 3]] == ["integrity_a-0.33", "detected-0.02"]
    assert "unresolved" in lines[first - 2], "the outcome stands above its units"
    assert max(map(len, lines)) <= 100


def rates(runs: pd.DataFrame, specs: list[OutcomeSpec], families: dict[str, str]) -> list[str]:
    stream = io.StringIO()
    print_rates(Console(file=stream, width=100), runs, "none", specs, families=families)
    return stream.getvalue().splitlines()


def test_rates_by_hand() -> None:
    # 0 to 20 in 21 replications: mean 10, a twentieth lies below 1 and above 19. The other scenario is not in it.
    runs = pd.DataFrame(
        {
            "scenario": ["none"] * 21 + ["body"],
            "talks": [*range(21), 1e6],
            "share": [0.25, *[np.nan] * 20, 0.9],
            "never": np.nan,
            "other": 1.0,
        }
    )
    specs = [
        OutcomeSpec("share", "share", "[a] share", "people"),
        OutcomeSpec("talks", "per compound-year", "", "behaviour"),
        OutcomeSpec("never", "yuan / 1,000 household-years", "", "behaviour"),
        OutcomeSpec("other", "1", "", "another family"),
    ]
    lines = rates(runs, specs, {"behaviour": "what they do", "people": "people"})
    cells = {" ".join(words[:1]): words for line in lines if (words := line.split())}
    assert lines[0].strip() == "Rates in: none"
    assert cells["talks"] == ["talks", "per", "compound-year", "10.0", "1.0", "to", "19.0", "21"]
    assert cells["[a]"] == ["[a]", "share", "share", "0.250", "0.250", "to", "0.250", "1"]
    assert cells["never"] == ["never", "yuan*", "n/a", "n/a", "0"]
    assert [line.strip() for line in lines if line.strip() in ("what they do", "people")] == ["what they do", "people"]
    assert "other" not in cells


@pytest.mark.parametrize("place", ["compound", "pasture"])
def test_the_rates_of_every_experiment_fit_in_100_columns(place: str) -> None:
    specs = outcome_specs(place)
    runs = pd.DataFrame({"scenario": ["none"] * 3} | {spec.name: [1e-4, 3.5, 123_456.0] for spec in specs})
    lines = rates(runs, specs, outcomes.FAMILIES)
    assert max(map(len, lines)) <= 100
    text = "\n".join(lines)
    assert "…" not in text
    printed = [spec for spec in specs if spec.family in outcomes.FAMILIES]
    assert len(printed) > 20
    for spec in printed:  # each on a line of its own
        assert sum(line.strip().startswith(f"{spec.label} ") for line in lines) == 1, spec.label


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (0, None, "0"),
        (12.345, None, "12.3"),
        (-0.0004, 5.0, "0.00"),
        (0.000451, None, "0.000451"),
        (1e-9, None, "0.000000"),
        (52_959, None, "53,000"),
        (-1_772, 62_028, "-1,800"),
        (1_234_567, None, "1.23M"),
        (340_000, 2e6, "0.34M"),
        (2.5e9, None, "2.50bn"),
        (float("nan"), None, "n/a"),
    ],
)
def test_numbers_have_three_digits_that_count(value: float, scale: float | None, text: str) -> None:
    assert number(value, scale) == text


def test_signs_and_intervals() -> None:
    assert number(3.0, sign=True) == "+3.00"
    assert number(0.0, 1.0, sign=True) == "0.00"
    assert interval(-21.93, 5) == "-21.9 to 5.0"
    assert interval(float("nan"), 1) == "n/a"
