"""The house style of figures: font, colours, sizes, how words are broken, and how a figure becomes files.

Figures are made of `matplotlib.figure.Figure` alone, never through pyplot and its global state, and carry no date, so
that the same numbers give the same file. A module with a figure has

* a function ``NAME_figure(tables, language) -> Figure`` that draws inside ``with house():``, takes its words from
  `sim.report.labels` (shared ones) and from `Text` constants at its own top, and its colours from here;
* a function ``NAME(tables, path_stem)`` that returns ``save_all(lambda language: NAME_figure(...), path_stem)``:
  ``NAME.png``, ``NAME.pdf``, ``NAME.zh.png``, ``NAME.zh.pdf``.

`heading` and `foot` write the title and the explanation, `wrap` breaks words of both languages, `plain` takes the
frame off axes. The font has one weight: what matters is larger and darker, not bolder. Colours differ in lightness and
are told apart by the colour-blind (Okabe & Ito 2008); nothing is said by hue alone.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from PIL import Image

from sim.report.fonts.cut import FAMILY, HERE, STEM
from sim.report.labels import CHINESE, LANGUAGES, Language
from sim.study.files import atomic

FONT = HERE / f"{STEM}.ttf"

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": [FAMILY, "DejaVu Sans"],
    "font.size": 8.5,
    "axes.unicode_minus": False,
    "pdf.fonttype": 42,
    "pdf.compression": 9,
    "text.parse_math": False,
    "path.simplify": False,
}

# Ink, secondary ink, lines, light bands.
INK, GREY, FAINT, BAND = "#16232f", "#5a6773", "#d3d8dd", "#f3f5f7"
# Okabe & Ito (2008), the yellow a little darker.
BLUE, SKY, GREEN, YELLOW, ORANGE, RED, PINK = (
    "#0072b2",
    "#56b4e9",
    "#009e73",
    "#e3c93a",
    "#e69f00",
    "#d55e00",
    "#b5639a",
)
DOT, MEAN = "#5b9bc8", "#0b4a7d"
"""A replication, and the mean of them all."""

SCENARIO_COLOURS = {
    "none": "#8a949e",
    "baseline": "#8a949e",
    "body": SKY,
    "body_branch": ORANGE,
    "merged": BLUE,
    "placebo": PINK,
    "merged_equal_hours": GREEN,
    "merged_selected": RED,
}
"""A scenario has the same colour in every figure."""

WORSE_MAP = LinearSegmentedColormap.from_list("worse", ["#f4f1ec", "#f6d49a", "#e89a3c", "#b5531c", "#5f1f12"])
"""From nothing to much of what is bad; light to dark."""
DIFFERENCE_MAP = LinearSegmentedColormap.from_list(
    "difference", ["#08437a", "#4a90c4", "#b9d7ea", "#f7f7f5", "#f5cfa3", "#dd8433", "#8c3a0c"]
)
"""From less (blue) over no difference (nearly white) to more (orange) of what is bad."""

DPI = 150
PNG_COLOURS = 128
"""Colours of a PNG: figures have few, and the file is a third of the size."""

# Inches, and points.
WIDTH_ONE, WIDTH_TWO = 8.6, 11.6
EDGE = 0.35
TITLE, PANEL, BODY, SMALL = 13.5, 10.0, 8.5, 7.5
TITLE_LINE, SMALL_LINE = 0.27, 0.16

_OPENING, _CLOSING = "（“‘《〈【", "，。；：！？、）”’》〉】％"


@cache
def _load_font() -> None:
    """Tell matplotlib where the project's font is; no font of the system is needed."""
    font_manager.fontManager.addfont(FONT)


@contextmanager
def house() -> Iterator[None]:
    """Draw in the project's style alone, whatever the user's own settings are, and leave those as they were."""
    _load_font()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def colours(scenarios: Sequence[str]) -> dict[str, str]:
    """Return a colour for each scenario: its own where it has one, else one that no other has, as long as there are."""
    out = {name: SCENARIO_COLOURS[name] for name in scenarios if name in SCENARIO_COLOURS}
    others = [name for name in scenarios if name not in out]
    free = [colour for colour in (BLUE, ORANGE, GREEN, RED, PINK, SKY, YELLOW, GREY) if colour not in out.values()]
    free = free or [GREY]
    return out | {name: free[i % len(free)] for i, name in enumerate(others)}


# -- words ------------------------------------------------------------------------------------


