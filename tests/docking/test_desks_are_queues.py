"""Docking: a desk of the whole model, left with one kind of dispute, is the queue of the textbooks.

Nothing is taken out of the model and driven by hand. Quarrels alone, claimed as soon as they are named, come to a
community's desk as a Poisson stream: the clocks of 48 like households, moved by independent times of naming. (In a
day at most one quarrel a household: the variance of a day's number is smaller than its mean by some thousandths.)
Each desk has one queue and serves one case at a time, so it is one server; desks of a level do not share a queue,
and Erlang C and A are met with c = 1 only.

Two kinds of service. A session that takes several days' minutes always ends the dispute: every service takes the
same time, M/D/1. A session that takes one day's minutes is in vain with chance `no_show`, and is held again on the
next day: the time of service is geometric, the exponential of whole days, M/M/1. Long services, many days each,
make the day short; what is left of the day is known exactly:

* Work in hand at the end of a day is V' = max(V + A - 1, 0), in days of the desk's work, A the work of those who
  came in the morning. With services of whole days a day is lost entirely or not at all, so V' squared gives
  E V = lambda E S^2 / (2 (1 - rho)) - rho/2. Who comes finds V and, of its own day's arrivals, on average rho/2:
  the mean wait is lambda E S^2 / (2 (1 - rho)), Pollaczek and Khinchine's, without any correction.
* A day is lost if V = 0 and nobody comes: P(V = 0) = (1 - rho) exp(lambda). Nobody of the same day is before me with
  chance (1 - exp(-lambda)) / lambda. So P(wait) = 1 - (1 - rho) (exp(lambda) - 1) / lambda, which is Erlang C's
  P(wait) = rho in the limit of few arrivals a day.

All comparisons are within three standard errors, over independent desks.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.cases import Activity
from sim.places.compound import VACANT
from sim.worlds import Worlds
from tests.docked import Dock
from tests.helpers import NOTHING_BREAKS, burnt_in

Floats = NDArray[np.float64]

FLATS, DESKS, WORLDS = 48, 6, 60
SESSION = 84
"""Minutes of a session: a whole number of minutes a week makes it one day's work, or a seventh of that seven days'."""

LONG = 1e6
"""Days that do not come: nobody leaves, nothing fades or escalates."""

ONE_QUEUE = NOTHING_BREAKS | dict(
    no_company=1.0,
    substitute=0.0,
    committee_share=0.0,
    management_share=0.0,
    election_rate=0.0,
    owner_share=1.0,
    tenant_share=0.0,
    quarrel_frailty=1e9,
    any_desk=50.0,
    hotline_days=0,
    connected_share=0.25,
    connected_edge=0.0,
    answer_days=0,
    patience_days=LONG,
    fade_days=LONG,
    escalation_days=10 * LONG,
    relapse_rate=1e-12,
    gap_mean=-1e6,
    gap_sd=0.0,
    mediation_hours=SESSION / 60,
    session_gap_days=1,
)
"""Quarrels and communities' desks alone; whoever meets agrees."""

WARM, LAST, END = 350, 750, 1000
"""Days: cases opened from the first to the second are looked at; by the third all of them have ended."""


@cache
def lived(load: float, days: int, no_show: float, **more: Any) -> Worlds:
    """Live some hundred desks for almost three years.

    Args:
        load: rho, of the work that a desk can do.
        days: days' work of a session.
        no_show: chance that a session is in vain.
        **more: other parameters.
    """
    service = days / (1 - no_show)
    fixed: dict[str, Any] = ONE_QUEUE | dict(
        no_show=no_show,
        quarrel_rate=365 * load / service / FLATS,
        community_hours=7 * SESSION / days / 60 * 300 / FLATS,
    )
    alike = dict(compounds=DESKS, households=FLATS, size_spread=0.0, floors=6, compounds_per_community=1)
    w = burnt_in(
        replications=range(WORLDS), burn_in=0, lively=False, prior_draws=False, structure=alike, fixed=fixed | more
    )
    assert np.all(w.layout.count("community", "household") == FLATS)
    assert not np.any(w.tenure == VACANT)
    w.run(END)
    return w


