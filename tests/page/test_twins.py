"""What is drawn of twins, against what the engine and `run` say of the same worlds."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.books import FEN
from sim.cases import SHARED, Activity, Kind, State
from sim.page import files, frames, looks, menu, replay, setups
from sim.page import lives as lives_of_pairs
from sim.page.lives import Lives
from sim.page.series import LINES
from sim.page.twins import Ground, Twins
from sim.study import config, runner
from sim.study.press.play import GROUNDS
from sim.worlds import Worlds
from tests.page.conftest import SMALL

PLACES: dict[str, dict[str, Any]] = {
    "compound": SMALL
    | {"mechanisms": {**SMALL["mechanisms"], "courier_sensing": {"side": "right", "params": {"enrolled": 1.0}}}},
    "village": {
        "world": "village",
        "burn_in": 28,
        "params": {"households": 40, "around": 20},
        "mechanisms": {"village_alliance": {"side": "right"}},
    },
    "pasture": {
        "world": "pasture",
        "burn_in": 28,
        "params": {"households": 400, "campers": 20, "sites": 2, "boundary_rate": 0.06, "help_rate": 0.1},
        "mechanisms": {"mobile_mediation": {"side": "right"}},
    },
    "county": {
        "world": "county",
        "burn_in": 28,
        "params": {"compounds": 2, "compound_households": 40, "villages": 2, "village_households": 30, "around": 20,
                   "pasture_households": 300, "boundary_rate": 0.06},
        "mechanisms": {"mobile_mediation": {"side": "right"}, "village_alliance": {"side": "right"}},
    },
}  # fmt: skip


def pair(asked: dict[str, Any]) -> Twins:
    setup = setups.read(asked)
    return Twins(setup, Ground(setup, lambda day, of: None), 1)


def shown(twins: Twins) -> dict[str, Any]:
    """What a frame says, as it is read."""
    return frames.decode(twins.frame())[2]


@pytest.fixture(scope="module", params=PLACES)
def lived(request: pytest.FixtureRequest) -> Iterator[tuple[Twins, list[dict[str, Any]]]]:
    """Twins of each place after 210 days, and all their frames."""
    twins = pair(PLACES[request.param])
    seen = [shown(twins)]
    for _ in range(210):
        twins.step()
        seen.append(shown(twins))
    yield twins, seen


def test_a_household_shows_what_its_grievances_are(lived: tuple[Twins, list[dict[str, Any]]]) -> None:
    twins, seen = lived
    w, g = twins.w, twins.w.grievances
    states = seen[-1]["state"].reshape(2, -1)
    for world in range(2):
        for household in range(w.households):
            mine = (g.world == world) & (g.household == household) & g.aching
            voiced = mine & np.isin(g.state, [State.OPEN, State.JOINED])
            low = states[world, household] & 3
            if mine.any():
                assert low == (looks.VOICED if voiced.any() else looks.SILENT)
            else:
                assert low in (looks.CALM, looks.SETTLED)
    assert {1, 2} & set((states & 3).reshape(-1).tolist())


def test_what_was_settled_shows_for_ninety_days(lived: tuple[Twins, list[dict[str, Any]]]) -> None:
    """What is settled of a shared defect or of a quarrel between two: no household turns green without a reason."""
    _, seen = lived
    settled = np.stack([frame["state"].reshape(2, -1) & 3 for frame in seen]) == looks.SETTLED
    suffers = np.isin(np.stack([frame["state"].reshape(2, -1) & 3 for frame in seen]), (looks.SILENT, looks.VOICED))
    assert settled.any()
    begins = settled[1:] & ~settled[:-1] & ~suffers[:-1]
    assert begins.sum() <= 0.2 * settled.any(axis=0).sum()  # felt and settled within one day: hardly ever
    run = np.zeros(settled.shape[1:], dtype=int)
    for day in settled:
        run = np.where(day, run + 1, 0)
        assert run.max() < looks.LATELY + looks.LATELY  # settled again meanwhile at most once or so


def test_other_bits_are_the_columns(lived: tuple[Twins, list[dict[str, Any]]]) -> None:
    twins, seen = lived
    w, states = twins.w, seen[-1]["state"].reshape(2, -1)
    kinds = twins.scene.kinds
    if "compound" in kinds:
        assert np.array_equal((states[:, : w.flats] & looks.PAYS) > 0, w.pays[:, : w.flats])
        roof = w.defective & (w.layout.traits["asset_kind"] == Kind.ROOF)
        for building in range(w.layout.sizes["building"]):
            of = w.layout.up("household", "building")[: w.flats] == building
            leaks = roof[:, w.layout.traits["asset_building"] == building].any(axis=1)
            assert np.array_equal((states[:, : w.flats][:, of] & looks.LEAKS).any(axis=1), leaks)
    if "village" in kinds:
        yards = states[:, w.layout.homes("village")]
        assert np.array_equal((yards & looks.KEEPS) > 0, w.keeps)
        assert np.array_equal((yards & looks.ADOPTED) > 0, w.adopted)
    if "pasture" in kinds:
        away = (states & looks.AWAY) > 0
        there = [w.stock["seasonal"][0], int((w.layout.traits["living"] >= 0).sum() - away[0].sum())]
        assert there[1] - int(w.layout.traits["herders"].sum()) == there[0]


def test_numbers_are_what_the_outcomes_are_made_of(lived: tuple[Twins, list[dict[str, Any]]]) -> None:
    """The headline's days add up to the outcome; fees, petitions, income and hours are the outcomes' own sums."""
    twins, seen = lived
    found = {one["name"]: one["values"] for one in files.outcomes(twins)}
    lines = {line.name: np.array([f["series"].reshape(-1, 2)[n] for f in seen]) for n, line in enumerate(LINES)}
    households = twins.series.households
    days = len(seen) - 1
    # Households that are there for a season only count in the outcome's exposure, and not in the page's.
    seasonal = twins.w.record[:, :, twins.w.series.index("seasonal")].sum(axis=0) if "seasonal" in twins.w.series else 0
    exposure = (households * days + seasonal) / households
    total = lines["headline"][1:].sum(axis=0) / exposure * 365
    assert total == pytest.approx(found["unresolved"][:2])
    assert lines["petitions"][-1] / exposure * 365 == pytest.approx(found["petitions"][:2])
    minutes = [n for n, name in enumerate(twins.w.series) if name.startswith("minutes_")]
    month = twins.w.record[-28:][:, :, minutes].sum(axis=(0, 2)) / 60 / 4 / households * 1000
    assert lines["hours"][-1] == pytest.approx(month)
    if "collection" in found:
        assert lines["fees"][-1] == pytest.approx(found["collection"][:2])
    else:
        assert np.isnan(lines["fees"]).all()
    if "collective_income" in found:
        assert lines["income"][-1] * 365 / days == pytest.approx(found["collective_income"][:2])
    else:
        assert np.isnan(lines["income"]).all()
    assert ((lines["trust"] > 0) & (lines["trust"] < 1)).all()
    assert FEN == 100


def test_couriers_and_teams_are_on_the_map(lived: tuple[Twins, list[dict[str, Any]]]) -> None:
    twins, seen = lived
    if "compound" in twins.scene.kinds and "courier_sensing" in twins.setup.right.choices:
        passes = twins.w.record[-7:, :, twins.w.series.index("courier_passes")].sum(axis=0)
        assert (
            next(f["cover"] for f in reversed(seen) if "cover" in f).reshape(2, -1).sum(axis=1).tolist()
            == passes.tolist()
        )
        assert passes[0] == 0 < passes[1]
    if "mobile_mediation" in twins.setup.right.choices:
        routes = [f["routes"] for f in seen if "routes" in f and len(f["routes"])]
        assert routes
        station = next(desk for desk in twins.scene.words()["desks"] if desk["kind"] == "station")
        for route in routes:
            assert route[0] == 1  # baseline has none
            assert route[3:5] == pytest.approx([station["x"], station["y"]])
        moved = [day for day, f in enumerate(seen) if "rect" in f]
        assert moved and all(160 <= day <= 180 for day in moved)


def test_everybody_is_drawn_inside_the_map_and_apart(lived: tuple[Twins, list[dict[str, Any]]]) -> None:
    twins, _ = lived
    x, y, wide, high = twins.scene.rectangles().reshape(-1, 4).T.astype(float)
    words = twins.scene.words()
    assert (x >= -1).all() and (y >= -1).all()
    assert (x + wide <= words["width"] + 1).all() and (y + high <= words["height"] + 1).all()
    homes = np.zeros(twins.w.households, dtype=bool)
    for kind in twins.scene.kinds:
        homes[twins.w.layout.homes(kind)] |= kind != "pasture"  # camps may lie close on the summer ground
    at = np.flatnonzero(homes)
    for h in at:
        meets = (
            (x[at] < x[h] + wide[h]) & (x[h] < x[at] + wide[at]) & (y[at] < y[h] + high[h]) & (y[h] < y[at] + high[at])
        )
        assert meets.sum() == 1  # itself


def test_lives_tell_every_event_of_every_case_in_both_languages(lived: tuple[Twins, list[dict[str, Any]]]) -> None:
    twins, seen = lived
    lives = Lives(twins.w)
    logged = np.concatenate([f["events"].reshape(-1, 7) for f in seen])
    assert len(logged) == sum(len(events) for one in lives.events for events in one.values())
    assert len(logged) > 0
    keys = {(kind, bearer, ordinal) for _, _, _, kind, bearer, ordinal, _ in logged.tolist()}
    assert keys <= set(lives.all_keys())
    for key in lives.all_keys()[:60]:
        told = lives.tell(key)
        for world, lane in enumerate(told["lanes"]):
            mine = [row for row in logged.tolist() if row[0] == world and tuple(row[3:6]) == key]
            known = key in lives.opened[world]
            assert bool(lane) == (bool(mine) or known)
            if mine:
                assert {said["day"] for said in lane} <= {row[1] for row in mine} | {0, twins.w.day}
            for said in lane:
                assert said["text"]["en"] and said["text"]["zh"] and said["text"]["en"] != said["text"]["zh"]


def test_a_household_is_told_what_is_its_own(
    lived: tuple[Twins, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lives_of_pairs, "MOST", 10_000)
    twins, seen = lived
    layout, lives = twins.w.layout, Lives(twins.w)
    logged = np.concatenate([f["events"].reshape(-1, 7) for f in seen])
    opened = {tuple(row[3:6]) for row in logged.tolist() if row[2] == Activity.OPENED}
    assert opened or twins.scene.kinds == ["village"]
    for key in list(opened)[:80]:
        kind, bearer, _ = key
        if not SHARED[kind]:
            assert key in lives.of_household(bearer)
        elif "compound" in twins.scene.kinds and layout.up("asset", "compound")[bearer] >= 0:
            building, compound = layout.traits["asset_building"][bearer], layout.up("asset", "compound")[bearer]
            for household in range(twins.w.flats):
                own = layout.up("household", "compound")[household] == compound
                own &= building in (-1, layout.up("household", "building")[household])
                assert (key in lives.of_household(household)) == own


# -- null -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "mechanisms"),
    [
        ("compound", {"yijiantiao": {"side": "right"}, "courier_sensing": {"side": "right"}}),
        ("village", {"village_alliance": {"side": "right"}}),
        ("pasture", {"mobile_mediation": {"side": "right"}}),
    ],
)
def test_with_all_channels_off_twins_look_alike(place: str, mechanisms: dict[str, Any]) -> None:
    off = {name: {**said, "channels": dict.fromkeys(_channels(name), False)} for name, said in mechanisms.items()}
    twins = pair(PLACES[place] | {"mechanisms": off})
    for _ in range(90):
        twins.step()
        frame = shown(twins)
        for name in ("series", "state", "trust", "cover"):
            if name in frame:
                left, right = frame[name].reshape(-1, 2).T if name == "series" else frame[name].reshape(2, -1)
                assert left.tobytes() == right.tobytes(), name
        assert len(frame.get("routes", ())) == 0
        events = frame["events"].reshape(-1, 7)
        assert np.array_equal(events[events[:, 0] == 0, 1:], events[events[:, 0] == 1, 1:])


def _channels(name: str) -> list[str]:
    return [c["name"] for one in menu.everything()["mechanisms"] if one["name"] == name for c in one["channels"]]


# -- against run ----------------------------------------------------------------------------------


def test_run_takes_the_settings_and_comes_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_draw", lambda *_: None)  # figures take long and are tested elsewhere
    asked = {**SMALL, "days": 120}
    twins = pair(asked)
    while not twins.ended:
        twins.step()
    path = tmp_path / "page.yaml"
    path.write_text(files.settings(twins.setup), "utf-8")
    read = config.load(str(path))
    runner.run(read, tmp_path / "result", backend="serial")
    with open(tmp_path / "result" / "runs.csv", encoding="utf-8") as file:
        runs = {row["scenario"]: row for row in csv.DictReader(file)}
    differs = 0
    for one in files.outcomes(twins):
        for scenario, value in zip((setups.LEFT, setups.RIGHT), one["values"], strict=False):
            said = runs[scenario][one["name"]]
            assert (value is None) == (said == "n/a"), one["name"]
            if value is not None:  # the file has six digits
                assert value == pytest.approx(float(said), rel=5e-6), one["name"]
        differs += bool(one["values"][2])
    assert differs > 5


def test_looking_changes_nothing() -> None:
    """Twins that are looked at every day are the worlds of the engine, alone and never looked at."""
    asked = PLACES["pasture"]
    twins, setup = pair(asked), setups.read(asked)
    alone = Worlds(setup.recipe, watch=(0,))
    alone.run(0)
    right = alone.stack([setup.right])
    for _ in range(100):
        twins.step()
        twins.frame()
    Lives(twins.w)
    files.outcomes(twins)
    right.run(100)
    assert np.array_equal(twins.w.record[:, 1], right.record[:, 0])


# -- press, files, recording ----------------------------------------------------------------------


def test_a_press_case_puts_in_place_what_was_observed() -> None:
    case = next(one for one in menu.everything()["presses"] if one["name"] == "S2")
    stands = {name: {"side": side} for name, side in case["first"].items()}
    twins = pair({"press": "S2", "burn_in": 28, "mechanisms": stands})
    w, told = twins.w, twins.setup.press
    assert told is not None
    assert w.layout.sizes["building"] == told.says("buildings") == 8
    assert set(stands) == set(told.arrangement)
    while w.day <= told.says("day"):
        before = int((shown(twins)["state"] & looks.LEAKS > 0).any())
        twins.step()
    assert before in (0, 1)
    assert (w.stock["leaking_roofs"] >= told.says("leaking_roofs") - 1).all()
    assert hasattr(GROUNDS["compound"], "strike")
    assert "reproduce S2" in files.settings(twins.setup)


def test_tables_hold_days_outcomes_events_and_settings() -> None:
    twins, kept = pair(SMALL), replay.Recording()
    for day in range(31):
        kept.keep(day, 1, frames.decode(twins.frame())[2])
        twins.step()
    with zipfile.ZipFile(io.BytesIO(files.tables(twins, kept.days))) as file:
        texts = {name: file.read(name).decode() for name in file.namelist()}
    assert set(texts) == {"settings.yaml", "days.csv", "outcomes.csv", "events.csv"}
    days = list(csv.DictReader(io.StringIO(texts["days.csv"])))
    assert [int(row["day"]) for row in days] == list(range(31))
    assert days[0]["income_baseline"] == ""  # no villages
    assert float(days[30]["headline_baseline"]) == pytest.approx(kept.days[30][1])
    outcomes = {row["outcome"]: row for row in csv.DictReader(io.StringIO(texts["outcomes.csv"]))}
    for name, row in outcomes.items():
        if row["difference"]:
            assert float(row["arrangement"]) - float(row["baseline"]) == pytest.approx(float(row["difference"])), name
    events = list(csv.DictReader(io.StringIO(texts["events.csv"])))
    assert len(events) == len(twins.w.log.arrays()["day"])
    assert {row["activity"] for row in events} <= {activity.name.lower() for activity in Activity}
