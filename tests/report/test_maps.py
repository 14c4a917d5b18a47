"""The map of twins: colours are those of the table of cells, the table those of the worlds, words do not touch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_rgba

from sim.report.labels import LANGUAGES, Language
from sim.report.maps import ROAD, twin_maps, twin_maps_figure, twins
from sim.report.style import DIFFERENCE_MAP, WORSE_MAP
from sim.space import LAND_USE
from sim.study.tables import CELLS
from tests.report.layout import check_layout

PAIR = ("merged", "none")


def data() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two buildings on a row between two roads; the second has no inhabitants."""
    rows = []
    for scenario, severity, leaking in (("none", 4000, 1), ("merged", 1000, 0)):
        for k in (3, 4):
            for x in range(3):
                for y in range(4):
                    use = LAND_USE["building" if x == 1 and y in (1, 2) else "road"]
                    mine = (x, y) == (1, 1)
                    rows.append((scenario, k, x, y, use, 0 if mine else -1, 10 * mine, severity * mine, leaking * mine))
    cells = pd.DataFrame(rows, columns=["scenario", "replication", *CELLS])
    return cells, cells[["scenario", "replication"]].drop_duplicates().assign(days=730)


@pytest.mark.parametrize("language", LANGUAGES)
def test_maps_are_those_of_the_cells(language: Language) -> None:
    drawn = twins(*data(), PAIR)
    assert (drawn.replication, drawn.days) == (3, 730)
    figure = twin_maps_figure(drawn, language)
    words = check_layout(figure)
    maps = [axes for axes in figure.axes if any(isinstance(c, PatchCollection) for c in axes.collections)]
    assert len(maps) == 3
    expected = (WORSE_MAP(1.0), WORSE_MAP(0.25), DIFFERENCE_MAP(0.0))
    for axes, colour, roofs in zip(maps, expected, (1, 0, 1), strict=True):
        roads, buildings = (c for c in axes.collections if isinstance(c, PatchCollection))
        assert len(roads.get_paths()) == 10 and len(buildings.get_paths()) == 2
        assert tuple(roads.get_facecolor()[0]) == to_rgba(ROAD)
        assert np.allclose(buildings.get_facecolor()[0], colour, atol=0.01)
        assert sum(len(line.get_xdata()) for line in axes.lines) == roofs
    assert any("400" in text for text in words) and any("-300" in text for text in words)
    assert {"0.400", "-0.300", "+0.300"} <= set(words)


def test_nothing_differs_and_nobody_is_there() -> None:
    cells, runs = data()
    nothing = cells.assign(unresolved_thousandths=0, leaking_roofs=0)
    for flat in (nothing, nothing.assign(flats=0)):
        words = check_layout(twin_maps_figure(twins(flat, runs, PAIR)))
        assert not any(word.startswith(("0.000", "-0.000", "+0.000")) for word in words)
        assert words.count("0") == 3  # a scale of nothing has no ends
    with pytest.raises(ValueError, match="no cells of twins"):
        twins(cells, runs, ("merged", "body"))


def test_files(tmp_path: Path) -> None:
    paths = twin_maps(*data(), tmp_path / "map", PAIR)
    assert [path.name for path in paths] == ["map.png", "map.pdf", "map.zh.png", "map.zh.pdf"]
    assert all(path.stat().st_size < 100_000 for path in paths)