def cases(w: Worlds) -> pd.DataFrame:
    """Return the cases of the cohort, one row a case: desk, day opened, of the first session, settled, left."""
    log = pd.DataFrame(w.log.arrays())
    log["desk"] += 1000 * log["world"]
    key = ["desk", "bearer", "ordinal"]

    def day(*activities: Activity) -> pd.Series[Any]:
        """Return the first day on which a case was in one of these activities."""
        return log[log["activity"].isin([int(a) for a in activities])].groupby(key)["day"].min()

    out = pd.DataFrame(
        {
            "opened": day(Activity.OPENED),
            "first": day(Activity.NO_SHOW, Activity.SESSION),
            "settled": day(Activity.SETTLED),
            "left": day(Activity.WITHDRAWN),
        }
    ).reset_index()
    out = out[(out["opened"] >= WARM) & (out["opened"] < LAST)]
    assert np.all(out["settled"].notna() ^ out["left"].notna()), "every case of the cohort has ended, in one way"
    return out


def mean_by_desk(values: pd.Series[Any], desk: pd.Series[Any]) -> tuple[float, float]:
    """Return a mean over cases and its standard error, desks being independent and cases at a desk not."""
    sums = values.astype(float).groupby(desk).agg(["sum", "count"])
    mean = sums["sum"].sum() / sums["count"].sum()
    left_over = sums["sum"] - mean * sums["count"]
    return float(mean), float(left_over.std(ddof=1) / np.sqrt(len(sums)) / sums["count"].mean())


def precise(values: pd.Series[Any], desk: pd.Series[Any]) -> tuple[float, float]:
    """Return a mean over cases and its standard error, which must be small enough for the mean to say anything."""
    mean, error = mean_by_desk(values, desk)
    assert error < 0.05 * abs(mean), "too few cases to say anything"
    return mean, error


def chance_to_wait(load: float, a_day: float) -> float:
    """Return P(wait) of a queue in days, see the module."""
    return 1 - (1 - load) * np.expm1(a_day) / a_day


def test_sessions_of_one_length_are_m_d_1(dock: Dock) -> None:
    """Pollaczek and Khinchine's mean wait, and a wait for as many as find the desk at work."""
    load, days = 0.7, 7
    c = cases(lived(load, days, 0.0))
    wait = c["settled"] - c["opened"] + 1 - days
    assert wait.min() == 0
    name = "M/D/1, load .7"
    dock(name, "mean wait, days", load * days / (2 * (1 - load)), *precise(wait, c["desk"]))
    dock(name, "P(wait)", chance_to_wait(load, load / days), *precise(wait > 0, c["desk"]))
    assert abs(chance_to_wait(load, load / days) - load) < 0.03, "Erlang C for one server, but for the day"


def test_sessions_in_vain_are_m_m_1(dock: Dock) -> None:
    """With services as good as exponential: Erlang C for one server, P(wait) = rho, twice the wait of M/D/1."""
    load, mean = 0.7, 5.0
    c = cases(lived(load, 1, 1 - 1 / mean))
    wait, service = c["first"] - c["opened"], c["settled"] - c["first"] + 1
    name = "M/M/1 (Erlang C, c = 1), load .7"
    dock(name, "mean service, days", mean, *precise(service, c["desk"]))
    square = 2 * mean * mean - mean  # of a geometric number of days
    theory = load / mean * square / (2 * (1 - load))
    assert abs(theory - load / (1 - load) * mean) == pytest.approx(load / (1 - load) / 2)  # half a day less for each
    dock(name, "mean wait, days", theory, *precise(wait, c["desk"]))
    dock(name, "P(wait)", chance_to_wait(load, load / mean), *precise(wait > 0, c["desk"]))
    assert abs(chance_to_wait(load, load / mean) - load) < 0.03


