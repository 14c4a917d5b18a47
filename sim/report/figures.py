"""Every figure of a result folder: which there are, from which of its tables each is drawn, and drawing them at once.

A figure is drawn from the files of the folder alone, so it can be drawn again at any time, and by any process; but for
the map of routes one world is lived again, of which a result keeps nothing so fine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from sim import outcomes, places
from sim.cases import Kind
from sim.report import labels, series, style
from sim.report.acceptability import acceptability
from sim.report.alluvial import NEEDED, alluvial
from sim.report.arrears import arrears
from sim.report.attribution import waterfall
from sim.report.budget import budget
from sim.report.chosen import few
from sim.report.complements import complements
from sim.report.diffusion import COLUMNS, diffusion
from sim.report.distance import distance
from sim.report.ends import competing_ends
from sim.report.forest import forest
from sim.report.funnel import funnel
from sim.report.incomes import incomes
from sim.report.labels import Text
from sim.report.maps import twin_maps
from sim.report.routes import routes, watch
from sim.report.sweep import curves, drawn, grid_map
from sim.study import acceptability as choosing
from sim.study import budget as budgets
from sim.study import distances
from sim.study.answers import WITHHELD
from sim.study.config import Config
from sim.study.executor import Executor
from sim.study.experiment import plan
from sim.study.files import read_csv
from sim.study.statistics import OutcomeSpec

FOLDER = "figures"

MOST = 8
"""So many scenarios have panels of their own; a figure of all 128 of an attribution would show nothing."""


@dataclass(frozen=True)
class Drawing:
    """One figure to draw.

    Attributes:
        name: its name in `FIGURES`.
        folder: the result folder.
        config: the experiment.
    """

    name: str
    folder: Path
    config: Config

    @property
    def stem(self) -> Path:
        """Where to, without the ends of the files' names."""
        return self.folder / FOLDER / self.name

    @property
    def title(self) -> Text:
        """What stands above it if it is of the whole experiment."""
        question = self.config.question if style.drawable(self.config.question) else ""
        said = [labels.title(self.config.name, question, language) for language in labels.LANGUAGES]
        return Text(*said)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The table of runs."""
        return read_csv(self.folder / "runs.csv")

    @property
    def scenarios(self) -> int:
        """How many scenarios there are."""
        return len(self.config.scenarios)

    @property
    def few_runs(self) -> pd.DataFrame:
        """The runs of the scenarios that figures with a panel for each have room for."""
        names = [scenario.name for scenario in self.config.scenarios]
        drawn = [names[0], names[-1]] if self.config.attributed else few(names, MOST)  # no channel on, and all of them
        return self.runs[self.runs["scenario"].isin(drawn)]

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read another table of the folder, or some columns of it."""
        path = self.folder / name
        if path.suffix == ".csv":
            return read_csv(path)
        return pd.read_parquet(path, columns=None if columns is None else list(columns))

    def columns(self, name: str) -> list[str]:
        """Return the columns of a Parquet table of the folder."""
        return list(pq.read_schema(self.folder / name).names)


def _forest(it: Drawing) -> list[Path]:
    main = [OutcomeSpec(spec.name, spec.unit, spec.label) for spec in outcomes.specs(it.config.place) if spec.main]
    return forest(it.table("comparison.csv"), it.runs, it.stem, it.title, outcomes=main)


def _competing_ends(it: Drawing) -> list[Path]:
    return competing_ends(it.table("cases.parquet"), it.few_runs, it.table("ends.csv"), it.stem, of=it.scenarios)


def _time_series(it: Drawing) -> list[Path]:
    columns = series.needed(it.columns("daily.parquet"))  # of so many that not all fit into memory at once
    return series.time_series(it.table("daily.parquet", columns), it.runs, it.stem, it.config.comparisons)


def _funnel(it: Drawing) -> list[Path]:
    return funnel(it.few_runs, it.stem, of=it.scenarios)


def _alluvial(it: Drawing) -> list[Path]:
    scenario, baseline = it.config.comparisons[0]
    return alluvial(it.table("events.parquet", NEEDED), (baseline, scenario), it.stem)


def _twin_maps(it: Drawing) -> list[Path]:
    return twin_maps(it.table("cells.parquet"), it.runs, it.stem, it.config.comparisons[0])


def _diffusion(it: Drawing) -> list[Path]:
    return diffusion(it.table("daily.parquet", ("scenario", "replication", "day", *COLUMNS)), it.stem)


def _incomes(it: Drawing) -> list[Path]:
    return incomes(it.runs, it.stem)


def _attribution(it: Drawing) -> list[Path]:
    assert it.config.attributed is not None
    return waterfall(
        it.table("attribution.csv"), it.table("hours.csv"), it.runs, it.config.attributed, it.stem, it.title
    )


def _budget(it: Drawing) -> list[Path]:
    assert it.config.attributed is not None
    return budget(
        it.table("budget.csv"),
        it.table("acceptability.csv"),
        it.config.attributed,
        it.stem,
        drawn=it.config.prior_draws,
    )


def _acceptability(it: Drawing) -> list[Path]:
    names = choosing.choices(it.config)
    of = budgets.account(it.runs, names, budgets.effect_of(it.config.place))
    words = {name: Text(*(labels.point(name, language) for language in labels.LANGUAGES)) for name in names}
    return acceptability(
        of, it.table("budget.csv"), it.table("acceptability.csv"), it.stem, words, drawn=it.config.prior_draws
    )


def _complements(it: Drawing) -> list[Path]:
    assert it.config.attributed is not None
    return complements(it.table("attribution.csv"), it.config.attributed, it.stem)


