"""Where an arrangement does worse, for people: boxes in words on the terminal, and as a figure.

Each panel of the figure is a box: the part of each input's prior that it holds, and how often the scenario does worse
inside of it where it was found, in the half that was held out, and everywhere.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console
from rich.markup import escape

from sim.report import labels
from sim.report.factor_labels import meaning
from sim.report.labels import Language, Text
from sim.report.style import (
    BAND,
    BLUE,
    BODY,
    EDGE,
    FAINT,
    GREY,
    INK,
    ORANGE,
    SMALL,
    SMALL_LINE,
    TITLE_LINE,
    WIDTH_ONE,
    foot,
    foot_lines,
    heading,
    house,
    panel_title,
    plain,
    save_all,
    title_lines,
    wrap,
)
from sim.study.asked import Asked
from sim.study.discovery import Discovered

TITLE = Text("Where {scenario} does worse than {baseline}: {outcome}", "{scenario}在哪里比{baseline}更差：{outcome}")
BOX = Text(
    "Box {n} ({verdict}): of the draws that were held out worse in {inside} inside, in {base} of all",
    "第{n}个盒子（{verdict}）：留出样本中，盒内{inside}更差，全体{base}更差",
)
HOLDS = {"yes": Text("holds", "成立"), "no": Text("does not hold", "不成立")}
QUANTILE = Text("quantile of the prior", "先验的分位")
NOTHING = Text("No box was found.", "没有找到盒子。")
NOTE = Text(
    "Under these assumptions. Bars: the part of each input's prior that the box holds; orange: a pure estimate "
    "(tag E), blue: a row with a source. Boxes were sought in half of {n} pairs of twins, of which {worse} do worse "
    "in all; a box holds if the half that was held out is as dense by chance with a probability below 5% (Holm over "
    "the boxes).",
    "以上均在所设假设之下。横条：盒子所含的各输入先验部分；橙色：纯属估计（E），蓝色：有来源。盒子只在{n}对对照的一半中寻找，"
    "全体中{worse}更差；若留出的一半碰巧也如此密集的概率低于5%（对各盒作Holm校正），则算成立。",
)

# All measures in inches.
LINE, LABELS = 0.26, 2.6


def boxes(found: Discovered, asked: Asked, folder: Path) -> list[Path]:
    """Draw the boxes in every language.

    Args:
        found: what was discovered.
        asked: what the study was told.
        folder: where to.

    Returns:
        The files written.
    """
    return save_all(lambda language: boxes_figure(found, asked, language), folder / "boxes")


def boxes_figure(found: Discovered, asked: Asked, language: Language) -> Figure:
    """Draw a panel for each box.

    Args:
        found: what was discovered.
        asked: what the study was told.
        language: of the words.
    """
    frame, ends = found.tables["boxes"], found.tables["restrictions"]
    scenario, baseline = (labels.scenario(name, language) for name in asked.comparison)
    with house():
        said = labels.outcome(asked.outcome, language)
        head = title_lines(TITLE(language, scenario=scenario, baseline=baseline, outcome=said), WIDTH_ONE)
        explanation = foot_lines(NOTE(language, n=found.n, worse=f"{found.worse:.0%}"), WIDTH_ONE)
        titles = [
            wrap(
                BOX(
                    language,
                    n=row["box"],
                    verdict=HOLDS[str(row["holds"])](language),
                    inside=_percent(row["held_out_density"]),
                    base=_percent(row["held_out_base"]),
                ),
                78,
            )
            for row in frame.to_dict("records")
        ] or [[NOTHING(language)]]
        sizes = [max(1, int((ends["box"] == number).sum())) for number in frame["box"]] or [1]
        aboves = [0.32 + 0.2 * len(title) for title in titles]
        body = sum(LINE * size + above + 0.5 for size, above in zip(sizes, aboves, strict=True))
        top, bottom = EDGE + TITLE_LINE * len(head), EDGE * 0.8 + SMALL_LINE * len(explanation)
        height = top + body + bottom
        figure = Figure(figsize=(WIDTH_ONE, height), facecolor="white")
        heading(figure, head)
        foot(figure, explanation)
        at = height - top
        for nth, (title, size, above) in enumerate(zip(titles, sizes, aboves, strict=True)):
            at -= above + LINE * size
            left = EDGE + LABELS
            place = (left / WIDTH_ONE, at / height, (WIDTH_ONE - left - EDGE - 0.2) / WIDTH_ONE, LINE * size / height)
            axes = figure.add_axes(place)
            _panel(axes, found, int(frame["box"].iloc[nth]) if len(frame) else 0, size, language)
            panel_title(axes, "\n".join(title), x=-LABELS / (WIDTH_ONE - left - EDGE - 0.2))
            at -= 0.5
    return figure


def _panel(axes: Axes, found: Discovered, box: int, size: int, language: Language) -> None:
    """Draw what part of each input's prior a box holds."""
    mine = found.tables["restrictions"]
    mine = mine[mine["box"] == box]
    axes.set_xlim(0, 1)
    axes.set_ylim(size - 0.5, -0.5)
    plain(axes)
    axes.set_yticks([])
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    for i, row in enumerate(mine.to_dict("records")):
        if i % 2 == 0:
            axes.axhspan(i - 0.5, i + 0.5, color=BAND, linewidth=0, zorder=-2)
        low, high = float(row["low_quantile"]), float(row["high_quantile"])
        axes.barh(i, high - low, left=low, color=ORANGE if row["tag"] == "E" else BLUE, height=0.5)
        for value, x, side in ((row["low"], low, "left"), (row["high"], high, "right")):
            if np.isfinite(value):
                axes.annotate(
                    f"{value:.3g}", (x, i), (3 if side == "left" else -3, 0), textcoords="offset points", ha=side,
                    va="center", size=SMALL, color=INK,
                )  # fmt: skip
        name = str(row["factor"])
        words = meaning(name, language) if language == labels.CHINESE else name
        axes.annotate(
            words, (0, i), (-6, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points", ha="right",
            va="center", size=BODY - 0.5, color=INK,
        )  # fmt: skip
    axes.set_xlabel(QUANTILE(language), size=SMALL, color=GREY, loc="left", labelpad=3)


def _percent(value: float) -> str:
    return f"{value:.0%}" if np.isfinite(value) else "n/a"


def print_discovered(console: Console, found: Discovered, asked: Asked) -> None:
    """Print boxes and leaves in words.

    Args:
        console: where to.
        found: what was discovered.
        asked: what the study was told.
    """
    scenario, baseline = asked.comparison
    console.print(
        f"[bold]Where {scenario} does worse than {baseline}[/bold] in {asked.outcome}: in {found.worse:.0%} of "
        f"{found.n} pairs of twins (better in {found.better:.0%}). Sought in half of them, checked in the other half."
    )
    if found.tables["boxes"].empty:
        console.print("\nNo box was found in which it does so more often than elsewhere.")
    for row in found.tables["boxes"].to_dict("records"):
        verdict = "It holds" if row["holds"] == "yes" else "It does not hold (chance would do as much)"
        console.print(f"\n[bold]Box {row['box']}[/bold]: {escape(row['in_words'])}.")
        console.print(
            f"  Found: worse in {_percent(row['found_density'])} of {row['found_n']} draws inside, against "
            f"{_percent(row['found_base'])}; {_percent(row['found_coverage'])} of all draws in which it does worse.\n"
            f"  Held out: worse in {_percent(row['held_out_density'])} (95% {_percent(row['held_out_low'])} to "
            f"{_percent(row['held_out_high'])}) of {row['held_out_n']} inside, against "
            f"{_percent(row['held_out_base'])}; {_percent(row['held_out_coverage'])} of all. {verdict}.",
            highlight=False,
        )
    leaves = found.tables["leaves"]
    console.print("\n[bold]A tree of what goes with it[/bold]")
    if len(leaves) == 1:
        console.print("  No input goes with it beyond chance: a single leaf.")
    else:
        for row in leaves.to_dict("records"):
            console.print(
                f"  Worse in {_percent(row['held_out_density'])} of {row['held_out_n']} held out ("
                f"{_percent(row['found_density'])} of {row['found_n']} where it was grown): {escape(row['in_words'])}.",
                highlight=False,
            )
    console.print(
        "\nUnder these assumptions: a box is a region of guesses and of chance, not of real compounds.", style="dim"
    )