def test_the_order_of_service_changes_who_waits_and_not_how_long_all_wait() -> None:
    """Kleinrock's conservation law, with services all alike: day by day as many are served in whatever order.

    Who is close to cadres comes first where that is an edge, and others wait the longer for it.
    """
    plain, edged = (lived(0.7, 7, 0.0, **more) for more in ({}, {"connected_edge": 0.3}))
    assert np.array_equal(plain.connected, edged.connected)
    settled = plain.series.index("settled")
    assert np.array_equal(plain.record[:, :, settled], edged.record[:, :, settled])
    waits = {}
    for name, w in (("plain", plain), ("edged", edged)):
        c = cases(w)
        known = w.connected[c["desk"] // 1000, c["bearer"]]
        wait = (c["settled"] - c["opened"]).to_numpy()
        waits[name] = wait[known].mean(), wait[~known].mean(), wait.mean()
    assert waits["edged"][0] < 0.7 * waits["plain"][0]
    assert waits["edged"][1] > 1.1 * waits["plain"][1]
    assert waits["edged"][2] == pytest.approx(waits["plain"][2], rel=0.01)  # cohorts differ at their ends alone


# --- impatience -----------------------------------------------------------------------------------


def binomial(most: int, chance: float) -> Floats:
    """Return the matrix of P(n of m stay), from m (second index) to n, each leaving with the given chance."""
    out = np.zeros((most + 1, most + 1))
    out[0, 0] = 1.0
    for m in range(1, most + 1):
        out[:, m] = chance * out[:, m - 1]
        out[1:, m] += (1 - chance) * out[:-1, m - 1]
    return out


def abandoning(a_day: float, ends: float, leaves: float, most: int = 70, few: int = 5) -> float:
    """Return the share of cases whose claimant leaves: the chain of Erlang A for one server, day by day.

    Each morning every claimant leaves with chance `leaves`, then Poisson arrivals come, then the first of the queue
    is settled with chance `ends`. Patience is counted in days from the claim, but nobody looks before the first and
    leaves before the second morning after it: so nobody leaves on the first, and on the second who would have left
    on either. The state is how many are there of today, of yesterday, and older.

    Args:
        a_day: mean arrivals a day.
        ends: chance that a day's session ends a case.
        leaves: chance a day to leave.
        most: the most older cases.
        few: the most of one day.
    """
    one, two = binomial(most, leaves), binomial(few, 1 - (1 - leaves) ** 2)
    come = np.cumprod(np.r_[1.0, a_day / np.arange(1, few + 1)])
    come /= come.sum()
    p = np.zeros((most + 1, few + 1, few + 1))  # older, yesterday's, today's
    p[0, 0, 0] = 1.0
    number = np.arange(most + 1)[:, None, None] + np.arange(few + 1)[None, :, None]
    gone, moved = 0.0, np.inf
    while moved > 1e-11:
        was, here = p, (p * number).sum()
        p = two @ np.tensordot(one, p, 1)
        gone = here - (p * number).sum()
        older = np.zeros((most + 1, few + 1))
        for yesterday in range(few + 1):
            older[yesterday:] += p[: most + 1 - yesterday, yesterday]
        p = older[:, :, None] * come
        served = np.zeros_like(p)
        served[:-1] = p[1:]
        served[0, :-1] += p[0, 1:]
        served[0, 0, :-1] += p[0, 0, 1:]
        served[0, 0, 0] += p[0, 0, 0]
        p = (1 - ends) * p + ends * served
        moved = np.abs(p - was).sum()
    assert p[-few:].sum() < 1e-8, "nearly never as many as are followed"
    return float(gone / a_day)


def erlang_a(load: float, leaves: float) -> float:
    """Return the share that leaves in continuous time, leaving at rate `leaves` in units of the rate of service.

    A birth-death chain: n claimants are fewer at rate 1 + n x leaves, for claimants go on waiting until the session
    has been held. (Palm's counts only those before the one being served; a desk has no such thing as begun.)
    """
    n = np.arange(400)
    p = np.cumprod(np.r_[1.0, load / (1 + n[1:] * leaves)])
    p /= p.sum()
    return float(leaves * (n * p).sum() / load)


def test_theories_of_impatience_agree() -> None:
    """The chain of days comes near the chain in continuous time as services and patience take more days."""
    limit = erlang_a(1.2, 0.25)
    off = [abs(abandoning(1.2 / m, 1 / m, 0.25 / m) - limit) for m in (8.0, 64.0)]
    assert off[1] < off[0] / 4 and off[1] < 0.005
    assert erlang_a(0.7, 1e-9) < 1e-8


@pytest.mark.parametrize("load", [0.7, 1.2])
def test_impatience_is_erlang_a(load: float, dock: Dock) -> None:
    """As many give up as the chain says, whose patience is a geometric number of days, also where too many come."""
    mean, patience = 5.0, 25.0
    c = cases(lived(load, 1, 1 - 1 / mean, patience_days=patience))
    left = c["left"].notna()
    name, found = f"Erlang A, load {load}", precise(left, c["desk"])
    dock(name, "share that leaves", abandoning(load / mean, 1 / mean, 1 / patience), *found)
    other = abandoning(load / mean, 1 / mean, 1.25 / patience)
    dock(name, "... less patient by a fifth", other, *found, expect=False)
    assert (c["left"] - c["opened"]).min() == 2
