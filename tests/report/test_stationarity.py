"""Drift of the baseline: the arithmetic by hand, the years that are compared, and the table that is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.report import reference, stationarity
from sim.report.stationarity import (
    BASELINE,
    BURN_INS,
    CLEAR,
    FOLDER,
    RECORDED,
    REPLICATIONS,
    STOCKS,
    TABLE,
    YEAR,
    Life,
    drift,
    live,
)
from sim.study.config import load
from sim.study.files import read_csv
from sim.worlds import Worlds
from tests.helpers import daily, recipe
from tests.report.layout import check_layout

RENEW = "python3 -m sim.report.stationarity"


def test_drift_is_the_second_year_minus_the_first() -> None:
    """Three replications: 10 to 12, 20 to 26, 30 to 34: drift 4 at a level of 22, standard error 2 / sqrt(3)."""
    years = np.zeros((3, len(STOCKS), 3))
    years[0] = 99.0  # of the burn-in: does not count
    years[1, 0], years[2, 0] = (10.0, 20.0, 30.0), (12.0, 26.0, 34.0)
    table = drift(years, 728)
    row = table.iloc[0]
    assert (row["stock"], row["burn_in"], row["n"]) == (STOCKS[0].name, 728, 3)
    assert (row["level"], row["drift"]) == (22.0, 4.0)
    assert row["error"] == pytest.approx(2 / np.sqrt(3))
    assert row["drift_of_level"] == pytest.approx(4 / 22)
    assert row["errors"] == pytest.approx(2 * np.sqrt(3)) and row["clear"]
    nothing = table.iloc[1]
    assert np.isnan(nothing["drift_of_level"]) and not nothing["clear"]


def test_years_are_those_of_the_record() -> None:
    """The last two years are the recorded ones; a stock that is also recorded day by day has the same mean."""
    small = recipe(burn_in=371, lively=False)
    years = live(Life(small, RECORDED))
    w = Worlds(small)
    w.run(RECORDED)
    assert years.shape == (4, len(STOCKS), 3)
    mean = {stock.name: years[:, k] for k, stock in enumerate(STOCKS)}
    for name, scale in (("leaking_roofs", 1000 / w.occupied[:, 0]), ("payers", 1 / w.households)):
        looked_at = daily(w, name)[371 + 4 : 371 + RECORDED : 5]  # at the end of every fifth day
        by_hand = looked_at.reshape(2, YEAR // 5, 3).mean(axis=1) * scale
        assert np.allclose(mean[name][2:], by_hand, rtol=1e-12)
    contracts = sum(mean[name] for name in ("developer", "fixed_term", "holdover", "no_company"))
    assert np.allclose(contracts, 1.0)
    assert np.all(mean["unresolved"][-1] > 0)


def test_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stationarity, "BURN_INS", (28, 56))
    assert stationarity.main(["size=quick", "replications=2"], tmp_path) == 0
    table = pd.read_csv(tmp_path / TABLE)
    assert table["burn_in"].tolist() == [28] * len(STOCKS) + [56] * len(STOCKS)
    assert (tmp_path / stationarity.FIGURE).with_suffix(".png").stat().st_size > 10_000
    assert stationarity.main(["replications=none"], tmp_path) == 2


def test_words_do_not_touch() -> None:
    rng = np.random.default_rng(1)
    years = rng.gamma(3.0, 10.0 ** rng.integers(-2, 5, (1, len(STOCKS), 1)), (14, len(STOCKS), 20))
    words = check_layout(stationarity.stationarity_figure(years, 4368, 1456))
    assert {stock.label for stock in STOCKS} <= set(words)


def test_the_table_kept_is_of_today() -> None:
    """Every stock at every burn-in, that by default among them, for the replications it is worked out for."""
    kept = read_csv(reference.CLONE / reference.REFERENCE / FOLDER / TABLE)
    config = load(BASELINE)
    assert config.burn_in in BURN_INS and config.days == RECORDED
    assert list(zip(kept["burn_in"], kept["stock"], strict=True)) == [(b, s.name) for b in BURN_INS for s in STOCKS], (
        RENEW
    )
    assert np.all(kept["n"] == REPLICATIONS)
    assert np.allclose(kept["drift_of_level"], kept["drift"] / kept["level"], atol=1e-3, equal_nan=True)
    assert np.array_equal(kept["clear"], kept["drift"].abs() > CLEAR * kept["error"])


def test_the_headline_stands_still_after_the_default_burn_in() -> None:
    """What the READMEs and the ODD say of the kept table: the headline's drift is within two of its errors."""
    kept = read_csv(reference.CLONE / reference.REFERENCE / FOLDER / TABLE).set_index(["burn_in", "stock"])
    now = kept.loc[load(BASELINE).burn_in]
    headline = now.loc["unresolved"]
    assert abs(headline["drift"]) < 2 * headline["error"]
    said = f"({headline['drift_of_level']:.1%} a year, standard error {headline['error_of_level']:.1%})"
    assert said in (reference.CLONE / "ODD.md").read_text("utf-8")
    assert not now.loc[["payers", "satisfaction", "effort", "cases_other", "no_company"], "clear"].any()
    assert now.loc["leaking_roofs", "drift_of_level"] == pytest.approx(0.045, abs=0.0005)
    assert now.loc["arrears", "drift_of_level"] == pytest.approx(0.038, abs=0.0005)
    assert not kept.loc[2912].loc[["leaking_roofs", "arrears"], "clear"].any()
    assert now.loc["fund", "drift_of_level"] == pytest.approx(-0.028, abs=0.0005)


def test_pastures_stand_still_after_their_burn_in() -> None:
    """What the ODD says of the kept table: nothing drifts clearly but what is remembered, and that less and less."""
    kept = read_csv(reference.CLONE / reference.REFERENCE / f"{FOLDER}-pasture" / TABLE)
    assert list(dict.fromkeys(kept["burn_in"])) == list(stationarity.STEPPE_BURN_INS)
    assert list(kept["stock"][: len(stationarity.ON_PASTURES)]) == [s.name for s in stationarity.ON_PASTURES]
    now = kept[kept["burn_in"] == load(stationarity.STEPPE).burn_in].set_index("stock")
    assert not now.drop(index="experience")["clear"].any() and now.loc["experience", "clear"]
    headline = now.loc["unresolved"]
    said = f"(+{headline['drift_of_level']:.1%} a year, standard error {headline['error_of_level']:.1%})"
    assert said in (reference.CLONE / "ODD.md").read_text("utf-8")
    assert not kept[kept["burn_in"] == 2912]["clear"].any()
