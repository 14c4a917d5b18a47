"""What came out of a run: comparisons, rates, for whom and at whose cost, the funnel, and how cases end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.outcomes import specs
from sim.outcomes.booking import BOOKS
from sim.report import funnel, labels
from sim.report import report_labels as words
from sim.report.document.blocks import Block, Grid, Paragraph
from sim.report.document.brief import main_outcomes
from sim.report.document.effects import effects, grid, named, pair_of, percent, rows_of
from sim.report.document.material import Material
from sim.report.labels import Language
from sim.report.tables import number

SHOWN = 12
"""So many comparisons have a table of their own."""

LONG = 60
"""A table of more rows is only opened by who wants it, and not printed."""

ARMS = 8
"""So many scenarios stand side by side."""

WHOM = ("whom", "inequality", "flock", "payers", "cost")
"""Families of outcomes that say for whom, how unequally, and who pays."""


def compared(found: Material, language: Language) -> Iterator[Block]:
    """Yield a table for each comparison, of the main outcomes."""
    main = main_outcomes(found)
    for number_, (scenario, baseline) in enumerate(found.pairs[:SHOWN]):
        shown = effects(found, language, main, (scenario, baseline))
        note = words.COMPARED_NOTE(language) if number_ == 0 else ""
        yield grid(pair_of(scenario, baseline, language), shown, language, note)


def rates(found: Material, language: Language) -> Iterator[Block]:
    """Yield the levels of the main outcomes in the first scenario."""
    if "runs" not in found.tables:
        return
    runs = found.tables["runs"]
    first = str(runs["scenario"].iloc[0]) if len(runs) else ""
    mine = runs[runs["scenario"] == first]
    rows = []
    for spec in (spec for spec in specs(found.place) if spec.main and spec.name in runs.columns):
        values = pd.to_numeric(mine[spec.name], errors="coerce").dropna().to_numpy(np.float64)
        mean = number(float(values.mean())) if len(values) else labels.NO_VALUE(language)
        rows.append((labels.outcome(spec.name, language), labels.unit(spec.unit, language), mean, str(len(values))))
    caption = f"{words.BASELINE_RATES(language)}{'：' if language == 'zh' else ': '}{labels.point(first, language)}"
    head = (*named(("outcome", "unit"), language), *named(("value",), language), "n")
    yield Grid(caption, head, tuple(rows), words=2, note=words.RATES_NOTE(language))


def whom(found: Material, language: Language) -> Iterator[Block]:
    """Yield who gains and who does not, and who pays, in the main comparison."""
    if not found.pairs:
        return
    names = [spec.name for spec in specs(found.place) if spec.family in WHOM]
    shown = effects(found, language, names, found.pairs[0])
    if shown:
        caption = words.WHOM(language, pair=pair_of(*found.pairs[0], language))
        yield grid(caption, shown, language, words.WHOM_NOTE(language))


def funnels(found: Material, language: Language) -> Iterator[Block]:
    """Yield the funnel of every scenario, and what may be read off one."""
    runs = found.tables.get("runs")
    needed = {f"n_{name}" for name in funnel.COUNTS} | {"households", "days", "durable_365", "scenario"}
    if runs is None or runs.empty or not needed <= set(runs.columns):
        return
    few = runs[runs["scenario"].isin(runs["scenario"].unique()[:ARMS])]
    drawn = funnel.funnels(few)
    if not any(each.stages[0] > 0 for each in drawn):
        return
    settled = funnel.STAGES.index("settled")
    of_felt = [each.stages[settled] / each.stages[0] if each.stages[0] > 0 else float("nan") for each in drawn]
    rows = [
        (
            labels.point(each.scenario, language),
            *(_level(level, language) for level in each.stages),
            *(_share(share, language) for share in (each.succeed, part)),
        )
        for each, part in zip(drawn, of_felt, strict=True)
    ]
    first = drawn[0]
    if not any(np.isnan([first.succeed, of_felt[0]])):
        yield Paragraph(
            words.FUNNEL_WORDS(
                language,
                scenario=labels.point(first.scenario, language),
                felt=number(first.stages[0]),
                claimed=number(first.stages[funnel.STAGES.index("claimed")]),
                settled=number(first.stages[settled]),
                succeed=_share(first.succeed, language),
                of_felt=_share(of_felt[0], language),
            )
        )
    stages = [funnel.WORDS[stage](language) for stage in funnel.STAGES]
    head = (*named(("scenario",), language), *stages, funnel.SUCCEED(language), funnel.OF_FELT(language))
    yield Grid(words.FUNNEL(language), head, tuple(rows))


def books(found: Material, language: Language) -> Iterator[Block]:
    """Yield true success at the table beside what the desk that is judged by it records, in every scenario."""
    runs, columns = found.tables.get("runs"), [spec.name for spec in BOOKS]
    if runs is None or not {"scenario", *columns} <= set(runs.columns):
        return
    means = runs.groupby("scenario", sort=False)[columns].mean()[:ARMS]
    if means.isna().all(axis=None):
        return
    rows = [
        (labels.point(str(name), language), *(_share(float(value), language) for value in row))
        for name, row in zip(means.index, means.to_numpy(np.float64), strict=True)
    ]
    head = (*named(("scenario",), language), *(labels.outcome(name, language) for name in columns))
    yield Grid(words.BOOKS(language), head, tuple(rows), words=1, note=words.BOOKS_NOTE(language))


def _level(value: float, language: Language) -> str:
    return labels.NO_VALUE(language) if np.isnan(value) else number(value)


def _share(value: float, language: Language) -> str:
    """Write a share with a decimal near its ends, where a report looks."""
    if np.isnan(value):
        return labels.NO_VALUE(language)
    return f"{100 * value:.1f}%" if 0.945 < value < 1 else percent(value)


def ends(found: Material, language: Language) -> Iterator[Block]:
    """Yield how cases of all kinds have ended, in every scenario."""
    frame = found.tables.get("ends")
    if frame is None:
        return
    frame = frame[frame["kind"] == "all"]
    scenarios = [str(name) for name in frame["scenario"].drop_duplicates()][:ARMS]
    found_ends = [str(end) for end in frame["end"].drop_duplicates()]
    rows = []
    for scenario in scenarios:
        for day in sorted(set(frame["day"])):
            mine = frame[(frame["scenario"] == scenario) & (frame["day"] == day)]
            by = {str(row["end"]): float(row["share"]) for row in rows_of(mine)}
            shares = (percent(by.get(end, float("nan"))) for end in found_ends)
            rows.append((labels.point(scenario, language), str(day), *shares))
    if rows:
        head = (
            *named(("scenario", "day"), language),
            *(labels.ENDS_SHORT[end](language) if end in labels.ENDS_SHORT else end for end in found_ends),
        )
        yield Grid(words.ENDS(language), head, tuple(rows), words=1, note=words.ENDS_NOTE(language))


def settings(found: Material, language: Language) -> Iterator[Block]:
    """Yield the scenarios with their words, and how the experiment was run."""
    from sim.report import report_heads as heads

    rows = [
        (name, labels.point(name, language), ", ".join(said) or words.AS_FOUND(language))
        for name, said in found.scenarios.items()
    ]
    if rows:
        head = named(("scenario", "label", "words"), language)
        yield Grid(words.SCENARIOS(language), head, tuple(rows), words=3, folded=len(rows) > LONG)
    keys = ("question", "hypothesis", "replications", "days", "burn_in", "layouts", "seed", "prior_draws", "size")
    told = [(heads.SETTINGS["name"](language), found.name)]
    if found.place:
        place = heads.PLACES[found.place](language) if found.place in heads.PLACES else found.place
        told.append((heads.SETTINGS["place"](language), place))
    told += [(heads.SETTINGS[key](language), _said(found.config[key], language)) for key in keys if key in found.config]
    yield Grid(words.HOW(language), named(("setting", "value"), language), tuple(told), words=2)


def _said(value: object, language: Language) -> str:
    from sim.report.report_heads import NO, YES

    if isinstance(value, bool):
        return (YES if value else NO)(language)
    return str(value)


def others(found: Material, language: Language, names: Sequence[str], most: int = 40) -> Iterator[Block]:
    """Yield tables of the folder as they are, the first rows of long ones.

    Args:
        found: the result.
        language: of the words.
        names: which tables.
        most: rows of each.
    """
    for name in names:
        frame = found.tables.get(name)
        if frame is None or frame.empty:
            continue
        rows = tuple(tuple(cell(column, row[column], language) for column in row) for row in rows_of(frame.head(most)))
        titles = {**words.OTHERS, **words.SENSITIVITY}
        caption = titles[name](language) if name in titles else name
        note = words.CUT(language, of=len(frame), file=f"{name}.csv") if len(frame) > most else ""
        if note:  # how many there are stands in the table, too
            last = [f"{named(('more',), language)[0]} {name}.csv", *[""] * (len(frame.columns) - 1)]
            if len(last) > 1:
                last[1] = str(len(frame))
            rows = (*rows, tuple(last))
        text = sum(1 for column in frame.columns if not pd.api.types.is_numeric_dtype(frame[column]))
        head = named([str(column) for column in frame.columns], language)
        yield Grid(caption, head, rows, words=text, folded=len(rows) > LONG, note=note)


def cell(column: str, value: object, language: Language) -> str:
    """Write a cell of any table: known words in the language, numbers with three digits, what is missing as n/a."""
    if isinstance(value, (bool, np.bool_)):
        return _said(bool(value), language)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return labels.NO_VALUE(language) if np.isnan(float(value)) else number(float(value))
    text = "" if value is None else str(value)
    known = {
        "outcome": lambda: labels.outcome(text, language),
        "effect": lambda: labels.outcome(text, language),
        "scenario": lambda: labels.point(text, language),
        "baseline": lambda: labels.point(text, language),
        "unit": lambda: labels.unit(text, language),
        "kind": lambda: labels.kind(text, language),
        "channel": lambda: channel(text, language),
    }
    return known[column]() if column in known and text else text


def channel(name: str, language: Language, mechanism: str = "") -> str:
    """Return what a player of an attribution is called: a channel, or a whole mechanism."""
    if name in labels.MECHANISMS:
        return labels.mechanism(name, language)
    return labels.channel(name, language, mechanism)
