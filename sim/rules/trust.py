"""Trust and belief: what households learn, from their own cases and, discounted, their neighbours'.

Two things are learned apart, so that no outcome enters twice. *Trust* in a kind of desk is
Beta-Bernoulli on being answered in time. *Believed success* of a kind of grievance is Beta-Bernoulli
on how grievances of that kind ended. Evidence is kept in whole thousandths of an experience, so that
sums do not depend on order, and fades with a half-life.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise, places
from sim.cases import Desk, Kind
from sim.columns import Column, Rule
from sim.constants import date, whole
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
"""Columns of evidence: twice the number of the topic in `EVIDENCE`, one more for a bad experience.

On their shelf good and bad stand side by side.
"""

NUMBERS = {
    topics: np.array([list(EVIDENCE).index(t) if t in EVIDENCE else -1 for t in topics]) for topics in (DESKS, KINDS)
}
"""Numbers in `EVIDENCE` of kinds of desk and of kinds of grievance."""

GOOD = {topics: 2 * number for topics, number in NUMBERS.items()}
BAD = {topics: 2 * number + 1 for topics, number in NUMBERS.items()}
"""Numbers in `OUTCOMES` of good and bad experiences with them."""

COUNT, PAIR = np.dtype(np.int32), np.dtype(np.int64)
"""The type of the evidence; as wide as a good and a bad experience together: one number is read for both."""

SHELF = "evidence"
"""On which all columns of evidence stand: what is heard of in a phase is written at once, whatever it is about."""

HEARD = date(ONE)
"""What one's own experience weighs, in the type of the evidence."""

TWO = whole(2)

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
    return in_desks(w, DESKS.index(desk), world, household)


def in_desks(w: Worlds, desk: int | Ints, world: Ints, household: Ints) -> Floats:
    """Return the trust of households in a kind of desk, or each in another kind, by number, a probability.

    The kinds may stand along an axis before that of the households.
    """
    return _mean(w, NUMBERS[DESKS].take(desk), world, household)


def in_success(w: Worlds, kind: int | NDArray[np.integer], world: Ints, household: Ints) -> Floats:
    """Return the success that households believe a claim of this kind, or of each of these kinds, to have."""
    return _mean(w, NUMBERS[KINDS].take(kind), world, household)


def in_success_and_desks(
    w: Worlds, kind: NDArray[np.integer], desks: tuple[int, ...], world: Ints, household: Ints
) -> tuple[Floats, Floats]:
    """Return what `in_success` does of each kind and `in_desks` of all these kinds of desk, in one reading."""
    topic = np.empty((1 + len(desks), len(kind)), dtype=np.int64)
    topic[0], topic[1:] = NUMBERS[KINDS].take(kind), _topics(desks)
    mean = _mean(w, topic, world, household)
    return mean[0], mean[1:]


@cache
def _topics(desks: tuple[int, ...]) -> Ints:
    """Return the numbers in `EVIDENCE` of kinds of desk, one under another."""
    return NUMBERS[DESKS].take(desks)[:, None]


def _strength(w: Worlds) -> Floats:
    """Return the weight in each world of what is thought before any experience, in the unit of evidence."""
    if "strength" not in w.derived:
        w.derived["strength"] = w.p.flat["trust_strength"] * ONE
    return w.derived["strength"]


def _before(w: Worlds) -> Floats:
    """Return the good that is expected before any experience, by topic of `EVIDENCE` and world, as one list."""
    if "expected" not in w.derived:
        belief = w.p.flat["belief"]
        desks = {desk: w.p.flat.get("trust_" + desk, belief) for desk in DESKS}
        means = np.stack([desks.get(topic, belief) for topic in EVIDENCE])
        w.derived["expected"] = (means * _strength(w)).reshape(-1)
    return w.derived["expected"]


def _mean(w: Worlds, topic: Ints | np.int64, world: Ints, household: Ints) -> Floats:
    """Return the posterior mean of a Beta about a topic of `EVIDENCE`, or of each about its own."""
    before = _before(w)[topic * whole(w.n) + world]
    pairs = w.shelves[SHELF].reshape(-1).view(PAIR)
    experience = pairs[_first(w)[topic] + (world * whole(w.households) + household)].view(COUNT).astype(np.float64)
    good, bad = experience[..., ::2], experience[..., 1::2]
    before += good
    good += w.spread(_strength(w), world)  # from here on the weight of all that is known
    good += bad
    before /= good
    return before