def _distance(it: Drawing) -> list[Path]:
    return distance(it.table("distance.csv"), it.config.replications, it.stem)


def _arrears(it: Drawing) -> list[Path]:
    return arrears(it.few_runs, it.stem, of=it.scenarios)


def _routes(it: Drawing) -> list[Path]:
    scenario = it.config.scenarios[-1 if it.config.sweep else _with_circuits(it.config)]
    group = next(g for g in plan(it.config).groups if any(p.scenario.name == scenario.name for p in g.pieces))
    return routes(watch(group.recipe, scenario), it.stem)


def _with_circuits(config: Config) -> int:
    """Return the number of the scenario whose routes are drawn: `full`, or else the last with the mechanism."""
    numbers = [k for k, scenario in enumerate(config.scenarios) if scenario.choices]
    full = [k for k in numbers if config.scenarios[k].name == "full"]
    return full[0] if full else numbers[-1] if numbers else 0


def _curves(it: Drawing) -> list[Path]:
    assert it.config.sweep is not None
    main = [OutcomeSpec(s.name, s.unit, s.label) for s in outcomes.leading(it.config.place)]
    naive, leaders = (it.table(f) if (it.folder / f).exists() else None for f in ("naive.csv", "leaders.csv"))
    comparison, sweep = it.table("comparison.csv"), it.config.sweep
    return curves(comparison, sweep, it.stem, it.title, outcomes=main, naive=naive, leaders=leaders)


def _map(it: Drawing) -> list[Path]:
    assert it.config.sweep is not None
    known = [OutcomeSpec(s.name, s.unit, s.label) for s in outcomes.specs(it.config.place)]
    names = [name for kind in places.settlements(it.config.place) for name in MAPPED.get(kind, ("unresolved",))]
    mapped = [spec for spec in (*known, WITHHELD) if spec.name in names]
    return grid_map(it.table("comparison.csv"), it.config.sweep, it.stem, it.title, outcomes=mapped)


FIGURES: Mapping[str, Callable[[Drawing], list[Path]]] = {
    "competing_ends": _competing_ends,
    "attribution": _attribution,
    "curves": _curves,
    "forest": _forest,
    "map": _map,
    "time_series": _time_series,
    "twin_maps": _twin_maps,
    "alluvial": _alluvial,
    "funnel": _funnel,
    "diffusion": _diffusion,
    "incomes": _incomes,
    "distance": _distance,
    "arrears": _arrears,
    "routes": _routes,
    "acceptability": _acceptability,
    "budget": _budget,
    "complements": _complements,
}
"""Every figure, the one that takes longest first."""

OF_COMPARISONS = ("attribution", "curves", "forest", "map", "twin_maps", "alluvial")
OF_DETAIL = ("competing_ends", "time_series", "twin_maps", "diffusion", "alluvial")
OF_EVENTS = ("twin_maps", "alluvial")
OF_ROOFS = ("twin_maps",)
"""Figures that need comparisons, more than the runs, runs that are watched, or buildings."""


OF_PASTURES = ("distance", "arrears", "routes")
"""Figures of people who live far apart; the first two not of sweeps or attributions."""

MAPPED = {
    "compound": ("unresolved", WITHHELD.name, "captured"),
    "pasture": ("unresolved", "settled_90", "hours_per_durable"),
}
"""Kind of settlement to the outcomes that are drawn in a map."""

OF_DISPUTES = ("competing_ends", "time_series", "twin_maps", "alluvial", "funnel")
"""Figures of grievances, which there are not everywhere."""

OF_VILLAGES = ("diffusion", "incomes")


def wanted(config: Config) -> list[str]:
    """Return the names of the figures that an experiment's results allow."""
    compared = (
        ["attribution"]
        if config.attributed
        else drawn(config.sweep)
        if config.sweep
        else ["forest", "twin_maps", "alluvial"]
    )
    names = [name for name in FIGURES if name in compared or name not in OF_COMPARISONS]
    names = [name for name in names if config.comparisons or name not in OF_COMPARISONS]
    names = [name for name in names if config.events or name not in OF_EVENTS]
    names = [name for name in names if config.detail or name not in OF_DETAIL]
    kinds = places.declared(config.place, "KINDS")
    many = config.attributed or config.sweep  # their scenarios have figures that compare them
    absent = [*(OF_DISPUTES if not kinds else ()), *(OF_ROOFS if Kind.ROOF not in kinds else ())]
    absent += OF_VILLAGES if "village" not in places.settlements(config.place) else ("incomes",) if many else ()
    absent += [] if "pasture" in places.settlements(config.place) else OF_PASTURES
    absent += [] if config.place in distances.PLACES else ["distance", "routes"]  # a county's map has other kinds too
    absent += OF_PASTURES if config.attributed else ["distance", "arrears"] if config.sweep else []
    absent += [] if config.attributed and config.attributed.together else ["budget", "complements"]
    # Of mixes the curves stand beside the planes of `budget`; where nobody chooses there are none.
    absent += [] if choosing.choices(config) and not config.attributed else ["acceptability"]
    return [name for name in names if name not in absent]


def draw(config: Config, folder: Path, compute: Executor) -> list[Path]:
    """Draw the figures of a result folder.

    Args:
        config: the experiment.
        folder: the result folder, whose tables are complete.
        compute: who draws.

    Returns:
        The files written.

    Raises:
        SimError: a figure cannot be drawn or written.
    """
    paths = []
    for outcome in compute.map(work, [Drawing(name, folder, config) for name in wanted(config)]):
        paths += outcome.get()
    return sorted(paths)


def work(drawing: Drawing) -> list[Path]:
    """Draw one figure."""
    return FIGURES[drawing.name](drawing)
