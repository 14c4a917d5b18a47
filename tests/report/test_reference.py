"""The results kept with the code, and what is said of them: stale tables and words are noticed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import StoreError
from sim.report import reference
from sim.report.declarations import quoted
from sim.report.reference import CHANNELS, CLONE, COMPARISON, MAIN, QUOTES, REFERENCE, RUNS
from sim.study.config import load
from sim.study.runner import MANIFEST, outcome_specs
from sim.study.statistics import COLUMNS, compare_runs

RENEW = "run it again, then python3 -m sim.report.reference"


def folder(experiment: str) -> Path:
    return CLONE / REFERENCE / experiment


@pytest.mark.parametrize("quote", QUOTES, ids=lambda q: f"{q.file}:{q.experiment}")
def test_what_is_quoted_is_what_is_kept(quote: reference.Quote) -> None:
    comparison = reference.read(folder(quote.experiment) / COMPARISON)
    text = (CLONE / quote.file).read_text("utf-8")
    assert quoted(text, quote.experiment) == reference.table(comparison, quote), RENEW


def test_the_comparison_is_that_of_the_runs() -> None:
    kept = reference.read(folder(MAIN) / COMPARISON)
    config = load(MAIN)
    again = compare_runs(reference.read(folder(MAIN) / RUNS), config.comparisons, outcome_specs())
    assert list(kept.columns) == list(COLUMNS), RENEW
    words = ["scenario", "baseline", "outcome", "unit", "method", "n"]
    pd.testing.assert_frame_equal(kept[words], again[words], check_dtype=False)
    for name in COLUMNS:
        if name not in words:
            # Both are written with six decimals; a tie broken by rounding moves a p-value by a resample or two.
            off = 1e-3 if name in ("p", "p_holm") else 2e-5
            np.testing.assert_allclose(kept[name], again[name], rtol=1e-4, atol=off, err_msg=name)


@pytest.mark.parametrize("experiment", [MAIN, CHANNELS])
def test_the_experiment_is_still_the_one_that_was_run(experiment: str) -> None:
    said = json.loads((folder(experiment) / MANIFEST).read_text("utf-8"))
    assert said["config"] == load(experiment).resolved, f"the experiment has changed: {RENEW}"
    assert reference.MACHINE not in said


def test_copying_and_renewing(tmp_path: Path) -> None:
    for quote in QUOTES:
        target = tmp_path / quote.file
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (CLONE / quote.file).read_text("utf-8")
        target.write_text(re.sub(r"(<!-- (yijiantiao\w*) -->\n).*?(\n<!-- /\2 -->)", r"\1-\3", text, flags=re.DOTALL))
    source = tmp_path / "source"
    for experiment in (MAIN, CHANNELS):
        shutil.copytree(folder(experiment), source)
        said = json.loads((source / MANIFEST).read_text("utf-8"))
        (source / MANIFEST).write_text(json.dumps(said | {reference.MACHINE: {"cores": 2}}))
        (source / "daily.parquet").touch()
        target = tmp_path / REFERENCE / experiment
        reference.copy(source, target)
        assert not (target / "daily.parquet").exists()
        for name in (MANIFEST, COMPARISON):
            assert (target / name).read_bytes() == (folder(experiment) / name).read_bytes()
        shutil.rmtree(source)
    reference.renew(tmp_path)
    for quote in QUOTES:
        assert (tmp_path / quote.file).read_text("utf-8") == (CLONE / quote.file).read_text("utf-8")
    with pytest.raises(StoreError, match="no finished run"):
        reference.copy(tmp_path, tmp_path / "no")


def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["no-such-experiment"]) == 2
    assert capsys.readouterr().err.startswith("error: there is no finished run in ")


# -- what is said in words ------------------------------------------------------------------------


class Effects:
    """The kept comparisons, to be asked for directions and sizes."""

    def __init__(self, experiment: str) -> None:
        self.rows = reference.read(folder(experiment) / COMPARISON).set_index(["scenario", "baseline", "outcome"])

    def of(self, scenario: str, baseline: str, outcome: str = "unresolved") -> float:
        return float(self.rows.loc[(scenario, baseline, outcome), "difference"])

    def level(self, scenario: str, baseline: str, outcome: str = "unresolved") -> float:
        """Mean of the baseline's outcome."""
        return float(self.rows.loc[(scenario, baseline, outcome), "mean_baseline"])

    def sign(self, scenario: str, baseline: str, outcome: str = "unresolved") -> int:
        """-1 or 1 if the interval lies on one side of zero, else 0."""
        low, high = self.rows.loc[(scenario, baseline, outcome), ["low", "high"]]
        return int(low > 0) - int(high < 0)


