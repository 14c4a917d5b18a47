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

from benchmarks.engine import MERGED, Case
from sim.environment import ROOT
from sim.scenario import parse
from sim.worlds import Worlds

SIDES = ("engine", "mesa")

PROCESSES = 2
"""At a time, for replications."""


@dataclass(frozen=True)
class Plan:
    """What is compared.

    Attributes:
        burn_in: days before the scenario begins, in whole weeks; both live them, they are not measured.
        days: days that are measured.
        replications: of the engine's side, on all processes together.
        of_mesa: replications of Mesa's side on each process; more would only repeat the same, so it is scaled.
        repeats: times that one world is lived by either side.
    """

    burn_in: int = 364
    days: int = 182
    replications: int = 200
    of_mesa: int = 2
    repeats: int = 3


QUICK = Plan(burn_in=28, days=28, replications=20, of_mesa=1, repeats=1)


@dataclass(frozen=True)
class Order:
    """What one process lives.

    Attributes:
        side: one of `SIDES`.
        worlds: replications.
        burn_in: days before the scenario begins.
        days: days that are measured.
    """

    side: str
    worlds: int
    burn_in: int
    days: int


def live(order: Order) -> dict[str, float]:
    """Live the worlds of one side, 1,000 households each, and return the seconds of its measured days."""
    recipe = Case(order.worlds, 2).recipe(order.burn_in)
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
      of the slower one a replication. The engine stacks its half; Mesa lives its worlds one after the other.
    """
    fastest = dict.fromkeys(SIDES, float("inf"))
    for _ in range(plan.repeats):
        for side in SIDES:
            (one,) = _processes([Order(side, 1, plan.burn_in, plan.days)])
            fastest[side] = min(fastest[side], one["processor"])
    many = {}
    for side, worlds in (("engine", plan.replications // PROCESSES), ("mesa", plan.of_mesa)):
        found = _processes([Order(side, worlds, plan.burn_in, plan.days)] * PROCESSES)
        many[side] = {
            "processor": sum(one["processor"] for one in found) / (worlds * PROCESSES),
            "wall": max(one["wall"] for one in found) / (worlds * PROCESSES),
        }
    return {
        "plan": dataclasses.asdict(plan),
        "one": fastest,
        "one_ratio": fastest["mesa"] / fastest["engine"],
        "many": many,
        "many_ratio": {clock: many["mesa"][clock] / many["engine"][clock] for clock in ("processor", "wall")},
    }


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
