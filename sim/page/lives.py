"""What befell a household, or a case, in both twins, in words of both languages.

The sentences are those of `sim.report.biography`; here events are taken from the log of worlds that are being lived.
A household's life is told by the cases about what is its own, its building's and its compound's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.cases import SHARED, Activity, Desk, Kind
from sim.page.words import HERE, WHERE
from sim.report import biography
from sim.report.biography import Event
from sim.report.biography_labels import ON_DAY, ON_DAYS, PART, subject
from sim.report.labels import LANGUAGES, Text
from sim.rules import desks
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Key = tuple[int, int, int]
"""Kind, bearer and ordinal of a case: the same case in both twins has the same."""

MOST = 60
"""Cases of a household that are told, the latest."""


class Lives:
    """The cases of a pair of twins so far.

    Attributes:
        w: the worlds.
        events: for each world the events of every case that has any.
        opened: for each world the day on which every case known to its tables was opened.
    """

    def __init__(self, w: Worlds) -> None:
        self.w = w
        kinds = desks.kinds(w)
        numbers = rank_in_group(kinds)
        self._desks = [
            (Desk(kind).name.lower(), number) for kind, number in zip(kinds.tolist(), numbers.tolist(), strict=True)
        ]
        self.events: list[dict[Key, list[Event]]] = [{} for _ in range(w.n)]
        self.opened: list[dict[Key, int]] = [{} for _ in range(w.n)]
        log = w.log.arrays()
        rows = zip(*(log[name].tolist() for name in w.log.FIELDS), strict=True)
        for world, day, activity, kind, bearer, ordinal, desk in rows:
            name, number = self._desks[desk]
            event = Event(day, Activity(activity).name.lower().replace("_", " "), name, number)
            self.events[world].setdefault((kind, bearer, ordinal), []).append(event)
        for table in (w.ended, w.cases):
            fields = (table.world, table.kind, table.bearer, table.ordinal, table.opened)
            for world, kind, bearer, ordinal, day in zip(*(f.tolist() for f in fields), strict=True):
                self.opened[world].setdefault((kind, bearer, ordinal), day)

    def all_keys(self) -> list[Key]:
        """Return every case of which there is something to tell, in the order in which they were opened."""
        known = {key for events in self.events for key in events}
        known |= {key for n in range(self.w.n) for key, day in self.opened[n].items() if day >= 0}
        return sorted(known, key=lambda key: (self._first(key), key))

    def of_household(self, household: int) -> list[Key]:
        """Return the cases about what is a household's own, its building's or its compound's."""
        assets = set(self._assets(household).tolist())
        return [key for key in self.all_keys() if (key[1] in assets if SHARED[key[0]] else key[1] == household)][-MOST:]

    def _assets(self, household: int) -> Ints:
        """Return the things from which a household may suffer with others."""
        w, layout = self.w, self.w.layout
        if household < w.flats and ("asset", "compound") in layout.pairs:
            building = layout.up("household", "building")[household]
            compound = layout.up("household", "compound")[household]
            whose = layout.traits["asset_building"]
            near = layout.up("asset", "compound") == compound
            return np.flatnonzero(near & ((whose == building) | (whose == -1)))
        site = layout.traits["site"][household] if "site" in layout.traits else -1
        return np.array([site] if site >= 0 else [], dtype=np.int64)

    def _first(self, key: Key) -> int:
        days = [self.opened[n][key] for n in range(self.w.n) if key in self.opened[n]]
        days += [self.events[n][key][0].day for n in range(self.w.n) if key in self.events[n]]
        return min(days, default=0)

    def tell(self, key: Key) -> dict[str, Any]:
        """Return a case's life in both twins, in both languages.

        Returns:
            ``key``; ``what`` it is about and ``where``; the event with which the lives ``part`` if they do; for each
            twin a ``lane``: sentences with their days, none where no desk has had it.
        """
        kind = Kind(key[0]).name.lower()
        lives = [self.events[n].get(key, []) for n in range(self.w.n)]
        parts = biography.parting(lives[0], lives[-1])
        there = [key in self.opened[n] or bool(lives[n]) for n in range(self.w.n)]
        day = None
        if parts is not None:
            day = min(life[parts].day for life in lives if parts < len(life))
        return {
            "key": list(key),
            "what": both(Text(subject(kind, "en"), subject(kind, "zh"))),
            "where": self._where(key),
            "part": None if day is None else both(PART, day=day),
            "lanes": [self._lane(n, key, kind) if there[n] else [] for n in range(self.w.n)],
        }

    def _lane(self, n: int, key: Key, kind: str) -> list[dict[str, Any]]:
        """Return the sentences of one twin's life of a case."""
        events, opened = self.events[n].get(key, []), self.opened[n].get(key)
        said = [biography.tell(events, kind, self.w.day, language, opened) for language in LANGUAGES]
        out = []
        for one, other in zip(*said, strict=True):
            when = ON_DAY if one.day == one.last else ON_DAYS
            out.append(
                {
                    "day": one.day,
                    "when": both(when, day=one.day, last=one.last),
                    "text": {"en": one.text, "zh": other.text},
                }
            )
        return out

    def _where(self, key: Key) -> dict[str, str]:
        """Return whose it is."""
        layout, (kind, bearer, _) = self.w.layout, key
        if not SHARED[kind]:
            return both(WHERE["household"], n=bearer)
        if ("asset", "compound") in layout.pairs and kind != Kind.WAGES:
            building, compound = layout.traits["asset_building"][bearer], layout.up("asset", "compound")[bearer]
            if building >= 0:
                return both(WHERE["building"], n=int(building), of=int(compound))
            return both(WHERE["compound"], n=int(compound))
        return both(WHERE["site"], n=bearer)

    def household(self, household: int) -> dict[str, Any]:
        """Return what a household is, and its cases told, the latest first."""
        keys = self.of_household(household)
        return {
            "household": household,
            "title": both(HERE, n=household),
            "cases": [self.tell(key) for key in reversed(keys)],
        }


def both(text: Text, **values: object) -> dict[str, str]:
    """Return a text in both languages."""
    return {language: text(language, **values) for language in LANGUAGES}
