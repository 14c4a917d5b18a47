"""How long the agents of a large world take: ``python -m benchmarks.agents [HOUSEHOLDS]``, about 300,000 by default.

Agents are views and are registered all at once when they are first asked for; the bar is a second for all of
300,000 households. Plain Mesa agents, which number and register themselves one by one, are made beside them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import mesa

from benchmarks.engine import COMPOUND
from sim.agents import Household
from sim.model import GovernanceModel

HOUSEHOLDS = 300_000
BAR = 1.0
"""The most that all agents may take, seconds of processor time."""


def measure(households: int) -> dict[str, float]:
    """Return what each step costs, seconds of processor time, and how many agents there are.

    Args:
        households: about how many flats the world has.
    """
    structure = {"compounds": max(1, round(households / COMPOUND)), "households": COMPOUND, "size_spread": 0.0}
    model: GovernanceModel
    found: dict[str, float] = {}

    def timed(name: str, action: Callable[[], Any]) -> Any:
        start = time.process_time()
        made = action()
        found[name] = time.process_time() - start
        return made

    model = timed("world and grid", lambda: GovernanceModel(structure=structure))
    found["agents"] = len(timed("model.agents, first", lambda: model.agents))
    timed("model.agents, again", lambda: model.agents)
    homes = timed("agents_by_type[Household]", lambda: model.agents_by_type[Household])
    timed("step", model.step)
    timed("agg('trust', max)", lambda: homes.agg("trust", max))
    found["plain Mesa agents, one by one"] = plain(len(homes))
    return found


def plain(agents: int) -> float:
    """Return how long as many agents of Mesa's own take, seconds of processor time."""
    start = time.process_time()
    mesa.Agent.create_agents(mesa.Model(), agents)
    return time.process_time() - start


if __name__ == "__main__":
    measured = measure(int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS)
    print(f"{measured.pop('agents'):,.0f} agents")
    for what, seconds in measured.items():
        bar = f"  (bar {BAR:g}: {'held' if seconds <= BAR else 'missed'})" if what == "model.agents, first" else ""
        print(f"  {what:<30} {seconds:8.3f} s{bar}")
