"""Cases by stage, as an alluvial figure: at which desk they were opened, what was done, where they were last, the end.

Of the cases opened in the log, that is of the first replications; a stream is as thick as the cases in it are many, and
has the colour of their end. Streams keep their cases together from the first stage to the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.report import labels, style
from sim.report.ends import COLOURS
from sim.report.labels import ENGLISH, Language, Text
from sim.report.style import BODY, EDGE, GREY, INK, SMALL, WIDTH_TWO
from sim.rules.trust import DESKS

NEEDED = ("case:concept:name", "concept:name", "org:resource", "case:scenario", "case:replication")
"""Columns of the event log that are read."""

STAGES = ("opened", "done", "last", "end")
HEADS = {
    "opened": Text("opened at", "在哪立案"),
    "done": Text("what was done", "做了什么"),
    "last": Text("last at", "最后在哪"),
    "end": Text("end", "结局"),
}
DONE = {
    "owners": Text("owners asked to pay or vote", "请业主出钱或表决"),
    "works": Text("mended without asking owners", "未问业主即修"),
    "session": Text("sessions held", "调解"),
    "handed": Text("only handed on", "只转办"),
    "nothing": Text("no such step", "无这些步骤"),
}
"""What was done for a case, the first that fits."""

STEPS = {
    "owners": ("signing", "voting"),
    "works": ("funded", "repaired"),
    "session": ("session",),
    "handed": ("handed off",),
}
"""What was done to the activities of the log that show it."""

ENDS = ("settled", "open", "failed", "withdrawn", "escalated")

TITLE = Text(
    "Cases by stage: where they come in, what is done, how they end", "案件的流向：从哪进来，做了什么，如何了结"
)
EXPLANATION = Text(
    "Under these assumptions. {n} cases opened from day 0 on in the first {k} replications, each scenario's in a panel "
    "as high as they are many; colours: how the case ends.",
    "以上均在所设假设之下。前 {k} 次重复中第 0 天以后立案的 {n} 件，每个情景一幅，高度按件数；颜色表示结局。",
)
CASES = Text("{name}: {n} cases", "{name}：{n} 件")

HEIGHT, HEAD, BETWEEN = 3.0, 0.5, 0.35
"""Inches of the highest panel, of what stands above each, and between panels."""

BAR, APART = 0.03, 0.02
"""Of the axes: width of a stage, and what lies between its blocks."""


def paths(log: pd.DataFrame) -> pd.DataFrame:
    """Return how many cases went which way.

    Args:
        log: an event log with the columns `NEEDED`, each run's events in order.

    Returns:
        A row a way that cases went: ``scenario``, the stages `STAGES` and ``cases``.
    """
    cases = log.groupby("case:concept:name", sort=False)
    first, last = cases.first(), cases.last()
    opened = first["concept:name"] == "opened"
    out = pd.DataFrame({"scenario": first["case:scenario"], "opened": _desk(first["org:resource"])}, index=first.index)
    out["done"] = "nothing"
    for step, activities in reversed(STEPS.items()):
        seen = log.loc[log["concept:name"].isin(activities), "case:concept:name"].unique()
        out.loc[seen, "done"] = step
    out["last"] = _desk(last["org:resource"])
    end = last["concept:name"]
    out["end"] = end.where(end.isin(ENDS), "open")
    kept = out[opened.to_numpy()]
    return kept.groupby(["scenario", *STAGES], sort=True).size().rename("cases").reset_index()


def _desk(resources: pd.Series) -> pd.Series:
    """Return the kinds of desks, without their numbers."""
    return resources.str.rsplit(" ", n=1).str[0]


def alluvial(log: pd.DataFrame, scenarios: Sequence[str], path_stem: str | Path) -> list[Path]:
    """Draw the ways of cases in some scenarios, in every language, and write each as PNG and PDF.

    Args:
        log: the event log, with at least the columns `NEEDED`.
        scenarios: which, from top to bottom.
        path_stem: where to, without the ends of the files' names.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    log = log[log["case:scenario"].isin(list(scenarios))]
    ways, replications = paths(log), int(log["case:replication"].nunique())
    return style.save_all(lambda language: figure(ways, scenarios, replications, language), path_stem)


def figure(ways: pd.DataFrame, scenarios: Sequence[str], replications: int, language: Language = ENGLISH) -> Figure:
    """Draw a panel for each scenario.

    Args:
        ways: what `paths` returns.
        scenarios: which, from top to bottom.
        replications: how many the log has.
        language: of the words.
    """
    with style.house():
        count = {name: int(ways.loc[ways["scenario"] == name, "cases"].sum()) for name in scenarios}
        most = max([*count.values(), 1])
        words = EXPLANATION(language, n=f"{sum(count.values()):,}", k=replications)
        heading, foot = style.title_lines(TITLE(language), WIDTH_TWO), style.foot_lines(words, WIDTH_TWO)
        heights = [max(HEIGHT * count[name] / most, 0.4) for name in scenarios]
        top = EDGE + style.TITLE_LINE * len(heading) + 0.1
        low = EDGE * 0.8 + style.SMALL_LINE * len(foot)
        height = top + sum(heights) + len(heights) * (HEAD + BETWEEN) + low
        drawn = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
        style.heading(drawn, heading)
        style.foot(drawn, foot)
        y = height - top
        for name, tall in zip(scenarios, heights, strict=True):
            y -= HEAD + tall
            box = (EDGE / WIDTH_TWO, y / height, 1 - 2 * EDGE / WIDTH_TWO, tall / height)
            axes = drawn.add_axes(box)
            said = CASES(language, name=style.capital(labels.scenario(name, language)), n=f"{count[name]:,}")
            _panel(axes, ways[ways["scenario"] == name], said, tall, language)
            y -= BETWEEN
        return drawn


