"""The press tail (pattern P14): the page shows four of 892 compounds, so its cases are compared with the best four.

A world like Hohhot lives a year with the arrangement in as many compounds as the page counts. Of every compound under
it is known what was solved, mended and conceded, and what its twin without the arrangement came to. So beside the
mean of all stand the best four, the mean as a page that selects would show it, and the effect that is there in truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import outcomes
from sim.books import FEN
from sim.cases import DISPUTE, State
from sim.outcomes import booking
from sim.outcomes.spec import over
from sim.parameters import specs
from sim.scenario import parse
from sim.study import compounds
from sim.study.compounds import Columns
from sim.study.executor import Executor, stage
from sim.study.press import filters
from sim.worlds import Recipe, Worlds

Floats = NDArray[np.float64]

SHOWN = 4
"""Compounds whose story stands on the page (S2-S5), of `COVERED`."""

COVERED, COMPOUNDS, HOUSEHOLDS = 892, 1990, 500
"""Compounds under the arrangement, all compounds with a branch (page-D4), flats in each on average (city-compounds)."""

DAYS = 365

SCENARIOS = {"body": ("formed_body",), "today": ("formed_body", "yijiantiao")}
"""Without and with the arrangement; its coverage is put in as that of the page."""

SLOPES = (0.0, 2.0, 4.0)
"""Logistic slopes at which the mean as reported is printed: no selection, the default, the end of the range."""

COLUMNS = (
    "replication", "outcome", "unit", "reported", "best_four", "best", "mean", "median", "p99", "share_as_good",
    "mean_without", "twin_effect", "best_four_twins", *(f"as_reported_{slope:g}" for slope in SLOPES), "compounds",
)  # fmt: skip
"""Columns of the table of the tail, a row an outcome and replication."""


@dataclass(frozen=True)
class Outcome:
    """One number of a compound.

    Attributes:
        unit: in words.
        reported: what the page reported of a compound; not a number where it reported nothing.
        of: how it is read from the columns of `sim.study.compounds`.
    """

    unit: str
    reported: float
    of: Callable[[Columns], Floats]


OUTCOMES: dict[str, Outcome] = {
    "problems": Outcome("solved in the year", float("nan"), lambda t: t["stubborn"].astype(np.float64)),
    "roofs": Outcome("roofs mended in the year", float("nan"), lambda t: t["roofs"].astype(np.float64)),
    "roofs_in_15": Outcome("roofs within 15 days (S3)", 3.0, lambda t: t["roofs_in_15"].astype(np.float64)),
    "roofs_conceded": Outcome("roofs free of charge (S2)", 8.0, lambda t: t["conceded_roofs"].astype(np.float64)),
    "yuan_conceded": Outcome("yuan saved thereby (S2)", 200_000.0, lambda t: t["conceded_market_fen"] / FEN),
    "pests": Outcome("plagues of pests ended (S4)", 1.0, lambda t: t["pests"].astype(np.float64)),
    "roads": Outcome("road or gate mended (S5)", 1.0, lambda t: t["roads"].astype(np.float64)),
    "unresolved": Outcome(
        "severity-days / 1,000 household-years",
        float("nan"),
        lambda t: -t["suffered"] / np.maximum(t["households"], 1) * (365 / DAYS),
    ),
}
"""What a compound could be shown for, more being better: what is suffered counts below zero."""


@dataclass(frozen=True)
class Task:
    """One world.

    Attributes:
        replication: its number.
        compounds: how many.
        households: flats in each, on average.
        burn_in: days before day 0.
        seed: of the experiment.
        prior_draws: whether uncertain parameters are drawn.
    """

    replication: int
    compounds: int = COMPOUNDS
    households: int = HOUSEHOLDS
    burn_in: int = 728
    seed: int = 1
    prior_draws: bool = True


@dataclass(frozen=True)
class World:
    """What a world left: columns of the compounds under the arrangement with and without it, and the desk's books."""

    with_it: Columns
    without: Columns
    books: pd.DataFrame


def play(tasks: list[Task], executor: Executor) -> list[World]:
    """Compute worlds, in the order of the tasks.

    Raises:
        RuntimeError: one could not be computed.
    """
    found: dict[int, World] = {}
    for outcome in executor.map(work, tasks):
        if outcome.failure or outcome.value is None:
            failure = outcome.failure
            raise RuntimeError(f"tail: failed while {failure.stage}: {failure.message}" if failure else "tail: failed")
        found[outcome.task.replication] = outcome.value
    return [found[task.replication] for task in tasks]


