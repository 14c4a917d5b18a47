"""What a press case is measured by: numbers of each world, of the same kind as those that the page reports.

Where a thing has not come about by the end of the run its time is infinite, not missing: leaving it out would flatter.
Missing (not a number) is only what has no meaning in a world, as what was at stake in talks that nobody held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.books import FEN
from sim.cases import DEFECT, Activity, Kind, Stage
from sim.rules import projects
from sim.study.press import context
from sim.study.press.measure import Measure

if TYPE_CHECKING:
    from sim.study.compounds import Columns
    from sim.study.press.cases import Case
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365
NEVER = np.inf
CLAIMS_DAYS = 30


@dataclass
class Seen:
    """What was seen of the worlds of a case, all scenarios stacked.

    Attributes:
        w: the worlds at the end.
        case: the case.
        table: outcomes by compound from day 0 on, see `sim.study.compounds`.
        covered: compounds under the arrangement, in every scenario the same, shape ``(worlds, compounds)``.
        talks: what was at stake when talks with the company first ended on or after the case's day, each of shape
            ``(worlds, compounds)``: ``relation`` (V, yuan), ``shift`` (dP); not a number where none ended.
    """

    w: Worlds
    case: Case
    table: Columns
    covered: NDArray[np.bool_]
    talks: dict[str, Floats] = field(default_factory=dict)

    @cached_property
    def ended(self) -> dict[str, NDArray[np.int64]]:
        """Return the first settled case of each broken asset from the case's day on, one row a world and asset."""
        e = self.w.ended.arrays()
        broken = context.broken(self.w, self.case)
        since = max(self.case.says("day"), 0)
        defect = DEFECT[e["kind"]]
        rows = np.flatnonzero(defect & (e["stage"] == Stage.SETTLED) & (e["closed"] >= since))
        rows = rows[np.isin(e["bearer"][rows], broken)]
        place = e["world"][rows] * self.w.layout.sizes["asset"] + e["bearer"][rows]
        _, first = np.unique(place, return_index=True)
        return {name: values[rows[first]].astype(np.int64) for name, values in e.items()}

    @cached_property
    def consent_from(self) -> Ints:
        """Return the day on which owners were last asked to sign for each of `ended`, at least 0; -1 = never."""
        log, e = self.w.log.arrays(), self.ended
        signing = log["activity"] == int(Activity.SIGNING)
        asked = {
            (world, bearer, ordinal): day
            for world, bearer, ordinal, day in zip(
                *(log[name][signing].tolist() for name in ("world", "bearer", "ordinal", "day")), strict=True
            )
        }
        shared = e["from_owners"] > 0
        names = zip(e["world"].tolist(), e["bearer"].tolist(), e["ordinal"].tolist(), strict=True)
        days = np.array([asked.get(name, 0) for name in names], dtype=np.int64)
        return np.where(shared, days, -1)

    def add(self, chosen: NDArray[np.bool_], amount: Ints | None = None) -> Floats:
        """Count the chosen of `ended` in each world, or add up an amount of theirs."""
        out = np.zeros(self.w.n)
        np.add.at(out, self.ended["world"][chosen], 1 if amount is None else amount[chosen])
        return out

    def mean_covered(self, column: str) -> Floats:
        """Return a column of the table for the mean compound under the arrangement."""
        number = self.covered.sum(axis=1)
        total = np.where(self.covered, self.table[column], 0).sum(axis=1)
        return np.divide(total, number, out=np.full(self.w.n, np.nan), where=number > 0)


def _shared(seen: Seen) -> NDArray[np.bool_]:
    """Return which of `ended` were paid for by owners' shares."""
    return seen.ended["from_owners"] > 0


def _all_shared(seen: Seen, values: Ints, largest: bool = True) -> Floats:
    """Return the largest (or smallest) value over the broken roofs; infinite if not all were mended by shares."""
    shared = _shared(seen)
    out = np.full(seen.w.n, -np.inf if largest else np.inf)
    (np.maximum if largest else np.minimum).at(out, seen.ended["world"][shared], values[shared])
    return np.where(seen.add(shared) == seen.case.says("leaking_roofs"), out, NEVER)


def _consent(seen: Seen) -> Floats:
    """Return the days from the first round of signing that succeeded to the last works begun."""
    return _all_shared(seen, seen.ended["started"]) - _begun(seen)


