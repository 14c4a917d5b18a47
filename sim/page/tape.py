"""An event log that also says what is new since it was last asked, without going through all that it holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.tables import EventLog

Array = NDArray[Any]


class Tape(EventLog):
    """An event log that is played day by day."""

    def __init__(self, watched: NDArray[np.bool_]) -> None:
        super().__init__(watched)
        self._fresh = EventLog(watched)

    def write(
        self, day: int, activity: int, world: Array, kind: Array, bearer: Array, ordinal: Array, desk: Array
    ) -> None:
        """Add one event for each row."""
        super().write(day, activity, world, kind, bearer, ordinal, desk)
        self._fresh.write(day, activity, world, kind, bearer, ordinal, desk)

    def news(self) -> NDArray[np.int32]:
        """Return the events since this was last asked, shape ``(events, fields)``, fields as in `EventLog.FIELDS`."""
        arrays, self._fresh = self._fresh.arrays(), EventLog(self.watched)
        return np.stack([arrays[name] for name in self.FIELDS], axis=1)
