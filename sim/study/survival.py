"""What became of those who were watched, on every day since they began, when some were not watched to their end.

A case that is still open when a run ends is *censored*: nothing is known but that it lasted longer. Dropping it
would flatter (only quick ends would be left) and so would counting it as any kind of end. Kaplan & Meier (1958,
J. Am. Stat. Assoc. 53:457) use it for as long as it was seen: the share that is left after day t is the product,
over days u <= t, of 1 - d(u) / n(u), with d(u) the ends on day u and n(u) those at risk on it, which are all that
were still seen on day u (counting processes: Andersen & Gill 1982, Ann. Stat. 10:1100).

Where there are several ends, one minus Kaplan-Meier for one of them, with the others taken as censored, overstates
it: it answers how many would end so if nothing else could happen. Aalen & Johansen (1978, Scand. J. Stat. 5:141)
give the share that does end so by day t: the sum, over days u <= t, of the share left before u times d_k(u) / n(u).
The shares of all ends and the share still open then add up to 1 on every day.

Durations are whole days from 0 on. Who is censored on a day was still seen on it, and so is at risk for the ends of
that day. Curves are arrays over the days 0, 1, ..., `last`; a day later than any that somebody was at risk on is
missing (NaN), unless everybody has ended before, and so is everything where there is nobody. Many groups (the runs
of an experiment) are handled at once. Nothing but + - * / in a fixed order, so a group's numbers are the same to the
last bit alone and beside others; `scipy.stats.ecdf`, with which tests compare, does one group of one end at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CENSORED = -1
"""The cause of what had not ended when it was last seen."""


@dataclass(frozen=True)
class Survival:
    """A Kaplan-Meier curve, or one for each group.

    Attributes:
        share: share that has not ended by the end of day t, shape ``(days,)`` or ``(groups, days)``.
        variance: Greenwood's (1926) variance of it, with every one who is watched a unit of its own; missing
            where nobody is left, as its formula is not defined there. The same shape.
        at_risk: how many were at risk on day t. The same shape.
        ends: how many ended on day t. The same shape.
    """

    share: Floats
    variance: Floats
    at_risk: Ints
    ends: Ints


@dataclass(frozen=True)
class Incidence:
    """Aalen-Johansen curves, or those of each group.

    Attributes:
        causes: the ends, in the order of the curves.
        incidence: share that has ended so by the end of day t, shape ``(causes, days)`` or ``(groups, causes, days)``.
        still_open: share that has not ended by the end of day t, shape ``(days,)`` or ``(groups, days)``: that of
            Kaplan and Meier for all ends together.
        at_risk: how many were at risk on day t, shaped like `still_open`.
    """

    causes: tuple[int, ...]
    incidence: Floats
    still_open: Floats
    at_risk: Ints

    @property
    def shares(self) -> Floats:
        """All shares, those of the ends and last the one still open, which add up to 1.

        Shape ``(causes + 1, days)`` or ``(groups, causes + 1, days)``.
        """
        return np.concatenate([self.incidence, self.still_open[..., None, :]], axis=-2)


def kaplan_meier(
    durations: ArrayLike,
    observed: ArrayLike,
    *,
    last: int | None = None,
    group: ArrayLike | None = None,
    groups: int | None = None,
) -> Survival:
    """Return the share that has not ended by each day (Kaplan & Meier 1958).

    Args:
        durations: whole days from the beginning to the end, or to when it was last seen, shape ``(n,)``.
        observed: whether the end was seen; otherwise it is censored. The same shape.
        last: the last day of the curve; by default the longest duration.
        group: number of the group of each; without it there is one group, and the curve has no axis for it.
        groups: how many groups, some of which may be empty; by default up to the highest number there is.

    Raises:
        ValueError: the durations are no whole days from 0 on, or the arrays differ in length.
    """
    observed = np.asarray(observed)
    if observed.size and observed.dtype != np.bool_:
        raise ValueError("say by true and false whether an end was observed")
    cause = np.where(observed.astype(bool), 0, CENSORED)
    ends, risk = _count(durations, cause, (0,), last, group, groups)
    died = ends[:, 0]
    share, seen = _left(died, risk)
    safe = np.maximum(risk * (risk - died), 1)
    greenwood = share**2 * np.cumsum(died / safe, axis=-1)
    variance = np.where(seen & (share > 0), greenwood, np.nan)
    share = np.where(seen, share, np.nan)
    squeeze = slice(None) if group is not None else 0
    return Survival(share[squeeze], variance[squeeze], risk[squeeze], died[squeeze])


def aalen_johansen(
    durations: ArrayLike,
    cause: ArrayLike,
    causes: Sequence[int],
    *,
    last: int | None = None,
    group: ArrayLike | None = None,
    groups: int | None = None,
) -> Incidence:
    """Return the share that has ended in each way by each day, and the share still open (Aalen & Johansen 1978).

    Args:
        durations: whole days from the beginning to the end, or to when it was last seen, shape ``(n,)``.
        cause: how it ended, one of `causes`, or `CENSORED` where it had not. The same shape.
        causes: the ends there can be, in the order of the result; one that never comes has the share 0.
        last: the last day of the curves; by default the longest duration.
        group: number of the group of each; without it there is one group, and the curves have no axis for it.
        groups: how many groups, some of which may be empty; by default up to the highest number there is.

    Raises:
        ValueError: the durations are no whole days from 0 on, the arrays differ in length, or an end is unknown.
    """
    ends, risk = _count(durations, cause, causes, last, group, groups)
    share, seen = _left(ends.sum(axis=1), risk)
    before = np.concatenate([np.ones((len(share), 1)), share[:, :-1]], axis=1)
    incidence = np.cumsum(before[:, None] * (ends / np.maximum(risk, 1)[:, None]), axis=-1)
    incidence = np.where(seen[:, None], incidence, np.nan)
    still_open = np.where(seen, share, np.nan)
    squeeze = slice(None) if group is not None else 0
    return Incidence(tuple(causes), incidence[squeeze], still_open[squeeze], risk[squeeze])


def averaged(curves: Floats) -> Floats:
    """Average curves over replications, each counting alike, leaving out those in which a day is missing.

    Args:
        curves: shape ``(replications, ...)``.

    Returns:
        The means, shape ``(...)``; missing where no replication has the day.
    """
    there = ~np.isnan(curves)
    number = there.sum(axis=0)
    total = np.where(there, curves, 0.0).sum(axis=0)
    mean = np.full(total.shape, np.nan)
    np.divide(total, number, out=mean, where=number > 0)
    return mean


def _left(died: Ints, risk: Ints) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the share left after each day, and whether that day's share is known.

    Args:
        died: ends of each day, shape ``(groups, days)``.
        risk: at risk on each day, likewise.
    """
    stay: Floats = 1.0 - died / np.maximum(risk, 1)
    share: Floats = np.cumprod(stay, axis=-1, dtype=np.float64)
    # With nobody at risk the product goes on as it was; that is known only if nobody is left.
    return share, (risk > 0) | ((share == 0) & (risk[:, :1] > 0))