def _works(seen: Seen) -> Floats:
    """Return the days of works at the slowest of the roofs."""
    return _all_shared(seen, seen.ended["closed"] - seen.ended["started"])


def _consent_one(seen: Seen) -> Floats:
    """Return the days from asking to works begun at the quickest roof that owners' shares have mended."""
    shared = _shared(seen)
    out = np.full(seen.w.n, NEVER)
    days = seen.ended["started"] - seen.consent_from
    np.minimum.at(out, seen.ended["world"][shared], days[shared].astype(np.float64))
    return out


def _span(seen: Seen) -> Floats:
    """Return the days from the first signing to the last roof mended."""
    return _all_shared(seen, seen.ended["closed"]) - _begun(seen)


def _begun(seen: Seen) -> Floats:
    begun = _all_shared(seen, seen.consent_from, largest=False)
    return np.where(np.isfinite(begun), begun, 0.0)


def _yuan(name: str) -> Callable[[Seen], Floats]:
    """Return what a payer paid for the broken roofs that were mended, yuan."""
    return lambda seen: seen.add(np.ones(len(seen.ended["world"]), dtype=bool), seen.ended[name]) / FEN


def _market(seen: Seen) -> Floats:
    """Return what the roofs conceded would have cost the owners, yuan."""
    e = seen.ended
    price = np.rint(e["conceded"] / seen.w.at("own_cost", e["world"])).astype(np.int64)
    return seen.add(e["conceded"] > 0, price) / FEN


def _developer(seen: Seen) -> Floats:
    e = seen.ended
    nobody = (e["from_company"] + e["from_public"] + e["from_fund"] + e["from_owners"] + e["conceded"]) == 0
    return seen.add(nobody & (e["minor"] == 0), e["cost"]) / FEN


def _recouped(seen: Seen) -> Floats:
    """Return what companies took back out of public income from the case's day on, yuan."""
    return _since(seen, "recouped_fen")


def _since(seen: Seen, flow: str) -> Floats:
    """Return what has flowed in each world from the case's day on, yuan."""
    since = max(seen.case.says("day"), 0)
    yuan: Floats = seen.w.record[since:, :, seen.w.series.index(flow)].sum(axis=0) / FEN
    return yuan


def _stake(seen: Seen) -> Floats:
    return (seen.talks["relation"] * seen.talks["shift"])[:, 0]


def _rid(seen: Seen) -> Floats:
    """Return the days from the outbreak until the pests are gone."""
    out = np.full(seen.w.n, NEVER)
    pests = seen.ended["kind"] == Kind.PESTS
    out[seen.ended["world"][pests]] = seen.ended["closed"][pests] - seen.case.says("day")
    return out


def _upgrade(seen: Seen) -> Floats:
    first = np.zeros(seen.w.n, dtype=np.int64)
    yuan: Floats = projects.extra(seen.w, np.arange(seen.w.n), first) / FEN
    return yuan


def _room(seen: Seen) -> Floats:
    asked = seen.w.project_answer[:, 0] != projects.OPEN
    return np.where(asked, seen.w.project_room[:, 0] / FEN, np.nan)


def _road(seen: Seen) -> Floats:
    """Return the days from the case's day until road and gate are whole."""
    out = np.full(seen.w.n, NEVER)
    road = seen.ended["kind"] == Kind.ROAD
    out[seen.ended["world"][road]] = seen.ended["closed"][road] - seen.case.says("day")
    return out


def _claims(seen: Seen) -> Floats:
    """Count the claims, first and joined, about what broke within `CLAIMS_DAYS` of the case's day."""
    log, since = seen.w.log.arrays(), max(seen.case.says("day"), 0)
    claimed = np.isin(log["activity"], [int(Activity.OPENED), int(Activity.JOINED)]) & DEFECT[log["kind"]]
    claimed &= np.isin(log["bearer"], context.broken(seen.w, seen.case))
    claimed &= (log["day"] >= since) & (log["day"] < since + CLAIMS_DAYS)
    return np.bincount(log["world"][claimed], minlength=seen.w.n).astype(np.float64)