def _panel(axes: Axes, ways: pd.DataFrame, title: str, tall: float, language: Language) -> None:
    """Draw one scenario's ways."""
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.text(0, 1 + 0.32 / tall, title, size=style.PANEL, color=INK, va="bottom")
    places = np.linspace(0, 0.78, len(STAGES))
    total = max(int(ways["cases"].sum()), 1)
    blocks = {stage: _stack(ways, stage, total) for stage in STAGES}
    for x, stage in zip(places, STAGES, strict=True):
        axes.text(x, 1 + 0.08 / tall, HEADS[stage](language), size=SMALL, color=GREY, va="bottom")
        for name, (bottom, top) in blocks[stage].items():
            colour = COLOURS[name] if stage == "end" else INK
            axes.add_patch(_box(x, bottom, top, colour))
            share = (top - bottom) * tall
            if share > 0.09 or stage == "end":
                axes.text(
                    x + BAR + 0.006, (bottom + top) / 2, _called(stage, name, language), size=BODY, color=INK,
                    va="center", zorder=4,
                )  # fmt: skip
    for a, b in zip(range(len(STAGES)), range(1, len(STAGES)), strict=False):
        _ribbons(axes, ways, STAGES[a], STAGES[b], blocks, (places[a] + BAR, places[b]), total)


def _order(stage: str) -> list[str]:
    """Return the names a stage may have, from top to bottom."""
    return {"done": list(DONE), "end": list(ENDS)}.get(stage, list(DESKS))


def _stack(ways: pd.DataFrame, stage: str, total: int) -> dict[str, tuple[float, float]]:
    """Return where each block of a stage begins and ends, bottom and top, of the height of the axes."""
    sizes = ways.groupby(stage)["cases"].sum()
    names = [name for name in _order(stage) if name in sizes.index]
    room = 1 - APART * (len(names) - 1)
    y, out = 1.0, {}
    for name in names:
        share = room * float(sizes[name]) / total
        out[name] = (y - share, y)
        y -= share + APART
    return out


def _ribbons(
    axes: Axes,
    ways: pd.DataFrame,
    one: str,
    other: str,
    blocks: dict[str, dict[str, tuple[float, float]]],
    across: tuple[float, float],
    total: int,
) -> None:
    """Draw the streams between two stages, in the order of both so that they cross as little as may be."""
    flows = ways.groupby([one, other, "end"] if other != "end" else [one, "end"])["cases"].sum().reset_index()
    scale = {stage: sum(top - bottom for bottom, top in blocks[stage].values()) / total for stage in (one, other)}
    at = {stage: {name: top for name, (_, top) in blocks[stage].items()} for stage in (one, other)}
    rank = {stage: {name: i for i, name in enumerate(_order(stage))} for stage in (one, other, "end")}
    rows = [(str(r[one]), str(r[other]), str(r["end"]), int(r["cases"])) for r in flows.to_dict("records")]
    left, right = {}, {}
    for row in sorted(rows, key=lambda r: (rank[one][r[0]], rank[other][r[1]], rank["end"][r[2]])):
        left[row] = at[one][row[0]]
        at[one][row[0]] -= row[3] * scale[one]
    for row in sorted(rows, key=lambda r: (rank[other][r[1]], rank[one][r[0]], rank["end"][r[2]])):
        right[row] = at[other][row[1]]
        at[other][row[1]] -= row[3] * scale[other]
    shapes = [_ribbon(across, left[row], right[row], row[3] * scale[one], row[3] * scale[other]) for row in rows]
    colours = [COLOURS[row[2]] for row in rows]
    axes.add_collection(PolyCollection(shapes, facecolors=colours, alpha=0.55, linewidths=0, zorder=1), autolim=False)


def _ribbon(
    across: tuple[float, float], left: float, right: float, thick_left: float, thick_right: float
) -> NDArray[np.float64]:
    """Return the outline of a stream that leaves and arrives level."""
    t = np.linspace(0, 1, 25)
    ease = t * t * (3 - 2 * t)
    x = across[0] + (across[1] - across[0]) * t
    upper = left + (right - left) * ease
    lower = (left - thick_left) + (right - thick_right - left + thick_left) * ease
    outline: NDArray[np.float64] = np.concatenate([np.column_stack([x, upper]), np.column_stack([x, lower])[::-1]])
    return outline


def _box(x: float, bottom: float, top: float, colour: str) -> Rectangle:
    """Return a block of a stage."""
    return Rectangle((x, bottom), BAR, top - bottom, facecolor=colour, linewidth=0, zorder=3)


def _called(stage: str, name: str, language: Language) -> str:
    """Return what a block is called."""
    if stage == "done":
        return DONE[name](language)
    if stage == "end":
        return labels.ENDS_SHORT[name](language)
    return labels.DESKS[name](language) if name in labels.DESKS else name
