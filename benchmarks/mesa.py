"""The engine beside plain Mesa: the object model of ``tests/oracle``, which does the same, day by day.

``python -m benchmarks.mesa '{"side": "engine", ...}'`` lives some worlds of one side in a fresh process and prints
JSON; `benchmarks.command` calls it so, one after the other for one world, and two at a time for replications.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.engine import COMPOUND, MERGED, Case
from sim.environment import ROOT
from sim.scenario import parse
from sim.worlds import Worlds

SIDES = ("engine", "mesa")

PROCESSES = 2
"""At a time, for replications."""

BARS = {"one": 1.0, "many": 30.0, "100000": 45.0, "1000000": 140.0}
"""How many times as long Mesa takes at least: one world of 1,000 households, replications of it (by processor time),
and single worlds of so many, of which 30 and 60 were asked for."""


@dataclass(frozen=True)
class Plan:
    """What is compared.

    Attributes:
        burn_in: days before the scenario begins, in whole weeks; both live them, they are not measured.
        days: days that are measured.
        replications: of the engine's side, on all processes together.
        of_mesa: replications of Mesa's side on each process; more would only repeat the same, so it is scaled.
        repeats: times that one world, and replications, are lived by either side.
        large: households of single large worlds.
        large_burn_in: days before these are measured, in whole weeks.
        large_days: days of them that are measured, in whole weeks.
        most_of_mesa: households of the largest world that Mesa lives; beyond, what it would take is reckoned from that
            one, every household costing the same, which is kind to it.
    """

    burn_in: int = 364
    days: int = 182
    replications: int = 200
    of_mesa: int = 2
    repeats: int = 3
    large: tuple[int, ...] = (100_000, 1_000_000)
    large_burn_in: int = 182
    large_days: int = 28
    most_of_mesa: int = 100_000


QUICK = Plan(
    burn_in=28,
    days=28,
    replications=20,
    of_mesa=1,
    repeats=1,
    large=(2_000, 4_000),
    large_burn_in=28,
    most_of_mesa=2_000,
)


@dataclass(frozen=True)
class Order:
    """What one process lives.

    Attributes:
        side: one of `SIDES`.
        worlds: replications.
        burn_in: days before the scenario begins.
        days: days that are measured.
        households: of each world, in compounds of 500.
    """

    side: str
    worlds: int
    burn_in: int
    days: int
    households: int = 1_000


def live(order: Order) -> dict[str, float]:
    """Live the worlds of one side, and return the seconds of its measured days."""
    recipe = Case(order.worlds, order.households // COMPOUND).recipe(order.burn_in)
    if order.side == "engine":
        before = Worlds(recipe)
        before.run(0)
        w = before.stack([parse("merged", MERGED)])
        processor, wall = time.process_time(), time.perf_counter()
        w.run(order.days)
    else:
        from tests.oracle.world import OracleModel  # only here: the engine's side does without it

        models = [OracleModel(recipe, replication, MERGED) for replication in recipe.replications]
        for model in models:
            while model.day < 0:
                model.step()
            model.begin()
        processor, wall = time.process_time(), time.perf_counter()
        for model in models:
            for _ in range(order.days):
                model.step()
    return {"processor": time.process_time() - processor, "wall": time.perf_counter() - wall}


def measure(plan: Plan) -> dict[str, Any]:
    """Let both sides live the same and return the seconds of each and how many times as long Mesa takes.

    - ``one``: one world, processor time, the fastest repeat of each side; the sides take turns;
    - ``many``: replications on two processes at a time, processor time of both together a replication, and wall clock
      of the slower one a replication, the fastest repeat. The engine stacks its half; Mesa lives its worlds one after
      the other;
    - ``large``: by households, processor time of one world; whether Mesa's was ``measured``, or reckoned.
    """
    fastest = dict.fromkeys(SIDES, float("inf"))
    for _ in range(plan.repeats):
        for side in SIDES:
            (one,) = _processes([Order(side, 1, plan.burn_in, plan.days)])
            fastest[side] = min(fastest[side], one["processor"])
    many = {side: dict.fromkeys(("processor", "wall"), float("inf")) for side in SIDES}
    for _ in range(plan.repeats):
        for side, worlds in (("engine", plan.replications // PROCESSES), ("mesa", plan.of_mesa)):
            found = _processes([Order(side, worlds, plan.burn_in, plan.days)] * PROCESSES)
            took = {"processor": sum(one["processor"] for one in found), "wall": max(one["wall"] for one in found)}
            for clock, seconds in took.items():
                many[side][clock] = min(many[side][clock], seconds / (worlds * PROCESSES))
    return {
        "plan": dataclasses.asdict(plan),
        "one": fastest,
        "one_ratio": fastest["mesa"] / fastest["engine"],
        "many": many,
        "many_ratio": {clock: many["mesa"][clock] / many["engine"][clock] for clock in ("processor", "wall")},
        "large": {str(size): one for size, one in _large(plan).items()},
    }


def _large(plan: Plan) -> dict[int, dict[str, float | bool]]:
    """Live single large worlds, each by either side, but by Mesa only as far as it can be waited for."""
    out: dict[int, dict[str, float | bool]] = {}
    of_mesa = 0.0  # seconds a household
    for size in plan.large:
        took = {}
        measured = size <= plan.most_of_mesa
        for side in SIDES if measured else SIDES[:1]:
            (one,) = _processes([Order(side, 1, plan.large_burn_in, plan.large_days, size)])
            took[side] = one["processor"]
        of_mesa = took["mesa"] / size if measured else of_mesa
        mesa = of_mesa * size
        out[size] = {
            "days": plan.large_days,
            "engine": took["engine"],
            "mesa": mesa,
            "measured": measured,
            "ratio": mesa / took["engine"],
        }
    return out


def _processes(orders: list[Order]) -> list[dict[str, float]]:
    """Live orders at the same time, each in a fresh process."""
    begun = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.mesa", json.dumps(dataclasses.asdict(order))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        for order in orders
    ]
    said = [process.communicate()[0] for process in begun]
    for process in begun:
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, "benchmarks.mesa")
    return [json.loads(one) for one in said]


if __name__ == "__main__":
    print(json.dumps(live(Order(**json.loads(sys.argv[1])))))
