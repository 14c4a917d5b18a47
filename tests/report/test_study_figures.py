"""Figures of studies: every row is named in both languages, nothing leaves the figure or touches anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.report.calibration import patterns_figure
from sim.report.discovery import boxes_figure
from sim.report.factor_labels import CHINESE, meaning
from sim.report.labels import LANGUAGES, Language
from sim.report.sensitivity import SHOWN, scans_figure, sensitivity_figure
from sim.report.sensitivity_tables import sentences
from sim.study.asked import Asked
from sim.study.calibration import Calibrated
from sim.study.config import load, load_study
from sim.study.design import CHANCE
from sim.study.discovery import Discovered
from sim.study.factors import Factor, factors
from sim.study.patterns import PATTERNS
from sim.study.sensitivity import GUESSED, SOURCED, Answers
from tests.report.layout import check_layout


@pytest.fixture(scope="module")
def given() -> tuple[tuple[Factor, ...], Asked]:
    config, asked = load_study("sensitivity", "yijiantiao")
    return factors(config, [s for s in config.scenarios if s.name in asked.comparison]), asked


def answers(given: tuple[Factor, ...], top: int = 12) -> Answers:
    """Return made-up indices of all rows, the first of them the largest."""
    here: dict[str, Any] = {"outcome": "unresolved", "measure": "effect"}
    names = [factor.name for factor in given]
    size = np.linspace(5_000, 0, len(names))
    morris = pd.DataFrame({"factor": [*names, CHANCE], "tag": [*(f.spec.tag for f in given), ""]})
    for column, add in (("mu_star", 0), ("mu_star_low", -400), ("mu_star_high", 900), ("mu", 0), ("sigma", 0)):
        morris[column] = np.maximum(np.append(size, 2_500.0) + add, 0)
    rows = {"first": 0.1, "first_low": -0.05, "first_high": 0.3, "total": 0.3, "total_low": 0.1, "total_high": 0.6}
    sobol = pd.DataFrame({"factor": names[:top], "tag": [f.spec.tag for f in given[:top]]} | rows)
    groups = pd.DataFrame({"group": [GUESSED, SOURCED, CHANCE], "rows": [206, 10, 0]} | rows)
    scan = [
        {"factor": f.name, "quantile": q, "value": float(f.at(np.array([q]))[0]), "unit": f.spec.unit}
        | {"baseline": 9e3, "effect": -4e3 * q, "low": -6e3 * q, "high": 500.0, "n": 8}
        for f in given[:top]
        for q in (0.05, 0.5, 0.95)
    ]
    spread = {"design": ["top rows"], "n": [512], "mean": [-4e3], "sd": [3e3], "share_below_0": [0.9]}
    short = {"n": [64], "days_short": [364], "days_full": [1456], "mean_short": [-4e3], "mean_full": [-3e3]}
    short |= {"difference": [1e3], "low": [-2e2], "high": [2.2e3]}
    tables = {
        name: frame.assign(**here)
        for name, frame in {
            "morris": morris, "sobol": sobol, "groups": groups, "spread": pd.DataFrame(spread),
            "burn_in": pd.DataFrame(short | {"correlation": [0.9]}),
        }.items()
    }  # fmt: skip
    return Answers(given, given[:top], {**tables, "scans": pd.DataFrame(scan)})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("top", [12, 2])
def test_what_it_rests_on(given: tuple[tuple[Factor, ...], Asked], language: Language, top: int) -> None:
    found = answers(given[0], top)
    said = check_layout(sensitivity_figure(found, given[1], language))
    names = [factor.name for factor in given[0][:SHOWN]]
    shown = [meaning(name, language) if language == "zh" else name for name in names]
    assert [name for name in shown if name[:20] not in " ".join(said)] == []
    said = check_layout(scans_figure(found, given[1], language))
    assert all(name in said for name in names[:top])


def test_sentences_count_what_is_beyond_chance(given: tuple[tuple[Factor, ...], Asked]) -> None:
    said = sentences(answers(given[0]), given[1])
    assert said[0] == "Screening: of 178 rows 89 move the effect more than another seed does (2,500), 1 not at all."
    assert any("correlation 0.90" in line for line in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_boxes(given: tuple[tuple[Factor, ...], Asked], language: Language) -> None:
    box = {"box": 1, "in_words": "", "holds": "yes", "held_out_density": 0.5, "held_out_base": 0.1}
    ends = {"factor": ["social_proof", "never_pay"], "tag": ["E", "F"], "low": [0.5, np.nan], "high": [np.nan, 0.2]}
    ends |= {"low_quantile": [0.3, 0.0], "high_quantile": [1.0, 0.6]}
    two = pd.DataFrame([box, box | {"box": 2, "holds": "no"}])
    restrictions = pd.concat([pd.DataFrame(ends).assign(box=number) for number in (1, 2)])
    found = Discovered(given[0], 400, 0.1, 0.9, {"boxes": two, "restrictions": restrictions})
    said = check_layout(boxes_figure(found, given[1], language))
    assert said.count(CHINESE["social_proof"] if language == "zh" else "social_proof") == 2
    nothing = {"boxes": two.iloc[:0], "restrictions": restrictions.iloc[:0]}
    check_layout(boxes_figure(replace(found, tables=nothing), given[1], language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns(language: Language) -> None:
    rows = [
        {"pattern": p.name, "use": "held out" if p.held_out else "matched", "outcome": p.outcome, "less": p.less}
        | {"low": p.low}
        | {"high": p.high, "priors_n": 240, "priors_within": 0.4, "left_n": 64, "left_within": 0.7}
        for p in PATTERNS
    ]
    found = Calibrated((), 0.31, {"patterns": pd.DataFrame(rows)})
    said = " ".join(check_layout(patterns_figure(found, language)))
    assert "31%" in said and ("留出" in said if language == "zh" else "held out" in said)


def test_experiments_say_what_their_studies_compare() -> None:
    for name in ("sensitivity", "discovery"):
        _, asked = load_study(name, "yijiantiao")
        assert asked.comparison == ("merged", "none")
    assert load("yijiantiao").resolved.keys().isdisjoint({"sensitivity", "discovery", "calibration"})
