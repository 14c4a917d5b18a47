"""Rooms: billiards, cards and singing, open for sessions as far as a community gives time to hold them.

Who comes to a session sits in one of three rooms, by taste, and meets who sits there. Where cards are played,
people also fall out: some go home wronged by somebody of the same table, which is an ordinary grievance between
neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Kind
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import elders, grievances, ties
from sim.space import first_of_group, rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

WEEK = 7

ROOMS = ("billiards", "cards", "singing")
CARDS = ROOMS.index("cards")

MOST_SESSIONS = 14
"""Sessions in a week: two a day."""

AT_CARDS = 1 << 20
"""Counts of events from here on are a household's quarrels at cards, numbered by the week: they are far beyond the
times that its own clock of quarrels fires, so that no two grievances of a household have the same ordinal."""


@dataclass(frozen=True)
class Parameters:
    """Sessions, guests and quarrels."""

    session_hours: float = parameter(
        1.0,
        0.5,
        3.0,
        unit="hours",
        source="guess: opening, tea and closing of an afternoon",
        doc="what a session takes of a community's time",
    )
    session_guests: int = parameter(
        24,
        8,
        60,
        unit="people",
        source="guess: two tables of each kind and a choir",
        doc="people that the rooms hold in a session",
    )
    room_logit: float = parameter(
        -3.5,
        -5.0,
        -2.0,
        unit="logit",
        source="guess: about one elder in fifteen in a week, before they know anybody",
        doc="pull of rooms next door on an elder of middling taste",
    )
    card_quarrel: float = parameter(
        0.002,
        0.0005,
        0.01,
        unit="probability",
        source="prior-hub, page-B3",
        doc="chance that somebody goes home wronged from a session of cards",
    )


def open_up(w: Worlds) -> None:
    """Phase, weekly: rooms are opened for the sessions that there is time for; who sits together meets or falls out."""
    if not w.rooms_balance.any():
        return
    minutes = np.rint(60 * w.p.session_hours).astype(np.int64)
    sessions = np.minimum(w.rooms_balance // minutes, MOST_SESSIONS)
    at, community = np.nonzero(sessions)
    if len(at) == 0:
        return
    taken = sessions[at, community] * minutes[at, 0]
    w.rooms_balance[at, community] -= taken
    w.count("minutes_rooms", at, taken)
    w.count("room_sessions", at, sessions[at, community])

    world, home, community = elders.of_communities(w, sessions > 0)
    wants = elders.comes(w, world, home, "rooms", w.at("room_logit", world))
    world, home, community = world[wants], home[wants], community[wants]
    seeds, week = w.seeds[world], w.day // WEEK
    u = noise.uniform(seeds, "rooms.session", home, week)
    session = np.floor(u * sessions[world, community]).astype(np.int64)
    table = (world * w.layout.sizes["community"] + community) * MOST_SESSIONS + session
    sits = rank_in_group(table, elders.order(w, "rooms.first", world, home)) < w.whole("session_guests", world)
    world, home, table, seeds = world[sits], home[sits], table[sits], seeds[sits]
    w.count("room_guests", world)
    elders.note(w, world, home)
    room = np.floor(noise.uniform(seeds, "rooms.room", home) * len(ROOMS)).astype(np.int64)
    table = table * len(ROOMS) + room
    line = np.argsort(table, kind="stable")  # by table, and there by household
    world, home, room, table = world[line], home[line], room[line], table[line]
    first = first_of_group(table)
    size = np.bincount(first, minlength=len(first))[first]
    together = size > 1
    ties.meet(w, world[together], home[together], np.ones(int(together.sum()), dtype=np.int64))
    beside = home[first + (np.arange(len(home)) - first + 1) % size]
    _fall_out(w, world, home, beside, together & (room == CARDS))


def _fall_out(w: Worlds, world: Ints, home: Ints, beside: Ints, plays: NDArray[np.bool_]) -> None:
    """Let some of those who play go home wronged by whoever sat beside them."""
    world, home, beside = world[plays], home[plays], beside[plays]
    week = w.day // WEEK
    wronged = noise.chance(w.at("card_quarrel", world), w.seeds[world], "rooms.quarrel", home, week)
    world, home, beside = world[wronged], home[wronged], beside[wronged]
    w.count("card_quarrels", world)
    severity = np.rint(1000 * w.at("quarrel_severity", world))
    ordinal = np.full(len(world), grievances.REOPENINGS * (AT_CARDS + week))
    grievances.arise(w, world, home, Kind.NEIGHBOUR, home, beside, ordinal, severity)


RULE = Rule(
    name="rooms",
    places=("compound",),
    wakes=("host_rooms",),
    parameters=Parameters,
    flows={
        "room_sessions": "sessions for which rooms were open",
        "room_guests": "people who came to them",
        "card_quarrels": "quarrels that began at cards",
    },
)
