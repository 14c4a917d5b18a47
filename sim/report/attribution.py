"""A figure of who carries an effect: channels' shares as steps from none to all, and what they do first and last.

Left, Shapley's shares lead from the level with no channel on to that with all. In the middle, what each channel does
when it comes first and when it comes last; far apart, channels help or crowd out one another. Right, what time it
takes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.outcomes import A_YEAR, OUTCOMES
from sim.report import labels
from sim.report.labels import Language, Text
from sim.report.style import (
    BAND,
    BLUE,
    BODY,
    DOT,
    EDGE,
    FAINT,
    GREY,
    INK,
    MEAN,
    RED,
    SMALL,
    SMALL_LINE,
    TITLE_LINE,
    capital,
    foot,
    foot_lines,
    heading,
    house,
    panel_title,
    plain,
    save_all,
    scale,
    title_lines,
    wrap,
)
from sim.report.tables import STAR, interval, number
from sim.study.coalitions import Attribution

WORSE, BETTER = RED, BLUE
"""A step that makes the outcome worse, or better; of outcomes without a better, up and down."""

SHARES = Text("Shares of the effect: {outcome}", "作用的份额：{outcome}")
ENDS = Text("Alone, and added to all others", "单独时；加在其余之上")
HOURS_WORDS = Text("Hours", "工时")
TOGETHER = Text("all mechanisms together", "全部机制合用")
NOTE = Text(
    "Under these assumptions. Left: Shapley's shares of the channels of {mechanism}, which add up from {first} (no "
    "channel on) to {last} (all on); blue is better, red worse; levels are cut off. Middle: what a channel does alone "
    "(hollow) and what it adds to all others (full). Right: hours spent on what a channel sets time aside for, all "
    "channels on (bar) and it alone (mark), without what bodies spend on it anyway; cross: hours of everybody that it "
    "adds to all others. Means over {n} replications; lines: 95% bootstrap intervals over twins. Channels share one "
    "person's hours, so a share is no promise of what a channel does elsewhere.",
    "以上均在所设假设之下。左：{mechanism}各渠道的沙普利份额，从“{first}”（全关）到“{last}”（全开）逐项相加；蓝为改善，红为变差；"
    "横轴不从零起。中：只开一项（空心）与在其余全开时再加一项（实心）。右：为该渠道留出的工时，全开时（横条）与只开它时（圆圈），"
    "已减去本来就花的；叉：在其余全开时再加它，所有人多花的工时。共{n}次重复的均值；线为95%自助法区间（对照之差）。各渠道共用同一个人"
    "的工时，所以份额并不说明一项做法在别处的作用。",
)

# All measures in inches.
WIDTH, LINE, LABELS, GAP = 11.6, 0.42, 1.75, 0.55
PANELS = (0.44, 0.30, 0.26)
"""Shares of the three panels in the width left for them."""


def waterfall(
    shares: pd.DataFrame,
    hours: pd.DataFrame,
    runs: pd.DataFrame,
    attribution: Attribution,
    path_stem: str | Path,
    title: Text,
    outcome: str = "",
) -> list[Path]:
    """Draw the figure in both languages as PNG and PDF; the arguments are those of `waterfall_figure`.

    Args:
        shares: the attribution.
        hours: what time each channel takes.
        runs: the runs of every coalition.
        attribution: what was taken apart.
        path_stem: where to, without ``.png`` and ``.pdf``.
        title: stands above the panels.
        outcome: which outcome, by default the first that was attributed.
    """
    return save_all(
        lambda language: waterfall_figure(shares, hours, runs, attribution, title, outcome, language), path_stem
    )


def waterfall_figure(
    shares: pd.DataFrame,
    hours: pd.DataFrame,
    runs: pd.DataFrame,
    attribution: Attribution,
    title: Text,
    outcome: str = "",
    language: Language = "en",
) -> Figure:
    """Draw one outcome's shares, what each channel does first and last, and what time it takes.

    Args:
        shares: what `sim.study.answers.attributed` returns.
        hours: what `sim.study.answers.hours` returns.
        runs: the runs of every coalition.
        attribution: what was taken apart.
        title: stands above the panels.
        outcome: which outcome, by default the first that was attributed.
        language: in which language.
    """
    outcome = outcome or attribution.outcomes[0]
    spec = next(spec for spec in OUTCOMES if spec.name == outcome)
    mine = shares[shares["outcome"] == outcome]
    of = _by_measure(mine)
    known = of["shapley"]["difference"].fillna(0.0)
    order = list(known.sort_values(key=lambda x: x if spec.direction != "higher is better" else -x).index)
    names = list(attribution.scenarios)
    level = float(runs.loc[runs["scenario"] == names[0], outcome].mean())
    first, last = (labels.scenario(name, language) for name in attribution.names)
    note = NOTE(
        language, mechanism=_whose(attribution, language), first=first, last=last,
        n=int(of["total"]["n"].max()),
    )  # fmt: skip
    with house():
        head, explanation = title_lines(title(language), WIDTH), foot_lines(note, WIDTH)
        top = EDGE + TITLE_LINE * len(head) + 0.45
        bottom = EDGE * 0.8 + SMALL_LINE * len(explanation) + 0.55
        height = top + LINE * (len(order) + 2) + bottom
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        heading(figure, head)
        foot(figure, explanation)
        room = WIDTH - 2 * EDGE - LABELS - 2 * GAP
        left = EDGE + LABELS
        panels = []
        for share in PANELS:
            at = (left / WIDTH, bottom / height, share * room / WIDTH, LINE * (len(order) + 2) / height)
            panels.append(figure.add_axes(at))
            left += share * room + GAP
        unit = labels.unit(spec.unit, language)
        words = SHARES(language, outcome=labels.outcome(outcome, language, spec.label))
        names = [first, *(_player(attribution, channel, language) for channel in order), last]
        _steps(panels[0], of["shapley"], order, level, names, spec.direction, language)
        _frame(panels[0], words, unit, len(names))
        _ends(panels[1], of["first"], of["last"], order)
        _frame(panels[1], ENDS(language), unit, len(names))
        _hours(panels[2], hours.set_index("channel"), order)
        _frame(panels[2], HOURS_WORDS(language), labels.unit(str(hours["unit"].iloc[0]), language), len(names))
    return figure


def _whose(attribution: Attribution, language: Language) -> str:
    """Return what is taken apart."""
    return TOGETHER(language) if attribution.together else labels.mechanism(attribution.mechanism, language)


def _player(attribution: Attribution, name: str, language: Language) -> str:
    """Return what a channel is called, or a mechanism where whole ones are the players."""
    if attribution.together:
        return labels.mechanism(name, language)
    return labels.channel(name, language, attribution.mechanism)


def _by_measure(shares: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what is known of each channel, by measure."""
    measures = ("shapley", "first", "last", "total")
    return {measure: shares[shares["measure"] == measure].set_index("channel") for measure in measures}


