"""Inequality: how unequally something is spread over people, and how unequally they suffer.

Whole numbers in, whole millionths out, the same on every machine and in whatever order people stand. What a household
suffers is what it has suffered itself from day 0 on, see `sim.rules.suffering.borne`; counted are all households that
live there all year, also those that suffered nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim import noise, settlements
from sim.outcomes.spec import HIGHER, NEITHER, Floats, Ints, OutcomeSpec, over
from sim.rules import suffering

if TYPE_CHECKING:
    from sim.worlds import Worlds

MILLION = 10**6
FINEST = 10**15
"""Theil's terms are whole numbers of so many parts before they are added up: of a million people the sum is exact
to a billionth."""

INEQUALITY: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "suffering_gini",
        "0 to 1",
        "Gini coefficient of severity-days suffered by each household, those that suffered nothing included; missing "
        "if nobody suffered",
        NEITHER,
        "Gini of suffering",
        "inequality",
    ),
    OutcomeSpec(
        "suffering_theil",
        "1",
        "Theil's index of the same, from 0 to the logarithm of the households; missing if nobody suffered",
        NEITHER,
        "Theil of suffering",
        "inequality",
    ),
    OutcomeSpec(
        "suffering_between",
        "share",
        "what of Theil's index lies between compounds, villages and sumus, and not within them; missing if nobody "
        "suffered, all suffered alike, or there is one only",
        NEITHER,
        "of it between settlements",
        "inequality",
    ),
    OutcomeSpec(
        "suffering_top_tenth",
        "share",
        "share of all severity-days that the tenth of households that suffers most has borne; missing if nobody did",
        NEITHER,
        "borne by the worst tenth",
        "inequality",
    ),
    OutcomeSpec(
        "suffering_none",
        "share",
        "households that suffered nothing",
        HIGHER,
        "suffered nothing",
        "inequality",
    ),
)
"""How unequally people suffer. To whom less inequality is better depends on who is relieved: where half of all are
relieved altogether, both indices rise."""

COUNTS = (
    "borne_thousandths",
    "borne_by_tenth_thousandths",
    "borne_by_none",
    "borne_gini_millionths",
    "borne_theil_millionths",
    "borne_between_millionths",
    "settlements_known",
)
"""Names of the integers of `at_the_end`, in order."""


def at_the_end(w: Worlds) -> dict[str, Ints]:
    """Return what households have suffered, and how unequally, one whole number a world each.

    ``borne_thousandths`` is what all households that live there all year have borne, ``..._by_tenth_...`` what the
    tenth that suffers most has, ``borne_by_none`` how many suffered nothing. ``settlements_known`` is 1 where there
    is more than one settlement to tell apart, else 0.
    """
    borne, there, home = suffering.borne(w), settlements.inhabited(w), settlements.homes(w)
    out = {name: np.zeros(w.n, dtype=np.int64) for name in COUNTS}
    for k in range(w.n):
        amounts, place = borne[k, there[k]], home[there[k]]
        people = np.bincount(place)
        together = np.zeros(len(people), dtype=np.int64)
        np.add.at(together, place, amounts)
        out["borne_thousandths"][k] = amounts.sum()
        out["borne_by_tenth_thousandths"][k] = top(amounts)
        out["borne_by_none"][k] = (amounts == 0).sum()
        out["borne_gini_millionths"][k] = gini(amounts)
        out["borne_theil_millionths"][k] = theil(amounts)
        out["borne_between_millionths"][k] = theil(together, people)
        out["settlements_known"][k] = (people > 0).sum() > 1
    return out


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes of each world from its counts; not a number where there is no path to one."""
    borne = n["borne_thousandths"]
    known = (borne > 0).astype(np.int64)
    return {
        "suffering_gini": over(n["borne_gini_millionths"], known, 1 / MILLION),
        "suffering_theil": over(n["borne_theil_millionths"], known, 1 / MILLION),
        "suffering_between": over(n["borne_between_millionths"], n["borne_theil_millionths"] * n["settlements_known"]),
        "suffering_top_tenth": over(n["borne_by_tenth_thousandths"], borne),
        "suffering_none": over(n["borne_by_none"], n["households"]),
    }


def gini(amounts: Ints) -> int:
    """Return the Gini coefficient (1912) in millionths, rounded down: half the mean difference of two, over the mean.

    0 if all have the same, (n - 1) / n if one of n has all; 0 too if nobody has anything.

    Args:
        amounts: what each has, whole and not below 0, shape ``(people,)``; all they have times the people must stay
            below 2^63.
    """
    people = len(amounts)
    weight = 2 * np.arange(1, people + 1) - people - 1
    above, below = int(np.sort(amounts) @ weight), people * int(amounts.sum())
    return above * MILLION // below if below else 0


def theil(amounts: Ints, people: Ints | None = None) -> int:
    """Return Theil's index (1967) in millionths: the sum of shares times the logarithm of share over equal share.

    0 if all have the same, ln n if one of n has all; 0 too if nobody has anything. Of groups it is the part that lies
    between them: with what lies within each, weighted by what it has, it adds up to the index of all.

    Args:
        amounts: what each person or group has, whole and not below 0; as of `gini` all they have times the people
            must stay below 2^63.
        people: how many each stands for; one if not said.
    """
    people = np.ones_like(amounts) if people is None else people
    total, everybody = int(amounts.sum()), int(people.sum())
    has = amounts > 0  # of those who have nothing the term is 0
    own, number = amounts[has], people[has]
    terms = own / max(total, 1) * noise.log(own * everybody / (total * number))
    part = FINEST // MILLION
    return (int(np.rint(terms * FINEST).astype(np.int64).sum()) + part // 2) // part


def top(amounts: Ints, parts: int = 10) -> int:
    """Return what those have together who have most: one in so many, rounded up.

    Args:
        amounts: what each has, shape ``(people,)``.
        parts: one in how many.
    """
    many = -(-len(amounts) // parts)
    return int(np.sort(amounts)[len(amounts) - many :].sum())
