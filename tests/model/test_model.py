"""The Mesa face: the engine's numbers day by day, on a grid and in a frame; nothing shared, nothing left behind."""

from __future__ import annotations

import copyreg
import gc
import pickle
import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest
from mesa.discrete_space import OrthogonalMooreGrid

from sim import faces
from sim.agents import (
    Building,
    Household,
    Tenure,
)
from sim.errors import ConfigError, SimError
from sim.faces.compound import FACE
from sim.model import GovernanceModel
from sim.worlds import Recipe, Worlds
from tests.conftest import ROOT
from tests.model.worlds import (
    BODY,
    LARGE,
    MERGED,
    SCENARIOS,
    SMALL,
    Visitor,
    assert_same,
    assert_state,
    engine,
    model,
    state,
    structure,
)

# -- the engine's numbers -------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_is_the_engines_world_day_by_day(scenario: tuple[str, ...]) -> None:
    m, w = model(scenario, replication=3, burn_in=56, structure=LARGE), engine([scenario], (3,), 56)
    assert_same(m.world, w)
    assert len(w.grievances)
    assert len(w.cases)
    for day in range(1, 61):
        m.step()
        w.step()
        assert m.day == day
        if day < 8 or day % 7 in (0, 6):
            assert_same(m.world, w)
    assert len(w.ended)
    assert w.record[:, 0, w.series.index("signed_shares")].sum()


def test_is_its_world_in_a_crowd_of_scenarios_and_replications() -> None:
    replications = (5, 0, 2)
    crowd = engine(SCENARIOS, replications, 56)
    models = {
        s * len(replications) + k: model(scenario, replication=replication, burn_in=56, structure=LARGE)
        for s, scenario in enumerate(SCENARIOS)
        for k, replication in enumerate(replications)
    }
    for until in (0, 1, 20, 60):
        crowd.run(until)
        for k, m in models.items():
            m.run(until)
            assert_same(m.world, crowd, k)
    assert len({m.world.stock["unresolved"][0] for m in models.values()}) > 3, "all worlds are alike"


def test_defaults_are_the_engines() -> None:
    w = Worlds(Recipe("compound", structure(compounds=2, households=100), prior_draws=False))
    m = GovernanceModel()
    w.run(until=14)
    m.run(until=14)
    assert_same(m.world, w)


def test_rng_is_another_word_for_the_seed() -> None:
    one, two, other = model(seed=5), model(seed=6, rng=np.int64(5)), model(seed=6)
    for m in (one, two, other):
        m.run(until=30)
    assert_same(one.world, two.world)
    assert one.random.random() == two.random.random()
    assert not np.array_equal(one.world.tenure, other.world.tenure)


def test_looking_and_shuffling_change_nothing() -> None:
    looked_at, alone = model(MERGED), model(MERGED)
    for _ in range(20):
        looked_at.random.random()
        looked_at.rng.random()
        looked_at.agents.shuffle_do("step")
        looked_at.agents.shuffle(inplace=True)
        looked_at.agents_by_type[Household].get(["trust", "belief", "open_grievances"])
        looked_at.step()
        alone.step()
    assert_same(looked_at.world, alone.world)


def test_steps_through_mesas_own_wrapping() -> None:
    m = model()
    m.step()
    m.run(until=3)
    assert (m.day, m.steps) == (3, 3)
    m.run(until=1)
    assert m.day == 3

    class Watched(GovernanceModel):
        days: tuple[int, ...] = ()

        def step(self) -> None:
            super().step()
            self.days = (*self.days, self.day)

    watched = Watched(structure=SMALL)
    watched.run(until=2)
    assert watched.days == (1, 2)


# -- apart from one another -----------------------------------------------------------------------