def _row(frame: pd.DataFrame, channel: str) -> dict[str, Any]:
    """Return what is known of one channel."""
    return {str(name): value for name, value in frame.loc[channel].items()}


def _frame(axes: Axes, title: str, unit: str, lines: int) -> None:
    """Give a panel its title, its unit, bands and a scale."""
    axes.set_ylim(lines - 0.5, -0.5)
    plain(axes)
    axes.set_yticks([])
    for i in range(0, lines, 2):
        axes.axhspan(i - 0.5, i + 0.5, color=BAND, linewidth=0, zorder=-2)
    scale(axes.xaxis, axes.get_xlim(), 4)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    panel_title(axes, capital(title))
    axes.set_xlabel("\n".join(wrap(unit, 42, most=2)), size=SMALL, color=GREY, loc="left", labelpad=3)


def _steps(
    axes: Axes, shares: pd.DataFrame, order: Sequence[str], level: float, names: Sequence[str], direction: str,
    language: Language,
) -> None:  # fmt: skip
    """Draw the steps from none to all of the channels; where there is no path, n/a stands and not 0."""
    at = level
    low, high = [level], [level]
    axes.barh(0, level, color=GREY, height=0.56, linewidth=0)
    _level(axes, level, 0)
    for i, channel in enumerate(order, 1):
        row = _row(shares, channel)
        step = 0.0 if math.isnan(row["difference"]) else float(row["difference"])
        good = (step < 0) == (direction != "higher is better")
        axes.barh(i, step, left=at, color=BETTER if good else WORSE, height=0.56, linewidth=0)
        axes.plot([at, at], [i - 1, i + 0.28], color=GREY, linewidth=0.7)
        if math.isfinite(row["low"]):
            ends = [at + row["low"], at + row["high"]]
            axes.plot(ends, [i, i], color=INK, linewidth=1.2, solid_capstyle="butt")
            low.append(min(ends))
            high.append(max(ends))
        at += step
        right = max(at, at - step, high[-1])
        words = labels.NO_VALUE(language) if math.isnan(row["difference"]) else number(step, sign=True)
        axes.annotate(words, (right, i), (4, 0), textcoords="offset points", va="center", size=8, color=INK)
        low.append(at)
        high.append(at)
    last = len(order) + 1
    axes.barh(last, at, color=GREY, height=0.56, linewidth=0)
    axes.plot([at, at], [last - 1, last], color=GREY, linewidth=0.7)
    _level(axes, at, last)
    room = max(max(high) - min(low), abs(level) * 0.02, 1e-9)
    axes.set_xlim(min(low) - 0.35 * room, max(high) + 0.3 * room)
    for i, label in enumerate(names):
        axes.annotate(
            label,
            (0, i),
            (-8, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center",
            size=BODY,
            color=INK if 0 < i < last else GREY,
        )


def _level(axes: Axes, value: float, line: int) -> None:
    """Write a level beside its bar: beyond its end, which is to the left where the bar goes there from zero."""
    aside: Any = {"xytext": (-4, 0), "ha": "right"} if value < 0 else {"xytext": (4, 0), "ha": "left"}
    axes.annotate(number(value), (value, line), textcoords="offset points", va="center", size=8, color=INK, **aside)


def _ends(axes: Axes, first: pd.DataFrame, last: pd.DataFrame, order: Sequence[str]) -> None:
    """Draw what each channel does alone, and what it adds to all others."""
    values = [0.0]
    for i, channel in enumerate(order, 1):
        for frame, up, face in ((first, -0.16, "white"), (last, 0.16, MEAN)):
            row = _row(frame, channel)
            values += [float(row[name]) for name in ("difference", "low", "high") if math.isfinite(row[name])]
            if math.isfinite(row["low"]):
                axes.plot([row["low"], row["high"]], [i + up, i + up], color=DOT, linewidth=2.2, solid_capstyle="butt")
            axes.scatter([row["difference"]], [i + up], s=24, facecolor=face, edgecolor=MEAN, linewidths=1.3, zorder=4)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    room = max(max(values) - min(values), 1e-9)
    axes.set_xlim(min(values) - 0.06 * room, max(values) + 0.06 * room)


def _hours(axes: Axes, hours: pd.DataFrame, order: Sequence[str]) -> None:
    """Draw what time each channel takes."""
    values = [0.0]
    for i, channel in enumerate(order, 1):
        row = _row(hours, channel)
        alone, together = row["alone"] - row["with_none"], row["with_all"] - row["with_none"]
        axes.barh(i, together, color=DOT, height=0.5, linewidth=0)
        axes.scatter([alone], [i], s=24, facecolor="white", edgecolor=MEAN, linewidths=1.3, zorder=4)
        axes.scatter([row["everybody_last"]], [i], s=26, color=INK, marker="x", linewidths=1.3, zorder=4)
        values += [float(x) for x in (alone, together, row["everybody_last"])]
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    room = max(max(values) - min(values), 1e-9)
    axes.set_xlim(min(values) - 0.06 * room, max(values) + 0.08 * room)


# -- the terminal -----------------------------------------------------------------------------


def print_shares(console: Console, shares: pd.DataFrame, hours: pd.DataFrame, attribution: Attribution) -> None:
    """Print what each channel carries of each outcome, and what time it takes, readable in 100 columns.

    Args:
        console: where to.
        shares: what `sim.study.answers.attributed` returns.
        hours: what `sim.study.answers.hours` returns.
        attribution: what was taken apart.
    """
    empty, full = attribution.names
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"What carries the effect: from {empty} to {full}"
    table.add_column("outcome\n  channel", max_width=34, overflow="fold")
    for words in ("Shapley's\nshare", "95% interval", "same\nsign", "first", "last", "n"):
        table.add_column(words, justify="right", no_wrap=True)
    for outcome in attribution.outcomes:
        spec = next(spec for spec in OUTCOMES if spec.name == outcome)
        mine = shares[shares["outcome"] == outcome]
        of = _by_measure(mine)
        scale = max((abs(x) for x in mine["difference"] if math.isfinite(x)), default=0.0)
        table.add_row(f"[bold]{escape(spec.label)}[/bold]  [dim]{escape(spec.unit.replace(f' {A_YEAR}', STAR))}[/dim]")
        for channel in attribution.channels:
            cells = [number(float(_row(of[m], channel)["difference"]), scale, sign=True) for m in ("first", "last")]
            share = _row(of["shapley"], channel)
            table.add_row(*_share(f"  {channel}", share, scale), *cells, str(share["n"]))
        total = _row(of["total"], "")
        table.add_row(*_share("  all together", total, scale), "", "", str(total["n"]))
        pairs = mine[mine["measure"] == "interaction"]
        negative = int((pairs["high"] < 0).sum()), int((pairs["low"] > 0).sum())
        table.add_row(f"  [dim]{len(pairs)} pairs: {negative[0]} below 0, {negative[1]} above[/dim]")
        table.add_section()
    console.print(table)
    _print_hours(console, hours)
    console.print(
        "Under these assumptions: exact shares over all orders in which channels could be switched on, between twins. "
        "First: what a channel does alone; last: what it adds to all others. Pairs: how many interact, interval on one "
        f"side of zero. Channels share the same people's hours. {STAR} {A_YEAR}.",
        style="dim",
    )


def _share(label: str, row: dict[str, Any], scale: float) -> list[str]:
    """Write one share with its interval."""
    same = row["share_same_sign"]
    return [
        label,
        number(float(row["difference"]), scale, sign=True),
        interval(float(row["low"]), float(row["high"]), scale),
        f"{same:.0%}" if math.isfinite(same) else "n/a",
    ]


def _print_hours(console: Console, hours: pd.DataFrame) -> None:
    """Print what time each channel takes."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"Hours, {hours['unit'].iloc[0]}"
    for words in ("channel", "set aside for", "with none", "alone", "with all", "everybody's,\nalone", "and last"):
        table.add_column(words, justify="left" if words in ("channel", "set aside for") else "right")
    for row in hours.to_dict("records"):
        spent = [number(row[name]) for name in ("with_none", "alone", "with_all")]
        more = [number(row[name], sign=True) for name in ("everybody_alone", "everybody_last")]
        table.add_row(row["channel"], row["purposes"], *(["", "", ""] if row["purposes"] == "none" else spent), *more)
    console.print(table)