MEASURES: dict[str, Measure] = {
    "problems": Measure(
        "per compound-year",
        "stubborn problems (a shared defect open for 30 days, or too dear for the company's duty) solved in a year in "
        "the mean compound under the arrangement",
        True,
        lambda seen: seen.mean_covered("stubborn"),
    ),
    "problems_dear": Measure(
        "per compound-year", "of those, the dear ones", True, lambda seen: seen.mean_covered("stubborn_dear")
    ),
    "problems_left": Measure(
        "per compound",
        "stubborn problems not solved when the year ends",
        False,
        lambda seen: seen.mean_covered("stubborn_left"),
    ),
    "cases_settled": Measure(
        "per compound-year",
        "all cases settled, which is not what the page counts",
        True,
        lambda seen: seen.mean_covered("settled"),
    ),
    "roofs_conceded": Measure(
        "roofs",
        "of the leaking roofs, those that the company mended free of charge after talks",
        True,
        lambda seen: seen.add(seen.ended["conceded"] > 0),
    ),
    "yuan_conceded": Measure("yuan", "what they would have cost at the market price", True, _market),
    "stake": Measure(
        "yuan",
        "V x dP when talks first ended: the most that the company would give rather than refuse; missing without talks",
        True,
        _stake,
    ),
    "relation": Measure(
        "yuan", "V: what the relation was worth to it then", True, lambda seen: seen.talks["relation"][:, 0]
    ),
    "shift": Measure(
        "probability",
        "dP: by how much refusing would lower its chance to stay",
        True,
        lambda seen: seen.talks["shift"][:, 0],
    ),
    "roofs_mended": Measure(
        "roofs",
        "of the leaking roofs, those mended by the end of the run, whoever paid",
        True,
        lambda seen: seen.add(np.ones(len(seen.ended["world"]), dtype=bool)),
    ),
    "paid_conceding": Measure("yuan", "paid for them by the company that conceded them", True, _yuan("conceded")),
    "paid_company": Measure("yuan", "paid for them by the company's duty", True, _yuan("from_company")),
    "paid_public": Measure("yuan", "paid for them out of public income", False, _yuan("from_public")),
    "paid_fund": Measure("yuan", "paid for them by the maintenance fund", False, _yuan("from_fund")),
    "paid_owners": Measure("yuan", "paid for them by owners' shares", False, _yuan("from_owners")),
    "paid_developer": Measure("yuan", "paid for them by the developer's warranty", True, _developer),
    "patched": Measure(
        "yuan",
        "paid by owners who had any roof above their own flat made tight, the leaking ones or others",
        False,
        lambda seen: _since(seen, "patch_fen"),
    ),
    "recouped": Measure("yuan", "taken back later out of public income", False, _recouped),
    "roofs_shared": Measure(
        "roofs",
        "of the leaking roofs, those mended with owners' shares",
        True,
        lambda seen: seen.add(_shared(seen)),
    ),
    "consent_one": Measure("days", "from asking to works begun at the quickest roof", False, _consent_one),
    "consent_days": Measure("days", "from the first round of signing to the last works begun", False, _consent),
    "works_days": Measure("days", "of works at the slowest of the roofs, an assumption", False, _works),
    "span_days": Measure("days", "from the first round of signing to the last roof mended", False, _span),
    "roofs_in_15": Measure(
        "roofs",
        "the most roofs whose works ended within any 15 days, whoever paid",
        True,
        lambda seen: seen.table["roofs_in_15"][:, 0].astype(np.float64),
    ),
    "pests_gone": Measure(
        "share", "pests gone by the end of the run", True, lambda seen: np.isfinite(_rid(seen)).astype(np.float64)
    ),
    "pests_days": Measure("days", "from the outbreak until the pests are gone", False, _rid),
    "upgraded": Measure(
        "share",
        "the contractor has agreed to a better road and gate",
        True,
        lambda seen: (seen.w.project_answer[:, 0] == projects.ACCEPTED).astype(np.float64),
    ),
    "upgrade_yuan": Measure("yuan", "what that costs more than what was ordered", False, _upgrade),
    "upgrade_room": Measure(
        "yuan", "most that the contractor would have borne when asked; missing if nobody asked", True, _room
    ),
    "upgrade_paid": Measure(
        "yuan", "paid for it by the project's public account", True, lambda seen: seen.w.project_paid[:, 0] / FEN
    ),
    "road_days": Measure("days", "until road and gate are whole", False, _road),
    "claims": Measure(
        "claims",
        "claims about what broke, first and joined, within 30 days",
        True,
        _claims,
    ),
}
"""Every measure of compounds by name."""
