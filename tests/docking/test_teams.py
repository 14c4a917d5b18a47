"""Docking: officers on call are a queue with several servers, a weekly circuit is a polling queue with a fixed cycle.

Nothing is taken out of the model and driven by hand. Quarrels of herders alone, claimed as soon as they are named,
come as a Poisson stream; ways take no time, whoever meets agrees, nobody gives up.

*Calls.* All crews' minutes are one queue's. A session takes a crew's day and is in vain with chance `no_show`; a case
has at most one session a day, so with c crews the first c of the queue are in service: M/M/c in whole days, the
service being geometric. Each morning A come to the N that are there, min(N + A, c) are served and each of them ends
with the same chance. By Little the mean wait is E(N + A - c)+ / lambda; this chain is solved and nears Erlang C as
services take more days.

*Circuits.* A crew leaves every seventh day and takes what has been claimed until then. That is polling with a cycle
that is fixed and not as long as the work in it (globally gated, Boxma, Levy & Yechiali 1992): if there is time for
all, the wait is the residual of the cycle, E C^2 / (2 E C) = C/2, of whole days (C - 1)/2, whatever the load. If there
is time for one session only, it is that of time-division multiplexing, C / (2 (1 - rho)) with rho = C lambda (Hayes
1984), less half a day: Q' = max(Q + A - 1, 0) has E Q = rho^2 / (2 (1 - rho)). In whatever order: Kleinrock's
conservation law; the nearest are taken first, so it is those who live far who wait.

All comparisons are within three standard errors, over independent sumus.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.scenario import parse
from sim.worlds import Recipe, Worlds
from tests.docked import Dock
from tests.docking.test_desks_are_queues import LONG, cases, mean_by_desk, precise
from tests.test_pasture import structure

HERDERS, SUMUS, WORLDS = 36, 6, 40
SESSION = 84
"""Minutes of a session: a whole number of minutes a week makes it a crew's day."""

DAY = 7 * SESSION / 60
"""Hours a week of a crew that holds one session a day."""

ONLY_QUARRELS = dict(
    boundary_rate=0.0,
    livestock_rate=0.0,
    help_rate=0.0,
    herder_frailty=1e9,
    herders_connected=0.02,
    connected_edge=0.0,
    naming_days=1.0,  # on the next day, so that nothing is left for a circuit to ask about, which would bunch claims
    any_desk=50.0,
    b_trust=50.0,
    b_wait=0.0,
    b_travel=0.0,
    speed=1e12,
    winter_speed=1e12,
    closed_ways=0.0,
    unfounded=0.0,
    unrecognised=0.0,
    patience_days=LONG,
    fade_days=LONG,
    escalation_days=10 * LONG,
    relapse_rate=1e-12,
    gap_mean=-1e6,
    gap_sd=0.0,
    mediation_hours=SESSION / 60,
    session_gap_days=1,
    phone_hours=0.0,
    stop_hours=0.0,
    on_call_days=10 * LONG,
    **{f"trust_{desk}": 0.0 for desk in ("station", "room", "justice", "centre", "hotline")},
)
"""Nothing but quarrels between herders; where all claim them is added."""

END = 1000


@cache
def lived(where: str, a_day: float, words: tuple[str, ...], **fixed: float) -> Worlds:
    """Live some hundred sumus for almost three years.

    Args:
        where: the desk at which all claim.
        a_day: mean number of quarrels of a sumu.
        words: settings of mobile mediation, of which visits alone are on.
        **fixed: other parameters.
    """
    shape = structure(sumus=SUMUS, households=HERDERS, campers=0, sites=0, lived_in=1.0)
    values: dict[str, Any] = ONLY_QUARRELS | {f"trust_{where}": 1.0, "herder_rate": 365 * a_day / HERDERS} | fixed
    who = tuple(range(WORLDS))
    before = Worlds(Recipe("pasture", shape, fixed=values, replications=who, prior_draws=False), watch=who)
    assert np.all(before.layout.count("circle", "household") > 1), "everybody has somebody to fall out with"
    said = [f"mobile_mediation.{word}" for word in ("channels=off", "onsite_visits=on", "calendar=off", *words)]
    w = before.stack([parse("visits", ["mobile_mediation", *said])])
    w.run(END)
    return w


# -- calls ----------------------------------------------------------------------------------------------


def crews_on_call(crews: int, load: float, mean: float, most: int = 400) -> tuple[float, float]:
    """Return the chance to wait and the mean wait in days of the chain described above.

    Args:
        crews: c.
        load: rho, of the sessions that they can hold.
        mean: days that a service takes.
        most: the most that are there in the morning.
    """
    a_day, ends = load * crews / mean, 1 / mean
    come = np.cumprod(np.r_[1.0, a_day / np.arange(1, 25)]) * np.exp(-a_day)
    busy = np.minimum(np.arange(most), crews)
    gone = np.zeros((crews + 1, crews + 1))  # how many of so many end today
    gone[0, 0] = 1.0
    for k in range(1, crews + 1):
        gone[k, : k + 1] = (1 - ends) * gone[k - 1, : k + 1] + ends * np.r_[0.0, gone[k - 1, :k]]
    n, moved = np.zeros(most), 1.0
    n[0] = 1.0
    while moved > 1e-13:
        morning = np.convolve(n, come)[:most]
        after = np.zeros(most)
        for k in range(crews + 1):
            share = morning * gone[busy, k]
            after[: most - k] += share[k:]
        moved, n = float(np.abs(after - n).sum()), after
    morning = np.convolve(n, come)[:most]
    before = np.cumsum(n)  # P(N <= k)
    later = 1 - np.cumsum(come)  # P(A > j): there is a j-th of the day, counted from 0
    at_once = sum(before[crews - 1 - j] * later[j] for j in range(crews)) / a_day
    return float(1 - at_once), float((morning * np.maximum(np.arange(most) - crews, 0)).sum() / a_day)


