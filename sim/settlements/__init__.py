"""Kinds of settlement: how rules that stand everywhere are lived in a compound, and what else there is.

Claiming, desks, bargaining, trust and courts are the same in a compound and on the steppe; who is within reach, who
takes a claim, which desk comes next, who can summon whom is not. A rule asks the settlement in which a household
lives or a case arose. A world has the kinds that its place names (`sim.places`), often one; several are asked one
after another, each about its own rows. A file in this folder is found by its being here.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim import places
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Array = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Settlement(ABC):
    """What a kind of settlement answers; rows of households and cases that are asked about are its own.

    Attributes:
        name: the kind's word, that of its files here and in `sim.places`.
        intakes: kinds of desk that take people's claims, in the order in which they are thought of.
    """

    name: ClassVar[str]
    intakes: ClassVar[tuple[int, ...]]

    # -- people -----------------------------------------------------------------------------------

    @abstractmethod
    def inhabited(self, w: Worlds) -> Mask:
        """Return in which of all household rows somebody of this settlement lives, shape ``(worlds, households)``."""

    @abstractmethod
    def groups(self, w: Worlds) -> dict[str, Mask]:
        """Return who belongs to each of the groups that the place declares, as `inhabited` does."""

    @abstractmethod
    def unit(self, w: Worlds, household: Ints) -> Ints:
        """Return the unit, a row of compounds, villages or sumus, to which each household belongs."""

    # -- claiming ---------------------------------------------------------------------------------

    def weigh(self, w: Worlds, rows: Ints) -> Mask:
        """Return which of the given grievances, all due, are still thought of claiming; the others come to rest."""
        return np.ones(len(rows), dtype=bool)

    def believed(self, w: Worlds, rows: Ints, success: Floats) -> Floats:
        """Return the success that is believed in for each grievance, given what its kind is believed to have."""
        return success

    def on_call(self, w: Worlds, world: Ints, household: Ints) -> Mask:
        """Return which households' calls officers hear themselves, at once, so that the hotline need not take them."""
        return np.zeros(len(world), dtype=bool)

    @abstractmethod
    def burdens(self, w: Worlds, world: Ints, household: Ints, unit: Ints) -> Floats:
        """Return what the way to each of `intakes` and the wait there cost households of some units, logits.

        Shape ``(intakes, households)``.
        """

    @abstractmethod
    def bar(self, w: Worlds, weights: Floats, world: Ints, unit: Ints, kind: NDArray[np.int8]) -> None:
        """Set to 0 the weights of desks that cannot be had for grievances of these kinds, or must not be.

        Args:
            w: the worlds.
            weights: exp(utility) of silence and of each of `intakes`, shape ``(1 + intakes, grievances)``; changed.
            world: world of each grievance.
            unit: unit of who suffers.
            kind: about what.
        """

    @abstractmethod
    def receive(self, w: Worlds, world: Ints, household: Ints, kind: NDArray[np.int8], intake: Ints) -> Ints:
        """Return the row of the desk that takes each claim made at a kind of desk or at the hotline."""

    def embitter(self, w: Worlds, rows: Ints) -> None:  # noqa: B027 (by default nothing)
        """Let grievances that came to a petition or a fight, or that no desk could settle, have their consequences."""

    # -- desks ------------------------------------------------------------------------------------

    def before_offers(self, w: Worlds) -> None:  # noqa: B027 (by default nothing)
        """See who holds office before mechanisms make their offers."""

    def after_offers(self, w: Worlds) -> None:  # noqa: B027 (by default nothing)
        """See who holds office when mechanisms have made them."""

    @abstractmethod
    def staff(self, w: Worlds) -> None:
        """Give the settlement's desks their minutes a week, beside what others give to those that they share."""

    def leave_empty_desks(self, w: Worlds, rows: Ints) -> None:  # noqa: B027 (by default nothing)
        """Hand on which of the given cases, all waiting, lie at a desk that is gone."""

    @abstractmethod
    def minutes(self, w: Worlds, rows: Ints) -> Ints:
        """Return the minutes that the next step of each case takes at the desk that has it."""

    @abstractmethod
    def see_off(self, w: Worlds, rows: Ints, desk: Ints) -> tuple[Floats, Mask]:
        """Spend time for ledgers and for carrying on cases that set out for these desks.

        Returns:
            The chance of each to be lost, and which somebody with authority carries there himself.
        """

    # -- handling ---------------------------------------------------------------------------------

    @abstractmethod
    def attend(self, w: Worlds, rows: Ints) -> None:
        """Do what the served cases are about that are no disputes."""

    @abstractmethod
    def no_show(self, w: Worlds, rows: Ints) -> Floats:
        """Return the chance that a party stays away from each session."""

    def held(self, w: Worlds, rows: Ints) -> None:  # noqa: B027 (by default nothing)
        """Count what it has cost the parties to come to these sessions."""

    def confirms(self, w: Worlds, rows: Ints) -> Mask:
        """Return which of the disputes being agreed on a judge at the table confirms; a court's own count anyway."""
        return np.zeros(len(rows), dtype=bool)

    @abstractmethod
    def ability(self, w: Worlds, rows: Ints) -> Floats:
        """Return the ability, 0 to 1, of whoever holds each session."""

    @abstractmethod
    def above(self, w: Worlds, rows: Ints) -> Ints:
        """Return the desk to which each dispute goes that could not be settled where it is, -1 after the last."""

    def relieve(self, w: Worlds, rows: Ints) -> None:  # noqa: B027 (in villages there are none)
        """Settle disputes that several suffer from together, if there are such: with the agreement all are relieved."""