Claim = tuple[str, str, str, Callable[[Effects], bool]]
CLAIMS: tuple[Claim, ...] = (
    (
        MAIN,
        "Forming a body alone makes things slightly worse",
        "只成立业委会，情况略微变差",
        lambda e: e.sign("body", "none") > 0 and e.of("body", "none") < -0.2 * e.of("merged", "none"),
    ),
    (
        MAIN,
        "The practices together take some 7% off the headline; the merger about as much again, most of it also at "
        "equal hours",
        "那些具体做法合起来使主要指标下降约7%；合并本身再减少差不多同样多，工时相等时也保留大部分",
        lambda e: (
            e.sign("body_branch", "body") < 0
            and -0.08 < e.of("body_branch", "body") / e.level("body_branch", "body") < -0.06
            and 0.75 < e.of("merged", "body_branch") / e.of("body_branch", "body") < 1.33
            and e.sign("merged_equal_hours", "body_branch") < 0
            and 0.5 < e.of("merged_equal_hours", "body_branch") / e.of("merged", "body_branch") < 1
        ),
    ),
    (
        MAIN,
        "with one veto in place of two fewer proposals are turned back",
        "只剩一道关口，被退回的方案就少了",
        lambda e: e.sign("merged", "body_branch", "turned_back") < 0,
    ),
    (
        MAIN,
        "do about four fifths as much for the headline as all practices",
        "约为两个人手中全部做法的五分之四",
        lambda e: 0.7 < e.of("placebo", "body") / e.of("body_branch", "body") < 0.9,
    ),
    (
        MAIN,
        "The practices do more for roofs than hours alone",
        "对房顶，那些做法比单纯增加工时更有用",
        lambda e: e.of("body_branch", "body", "mended") > 2 * e.of("placebo", "body", "mended") > 0,
    ),
)
"""Experiment, what README.md says, what README.zh.md says, and what must hold for it."""

TAKEN_APART: tuple[tuple[str, str, Callable[[Effects], bool]], ...] = (
    (
        MAIN,
        "shortens suffering by about an eighth",
        lambda e: -0.14 < e.of("merged", "none") / e.level("merged", "none") < -0.11,
    ),
    (
        MAIN,
        "with one veto in place of two fewer proposals are turned back, and one purse of hours is spent more fully",
        lambda e: (
            e.sign("merged_equal_hours", "body_branch", "turned_back") < 0
            and e.sign("merged_equal_hours", "body_branch", "hours") > 0
        ),
    ),
    (
        MAIN,
        "at an eighth of their hours, and settle more cases within 90 days. For roofs they do little",
        lambda e: (
            0.1 < e.of("placebo", "body", "hours") / e.of("body_branch", "body", "hours") < 0.15
            and e.of("placebo", "body", "settled_90") > e.of("body_branch", "body", "settled_90")
            and e.of("placebo", "body", "mended") < 0.5 * e.of("body_branch", "body", "mended")
        ),
    ),
    (
        CHANNELS,
        "(`cost_sharing`) are the practice that does most, at few hours",
        lambda e: (
            min((e.of("merged", f"without_{x}"), x) for x in PRACTICES)[1] == "sharing"
            and min((e.of(f"plus_{x}", "one_person"), x) for x in PRACTICES)[1] == "sharing"
            and e.of("plus_sharing", "one_person", "hours") < 0.2 * e.of("plus_visits", "one_person", "hours")
        ),
    ),
    (
        CHANNELS,
        "come second and take nearly all the hours.",
        lambda e: sorted((e.of(f"plus_{x}", "one_person"), x) for x in PRACTICES)[1][1] == "visits",
    ),
    (
        CHANNELS,
        "One person without any practice takes the largest single step against `body`; most of it is what two more",
        lambda e: (
            e.of("one_person", "body") < min(e.of(f"plus_{x}", "one_person") for x in PRACTICES)
            and e.of("one_person", "placebo") > 0.3 * e.of("one_person", "body")
        ),
    ),
    (
        CHANNELS,
        "where the others are there the whole is better without them",
        lambda e: e.sign("merged", "without_authority") > 0 < e.sign("merged", "without_ledger"),
    ),
)
"""Experiment, what its page says, and what must hold for it."""

PRACTICES = ("authority", "visits", "sharing", "ledger")


def words(name: str) -> str:
    """Return a file's text on one line."""
    return " ".join((CLONE / name).read_text("utf-8").split())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c[1][:30])
def test_what_the_readmes_say_is_so(claim: Claim) -> None:
    experiment, english, chinese, holds = claim
    assert english in words("README.md")
    assert chinese in words("README.zh.md").replace(" ", "")  # a line break is no space in Chinese
    assert holds(Effects(experiment))


def test_more_roofs_leak_at_the_end_than_at_the_start() -> None:
    assert "Under every arrangement more roofs leak at the end than at the start." in words("README.md")
    assert "无论哪种安排，期末漏雨的房顶都比期初多" in words("README.zh.md")
    sums = reference.read(folder(MAIN) / RUNS).groupby("scenario")[["n_leaked", "n_mended"]].sum()
    assert (sums["n_leaked"] > sums["n_mended"]).all()


@pytest.mark.parametrize("claim", TAKEN_APART, ids=lambda c: c[1][:30])
def test_what_the_page_of_the_experiment_says_is_so(claim: tuple[str, str, Callable[[Effects], bool]]) -> None:
    experiment, said, holds = claim
    assert said in words("experiments/yijiantiao/README.md")
    assert holds(Effects(experiment))
