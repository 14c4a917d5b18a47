"""Sharing: members feel wronged by what the collective keeps from them, and both sit down at a mediator's table.

Where nothing is pooled that happens now and then. In an alliance it happens the oftener in the village whose share is
below Nash's yardstick, the farther below (relative deprivation: adams-1965), and where a dividend is missed. The
collective is a party: its branch spends hours at the table that it had for the base, those of both villages unless
one joint office stands for them. What comes to a petition or to nothing embitters: the household leaves the birds,
and a village with many of them wants to leave the alliance (`sim.rules.alliance`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import clocks, noise, winding
from sim.cases import Clock, Kind
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import alliance, beliefs, canvass, grievances, service

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365

TENTH = 0.1
"""Part of the share by which `unfair_rate` is told."""


@dataclass(frozen=True)
class Parameters:
    """How often members feel wronged."""

    sharing_rate: float = parameter(
        0.014,
        0.004,
        0.03,
        unit="per household-year",
        tag="D",
        source="rural-disputes, household-size: (.035 - .028) an adult and year x 2.0 adults",
        doc="grievances of members against the collective where nobody has less than is thought fair",
    )
    unfair_rate: float = parameter(
        0.01,
        0.0,
        0.05,
        unit="per household-year and tenth",
        source="guess, adams-1965: one household in a hundred more a year for each tenth; the size is not from there",
        doc="grievances in addition for each tenth of all by which the village's share is below Nash's",
    )
    missed_rate: float = parameter(
        0.02,
        0.0,
        0.1,
        unit="per household-year",
        source="guess: one household in fifty",
        doc="grievances in addition in a year without the dividend that was paid the year before, less if part is paid",
    )
    sharing_severity: float = parameter(
        0.5,
        0.2,
        0.8,
        unit="severity",
        kind="set",
        source="guess, prior-severity: as a quarrel between neighbours",
        doc="severity of a grievance about what the collective shares",
    )


def unfair(w: Worlds) -> Floats:
    """Return by how much each village's share is below Nash's, 0 where there is no alliance or it is not."""
    layout = w.layout
    township = layout.up("village", "township")
    below = w.nash_share - w.share_held  # of the village with money; the other's is as much above
    side = np.where(layout.traits["village_role"] == 0, 1.0, -1.0)
    home = (layout.traits["village_base"] >= 0) & w.allied[:, township]
    return np.where(home, np.maximum(side * below[:, township], 0.0), 0.0)


def missed(w: Worlds) -> Floats:
    """Return the part of the dividend of the year before that each village has not had, 0 to 1."""
    before = np.maximum(w.paid_before, 1)
    return np.where(w.paid_before > 0, np.maximum(w.paid_before - w.paid_out, 0) / before, 0.0)


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: see which members will feel wronged by the collective this week."""
    rate = w.p.sharing_rate + w.p.unfair_rate * (unfair(w) / TENTH) + w.p.missed_rate * missed(w)
    village = w.layout.up("yard", "village")
    w.sharing_hazard[...] = clocks.quantise((rate / YEAR)[:, village] * w.quarrelsome)
    clocks.look_ahead(w, Clock.SHARING, w.sharing_left, w.sharing_hazard)


def feel_wronged(w: Worlds) -> None:
    """Phase: members feel wronged by the collective."""
    world, yard, nth = winding.fired(w, Clock.SHARING)
    if len(world) == 0:
        return
    household = w.layout.traits["yard_household"][yard]
    severity = np.rint(1000 * w.at("sharing_severity", world))
    grievances.arise(w, world, household, Kind.SHARING, household, -1, grievances.REOPENINGS * nth, severity)
    left = clocks.days_left(w.day) - 1
    clocks.restart(w, Clock.SHARING, w.sharing_left, w.sharing_hazard, world, yard, left)


def sit(w: Worlds, world: Ints, village: Ints) -> None:
    """Let branches sit at the table: a village's own, or those of an alliance, both unless one office stands for them.

    Args:
        w: the worlds.
        world: world of each session.
        village: village of the member, who may live around.
    """
    layout = w.layout
    town = layout.up("village", "township")[village]
    minutes = service.take(w, world, np.full(len(world), service.SHARING))
    allied = w.allied[world, town]
    own = ~allied & (layout.traits["village_base"][village] >= 0)
    each = np.rint(minutes * alliance.apart(w)[world, town] / 2).astype(np.int64)
    for rows, at, spent in (
        (own, village, minutes),
        *((allied, layout.first("township", "village")[town] + side, each) for side in range(2)),
    ):
        np.add.at(w.at_table, (world[rows], at[rows]), spent[rows])
        w.count("minutes_sharing", world[rows], spent[rows])


def summoned(w: Worlds, world: Ints, village: Ints) -> NDArray[np.bool_]:
    """Return where the township calls both sides, as it does to talks: in alliances that it has brokered so."""
    town = w.layout.up("village", "township")[village]
    called: NDArray[np.bool_] = w.allied[world, town] & w.summoned[world, town].astype(bool)
    return called


def take_time(w: Worlds) -> None:
    """Phase, every four weeks: what branches sat at tables these four weeks they do not have for the base the next."""
    w.table_minutes[...] = w.at_table // canvass.WEEKS
    w.at_table[...] = 0


def embitter(w: Worlds, world: Ints, yard: Ints, shares: NDArray[np.bool_]) -> None:
    """Let households whose dispute came to a petition or to nothing leave the birds, and remember it in the village.

    Args:
        w: the worlds.
        world: world of each household.
        yard: its yard.
        shares: which disputes were about what is shared, not about a contract.
    """
    village = w.layout.up("yard", "village")[yard]
    np.add.at(w.bitter, (world[shares], village[shares]), 1)
    both = np.unique(world * w.layout.sizes["yard"] + yard)
    world, yard = both // w.layout.sizes["yard"], both % w.layout.sizes["yard"]
    keeps = w.keeps[world, yard]
    world, yard = world[keeps], yard[keeps]
    w.keeps[world, yard] = False
    w.back_day[world, yard] = w.day + w.whole("exit_days", world)
    large = beliefs.large(w, world, yard)
    w.stocks("keeping", world, -1)
    w.stocks("keeping_large", world, -large.astype(np.int64))
    w.count("left_in_anger", world)
    w.count("left_large", world, large)


def turn_year(w: Worlds) -> None:
    """Phase, yearly: what was paid last is put down, and what embittered is forgotten."""
    w.paid_before[...] = w.paid_out
    w.bitter[...] = 0


def _set_up(w: Worlds) -> None:
    """Draw every household's first threshold."""
    w.sharing_left[...] = noise.threshold(w.seeds[:, None], "sharing.clock", np.arange(w.layout.sizes["yard"]), 0)


RULE = Rule(
    name="sharing",
    places=("village",),
    columns=(
        Column("sharing_left", "yard", np.int64, "hazard left on its clock of shares, units of sim.noise.UNIT"),
        Column("sharing_hazard", "yard", np.int64, "this week's hazard of feeling wronged a day, same units"),
        Column("sharing_times", "yard", np.int32, "times that this clock has fired"),
        Column("paid_before", "village", np.int64, "dividend of the year before the last, fen a household"),
        Column("bitter", "village", np.int64, "disputes about shares that came to a petition or nothing this year"),
        Column("at_table", "village", np.int64, "minutes that the branch has sat at tables these four weeks"),
    ),
    parameters=Parameters,
    flows={
        "minutes_sharing": "minutes of branches at tables with members, about what is shared",
        "left_in_anger": "households that left the trade after a dispute that came to a petition or to nothing",
    },
    set_up=_set_up,
)
