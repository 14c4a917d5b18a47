"""What may be asked for: what the page sends is understood, all else refused in one line that names it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from sim import mechanisms
from sim.errors import ConfigError
from sim.mechanisms import mechanism_specs
from sim.page import files, knobs, menu, setups
from sim.parameters import PRIOR
from sim.scenario import parse
from sim.schedule import world_specs
from sim.study import config
from sim.study.press import cases


def test_every_world_and_press_case_can_be_founded_as_the_page_offers_it() -> None:
    offered = menu.everything()
    for one in [*offered["worlds"], *offered["presses"]]:
        asked = {"press": one["name"]} if "told" in one else {"world": one["name"]}
        stands = {
            name: {"side": side, "params": one.get("params", {}).get(name, {})} for name, side in one["first"].items()
        }
        setup = setups.read({**asked, "mechanisms": stands})
        assert list(setup.right.choices) == [name for name in knobs.of_mechanisms() if name in stands]
        assert list(setup.left.choices) == [name for name, said in stands.items() if said["side"] == "both"]
        assert setup.press == (cases.load(one["name"]) if "told" in one else None)


def test_every_mechanism_has_a_place_on_the_page_and_every_slider_a_parameter() -> None:
    known = knobs.of_mechanisms()
    assert set(known) == set(mechanisms.registry())
    assert next(iter(known)) == "formed_body"  # a merger needs a body: it is named first
    for name, own in known.items():
        assert {knob.name for knob in own} <= set(mechanism_specs(name)), name
    for place, own in knobs.WORLD.items():
        assert {knob.name for knob in own} <= set(world_specs(place)), place


def test_sliders_and_channels_reach_the_world_and_the_scenario() -> None:
    asked = {
        "world": "village",
        "seed": 7,
        "days": 100,
        "burn_in": 364,
        "params": {"households": 50, "price_volatility": 0.3, "slow_birds": False},
        "mechanisms": {
            "village_alliance": {"side": "right", "channels": {"authority": False}, "params": {"share": 0.4}}
        },
    }
    setup = setups.read(asked)
    assert (setup.recipe.seed, setup.recipe.burn_in, setup.config.days) == (7, 364, 100)
    assert setup.recipe.structure["households"] == 50
    assert setup.recipe.fixed == {"price_volatility": 0.3, "slow_birds": False}
    right = parse("", ["village_alliance", "village_alliance.authority=off", "village_alliance.share=0.4"])
    assert setup.right.description() == right.description()
    assert setup.left.description() == {}


@pytest.mark.parametrize("world", knobs.WORLD)
def test_the_file_for_run_says_the_same(world: str, tmp_path: Any) -> None:
    first = {name: {"side": side} for name, side in menu.FIRST[world].items()}
    setup = setups.read({"world": world, "seed": 9, "burn_in": 28, "mechanisms": first})
    path = tmp_path / "mine.yaml"
    path.write_text(files.settings(setup), "utf-8")
    read = config.load(str(path))
    for name in ("place", "structure", "fixed", "days", "burn_in", "seed", "prior_draws", "replications", "layouts"):
        assert getattr(read, name) == getattr(setup.config, name), name
    assert [s.description() for s in read.scenarios] == [setup.left.description(), setup.right.description()]
    assert PRIOR not in yaml.safe_load(path.read_text("utf-8"))["world"].values()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"wordl": "compound"}, "unknown setting of the page 'wordl'; did you mean 'world'?"),
        ({"world": "vilage"}, "unknown world 'vilage'; did you mean 'village'?"),
        ({"world": ["a"]}, "no world called '['a']'"),
        ({"press": 7}, "press case"),
        ({"press": "S99"}, "press case"),
        ({"seed": -1}, "seed=-1 is out of range"),
        ({"seed": "1"}, "seed=1 is not a whole number"),
        ({"seed": float("nan")}, "seed=nan"),
        ({"days": 10_000}, "days=10000 is out of range [1, 1825] on the page"),
        ({"burn_in": 5}, "burn_in=5 is not a whole number of weeks"),
        ({"params": {"quarrel_rate": 7}}, "world.quarrel_rate=7 is out of range"),
        ({"params": {"quarrel_rate": True}}, "world.quarrel_rate=true is not a number"),
        ({"params": {"compounds": 3000}}, "world.compounds=3000 is more than the page takes, 80"),
        ({"params": {"block_households": 3}}, "slider"),
        ({"params": [1]}, "params=[1] is not a group of settings"),
        ({"mechanisms": {"yijiantao": {"side": "right"}}}, "unknown mechanism 'yijiantao'; did you mean 'yijiantiao'?"),
        ({"mechanisms": {"yijiantiao": {}}}, "side of yijiantiao"),
        ({"mechanisms": {"yijiantiao": {"side": "left"}}}, "side of yijiantiao"),
        ({"mechanisms": {"yijiantiao": {"side": "right", "channels": {"floor": True}}}}, "channel of yijiantiao"),
        ({"mechanisms": {"yijiantiao": {"side": "right", "channels": {"authority": 1}}}}, "is not true or false"),
        ({"mechanisms": {"yijiantiao": {"side": "right", "params": {"hours": 99}}}}, "yijiantiao.hours=99 is out"),
        ({"mechanisms": {"village_alliance": {"side": "right"}}}, "applies in a village, not in a compound"),
        ({"press": "S2", "params": {"households": 40}}, "world.households is told by the press case S2"),
        ({"world": "county", "params": {"compounds": 60, "compound_households": 500, "villages": 20,
          "village_households": 600, "around": 600}}, "the page takes 50,000 at most"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        setups.read(asked)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
