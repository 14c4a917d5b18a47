"""The time of a household-day: set-up, burn-in and run apart, by phase, and beside plain numpy.

``python -m benchmarks.engine '{"case": {...}, "plan": {...}}'`` measures one case in a fresh process
and prints JSON; `benchmarks.command` calls it so.
"""

from __future__ import annotations

import dataclasses
import functools
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import schedule, worlds
from sim.scenario import Scenario, parse
from sim.schedule import Phase
from sim.worlds import Recipe, Worlds

COMPOUND = 500
"""Households of a compound if a case does not say otherwise; all alike, so that the numbers are round."""

MERGED = ("formed_body", "yijiantiao")
"""The scenario that is measured."""

THIN = (
    "formed_body",
    "yijiantiao",
    "yijiantiao.channels=off",
    "yijiantiao.coordination=on",
    "yijiantiao.case_ledger=on",
)
"""The scenario that is measured in a thin compound: the two channels that its desks know."""

LITTLE = {
    **dict.fromkeys(("pipe_rate", "lighting_rate", "rubbish_rate", "pests_rate", "road_rate", "works_rate"), 0.0),
    **dict.fromkeys(("no_company", "fund_empty"), 1.0),
    **dict.fromkeys(("claim_rate", "warranty_years", "minor_cap", "public_income", "sues", "election_rate"), 0.0),
    **dict.fromkeys(("substitute", "own_inspection_hours", "own_talk_hours"), 0.0),
    **dict.fromkeys(("committee_share", "management_share", "elder_share"), 0.0),
}
"""Parameters of a thin compound: roofs leak and neighbours quarrel, and only owners pay.

There is no company to talk to or to owe fees to, no money but the owners', no warranty, no court, no election, no
body but those that the scenario forms, and nobody to be cared for. Zero is outside the ranges that an experiment
accepts; the engine does not mind.
"""

OUTSIDE = "record, and calling the phases"
"""What a day costs outside its phases."""


@dataclass(frozen=True)
class Case:
    """What is measured.

    Attributes:
        worlds: number of worlds stacked.
        compounds: compounds of each world.
        bar: the most that a household-day may cost, ns of processor time; None where none is set.
        thin: whether only roofs leak and only neighbours quarrel, see `LITTLE`; all phases are lived nevertheless.
        bytes: the most that a household may take, of what the process holds at its peak beside the code.
        compound: households of a compound.
    """

    worlds: int
    compounds: int
    bar: float | None = None
    thin: bool = False
    bytes: float | None = None
    compound: int = COMPOUND

    @property
    def households(self) -> int:
        """Return the households of one world."""
        return self.compounds * self.compound

    @property
    def name(self) -> str:
        """Return the case's name, worlds x households."""
        return f"{'thin-' * self.thin}{self.worlds}x{self.households}"

    @property
    def scenario(self) -> Scenario:
        """Return the scenario that is measured."""
        return parse("merged", THIN if self.thin else MERGED)

    def recipe(self, burn_in: int) -> Recipe:
        """Return what to found: parameters drawn from their priors, as in every experiment."""
        structure = dict(
            compounds=self.compounds, households=self.compound, size_spread=0.0, floors=6, compounds_per_community=3
        )
        fixed = LITTLE if self.thin else {}
        return Recipe("compound", structure, fixed, replications=tuple(range(self.worlds)), burn_in=burn_in)


CASES = {
    case.name: case
    for case in (
        Case(1, 2),
        Case(200, 2),
        Case(200, 6, bar=30.0, compound=300),
        Case(1, 200),
        Case(1, 2000, bar=16.0, bytes=500.0),
        Case(200, 2, bar=12.0, thin=True),
        Case(1, 2000, bar=8.0, thin=True),
    )
}


@dataclass(frozen=True)
class Plan:
    """How long is measured.

    Attributes:
        burn_in: days before the scenario begins.
        days: days of a chunk; whole weeks, because a week has costlier days.
        chunks: chunks in a row.
        repeats: times that the same days are lived again from the same snapshot.
    """

    burn_in: int = 728
    days: int = 14
    chunks: int = 13
    repeats: int = 3


QUICK = Plan(burn_in=182, days=14, chunks=3, repeats=2)


@dataclass(frozen=True)
class Reference:
    """Plain numpy on this machine, now.

    Attributes:
        pass_ns: subtracting one int64 column of a million rows from another, ns a row.
        gigabytes: a second, read and written while copying columns larger than the caches.
    """

    pass_ns: float
    gigabytes: float


