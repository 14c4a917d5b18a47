"""What a calibration has left, for people: patterns before and after, on the terminal and as a figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.outcomes import OUTCOMES
from sim.report import labels
from sim.report.labels import Language, Text
from sim.report.style import (
    BODY,
    DOT,
    EDGE,
    FAINT,
    GREY,
    INK,
    MEAN,
    SMALL,
    SMALL_LINE,
    TITLE_LINE,
    WIDTH_ONE,
    foot,
    foot_lines,
    heading,
    house,
    plain,
    save_all,
    title_lines,
)
from sim.report.tables import interval, number
from sim.study.calibration import Calibrated

TITLE = Text("Runs within the patterns: priors, and what is not ruled out", "落在证据范围内的运行：先验与未被排除者")
USES = {"matched": Text("matched", "用于匹配"), "held out": Text("held out", "留出")}
NAMES = {
    "requests": Text("requests", "诉求量"),
    "fees": Text("fees collected", "物业费收缴"),
    "mediation": Text("mediation", "调解量"),
    "village_cases": Text("cases in villages", "村内案件"),
    "steppe_cases": Text("cases on the steppe", "牧区案件"),
    "survival": Text("survival", "成活"),
    "bird": Text("what a bird leaves", "每只收益"),
    "boundaries": Text("boundaries", "草场边界"),
    "livestock": Text("livestock", "牲畜"),
    "collectives": Text("collectives", "集体收入"),
    "room": Text("one room's cases", "一室案件"),
    "agreement": Text("agreements", "调解成功"),
    "closing": Text("cases closed", "办结"),
    "courts": Text("courts", "诉讼"),
    "satisfaction": Text("satisfaction", "满意度"),
}
LABEL = Text("{name} ({use}): {outcome} {band}", "{name}（{use}）：{outcome} {band}")
LESS = Text("{outcome}, less {less},", "{outcome}减{less}")
SHARE = Text("share of runs within the band", "落在范围内的运行比例")
NOTE = Text(
    "Under these assumptions. Pale: {before} draws of the priors; full: {after} draws of the {left} of the priors that "
    "are not ruled out by the matched patterns. A pattern that was held out had no part in that.",
    "以上均在所设假设之下。浅：先验的{before}次抽取；深：未被匹配模式排除的{left}先验中的{after}次抽取。留出的模式未参与筛选。",
)

# All measures in inches.
LINE, LABELS = 0.34, 3.9


def patterns(found: Calibrated, folder: Path) -> list[Path]:
    """Draw the shares of runs within the patterns in every language.

    Args:
        found: what the calibration found.
        folder: where to.

    Returns:
        The files written.
    """
    return save_all(lambda language: patterns_figure(found, language), folder / "patterns")


def patterns_figure(found: Calibrated, language: Language) -> Figure:
    """Draw for each pattern how many runs lie within it before and after.

    Args:
        found: what the calibration found.
        language: of the words.
    """
    frame = found.tables["patterns"]
    with house():
        head = title_lines(TITLE(language), WIDTH_ONE)
        said = NOTE(
            language, before=int(frame["priors_n"].max()), after=int(frame["left_n"].max()), left=_percent(found.left)
        )
        explanation = foot_lines(said, WIDTH_ONE)
        top, bottom = EDGE + TITLE_LINE * len(head) + 0.1, EDGE * 0.8 + SMALL_LINE * len(explanation) + 0.5
        height = top + LINE * len(frame) + bottom
        figure = Figure(figsize=(WIDTH_ONE, height), facecolor="white")
        heading(figure, head)
        foot(figure, explanation)
        left = EDGE + LABELS
        wide = WIDTH_ONE - left - EDGE
        axes = figure.add_axes((left / WIDTH_ONE, bottom / height, wide / WIDTH_ONE, LINE * len(frame) / height))
        axes.set_xlim(0, 1)
        axes.set_ylim(len(frame) - 0.5, -0.5)
        plain(axes)
        axes.set_yticks([])
        axes.grid(axis="x", color=FAINT, linewidth=0.6)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        for i, row in enumerate(frame.to_dict("records")):
            axes.barh(i, np.nan_to_num(row["priors_within"]), color=DOT, alpha=0.45, height=0.66)
            axes.barh(i, np.nan_to_num(row["left_within"]), color=MEAN, height=0.34)
            words = LABEL(
                language,
                name=NAMES[row["pattern"]](language),
                use=USES[row["use"]](language),
                outcome=_outcome(row["outcome"], row.get("less"), language),
                band=labels.span(row["low"], row["high"], None, language),
            )
            axes.annotate(
                words, (0, i), (-6, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points", ha="right",
                va="center", size=BODY - 0.5, color=INK if row["use"] == "matched" else GREY,
            )  # fmt: skip
        axes.set_xlabel(SHARE(language), size=SMALL, color=GREY, loc="left", labelpad=3)
    return figure


def _outcome(name: str, less: object, language: Language) -> str:
    """Say which outcome a pattern is of, and what is taken off it."""
    known = {spec.name: spec.label for spec in OUTCOMES}
    said = labels.outcome(name, language, known[name])
    if not isinstance(less, str) or not less:
        return said
    return LESS(language, outcome=said, less=labels.outcome(less, language, known[less]))


def _percent(value: float) -> str:
    return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"


def print_calibrated(console: Console, found: Calibrated) -> None:
    """Print the patterns, what each wave has left, and what was narrowed.

    Args:
        console: where to.
        found: what the calibration found.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
    table.title = "Worlds as found, beside what is known"
    for words in ("pattern", "outcome", "band"):
        table.add_column(words)
    for words in ("priors:\nmean", "within", "left:\nmean", "within"):
        table.add_column(words, justify="right")
    for use in ("matched", "held out"):
        table.add_row(f"[bold]{use}[/bold]")
        for row in found.tables["patterns"].to_dict("records"):
            if row["use"] == use:
                words = " - ".join(filter(None, (row["outcome"], row["less"])))
                cells = [f"  {row['pattern']}", escape(words), interval(row["low"], row["high"])]
                for name in ("priors", "left"):
                    within = row[f"{name}_within"]
                    cells += [number(row[f"{name}_mean"]), f"{within:.0%}" if np.isfinite(within) else "n/a"]
                table.add_row(*cells)
    console.print(table)
    waves = found.tables["waves"]
    for wave, rows in waves.groupby("wave"):
        told = "; ".join(f"{row['pattern']} R2 {row['r2']:.2f}" for row in rows.to_dict("records"))
        console.print(
            f"Wave {wave}: {_percent(float(rows['left'].iloc[0]))} of the priors left ({told}).", highlight=False
        )
    if "narrowed" not in found.tables:
        console.print(
            "[bold]Everything is ruled out[/bold]: under no draw of these priors does the model come near all matched "
            "patterns at once. No recipe is written."
        )
        return
    narrowed = found.tables["narrowed"].assign(width=lambda frame: frame["q95"] - frame["q05"]).sort_values("width")
    for row in narrowed.head(8).to_dict("records"):
        console.print(
            f"  {row['factor']} ({row['tag']}): {row['value_q05']:.3g} to {row['value_q95']:.3g} {row['unit']}, the "
            f"{row['q05']:.0%} to {row['q95']:.0%} quantile of its prior.",
            highlight=False,
        )
    console.print(
        "Under these assumptions: not ruled out is not confirmed, and what no pattern sees stays as wide as it was.",
        style="dim",
    )
