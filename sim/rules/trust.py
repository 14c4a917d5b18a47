"""Trust and belief: what households learn, from their own cases and, discounted, their neighbours'.

Two things are learned apart, so that no outcome enters twice. *Trust* in a kind of desk is
Beta-Bernoulli on being answered in time. *Believed success* of a kind of grievance is Beta-Bernoulli
on how grievances of that kind ended. Evidence is kept in whole thousandths of an experience, so that
sums do not depend on order, and fades with a half-life.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import clocks, noise, places
from sim.cases import Desk, Kind
from sim.columns import Column, Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ONE = 1000
"""One experience, in the unit in which evidence is kept."""

DESKS = (
    "company", "body", "branch", "community", "centre", "court", "hotline", "station", "room", "justice", "team",
    "mediator",
)  # fmt: skip
"""Words for the kinds of desk, by the numbers of `sim.cases.Desk`."""

TRUSTED = tuple(desk.name.lower() for desk in Desk if places.having("INTAKES", desk))
"""Kinds of desk that take claims somewhere, and so are trusted or not."""

EVIDENCE = {desk: (f"answered_{desk}", f"ignored_{desk}") for desk in TRUSTED} | {
    kind.name.lower(): (f"succeeded_{kind.name.lower()}", f"failed_{kind.name.lower()}") for kind in Kind
}
"""Topic to the columns that keep good and bad experiences with it."""

KINDS = tuple(kind.name.lower() for kind in Kind)
"""Topics of believed success, by the number of the kind."""

OUTCOMES = tuple(column for columns in EVIDENCE.values() for column in columns)
"""Columns of evidence: twice the number of the topic in `EVIDENCE`, one more for a bad experience."""

NUMBERS = {
    topics: np.array([list(EVIDENCE).index(t) if t in EVIDENCE else -1 for t in topics]) for topics in (DESKS, KINDS)
}
"""Numbers in `EVIDENCE` of kinds of desk and of kinds of grievance."""

SHELF = "evidence"
"""On which all columns of evidence stand: what is heard of in a phase is written at once, whatever it is about."""

QUARTER = 91
"""Days between two rounds of forgetting."""


@dataclass(frozen=True)
class Parameters:
    """Learning."""

    trust_company: float = parameter(
        0.45,
        0.3,
        0.6,
        unit="probability",
        source="prior-trust, satisfaction-survey",
        doc="trust in the company before any experience",
    )
    trust_body: float = parameter(
        0.45,
        0.3,
        0.6,
        unit="probability",
        source="prior-trust",
        doc="trust in a body before any experience",
    )
    trust_community: float = parameter(
        0.55,
        0.4,
        0.7,
        unit="probability",
        source="prior-trust",
        doc="trust in the community's committee before any experience",
    )
    trust_hotline: float = parameter(
        0.55,
        0.4,
        0.7,
        unit="probability",
        source="prior-trust",
        doc="trust in the hotline before any experience",
    )
    trust_station: float = parameter(
        0.6,
        0.45,
        0.75,
        unit="probability",
        source="prior-steppe-trust",
        doc="trust in a border station before any experience",
    )
    trust_room: float = parameter(
        0.6,
        0.45,
        0.75,
        unit="probability",
        source="guess, prior-steppe-trust: as a station",
        doc="trust in a roadside room before any experience",
    )
    trust_justice: float = parameter(
        0.55,
        0.4,
        0.7,
        unit="probability",
        source="guess, prior-trust: as a community's committee",
        doc="trust in a justice office before any experience",
    )
    trust_centre: float = parameter(
        0.55,
        0.4,
        0.7,
        unit="probability",
        source="guess, prior-trust: as a community's committee",
        doc="trust in a sumu's centre before any experience",
    )
    trust_mediator: float = parameter(
        0.6,
        0.45,
        0.75,
        unit="probability",
        source="guess, village-mediation: people are content with what is settled near by; the number is not told",
        doc="trust in a village's mediator before any experience",
    )
    trust_strength: float = parameter(
        5.0,
        2.0,
        10.0,
        unit="experiences",
        source="prior-trust",
        doc="weight of the starting trust and belief",
    )
    belief: float = parameter(
        0.5,
        0.3,
        0.7,
        unit="probability",
        source="guess: nothing is known; the middle",
        doc="believed chance that a claim succeeds, before any experience",
    )
    hearsay: float = parameter(
        0.2,
        0.0,
        0.5,
        unit="experiences",
        source="prior-trust",
        doc="weight of a neighbour's experience beside one's own",
    )
    memory_half_life: float = parameter(
        730.0,
        365.0,
        1460.0,
        unit="days",
        source="prior-trust",
        doc="time after which an experience counts half",
    )


def in_desk(w: Worlds, desk: str, world: Ints, household: Ints) -> Floats:
    """Return the trust of households in a kind of desk, a probability."""
    return _mean(w, "trust_" + desk, NUMBERS[DESKS][DESKS.index(desk)], world, household)


def in_desks(w: Worlds, desks: tuple[int, ...], world: Ints, household: Ints) -> Floats:
    """Return the trust of households in each of these kinds of desk, shape ``(desks, households)``."""
    if "trust" not in w.derived:
        nobody = np.zeros(w.n)
        w.derived["trust"] = np.stack([w.p.flat.get("trust_" + desk, nobody) for desk in DESKS])
    evidence = w.shelves[SHELF].reshape(-1)
    flat = world * w.households + household
    number = np.array(desks)[:, None]
    first = 2 * NUMBERS[DESKS][number]
    good, bad = evidence.take(_first(w)[first] + flat), evidence.take(_first(w)[first + 1] + flat)
    strength = w.at("trust_strength", world) * ONE
    mean: Floats = (w.derived["trust"][number, world] * strength + good) / (strength + good + bad)
    return mean


def in_success(w: Worlds, kind: int | NDArray[np.integer], world: Ints, household: Ints) -> Floats:
    """Return the success that households believe a claim of this kind, or of each of these kinds, to have."""
    return _mean(w, "belief", NUMBERS[KINDS][kind], world, household)


def _mean(w: Worlds, prior: str, topic: Ints | np.int64, world: Ints, household: Ints) -> Floats:
    """Return the posterior mean of a Beta with the prior's mean and strength."""
    evidence = w.shelves[SHELF].reshape(-1)
    flat = world * w.households + household
    first = _first(w)
    good, bad = evidence.take(first[2 * topic] + flat), evidence.take(first[2 * topic + 1] + flat)
    strength = w.at("trust_strength", world) * ONE
    mean: Floats = (w.at(prior, world) * strength + good) / (strength + good + bad)
    return mean


