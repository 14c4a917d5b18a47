"""Flat tables of what comes and goes, and the event log.

Households and institutions are columns; what comes and goes is rows. A `Table` is a set of equally
long arrays that grow by half and are compacted once in a while. A row number is only a place for
the time being: what a case *is* stands in its identity (world, kind, bearer, ordinal).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.space import where

Array = NDArray[Any]

GRIEVANCES = {
    "world": np.int64,
    "household": np.int64,
    "kind": np.int8,
    "bearer": np.int64,  # the asset that is defective, or the aggrieved household itself
    "other": np.int64,  # the other party's household, -1 for a defect
    "ordinal": np.int32,  # 16 x (the bearer's how-manieth) + times broken and reopened
    "key": np.uint64,  # names it in draws
    "severity": np.int32,  # thousandths
    "born": np.int32,
    "state": np.int8,
    "aching": np.bool_,  # still suffered: counts in the headline outcome
    "tries": np.int16,  # claiming decisions taken so far
    "claims": np.int16,  # times claimed so far
    "claimed": np.int32,  # day of the last claim
    "desk": np.int64,  # kind of desk it was claimed at
    "answered": np.bool_,  # the question "was I answered in time?" is closed
    "case": np.int64,
    "agreement": np.int64,  # row of the agreement that settled it, -1 before and for a defect
    "act": np.int32,  # next day on which its owner acts
    "fade": np.int32,
    "fadings": np.int16,  # times its fading has been drawn
    "escalate": np.int32,
    "patch": np.int32,  # first day on which its owner sees to it without any desk
}
"""Fields of the grievance table: one row a sufferer's grievance."""

CASES = {
    "world": np.int64,
    "kind": np.int8,
    "bearer": np.int64,
    "other": np.int64,
    "ordinal": np.int32,
    "key": np.uint64,  # names it in draws
    "settlement": np.int8,  # kind of settlement in which it arose, by its number in `Worlds.settlements`
    "compound": np.int64,  # row of the compound in which it arose
    "severity": np.int32,
    "urgency": np.int32,  # by which desks take up cases: severity, and a little more for who knows people
    "opened": np.int32,
    "precedence": np.int64,  # of these two: the smaller, the sooner desks take it up
    "stage": np.int8,
    "desk": np.int64,  # row of the desk that has it
    "organiser": np.int64,  # row of the desk that proposes the repair, -1 before
    "ready": np.int32,  # first day on which it may be taken up, or arrives, or is due
    "started": np.int32,  # day on which its present stage of signing or works began
    "handled": np.int32,  # last day on which a desk did something for it, -NEVER before
    "sessions": np.int16,  # sessions held, all levels
    "level_sessions": np.int16,  # sessions held at this desk
    "narrowed": np.float64,  # what the sessions held have left of the gap between the parties, 1 before any
    "sittings": np.int16,  # times laid before a principal
    "rounds": np.int16,  # signing rounds begun
    "handoffs": np.int16,
    "minutes": np.int32,  # what its next step takes at the desk that has it
    "drafted": np.bool_,  # a proposal has been worked out, re-tabling it is quick
    "price": np.float64,  # of mending a defect on its first day, yuan
    "minor": np.bool_,  # cheap enough for the company's duty to mend it itself
    "refused": np.bool_,  # the company, in loss, has refused its duty
    "cost": np.int64,  # of the repair as last asked for, fen
    "owed": np.int64,  # what company and public income leave of it to fund or owners, fen
    "from_company": np.int64,  # what the company, public income and the fund have put into escrow, fen
    "from_public": np.int64,
    "from_fund": np.int64,
    "from_owners": np.int64,  # what owners' shares have paid of it when the works began, fen
    "conceded": np.int64,  # what it costs the company that has conceded it in talks, fen
    "motion": np.int64,  # row of the motion before the owners, -1 = none
    "opener": np.int64,  # row of the grievance that opened it, -1 = nobody has claimed
    "visited": np.bool_,  # while a circuit holds a session where the parties live
    "joint": np.bool_,  # while a circuit holds one, all agencies on board
}
"""Fields of the case table: one row an open case."""

