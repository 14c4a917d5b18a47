"""The press case of two villages: what is measured there, day by day, and what the same villages get of other birds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.study.executor import Serial
from sim.study.press import cases, judge, play, villages
from tests.villages import burnt_in, say

SMALL: dict[str, Any] = {"home_households": 60, "around_households": 40}


def small(name: str) -> cases.Case:
    """Return a case with fewer households."""
    from sim.study import compose

    plain = dict(compose.press_case(name))
    return cases.check(name, plain | {"context": {**plain["context"], **SMALL}})


@pytest.fixture(scope="module")
def seen() -> villages.Seen:
    """Small villages that have lived two years with the alliance and without."""
    w = burnt_in(replications=(0, 1)).stack([say(), say("village_alliance")])
    return villages.observe(w, small("S6"), 730)


def test_who_joined_is_counted_from_day_0_and_in_order(seen: villages.Seen) -> None:
    found = {name: measure.of(seen) for name, measure in villages.MEASURES.items()}
    joined = [found[f"joined{when}"] for when in ("_1_year", "_2_years", "")]
    assert (joined[0] <= joined[1]).all() and (joined[1] <= joined[2]).all()
    assert (found["joined_around"] <= found["joined"]).all() and found["joined"].sum() > 0
    assert (found["covered"] <= seen.daily("adopters")[-1]).all()
    assert np.isinf(found["days_to_500"]).all()  # there are not so many
    assert ((found["members_first"] >= 0) & (found["members_first"] <= 1)).all()


def test_the_day_is_the_first_on_which_so_many_have_joined(
    seen: villages.Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(villages, "REPORTED", 5)
    day = villages.MEASURES["days_to_500"].of(seen)
    for world, when in enumerate(day.tolist()):
        joined = seen.joined()[:, world]
        if np.isfinite(when):
            assert joined[int(when)] >= 5 and (joined[: int(when)] < 5).all()
        else:
            assert joined.max() < 5


def test_both_cases_are_played_with_and_without_and_channel_by_channel() -> None:
    """Slow birds and ordinary ones differ in the bird alone, and are judged by the same numbers."""
    slow, ordinary = small("S6"), small("S6_ordinary")
    assert villages.structure(slow) == villages.structure(ordinary)
    assert [villages.fixed(case)["slow_birds"] for case in (slow, ordinary)] == [True, False]
    assert slow.reported == ordinary.reported and slow.days == ordinary.days
    how = play.Play(replications=3, burn_in=56, layouts=1, follow=420)
    done = play.play(slow, how, Serial())
    assert list(done.values)[:2] == [play.WITHOUT, play.FULL] and len(done.values) == 8
    table = judge.table(done)
    assert set(table["measure"]) == set(villages.MEASURES)
    assert (table.loc[table["measure"] == "joined", "verdict"] == judge.NOT_MET).all()  # with 200 households in all
    assert set(judge.channels(done)["channel"]) == {
        *("authority", "coordination", "complementarity", "demonstration", "floor_price", "inputs_and_skill")
    }
