"""The funnel of grievances (Felstiner, Abel & Sarat 1980; Michelson 2007): from what is felt to what holds for a year.

One run can be read in two ways: of the mediations that came to an end nearly all succeed, and of what people feel much
is never claimed. Both stand beside every arm. Stages are counted in the same days, not followed grievance by
grievance, which makes no difference where as many come in as go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.outcomes import YEAR
from sim.report import labels, style
from sim.report.chosen import part
from sim.report.labels import ENGLISH, Language, Text
from sim.report.style import BODY, EDGE, GREY, INK, SMALL, WIDTH_TWO, wrap
from sim.report.tables import number

Floats = NDArray[np.float64]

STAGES = ("felt", "named", "claimed", "settled", "held")
WORDS = {
    "felt": Text("felt", "感到"),
    "named": Text("named", "认定是谁的事"),
    "claimed": Text("claimed, on a desk's books", "提出并立案"),
    "settled": Text("of these: agreed or repaired", "其中：谈成或修好"),
    "held": Text("complied with, no relapse in 12 months", "履行且 12 个月内未反复"),
}
COLOURS = ("#9db8cf", "#7ba3c4", "#4f88b3", "#2b6a9c", "#0b4a7d")
"""Of the stages: darker and darker."""

TITLE = Text("The funnel: from what is felt to what holds for a year", "漏斗：从感到不满，到维持一年")
UNIT = Text("grievances / 1,000 household-years (share of those felt)", "件／千户·年（占感到者的比例）")
SUCCEED = Text("of cases that were settled or failed, settled", "已谈成或谈崩的案件中，谈成的")
OF_FELT = Text("of what is felt, claimed and settled", "感到的事中，提出并解决的")
SILENT = Text("of what is felt, never claimed, yet repaired with it", "感到的事中，从未提出但一并修好的")
EXPLANATION = Text(
    "Under these assumptions. Means over {n} replications; stages are counted in the same days, not followed grievance "
    "by grievance. Every claim is booked at a desk at once, so entering is no stage of its own. The last stage: "
    "agreements between two parties by Kaplan-Meier, what was not followed for a year counting for as long as it was "
    "seen; repairs count as holding, as a new defect is a new grievance{unknown}.",
    "以上均在所设假设之下。{n} 次重复的平均值；各环节按同一段日子计数，不是逐件跟踪。一经提出即记入台账，"
    "因此“进入”不另算一环。最后一环：双方协议按 Kaplan-Meier 估计，跟踪不满一年的只计到所见之日；"
    "维修视为维持，因为再坏就是新的一件{unknown}。",
)
UNKNOWN = Text("; it is not known in runs of a year or less", "；运行不满一年者无从得知")

# Inches.
LABELS, NUMBERS, GAP = 2.3, 1.15, 0.35
BAR, BETWEEN, HEAD, READ = 0.24, 0.07, 0.34, 0.62


@dataclass(frozen=True)
class Funnel:
    """One arm.

    Attributes:
        scenario: its name.
        stages: grievances per 1,000 household-years that come as far, in the order of `STAGES`; missing where unknown.
        succeed: of the cases that were settled or failed, the share settled.
        silent: of what is felt, the share repaired that those who suffer had not claimed.
    """

    scenario: str
    stages: tuple[float, ...]
    succeed: float
    silent: float


def funnel(runs: pd.DataFrame, path_stem: str | Path, of: int = 0) -> list[Path]:
    """Draw the funnel of each arm, in every language, and write each as PNG and PDF; see `funnels`.

    Args:
        runs: the table of runs.
        path_stem: where to, without ``.png`` and ``.pdf``.
        of: scenarios that there are, if not all of them are drawn.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    drawn = funnels(runs)
    count = int(runs["replication"].nunique())
    return style.save_all(lambda language: funnel_figure(drawn, count, language, of), path_stem, shades=32)


def funnels(runs: pd.DataFrame) -> list[Funnel]:
    """Return the funnel of each scenario, in the order of the runs, means over its replications.

    Args:
        runs: the table of runs.

    Raises:
        ValueError: there is no run to draw.
    """
    if runs.empty:
        raise ValueError("there is no run to draw")
    out = []
    for scenario in runs["scenario"].unique():
        mine = runs[runs["scenario"] == scenario]
        n = {name: mine[f"n_{name}"].to_numpy(np.float64) for name in COUNTS}
        exposure = (mine["households"] * mine["days"]).to_numpy(np.float64) / 1000 / YEAR
        made = np.minimum(n["agreements"], n["settled_claimed"])
        lasting = np.where(n["agreements"] > 0, mine["durable_365"].to_numpy(np.float64), 1.0)
        held = n["settled_claimed"] - made * (1 - lasting)
        counts = [n["arisen"], n["named"], n["voiced"], n["settled_claimed"], held]
        with np.errstate(invalid="ignore"):
            means = tuple(float(_mean(count / exposure)) for count in counts)
            ended = n["cases_settled"] + n["cases_failed"]
            succeed = _mean(np.divide(n["cases_settled"], ended, out=np.full(len(ended), np.nan), where=ended > 0))
            silent = _mean((n["settled"] - n["settled_claimed"]) / np.where(n["arisen"] > 0, n["arisen"], np.nan))
        out.append(Funnel(str(scenario), means, float(succeed), float(silent)))
    return out


