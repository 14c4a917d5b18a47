"""Two books of the same disputes: what happened at the table, and what the desk that is judged by it writes down.

Booking is a filter, not a policy: it is applied to what a run has left, and no case, person or day of the run knows
of it. The desk's rules: a dispute that ends elsewhere (given up, petition, court still out) is no mediation of its;
one not concluded is not counted until it is; and of those past their deadline some are closed on paper, as settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import DISPUTE, Stage, State

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PAPER = "books.paper"


@dataclass(frozen=True)
class Books:
    """Disputes that have had a session, by world: counts, and the shares of success made of them.

    Attributes:
        at_table: disputes opened in the span, and past their deadline by its end, that came to a table (at least
            one session).
        settled: of those, settled in truth by the end.
        paper: of those, closed on paper.
        booked: recorded as concluded mediations.
        booked_settled: of those, recorded as settled.
        felt: grievances of such kinds felt since the worlds began.
        relieved: of those, settled.
    """

    at_table: Ints
    settled: Ints
    paper: Ints
    booked: Ints
    booked_settled: Ints
    felt: Ints
    relieved: Ints

    @property
    def true(self) -> Floats:
        """Settled in truth over all that came to a table."""
        return _over(self.settled, self.at_table)

    @property
    def recorded(self) -> Floats:
        """The success rate in the desk's own books."""
        return _over(self.booked_settled, self.booked)

    @property
    def of_felt(self) -> Floats:
        """Settled over all grievances of such kinds that were felt."""
        return _over(self.relieved, self.felt)


def _over(above: Ints, below: Ints) -> Floats:
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)


def books(w: Worlds, closing: float | Floats, deadline: int, first: int = 0) -> Books:
    """Keep both books of the disputes of worlds that have been lived, and change nothing in them.

    Args:
        w: the worlds at the end of the span.
        closing: chance that a case past its deadline is closed on paper, a number or one a world.
        deadline: days after opening.
        first: first day of the span; disputes opened from then on count, if their deadline has passed by now.
    """
    cases = _disputes(w, first, w.day - deadline)
    world, stage = cases["world"], cases["stage"]
    settled = stage == Stage.SETTLED
    late = np.where(stage < Stage.SETTLED, w.day, cases["closed"]) - cases["opened"] > deadline
    key = noise.bits(w.seeds[world], "case", cases["kind"], cases["bearer"], cases["ordinal"])
    share = np.broadcast_to(np.asarray(closing, dtype=np.float64), (w.n,))[world]
    paper = late & noise.chance(share, key, PAPER, 0)
    booked = settled | paper | (stage == Stage.FAILED)
    success = settled | paper
    tally = w.tally["grievances"][:, DISPUTE]

    def number(chosen: NDArray[np.bool_]) -> Ints:
        return np.bincount(world[chosen], minlength=w.n)

    return Books(
        at_table=number(np.ones(len(world), dtype=bool)),
        settled=number(settled),
        paper=number(paper),
        booked=number(booked),
        booked_settled=number(success),
        felt=tally.sum(axis=(1, 2)),
        relieved=tally[:, :, int(State.SETTLED)].sum(axis=1),
    )


def _disputes(w: Worlds, first: int, last: int) -> dict[str, NDArray[Any]]:
    """Return the disputes opened between these days, before the last, that have had a session, ended or not."""
    ended, c = w.ended.arrays(), w.cases
    still = c.stage < int(Stage.SETTLED)
    out: dict[str, NDArray[Any]] = {}
    for name in ("world", "kind", "bearer", "ordinal", "opened", "stage", "sessions"):
        out[name] = np.concatenate([ended[name], getattr(c, name)[still]]).astype(np.int64)
    out["closed"] = np.concatenate([ended["closed"], np.full(int(still.sum()), w.day)]).astype(np.int64)
    here = DISPUTE[out["kind"]] & (out["sessions"] > 0) & (out["opened"] >= first) & (out["opened"] < last)
    return {name: values[here] for name, values in out.items()}
