"""Clocks: looking a week ahead is subtracting the hazard every day, and events come at the right rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim import noise
from sim.cases import Kind
from sim.rules import defects
from sim.schedule import SCHEDULE, due_on
from sim.worlds import Worlds
from tests.helpers import NOTHING_BREAKS, around, assets, burnt_in, recipe
from tests.reference import noise_pure as pure

Array = NDArray[Any]

UNIT = noise.UNIT


class PlainClock:
    """One clock, day by day, in whole numbers of plain Python."""

    def __init__(self, seed: int, name: str, row: int, fired: int, left: int) -> None:
        self.who = seed, name, row
        self.fired, self.left = fired, left

    def day(self, hazard: int) -> bool:
        """Let one day's hazard run; tell whether the clock fires, and set the next threshold."""
        self.left -= hazard
        if hazard == 0 or self.left > 0:
            return False
        self.fired += 1
        seed, name, row = self.who
        self.left = pure.threshold(seed, name, row, self.fired)
        return True


def plain_clocks(w: Worlds, name: str, fired: Array, left: Array) -> list[list[PlainClock]]:
    """Copy all clocks of a kind."""
    return [
        [PlainClock(int(w.seeds[k]), name, r, int(fired[k, r]), int(left[k, r])) for r in range(left.shape[1])]
        for k in range(w.n)
    ]


@settings(max_examples=25)
@given(
    burn_in=st.integers(0, 20),
    # hazards a day: standing still, rare, every few days, and so high that a clock fires every day
    hazards=st.lists(
        st.one_of(st.just(0), st.floats(1e-4, 0.02), st.floats(0.02, 0.5), st.floats(0.5, 50)), min_size=1, max_size=12
    ),
    seed=st.integers(1, 10**6),
)
def test_quarrels_come_on_the_days_of_plain_clocks(burn_in: int, hazards: list[float], seed: int) -> None:
    """Any hazards, from any day of the week on: households quarrel on the days a daily subtraction gives."""
    w = Worlds(recipe(replications=(0, 3), burn_in=burn_in, seed=seed, structure=dict(compounds=1, households=24)))
    spread = np.resize(np.array([int(h * UNIT) for h in hazards]), w.households)
    w.quarrel_hazard[...] = np.stack([spread, spread[::-1]])
    plain = plain_clocks(w, "quarrel.clock", w.quarrels, w.quarrel_left)
    for _ in range(18):
        w.step()
        for k, r in np.ndindex(w.n, w.households):
            plain[k][r].day(int(w.quarrel_hazard[k, r]))
        assert w.quarrels.tolist() == [[c.fired for c in row] for row in plain]


def test_on_the_last_day_of_a_week_all_has_run() -> None:
    """At every week's end what is left on a clock is what daily subtraction has left."""
    w = Worlds(recipe(replications=(0, 3), burn_in=10))
    plain = plain_clocks(w, "quarrel.clock", w.quarrels, w.quarrel_left)
    while w.day < 28:
        w.step()
        for k, r in np.ndindex(w.n, w.households):
            plain[k][r].day(int(w.quarrel_hazard[k, r]))
        if w.day % 7 == 0:
            assert w.quarrel_left.tolist() == [[c.left for c in row] for row in plain]


def test_assets_that_stop_and_start_break_on_the_days_of_plain_clocks() -> None:
    """An asset's clock stands still while it is defective, takes up the next threshold, runs from the day after."""
    fast = dict(works_days=2, funded_share=0.3, signing_days=45, consider_days=3.0, roof_old=40.0, roof_middle=40.0)
    often = dict.fromkeys(("pipe_rate", "lighting_rate", "rubbish_rate", "pests_rate", "road_rate", "works_rate"), 12.0)
    fast |= dict(own_inspection_hours=0.0, own_talk_hours=0.0)  # bodies that have time for repairs
    w = Worlds(recipe(replications=(0, 3, 4), burn_in=80, fixed=fast | often))
    kinds = w.layout.traits["asset_kind"]
    plain = plain_clocks(w, "defect.clock", w.defects, w.defect_left)
    mended, same_week = np.zeros((2, kinds.max() + 1), dtype=int)
    while w.day < 60:
        defective = w.defective.copy()
        w.step()
        np.add.at(mended, kinds[np.nonzero(defective & ~w.defective)[1]], 1)
        for k, r in np.ndindex(*w.defective.shape):
            fires = not defective[k, r] and plain[k][r].day(int(w.defect_hazard[k, r]))
            assert w.defects[k, r] == plain[k][r].fired
            assert w.defective[k, r] or not fires
            same_week[kinds[r]] += fires and w.day % 7 != 1 and plain[k][r].fired > 1
    assert mended[Kind.ROOF] > 15
    assert same_week[Kind.ROOF] > 5
    assert np.all(mended > 0)
    assert np.all(same_week > 0)