@cache
def of(place: str) -> tuple[Settlement, ...]:
    """Return the kinds of settlement that a place is made of, by their numbers."""
    found = []
    for name in places.settlements(place):
        content = importlib.import_module(f"{__name__}.{name}")
        found += [thing() for thing in vars(content).values() if getattr(thing, "name", None) == name]
    return tuple(found)


def number(w: Worlds, name: str) -> int:
    """Return the number of a kind of settlement among those that there are."""
    return next(k for k, settlement in enumerate(w.settlements) if settlement.name == name)


def inhabited(w: Worlds) -> Mask:
    """Return in which household rows somebody lives all year, shape ``(worlds, households)``."""
    there = np.zeros((w.n, w.households), dtype=bool)
    for settlement in w.settlements:
        there |= settlement.inhabited(w)
    return there


def homes(w: Worlds) -> Ints:
    """Return in which compound, village or sumu each household row lies, numbered one kind after another.

    Rows in which nobody lives in any world are 0.
    """
    rows = np.flatnonzero(inhabited(w).any(axis=0))
    out, first = np.zeros(w.households, dtype=np.int64), 0
    for settlement, at in of_households(w, rows):
        unit = settlement.unit(w, rows[at])
        out[rows[at]] = first + unit
        first += int(unit.max()) + 1
    return out


EVERY = slice(None)


def of_cases(w: Worlds, rows: Ints) -> Iterable[tuple[Settlement, Any]]:
    """Return each settlement in which some of the given cases arose, and the positions of these in `rows`."""
    if len(w.settlements) > 1:
        return _split(w, w.cases.settlement[rows])
    return ((w.settlements[0], EVERY),) if len(rows) else ()


def each(w: Worlds, rows: Ints, answer: Callable[[Settlement, Any], Array]) -> Array:
    """Return what settlements answer about the given cases, each about those that arose in it.

    Args:
        w: the worlds.
        rows: case rows.
        answer: given a settlement and the positions in `rows` of its cases, the answers about these.
    """
    if len(w.settlements) == 1:
        return answer(w.settlements[0], EVERY)
    return _each(w, len(rows), of_cases(w, rows), answer)


def each_home(w: Worlds, household: Ints, answer: Callable[[Settlement, Any], Array]) -> Array:
    """Return what settlements answer about the given households, each about those that live in it.

    Args:
        w: the worlds.
        household: household rows.
        answer: given a settlement and the positions in `household` of its people, the answers about these.
    """
    if len(w.settlements) == 1:
        return answer(w.settlements[0], EVERY)
    return _each(w, len(household), of_households(w, household), answer)


def _each(
    w: Worlds, size: int, parts: Iterable[tuple[Settlement, Any]], answer: Callable[[Settlement, Any], Array]
) -> Array:
    """Put answers of settlements together."""
    out: Array | None = None
    for settlement, at in parts:
        part = answer(settlement, at)
        if out is None:
            out = np.empty(size, dtype=part.dtype)
        out[at] = part
    return answer(w.settlements[0], EVERY) if out is None else out  # there are none: nothing, of the right type


def of_households(w: Worlds, household: Ints) -> Iterable[tuple[Settlement, Any]]:
    """Return each settlement in which some of the given households live, and the positions of these in `household`."""
    if len(w.settlements) > 1:
        return _split(w, w.layout.traits["settlement"][household])
    return ((w.settlements[0], EVERY),) if len(household) else ()


def of_homes(w: Worlds, household: Ints) -> Ints | int:
    """Return the number of the settlement in which each household lives: in all the same number where there is one."""
    return w.layout.traits["settlement"].take(household) if len(w.settlements) > 1 else 0


def _split(w: Worlds, number: Ints) -> Iterator[tuple[Settlement, Any]]:
    """Yield each settlement that occurs, and where."""
    for k, settlement in enumerate(w.settlements):
        at = where(number == k)
        if len(at):
            yield settlement, at