def reference(rows: int = 1_000_000, copied: int = 16_000_000) -> Reference:
    """Time the reference loops, the fastest of many rounds.

    Args:
        rows: of the columns subtracted.
        copied: rows of the columns copied.
    """
    a, b, out = np.arange(rows), np.ones(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    one = min(_processor(lambda: np.subtract(a, b, out=out)) for _ in range(50))
    source, target = np.ones(copied, dtype=np.int64), np.empty(copied, dtype=np.int64)
    copy = min(_processor(lambda: np.copyto(target, source)) for _ in range(5))
    return Reference(pass_ns=one / rows, gigabytes=2 * source.nbytes / copy)


def _processor(action: Callable[[], object]) -> int:
    """Return the ns of processor time that an action takes."""
    start = time.process_time_ns()
    action()
    return max(time.process_time_ns() - start, 1)


@contextmanager
def phases_timed(spent: dict[str, int]) -> Iterator[None]:
    """Add the processor time of each phase to `spent`, in ns by the phase's name, while the context lasts."""

    def timed(phase: Phase) -> Phase:
        function, name = phase.function, phase.name

        @functools.wraps(function)
        def call(w: Worlds) -> None:
            start = time.process_time_ns()
            function(w)
            spent[name] += time.process_time_ns() - start

        return dataclasses.replace(phase, function=call)

    spent |= {phase.name: 0 for phase in schedule.SCHEDULE}
    usual = worlds.SCHEDULE  # type: ignore[attr-defined]  # the name under which the engine reads it
    worlds.SCHEDULE = tuple(map(timed, schedule.SCHEDULE))  # type: ignore[attr-defined]
    try:
        yield
    finally:
        worlds.SCHEDULE = usual  # type: ignore[attr-defined]


def live(w: Worlds, plan: Plan) -> list[tuple[int, int]]:
    """Live all chunks and return the ns of processor time and of wall clock of each."""
    spent = []
    for _ in range(plan.chunks):
        wall, processor = time.perf_counter_ns(), time.process_time_ns()
        w.run(w.day + plan.days)
        spent.append((time.process_time_ns() - processor, time.perf_counter_ns() - wall))
    return spent


def measure(case: Case, plan: Plan) -> dict[str, Any]:
    """Found, burn in and run a case, and return what each cost.

    Times of the burn-in and the run are in ns a household-day:

    - ``burn_in`` and ``burn_in_halves``: whether the cost of a day has settled by its end;
    - ``processor`` and ``wall``: all days of all repeats;
    - ``best``: every chunk at its fastest repeat, by processor time. Other load on the machine only
      ever adds, so this is the number to compare and the one held against the bar;
    - ``fastest_chunk``: the cheapest chunk; the year has quiet and busy weeks, so it is no average;
    - ``profile``: by phase, processor time, of one more run of the same days.
    """
    begun = reference()
    gc.collect()
    start = time.process_time_ns()
    before = Worlds(case.recipe(plan.burn_in))
    founded = time.process_time_ns()
    late = -plan.burn_in // 14 * 7  # the second half of the burn-in, from a week's first day
    before.run(late)
    half = time.process_time_ns()
    before.run(0)
    burnt = time.process_time_ns()
    scenarios = [case.scenario]
    everybody = case.worlds * case.households
    household_days = everybody * plan.days * plan.chunks

    repeats, stacked = [], []
    for _ in range(plan.repeats):
        again = time.process_time_ns()
        w = before.stack(scenarios)
        stacked.append(time.process_time_ns() - again)
        repeats.append(live(w, plan))
    spent = np.array(repeats)  # (repeats, chunks, processor or wall)
    profiled: dict[str, int] = {}
    w = before.stack(scenarios)
    with phases_timed(profiled):
        whole = sum(processor for processor, _ in live(w, plan))
    profiled[OUTSIDE] = whole - sum(profiled.values())

    ended = reference()
    pass_ns = min(begun.pass_ns, ended.pass_ns)
    best = float(spent[:, :, 0].min(axis=0).sum() / household_days)
    return {
        "setup_seconds": (founded - start) / 1e9,
        "stack_seconds": min(stacked) / 1e9,
        "burn_in": (burnt - founded) / (everybody * plan.burn_in),
        "burn_in_halves": [
            (half - founded) / (everybody * (late + plan.burn_in)),
            (burnt - half) / (everybody * -late),
        ],
        "processor": float(spent[:, :, 0].sum() / plan.repeats / household_days),
        "wall": float(spent[:, :, 1].sum() / plan.repeats / household_days),
        "best": best,
        "fastest_chunk": float(spent[:, :, 0].min() / (everybody * plan.days)),
        "passes": best / pass_ns,
        "pass_ns": pass_ns,
        "gigabytes": max(begun.gigabytes, ended.gigabytes),
        "profile": {name: ns / household_days for name, ns in profiled.items()},
        "rows": {name: getattr(w, name).n for name in worlds.TABLES},
    }


def asked(words: list[str]) -> tuple[Case, Plan]:
    """Read the one word that a measuring process is given."""
    given = json.loads(words[0])
    return Case(**given["case"]), Plan(**given["plan"])


if __name__ == "__main__":
    print(json.dumps(measure(*asked(sys.argv[1:]))))
