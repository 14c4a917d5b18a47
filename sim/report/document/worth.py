"""What scenarios cost and bring, and how sure it is which is worth most: tables of a few prices at the middle wage."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.report import labels
from sim.report import report_heads as heads
from sim.report import report_labels as words
from sim.report.document.blocks import Block, Grid
from sim.report.document.effects import named, percent, rows_of
from sim.report.document.material import Material
from sim.report.labels import Language
from sim.report.tables import number
from sim.study.budget import INCOME, wages

PRICES = (0.0, 1.0, 10.0, 100.0, 1_000.0)
PRICES_OF_INCOME = (0.0, 0.1, 0.5, 1.0, 2.0)
"""Prices of a severity-day, and of a yuan of collective income, that have a column."""

MOST = 12
"""Of more scenarios only those stand here that are on the frontier or the best at some price."""

STAR = "*"


def worth(found: Material, language: Language) -> Iterator[Block]:
    """Yield what each scenario costs and brings, and how probable it is that it is worth most.

    Of attributions their own section tells (`sim.report.document.studies`).
    """
    if found.kind == "attribution" or not {"budget", "acceptability"} <= found.tables.keys():
        return
    wage = wages()[1]
    budget, curves = (found.tables[name] for name in ("budget", "acceptability"))
    if "effect" not in budget.columns:
        return
    budget, curves = budget[budget["wage"] == wage], curves[curves["wage"] == wage]
    if budget.empty or curves.empty:
        return
    effect = str(budget["effect"].iloc[0])
    prices = PRICES_OF_INCOME if effect == INCOME else PRICES
    curves = curves[curves["willingness"].isin(prices)]
    curves = curves.assign(best=curves["best"].astype(str).str.lower() == "true")
    names = [str(name) for name in budget["scenario"]]
    if len(names) > MOST:
        kept = {names[0], *budget.loc[budget["place"] == "frontier", "scenario"]}
        kept |= set(curves.loc[curves["best"], "scenario"])
        names = [name for name in names if name in kept]
    by = {str(row["scenario"]): row for row in rows_of(budget)}
    rows = []
    for name in names:
        row = by[name]
        place = str(row["place"])
        said = heads.PLACES_OF_COST[place](language) if place in heads.PLACES_OF_COST else place
        rows.append(
            (labels.point(name, language), *_cells(row, "cost", language), *_cells(row, "saved", language), said)
        )
    (scenario,), (more, interval, at) = named(("scenario",), language), named(("cost", "interval", "place"), language)
    brought = heads.BROUGHT[effect](language) if effect in heads.BROUGHT else effect
    head = (scenario, more, interval, brought, interval, at)
    yield Grid(words.COSTS(language), head, tuple(rows), note=words.COSTS_NOTE(language))
    cells: dict[str, list[str]] = {name: [] for name in names}
    last = []
    for price in prices:
        here = {str(row["scenario"]): row for row in rows_of(curves[curves["willingness"] == price])}
        for name in names:
            cells[name].append(
                percent(float(here[name]["acceptable"])) + (STAR if here[name]["best"] else "") if name in here else ""
            )
        last.append(number(float(next(iter(here.values()))["evpi"])) if here else "")
    told = [(labels.point(name, language), *cells[name]) for name in names] + [(words.EVPI(language), *last)]
    each = labels.EACH_DRAWN(language) if found.config.get("prior_draws", True) else ""
    unit = words.A_UNIT[effect](language) if effect in words.A_UNIT else effect
    yield Grid(words.SURE(language, what=unit), (scenario, *(f"{price:g}" for price in prices)), tuple(told),
               note=words.SURE_NOTE(language, each=each))  # fmt: skip


def _cells(row: dict[str, object], what: str, language: Language) -> tuple[str, str]:
    """Write a difference and its interval with equally many decimals."""
    value, low, high = (float(str(row[key])) for key in (what, f"{what}_low", f"{what}_high"))
    scale = max((abs(x) for x in (value, low, high) if math.isfinite(x)), default=0.0)
    return number(value, scale, sign=True), labels.span(low, high, scale, language)
