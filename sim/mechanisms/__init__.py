"""Mechanisms: institutional arrangements, one file each.

A mechanism changes who meets, decides, sees, pays, travels, risks. It declares a name, causal
channels that can be switched one by one, and parameters; it says who is eligible and what it
*offers* to levers. It reads everything and writes nothing but its own columns. The model names no
mechanism: a file in this folder is found by its being here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, NoParameters
from sim.parameters import Spec, Value, Values, specs

if TYPE_CHECKING:
    from sim.worlds import Worlds


class Mechanism:
    """What every mechanism declares; subclasses live in files of this folder.

    Attributes:
        name: the word used in scenarios.
        channels: its causal channels, each a switch.
        Parameters: a dataclass of `sim.parameters.parameter` fields.
        columns: its own columns, the only ones it may write.
        places: the places where it can apply.
        reads: levers it looks at in `offices`; whoever offers to them comes first.
        offers: levers it offers to; others are closed to it.
        purposes: channel to what the hours set aside for it are spent on, for cost tables (the last words of flows
            ``minutes_...``); a channel that sets no hours aside is left out.
    """

    name: ClassVar[str]
    channels: ClassVar[tuple[str, ...]]
    Parameters: ClassVar[type] = NoParameters
    columns: ClassVar[tuple[Column, ...]] = ()
    places: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()
    offers: ClassVar[tuple[str, ...]] = ()
    purposes: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @classmethod
    def refuse(cls, structure: Mapping[str, Value]) -> str:
        """Return in one line why it cannot stand in a world of this structure; nothing if it can."""
        return ""

    def set_up(self, w: Worlds, me: Setting) -> None:
        """Fill its own columns at day 0; draws only from names that begin with its own."""

    def reaches(self, w: Worlds, me: Setting) -> NDArray[np.bool_]:
        """Return which of its places the roll-out reaches, ``(worlds, 1)`` or ``(worlds, compounds)``; all if not said.

        Only for reports on who is covered and who is not.
        """
        return me.present

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer values to levers; called whenever offices change, once a week."""


class Setting(Values):
    """How a mechanism is set in each world: its switches and parameters.

    Read ``me.on("case_ledger")`` for the channel's switch, shape ``(worlds, 1)``, false in worlds
    whose scenario lacks the mechanism; read ``me.hours`` for a parameter, shape ``(worlds, 1)``.
    """

    def __init__(
        self, present: NDArray[np.bool_], switches: dict[str, NDArray[np.bool_]], values: dict[str, NDArray[np.float64]]
    ) -> None:
        """Hold the arrays, each of shape ``(worlds, 1)``."""
        super().__init__(values)
        self.present = present
        self.switches = switches
        self.repeated: dict[int, Setting] = {}

    def over(self, rows: int) -> Setting:
        """Return the same with so many rows of each world, shape ``(worlds, rows)``; made once, and kept in `repeated`.

        To spread a number a world over a few rows takes numpy several times as long as to go through all of them.
        """
        if rows not in self.repeated:
            switches = {channel: on.repeat(rows, axis=1) for channel, on in self.switches.items()}
            values = {name: value.repeat(rows, axis=1) for name, value in self.values.items()}
            self.repeated[rows] = Setting(self.present.repeat(rows, axis=1), switches, values)
        return self.repeated[rows]

    def on(self, channel: str) -> NDArray[np.bool_]:
        """Return where the channel is switched on."""
        return self.switches[channel]

    def any_on(self, *channels: str) -> NDArray[np.bool_]:
        """Return where at least one of the channels is switched on; without names, any of all."""
        out = np.zeros_like(self.present)
        for channel in channels or tuple(self.switches):
            out |= self.switches[channel]
        return out


@cache
def registry() -> dict[str, type[Mechanism]]:
    """Return every mechanism of this folder by name, in the order of their names."""
    found: dict[str, type[Mechanism]] = {}
    for module in pkgutil.iter_modules(__path__):
        content = importlib.import_module(f"{__name__}.{module.name}")
        for thing in vars(content).values():
            if isinstance(thing, type) and issubclass(thing, Mechanism) and thing.__module__ == content.__name__:
                if thing.name in found:
                    raise TypeError(f"two mechanisms are called '{thing.name}'")
                found[thing.name] = thing
    return dict(sorted(found.items()))


def in_order() -> dict[str, type[Mechanism]]:
    """Return every mechanism by name, whoever offers to a lever before whoever reads it, otherwise by name.

    Raises:
        graphlib.CycleError: two mechanisms each read what the other offers.
    """
    known = dict(sorted(registry().items()))
    before = {
        name: [n for n, other in known.items() if n != name and set(kind.reads) & set(other.offers)]
        for name, kind in known.items()
    }
    return {name: known[name] for name in TopologicalSorter(before).static_order()}


def mechanism_specs(name: str) -> dict[str, Spec]:
    """Return the parameter declarations of one mechanism."""
    return specs(registry()[name].Parameters, name)
