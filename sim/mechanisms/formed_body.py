"""A body is formed where there is none; the party branch stays nominal.

Institutional grammar (ADICO): the sub-district [A] must [D] form a property management committee
物管会 [I] in a compound that has neither owners' committee nor management committee [C]; whether it
functions is as uncertain as for bodies found (page-D2, page-D13, committee-plan). 一肩挑
presupposes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms import Mechanism, Setting
from sim.parameters import parameter
from sim.rules import bodies

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """Where bodies are formed."""

    coverage: float = parameter(
        1.0,
        0.0,
        1.0,
        unit="share",
        kind="set",
        tag="E",
        source="design, committee-plan: all; a plan of 95% is known",
        doc="share of compounds in which a missing body is formed",
    )


class FormedBody(Mechanism):
    """See the module."""

    name = "formed_body"
    channels = ("formation",)
    Parameters = Parameters
    places = ("compound",)
    offers = ("body", "director_minutes")

    def reaches(self, w: Worlds, me: Setting) -> NDArray[np.bool_]:
        """Return which compounds would have a body formed if they had none."""
        return me.present & bodies.among(w, "formed_body.rank", me.coverage)

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer a management committee and its director's hours where no body was found."""
        me = me.over(w.layout.sizes["compound"])
        where = me.on("formation") & self.reaches(w, me) & (w.body_found == bodies.NONE)
        w.offer("body", bodies.MANAGEMENT, where)
        w.offer("director_minutes", bodies.director_minutes(w), where)
