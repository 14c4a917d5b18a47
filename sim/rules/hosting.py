"""Hosting: what a community gives of its mediators' hours to shared places, clinics, care and events.

Nobody's hours are added: what is given is missing at the community's desk. It can be saved for some weeks; when
so much is in hand nothing more is given and the mediators sit at the desk. When the hours do not suffice, the
purposes are served in the order of `PURPOSES`. Like `sim.rules.keeping`, which is about bodies' hours: how a
week's hours are divided is settled when offices change, the time itself comes in when the week begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, Lever, Rule
from sim.constants import whole
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

PURPOSES = {
    "watch": "asking those who come to shared places, or have stopped coming, what troubles them",
    "care": "seeing to what elders need who came there",
    "clinics": "free clinics and talks about health",
    "rota": "calling on volunteers",
    "rooms": "opening rooms for games and singing",
    "events": "organising events",
}
"""What time is given to."""

SAVED_WEEKS = {"watch": 4, "care": 8, "clinics": 13, "rota": 8, "rooms": 4, "events": 13}
"""Weeks for which time given can be saved; a clinic or an event takes more than a week brings."""


def give(w: Worlds, minutes: Ints) -> Ints:
    """Divide the coming week's minutes among the purposes; return what is left for those who come to the desk.

    Args:
        w: the worlds.
        minutes: what mediators of each community have and owe to nothing else, shape ``(worlds, communities)``.
    """
    left = minutes
    for purpose, weeks in SAVED_WEEKS.items():
        given, balance, time = (getattr(w, of) for of in (f"host_{purpose}", f"{purpose}_balance", f"{purpose}_time"))
        if not np.count_nonzero(given) and not np.count_nonzero(balance):
            time[...] = 0
            continue
        able = np.minimum(given, left)
        most = whole(weeks) * able
        np.minimum(balance, most, out=balance)
        most -= balance
        np.minimum(able, most, out=time)
        left = left - time
    return left


def save(w: Worlds) -> None:
    """Phase, weekly: communities put the week's time to what they have in hand for each purpose."""
    for purpose in PURPOSES:
        getattr(w, f"{purpose}_balance")[...] += getattr(w, f"{purpose}_time")


def spend(w: Worlds, purpose: str, world: Ints, community: Ints, minutes: Ints) -> NDArray[np.bool_]:
    """Spend time given on the acts listed, in order, as far as it goes; return which were done.

    Args:
        w: the worlds.
        purpose: one of `PURPOSES`.
        world: world of each act.
        community: in which community.
        minutes: what each takes; the same for all of one world.
    """
    balance = getattr(w, f"{purpose}_balance")
    nth = rank_in_group(world * w.layout.sizes["community"] + community)
    done: NDArray[np.bool_] = (nth + 1) * minutes <= balance[world, community]
    np.subtract.at(balance, (world[done], community[done]), minutes[done])
    w.count(f"minutes_{purpose}", world[done], minutes[done])
    return done


RULE = Rule(
    name="hosting",
    places=("compound",),
    columns=(
        *(Column(f"{p}_balance", "community", np.int64, f"minutes in hand for {x}") for p, x in PURPOSES.items()),
        *(Column(f"{p}_time", "community", np.int64, f"minutes a week now given to {x}") for p, x in PURPOSES.items()),
    ),
    levers=tuple(
        Lever(f"host_{p}", "community", 0, "add", "minutes/week", f"given to {x}") for p, x in PURPOSES.items()
    ),
    flows={f"minutes_{p}": f"minutes spent on {what}" for p, what in PURPOSES.items()},
)
