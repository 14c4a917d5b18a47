"""What agents show that is no column: made of whole columns, for all rows at once, once a day.

Every function takes the world of a model, a batch of one; `GovernanceModel.today` remembers what it made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import places
from sim.cases import Kind, Stage
from sim.places.compound import IN_BUILDING, IN_COMPOUND
from sim.rules import couriers, defects, fees, hosting, trust
from sim.rules.motions import Motion

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def trust_in_desks(w: Worlds) -> Floats:
    """Return every household's trust in each kind of desk that takes claims, shape ``(desks, households)``."""
    world, household = np.zeros(w.households, dtype=np.int64), np.arange(w.households)
    return np.stack([trust.in_desk(w, desk, world, household) for desk in trust.trusted(w.recipe.place)])


def beliefs_in_success(w: Worlds) -> Floats:
    """Return the success every household expects of each kind of grievance there is, ``(kinds, households)``."""
    world, household = np.zeros(w.households, dtype=np.int64), np.arange(w.households)
    return np.stack([trust.in_success(w, kind, world, household) for kind in places.declared(w.recipe.place, "KINDS")])


def mean_trust_in_desks(w: Worlds) -> Floats:
    """Return every household's mean trust in the desks that take claims."""
    return trust_in_desks(w).mean(axis=0)


def mean_belief_in_success(w: Worlds) -> Floats:
    """Return the mean over the kinds of grievance of the success every household expects."""
    return beliefs_in_success(w).mean(axis=0)


def leaking_roofs(w: Worlds) -> NDArray[np.bool_]:
    """Return for every building whether its roof leaks, shape ``(buildings,)``."""
    return defective(w, Kind.ROOF)


def defective(w: Worlds, kind: Kind) -> NDArray[np.bool_]:
    """Return for every asset of a kind, one of each building or compound, whether it is defective."""
    out: NDArray[np.bool_] = w.defective[0, defects.assets_of_kind(w, int(kind))]
    return out


def defects_of_buildings(w: Worlds) -> list[list[Kind]]:
    """Return for every building which kinds of its own things are defective."""
    return _listed(w, IN_BUILDING)


def defects_of_compounds(w: Worlds) -> list[list[Kind]]:
    """Return for every compound which kinds of the things that all its buildings share are defective."""
    return _listed(w, IN_COMPOUND)


def _listed(w: Worlds, kinds: tuple[Kind, ...]) -> list[list[Kind]]:
    """Return row by row the kinds that are defective."""
    rows = np.stack([defective(w, kind) for kind in kinds], axis=1).tolist()
    return [[kind for kind, broken in zip(kinds, row, strict=True) if broken] for row in rows]


def signers(w: Worlds) -> NDArray[np.bool_]:
    """Return which owners have signed and paid in a signing round that is open."""
    return _have_decided(w, w.motions.kind == int(Motion.SHARES))


def voters(w: Worlds) -> NDArray[np.bool_]:
    """Return which owners have voted in a ballot that is open: on the fund, the company or a committee."""
    return _have_decided(w, w.motions.kind != int(Motion.SHARES))


def _have_decided(w: Worlds, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which owners have decided on one of the wanted motions that is before them."""
    a, m = w.asked, w.motions
    rows = a.done & (m.open & wanted)[a.motion]
    out = np.zeros(w.households, dtype=bool)
    out[a.owner[rows]] = True
    return out


def open_grievances(w: Worlds) -> Ints:
    """Return how many grievances every household still suffers from, voiced or not."""
    g = w.grievances
    return np.bincount(g.household[g.aching], minlength=w.households)


def fees_disputed(w: Worlds) -> NDArray[np.bool_]:
    """Return whose fees are in dispute with the company."""
    out: NDArray[np.bool_] = w.fees_disputed[0] > 0
    return out


def collection(w: Worlds) -> Floats:
    """Return the share of the flats of every compound whose owners pay the property fee, or would."""
    out: Floats = fees.paying(w)[0]
    return out


def enrolled(w: Worlds) -> NDArray[np.bool_]:
    """Return which couriers look out."""
    return couriers.enrolled(w)[0]


def couriers_trust(w: Worlds) -> Floats:
    """Return every courier's trust that a report will be answered."""
    courier = np.arange(w.layout.sizes["courier"])
    return couriers.trust(w, np.zeros_like(courier), courier)


def hosting_minutes(w: Worlds) -> Ints:
    """Return the minutes a week that the mediators of every community give to its shared places."""
    return np.sum([getattr(w, f"{purpose}_time")[0] for purpose in hosting.PURPOSES], axis=0)


def guests(w: Worlds) -> Ints:
    """Return for every community from how many households somebody has come to a shared place this week."""
    came = np.flatnonzero(w.came[0] & 1)
    return np.bincount(w.layout.up("household", "community")[came], minlength=w.layout.sizes["community"])


def pending(w: Worlds) -> int:
    """Return how many disputes are before the court."""
    return int(np.count_nonzero(w.cases.stage == int(Stage.COURT)))


def queues(w: Worlds) -> Ints:
    """Return how many cases lie in the queue of every desk."""
    c = w.cases
    queued = (c.stage == Stage.WAITING) | (c.stage == Stage.APPROVAL)
    return np.bincount(c.desk[queued], minlength=w.layout.sizes["desk"])
