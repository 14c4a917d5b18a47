"""Is the baseline stationary? How the main stocks of worlds without mechanisms go on after the burn-in.

``python3 -m sim.report.stationarity`` lets the baseline burn in for the default time and for longer ones, lives the
recorded days, and writes a table and a figure into ``results/reference/baseline``; ``... stationarity
mobile_mediation`` does the same for pastures, into ``baseline-pasture``. Drift is the mean of the second
recorded year minus that of the first: whole years, so that the rainy season is in both. Nothing is tuned by it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.cases import Kind, Stage
from sim.errors import SimError
from sim.report.reference import CLONE, REFERENCE
from sim.report.style import BAND, DOT, FAINT, GREY, INK, MEAN, WIDTH_TWO, house, save
from sim.rules import bodies, contracts
from sim.rules.trust import SHELF
from sim.study.config import Config, load
from sim.study.executor import executor
from sim.study.experiment import plan
from sim.study.files import write_csv
from sim.worlds import Recipe, Worlds

if TYPE_CHECKING:
    from typing import Any

Floats = NDArray[np.float64]

BASELINE = "yijiantiao"
"""The experiment whose world and run the baseline takes over; its mechanisms are left out."""

STEPPE = "mobile_mediation"
"""The same of pastures."""

FOLDER, TABLE, FIGURE = "baseline", "stationarity.csv", "figures/stationarity"
YEAR = 365
EVERY = 5
"""Days between two looks: a year is a whole number of them."""

REPLICATIONS = 100
"""Replications, unless said otherwise: fewer than of an experiment, as each lives for 34 years."""

BURN_INS = (728, 1456, 2912, 4368)
"""Days of burn-in that are tried: 2, 4, 8 and 12 years of whole weeks."""

STEPPE_BURN_INS = (364, 728, 1456, 2912)
"""The same of pastures, where nothing is contracted for years: 1, 2, 4 and 8 years."""

RECORDED = 2 * YEAR
CLEAR = 3.0
"""A drift of more standard errors than this is called clear."""


@dataclass(frozen=True)
class Stock:
    """Something that a world has at any time.

    Attributes:
        name: its name in the table.
        unit: unit in words.
        label: a few words for the figure.
        of: its value in each world.
    """

    name: str
    unit: str
    label: str
    of: Callable[[Worlds], Any]


def _a_thousand(w: Worlds, count: NDArray[Any]) -> Floats:
    """Return a count in each world per 1,000 inhabited flats."""
    return 1000.0 * count / w.occupied[:, 0]


def _open_cases(w: Worlds, kinds: Sequence[Kind]) -> Floats:
    """Return the open cases of some kinds per 1,000 inhabited flats."""
    books = w.tally["cases"][:, list(kinds), : int(Stage.SETTLED)]
    return _a_thousand(w, books.sum(axis=(1, 2)))


def _under(w: Worlds, contract: int) -> Floats:
    """Return the share of compounds with a contract of this state."""
    share: Floats = (w.contract == contract).mean(axis=1)
    return share


def _a_flat(w: Worlds, fen: NDArray[Any]) -> Floats:
    """Return money in each world, yuan per flat."""
    return fen.sum(axis=1) / 100.0 / w.households


def _remembered(w: Worlds) -> Floats:
    """Return the experiences that a household remembers, its own and its neighbours' discounted."""
    total: Floats = w.shelves[SHELF].sum(axis=(0, 2, 3)) / 1000.0 / w.households
    return total


_OTHERS = [kind for kind in Kind if kind not in (Kind.ROOF, Kind.FEE)]
_SHARE = "share of compounds"
_CASES = "/ 1,000 households"

STOCKS: tuple[Stock, ...] = (
    Stock(
        "unresolved",
        f"severity {_CASES}",
        "unresolved severity",
        lambda w: _a_thousand(w, w.stock["unresolved"]) / 1000.0,
    ),
    Stock("leaking_roofs", f"roofs {_CASES}", "leaking roofs", lambda w: _a_thousand(w, w.stock["leaking_roofs"])),
    Stock("cases_roof", f"cases {_CASES}", "open cases, roofs", lambda w: _open_cases(w, [Kind.ROOF])),
    Stock("cases_fee", f"cases {_CASES}", "open cases, fees", lambda w: _open_cases(w, [Kind.FEE])),
    Stock("cases_other", f"cases {_CASES}", "open cases, all others", lambda w: _open_cases(w, _OTHERS)),
    Stock("payers", "share of flats", "flats that pay a company", lambda w: w.stock["payers"] / w.households),
    Stock("satisfaction", "1", "satisfaction with the service", lambda w: w.satisfaction.mean(axis=1)),
    Stock("effort", "1", "effort of companies", lambda w: w.effort.mean(axis=1)),
    Stock("developer", _SHARE, "contract: developer's", lambda w: _under(w, contracts.DEVELOPER)),
    Stock("fixed_term", _SHARE, "contract: fixed term", lambda w: _under(w, contracts.FIXED_TERM)),
    Stock("holdover", _SHARE, "contract: holdover", lambda w: _under(w, contracts.HOLDOVER)),
    Stock("no_company", _SHARE, "no company", lambda w: _under(w, contracts.NONE)),
    Stock("committees", _SHARE, "owners' committees", lambda w: (w.body == bodies.COMMITTEE).mean(axis=1)),
    Stock("managements", _SHARE, "management committees", lambda w: (w.body == bodies.MANAGEMENT).mean(axis=1)),
    Stock(
        "functioning", _SHARE, "bodies that function", lambda w: (w.functioning & (w.body > bodies.NONE)).mean(axis=1)
    ),
    Stock("captured", _SHARE, "captured bodies", lambda w: w.captured.mean(axis=1)),
    Stock("fund", "yuan / flat", "maintenance fund", lambda w: _a_flat(w, w.fund)),
    Stock("public", "yuan / flat", "public income unspent", lambda w: _a_flat(w, w.public)),
    Stock("arrears", "yuan / flat", "arrears of fees", lambda w: _a_flat(w, w.arrears)),
    Stock("experience", "experiences / flat", "experiences remembered", _remembered),
)
"""What is followed."""


