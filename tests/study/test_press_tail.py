"""The press tail: the best four of many, beside the mean, the twins, and what a reader would believe."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.study.executor import Serial
from sim.study.press import tail

SMALL = dict(compounds=22, households=40, burn_in=56)


@pytest.fixture(scope="module")
def worlds() -> tuple[list[tail.World], list[tail.Task]]:
    """One small world: ten compounds of 22 under the arrangement."""
    tasks = [tail.Task(1, **SMALL)]
    return tail.play(tasks, Serial()), tasks


@pytest.fixture(scope="module")
def told(worlds: tuple[list[tail.World], list[tail.Task]]) -> pd.DataFrame:
    return tail.table(*worlds)


def test_coverage_is_the_pages(worlds: tuple[list[tail.World], list[tail.Task]]) -> None:
    world = worlds[0][0]
    assert len(world.with_it["stubborn"]) == round(22 * 892 / 1990) == 10
    assert np.array_equal(world.with_it["households"], world.without["households"])
    assert np.all(world.with_it["covered"] == 1)


def test_the_best_four_and_the_mean_by_hand(
    worlds: tuple[list[tail.World], list[tail.Task]], told: pd.DataFrame
) -> None:
    world = worlds[0][0]
    row = told.set_index("outcome").loc["problems"]
    values, twins = world.with_it["stubborn"], world.without["stubborn"]
    assert row["best_four"] == np.sort(values)[-4:].mean()
    assert row["mean"] == values.mean()
    assert row["twin_effect"] == pytest.approx(values.mean() - twins.mean())
    assert row["as_reported_0"] == pytest.approx(values.mean())
    assert row["mean"] <= row["as_reported_2"] <= row["as_reported_4"] <= row["best_four"] + 1e-9
    roofs = told.set_index("outcome").loc["roofs_in_15"]
    assert roofs["share_as_good"] == np.mean(world.with_it["roofs_in_15"] >= 3)


def test_what_is_suffered_counts_below_zero(told: pd.DataFrame) -> None:
    row = told.set_index("outcome").loc["unresolved"]
    assert row["mean"] < row["best_four"] <= row["best"] <= 0


def test_what_a_reader_would_believe(told: pd.DataFrame) -> None:
    said = tail.belief(told)
    assert len(said) == 3
    row = told.set_index("outcome").loc["problems"]
    assert f"credit the arrangement with {row['best_four'] - row['mean_without']:+.2f}" in said[0]
    assert f"twins say {row['twin_effect']:+.2f}" in said[0]


def planted(best: int, slope_of_rest: float = 0.0) -> tail.World:
    """Return a world of 892 compounds in which a few come up to a case of the page and the rest does not."""
    rng = np.random.default_rng(5)
    columns = {name: np.zeros(892, dtype=np.int64) for name in tail.compounds.NAMES}
    columns["stubborn"] = rng.poisson(2 + slope_of_rest, 892)
    columns["roofs_in_15"] = np.minimum(rng.poisson(0.2, 892), 2)
    columns["roofs_in_15"][:best] = 3
    twins = {name: column.copy() for name, column in columns.items()}
    return tail.World(columns, twins, pd.DataFrame())


def test_press_cases_in_the_top_percent_with_falsifier() -> None:
    """P14: with 4 of 892 up to the page's case it stands in the top percent; with half of them it does not."""
    row = tail.row("roofs_in_15", tail.OUTCOMES["roofs_in_15"], planted(4))
    assert row["share_as_good"] == 4 / 892 < 0.01
    assert row["best_four"] == 3.0
    assert float(row["mean"]) < 0.3
    assert row["twin_effect"] == 0.0  # so all that the page shows is selection
    common = tail.row("roofs_in_15", tail.OUTCOMES["roofs_in_15"], planted(446))
    assert float(common["share_as_good"]) > 0.01


def test_the_books_stand_beside(worlds: tuple[list[tail.World], list[tail.Task]]) -> None:
    books = worlds[0][0].books
    assert set(books["scenario"]) == {"body", "today"}
    assert sorted(set(books["paper_closing"])) == [0.0, 0.1, 0.4]
    assert (books["true"] <= books["recorded"]).all()
    assert books.groupby("scenario")["true"].nunique().eq(1).all()  # the second book alone knows of paper
