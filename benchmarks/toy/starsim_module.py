"""Starsim: arrays of people, a module whose step draws for all of them every day."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import starsim

from benchmarks.toy import DAYS, LENGTH, RATE
from benchmarks.toy._run import main


class Grievances(starsim.Module):  # type: ignore[misc]
    """Who has a grievance."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.define_states(starsim.BoolState("open_", default=False))
        self.arises = starsim.bernoulli(p=1 - math.exp(-RATE))
        self.ends = starsim.bernoulli(p=1 / LENGTH)
        self.felt = self.open_days = 0

    def step(self) -> None:
        """Feel grievances, and settle some."""
        with_one, without = self.open_.uids, (~self.open_).uids
        settled, new = self.ends.filter(with_one), self.arises.filter(without)
        self.open_[settled] = False
        self.open_[new] = True
        self.felt += len(new)
        self.open_days += int(self.open_.sum())


def found(households: int) -> Callable[[], tuple[int, int]]:
    """Set the simulation up."""
    sim = starsim.Sim(
        n_agents=households, modules=Grievances(), start=0, dur=starsim.days(DAYS - 1), dt=starsim.days(1), verbose=0,
        rand_seed=1,
    )  # fmt: skip
    sim.init()

    def live() -> tuple[int, int]:
        sim.run()
        (module,) = sim.modules.values() if hasattr(sim.modules, "values") else sim.modules
        return module.felt, module.open_days

    return live


if __name__ == "__main__":
    main(found)
