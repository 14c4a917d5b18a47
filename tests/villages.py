"""Small villages where much happens within a year or two, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.scenario import Scenario, parse
from sim.worlds import Recipe, Worlds
from tests.helpers import SLACK

TINY = dict(villages=2, households=60, around=40, team_size=10)
"""Two home villages of 60 households and 40 around each."""

EAGER = dict(
    farm_belief=6.0, considers=0.3, minimum_batch=200, money_capital=120000.0, money_land=10.0, money_rooms=15.0,
    land_capital=12000.0, land_land=135.0, land_rooms=400.0, rented_rooms=50.0, plant_cost=6000.0, plant_rooms=30.0,
    round_hours=10.0, round_days=7, firm_default=0.6, floor=0.95, side_gain=0.05, firm_gap=90, crash_rate=0.8,
    extrapolates=1.0, at_hand=0.04, project_rate=0.1, plant_payback=8.0,
)  # fmt: skip
"""Households that want birds, talks that are quick, prices that crash and firms that fail: everything happens."""

FULL = ("village_alliance",)


def say(*words: str) -> Scenario:
    """Understand a list of words."""
    return parse("said", words)


def alone(*channels: str, **settings: Any) -> Scenario:
    """Return the alliance with only the given channels on."""
    words = ["village_alliance", "village_alliance.channels=off"]
    words += [f"village_alliance.{channel}=on" for channel in channels]
    words += [f"village_alliance.{name}={value}" for name, value in settings.items()]
    return parse("alone", words)


def recipe(
    replications: Iterable[int] = (0, 1, 2),
    burn_in: int = 112,
    fixed: Mapping[str, Any] | None = None,
    structure: Mapping[str, Any] | None = None,
    prior_draws: bool = True,
    eager: bool = True,
    seed: int = 1,
) -> Recipe:
    """Write the recipe of small villages."""
    return Recipe(
        place="village",
        structure={**TINY, **(structure or {})},
        fixed={**SLACK, **(EAGER if eager else {}), **(fixed or {})},
        seed=seed,
        replications=tuple(replications),
        prior_draws=prior_draws,
        burn_in=burn_in,
    )


def burnt_in(**changes: Any) -> Worlds:
    """Found small villages and let them live until day 0."""
    w = Worlds(recipe(**changes))
    w.run(0)
    return w


def lived(w: Worlds, days: int, *chosen: Scenario) -> Worlds:
    """Stack scenarios (by default only the empty one) on villages burnt in, and let them live."""
    out = w.stack(list(chosen) or [say()])
    out.run(out.day + days)
    return out
