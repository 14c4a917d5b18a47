"""Mesa, as its tutorials write it: one object a household, each asked every day, in a fixed order."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from mesa import Agent, Model

from benchmarks.toy import DAYS, LENGTH, RATE
from benchmarks.toy._run import main

CHANCE = 1 - math.exp(-RATE)


class Household(Agent):
    """A household, with a grievance or without."""

    def __init__(self, model: Toy) -> None:
        super().__init__(model)
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


class Toy(Model):
    """All of them."""

    def __init__(self, households: int) -> None:
        super().__init__(rng=1)
        self.draw = random.Random(1).random
        self.felt = self.open_days = 0
        for _ in range(households):
            Household(self)


def found(households: int) -> Callable[[], tuple[int, int]]:
    """Make all agents."""
    model = Toy(households)

    def live() -> tuple[int, int]:
        for _ in range(DAYS):
            model.agents.do("step")
        return model.felt, model.open_days

    return live


if __name__ == "__main__":
    main(found)
