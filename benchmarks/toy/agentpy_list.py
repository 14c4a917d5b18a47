"""AgentPy, as its tutorials write it: a list of agents whose step is called every day."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import agentpy

from benchmarks.toy import DAYS, LENGTH, RATE
from benchmarks.toy._run import main

CHANCE = 1 - math.exp(-RATE)


class Household(agentpy.Agent):  # type: ignore[misc]
    """A household, with a grievance or without."""

    def setup(self) -> None:
        """Begin without one."""
        self.open = False

    def step(self) -> None:
        """Feel a grievance, or have it settled, perhaps."""
        if self.open:
            if self.model.draw() < 1 / LENGTH:
                self.open = False
        elif self.model.draw() < CHANCE:
            self.open = True
            self.model.felt += 1
        self.model.open_days += self.open


class Toy(agentpy.Model):  # type: ignore[misc]
    """All of them."""

    def setup(self) -> None:
        """Make all agents."""
        self.draw = random.Random(1).random
        self.felt = self.open_days = 0
        self.households = agentpy.AgentList(self, self.p.households, Household)


def found(households: int) -> Callable[[], tuple[int, int]]:
    """Make all agents."""
    model = Toy({"households": households, "seed": 1})
    model.setup()

    def live() -> tuple[int, int]:
        for _ in range(DAYS):
            model.households.step()
        return model.felt, model.open_days

    return live


if __name__ == "__main__":
    main(found)