def _count(
    durations: ArrayLike,
    cause: ArrayLike,
    causes: Sequence[int],
    last: int | None,
    group: ArrayLike | None,
    groups: int | None,
) -> tuple[Ints, Ints]:
    """Count who ended on each day, shape ``(groups, causes, days)``, and who was at risk, ``(groups, days)``."""
    if not causes:
        raise ValueError("name at least one cause")
    days, how = _whole("durations", durations), _whole("causes", cause)
    of = np.zeros(len(days), dtype=np.int64) if group is None else _whole("groups", group)
    if not len(days) == len(how) == len(of):
        raise ValueError(f"{len(days)} durations, {len(how)} causes and {len(of)} groups do not match")
    if (days < 0).any():
        raise ValueError(f"a duration is {days.min()} days; it cannot be below 0")
    if groups is None:
        groups = 1 if group is None else int(of.max(initial=-1)) + 1
    if len(of) and not (of.min() >= 0 and of.max() < groups):
        raise ValueError(f"a group is not among the {groups}")
    strange = ~np.isin(how, [*causes, CENSORED])
    if strange.any() or CENSORED in causes or len(set(causes)) < len(causes):
        raise ValueError(f"the causes {sorted({*how.tolist()})} are not among {list(causes)} and {CENSORED} (censored)")
    last = int(days.max(initial=0)) if last is None else last
    size = last + 2  # the last place is for all later days
    place = of * size + np.minimum(days, size - 1)
    gone = np.bincount(place, minlength=groups * size).reshape(groups, size)
    risk = np.cumsum(gone[:, ::-1], axis=1)[:, ::-1]
    ends = np.stack(
        [np.bincount(place[how == k], minlength=groups * size).reshape(groups, size) for k in causes], axis=1
    )
    return ends[:, :, :-1].astype(np.int64), risk[:, :-1].astype(np.int64)


def _whole(what: str, values: ArrayLike) -> Ints:
    """Return a row of whole numbers as such; anything else is a mistake."""
    array: NDArray[Any] = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{what} must be one row of numbers, not of shape {array.shape}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{what} must be whole numbers, not {array.dtype}")
    return array.astype(np.int64)
