"""Teams: officers who leave their desks for the steppe, on call and on circuits; nobody's hours are added.

The station's officers give hours a week to calls: a case that comes by the hotline is then the team's, which hears it
on the phone first and goes there; several crews share one queue of calls. Once a week each crew's circuit starts at
the station, always goes to the nearest case that can still be held and reached back from in time (where a calendar is
kept, to the nearest on the season's list as long as there is one), and ends at the station; of several crews each
takes what those before it have left. With other agencies on board it may take cases of their desks too; then all
levels sit in one tent, and what they cannot settle there is nobody else's but a court's.
Sessions are held where the first party lives; the other comes there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import DISPUTE, Kind, State, move_grievances
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.rules import bargaining, circuits, desks, trust
from sim.space import rank_in_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ON_BOARD = 3
"""Agencies on board of a joint circuit: station, justice office and centre; a judge is one more."""

MOST_CREWS = 4
"""Crews that a station forms, at most."""

PURPOSES = {
    "summoned": "summoning parties, and carrying cases to the next desk",
    "papers": "entries in a ledger",
    "lessons": "law talks, in person and online, with the way",
}
"""What time of the station's is set aside for, besides the field; it can be saved."""

SAVED_WEEKS = 8
"""Weeks for which such time can be saved."""

WEEK = 7
"""Minutes in hand are counted in sevenths, as at desks."""

MINUTES = 60


@dataclass(frozen=True)
class Parameters:
    """What goes on in the field."""

    phone_hours: float = parameter(
        0.5,
        0.1,
        1.0,
        unit="hours",
        source="prior-team",
        doc="hearing a call on the phone before anybody drives",
    )
    by_phone: float = parameter(
        0.3,
        0.0,
        0.6,
        unit="share",
        source="guess: a paper or a word, against a vehicle in the snow",
        doc="needs of help that are seen to on the phone",
    )
    on_call_days: float = parameter(
        14.0,
        3.0,
        30.0,
        unit="days",
        source="guess: two weeks",
        doc="wait beyond which officers on call pass calls on to the centre, as without them",
    )
    stop_hours: float = parameter(
        0.25,
        0.0,
        1.0,
        unit="hours",
        source="guess: tea, and what troubles people around",
        doc="asking around at a stop of a circuit",
        drawn_as="ask_hours",
    )


