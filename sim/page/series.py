"""What is followed in time: a handful of numbers of both twins, every day.

Flows are added up from day 0 on. Where a place has no path to a number it is not a number, shown as n/a.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.books import FEN
from sim.cases import Stage
from sim.outcomes import villages
from sim.page import looks
from sim.report.labels import Text
from sim.rules.bases import SOURCES

if TYPE_CHECKING:
    from sim.worlds import Worlds

Floats = NDArray[np.float64]

MONTH = 28
"""Days over which hours are averaged."""


@dataclass(frozen=True)
class Line:
    """One number that is followed.

    Attributes:
        name: short.
        text: what it is called.
        unit: its unit.
        says: what it is, in a sentence.
        better: which way is better for the people who live there.
    """

    name: str
    text: Text
    unit: Text
    says: Text
    better: Literal["lower", "higher", "neither"]


LINES = (
    Line(
        "headline",
        Text("suffered today", "今日未解决的困扰"),
        Text("severity per 1,000 households", "严重程度／千户"),
        Text(
            "severity of all grievances still suffered, voiced or not", "所有仍未解决的烦心事的严重程度，无论是否说出口"
        ),
        "lower",
    ),
    Line(
        "settled",
        Text("cases settled so far", "至今解决的案件"),
        Text("share of those opened", "占立案比例"),
        Text("of the cases opened from day 0 on, those settled by today", "第 0 天以来立案的案件中，至今已解决的"),
        "higher",
    ),
    Line(
        "open",
        Text("open cases", "未了结案件"),
        Text("cases", "件"),
        Text("cases on the books of all desks today", "今日各处在册的案件"),
        "neither",
    ),
    Line(
        "petitions",
        Text("petitions and fights", "上访和冲突"),
        Text("per 1,000 households since day 0", "件／千户，自第 0 天起"),
        Text("grievances taken to a petition or a fight since day 0", "第 0 天以来上访或起冲突的烦心事"),
        "lower",
    ),
    Line(
        "fees",
        Text("fees collected", "物业费收缴率"),
        Text("share of what was billed", "占应收比例"),
        Text("property fees paid over those billed since day 0", "第 0 天以来实收物业费占应收的比例"),
        "higher",
    ),
    Line(
        "income",
        Text("collective income", "集体收入"),
        Text("yuan a village since day 0", "元／村，自第 0 天起"),
        Text(
            "earned by home villages' collectives since day 0, without grants, unpaid hours not deducted",
            "第 0 天以来本村集体的收入，不含补助，未扣除无偿工时",
        ),
        "higher",
    ),
    Line(
        "trust",
        Text("trust in desks", "对办事处的信任"),
        Text("0 to 1", "0 至 1"),
        Text("mean trust to be answered in time, of all who live there", "居民对各处按时答复的平均信任"),
        "higher",
    ),
    Line(
        "hours",
        Text("hours worked", "投入工时"),
        Text("hours a week per 1,000 households", "小时／周，每千户"),
        Text("worked at desks and on practices, mean of the last four weeks", "各处办事和各项做法的工时，近四周平均"),
        "neither",
    ),
)
"""What is followed, in the order of the page."""


class Series:
    """Follows two worlds from day 0 on."""

    def __init__(self, w: Worlds) -> None:
        self.w = w
        self.inhabited = np.logical_or.reduce([s.inhabited(w) for s in w.settlements])
        self.households = np.maximum(self.inhabited.sum(axis=1), 1)
        self.minutes: deque[Floats] = deque(maxlen=MONTH)
        self.sums = {name: np.zeros(w.n) for name in ("escalated", "fees_paid_fen", "fees_billed_fen", "income")}
        at = {name: number for number, name in enumerate(w.series)}
        self._at = {name: [at[name]] for name in self.sums if name in at}
        sources = [f"{source}_{home}_fen" for source in SOURCES for home in villages.HOMES]
        self._at["income"] = [at[name] for name in sources if name in at]
        self._minutes = [number for name, number in at.items() if name.startswith("minutes_")]
        self.homes = int((w.layout.traits["village_base"] >= 0).sum()) if "village_base" in w.layout.traits else 0

    def after(self) -> None:
        """Add up a day that has been lived."""
        today = self.w.record[-1]
        for name, columns in self._at.items():
            self.sums[name] += today[:, columns].sum(axis=1)
        self.minutes.append(today[:, self._minutes].sum(axis=1).astype(np.float64))

    def now(self, trusts: NDArray[np.uint8]) -> Floats:
        """Return every number of `LINES` of both worlds, shape ``(lines, worlds)``.

        Args:
            trusts: what `sim.page.looks.Looks.trusts` returned last.
        """
        w = self.w
        found = {
            "headline": w.stock["unresolved"] / self.households,
            "settled": self._settled(),
            "open": np.bincount(w.cases.world[w.cases.stage < int(Stage.SETTLED)], minlength=w.n),
            "petitions": 1000 * self.sums["escalated"] / self.households,
            "fees": _over(self.sums["fees_paid_fen"], self.sums["fees_billed_fen"]),
            "income": self.sums["income"] / FEN / self.homes if self.homes else np.full(w.n, np.nan),
            "trust": np.array([_mean(one) for one in trusts]),
            "hours": self._hours(),
        }
        return np.array([np.asarray(found[line.name], dtype=np.float64) for line in LINES])

    def _settled(self) -> Floats:
        """Return the share of cases opened from day 0 on that are settled; a request for help is a case too."""
        w, ended = self.w, self.w.ended
        mine = ended.opened >= 0
        settled = np.bincount(ended.world[mine & (ended.stage == int(Stage.SETTLED))], minlength=w.n)
        still = (w.cases.stage < int(Stage.SETTLED)) & (w.cases.opened >= 0)
        opened = np.bincount(ended.world[mine], minlength=w.n) + np.bincount(w.cases.world[still], minlength=w.n)
        return _over(settled, opened)

    def _hours(self) -> Floats:
        if not self.minutes:
            return np.full(self.w.n, np.nan)
        return 1000 * 7 / 60 * np.mean(self.minutes, axis=0) / self.households


def there(kinds: list[str]) -> list[str]:
    """Return the lines to which there is a path in a place of these kinds of settlement."""
    missing = {"fees"} if "compound" not in kinds else set()
    missing |= {"income"} if "village" not in kinds else set()
    return [line.name for line in LINES if line.name not in missing]


def _over(above: NDArray[np.number], below: NDArray[np.number]) -> Floats:
    out = np.full(len(above), np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out


def _mean(trusts: NDArray[np.uint8]) -> float:
    known = trusts[trusts != looks.NO_TRUST]
    return float(known.mean()) / looks.FULL_TRUST if len(known) else float("nan")