def test_what_is_mended_and_broken_within_a_week_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks set going again in the middle of a week fire in that week too."""
    healed: list[int] = []

    def heal(w: Worlds) -> None:
        world, asset = np.nonzero(w.defective)
        healed.append(len(world))
        defects.mend(w, world, asset)

    around(monkeypatch, "repairs.work", lambda w: None, heal)
    w = Worlds(recipe(replications=(0, 3), burn_in=3, fixed=dict.fromkeys(NOTHING_BREAKS, 150.0)))
    plain = plain_clocks(w, "defect.clock", w.defects, w.defect_left)
    while w.day < 25:
        w.step()
        for k, r in np.ndindex(*w.defects.shape):
            plain[k][r].day(int(w.defect_hazard[k, r]))
        assert w.defects.tolist() == [[c.fired for c in row] for row in plain]
    assert sum(healed) == w.defects.sum() > 100
    assert np.all(w.defects.sum(axis=0) > 0)


def test_the_mean_rate_is_the_hazard() -> None:
    """Among thousands of clocks of one hazard the counts are those of a clock read once a day."""
    rate, days = 0.02, 140
    w = Worlds(recipe(replications=range(20), burn_in=days, lively=False, structure=dict(compounds=1, households=300)))
    w.quarrel_hazard[...] = int(rate * UNIT)
    w.run(0)
    per_day = 1 - np.exp(-rate)  # the rest of the day on which a clock fires is not run again
    expected, clocks = days * per_day, w.quarrels.size
    standard_error = np.sqrt(expected * (1 - per_day) / clocks)
    assert abs(w.quarrels.mean() - expected) < 4 * standard_error
    assert abs(w.quarrels.var() / (expected * (1 - per_day)) - 1) < 4 * np.sqrt(2 / clocks)


def test_hazards_keep_to_rain_and_season() -> None:
    """The year's mean leak hazard is the declared rate, three quarters of it from June to September."""
    sums = {"rain": 0.0, "dry": 0.0}
    even = dict(roof_young=0.3, roof_middle=0.3, roof_old=0.3, rainy_share=0.75, quarrel_rate=0.0)
    w = burnt_in(replications=(0, 1), burn_in=0, lively=False, fixed=even, structure=dict(compounds=1, households=12))
    roofs = assets(w, Kind.ROOF)
    for day in range(364):
        w.step()
        mean = (w.defect_hazard[:, roofs] / UNIT / w.rain[:, w.layout.up("asset", "compound")[roofs]]).mean()
        sums["rain" if 151 <= day < 273 else "dry"] += mean
    assert sum(sums.values()) == pytest.approx(0.3, rel=0.02)
    assert sums["rain"] / sum(sums.values()) == pytest.approx(0.75, abs=0.02)


# --- the calendar ---------------------------------------------------------------------------------


def test_phases_are_due_when_they_say() -> None:
    """A week begins on day 0 and before it every seven days; the first day of a run begins a week too."""
    due = {day: due_on(day, first=day == -10) for day in range(-10, 370)}
    every: dict[Any, list[int]] = {
        c: [day for day in due if c in due[day]] for c in ("day", "week", "week's end", "four weeks", "quarter", "year")
    }
    assert every["day"] == list(range(-10, 370))
    assert every["week"] == [-10, *range(-7, 370, 7)]
    assert every["week's end"] == list(range(-8, 370, 7))
    assert every["four weeks"] == list(range(0, 370, 28))
    assert every["quarter"] == [0, 91, 182, 273, 364]
    assert every["year"] == [0, 365]


def test_the_schedule_goes_through_the_steps_of_a_day_in_order() -> None:
    """The list is in the order of the ten steps, and every phase has a name of its own."""
    steps = [p.step for p in SCHEDULE]
    assert steps == sorted(steps)
    assert set(steps) <= set(range(1, 11))
    assert len({p.name for p in SCHEDULE}) == len(SCHEDULE)
