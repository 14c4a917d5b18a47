"""A map of a sumu: where people camp in winter and in summer, where offices are, and which ways the team goes.

The routes are those of one replication, lived again for the map: nothing of them is kept in a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.cases import Activity, Kind
from sim.places.pasture import CAMPER, CENTRE, HERDER, ROOM, STAFFED, STATION, TEAM, WORKER
from sim.report import labels, style
from sim.report.labels import Language, Text
from sim.report.style import BLUE, EDGE, GREEN, GREY, INK, ORANGE, PINK, RED, SMALL, WIDTH_TWO
from sim.rules import circuits, desks, teams
from sim.scenario import Scenario
from sim.schedule import Phase
from sim.space import LAND_USE, Layout
from sim.worlds import Recipe, Worlds

Floats = NDArray[np.float64]

TITLE = Text(
    "Where they live, and where the team goes: one sumu, {scenario}", "住在哪里，走到哪里：一个苏木，{scenario}"
)
PANELS = {
    "winter": Text("January and February, on the winter ground", "一、二月，冬季牧场"),
    "summer": Text("mid-July to mid-September, on the summer ground", "七月中至九月中，夏季牧场"),
}
SPANS = {"winter": (7, 63), "summer": (196, 252)}
"""First day and day after the last of which routes are drawn, eight weeks each."""

COUNT = Text(
    "{circuits} circuits, {stops} stops, {calls} calls to the team",
    "巡回 {circuits} 次，停 {stops} 处，来电 {calls} 次",
)
NAMES = {
    "herder": Text("herder's camp", "牧户"),
    "camper": Text("summer camper", "夏季走场户"),
    "site": Text("work site", "工地"),
    "centre": Text("sumu centre, justice office", "苏木中心、司法所"),
    "station": Text("border station", "边境派出所"),
    "room": Text("roadside room", "路边调解室"),
    "route": Text("circuit of a crew", "一个班组的巡回路线"),
    "call": Text("call to the team", "打给班组的电话"),
}
FOOT = Text(
    "Under these assumptions, replication {k}, laid out by chance, no real place. Grey bands are roads, darker ground "
    "takes longer; a cell is {km:g} km wide. Lines are drawn straight from stop to stop, one shade darker each time "
    "that a stretch is driven; colours are crews. One world is a picture, not a finding.",
    "以上均在所设假设之下；第 {k} 次重复，地图为随机生成，并非真实地点。灰色条带是道路，颜色越深的地面走得越慢；"
    "每格宽 {km:g} 公里。路线在停靠处之间画成直线，走得越多颜色越深；颜色代表班组。一个世界只是一幅画面，不是结论。",
)
CREWS = (BLUE, ORANGE, GREEN, PINK)
GAP, HEAD, LEGEND = 0.35, 0.6, 0.4
ROAD = "#c3c9cf"


@dataclass
class Season:
    """What the team does in a span of days.

    Attributes:
        tours: for each circuit the crew, and the places that it goes to, from the station to the station, metres.
        calls: where people are who call, metres.
        at: where everybody is, metres, shape ``(households, 2)``.
    """

    tours: list[tuple[int, Floats]] = field(default_factory=list)
    calls: list[tuple[int, int]] = field(default_factory=list)
    at: Floats = field(default_factory=lambda: np.zeros((0, 2)))


@dataclass(frozen=True)
class Map:
    """What is drawn.

    Attributes:
        layout: who lives where.
        scenario: its name.
        replication: which.
        seasons: by name, as in `SPANS`.
    """

    layout: Layout
    scenario: str
    replication: int
    seasons: dict[str, Season]


def watch(recipe: Recipe, scenario: Scenario) -> Map:
    """Live the first replication of a recipe in a scenario, and follow the team of its first sumu.

    Args:
        recipe: worlds of a pasture.
        scenario: in which there should be circuits.
    """
    first = replace(recipe, replications=recipe.replications[:1])
    w = Worlds(first, watch=first.replications)
    w.run(0)
    w = w.stack([scenario], keep=False)
    seasons = {name: Season() for name in SPANS}

    def see(phase: Phase) -> None:
        for name, (begin, end) in SPANS.items():
            if phase.function is teams.go_round and begin <= w.day < end:
                _follow(w, seasons[name])

    while w.day < max(end for _, end in SPANS.values()):
        w.step(see)
        for name, (begin, end) in SPANS.items():
            if w.day == (begin + end) // 2:
                x, y = circuits.of_households(w, np.arange(w.households))
                seasons[name].at = np.stack([x, y], axis=1).astype(np.float64)
    _calls(w, seasons)
    return Map(w.layout, scenario.name, first.replications[0], seasons)


def _follow(w: Worlds, season: Season) -> None:
    """Write down the rounds that are about to begin."""
    home = _office(w.layout, STATION)
    for crew, tour in enumerate(circuits.planned(w)):
        stops = tour.stops[w.cases.compound[tour.stops] == 0]
        if len(stops):
            drives = w.team_drives[0, 0] > 0
            places = np.stack(circuits.at(w, stops), axis=1) if drives else _office(w.layout, CENTRE)[None]
            season.tours.append((crew, np.concatenate([home[None], places, home[None]]).astype(np.float64)))


def _calls(w: Worlds, seasons: dict[str, Season]) -> None:
    """Look up who has called the team of the first sumu, and where they were."""
    log, end = w.log.arrays(), w.day
    opened = (log["activity"] == Activity.OPENED) & (desks.kind_of(w, log["desk"]) == TEAM)
    for day, bearer, kind in zip(*(log[f][opened].tolist() for f in ("day", "bearer", "kind")), strict=True):
        for name, (begin, after) in SPANS.items():
            if begin <= day < after and kind != Kind.WAGES and w.layout.up("household", "sumu")[bearer] == 0:
                w.day = day
                x, y = circuits.of_households(w, np.array([bearer]))
                seasons[name].calls.append((int(x[0]), int(y[0])))
    w.day = end


def _office(layout: Layout, kind: int) -> NDArray[np.int64]:
    """Return where an office of the first sumu is."""
    row = layout.traits["sumu_desk"][STAFFED.index(kind)]
    return np.array([layout.traits["x"][row], layout.traits["y"][row]])


def routes_figure(drawn: Map, language: Language) -> Figure:
    """Draw winter and summer side by side.

    Args:
        drawn: what `watch` returns.
        language: in which language.
    """
    layout = drawn.layout
    side = layout.width // layout.sizes["sumu"]
    with style.house():
        title = TITLE(language, scenario=labels.scenario(drawn.scenario, language))
        head = style.title_lines(title, WIDTH_TWO)
        foot = style.foot_lines(FOOT(language, k=drawn.replication, km=layout.cell_metres / 1000), WIDTH_TWO)
        width = (WIDTH_TWO - 2 * EDGE - GAP) / 2
        top = EDGE + style.TITLE_LINE * len(head) + HEAD
        height = top + width + LEGEND + EDGE * 0.8 + style.SMALL_LINE * len(foot)
        figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
        style.heading(figure, head)
        style.foot(figure, foot)
        for i, (name, season) in enumerate(drawn.seasons.items()):
            left, low = EDGE + i * (width + GAP), height - top - width
            axes = figure.add_axes((left / WIDTH_TWO, low / height, width / WIDTH_TWO, width / height))
            _ground(axes, layout, side)
            _people(axes, layout, season, name, side)
            _ways(axes, season)
            _offices(axes, layout)
            axes.set_xlim(0, side * layout.cell_metres)
            axes.set_ylim(0, side * layout.cell_metres)
            axes.set_aspect("equal")
            axes.set_axis_off()
            stops = sum(len(tour) - 2 for _, tour in season.tours)
            said = COUNT(language, circuits=len(season.tours), stops=stops, calls=len(season.calls))
            x = left / WIDTH_TWO
            words = style.capital(PANELS[name](language))
            figure.text(x, (low + width + 0.28) / height, words, size=style.PANEL, color=INK)
            figure.text(x, (low + width + 0.1) / height, said, size=SMALL, color=GREY)
        _legend(figure, height - top - width - 0.22, language)
    return figure


def _ground(axes: Axes, layout: Layout, side: int) -> None:
    """Draw the terrain of the first sumu, and its roads."""
    rough = layout.layers["travel_cost"][:side].astype(np.float64).copy()
    road = layout.layers["land_use"][:side] == LAND_USE["road"]
    edge = layout.cell_metres
    rough[road] = np.nan
    shade = LinearSegmentedColormap.from_list("ground", ["#f7f6f1", "#dcd6c6"])
    axes.set_facecolor(ROAD)
    axes.imshow(rough.T, cmap=shade, origin="lower", extent=(0, side * edge, 0, side * edge), interpolation="nearest")
    x, y = np.nonzero(road)
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        axes.add_patch(Rectangle((a * edge, b * edge), edge, edge, facecolor=ROAD, linewidth=0, zorder=0.5))


def _people(axes: Axes, layout: Layout, season: Season, name: str, side: int) -> None:
    """Draw camps, campers while they are there, and work sites."""
    living, sumu = layout.traits["living"], layout.up("household", "sumu")
    for what, colour, size in ((HERDER, "#6c7a63", 2.2), (CAMPER, PINK, 2.4)):
        here = (living == what) & (sumu == 0)
        if what == CAMPER and name == "winter":
            continue
        axes.plot(*season.at[here].T, "o", color=colour, markersize=size, mew=0, zorder=2)
    sites = np.unique(season.at[(living == WORKER) & (sumu == 0)], axis=0)
    axes.plot(*sites.T, "^", color=ORANGE, markersize=5, mec="white", mew=0.5, zorder=2)


def _ways(axes: Axes, season: Season) -> None:
    """Draw routes and calls."""
    for crew, tour in season.tours:
        lines, colour = list(np.stack([tour[:-1], tour[1:]], axis=1)), CREWS[crew % len(CREWS)]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=1.1, alpha=0.55, zorder=3))
        axes.plot(*tour[1:-1].T, "o", color=colour, markersize=3.6, mec="white", mew=0.4, zorder=4)
    if season.calls:
        axes.plot(*np.array(season.calls, dtype=np.float64).T, "x", color=RED, markersize=5, mew=1.3, zorder=4)


OFFICES: Sequence[tuple[str, int, str, str]] = (
    ("centre", CENTRE, "s", INK),
    ("station", STATION, "P", INK),
    ("room", ROOM, "D", INK),
)
"""Name, kind, marker and colour of the offices."""


def _offices(axes: Axes, layout: Layout) -> None:
    """Draw the offices."""
    for _, kind, marker, colour in OFFICES:
        x, y = _office(layout, kind)
        axes.plot([x], [y], marker, color=colour, markersize=8, mec="white", mew=1.0, zorder=5, clip_on=False)


def _legend(figure: Figure, low: float, language: Language) -> None:
    """Draw what marks mean, below the maps."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((EDGE / width, low / height, 1 - 2 * EDGE / width, 0.2 / height))
    axes.set_axis_off()
    axes.set_xlim(0, width - 2 * EDGE)
    axes.set_ylim(0, 1)
    marks = {name: (marker, colour, 7.0) for name, _, marker, colour in OFFICES}
    marks |= {"herder": ("o", "#6c7a63", 3.0), "camper": ("o", PINK, 3.0), "site": ("^", ORANGE, 5.0)}
    marks |= {"route": ("", BLUE, 0.0), "call": ("x", RED, 5.0)}
    left = 0.05
    for name, (marker, colour, size) in marks.items():
        if marker:
            axes.plot([left], [0.5], marker, color=colour, markersize=size, mew=1.2 if marker == "x" else 0)
        else:
            axes.plot([left - 0.08, left + 0.12], [0.5, 0.5], color=colour, linewidth=1.4)
        words = NAMES[name](language)
        axes.text(left + 0.16, 0.5, words, size=SMALL, color=GREY, va="center")
        left += 0.45 + 0.062 * style.units(words)


def routes(drawn: Map, path_stem: str | Path) -> list[Path]:
    """Draw and save the figure in both languages; return the files."""
    return style.save_all(lambda language: routes_figure(drawn, language), path_stem, shades=256)
