"""Naive estimates: they are identities of twins, and differ from their effects by selection and drift alone."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.report.naive import print_naive
from sim.study import compounds, naive
from sim.worlds import Worlds
from tests.helpers import BUSY, NOTHING_BREAKS, recipe, say

REPLICATIONS, COMPOUNDS, DAYS, BEFORE = 10, 24, 182, 91

ABILITY_DECIDES = dict(
    quarrel_rate=0.4,
    ability_a=1.0,
    ability_b=1.0,
    score_noise=0.02,
    gap_mean=0.6,
    gap_sd=0.05,
    joint_cost=0.12,
    narrowing=0.5,
    most_sessions=1,
    mediator_ability=0.0,
    sues=0.0,
    hardening=0.0,
    fade_days=1000.0,
    claim_rate=0.0,
    trust_body=0.99,
    trust_community=0.01,
    trust_hotline=0.01,
)
"""Under these a quarrel is settled if it comes before a body whose head is able, and hardly otherwise."""

MERGER = (
    *("formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.coordination=on"),
    *("yijiantiao.equal_hours=on", "yijiantiao.effort_kept=1", "yijiantiao.quits=0.02"),
)
SOME, BEST = "yijiantiao.coverage=0.3", "yijiantiao.leader_selection=on"

ROLL_OUTS = {
    "body": ("formed_body",),
    "everywhere": MERGER,
    "by_lot": (*MERGER, SOME),
    "everywhere_best": (*MERGER, BEST),
    "best_first": (*MERGER, SOME, BEST),
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The table of compounds of all roll-outs in worlds where only ability matters, and only for quarrels."""
    shape = dict(compounds=COMPOUNDS, households=30)
    w = Worlds(
        recipe(
            fixed=NOTHING_BREAKS | BUSY | ABILITY_DECIDES,
            lively=False,
            prior_draws=False,
            replications=range(REPLICATIONS),
            burn_in=BEFORE,
            structure=shape,
        )
    )
    before = compounds.lived(w, 0, BEFORE)
    block = w.stack([say(*words) for words in ROLL_OUTS.values()])
    after = compounds.lived(block, DAYS, DAYS)
    frames = []
    for number, scenario in enumerate(ROLL_OUTS):
        columns = {name: values[block.scenario == number].ravel() for name, values in after.items()}
        columns |= {f"before_{name}": before[name].ravel() for name in compounds.BEFORE}
        head = dict(scenario=scenario, replication=np.repeat(np.arange(REPLICATIONS), COMPOUNDS))
        head["compound"] = np.tile(np.arange(COMPOUNDS), REPLICATIONS)
        frames.append(pd.DataFrame(head | columns | {"days": DAYS, "before_days": BEFORE}))
    return pd.concat(frames, ignore_index=True)


def found(table: pd.DataFrame, scenario: str, outcome: str = "quarrels_settled") -> dict[str, np.ndarray]:
    """Return every estimate of each replication, the body alone being the baseline."""
    mine, twins = naive._arrays(table, scenario), naive._arrays(table, "body")
    return naive.of_each(mine, twins, mine["covered"] == 1, naive.OUTCOMES[outcome])


def far(a: np.ndarray, b: np.ndarray) -> float:
    """Return how many standard errors the mean difference of paired values is from zero."""
    d = a - b
    return float(abs(d.mean()) / (d.std(ddof=1) / np.sqrt(len(d))))


def test_with_a_roll_out_by_lot_the_naive_estimate_agrees_with_twins(table: pd.DataFrame) -> None:
    estimates = found(table, "by_lot")
    truth = found(table, "everywhere")["twins"]
    assert far(estimates["treated_minus_untreated"], truth) < 3
    assert far(estimates["treated_minus_untreated"], estimates["twins_covered"]) < 3


