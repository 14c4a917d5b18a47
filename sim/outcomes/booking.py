"""Two books of the same disputes: what happened at the table, and what the desk that is judged by it writes down.

Booking is a filter, not a policy: it is applied to what a run has left, and no case, person or day of the run knows
of it. The desk's rules: a dispute that ends elsewhere (given up, petition, court still out) is no mediation of its;
one not concluded is not counted until it is; and of those past their deadline some are closed on paper, as settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import DISPUTE, Stage
from sim.outcomes.recorded import Recorded
from sim.outcomes.spec import HIGHER, NEITHER, Floats, Ints, OutcomeSpec, over
from sim.parameters import parameter

PAPER = "books.paper"


@dataclass(frozen=True)
class Parameters:
    """What the books hide; it touches no world."""

    paper_closing: float = parameter(
        0.1,
        0.0,
        0.4,
        unit="probability",
        source="prior-press",
        doc="chance that a case past its deadline is closed on paper",
    )
    paper_deadline: int = parameter(
        30,
        7,
        90,
        unit="days",
        kind="set",
        tag="E",
        source="mediation-caps: what courts may take is taken for an office's own deadline",
        doc="days after opening from which on an open case counts against the desk",
    )


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
    """

    at_table: Ints
    settled: Ints
    paper: Ints
    booked: Ints
    booked_settled: Ints

    @property
    def true(self) -> Floats:
        """Settled in truth over all that came to a table; missing where none did."""
        return over(self.settled, self.at_table)

    @property
    def recorded(self) -> Floats:
        """The success rate in the desk's own books; missing where nothing was booked."""
        return over(self.booked_settled, self.booked)


def books(seen: Recorded, closing: float | Floats, deadline: int, first: int = 0) -> Books:
    """Keep both books of the disputes that runs have left, and change nothing in them.

    Args:
        seen: what the runs have left at the end of the span.
        closing: chance that a case past its deadline is closed on paper, a number or one a world.
        deadline: days after opening.
        first: first day of the span; disputes opened from then on count, if their deadline has passed by its end.
    """
    worlds, end = len(seen.seeds), len(seen.record)
    cases = _disputes(seen, first, end, deadline)
    world, stage = cases["world"], cases["stage"]
    settled = stage == Stage.SETTLED
    late = cases["closed"] - cases["opened"] > deadline
    key = noise.bits(seen.seeds[world], "case", cases["kind"], cases["bearer"], cases["ordinal"])
    share = np.broadcast_to(np.asarray(closing, dtype=np.float64), (worlds,))[world]
    paper = late & noise.chance(share, key, PAPER, 0)
    success = settled | paper

    def number(chosen: NDArray[np.bool_]) -> Ints:
        return np.bincount(world[chosen], minlength=worlds)

    return Books(
        at_table=np.bincount(world, minlength=worlds),
        settled=number(settled),
        paper=number(paper),
        booked=number(success | (stage == Stage.FAILED)),
        booked_settled=number(success),
    )


def _disputes(seen: Recorded, first: int, end: int, deadline: int) -> dict[str, NDArray[Any]]:
    """Return the disputes opened in the span whose deadline has passed and that have had a session, ended or not."""
    still = seen.cases["stage"] < Stage.SETTLED
    out: dict[str, NDArray[Any]] = {}
    for name in ("world", "kind", "bearer", "ordinal", "opened", "stage", "sessions"):
        out[name] = np.concatenate([seen.ended[name], seen.cases[name][still]]).astype(np.int64)
    out["closed"] = np.concatenate([seen.ended["closed"], np.full(int(still.sum()), end)]).astype(np.int64)
    here = DISPUTE[out["kind"]] & (out["sessions"] > 0)
    here &= (out["opened"] >= first) & (out["opened"] < end - deadline)
    return {name: values[here] for name, values in out.items()}


BOOKS: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "settled_at_table",
        "share",
        "disputes that came to a table and are past the desk's deadline, settled in truth by the end; missing "
        "without one",
        HIGHER,
        "settled at the table, in truth",
        "books",
    ),
    OutcomeSpec(
        "settled_in_books",
        "share",
        "the same disputes in the books of the desk that is judged by them: what was given up or taken elsewhere does "
        "not count, nor what is still open, and some of what is late is closed on paper; missing if nothing is booked",
        NEITHER,
        "settled, as recorded",
        "books",
    ),
)
"""True and recorded success, side by side."""


def counts(seen: Recorded) -> dict[str, Ints]:
    """Return both books of each world in integers, at default rules of booking."""
    rules = Parameters()
    kept = books(seen, rules.paper_closing, rules.paper_deadline)
    return {
        "at_table": kept.at_table,
        "at_table_settled": kept.settled,
        "booked": kept.booked,
        "booked_settled": kept.booked_settled,
        "booked_on_paper": kept.paper,
    }


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return true and recorded success of each world from its counts."""
    return {
        "settled_at_table": over(n["at_table_settled"], n["at_table"]),
        "settled_in_books": over(n["booked_settled"], n["booked"]),
    }
