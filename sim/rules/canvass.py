"""Canvassing: how the village's branch spends its hours on the base: it asks households, calls members, shows yards.

Time is the branch's own: what goes into talks, calls, shows, contracts and orders is not there for asking round, and
what was spent at tables with members who feel wronged (`sim.rules.sharing`) is there for none of them.
Only in villages that are served by a base; asking and calling only in the season.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.rules import rearing
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

WAVE = 28
"""Days between two times at which chicks are placed."""

WEEKS = WAVE // 7

USES = ("meeting_minutes", "call_minutes", "show_minutes", "contract_minutes", "supply_minutes")
"""Levers that take from the branch's hours, in this order; what is left is for asking round."""


@dataclass(frozen=True)
class Parameters:
    """Hours and what they buy."""

    branch_hours: float = parameter(
        8.0,
        4.0,
        16.0,
        unit="hours/week",
        source="prior-hours: two cadres with a secretary's 4 each",
        doc="what a village's branch gives to the collective's base",
    )
    ask_hours: float = parameter(
        0.25,
        0.1,
        0.5,
        unit="hours",
        source="prior-service: as a door in a compound",
        doc="asking a household whether it wants birds, or calling on a member to begin",
    )
    show_hours: float = parameter(
        2.0,
        1.0,
        4.0,
        unit="hours",
        source="guess: a walk through yards with a team",
        doc="showing a team the yards of model households",
    )
    first_signers: float = parameter(
        0.7,
        0.4,
        0.9,
        unit="probability",
        source="prior-shares, page-A11: as members in compounds",
        doc="chance that a member called on begins with birds whatever it believes",
    )


def minutes(w: Worlds) -> dict[str, Ints]:
    """Return the minutes a week that go into each use, as far as the branch's go, and into asking; by village."""
    left = np.maximum(w.branch_minutes - w.table_minutes, 0)
    out = {}
    for use in USES:
        out[use] = np.minimum(getattr(w, use), left)
        left = left - out[use]
    out["ask_minutes"] = left
    return out


def go_round(w: Worlds) -> None:
    """Phase, every four weeks: branches show yards, and in the season ask households and call on members to begin."""
    w.asked_to[...] = False
    w.called_now[...] = False
    have = minutes(w)
    served = w.base_of >= 0
    shows = np.where(served, WEEKS * have["show_minutes"] // np.rint(60 * w.p.show_hours).astype(np.int64), 0)
    if shows.any():
        _show(w, shows)
    if not rearing.in_season(w.day):
        return
    wave = w.day // WAVE
    cost = np.rint(60 * w.p.ask_hours).astype(np.int64)
    doors = np.where(served, WEEKS * have["ask_minutes"] // cost, 0)
    idle = ~w.keeps & (w.back_day <= w.day)
    calls = np.where(served, WEEKS * have["call_minutes"] // cost, 0)
    if calls.any():
        _call(w, calls, idle & w.farm_member & ~w.model_household & ~w.called, cost)
    asked = _first(w, doors, idle & ~w.called_now, "canvass.ask", wave)
    w.asked_to[...] = asked
    used = _per_village(w, asked)
    w.flow["minutes_asking"] += (used * cost).sum(axis=1)


def _call(w: Worlds, calls: Ints, members: NDArray[np.bool_], cost: Ints) -> None:
    """Call on members who have not been called on before; some of them will begin, and be shown."""
    called = _first(w, calls, members, "canvass.call", 0)
    w.called[...] |= called
    yard = np.arange(w.layout.sizes["yard"])
    signs = called & noise.chance(w.p.first_signers, w.seeds[:, None], "canvass.sign", yard)
    w.called_now[...] = signs
    w.flow["minutes_calling"] += (_per_village(w, called) * cost).sum(axis=1)


def _show(w: Worlds, shows: Ints) -> None:
    """Show the yards of model households with a batch just sold to the teams whose turn it is."""
    layout = w.layout
    has = _per_village(w, w.told & w.model_household) > 0
    village = layout.up("team", "village")
    teams = layout.count("village", "team")
    nth = np.arange(layout.sizes["team"]) - layout.first("village", "team")[village]
    number = np.where(has, np.minimum(shows, teams), 0)
    turn = (nth[None, :] - w.show_turn[:, village]) % teams[village]
    w.shown[...] = turn < number[:, village]
    w.show_turn[...] = (w.show_turn + number) % np.maximum(teams, 1)
    w.flow["minutes_showing"] += (number * np.rint(60 * w.p.show_hours).astype(np.int64)).sum(axis=1)


def _first(w: Worlds, number: Ints, among: NDArray[np.bool_], name: str, wave: int) -> NDArray[np.bool_]:
    """Choose so many yards in each village among some, by lots of 40 bits, equal lots by number."""
    world, yard = np.nonzero(among)
    village = w.layout.up("yard", "village")[yard]
    some = number[world, village] > 0
    world, yard, village = world[some], yard[some], village[some]
    out = np.zeros_like(among)
    if len(world):
        lot = (noise.bits(w.seeds[world], name, yard, wave) >> np.uint64(24)).astype(np.int64)
        rank = rank_in_group(world * w.layout.sizes["village"] + village, lot)
        first = rank < number[world, village]
        out[world[first], yard[first]] = True
    return out


def _per_village(w: Worlds, mask: NDArray[np.bool_]) -> Ints:
    """Count the yards of each village in a mask."""
    counts: Ints = np.add.reduceat(mask, w.layout.first("village", "yard"), axis=1, dtype=np.int64)
    return counts


def _set_up(w: Worlds) -> None:
    """Give home villages the hours of their branch; the villages around have none for a base."""
    home = w.layout.traits["village_base"] >= 0
    w.branch_found[...] = np.where(home, np.rint(60 * w.p.branch_hours), 0)


RULE = Rule(
    name="canvass",
    places=("village",),
    columns=(
        Column("branch_found", "village", np.int64, "minutes a week that the branch as found gives to the base"),
        Column(
            "table_minutes", "village", np.int64, "minutes a week that the branch sat at tables these last four weeks"
        ),
        Column("asked_to", "yard", np.bool_, "the household has just been asked whether it wants birds"),
        Column("called", "yard", np.bool_, "the member household has been called on to begin"),
        Column("called_now", "yard", np.bool_, "it has just been called on, and begins"),
        Column("model_household", "yard", np.bool_, "a member household that began when called on"),
        Column("shown", "team", np.bool_, "the team has just been shown the yards of model households"),
        Column("show_turn", "village", np.int64, "team whose turn it is to be shown round"),
    ),
    levers=(
        Lever(
            "branch_minutes",
            "village",
            "branch_found",
            "add",
            "minutes/week",
            "time of the branch for the base",
            np.int64,
        ),
        Lever(
            "call_minutes", "village", 0, "max", "minutes/week", "time of the branch for calling on members to begin"
        ),
        Lever(
            "show_minutes", "village", 0, "max", "minutes/week", "time of the branch for showing model yards to teams"
        ),
    ),
    parameters=Parameters,
    flows={
        "minutes_asking": "minutes of branches asking households whether they want birds",
        "minutes_calling": "minutes of branches calling on members to begin",
        "minutes_showing": "minutes of branches showing yards",
    },
    set_up=_set_up,
)