def erlang_c(crews: int, load: float) -> tuple[float, float]:
    """Return the chance to wait and the mean wait, in mean services, of M/M/c."""
    offered = load * crews
    terms = np.cumprod(np.r_[1.0, offered / np.arange(1, crews + 1)])
    last = terms[-1] / (1 - load)
    waits = last / (terms[:-1].sum() + last)
    return float(waits), float(waits / (crews * (1 - load)))


@pytest.mark.parametrize("crews", [1, 2, 4])
def test_the_chain_of_days_nears_erlang_c(crews: int) -> None:
    """The longer services are, the nearer; with one crew it is the queue of one server."""
    waits, wait = erlang_c(crews, 0.7)
    off = []
    for mean in (5.0, 40.0):
        chance, days = crews_on_call(crews, 0.7, mean)
        off.append((abs(chance - waits), abs(days / mean - wait)))
    assert off[1][0] < off[0][0] / 4 and off[1][1] < off[0][1] / 4 and max(off[1]) < 0.04
    assert erlang_c(1, 0.7) == (pytest.approx(0.7), pytest.approx(0.7 / 0.3))


@pytest.mark.parametrize("crews", [1, 2, 3])
def test_calls_are_m_m_c(crews: int, dock: Dock) -> None:
    """With the same load a crew the more are together, the shorter is the wait: Erlang C, but for the day."""
    load, mean = 0.7, 5.0
    words = (f"crews={crews}", f"hours={DAY}", "circuit_hours=0")
    w = lived("hotline", load * crews / mean, words, station_hours=60.0, no_show=1 - 1 / mean)
    assert np.all(w.desk_minutes.sum(axis=1) > 0) and not np.any(w.circuit_time)
    c = cases(w)
    waits, wait = crews_on_call(crews, load, mean)
    first = c["first"] - c["opened"]
    name = f"M/M/{crews} (Erlang C), load .7"
    dock(name, "mean service, days", mean, *precise(c["settled"] - c["first"] + 1, c["desk"]))
    dock(name, "mean wait, days", wait, *precise(first, c["desk"]))
    dock(name, "P(wait)", waits, *precise(first > 0, c["desk"]))
    other = crews_on_call(crews + 1, load, mean)[1]
    assert abs(mean_by_desk(first, c["desk"])[0] - other) > 0.2 * wait, "it can tell one crew more"


# -- circuits ---------------------------------------------------------------------------------------------


def waits(w: Worlds) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return the cases of the cohort, and the days until each was settled."""
    c = cases(w)
    return c, c["settled"] - c["opened"]


@pytest.mark.parametrize("a_week", [0.5, 3.0])
def test_a_circuit_with_time_for_all_is_polling_with_a_fixed_cycle(a_week: float, dock: Dock) -> None:
    """The residual of the cycle, whatever the load, for the near as for the far."""
    w = lived("station", a_week / 7, ("hours=25", "circuit_hours=25"), station_hours=25.0, no_show=1e-12)
    c, wait = waits(w)
    dock(f"polling, fixed cycle, {a_week} a week", "mean wait, days", (7 - 1) / 2, *precise(wait, c["desk"]))
    ways = w.layout.traits["way_station_winter"][c["bearer"]]
    near = ways < np.median(ways)
    assert wait[near].mean() == pytest.approx(wait[~near].mean(), rel=0.08)
    assert wait.max() <= 6


def test_who_is_not_met_is_met_a_cycle_later(dock: Dock) -> None:
    """Each session in vain costs one whole cycle."""
    missed = 0.4
    w = lived("station", 0.1, ("hours=25", "circuit_hours=25"), station_hours=25.0, no_show=missed)
    c, wait = waits(w)
    theory = (7 - 1) / 2 + 7 * missed / (1 - missed)
    dock("polling, two in five not met", "mean wait, days", theory, *precise(wait, c["desk"]))


def test_a_circuit_with_time_for_one_is_time_division(dock: Dock) -> None:
    """C / (2 (1 - rho)) less half a day, though not the oldest come first but the nearest; who lives far waits."""
    load = 0.6
    hours = (SESSION + 1) / 60
    w = lived("station", load / 7, ("hours=25", f"circuit_hours={hours}"), station_hours=hours, no_show=1e-12)
    assert not np.any(w.desk_minutes[:, w.layout.traits["desk_kind"] == 7]), "nobody is left at the station"
    c, wait = waits(w)
    theory = 7 / (2 * (1 - load)) - 0.5
    assert theory == pytest.approx((7 - 1) / 2 + 7 * load / (2 * (1 - load)))
    dock("time division (one a circuit), load .6", "mean wait, days", theory, *precise(wait, c["desk"]))
    ways = w.layout.traits["way_station_winter"][c["bearer"]]
    near = ways < np.median(ways)
    assert wait[near].mean() < 0.8 * wait[~near].mean()