def _first(w: Worlds) -> Ints:
    """Return where on the shelf, as one list, the evidence of each of `OUTCOMES` begins."""
    if "evidence" not in w.derived:
        standing = [name for name, column in w.columns.items() if column.shelf == SHELF]
        there = np.array([standing.index(name) if name in standing else 0 for name in OUTCOMES])
        w.derived["evidence"] = there * w.n * w.households
    return w.derived["evidence"]


def hear(
    w: Worlds, topics: tuple[str, ...], topic: Ints, good: NDArray[np.bool_] | bool, world: Ints, household: Ints
) -> None:
    """Let households have one experience each; it is learnt from at the next `learn`, all of a phase together.

    Args:
        w: the worlds.
        topics: `DESKS` (good = answered in time) or `KINDS` (good = it succeeded).
        topic: number of the topic in `topics` that each experience is about.
        good: how it went, all or each.
        world: world of each experience.
        household: whose it was.
    """
    if len(world):
        bad = not good if isinstance(good, bool) else ~good
        w.heard.append((2 * NUMBERS[topics].take(topic) + bad, world, household))


def learn(w: Worlds) -> None:
    """Let households, and those who hear from them (in compounds the same entrance), at a discount, learn from it."""
    if not w.heard:
        return
    experience, world, household = (np.concatenate(parts) for parts in zip(*w.heard, strict=True))
    w.heard = []
    layout = w.layout
    mates, position = layout.rows_of("circle", "household", layout.up("household", "circle")[household])
    if "hearsay" not in w.derived:
        w.derived["hearsay"] = np.rint(w.p.hearsay[:, 0] * ONE).astype(np.int32)
    told = w.derived["hearsay"].take(world)
    weight = np.where(mates == household[position], np.int32(ONE), told[position])
    first = _first(w)[experience] + world * w.households
    np.add.at(w.shelves[SHELF].reshape(-1), first[position] + mates, weight)


def forget(w: Worlds) -> None:
    """Phase, quarterly: evidence fades."""
    half_lives = QUARTER / w.p.memory_half_life
    kept = np.rint(65536 * noise.exp(-0.6931471805599453 * half_lives)).astype(np.int64)
    for shelf in w.shelves.get(SHELF, ()):
        for part in clocks.parts(*shelf.shape):  # what is worked out on the way stays in the processor's cache
            evidence = shelf[part]
            np.right_shift(evidence * kept[part[0]], 16, out=evidence, casting="unsafe")


def _evidence(name: str, doc: str) -> Column:
    """Declare one column of evidence."""
    return Column(name, "household", np.int32, doc + ", thousandths of an experience", shelf=SHELF)


RULE = Rule(
    name="trust",
    columns=(
        *(_evidence(f"answered_{d}", f"times answered in time by the {d}") for d in TRUSTED),
        *(_evidence(f"ignored_{d}", f"times not answered in time by the {d}") for d in TRUSTED),
        *(_evidence(f"succeeded_{k.name.lower()}", f"{k.name.lower()} grievances seen to succeed") for k in Kind),
        *(_evidence(f"failed_{k.name.lower()}", f"{k.name.lower()} grievances seen to fail") for k in Kind),
    ),
    parameters=Parameters,
    only={
        **{name: places.having("INTAKES", Desk[d.upper()]) for d in TRUSTED for name in (*EVIDENCE[d], f"trust_{d}")},
        **{name: places.having("KINDS", k) for k in Kind for name in EVIDENCE[k.name.lower()]},
    },
)


def trusted(place: str) -> list[str]:
    """Return the kinds of desk that take claims in a place, and so are trusted or not."""
    return [DESKS[desk] for desk in places.declared(place, "INTAKES")]
