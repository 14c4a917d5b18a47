"""Beliefs about birds: what a bird leaves at the usual price, learnt from one's own and from others' birds.

Normal-normal: a belief has a mean and a precision, an observation adds its precision. Households of the same team
see one another's results, those with a flock of their own class at a larger weight (small farmers weigh small
farmers: Xu et al. 2022). Results of model households are shown to others where the branch takes the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions
from sim.columns import Column, Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LARGE = 200
"""Birds from which on a household counts as a large farmer."""


@dataclass(frozen=True)
class Parameters:
    """Learning about birds."""

    farm_belief: float = parameter(
        -2.0,
        -6.0,
        4.0,
        unit="yuan/bird",
        source="prior-flock",
        doc="what households believe on average, before any experience, that a bird leaves at the usual price",
    )
    farm_belief_sd: float = parameter(
        10.0,
        5.0,
        15.0,
        unit="yuan/bird",
        source="prior-flock",
        doc="how far they differ in it, and how unsure each is",
    )
    farm_belief_least: float = parameter(
        2.0,
        1.0,
        4.0,
        unit="yuan/bird",
        source="guess: conditions change, nobody is ever quite sure",
        doc="how unsure households remain at least",
    )
    observation_sd: float = parameter(
        8.0,
        4.0,
        16.0,
        unit="yuan/bird",
        source="guess: a batch tells half of what is to be known",
        doc="noise that a household sees in the result of one batch",
    )
    weight_same: float = parameter(
        0.4,
        0.1,
        0.8,
        unit="observations",
        source="prior-flock, xu-2022",
        doc="weight of a batch of somebody of the same team with a flock of the same class",
    )
    weight_other: float = parameter(
        0.15,
        0.0,
        0.4,
        unit="observations",
        source="prior-flock, xu-2022",
        doc="weight of a batch of somebody with a flock of the other class, or of a model household that is shown",
    )


def large_farmers(w: Worlds) -> NDArray[np.bool_]:
    """Return which households count as large farmers, by the flock they would keep, shape ``(worlds, yards)``."""
    farmers: NDArray[np.bool_] = w.flock_wish >= LARGE
    return farmers


def large(w: Worlds, world: Ints, yard: Ints) -> NDArray[np.bool_]:
    """Return which of the given households count as large farmers."""
    farmers: NDArray[np.bool_] = w.flock_wish[world, yard] >= LARGE
    return farmers


def learn(w: Worlds) -> None:
    """Phase, every four weeks: households learn from batches sold since, their own, their team's and those shown."""
    world, yard = np.nonzero(w.told)
    shown = w.shown.any()
    if len(world):
        _learn(w, world, yard, bool(shown))
        w.told[world, yard] = False
    if shown:
        w.shown[...] = False


def _learn(w: Worlds, world: Ints, yard: Ints, shown: bool) -> None:
    """Add the observations of some batches to the beliefs of all who see them."""
    layout = w.layout
    large = large_farmers(w)
    team_of = layout.up("yard", "team")
    result = w.result[world, yard]
    shape = (w.n, 2, layout.sizes["team"])
    count, total = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    at = (world, large[world, yard].astype(np.int64), team_of[yard])
    np.add.at(count, at, 1)
    np.add.at(total, at, result)

    own_count = w.told.astype(np.int64)
    own_total = np.where(w.told, w.result, 0)
    same_count, other_count = _of_team(count, team_of, large)
    same_total, other_total = _of_team(total, team_of, large)
    same, other = w.p.weight_same, w.p.weight_other
    weight = own_count + same * (same_count - own_count) + other * other_count
    amount = own_total + same * (same_total - own_total) + other * other_total
    if shown:
        more, sums = _shown(w, world, yard, result)
        weight = weight + other * more
        amount = amount + other * sums
    precision = weight / (w.p.observation_sd * w.p.observation_sd)
    before = w.belief_precision.copy()
    after = before + precision
    seen = weight > 0
    mean = (before * w.belief_mean + amount / 100 / (w.p.observation_sd * w.p.observation_sd)) / after
    w.belief_mean[...] = np.where(seen, mean, w.belief_mean)
    most = 1 / (w.p.farm_belief_least * w.p.farm_belief_least)
    w.belief_precision[...] = np.where(seen, np.minimum(after, most), before)


def _of_team(sums: Ints, team_of: Ints, large: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return for every yard its team's sum over its own class of flock, and over the other class."""
    small_, large_ = sums[:, 0][:, team_of], sums[:, 1][:, team_of]
    return np.where(large, large_, small_), np.where(large, small_, large_)


def _shown(w: Worlds, world: Ints, yard: Ints, result: Ints) -> tuple[Ints, Ints]:
    """Return for every yard in a team that was shown round: batches of model households elsewhere in its village."""
    layout = w.layout
    model = w.model_household[world, yard]
    world, yard, result = world[model], yard[model], result[model]
    village_of_team, team_of = layout.up("team", "village"), layout.up("yard", "team")
    found = []
    for amount in (np.ones_like(result), result):
        by_team = np.zeros((w.n, layout.sizes["team"]), dtype=np.int64)
        by_village = np.zeros((w.n, layout.sizes["village"]), dtype=np.int64)
        np.add.at(by_team, (world, team_of[yard]), amount)
        np.add.at(by_village, (world, village_of_team[team_of[yard]]), amount)
        elsewhere = np.where(w.shown, by_village[:, village_of_team] - by_team, 0)
        found.append(elsewhere[:, team_of])
    return found[0], found[1]


def _set_up(w: Worlds) -> None:
    """Draw what households believe at first."""
    yard = np.arange(w.layout.sizes["yard"])
    z = distributions.normal(w.seeds[:, None], "beliefs.first", yard)
    w.belief_mean[...] = w.p.farm_belief + w.p.farm_belief_sd * z
    w.belief_precision[...] = 1 / (w.p.farm_belief_sd * w.p.farm_belief_sd)


RULE = Rule(
    name="beliefs",
    places=("village",),
    columns=(
        Column("belief_mean", "yard", np.float64, "what a bird is believed to leave at the usual price, yuan"),
        Column("belief_precision", "yard", np.float64, "how sure the household is of it, 1 / yuan squared"),
    ),
    parameters=Parameters,
    set_up=_set_up,
)