def work(task: Task) -> World:
    """Let one world live with and without the arrangement."""
    share = COVERED / COMPOUNDS
    chosen = [
        parse("body", SCENARIOS["body"]),
        parse("today", [*SCENARIOS["today"], f"yijiantiao.coverage={share}"]),
    ]
    recipe = Recipe(
        place="compound",
        structure={"compounds": task.compounds, "households": task.households},
        seed=task.seed,
        layout=task.replication,
        replications=(task.replication,),
        prior_draws=task.prior_draws,
        burn_in=task.burn_in,
    )
    with stage("burn-in"):
        w = Worlds(recipe)
        w.run(0)
    with stage("running"):
        block = w.stack(chosen)
        del w
        table = compounds.by_compound(block, 0, compounds.live(block, DAYS))
    covered = table["covered"][1] == 1
    return World(
        {name: column[1][covered] for name, column in table.items()},
        {name: column[0][covered] for name, column in table.items()},
        keep_books(block, task.replication),
    )


def keep_books(w: Worlds, replication: int) -> pd.DataFrame:
    """Return true and recorded success, without paper closing, at its default and at the end of its range."""
    closing = specs(booking.Parameters, "books")["paper_closing"]
    deadline = booking.Parameters().paper_deadline
    seen, rows = outcomes.recorded(w), []
    of_felt = relieved(w)
    for share in (0.0, float(closing.default), float(closing.high)):
        kept = booking.books(seen, share, deadline)
        for number, scenario in enumerate(w.scenario_names):
            k = np.flatnonzero(w.scenario == number)
            rows.append(
                dict(
                    replication=replication,
                    scenario=scenario,
                    paper_closing=share,
                    true=float(kept.true[k].mean()),
                    recorded=float(kept.recorded[k].mean()),
                    of_grievances=float(of_felt[k].mean()),
                    at_table=int(kept.at_table[k].sum()),
                    closed_on_paper=int(kept.paper[k].sum()),
                )
            )
    return pd.DataFrame(rows)


def relieved(w: Worlds) -> Floats:
    """Return the share of all grievances of such kinds, felt since the worlds began, that were settled."""
    tally = w.tally["grievances"][:, DISPUTE]
    return over(tally[:, :, int(State.SETTLED)].sum(axis=1), tally.sum(axis=(1, 2)))


def table(worlds: list[World], tasks: list[Task]) -> pd.DataFrame:
    """Return, an outcome and replication, the best four beside the mean of all and the mean as reported."""
    rows = []
    for world, task in zip(worlds, tasks, strict=True):
        for name, outcome in OUTCOMES.items():
            rows.append(dict(replication=task.replication) | row(name, outcome, world))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def row(name: str, outcome: Outcome, world: World) -> dict[str, float | str]:
    """Return the row of one outcome in one world."""
    values, twins = outcome.of(world.with_it), outcome.of(world.without)
    shown = min(SHOWN, len(values))
    reported = min(SHOWN, len(values) / 2)
    order = np.argsort(-values, kind="stable")[:shown]
    out: dict[str, float | str] = {
        "outcome": name,
        "unit": outcome.unit,
        "reported": outcome.reported,
        "best_four": float(values[order].mean()),
        "best": float(values[order[0]]),
        "mean": float(values.mean()),
        "median": float(np.median(values)),
        "p99": float(np.quantile(values, 0.99, method="inverted_cdf")),
        "share_as_good": float(np.mean(values >= outcome.reported)) if np.isfinite(outcome.reported) else float("nan"),
        "mean_without": float(twins.mean()),
        "twin_effect": float((values - twins).mean()),
        "best_four_twins": float(twins[order].mean()),
        "compounds": float(len(values)),
    }
    for slope in SLOPES:
        chance = filters.chances(values, slope, reported)
        out[f"as_reported_{slope:g}"] = filters.as_reported(values, chance)
    return out


def belief(told: pd.DataFrame) -> list[str]:
    """Say what the page alone would have led a reader to believe, and what is there, outcome by outcome."""
    out = []
    for name in ("problems", "roofs", "roofs_in_15"):
        mine = told[told["outcome"] == name]
        if mine.empty:
            continue
        mean = mine.drop(columns=["outcome", "unit"]).mean()
        out.append(
            f"{name}: the best four show {mean['best_four']:.2f}; the mean compound under the arrangement has "
            f"{mean['mean']:.2f}, its twin without it {mean['mean_without']:.2f}. A reader of the page alone would "
            f"credit the arrangement with {mean['best_four'] - mean['mean_without']:+.2f}, twins say "
            f"{mean['twin_effect']:+.2f}. The best four's own twins have {mean['best_four_twins']:.2f}."
        )
    return out