def _desks_wait(w: Worlds) -> Floats:
    """Return the mean wait that desks with hours post, days."""
    open_ = w.desk_minutes > 0
    return np.where(open_, w.wait_days, 0.0).sum(axis=1) / np.maximum(open_.sum(axis=1), 1)


_ON_STEPPE = {Kind.BOUNDARY: "boundaries", Kind.LIVESTOCK: "livestock", Kind.NEIGHBOUR: "neighbours", Kind.HELP: "help"}

ON_PASTURES: tuple[Stock, ...] = (
    STOCKS[0],
    Stock("aching", f"grievances {_CASES}", "grievances suffered", lambda w: _a_thousand(w, w.stock["aching"])),
    *(
        Stock(
            f"cases_{kind.name.lower()}", f"cases {_CASES}", f"open cases, {word}", partial(_open_cases, kinds=[kind])
        )
        for kind, word in _ON_STEPPE.items()
    ),
    Stock("cases_wages", "cases / site", "open cases, wages", lambda w: (w.defect_case >= 0).mean(axis=1)),
    Stock("wages_owed", "yuan / site", "wages owed", lambda w: w.wages_owed.mean(axis=1) / 100.0),
    Stock("plans", "share of sites", "plans of instalments", lambda w: (w.plan_left > 0).mean(axis=1)),
    Stock("wait", "days", "posted wait, mean of desks", _desks_wait),
    Stock("experience", "experiences / household", "experiences remembered", _remembered),
)
"""What is followed on pastures."""


def stocks_of(place: str) -> tuple[Stock, ...]:
    """Return what is followed in a place."""
    return ON_PASTURES if place == "pasture" else STOCKS


@dataclass(frozen=True)
class Life:
    """What a worker is given: worlds, and for how long."""

    recipe: Recipe
    days: int