ENDED = {  # by far the longest of a long run; the numbers of no rows pass 2^31
    "world": np.int64,
    "kind": np.int8,
    "bearer": np.int32,
    "ordinal": np.int32,
    "opened": np.int32,
    "closed": np.int32,
    "stage": np.int8,
    "desk": np.int32,
    "sessions": np.int32,
    "settlement": np.int8,
    "compound": np.int32,
    "started": np.int32,  # day on which the works began, if a crew was needed
    "minor": np.bool_,
    "cost": np.int64,  # of a dear repair, and who paid it, fen; what nobody paid the developer did, or nobody yet
    "from_company": np.int64,
    "from_public": np.int64,
    "from_fund": np.int64,
    "from_owners": np.int64,
    "conceded": np.int64,
}
"""Fields of the table of ended cases, from which durations and shares are computed, and who paid for repairs."""

MOTIONS = {
    "world": np.int64,
    "kind": np.int8,  # see `sim.rules.motions`
    "compound": np.int64,
    "case": np.int64,  # row of the case it is about, -1 = none
    "key": np.uint64,  # names it in draws
    "organiser": np.int64,  # row of the desk that puts it to the owners
    "opened": np.int32,
    "until": np.int32,  # first day on which it is too late
    "share": np.int64,  # what agreeing costs each owner, fen; 0 for a ballot
    "asked": np.int32,  # owners in scope
    "area": np.int64,  # their area, hundredths of a square metre
    "heads_in": np.int32,  # owners who have taken part
    "area_in": np.int64,
    "heads_yes": np.int32,  # owners who have agreed
    "area_yes": np.int64,
    "passed": np.int32,  # doors passed, over and over
    "first": np.int64,  # row of its first owner in the table of owners asked
    "open": np.bool_,
    "stirred": np.bool_,  # put, or somebody has taken part, since it was last counted
}
"""Fields of the table of motions: one row a matter that is before the owners."""

ASKED = {  # by far the most rows; the numbers of none of these pass 2^31
    "world": np.int32,
    "motion": np.int32,
    "owner": np.int32,  # the flat whose owner is asked
    "need": np.float64,  # share of owners that must have agreed before this one does
    "yes": np.bool_,  # how the owner votes, if at all
    "day": np.int32,  # on which the owner next thinks about it, NEVER = not any more
    "done": np.bool_,
}
"""Fields of the table of owners asked: one row an owner and motion, a motion's rows one after another."""

AGREEMENTS = {
    "world": np.int64,
    "kind": np.int8,
    "bearer": np.int64,
    "ordinal": np.int32,
    "settled": np.int32,
    "broken": np.int32,  # day on which it was broken, `NEVER` as long as it holds
}
"""Fields of the table of agreements between parties: its grievance is let go of while it may still be broken."""

CALLS = {
    "world": np.int64,
    "case": np.int64,
    "desk": np.int64,  # row of the desk to which it is to be passed on
}
"""Fields of the table of calls that wait at the hotline: one row a call, in the order in which they came in."""

PAID_WITHIN = (30, 90, 365)
"""Days from when wages came to be owed within which it is added up what has been paid."""

SPELLS = {
    "world": np.int64,
    "bearer": np.int64,  # the work site
    "day": np.int32,  # on which its crew came to be owed wages
    "fen": np.int64,  # how much
    **{f"paid_{days}": np.int64 for days in PAID_WITHIN},  # fen paid of it within so many days
}
"""Fields of the table of spells in which crews are owed wages: one row a spell, never let go of."""

AGENDA = {
    "world": np.int64,
    "clock": np.int8,
    "row": np.int64,
    "day": np.int32,
    "stamp": np.int32,  # which event of the bearer it is about
}
"""Fields of the agenda: clocks known to fire later this week, and works whose end is known."""