def units(text: str) -> int:
    """Return how wide a text is: Chinese characters, full-width signs and curly quotes count two, all others one."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def wrap(text: str, width: float, most: int = 0) -> list[str]:
    """Break a text into lines, between words, or between Chinese characters where punctuation allows it.

    Args:
        text: the text.
        width: the most `units` of a line; a word that is longer stands alone.
        most: the most lines, the last ending in an ellipsis if there is more; 0 = as many as it takes.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and units((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        lines.append(line.rstrip())
    if most and len(lines) > most:
        last = lines[most - 1]
        while last and units(last) + 2 > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + " …"]
    return lines


def _pieces(text: str) -> list[str]:
    """Split a text into what must stay together, each piece with the blank after it."""
    wide = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
    piece = rf"[{_OPENING}]*(?:(?![{_OPENING}]){wide}|(?:(?!{wide})[^\s{_OPENING}])+)[{_CLOSING}]*\s*"
    return re.findall(piece, re.sub(r"\s+", " ", text.strip()))


def drawable(text: str) -> bool:
    """Say whether the project's font has every character of a text."""
    return set(text) <= characters_of_font() | {"\n"}


@cache
def characters_of_font() -> frozenset[str]:
    """Return the characters that the project's font has."""
    return frozenset(chr(code) for code in font_manager.get_font(str(FONT)).get_charmap())


def capital(words: str) -> str:
    """Begin with a capital letter and leave the rest."""
    return words[:1].upper() + words[1:]


# -- the figure -------------------------------------------------------------------------------


def title_lines(title: str, width: float) -> list[str]:
    """Break a figure's title.

    Args:
        title: the title.
        width: the figure's width, inches.
    """
    return wrap(title, (width - 2 * EDGE) * 9.6)


def foot_lines(text: str, width: float) -> list[str]:
    """Break the explanation at the foot of a figure of a width in inches."""
    return wrap(text, (width - 2 * EDGE) * 17.5)


def heading(figure: Figure, lines: Sequence[str]) -> None:
    """Write a figure's title, top left; it takes ``EDGE + len(lines) * TITLE_LINE`` inches."""
    width, height = figure.get_size_inches()
    for i, words in enumerate(lines):
        y = 1 - (EDGE + TITLE_LINE * i) / height
        figure.text(EDGE / width, y, words, va="top", size=TITLE, color=INK)


def foot(figure: Figure, lines: Sequence[str]) -> None:
    """Write the explanation at a figure's foot; it takes ``0.8 * EDGE + len(lines) * SMALL_LINE`` inches."""
    width, height = figure.get_size_inches()
    for i, words in enumerate(lines):
        y = (EDGE * 0.5 + SMALL_LINE * (len(lines) - 1 - i)) / height
        figure.text(EDGE / width, y, words, va="bottom", size=SMALL, color=GREY)


def panel_title(axes: Axes, words: str, **options: Any) -> None:
    """Write what a panel shows above it."""
    axes.set_title(words, loc="left", size=PANEL, color=INK, **{"pad": 7, "linespacing": 1.15} | options)


def plain(axes: Axes, *, keep: Sequence[str] = ("bottom",)) -> None:
    """Take the frame off axes but for the given sides, and write ticks small and grey."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in keep)
        spine.set_color(FAINT)
    axes.set_facecolor("none")
    axes.tick_params(length=0, pad=4, labelsize=SMALL, labelcolor=GREY)
    axes.set_axisbelow(True)


def scale(axis: Axis, ends: tuple[float, float], bins: int, *, flat: bool = False) -> None:
    """Give an axis a few round ticks with as many decimals as tell them apart.

    Args:
        axis: the axis.
        ends: its ends.
        bins: about so many.
        flat: whether all that is drawn is 0, so that the axis has no scale: then 0 alone is marked.
    """
    if flat:
        axis.set_ticks([0])
    else:
        axis.set_major_locator(MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]))
    number_ticks(axis, ends)


def number_ticks(axis: Axis, ends: tuple[float, float]) -> None:
    """Write the numbers of an axis's ticks with as many decimals as tell them apart.

    Args:
        axis: the axis.
        ends: its ends.
    """
    low, high = sorted(ends)
    ticks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high]
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    axis.set_major_formatter(FuncFormatter(lambda x, _: tick(x, step, max(abs(low), abs(high)))))


def tick(value: float, step: float, scale: float) -> str:
    """Write a number on an axis.

    Args:
        value: the number.
        step: between two ticks.
        scale: the largest number on the axis.
    """
    unit, letter = (1e9, "bn") if scale >= 2e9 else (1e6, "M") if scale >= 2e6 else (1.0, "")
    if step / unit < 1e-5:
        return f"{value / unit:g}{letter}"
    decimals = next(d for d in range(7) if math.isclose(round(step / unit, d), step / unit, rel_tol=1e-6) or d == 6)
    text = f"{value / unit:,.{decimals}f}"
    return "0" if float(text.replace(",", "")) == 0 else text + letter


def save(figure: Figure, path_stem: str | Path, *, shades: int = PNG_COLOURS) -> list[Path]:
    """Write a figure as PNG and PDF, the same bytes for the same figure, each whole or not at all.

    Args:
        figure: the figure.
        path_stem: where to, without ``.png`` and ``.pdf``.
        shades: colours of the PNG; fewer make it smaller.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    stem = Path(path_stem)
    paths = [stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.pdf")]
    with house():
        with atomic(paths[0]) as file:
            _picture(figure, shades).save(file, format="PNG", compress_level=7, dpi=(DPI, DPI))
        with atomic(paths[1]) as file:
            figure.savefig(file, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return paths


def _picture(figure: Figure, shades: int) -> Image.Image:
    """Draw a figure with few colours."""
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    return picture.quantize(shades, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def save_all(draw: Callable[[Language], Figure], path_stem: str | Path, *, shades: int = PNG_COLOURS) -> list[Path]:
    """Draw a figure in every language and write each as PNG and PDF: ``NAME.png``, and ``NAME.zh.png`` in Chinese.

    Args:
        draw: draws it in a language.
        path_stem: where to, without ``.png`` and ``.pdf``.
        shades: colours of the PNGs; fewer make them smaller.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    stem, paths = Path(path_stem), []
    for language in LANGUAGES:
        name = f"{stem.name}.{CHINESE}" if language == CHINESE else stem.name
        paths += save(draw(language), stem.with_name(name), shades=shades)
    return paths
