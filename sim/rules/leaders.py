"""Leaders: who could be, and who is, in office, and how well they mediate.

The party branch of every compound has three candidates for secretary, each with an ability, an integrity and a score,
which is the ability as seen from outside, with an error. The body's director has an ability and an integrity too.
Who of the candidates takes part in the body's matters is a lever; without a mechanism nobody does. Ability narrows the
gap between parties at the table (`sim.rules.bargaining`), integrity makes bribes dearer (`sim.rules.capture`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions
from sim.cases import Stage
from sim.columns import Column, Lever, Rule
from sim.constants import whole
from sim.parameters import parameter
from sim.places.compound import CANDIDATES
from sim.rules import desks
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

NOBODY = -1
"""Value of the lever ``secretary`` where no secretary takes part in the body's matters."""

AT_THE_BODY = "leaders.at_the_body"
"""Name of what is kept of the abilities at bodies' desks from one change of offices to the next."""


@dataclass(frozen=True)
class Parameters:
    """What people in office are like."""

    ability_a: float = parameter(
        4.0,
        1.0,
        20.0,
        unit="1",
        kind="set",
        source="prior-leaders",
        doc="first shape of abilities: the larger beside the second, the abler",
    )
    ability_b: float = parameter(
        4.0,
        1.0,
        20.0,
        unit="1",
        kind="set",
        source="prior-leaders",
        doc="second shape of abilities: both large, all alike",
    )
    integrity_a: float = parameter(
        5.0,
        1.0,
        20.0,
        unit="1",
        kind="set",
        source="prior-leaders",
        doc="first shape of integrities: the larger beside the second, the harder to bribe",
    )
    integrity_b: float = parameter(
        2.0,
        1.0,
        20.0,
        unit="1",
        kind="set",
        source="prior-leaders",
        doc="second shape of integrities: both large, all alike",
    )
    score_noise: float = parameter(
        0.15,
        0.05,
        0.30,
        unit="ability",
        source="prior-leaders",
        doc="standard deviation of the error with which abilities are seen from outside",
    )


def _set_up(w: Worlds) -> None:
    """Draw what candidates and directors are like, and how candidates look from outside."""
    seeds, p = w.seeds[:, None], w.p
    candidate, compound = np.arange(w.layout.sizes["candidate"]), np.arange(w.layout.sizes["compound"])
    w.candidate_ability[...] = distributions.beta(p.ability_a, p.ability_b, seeds, "leader.ability", candidate)
    w.candidate_integrity[...] = distributions.beta(p.integrity_a, p.integrity_b, seeds, "leader.integrity", candidate)
    error = distributions.normal(seeds, "leader.score", candidate)
    w.candidate_score[...] = w.candidate_ability + p.score_noise * error
    w.director_ability[...] = distributions.beta(p.ability_a, p.ability_b, seeds, "director.ability", compound)
    w.director_integrity[...] = distributions.beta(p.integrity_a, p.integrity_b, seeds, "director.integrity", compound)


def best_first(w: Worlds) -> Ints:
    """Return the numbers of each compound's candidates, best score first, shape ``(worlds, compounds, candidates)``."""
    if "leaders.best_first" not in w.derived:
        w.derived["leaders.best_first"] = np.argsort(-_scores(w), axis=2, kind="stable")
    return w.derived["leaders.best_first"]


def best_compounds(w: Worlds) -> Ints:
    """Return the rank of each compound, shape ``(worlds, compounds)``; 0 has the best of all best scores."""
    if "leaders.best_compounds" not in w.derived:
        order = np.argsort(-_scores(w).max(axis=2), axis=1, kind="stable")
        w.derived["leaders.best_compounds"] = np.argsort(order, axis=1, kind="stable")
    return w.derived["leaders.best_compounds"]


def _scores(w: Worlds) -> NDArray[np.float64]:
    """Return the candidates' scores, shape ``(worlds, compounds, candidates)``."""
    return w.candidate_score.reshape(w.n, -1, CANDIDATES)


def at_the_body(w: Worlds, world: Ints, compound: Ints) -> NDArray[np.float64]:
    """Return the ability, 0 to 1, of whoever holds the body's desk in each given compound.

    It is the director's; where the offices are merged, the secretary's in the measure in which they are.

    Args:
        w: the worlds.
        world: world of each.
        compound: compound of each.
    """
    if AT_THE_BODY not in w.derived:
        w.derived[AT_THE_BODY] = _of_offices(w, w.candidate_ability, w.director_ability)[0].reshape(-1)
    place = world * whole(w.layout.sizes["compound"])
    place += compound
    ability: NDArray[np.float64] = w.derived[AT_THE_BODY][place]
    return ability


def integrities(w: Worlds) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the integrity, 0 to 1, of whoever holds each body's desk, and of each secretary, ``(worlds, compounds)``.

    The desk is the director's; where the offices are merged, the secretary's in the measure in which they are.
    """
    return _of_offices(w, w.candidate_integrity, w.director_integrity)


def _of_offices(
    w: Worlds, candidate: NDArray[np.float64], director: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a quality of whoever holds each body's desk, and of each secretary, given candidates' and directors'."""
    compound = np.arange(w.layout.sizes["compound"])
    secretary = CANDIDATES * compound + np.maximum(w.secretary, 0)
    named = np.take_along_axis(candidate, secretary, axis=1)
    weight = np.where(w.secretary > NOBODY, w.merged, 0.0)
    return director + weight * (named - director), named


def recall(w: Worlds) -> None:
    """Bring proposals that lie with a second principal who is no longer there before the first again.

    Part of the change of offices. Nobody else could take them up, and nobody's consent is missing any more.
    """
    w.derived.pop(AT_THE_BODY, None)
    c = w.cases
    rows = where(c.stage == int(Stage.APPROVAL))
    rows = rows[w.principals[c.world[rows], c.compound[rows]] < 2]
    c.ready[rows] = w.day
    desks.enter_queue(w, rows, c.organiser[rows])


RULE = Rule(
    name="leaders",
    places=("compound",),
    columns=(
        Column("candidate_ability", "candidate", np.float64, "ability of a candidate for secretary, 0 to 1"),
        Column("candidate_integrity", "candidate", np.float64, "integrity of a candidate for secretary, 0 to 1"),
        Column("candidate_score", "candidate", np.float64, "a candidate's ability as seen from outside"),
        Column("director_ability", "compound", np.float64, "ability of the body's director, found or to be, 0 to 1"),
        Column("director_integrity", "compound", np.float64, "integrity of the body's director, 0 to 1"),
    ),
    levers=(
        Lever(
            "secretary",
            "compound",
            NOBODY,
            "max",
            "number",
            "who of the compound's candidates takes part in the body's matters as secretary, -1 nobody",
        ),
    ),
    parameters=Parameters,
    set_up=_set_up,
)
