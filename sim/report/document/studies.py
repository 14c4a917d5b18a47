"""What other studies add: sweeps, attributions, sensitivity, naive estimates, press cases."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from sim.report import labels, press_labels
from sim.report import report_heads as heads
from sim.report import report_labels as words
from sim.report.document.blocks import Block, Grid, Paragraph
from sim.report.document.brief import headline
from sim.report.document.effects import Effect, effects, named, pair_of, percent, rows_of
from sim.report.document.limits import within
from sim.report.document.material import Material
from sim.report.document.results import LONG, cell, channel, others
from sim.report.labels import Language
from sim.report.tables import number

# -- sweeps --------------------------------------------------------------------------------------


def by_pair(found: Material, language: Language) -> dict[tuple[str, str], list[Effect]]:
    """Return the headline at every point of a sweep, by what the scenarios were made of."""
    of = {str(row["scenario"]): str(row["of"]) for row in rows_of(found.tables["grid"])}
    out: dict[tuple[str, str], list[Effect]] = {}
    for one in effects(found, language, [headline(found)]):
        pair = of.get(one.scenario, one.scenario), of.get(one.baseline, one.baseline)
        out.setdefault(pair, []).append(one)
    return out


def counted(found: Material, language: Language) -> list[dict[str, str]]:
    """Return how many points of a sweep are clearly better, clearly worse, or cannot be told, by comparison."""
    out = []
    for (scenario, baseline), points in by_pair(found, language).items():
        known = [one for one in points if math.isfinite(one.value)]
        if not known:
            continue
        count = {word: str(sum(one.reading == word for one in points)) for word in ("better", "worse", "open")}
        ends = {"lowest": min(known, key=lambda one: one.value), "highest": max(known, key=lambda one: one.value)}
        out.append(
            {
                "scenario": labels.point(scenario, language),
                "baseline": labels.point(baseline, language),
                "outcome": points[0].label,
                "unit": points[0].unit,
                "points": str(len(points)),
                **count,
                **{word: one.difference for word, one in ends.items()},
            }
        )
    return out


def sweep(found: Material, language: Language) -> Iterator[Block]:
    """Yield the counts of points, and every point, of the headline."""
    told = counted(found, language)
    columns = ("scenario", "baseline", "outcome", "unit", "points", "better", "worse", "open", "lowest", "highest")
    rows = tuple(tuple(row[column] for column in columns) for row in told)
    yield Grid(words.SUMMARY(language), named(columns, language), rows, words=4)
    head = ("scenario", "baseline", "mean_baseline", "difference", "relative", "interval", "n", "reading")
    for (scenario, baseline), points in by_pair(found, language).items():
        cells = [
            (
                *(labels.point(one.scenario, language), labels.point(one.baseline, language), one.mean, one.difference),
                *(one.relative, one.interval(language), one.n, heads.READINGS[one.reading](language)),
            )
            for one in points
        ]
        caption = words.POINTS(language, pair=pair_of(scenario, baseline, language), outcome=points[0].label)
        yield Grid(
            caption, named(head, language), tuple(cells), words=2, folded=len(cells) > LONG,
            note=words.GRID_NOTE(language),
        )  # fmt: skip


def sweep_words(found: Material, language: Language) -> Iterator[str]:
    """Say at how many points a scenario does better, and at how many worse."""
    for row in counted(found, language):
        names = {key: words.QUOTED(language, name=row[key]) for key in ("scenario", "baseline")}
        yield words.MANY_POINTS(language, **{**row, **names})


# -- attributions --------------------------------------------------------------------------------


def shares(found: Material, language: Language) -> Iterator[Block]:
    """Yield what each channel carries of each outcome, and the hours they take."""
    frame = found.tables["attribution"]
    mechanism = _mechanism(found)
    for nth, outcome in enumerate(frame["outcome"].drop_duplicates()):
        mine = frame[frame["outcome"] == outcome]
        unit = labels.unit(str(mine["unit"].iloc[0]), language)
        rows = []
        for name in mine[mine["measure"] == "shapley"]["channel"].drop_duplicates():
            cells = [_value(mine, measure, name, language) for measure in ("shapley", "first", "last")]
            rows.append((channel(str(name), language, mechanism), *(part for each in cells for part in each)))
        total = _value(mine, "total", None, language)
        rows.append((heads.MEASURES["total"](language), *total, *[""] * 4))
        head = [words_ for key in ("shapley", "first", "last") for words_ in named((key, "interval"), language)]
        caption = words.SHARES(language, outcome=labels.outcome(str(outcome), language), unit=unit or "-")
        note = words.SHARES_NOTE(language) if nth == 0 else ""
        yield Grid(caption, (*named(("channel",), language), *head), tuple(rows), note=note)
    if "hours" in found.tables:
        columns = ("channel", "purposes", "with_none", "alone", "with_all", "everybody_alone", "everybody_last")
        told = tuple(
            (channel(str(row["channel"]), language, mechanism), *(cell(c, row.get(c), language) for c in columns[1:]))
            for row in rows_of(found.tables["hours"])
        )
        yield Grid(words.HOURS(language), named(columns, language), told, words=2)


def shares_words(found: Material, language: Language) -> Iterator[str]:
    """Say what all channels do together, and which carries most."""
    frame = found.tables["attribution"]
    if frame.empty:
        return
    outcome = str(frame["outcome"].iloc[0])
    mine = frame[frame["outcome"] == outcome]
    said = (found.config.get("attribution") or {}).get("names") or ["", ""]
    total, _ = _value(mine, "total", None, language)
    yield words.TOTAL(
        language,
        outcome=labels.outcome(outcome, language),
        unit=labels.unit(str(mine["unit"].iloc[0]), language) or "-",
        total=total,
        none=words.QUOTED(language, name=labels.point(str(said[0]), language)),
        all=words.QUOTED(language, name=labels.point(str(said[-1]), language)),
    )
    parts = mine[mine["measure"] == "shapley"]
    if len(parts):
        name = parts["channel"].iloc[int(parts["difference"].abs().fillna(0.0).to_numpy().argmax())]
        difference, low, high = _numbers(mine, "shapley", name)
        yield words.LARGEST(
            language, channel=channel(str(name), language, _mechanism(found)), share=difference, low=low, high=high
        )


def _mechanism(found: Material) -> str:
    return str((found.config.get("attribution") or {}).get("mechanism") or "")


def _numbers(mine: pd.DataFrame, measure: str, name: object) -> tuple[str, str, str]:
    """Return a measure of a channel and the ends of its interval, with equally many decimals."""
    rows = mine[mine["measure"] == measure]
    rows = rows if name is None else rows[rows["channel"] == name]
    if rows.empty:
        return ("n/a",) * 3
    values = [float(rows[key].iloc[0]) for key in ("difference", "low", "high")]
    scale = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return number(values[0], scale, sign=True), number(values[1], scale), number(values[2], scale)


def _value(mine: pd.DataFrame, measure: str, name: object, language: Language) -> tuple[str, str]:
    difference, low, high = _numbers(mine, measure, name)
    return difference, "n/a" if low == "n/a" else low + labels.TO(language) + high


# -- sensitivity, naive estimates ----------------------------------------------------------------


def sensitivity(found: Material, language: Language) -> Iterator[Block]:
    """Yield the tables of a study of sensitivity, of this folder or of one beside it; else that there is none."""
    study = found if found.kind == "sensitivity" else found.beside.get("sensitivity")
    if study is None:
        yield Paragraph(words.NO_SENSITIVITY(language))
        return
    if study is not found:
        yield Paragraph(words.TAKEN_FROM(language, folder=study.folder.name))
    yield from others(study, language, list(words.SENSITIVITY), most=30)


def sensitivity_words(found: Material, language: Language) -> Iterator[str]:
    """Say how much of the variance of the first outcome comes from which group of parameters, and from chance."""
    frame = found.tables.get("groups")
    needed = ("outcome", "measure", "group", "total", "total_low", "total_high")
    if frame is None or frame.empty or not set(needed) <= set(frame.columns):
        return
    rows = rows_of(frame)
    for row in rows:
        if (row["outcome"], row["measure"]) != (rows[0]["outcome"], rows[0]["measure"]):
            continue
        said = {name: str(row[name]) for name in ("measure", "group")}
        yield words.RESTS_ON(
            language,
            outcome=labels.outcome(str(row["outcome"]), language),
            total=cell("total", row["total"], language),
            low=cell("total", row["total_low"], language),
            high=cell("total", row["total_high"], language),
            **{key: words.SENSITIVE[word](language) if word in words.SENSITIVE else word for key, word in said.items()},
        )


def attribution(found: Material, language: Language) -> Iterator[Block]:
    """Yield the attribution of this folder or of one beside it; else how to get one."""
    study = found if found.kind == "attribution" else found.beside.get("attribution")
    if study is None:
        yield Paragraph(words.NO_ATTRIBUTION(language, name=found.name))
        return
    if study is not found:
        yield Paragraph(words.TAKEN_FROM(language, folder=study.folder.name))
        yield Paragraph(" ".join(shares_words(study, language)))
    yield from shares(study, language)
    yield from within(study, language)
    yield from others(study, language, ["budget"])


def naive(found: Material, language: Language) -> Iterator[Block]:
    """Yield naive estimates beside the effects of twins, of the headline."""
    frame = found.tables.get("naive")
    if frame is None or frame.empty:
        return
    yield Paragraph(words.NAIVE_WORDS(language))
    outcome = headline(found)
    mine = frame[frame["outcome"] == (outcome if outcome in set(frame["outcome"]) else frame["outcome"].iloc[0])]
    rows = []
    for row in rows_of(mine):
        values = [float(row[key]) for key in ("value", "low", "high")]
        scale = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
        cells = [number(values[0], scale, sign=True), number(values[1], scale) + labels.TO(language)
                 + number(values[2], scale)]  # fmt: skip
        pair = pair_of(str(row["scenario"]), str(row["baseline"]), language)
        told = str(row["estimate"])
        rows.append((pair, heads.ESTIMATES[told](language) if told in heads.ESTIMATES else told, *cells))
    caption = f"{words.NAIVE(language)} ({labels.outcome(str(mine['outcome'].iloc[0]), language)})"
    yield Grid(caption, named(("comparison", "estimate", "value", "interval"), language), tuple(rows), words=2,
               folded=len(rows) > LONG)  # fmt: skip


# -- press cases ---------------------------------------------------------------------------------


def press(found: Material, language: Language) -> Iterator[Block]:
    """Yield what the page reported beside what came out."""
    yield Paragraph(words.PRESS(language))
    if "cases" in found.tables:
        told = _cases(found, language)
        columns = ("case", "measure", "reported", "median", "middle", "without", "reached", "verdict")
        rows = tuple(tuple(row[column] for column in columns) for row in told if row["reported"])
        yield Grid(words.CASES(language), named(columns, language), rows, words=2)
    yield from others(found, language, ["couriers", "hubs", "tail", "books", "channels"])


def press_words(found: Material, language: Language) -> Iterator[str]:
    """Say of each reported number how it came out."""
    if "cases" not in found.tables:
        return
    for row in _cases(found, language):
        if row["verdict"]:
            yield words.REPORTED(language, **{**row, "measure": row["measure"].rstrip(".。")})


def _cases(found: Material, language: Language) -> list[dict[str, str]]:
    """Return a row for each case and measure: reported, with the arrangement and without it."""
    frame, out = found.tables["cases"], []
    for (case, measure), rows in frame.groupby(["case", "measure"], sort=False):
        by = {str(row["scenario"]): row for row in rows_of(rows)}
        full, *rest = by.values()
        without = rest[0] if rest else full
        reported = float(full["reported"])
        verdict = "" if pd.isna(full["verdict"]) else str(full["verdict"])
        low, high = _reach(full["low"]), _reach(full["high"])
        out.append(
            {
                "case": _named_case(str(case), language),
                "measure": press_labels.measure(str(measure), language, str(measure).replace("_", " ")),
                "reported": "" if math.isnan(reported) else _reach(reported),
                "median": _reach(full["median"]),
                "low": low,
                "high": high,
                "middle": low + labels.TO(language) + high,
                "without": _reach(without["median"]),
                "reached": percent(float(full.get("reached", math.nan))),
                "verdict": heads.VERDICTS[verdict](language) if verdict in heads.VERDICTS else verdict,
            }
        )
    return out


def _reach(value: object) -> str:
    """Write a number of a press case; what does not come about is infinite."""
    known = float(str(value))
    if math.isinf(known):
        return "∞"
    return f"{known:,.0f}" if known.is_integer() and abs(known) < 1e6 else number(known)


def _named_case(name: str, language: Language) -> str:
    """Return a case's number on the page and what it is called."""
    words_ = press_labels.case(name, language, "")
    return f"{name}{'：' if language == 'zh' else ': '}{words_}" if words_ else name
