"""Reference results: the small part of a result folder that is kept with the code, and the tables that quote it.

``python3 -m sim verify --update [NAME...]`` copies what is small of finished result folders, by default of the main
experiment's alone, from ``results/local`` into ``results/reference``, with a sample of their runs in every table
(`sim.study.sample`), and renews the tables between markers in the files that quote them. A test compares these with the
comparisons that are kept, and ``python3 -m sim verify`` lives the samples again.
"""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import StoreError
from sim.outcomes import OUTCOMES
from sim.report.declarations import quoted
from sim.report.tables import NOT_AVAILABLE, interval, number
from sim.study import kept, sample, verify
from sim.study.executor import Executor
from sim.study.files import atomic, read_csv, write_json
from sim.study.manifest import MACHINE
from sim.study.runner import MANIFEST

CLONE = Path(__file__).resolve().parents[2]
MAIN, CHANNELS = "yijiantiao", "yijiantiao_channels"
"""The experiments whose results are quoted: the main one, and the same taken apart."""

RESULTS, REFERENCE = Path("results", "local"), Path("results", "reference")
RUNS, COMPARISON, FIGURE = "runs.csv", "comparison.csv", "figures/forest.png"
BUDGET, ACCEPTABILITY, WORTH = "budget.csv", "acceptability.csv", "figures/acceptability.png"
NAIVE, LEADERS, GRID = "naive.csv", "leaders.csv", "grid.csv"
KEPT: dict[str, tuple[str, ...]] = {
    MAIN: (RUNS, COMPARISON, FIGURE, BUDGET, ACCEPTABILITY, WORTH),
    "yijiantiao-attribution": ("attribution.csv", "hours.csv", "figures/attribution.png"),
    "coverage": (COMPARISON, NAIVE, LEADERS, GRID, "figures/curves.png"),
    "capture": (COMPARISON, GRID, "figures/map.png"),
    "hohhot_2025": (RUNS, COMPARISON, NAIVE, LEADERS, FIGURE),
    "mobile_mediation": (
        *(COMPARISON, "distance.csv", FIGURE, "figures/routes.png", "figures/routes.zh.png"),
        *(BUDGET, ACCEPTABILITY, WORTH),
    ),
    "mobile_mediation-attribution": ("attribution.csv", "hours.csv", "figures/attribution.png"),
    "distance": (COMPARISON, "distance.csv", "figures/distance.png"),
    "teams": (COMPARISON, GRID, "figures/map.png"),
    "station_hours": (COMPARISON, GRID, "figures/curves.png"),
    "arrears": (COMPARISON, "figures/arrears.png"),
    "elder_services": (COMPARISON, FIGURE),
    "courier_sensing": (COMPARISON, FIGURE),
    "community_culture": (COMPARISON, FIGURE),
    "village_alliance": (COMPARISON, "figures/incomes.png"),
    "village_alliance-attribution": ("attribution.csv", "hours.csv"),
    "price_crash": (COMPARISON, "figures/curves.png"),
    "share": (COMPARISON, "figures/incomes.png"),
    "yijiantiao-sensitivity": (
        *(f"{name}.csv" for name in ("morris", "sobol", "groups", "scans", "spread", "burn_in")),
        "figures/sensitivity.png",
        "figures/sensitivity.zh.png",
        "figures/scans.png",
    ),
    "yijiantiao-calibration": ("patterns.csv", "waves.csv", "narrowed.csv", "figures/patterns.png"),
    "yijiantiao-discovery": (COMPARISON, "boxes.csv", "restrictions.csv", "leaves.csv"),
}
"""Experiment to the files that are kept beside its manifest; of others only the comparison."""

ENGLISH = ("outcome", "unit", "comparison", "baseline", "difference", "95% interval", "same sign", "n")
CHINESE = ("结果变量", "单位", "比较", "基准均值", "差值", "95% 区间", "同号比例", "n")


@dataclass(frozen=True)
class Quote:
    """A table in a file.

    Attributes:
        file: the file, from the clone.
        experiment: whose comparison it quotes; also the marker around it.
        heads: heads of its columns.
        outcomes: which outcomes, in this order.
    """

    file: str
    experiment: str
    heads: tuple[str, ...]
    outcomes: tuple[str, ...]


