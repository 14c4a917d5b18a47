"""Patterns of the steppe, each with a falsifier: P5 distance decay, P9 claims rise after law talks before they fall.

P5 follows from one rule (ways cost time), so it is a check. P9 carries evidence: nothing says that claims should rise
first; it comes of grievances that nobody knew could be claimed, and of the law becoming known faster than disputes
can become fewer.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import noise
from sim.cases import Kind
from sim.places import pasture
from sim.places.pasture import HERDER
from sim.rules import travel
from sim.scenario import parse
from sim.worlds import Recipe, Worlds
from tests.helpers import clearly_above_zero
from tests.test_mobile_mediation import only
from tests.test_pasture import structure

Array = NDArray[Any]

PAIRS = [Kind.BOUNDARY, Kind.LIVESTOCK, Kind.NEIGHBOUR]


# -- P5 -------------------------------------------------------------------------------------------------


def come_to_a_desk(w: Worlds, day: int) -> tuple[Array, Array]:
    """Return the chance of every herder to go to a desk, not to call, with a grievance of severity .5; and the way."""
    w.day = day
    herders = np.flatnonzero(w.layout.traits["living"] == HERDER)
    world = np.zeros_like(herders)
    (settlement,) = w.settlements
    utility = [np.full(len(herders), w.p.flat["quiet"][0] - 0.5 * w.p.flat["quiet_severity"][0])]
    for desk in settlement.intakes:
        burden = settlement.burden(w, desk, world, herders)
        utility.append(
            w.p.flat["any_desk"][0] + 0.5 * w.p.flat["b_success"][0] - burden + 0.55 * w.p.flat["b_trust"][0]
        )
    weights = noise.exp(np.array(utility))
    nearest = np.min([travel.way(w, desk, herders) for desk in pasture.STAFFED], axis=0)
    return weights[1:-1].sum(axis=0) / weights.sum(axis=0), nearest / 1000


@pytest.mark.parametrize(("b_travel", "decays"), [(0.5, True), (0.0, False)])
def test_p5_use_of_desks_decays_with_distance_and_more_in_winter(b_travel: float, decays: bool) -> None:
    """The farther the rarer, steeper on winter ways over the same ground; not at all if ways cost nobody anything."""
    recipe = Recipe("pasture", structure(), fixed=dict(b_travel=b_travel), prior_draws=False)
    w = Worlds(recipe)
    slope = {}
    for season, day in (("winter", 60), ("spring", 100)):  # the same ground, before and after the snow
        share, way = come_to_a_desk(w, day)
        slope[season] = np.polyfit(way, np.log(share), 1)[0]
    if decays:
        assert slope["winter"] < 1.3 * slope["spring"] < -0.003
    else:
        assert abs(slope["winter"]) < 1e-9 and abs(slope["spring"]) < 1e-9


def test_p5_is_flattened_by_officers_who_come() -> None:
    """How likely a party is to miss a session rises with the way to the centre; not where officers go to people."""
    fixed = dict(boundary_rate=2.0, livestock_rate=2.0, help_rate=0.0, arrears_rate=0.0, any_desk=1.0)
    free: dict[str, Any] = dict(fixed=fixed, prior_draws=False)
    before = Worlds(Recipe("pasture", structure(campers=0, households=300), **free, burn_in=56))
    before.run(0)
    missed = {}
    for name, scenario in (("desks", parse("none", [])), ("visits", only("onsite_visits"))):
        w = before.stack([scenario])
        c, t = w.cases, w.layout.traits
        rows = np.flatnonzero(np.isin(c.kind, PAIRS))
        assert len(rows) > 20
        c.visited[rows] = name == "visits"
        chance = w.settlements[0].no_show(w, rows)
        slope = np.polyfit(t["way_centre_winter"][c.bearer[rows]] / 1000, chance, 1)[0]
        missed[name] = slope
    assert missed["desks"] > 0.003 and abs(missed["visits"]) < 0.3 * missed["desks"]


# -- P9 -------------------------------------------------------------------------------------------------

RATES = dict(boundary_rate=0.3, livestock_rate=0.3, herder_rate=0.2, help_rate=0.0, arrears_rate=0.0)


@cache
def claims(unrecognised: float) -> tuple[Array, Array]:
    """Return by how much first claims differ from twins without talks, soon after a campaign and in the year after.

    In the campaign one household in five comes to know the law on one day, and it is not forgotten.
    """
    n, fixed = 24, dict(RATES, unrecognised=unrecognised, awareness_half_life=1e9, spill=0.0, fade_days=240.0)
    shape = structure(campers=0, sites=0, households=300)
    before = Worlds(Recipe("pasture", shape, fixed=fixed, replications=tuple(range(n)), prior_draws=False, burn_in=364))
    before.run(0)
    w = before.stack([parse("none", []), parse("campaign", [])])
    told = noise.chance(0.2, w.seeds[n:, None], "campaign", np.arange(w.households))
    w.aware[n:] = told
    w.run(60 + 365)
    voiced = w.record[:, :, w.series.index("voiced")].reshape(-1, 2, n)
    more = voiced[:, 1] - voiced[:, 0]
    return more[:60].sum(axis=0), more[60:].sum(axis=0)


def test_p9_claims_rise_after_talks_before_they_fall() -> None:
    early, late = claims(0.4)
    assert clearly_above_zero(early) and clearly_above_zero(-late)


def test_p9_vanishes_if_nobody_keeps_quiet_for_not_knowing() -> None:
    early, late = claims(0.0)
    assert early.mean() < 0 and clearly_above_zero(-late)