def set_aside(w: Worlds) -> tuple[Ints, Ints, Ints]:
    """Divide the week of station, justice office and centre; the rest is for whoever comes to their desks.

    Returns:
        Minutes a week missing at the station, at each other agency, and given to calls, shape ``(worlds, sumus)``.

    Every crew's circuit takes the same time, so the agency with least time for each of them says how long it is.
    """
    left = np.rint(MINUTES * w.p.station_hours).astype(np.int64) + w.station_extra
    others = np.rint(MINUTES * np.minimum(w.p.justice_hours, w.p.sumu_hours)).astype(np.int64)
    begun = left
    joint, crews = w.team_board > 1, w.team_crews
    able = np.where(joint, np.minimum(left, others), left) // crews
    w.circuit_time[...] = np.minimum(w.team_circuit, able)
    left = left - crews * w.circuit_time
    for purpose in PURPOSES:
        balance, time = getattr(w, purpose + "_in_hand"), getattr(w, purpose + "_weekly")
        able = np.minimum(getattr(w, f"team_{purpose}"), left)
        most = SAVED_WEEKS * WEEK * able
        balance[...] = np.minimum(balance, most)
        time[...] = np.minimum(able, (most - balance) // WEEK)
        left = left - time
    field = np.minimum(w.team_field, left)
    return begun - left + field, np.where(joint, crews * w.circuit_time, 0), field


def save(w: Worlds) -> None:
    """Phase, weekly: stations put the week's time to what they have in hand for each purpose."""
    for purpose in PURPOSES:
        getattr(w, purpose + "_in_hand")[...] += getattr(w, purpose + "_weekly") * WEEK


def spend(w: Worlds, purpose: str, world: Ints, sumu: Ints, minutes: Ints) -> NDArray[np.bool_]:
    """Spend time set aside on the given acts, in order, as far as it goes; return which were done.

    Args:
        w: the worlds.
        purpose: one of `PURPOSES`.
        world: world of each act.
        sumu: in which sumu.
        minutes: what each takes; the same for all of one world.
    """
    balance = getattr(w, purpose + "_in_hand")
    done = balance[world, sumu] > 0
    if not done.any():
        return done
    cost = minutes * WEEK
    nth = rank_in_group(world * w.layout.sizes["sumu"] + sumu)
    done = (nth + 1) * cost <= balance[world, sumu]
    np.subtract.at(balance, (world[done], sumu[done]), cost[done])
    w.count("minutes_" + purpose, world[done], minutes[done])
    return done


def go_round(w: Worlds) -> None:
    """Phase, weekly: circuits hold the sessions and bring the help that are on their way."""
    c, rounds = w.cases, circuits.planned(w)
    for tour in rounds:
        _count(w, tour)
    stops = np.concatenate([tour.stops for tour in rounds]) if rounds else c.world[:0]
    if len(stops) == 0:
        return
    c.visited[stops] = w.team_drives[c.world[stops], c.compound[stops]] > 0
    c.joint[stops] = w.team_board[c.world[stops], c.compound[stops]] > 1
    _ask_around(w, stops[c.visited[stops]])
    dispute = DISPUTE.take(c.kind[stops])
    bargaining.mediate(w, stops[dispute])
    trust.learn(w)
    (settlement,) = (s for s in w.settlements if s.name == "pasture")
    settlement.attend(w, stops[~dispute])
    desks.set_out(w)
    c.visited[stops] = c.joint[stops] = False


def _count(w: Worlds, tour: circuits.Tour) -> None:
    """Count what a round of circuits costs: the time of all agencies on board, and the way."""
    world = tour.circuit // w.layout.sizes["sumu"]
    w.count("minutes_circuits", world, tour.minutes * w.team_board.reshape(-1)[tour.circuit])
    w.count("field_metres", world, tour.metres)
    w.count("circuits", world)
    w.count("stops", w.cases.world[tour.stops])


def _ask_around(w: Worlds, stops: Ints) -> None:
    """Ask at each stop what troubles the people around; who has something on the mind decides the next day."""
    c, g = w.cases, w.grievances
    household = c.bearer[stops].copy()
    crew = where(c.kind[stops] == Kind.WAGES)
    household[crew] = w.layout.traits["first_hand"][c.bearer[stops[crew]]]
    circle = w.layout.up("household", "circle")
    asked = np.zeros((w.n, w.layout.sizes["circle"]), dtype=bool)
    asked[c.world[stops], circle[household]] = True
    silent = where((g.state <= int(State.QUIET)) & g.aching)
    silent = silent[asked[g.world[silent], circle[g.household[silent]]]]
    w.count("surfaced_around", g.world[silent])
    move_grievances(w, silent, int(State.QUIET))
    g.act[silent] = w.day + 1


RULE = Rule(
    name="teams",
    places=("pasture",),
    columns=(
        Column("circuit_time", "sumu", np.int64, "minutes a week for a crew's circuit, of each agency on board"),
        *(Column(f"{p}_in_hand", "sumu", np.int64, f"minutes in hand for {x}, sevenths") for p, x in PURPOSES.items()),
        *(
            Column(f"{p}_weekly", "sumu", np.int64, f"minutes a week now set aside for {x}")
            for p, x in PURPOSES.items()
        ),
    ),
    levers=(
        Lever("team_field", "sumu", 0, "add", "minutes/week", "what the station gives to calls in the field"),
        Lever("team_circuit", "sumu", 0, "add", "minutes/week", "what each agency on board gives to a crew's circuit"),
        Lever("team_crews", "sumu", 1, "max", "crews", "crews that go on circuits"),
        Lever(
            "team_drives", "sumu", 0, "max", "switch", "whether circuits drive from camp to camp, or sit at the centre"
        ),
        Lever(
            "team_calendar", "sumu", 0, "max", "switch", "whether circuits see to what is on the season's list first"
        ),
        Lever("team_board", "sumu", 1, "max", "agencies", "agencies on board of circuits"),
        Lever("team_judge", "sumu", 0, "max", "switch", "whether one of them is a judge, who confirms agreements"),
        *(Lever(f"team_{p}", "sumu", 0, "add", "minutes/week", f"set aside for {x}") for p, x in PURPOSES.items()),
        Lever("team_loss", "sumu", 1.0, "min", "probability", "chance that an entered case is lost", np.float64),
        Lever(
            "station_extra",
            "sumu",
            0,
            "add",
            "minutes/week",
            "hours added to the station's desk from nowhere (0 unless scanned)",
        ),
    ),
    parameters=Parameters,
    flows={
        "circuits": "circuits held",
        "stops": "cases that circuits went to",
        "minutes_circuits": "minutes on circuits, of all agencies on board",
        "surfaced_around": "grievances not voiced that a circuit asked about",
        **{f"minutes_{p}": f"minutes spent on {what}" for p, what in PURPOSES.items()},
    },
)