def test_two_live_models_share_nothing() -> None:
    large = model(MERGED, burn_in=7)
    small = model(BODY, structure={"compounds": 1, "households": 24}, seed=9)
    before, home = state(small), next(iter(small.agents_by_type[Household]))
    seen = home.trust_by_desk, home.open_grievances, home.unique_id
    leaking = small.grid.leaking.data.copy()
    for _ in range(40):
        large.step()
    assert_state(small, before)
    assert (home.trust_by_desk, home.open_grievances, home.unique_id) == seen
    np.testing.assert_array_equal(small.grid.leaking.data, leaking)
    assert len(small.datacollector.get_model_vars_dataframe()) == 1

    before = state(large)
    large_homes, small_homes = large.agents_by_type[Household], small.agents_by_type[Household]
    assert (len(large_homes), len(small_homes)) == (large.world.households, small.world.households)
    assert large_homes.get("tenure") == [Tenure(v) for v in large.world.tenure[0].tolist()]
    assert small_homes.get("tenure") == [Tenure(v) for v in small.world.tenure[0].tolist()]
    small.world.purse[...] += 100
    small.step()
    assert_state(large, before)
    assert small_homes.get("purse") == [v / 100 for v in small.world.purse[0].tolist()]
    assert set(large_homes.get("purse")) == {v / 100 for v in large.world.purse[0].tolist()}
    assert not np.shares_memory(large.grid.land_use.data, small.grid.land_use.data)


def test_a_deleted_model_is_collected() -> None:
    m = model(MERGED)
    own = Visitor(m)
    assert len(m.agents) > m.world.households
    m.agents_by_type[Household].shuffle_do("step")
    home = m.views(Household)[0]
    assert len(home.cell.get_neighborhood(radius=2)) > len(home.cell.neighborhood) > 2
    m.step()
    assert type(home.cell) in copyreg.dispatch_table
    gone = [weakref.ref(thing) for thing in (m, m.world, m.grid, home, own, home.cell, type(home.cell))]
    del m, own, home
    for _ in range(2):  # the class of the cells is let go of when the model has gone
        gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)


# -- the grid -------------------------------------------------------------------------------------


def test_buildings_stand_on_the_grid(lived: GovernanceModel) -> None:
    grid, layout = lived.grid, lived.world.layout
    assert isinstance(grid, OrthogonalMooreGrid)
    assert (grid.width, grid.height, grid.torus, grid.capacity) == (layout.width, layout.height, False, None)
    assert set(grid.agents) == set(lived.agents_by_type[Building])
    for building in lived.agents_by_type[Building]:
        assert building in building.cell.agents
        assert building.cell.coordinate == tuple(layout.cells["building"][building.row])
        assert building.cell.settlement == building.compound
        assert not building.cell.empty
    assert len(grid.all_cells) == layout.width * layout.height


def test_neighbourhoods_are_mesas(lived: GovernanceModel) -> None:
    plain = OrthogonalMooreGrid((lived.grid.width, lived.grid.height), torus=False, random=lived.random)
    for at in ((0, 0), (3, 4)):
        for radius in (1, 2, 3):
            for centre in (True, False):
                ours = lived.grid[at].get_neighborhood(radius, include_center=centre)
                theirs = plain[at].get_neighborhood(radius, include_center=centre)
                assert {c.coordinate for c in ours} == {c.coordinate for c in theirs}
        assert {c.coordinate for c in lived.grid[at].neighborhood} == {c.coordinate for c in plain[at].neighborhood}


def test_layers_follow_the_world() -> None:
    m = model(MERGED, burn_in=56)
    grid, layout = m.grid, m.world.layout
    arrays = {name: getattr(grid, name).data for name in (*layout.layers, "leaking", "open_grievances")}
    leaks = set()
    for _ in range(60):
        for building in m.views(Building):
            assert building.cell.leaking == building.leaking
            assert building.cell.open_grievances == sum(home.open_grievances for home in building.households)
        assert grid.leaking.data.sum() == m.world.stock["leaking_roofs"][0]
        assert grid.open_grievances.data.sum() == m.world.stock["aching"][0]
        leaks.add(int(grid.leaking.data.sum()))
        m.step()
    assert len(leaks) > 1
    for name, array in arrays.items():
        assert getattr(grid, name).data is array, "a layer was replaced, so whoever drew it sees an old day"
    for name, data in layout.layers.items():
        np.testing.assert_array_equal(arrays[name], data)


# -- the collector --------------------------------------------------------------------------------