ALL_MAIN = tuple(spec.name for spec in OUTCOMES if spec.main)
QUOTES = (
    Quote("README.md", MAIN, ENGLISH, ("unresolved",)),
    Quote("README.zh.md", MAIN, CHINESE, ("unresolved",)),
    Quote("experiments/yijiantiao/README.md", MAIN, ENGLISH, ALL_MAIN),
    Quote("experiments/yijiantiao/README.md", CHANNELS, ENGLISH, ("unresolved", "mended", "hours")),
    Quote("experiments/coverage/README.md", "coverage", ENGLISH, ("unresolved",)),
    Quote("experiments/hohhot_2025/README.md", "hohhot_2025", ENGLISH, ALL_MAIN),
)
"""Tables in files; that of an experiment whose comparison is not kept stays empty."""


def quotes(root: Path = CLONE) -> list[Quote]:
    """Return the tables whose comparison is kept.

    Args:
        root: the clone.
    """
    return [quote for quote in QUOTES if (root / REFERENCE / quote.experiment / COMPARISON).is_file()]


def table(comparison: pd.DataFrame, quote: Quote) -> str:
    """Return outcomes of all comparisons as a Markdown table, outcome by outcome, rounded for people.

    Args:
        comparison: what `sim.study.statistics.compare_runs` returns.
        quote: which outcomes, under which heads.
    """
    rows: list[tuple[str, ...]] = []
    for outcome in quote.outcomes:
        for nth, row in enumerate(comparison[comparison["outcome"] == outcome].to_dict("records")):
            names = (f"`{outcome}`", str(row["unit"])) if nth == 0 else ("", "")
            rows.append((*names, f"`{row['scenario']}` - `{row['baseline']}`", *_cells(row)))
    lines = [quote.heads, ("---",) * 3 + ("---:",) * (len(quote.heads) - 3), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _cells(row: dict[Any, Any]) -> tuple[str, ...]:
    """Write the numbers of one comparison; difference and interval with equally many decimals."""
    scale = max((abs(row[name]) for name in ("difference", "low", "high") if math.isfinite(row[name])), default=0.0)
    share = row["share_same_sign"]
    return (
        number(row["mean_baseline"]),
        number(row["difference"], scale, sign=True),
        interval(row["low"], row["high"], scale),
        f"{share:.0%}" if math.isfinite(share) else NOT_AVAILABLE,
        str(row["n"]),
    )


def copy(folder: Path, target: Path, compute: Executor) -> None:
    """Copy what is small of a finished result folder, and live a sample of its runs.

    Args:
        folder: the result folder.
        target: where to; older files of the same names are replaced.
        compute: who lives the sample.

    Raises:
        StoreError: the folder holds no finished run, or not what comes out now.
    """
    result = kept.read(folder)
    if not result.complete:
        raise StoreError(f"{folder} is no result folder as a run leaves it; run it again")
    chosen = None if result.study else sample.choose(result.config())
    rows: sample.Rows = {}
    if chosen:
        (rows,) = sample.live([chosen], compute)
        verdict = verify.Verdict(result)
        verify.compare(verdict, chosen, rows)
        if verdict.differences:
            raise StoreError(f"{folder} is not what comes out now: {verdict.differences[0]}; run it again")
    said = {name: value for name, value in result.manifest.items() if name != MACHINE}
    for name in KEPT.get(said["name"], (COMPARISON,)):
        with atomic(target / name) as file:
            file.write((folder / name).read_bytes())
    if rows:
        sample.write(target / sample.FOLDER, rows)
    else:
        shutil.rmtree(target / sample.FOLDER, ignore_errors=True)
    write_json(target / MANIFEST, said)


def renew(root: Path = CLONE) -> None:
    """Write the tables of the kept comparisons into the files that quote them.

    Args:
        root: the clone.
    """
    for quote in quotes(root):
        path = root / quote.file
        text = path.read_text("utf-8")
        old, marker = quoted(text, quote.experiment), f"<!-- {quote.experiment} -->\n"
        new = table(read_csv(root / REFERENCE / quote.experiment / COMPARISON), quote)
        with atomic(path) as file:
            file.write(text.replace(marker + old, marker + new).encode())
