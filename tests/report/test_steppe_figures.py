"""Figures of pastures: distance, wages paid, and the map of routes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.report import arrears, distance, labels, routes, style
from sim.report.labels import LANGUAGES, Language
from sim.scenario import parse
from sim.study import distances
from tests.report.layout import check_layout
from tests.test_pasture import recipe


@pytest.fixture(scope="module")
def drawn() -> routes.Map:
    """A small lively sumu whose two crews go round."""
    alone = ["crews=2", "hours=8", "circuit_hours=25", "channels=off", "onsite_visits=on"]  # nothing is left for calls
    words = ["mobile_mediation", *(f"mobile_mediation.{word}" for word in alone)]
    return routes.watch(recipe((2,), 56, station_hours=20.0, any_desk=2.0), parse("full", words))


def test_routes_begin_and_end_at_the_station(drawn: routes.Map) -> None:
    home = routes._office(drawn.layout, routes.STATION)
    for season in drawn.seasons.values():
        assert season.tours and {crew for crew, _ in season.tours} <= {0, 1}
        for _, tour in season.tours:
            assert len(tour) > 2 and np.array_equal(tour[0], home) and np.array_equal(tour[-1], home)
        assert len(season.at) == drawn.layout.sizes["household"]
    assert {crew for season in drawn.seasons.values() for crew, _ in season.tours} == {0, 1}
    winter, summer = (drawn.seasons[name].at for name in ("winter", "summer"))
    herders = drawn.layout.traits["living"] == 0
    assert not np.array_equal(winter[herders], summer[herders])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_says_what_its_marks_are(drawn: routes.Map, language: Language) -> None:
    words = check_layout(routes.routes_figure(drawn, language))
    assert {text(language) for text in routes.NAMES.values()} <= set(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_distance_is_drawn_by_season(language: Language) -> None:
    rows = [
        (scenario, season, group, 5.0 + 6 * k, measure, unit, 3.0 + k, 2.0 + k, 4.0 + k)
        for scenario in ("baseline", "circuits", "full")
        for season in (*distances.SEASONS, "year")
        for k, group in enumerate(distances.GROUPS)
        for measure, (*_, unit) in distances.MEASURES.items()
    ]
    table = pd.DataFrame(rows, columns=list(distances.COLUMNS))
    words = " ".join(check_layout(distance.distance_figure(table, 20, language)))
    for text in (*distance.SEASONS.values(), *distance.WHAT.values()):
        assert style.capital(text(language)) in words or text(language) in words
    assert labels.scenario("circuits", language) in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_wages_are_drawn_by_time(language: Language) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"scenario": np.repeat(["baseline", "panel"], 8), "replication": np.tile(np.arange(8), 2)})
    for days in arrears.PAID_WITHIN:
        frame[f"n_wages_owed_{days}_fen"] = rng.integers(1, 10**8, 16)
        frame[f"n_wages_paid_{days}_fen"] = frame[f"n_wages_owed_{days}_fen"] // 2
    value, low, high = arrears.paid(frame, "panel", 30)
    assert value == pytest.approx(0.5, abs=1e-6) and low <= value <= high
    words = check_layout(arrears.arrears_figure(frame, language))
    assert labels.scenario("panel", language) in words
    nobody = frame.assign(n_wages_owed_30_fen=0, n_wages_paid_30_fen=0)
    assert np.isnan(arrears.paid(nobody, "panel", 30)[0])
