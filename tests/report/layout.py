"""Looking at a drawn figure: which words it has, and whether they leave it or touch each other."""

from __future__ import annotations

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.report import style


def check_layout(figure: Figure) -> list[str]:
    """Draw it and see that no words leave the figure or touch others; return the words."""
    with style.house():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text().strip()]
        # A tick outside the range has a label that is never drawn.
        hidden = set()
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                for tick in axis.get_major_ticks():
                    if not low <= tick.get_loc() <= high:
                        hidden |= {id(tick.label1), id(tick.label2)}
        shown = [text for text in texts if text.get_visible() and id(text) not in hidden]
        boxes = [(text, text.get_window_extent(renderer)) for text in shown]
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text.get_text()
    for (one, a), (other, b) in combinations(boxes, 2):
        # Boxes reach a little beyond the ink.
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 2 or b.y1 <= a.y0 + 2
        assert apart, f"{one.get_text()!r} touches {other.get_text()!r}"
    return [text.get_text() for text in shown]