def test_with_the_best_first_it_differs_and_by_selection_alone(table: pd.DataFrame) -> None:
    estimates = found(table, "best_first")
    truth = found(table, "everywhere_best")["twins"]
    wrong = estimates["treated_minus_untreated"] - truth
    assert far(estimates["treated_minus_untreated"], truth) > 4
    assert wrong.mean() > 0.15  # of an effect of about .25: the best compounds are shown for all
    # The same compounds fare the same whether the others are covered or not: nothing spills over here.
    some, all_ = naive._arrays(table, "best_first"), naive._arrays(table, "everywhere_best")
    covered = some["covered"] == 1
    for name in ("quarrels", "quarrels_settled", "suffered"):
        assert np.array_equal(some[name][covered], all_[name][covered]), name
    assert np.all(estimates["twins_others"] == 0)
    # So what is wrong is that those with the best leaders gain more, and the luck of the draw: nothing else.
    gains = estimates["twins_covered"] - truth
    assert np.allclose(wrong, gains + estimates["gap"])
    assert gains.mean() > 0.15


def test_without_knowing_of_leaders_their_choice_is_no_luck(table: pd.DataFrame) -> None:
    """Who has the best candidates fares no better without them: in this model quality is not known beforehand."""
    for scenario in ("by_lot", "best_first"):
        gap = found(table, scenario)["gap"]
        assert abs(gap.mean()) < 4 * gap.std(ddof=1) / np.sqrt(len(gap))


@pytest.mark.parametrize("outcome", naive.OUTCOMES)
def test_naive_estimates_are_identities(table: pd.DataFrame, outcome: str) -> None:
    for scenario in ("by_lot", "best_first"):
        e = found(table, scenario, outcome)
        if outcome in ("problems", "roofs"):
            assert all(np.all(values == 0) for values in e.values())  # nothing breaks here
            continue
        assert np.allclose(e["treated_minus_untreated"], e["twins_covered"] - e["twins_others"] + e["gap"])
        assert np.allclose(e["before_after"], e["twins_covered"] + e["drift"])


def test_the_rows_of_a_table(table: pd.DataFrame) -> None:
    pairs = [("best_first", "body"), ("everywhere", "body"), ("by_lot", "body")]
    rows = naive.estimates(table, pairs)
    assert list(rows.columns) == list(naive.COLUMNS)
    assert list(rows["scenario"].unique()) == [
        "best_first",
        "by_lot",
    ]  # where all are covered there is nobody to compare
    assert len(rows) == 2 * len(naive.OUTCOMES) * len(naive.ESTIMATES)
    one = rows.set_index(["scenario", "outcome", "estimate"]).loc[("by_lot", "quarrels_settled", "gap")]
    values = found(table, "by_lot")["gap"]
    assert one["value"] == pytest.approx(values.mean())
    assert one["low"] < values.mean() < one["high"]
    assert one["n"] == REPLICATIONS
    out = StringIO()
    print_naive(Console(file=out, width=100), rows)
    said = out.getvalue()
    assert "best_first - body" in said
    assert "naive: covered - others" in said
    assert all(len(line.rstrip()) <= 100 for line in said.splitlines())


def test_rates_by_hand() -> None:
    columns = {
        "suffered": np.array([[1000.0, 3000.0]]), "households": np.array([[10.0, 30.0]]),
        "days": np.array([[365.0, 365.0]]), "quarrels": np.array([[0.0, 4.0]]),
        "quarrels_settled": np.array([[0.0, 1.0]]),
    }  # fmt: skip
    both, first = np.array([[True, True]]), np.array([[True, False]])
    unresolved, settled = naive.OUTCOMES["unresolved"], naive.OUTCOMES["quarrels_settled"]
    assert naive._rate(columns, both, unresolved, "")[0] == 4000 / 40  # thousandths a household-year: units a thousand
    assert naive._rate(columns, both, settled, "")[0] == 0.25
    assert np.isnan(naive._rate(columns, first, settled, "")[0])
