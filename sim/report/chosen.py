"""Which scenarios a figure draws that has room for a few: those that matter, and how many are left out is said.

The first is what the others are compared with and is always drawn. Of the others those count that differ from it in
what is drawn. If these are too many: of a row of scenarios that differ in one number (``share_05`` to ``share_95``)
both ends and others evenly between them, else the last, which by custom has all arrangements together, and those that
differ most.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from sim.report.labels import Language, Text

LEFT_OUT = Text(
    " Not drawn: {n} more, of which {same} lie on '{first}'; their numbers stand in {files}.",
    "未画出：另外 {n} 个，其中 {same} 个与“{first}”重合；其数据见 {files}。",
)


def chosen(names: Sequence[str], size: Mapping[str, float], most: int) -> list[str]:
    """Return which scenarios are drawn, in their order.

    Args:
        names: all there are, what the others are compared with first.
        size: how far each of the others differs from it in what is drawn, 0 where it does not.
        most: how many there is room for.
    """
    if len(names) <= most:
        return list(names)
    differ = [name for name in names[1:] if size[name] > 0]
    room = most - 1
    if len(differ) <= room:
        kept = differ
    elif len({_stem(name) for name in differ}) == 1:
        kept = [differ[round(at)] for at in np.linspace(0, len(differ) - 1, room)]
    else:
        order = sorted(differ[:-1], key=lambda name: -size[name])
        kept = [differ[-1], *order[: room - 1]]
    return [name for name in names if name == names[0] or name in kept]


def left_out(
    names: Sequence[str], size: Mapping[str, float], drawn: Sequence[str], first: str, files: str, language: Language
) -> str:
    """Say how many scenarios are not drawn and where their numbers are; nothing if all are.

    Args:
        names: all there are, what the others are compared with first.
        size: how far each of the others differs from it.
        drawn: those that are drawn.
        first: what the first is called in the language.
        files: where the numbers are.
        language: of the sentence.
    """
    missing = [name for name in names if name not in drawn]
    if not missing:
        return ""
    same = sum(size[name] == 0 for name in missing)
    return LEFT_OUT(language, n=len(missing), same=same, first=first, files=files)


def _stem(name: str) -> str:
    """Return a name without its numbers."""
    return re.sub(r"[\d.]+", "#", name)