def live(life: Life) -> Floats:
    """Live worlds from their founding on, without mechanisms, and return the mean of each stock in each year.

    Returns:
        Shape ``(years, stocks, worlds)``; years are counted so that one begins with day 0, and the first may
        lack a few days.
    """
    w, stocks = Worlds(life.recipe), stocks_of(life.recipe.place)
    years = -(-life.recipe.burn_in // YEAR) + -(-life.days // YEAR)
    total, looks = np.zeros((years, len(stocks), w.n)), np.zeros((years, 1, 1))
    before = -(-life.recipe.burn_in // YEAR)
    while w.day < life.days:
        w.step()
        if w.day % EVERY == 0:
            year = before + (w.day - 1) // YEAR
            total[year] += np.stack([stock.of(w) for stock in stocks])
            looks[year] += 1
    mean: Floats = total / looks
    return mean


def lives(config: Config, burn_in: int, workers: int = 1) -> Floats:
    """Return the yearly means of all replications of an experiment's worlds; shape ``(years, stocks, replications)``.

    Args:
        config: the experiment, of which only the worlds count.
        burn_in: days before day 0.
        workers: worker processes.

    Raises:
        SimError: worlds could not be computed.
    """
    tasks = [Life(replace(group.recipe, burn_in=burn_in), RECORDED) for group in plan(config).groups]
    parts: dict[tuple[int, ...], Floats] = {}
    for outcome in executor("joblib" if workers > 1 else "serial", workers).map(live, tasks):
        if outcome.failure or outcome.value is None:
            raise SimError(outcome.failure.message if outcome.failure else "worlds could not be computed")
        parts[outcome.task.recipe.replications] = outcome.value
    return np.concatenate([parts[task.recipe.replications] for task in tasks], axis=2)


def drift(years: Floats, burn_in: int, stocks: Sequence[Stock] = STOCKS) -> pd.DataFrame:
    """Return how far each stock drifts from the first recorded year to the second.

    Args:
        years: what `lives` returns; the last two years are the recorded ones.
        burn_in: days before day 0, for the table.
        stocks: what they are of.

    Returns:
        One row a stock: the level (mean of the two years), the drift per year with its standard error over
        replications, both also as a share of the level, the drift in standard errors, and whether it is clear.
    """
    first, second = years[-2], years[-1]
    change = second - first
    n = change.shape[1]
    error = change.std(axis=1, ddof=1) / np.sqrt(n)
    level = (first + second).mean(axis=1) / 2
    mean = change.mean(axis=1)

    def over(a: Floats, b: Floats) -> Floats:
        """Divide where there is something to divide by."""
        out = np.full(len(a), np.nan)
        np.divide(a, b, out=out, where=b != 0)
        return out

    return pd.DataFrame(
        {
            "burn_in": burn_in,
            "stock": [stock.name for stock in stocks],
            "unit": [stock.unit for stock in stocks],
            "n": n,
            "level": level,
            "drift": mean,
            "error": error,
            "drift_of_level": over(mean, level),
            "error_of_level": over(error, level),
            "errors": over(mean, error),
            "clear": np.abs(mean) > CLEAR * error,
        }
    )


# -- figure -----------------------------------------------------------------------------------

COLUMNS, HEIGHT, HEAD = 4, 1.75, 0.69
"""Panels side by side, inches of a row of them, and of what is above the first."""


def stationarity_figure(years: Floats, burn_in: int, default: int, stocks: Sequence[Stock] = STOCKS) -> Figure:
    """Draw the yearly means of each stock from the founding on, one panel a stock.

    Args:
        years: what `lives` returns for the longest burn-in.
        burn_in: its days.
        default: days of burn-in that experiments have by default, which is marked.
        stocks: what the means are of.
    """
    rows = -(-len(stocks) // COLUMNS)
    mean: Floats = years.mean(axis=2)
    error: Floats = years.std(axis=2, ddof=1) / np.sqrt(years.shape[2])
    at: Floats = np.arange(0.5, len(years))
    with house():
        height = rows * HEIGHT + 1.1
        figure = Figure(figsize=(WIDTH_TWO, height))
        figure.subplots_adjust(left=0.06, right=0.985, bottom=0.9 / height, top=1 - HEAD / height, hspace=0.62)
        panels = figure.subplots(rows, COLUMNS, squeeze=False)
        for number, axes in enumerate(panels.flat):
            if number >= len(stocks):
                axes.set_axis_off()
                continue
            _panel(axes, stocks[number], at, mean[:, number], error[:, number], default / YEAR)
            if number + COLUMNS >= len(stocks):
                axes.set_xlabel("years since the founding", color=GREY)
        figure.suptitle("The baseline from its founding on", x=0.06, ha="left", color=INK, fontsize=11)
        figure.text(
            0.06,
            0.012,
            f"Mean of {years.shape[2]} replications in each year, with its 95% interval; founded {burn_in / YEAR:.0f} "
            f"years before day 0, no mechanisms. Grey: burn-in by default ({default} days).\n"
            "Under these assumptions; a stock that still moves right of the grey is not stationary.",
            color=GREY,
            va="bottom",
            fontsize=8,
        )
        return figure


def _panel(axes: Axes, stock: Stock, at: Floats, mean: Floats, error: Floats, grey: float) -> None:
    """Draw one stock."""
    axes.axvspan(0.0, grey, color=BAND, lw=0)
    axes.fill_between(at, mean - 1.96 * error, mean + 1.96 * error, color=DOT, alpha=0.35, lw=0)
    axes.plot(at, mean, color=MEAN, lw=1.4)
    axes.set_title(stock.label, loc="left", color=INK, fontsize=8.5)
    axes.set_ylabel(stock.unit, color=GREY, fontsize=7)
    axes.set_xlim(0.0, at[-1] + 0.5)
    low, high = axes.get_ylim()
    axes.set_ylim(min(0.0, low), max(high, 1e-9))
    axes.tick_params(colors=GREY, labelsize=7)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)


def main(settings: Sequence[str], folder: Path | None = None) -> int:
    """Compute, write the table and draw the figure.

    Args:
        settings: the experiment whose worlds are lived, if not the main one, and words ``key=value`` as for an
            experiment, ``replications=50`` for one.
        folder: where to.
    """
    names = [word for word in settings if "=" not in word]
    settings = [word for word in settings if "=" in word]
    try:
        config = load(names[0] if names else BASELINE, [f"replications={REPLICATIONS}", *settings])
        stocks = stocks_of(config.place)
        if folder is None:
            folder = CLONE / REFERENCE / (FOLDER + (f"-{config.place}" if config.place == "pasture" else ""))
        tables = []
        for burn_in in STEPPE_BURN_INS if config.place == "pasture" else BURN_INS:
            years = lives(config, burn_in, workers=os.cpu_count() or 1)
            tables.append(drift(years, burn_in, stocks))
        write_csv(folder / TABLE, pd.concat(tables, ignore_index=True))
        save(stationarity_figure(years, burn_in, config.burn_in, stocks), folder / FIGURE)
    except SimError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
