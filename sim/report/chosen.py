"""Which scenarios a figure draws that has room for a few: those that matter, and how many are left out is said.

The first is what the others are compared with and is always drawn. Of the others those count that differ from it in
what is drawn. If these are too many: of a row of scenarios that differ in one number (``share_05`` to ``share_95``)
both ends and others evenly between them, else the last, which by custom has all arrangements together, and those that
differ most. Figures that know no sizes draw as many points of each arm of a sweep, from first to last (`few`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from sim.report.labels import Language, Text

Thing = TypeVar("Thing")

LEFT_OUT = Text(
    " Not drawn: {n} more, of which {same} lie on '{first}'; their numbers stand in {files}.",
    "未画出：另外 {n} 个，其中 {same} 个与“{first}”重合；其数据见 {files}。",
)
PART = Text(
    " Drawn are {n} of {of} scenarios; all of them stand in runs.csv.",
    "图中为 {of} 种情景中的 {n} 种，全部见 runs.csv。",
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
        kept = spread(differ, room)
    else:
        order = sorted(differ[:-1], key=lambda name: -size[name])
        kept = [differ[-1], *order[: room - 1]]
    return [name for name in names if name == names[0] or name in kept]


def few(names: Sequence[str], most: int) -> list[str]:
    """Return some of the scenarios, in their order; of a sweep as many points of each arm, from first to last.

    Args:
        names: of all scenarios; that of a point in a sweep is its arm's, a dot, and where it stands.
        most: how many there is room for.
    """
    arms: dict[str, list[str]] = {}
    for name in names:
        arms.setdefault(name.partition(".")[0], []).append(name)
    of_arms = [spread(points, most // min(len(arms), most)) for points in arms.values()]
    kept = {name for points in spread(of_arms, most) for name in points}
    return [name for name in names if name in kept]


def spread(things: Sequence[Thing], most: int) -> list[Thing]:
    """Return so many things at most, evenly spread, first and last among them; of one alone the last."""
    if len(things) <= most:
        return list(things)
    return [things[round(i * (len(things) - 1) / (most - 1)) if most > 1 else -1] for i in range(most)]


def part(drawn: int, of: int, language: Language) -> str:
    """Say how many scenarios of how many are drawn; nothing if all are.

    Args:
        drawn: scenarios in the figure.
        of: scenarios that there are.
        language: of the sentence.
    """
    return PART(language, n=drawn, of=of) if of > drawn else ""


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
