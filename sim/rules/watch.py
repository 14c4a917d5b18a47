"""Watch: who serves elders notices when one is troubled or stays away, and free clinics bring others in.

Each week those who came to a shared place, and those who came last week and now did not, are asked, as far as there
is time for it; who stays away comes first, then lots decide. At a clinic all who come are asked. Whoever is asked
and has something on their mind decides that day whether to claim it, as at a visit: there is no bonus for being
asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import elders, hosting, visits

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

LATE = 1 << 39
"""Added to the lot of who is there: after those who stay away."""


@dataclass(frozen=True)
class Parameters:
    """What it takes."""

    asking_hours: float = parameter(
        0.05,
        0.02,
        0.2,
        unit="hours",
        source="guess: three minutes at the table or on the phone",
        doc="asking an elder what troubles them",
        drawn_as="ask_hours",
    )
    clinic_hours: float = parameter(
        4.0,
        2.0,
        8.0,
        unit="hours",
        source="guess, page-B5: clinics and talks are held from time to time; a morning, preparing among it",
        doc="what a clinic takes of a community's time; doctors come for nothing",
    )
    clinic_logit: float = parameter(
        -3.0,
        -4.5,
        -2.0,
        unit="logit",
        source="guess: about a tenth of elders",
        doc="pull of a clinic next door on an elder of middling taste",
    )


def ask(w: Worlds) -> None:
    """Phase, weekly: clinics are held where there is time; elders who come, or have stopped coming, are asked."""
    if not (w.watch_balance.any() or w.clinics_balance.any()):
        return
    met = np.zeros((w.n, w.flats), dtype=bool)
    _hold_clinics(w, met)
    of = w.layout.up("flat", "community")
    lately = w.came & np.uint8(0b11)
    world, home = np.nonzero(w.elder & (lately > 0) & ~met & (w.watch_balance > 0)[:, of])
    there = lately[world, home] & np.uint8(1) > 0
    lot = elders.order(w, "watch.asked", world, home) >> 1
    turn = np.lexsort((np.where(there, lot | LATE, lot), world))
    world, home = world[turn], home[turn]
    minutes = np.rint(60 * w.at("asking_hours", world)).astype(np.int64)
    asked = hosting.spend(w, "watch", world, of[home], minutes)
    w.count("asked", world[asked])
    met[world[asked], home[asked]] = True
    visits.hear(w, met, "surfaced_asked")


def _hold_clinics(w: Worlds, met: Mask) -> None:
    """Hold a clinic wherever there is the time for one, and enter in `met` who comes."""
    world, community = np.nonzero(w.clinics_balance > 0)
    minutes = np.rint(60 * w.at("clinic_hours", world)).astype(np.int64)
    held = hosting.spend(w, "clinics", world, community, minutes)
    if not held.any():
        return
    w.count("clinics", world[held])
    here = np.zeros(w.clinics_balance.shape, dtype=bool)
    here[world[held], community[held]] = True
    world, home, _ = elders.of_communities(w, here)
    wants = elders.comes(w, world, home, "clinic", w.at("clinic_logit", world))
    world, home = world[wants], home[wants]
    w.count("clinic_guests", world)
    elders.note(w, world, home)
    met[world, home] = True


RULE = Rule(
    name="watch",
    places=("compound",),
    wakes=("host_watch", "host_clinics"),
    parameters=Parameters,
    flows={
        "asked": "elders asked at a shared place, or when they stayed away, what troubles them",
        "clinics": "clinics held",
        "clinic_guests": "elders who came to them",
        "surfaced_asked": "grievances not voiced that somebody asked about there",
    },
)