AT_FIRST: dict[str, dict[str, float]] = {
    "grievances": {
        **dict.fromkeys(("state", "tries", "claims", "claimed", "answered"), 0),
        **dict.fromkeys(("aching", "fadings"), 1),
        **dict.fromkeys(("desk", "case", "agreement"), -1),
    },
    "cases": {
        **dict.fromkeys(("started", "sessions", "level_sessions", "sittings", "rounds", "handoffs", "minutes"), 0),
        **dict.fromkeys(("drafted", "refused", "price", "minor", "cost", "owed", "conceded", "visited", "joint"), 0),
        **dict.fromkeys(("from_company", "from_public", "from_fund", "from_owners"), 0),
        **dict.fromkeys(("organiser", "motion"), -1),
        "narrowed": 1,
    },
    "motions": {
        **dict.fromkeys(("heads_in", "area_in", "heads_yes", "area_yes", "passed"), 0),
        **dict.fromkeys(("open", "stirred"), 1),
    },
    "asked": {"need": 0, "done": 0, "yes": 1},
}
"""What fields hold in a new row if nothing is said; so it stands in them already beyond the last row of a table."""


class Table:
    """Equally long growing arrays; a field is read as ``table.FIELD``, a view of the live rows.

    The order of rows is the order of appending, also after compaction; restricted to one world it
    is therefore the same whether that world is computed alone or in a crowd. Views are renewed by
    `append` and `keep`: do not hold one across them.
    """

    def __init__(self, name: str, fields: Mapping[str, type], points_to: Mapping[str, str] | None = None) -> None:
        """Make an empty table.

        Args:
            name: what its rows are.
            fields: field name to numpy type.
            points_to: field name to the name of the table whose row numbers it holds (-1 = none).
        """
        self.name = name
        self.fields = dict(fields)
        self.points_to = dict(points_to or {})
        self.at_first = AT_FIRST.get(name, {})
        self._locked = False
        self._complete: set[tuple[str, ...]] = set()
        self._data: dict[str, Array] = {f: np.full(64, self.at_first.get(f, 0), dtype=t) for f, t in fields.items()}
        self._resize(0)

    def _resize(self, n: int) -> None:
        """Set the number of live rows and renew the views of the fields (attributes: they are read all the time)."""
        self.n = n
        self.__dict__.update(zip(self._data, map(itemgetter(slice(n)), self._data.values()), strict=True))

    if TYPE_CHECKING:
        # Fields are ordinary attributes; this is for types alone, see `sim.worlds.Worlds`.
        def __getattr__(self, field: str) -> Array: ...

    def lock(self) -> None:
        """Refuse to add or drop rows from now on."""
        self._locked = True

    def unlock(self) -> None:
        """Allow it again."""
        self._locked = False

    def _may_change(self) -> None:
        """Say so if a mechanism tries to change what is not its own."""
        if self._locked:
            raise TypeError(f"the table {self.name} is read-only for a mechanism")

    def __len__(self) -> int:
        """Return the number of live rows."""
        return self.n

    def append(self, **values: Any) -> NDArray[np.int64]:
        """Add rows and return their numbers; scalars are repeated, ``world`` is an array.

        All fields must be given but those of which it is known what they hold at first, and these need not.
        """
        self._may_change()
        given = tuple(values)
        if given not in self._complete:
            differ = values.keys() ^ self.fields.keys()
            if not differ <= self.at_first.keys():
                raise TypeError(f"{self.name}: fields differ: {sorted(differ - self.at_first.keys())}")
            self._complete.add(given)
        start, stop = self.n, self.n + len(values["world"])
        capacity = len(self._data["world"])
        if stop > capacity:
            capacity = max(stop, capacity + capacity // 2)
            for field, old in self._data.items():
                grown = np.zeros(capacity, dtype=old.dtype)  # spare rows of 0 take no memory until they are written
                grown[:start] = old[:start]
                if at_first := self.at_first.get(field):
                    grown[start:] = at_first
                self._data[field] = grown
        data, new = self._data, slice(start, stop)
        for field, value in values.items():
            data[field][new] = value
        self._resize(stop)
        return np.arange(start, stop)

    def keep(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Drop the rows outside the mask, in order; return old row number to new one (-1 = dropped)."""
        self._may_change()
        kept = where(mask)
        moved = np.full(self.n + 1, -1, dtype=np.int64)  # the last entry serves the pointer -1
        moved[kept] = np.arange(len(kept))
        for field, data in self._data.items():
            data[: len(kept)] = data.take(kept)  # quicker than by index, here where the lists are long
            if field in self.at_first:
                data[len(kept) : self.n] = self.at_first[field]
        self._resize(len(kept))
        return moved

    def repoint(self, field: str, moved: NDArray[np.int64]) -> None:
        """Follow the move of the rows that a field points to."""
        view = self._data[field][: self.n]
        view[:] = moved.take(view)

    def stacked(self, copies: int, worlds: int, sizes: Mapping[str, int]) -> Table:
        """Return the rows repeated for `copies` copies of all `worlds` worlds, copy by copy.

        Args:
            copies: how many.
            worlds: the number of worlds now; copy ``c`` of world ``k`` becomes world ``c * worlds + k``.
            sizes: number of rows of each table, to move pointers along.
        """
        out = Table(self.name, self.fields, self.points_to)
        if self.n == 0:
            return out
        out._data = {f: np.tile(d[: self.n], copies) for f, d in self._data.items()}
        copy = np.repeat(np.arange(copies), self.n)
        out._data["world"] += copy * worlds
        for field, target in self.points_to.items():
            pointer = out._data[field]
            pointer += np.where(pointer >= 0, copy * sizes[target], 0)
        out._resize(self.n * copies)
        return out

    def arrays(self) -> dict[str, Array]:
        """Return copies of all live fields."""
        return {f: d[: self.n].copy() for f, d in self._data.items()}


class ClosedTable:
    """A table as mechanisms see it: its fields are closed views, made when they are asked for."""

    def __init__(self, table: Table) -> None:
        """Show a table."""
        self._table = table

    def __len__(self) -> int:
        """Return the number of live rows."""
        return self._table.n

    def __getattr__(self, name: str) -> Any:
        """Return what the table has under a name."""
        value = getattr(self._table, name)
        return closed_view(value) if isinstance(value, np.ndarray) else value


def closed_view(array: Array) -> Array:
    """Return an array as it is from time to time, to be looked at only."""
    view = array.view()
    view.setflags(write=False)
    return view


def let_write(arrays: Iterable[Array], may: bool) -> None:
    """Open arrays to changes, or close them: there are hundreds, so it is done in one sweep."""
    deque(map(np.ndarray.setflags, arrays, repeat(may)), maxlen=0)  # type: ignore[arg-type]  # by position: quicker


class EventLog:
    """What happened to cases, as integers, for the worlds that are watched.

    One row an event: world, day, activity, kind, bearer, ordinal, desk, in the order in which
    things happened (the row number is the sequence number).
    """

    FIELDS = ("world", "day", "activity", "kind", "bearer", "ordinal", "desk")

    def __init__(self, watched: NDArray[np.bool_]) -> None:
        """Watch the worlds of the mask, shape ``(worlds,)``."""
        self.watched = watched
        self.watching = bool(watched.any())
        self._chunks: list[tuple[Any, ...]] = []

    def write(
        self, day: int, activity: int, world: Array, kind: Array, bearer: Array, ordinal: Array, desk: Array
    ) -> None:
        """Add one event for each row; the caller leaves out worlds that are not watched."""
        self._chunks.append((world, day, int(activity), kind, bearer, ordinal, desk))  # put together when asked for

    def arrays(self) -> dict[str, Array]:
        """Return all events so far, one int32 array a field."""
        sizes = [len(chunk[0]) for chunk in self._chunks]
        out = {}
        for number, field in enumerate(self.FIELDS):
            values = [chunk[number] for chunk in self._chunks]
            if not sizes:
                out[field] = np.zeros(0, dtype=np.int32)
            elif field in ("day", "activity"):  # one for all rows of a chunk
                out[field] = np.repeat(np.array(values, dtype=np.int32), sizes)
            else:
                out[field] = np.concatenate(values, dtype=np.int32, casting="unsafe")
        return out


TABLES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "grievances": (GRIEVANCES, {"case": "cases", "agreement": "agreements"}),
    "cases": (CASES, {"motion": "motions", "opener": "grievances"}),
    "motions": (MOTIONS, {"case": "cases", "first": "asked"}),
    "asked": (ASKED, {"motion": "motions"}),
    "calls": (CALLS, {"case": "cases"}),
    "ended": (ENDED, {}),
    "agreements": (AGREEMENTS, {}),
    "spells": (SPELLS, {}),
    "agenda": (AGENDA, {}),
}
"""Table name to (fields, fields that point to rows of other tables)."""