def _first(w: Worlds) -> Ints:
    """Return where on the shelf, as one list of pairs, the evidence of each topic of `EVIDENCE` begins."""
    if "evidence" not in w.derived:
        standing = [name for name, column in w.columns.items() if column.shelf == SHELF and not column.beside]
        there = [standing.index(good) if good in standing else 0 for good, _ in EVIDENCE.values()]
        w.derived["evidence"] = np.array(there) * (w.n * w.households)
    return w.derived["evidence"]


def _begins(w: Worlds) -> Ints:
    """Return where on the shelf, as one list of numbers, the evidence of each of `OUTCOMES` begins."""
    if "outcomes" not in w.derived:
        w.derived["outcomes"] = (2 * _first(w)[:, None] + np.arange(2)).reshape(-1)
    return w.derived["outcomes"]


def hear(
    w: Worlds, topics: tuple[str, ...], topic: Ints, good: NDArray[np.bool_] | bool, world: Ints, household: Ints
) -> None:
    """Let households have one experience each; it is learnt from at the next `learn`, all of a phase together.

    Args:
        w: the worlds.
        topics: `DESKS` (good = answered in time) or `KINDS` (good = it succeeded).
        topic: number of the topic in `topics` that each experience is about.
        good: how it went, each or all.
        world: world of each experience.
        household: whose it was.
    """
    if len(world):
        if isinstance(good, bool):
            experience = (GOOD if good else BAD)[topics].take(topic)
        else:
            experience = BAD[topics].take(topic) - good
        w.heard.append((experience, world, household))


def learn(w: Worlds) -> None:
    """Let households, and those who hear from them (in compounds the same entrance), at a discount, learn from it."""
    if not w.heard:
        return
    heard, w.heard = w.heard, []
    experience, world, household = heard[0] if len(heard) == 1 else map(np.concatenate, zip(*heard, strict=True))
    circle = w.layout.up("household", "circle")[household]
    first, size = w.layout.first("circle", "household")[circle], w.layout.count("circle", "household")[circle]
    if "hearsay" not in w.derived:
        w.derived["hearsay"] = np.rint(w.p.hearsay[:, 0] * ONE).astype(np.int32)
    told = w.derived["hearsay"][world]
    evidence = w.shelves[SHELF].reshape(-1)
    end = size.cumsum()  # mates stand side by side, their evidence about the same two numbers apart
    ahead = first - end + size
    weight = told.repeat(size)
    weight[household - ahead] = HEARD  # of whose experience it is, who is among the mates
    begins = _begins(w)[experience] + TWO * (world * whole(w.households) + ahead)
    np.add.at(evidence, begins.repeat(size) + np.arange(0, 2 * int(end[-1]), 2), weight)


def forget(w: Worlds) -> None:
    """Phase, quarterly: evidence fades."""
    half_lives = QUARTER / w.p.memory_half_life
    kept = np.rint(65536 * noise.exp(-0.6931471805599453 * half_lives))  # of 65,536, so that products are exact
    for topic in w.shelves.get(SHELF, ()):
        evidence = topic.reshape(w.n, -1)
        most = evidence.max()
        if most == 0:
            continue
        if most < 65536:  # nobody has 66 experiences: 32 bits hold the products
            words = evidence.view(np.uint32)
            np.multiply(words, kept.astype(np.uint32), out=words)
            np.right_shift(words, 16, out=words)
        else:
            np.multiply(evidence, kept / 65536, out=evidence, casting="unsafe")  # what is not whole is cut off


def _evidence(name: str, doc: str, beside: str = "") -> Column:
    """Declare one column of evidence, a bad one beside the good one about the same."""
    return Column(name, "household", np.int32, doc + ", thousandths of an experience", shelf=SHELF, beside=beside)


RULE = Rule(
    name="trust",
    columns=(
        *(_evidence(f"answered_{d}", f"times answered in time by the {d}") for d in TRUSTED),
        *(_evidence(f"ignored_{d}", f"times not answered in time by the {d}", f"answered_{d}") for d in TRUSTED),
        *(_evidence(f"succeeded_{k}", f"{k} grievances seen to succeed") for k in KINDS),
        *(_evidence(f"failed_{k}", f"{k} grievances seen to fail", f"succeeded_{k}") for k in KINDS),
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