def test_a_row_is_the_state_at_the_beginning_of_its_day() -> None:
    m = model(MERGED, burn_in=56)
    expected = []
    for _ in range(21):
        homes = m.agents_by_type[Household].select(lambda home: home.tenure is not Tenure.VACANT)
        expected.append((m.day, homes.agg("open_grievances", sum), np.mean(homes.get("trust"))))
        m.step()
    frame = m.datacollector.get_model_vars_dataframe()
    assert frame.shape == (22, len(FACE.reporters))
    assert list(frame.columns) == list(FACE.reporters)
    assert frame["day"].tolist() == frame.index.tolist() == list(range(22))
    for (day, aching, mean), row in zip(expected, frame.itertuples(), strict=False):
        assert (row.day, row.aching) == (day, aching)
        assert row.mean_trust == pytest.approx(mean)
    w = m.world
    for name in ("arisen", "claimed", "settled", "escalated"):
        daily = w.record[:, 0, w.series.index(name)]
        assert frame[name].tolist() == [0, *np.cumsum(daily).tolist()]
    assert frame["arisen"].iloc[-1] > 0
    stocks = w.record[:, 0, w.series.index("unresolved")] / w.occupied[0, 0]
    assert frame["unresolved_per_1000"].tolist()[1:] == stocks.tolist()
    assert frame["defective_assets"].nunique() > 2
    for name in ("leaking_roofs", "defective_assets", "with_company", "payers"):
        assert frame[name].tolist()[1:] == w.record[:, 0, w.series.index(name)].tolist()


def test_reporters_can_be_pickled() -> None:
    for place in faces.registry():
        reporters = dict(faces.of(place).reporters)
        assert pickle.loads(pickle.dumps(reporters)).keys() == reporters.keys()


# -- what is asked for ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"place": "compoud"}, "unknown place 'compoud'; did you mean 'compound'?"),
        ({"scenario": ["yijiantio"]}, "unknown mechanism 'yijiantio'; did you mean 'yijiantiao'?"),
        ({"scenario": "yijiantiao"}, "is not a list of words"),
        ({"scenario": ["yijiantiao", "yijiantiao.hours=9"]}, r"yijiantiao.hours=9 is out of range \[0, 8\]"),
        ({"structure": {"compound": 2}}, "unknown setting 'compound'; did you mean 'compounds'?"),
        ({"structure": {"compounds": 0}}, "compounds=0 is out of range"),
        ({"structure": {"quiet": 2.0}}, "'quiet'"),
        ({"structure": ["compounds"]}, "is not a dictionary"),
        ({"parameters": {"quite": 2.0}}, "unknown setting 'quite'; did you mean 'quiet'?"),
        ({"parameters": {"compounds": 3}}, "'compounds'"),
        ({"parameters": {"quiet": "much"}}, "quiet=much is not a number"),
        ({"parameters": 3}, "is not a dictionary"),
        ({"burn_in": 10}, "burn_in=10 is not a number of whole weeks"),
        ({"burn_in": -7}, "burn_in=-7 is out of range"),
        ({"seed": 1.5}, "seed=1.5 is not a whole number"),
        ({"seed": True}, "seed=true is not a whole number"),
        ({"seed": 2**63}, "is out of range"),
        ({"rng": "one"}, "rng=one is not a whole number"),
        ({"replication": -1}, "replication=-1 is out of range"),
        ({"layout": None}, "layout=null is not a whole number"),
        ({"prior_draws": "yes"}, "prior_draws=yes is not true or false"),
    ],
)
def test_a_mistake_has_one_line(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        GovernanceModel(**arguments)
    assert isinstance(caught.value, SimError)
    assert "\n" not in str(caught.value)


def test_what_is_given_is_not_changed() -> None:
    structure, parameters, scenario = {"compounds": 1}, {"quiet": 2.0}, ["formed_body"]
    GovernanceModel(structure=structure, parameters=parameters, scenario=scenario).step()
    assert (structure, parameters, scenario) == ({"compounds": 1}, {"quiet": 2.0}, ["formed_body"])


# -- imports --------------------------------------------------------------------------------------


def loaded_by(statement: str) -> set[str]:
    """Top-level names and own modules that a statement loads in a fresh interpreter."""
    code = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name if name.startswith("sim") else name.partition(".")[0] for name in done.stdout.split()}


def test_the_engine_does_without_mesa() -> None:
    assert not {"mesa", "pandas", "sim.model", "sim.agents"} & loaded_by("import sim.worlds")


def test_the_package_imports_nothing_until_asked() -> None:
    loaded = loaded_by("import sim")
    assert {name for name in loaded if name.startswith("sim")} == {"sim"}
    assert not {"mesa", "numpy"} & loaded
    assert {"mesa", "sim.model"} <= loaded_by("import sim; sim.GovernanceModel")