COUNTS = ("arisen", "named", "voiced", "settled", "settled_claimed", "agreements", "cases_settled", "cases_failed")
"""Integers of a run that are needed."""


def _mean(values: Floats) -> float:
    """Return the mean of what is known, missing if nothing is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def funnel_figure(drawn: Sequence[Funnel], replications: int, language: Language = ENGLISH, of: int = 0) -> Figure:
    """Draw funnels, two side by side, each stage as wide as it is frequent.

    Args:
        drawn: what `funnels` returns.
        replications: how many there were.
        language: of the words.
        of: scenarios that there are, if not all of them are drawn.
    """
    with style.house():
        return _lay_out(drawn, replications, language, of)


def _lay_out(drawn: Sequence[Funnel], replications: int, language: Language, of: int) -> Figure:
    """Lay the funnels out."""
    unknown = any(np.isnan(each.stages[-1]) for each in drawn)
    words = EXPLANATION(language, n=replications, unknown=UNKNOWN(language) if unknown else "")
    words += part(len(drawn), of, language)
    heading, foot = style.title_lines(TITLE(language), WIDTH_TWO), style.foot_lines(words, WIDTH_TWO)
    body = len(STAGES) * (BAR + BETWEEN) - BETWEEN
    block = HEAD + body + READ
    rows = -(-len(drawn) // 2)
    top = EDGE + style.TITLE_LINE * len(heading) + 0.22
    height = top + rows * block + EDGE * 0.8 + style.SMALL_LINE * len(foot)
    figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
    style.heading(figure, heading)
    figure.text(EDGE / WIDTH_TWO, 1 - (top - 0.06) / height, UNIT(language), va="bottom", size=SMALL, color=GREY)
    style.foot(figure, foot)
    width = (WIDTH_TWO - 2 * EDGE - GAP) / 2 - LABELS - NUMBERS
    most = max((max(each.stages[0], 1e-9) for each in drawn), default=1.0)
    for i, each in enumerate(drawn):
        down, across = divmod(i, 2)
        left = EDGE + across * (LABELS + width + NUMBERS + GAP) + LABELS
        low = height - top - down * block - HEAD - body
        axes = figure.add_axes((left / WIDTH_TWO, low / height, width / WIDTH_TWO, body / height))
        axes.set_axis_off()
        axes.set_xlim(-most / 2, most / 2)
        axes.set_ylim(len(STAGES) * (BAR + BETWEEN) - BETWEEN, 0)
        _draw(axes, each, width, language)
        name = style.capital(labels.point(each.scenario, language))
        axes.text(-LABELS / width, 1 + 0.09 / body, name, transform=axes.transAxes, size=style.PANEL, color=INK)
        _read_off(axes, each, width, body, language)
    return figure


def _draw(axes: Axes, each: Funnel, width: float, language: Language) -> None:
    """Draw the bars of one funnel, what goes from one to the next, and the numbers."""
    bars, slopes, shown = [], [], []
    aside = axes.get_yaxis_transform()
    for i, (stage, count) in enumerate(zip(STAGES, each.stages, strict=True)):
        y = i * (BAR + BETWEEN)
        axes.text(
            -LABELS / width, y + BAR / 2, WORDS[stage](language), transform=aside, va="center", size=BODY, color=INK
        )
        share = count / each.stages[0] if each.stages[0] > 0 else float("nan")
        said = labels.NO_VALUE(language) if np.isnan(count) else number(count)
        said += "" if np.isnan(share) else f"  ({_percent(share)})"
        axes.text(1 + 0.12 / width, y + BAR / 2, said, transform=aside, va="center", size=BODY, color=INK)
        if np.isnan(count):
            continue
        half = count / 2
        bars.append([(-half, y), (half, y), (half, y + BAR), (-half, y + BAR)])
        shown.append(COLOURS[i])
        if i + 1 < len(STAGES) and not np.isnan(each.stages[i + 1]):
            after, foot = each.stages[i + 1] / 2, y + BAR + BETWEEN
            slopes.append([(-half, y + BAR), (half, y + BAR), (after, foot), (-after, foot)])
    axes.add_collection(PolyCollection(slopes, facecolors="#e3eaf1", linewidths=0), autolim=False)
    axes.add_collection(PolyCollection(bars, facecolors=shown, linewidths=0), autolim=False)


def _read_off(axes: Axes, each: Funnel, width: float, body: float, language: Language) -> None:
    """Write below a funnel what a report may make of it."""
    felt, settled = each.stages[0], each.stages[STAGES.index("settled")]
    lines = (
        (SUCCEED(language), each.succeed),
        (OF_FELT(language), settled / felt if felt > 0 else float("nan")),
        (SILENT(language), each.silent),
    )
    for i, (words, share) in enumerate(lines):
        y = -(0.08 + 0.15 * (i + 0.5)) / body
        where: Any = {"transform": axes.transAxes, "va": "center", "size": SMALL}
        axes.text(-LABELS / width, y, wrap(words, 90)[0], color=GREY, **where)
        said = labels.NO_VALUE(language) if np.isnan(share) else _percent(share)
        axes.text(1 + 0.12 / width, y, said, color=INK, **where)


def _percent(share: float) -> str:
    """Write a share in percent, with a decimal near the ends, where a report looks."""
    return f"{100 * share:.1f}%" if 0.945 < share < 1 or 0 < share < 0.095 else f"{100 * share:.0f}%"
