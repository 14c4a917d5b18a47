"""Forest figures: dots are the pairs of twins, the same bytes for the same numbers, nothing written over another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from sim.errors import StoreError
from sim.report.forest import forest, forest_figure
from sim.report.labels import ENGLISH, LANGUAGES, Language, Text
from sim.study.statistics import OutcomeSpec, compare_runs
from tests.report.layout import check_layout

ROOT = Path(__file__).parents[2]

OUTCOMES = [
    OutcomeSpec("days", "grievance-days per 1,000 households a year", "severity-weighted unresolved grievance-days"),
    OutcomeSpec("settled", "share of cases"),
    OutcomeSpec("paid", "yuan", "paid by owners"),
    OutcomeSpec("trust", "1", "trust in the community's desk, own and, discounted, neighbours' experience"),
    OutcomeSpec("income", "yuan a year", "collective income, net of grants and unpaid labour"),
    OutcomeSpec("hours", "hours a week"),
    OutcomeSpec("rare", "per household and year"),
    OutcomeSpec("level", "1"),
]
TWICE = Text("Twice", "两次")
SIZES = (100.0, 0.02, 30_000.0, 0.00003, 1e8, 1.0, 1e-7, 3.0)
NAMES = ("body", "body_branch", "merged", "merged_equal_hours", "a_scenario_with_a_rather_long_name_and_then_some_more")


def data(replications: int, comparisons: int, outcomes: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(1)
    scenarios = ["baseline", *(NAMES[i % 5] + "_again" * (i // 5) for i in range(comparisons))]
    luck = rng.gamma(3, 1, (8, replications))
    parts = []
    for i, scenario in enumerate(scenarios):
        columns = {
            outcome.name: size * (10 + luck[j] - 0.3 * i + 0.8 * (i > 0) * rng.standard_t(3, replications))
            for j, (outcome, size) in enumerate(zip(OUTCOMES, SIZES, strict=True))
        }
        parts.append(pd.DataFrame({"scenario": scenario, "replication": range(replications)} | columns))
    runs = pd.concat(parts)
    pairs = [(scenario, "baseline" if i % 2 else scenarios[i]) for i, scenario in enumerate(scenarios[1:])]
    return compare_runs(runs, pairs, OUTCOMES[:outcomes], resamples=200), runs


@pytest.mark.parametrize(("comparisons", "outcomes"), [(1, 1), (1, 2), (4, 3), (10, 8)])
@pytest.mark.parametrize(("replications", "language"), [(2, "en"), (200, "en"), (200, "zh")])
def test_words_do_not_touch(comparisons: int, outcomes: int, replications: int, language: Language) -> None:
    comparison, runs = data(replications, comparisons, outcomes)
    title = "What changes in one year, told in a title of some length which may take more than one line"
    figure = forest_figure(comparison, runs, title, outcomes=OUTCOMES[:outcomes], note="Draft.", language=language)
    words = check_layout(figure)
    assert len(figure.axes) == outcomes
    if language != ENGLISH:
        assert any(f"{replications} 对“双胞胎”" in text for text in words)
        return
    assert "Severity-weighted unresolved grievance-days" in words
    foot = " ".join(words)
    assert "Under these assumptions" in foot
    assert f"over {replications} pairs" in foot
    assert "Draft." in foot


def test_equal_pairs_single_pairs_and_no_pairs() -> None:
    comparison, runs = data(6, 2, 4)
    runs["days"] = np.where(runs["scenario"] == "body", 0.1 + 0.2, 0.3)
    runs["settled"] = np.where(runs["scenario"] == "body_branch", 0.5, 0.25)
    runs["paid"] = np.nan
    runs.loc[runs["replication"] != 2, "trust"] = np.nan
    pairs = [("body", "baseline"), ("body_branch", "baseline")]
    comparison = compare_runs(runs, pairs, OUTCOMES[:4])
    words = check_layout(forest_figure(comparison, runs, "Odd", outcomes=OUTCOMES[:4], names={"body": "with a body"}))
    assert words.count("all pairs equal") == 4
    assert words.count("one pair") == 2
    assert words.count("n/a") == 2
    assert "+0.250" in words
    assert "with a body" in words
    assert "body and branch" in words
    assert any("minus baseline" in text for text in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_dots_are_the_pairs_and_lines_the_intervals(language: Language) -> None:
    comparison, runs = data(20, 2, 2)
    figure = forest_figure(comparison, runs, "Numbers", outcomes=OUTCOMES[:2], language=language)
    for axes, outcome in zip(figure.axes, OUTCOMES[:2], strict=True):
        wide = runs.pivot(index="replication", columns="scenario", values=outcome.name)
        said = comparison[comparison["outcome"] == outcome.name]
        dots, _, _, _, _, *means = (line for line in axes.lines)
        low, high = axes.get_xlim()
        differences = [wide[row.scenario] - wide[row.baseline] for row in said.itertuples()]
        shown = np.concatenate(differences)
        shown = shown[(shown >= low) & (shown <= high)]
        assert np.allclose(np.sort(dots.get_xdata()), np.sort(shown))
        assert len(shown) >= 36
        drawn = np.concatenate([line.get_xdata() for line in means])
        assert np.allclose(np.sort(drawn), np.sort(said["difference"]))
        intervals = axes.collections[-1].get_segments()
        assert np.allclose([[a[0], b[0]] for a, b in intervals], said[["low", "high"]])


def test_one_far_off_replication_does_not_squeeze_the_rest() -> None:
    comparison, runs = data(40, 1, 1)
    runs.loc[(runs["scenario"] == "body") & (runs["replication"] == 7), "days"] = 1e6
    figure = forest_figure(comparison, runs, "Far off")
    assert figure.axes[0].get_xlim()[1] < 5_000
    assert any("arrowhead" in text for text in check_layout(figure))


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    comparison, runs = data(30, 3, 3)
    before = dict(mpl.rcParams)
    first = forest(comparison, runs, tmp_path / "figures" / "one", TWICE)
    assert dict(mpl.rcParams) == before
    # Neither the order of the runs nor somebody's own settings matter.
    with mpl.rc_context({"savefig.bbox": "tight", "axes.edgecolor": "red", "lines.linewidth": 5}):
        second = forest(comparison, runs.sample(frac=1, random_state=1), tmp_path / "figures" / "two", TWICE)
    assert [path.name for path in first] == ["one.png", "one.pdf", "one.zh.png", "one.zh.pdf"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
    png, pdf = (path.read_bytes() for path in first[2:])
    assert png.startswith(b"\x89PNG")
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    # Fonts go in as TrueType, which every editor can open.
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf


def test_a_figure_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("mine")
    comparison, runs = data(2, 1, 1)
    with pytest.raises(StoreError, match=r"figures is a file, not a folder"):
        forest(comparison, runs, tmp_path / "figures" / "one", TWICE)
    with pytest.raises(ValueError, match="no comparison"):
        forest_figure(comparison.iloc[:0], runs, "Nothing")


ROOMS = """
import sys
import sim.study.digest, sim.study.executor, sim.study.statistics, sim.study.store
assert not {"matplotlib", "rich", "hydra"} & set(sys.modules)
import sim.report.forest
assert "matplotlib.pyplot" not in sys.modules
"""


def test_plotting_stays_in_its_room() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-W", "error", "-c", ROOMS], env=environment, check=True)


def test_what_is_out_of_reach_is_no_dot_at_zero() -> None:
    rng = np.random.default_rng(2)
    base = pd.DataFrame({"scenario": "baseline", "replication": range(5), "days": rng.normal(5, 1, 5)})
    runs = pd.concat([base, base.assign(scenario="one"), base.assign(scenario="two", days=base["days"] + 1)])
    pairs = [("one", "baseline"), ("two", "baseline")]
    for beyond, dots, told in (({}, 10, 0), ({pairs[0]: {"days"}}, 5, 1)):
        comparison = compare_runs(runs, pairs, OUTCOMES[:1], beyond=beyond)
        for language, word in (("en", "n/a"), ("zh", "无")):
            figure = forest_figure(comparison, runs, "x", outcomes=OUTCOMES[:1], language=language)
            words = check_layout(figure)
            assert words.count(word) == told
            foot = "".join(text.get_text() for text in figure.texts)
            assert (("n/a: " if language == "en" else "“无”") in foot) == bool(told)
            drawn = sum(len(line.get_xdata()) for line in figure.axes[0].lines if line.get_alpha())
            assert drawn == dots
