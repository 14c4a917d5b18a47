"""Attributions as experiments: which coalitions there are, and that nobody in is nothing done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import SimError
from sim.mechanisms import registry
from sim.scenario import parse
from sim.study.attribution import coalitions
from sim.study.coalitions import EMPTY, read
from sim.study.config import load, load_attribution
from tests.helpers import assert_same, burnt_in, lived, say

CHANNELS = registry()["yijiantiao"].channels


def test_all_coalitions_in_the_order_of_their_numbers() -> None:
    config = load_attribution("yijiantiao")
    assert config.attributed is not None and config.attributed.channels == CHANNELS
    assert (len(config.scenarios), config.replications, config.days, config.burn_in) == (128, 50, 730, 1456)
    assert (config.name, config.detail, config.events) == ("yijiantiao-attribution", False, 0)
    members = coalitions(7)
    for number, scenario in enumerate(config.scenarios):
        on = [channel for channel in CHANNELS if scenario.choices["yijiantiao"].channels[channel]]
        assert on == [channel for channel, there in zip(CHANNELS, members[number], strict=True) if there]
        assert scenario.name == ("-".join(on) or EMPTY)
    assert config.scenarios[-1].description() == parse("merged", ["formed_body", "yijiantiao"]).description()
    assert config.comparisons == ((config.scenarios[-1].name, EMPTY),)


def test_nobody_in_is_the_body_alone_bit_for_bit() -> None:
    """The empty coalition is what it stands on; one person, and two, are two other things."""
    config = load_attribution("yijiantiao")
    by_name = {scenario.name: scenario for scenario in config.scenarios}
    w = lived(burnt_in(replications=range(2)), 63, say("formed_body"), by_name[EMPTY], by_name["coordination"])
    for k in range(2):
        assert_same(w, k, w, 2 + k)
    assert (w.record[:, :2] != w.record[:, 4:]).any()


def test_how_many_replications() -> None:
    assert load_attribution("yijiantiao", ["replications=7"]).replications == 7
    assert load_attribution("yijiantiao", ["attribution.replications=9"]).replications == 9
    assert load_attribution("yijiantiao", ["size=quick"]).replications == 2
    assert load_attribution("yijiantiao", ["size=quick", "replications=3"]).replications == 3
    assert load_attribution("yijiantiao", ["size=quick", "attribution.replications=4"]).replications == 4
    assert load("yijiantiao").replications == 200


def test_a_mechanism_chosen_on_the_command_line() -> None:
    said = ["attribution.mechanism=formed_body", "attribution.outcomes=[unresolved,captured]", "size=quick"]
    config = load_attribution("coverage", said)
    assert config.attributed is not None
    assert (config.attributed.channels, config.attributed.outcomes) == (("formation",), ("unresolved", "captured"))
    assert [list(s.words) for s in config.scenarios] == [
        ["formed_body", "formed_body.formation=off"],
        ["formed_body", "formed_body.formation=on"],
    ]
    some = load_attribution("yijiantiao", ["attribution.channels=[coordination,cost_sharing]"])
    assert [s.name for s in some.scenarios] == [EMPTY, "coordination", "cost_sharing", "coordination-cost_sharing"]
    assert some.scenarios[0].choices["yijiantiao"].channels["case_ledger"]  # not attributed, so as it is


def test_what_is_resolved_is_the_same_attribution(tmp_path: Path) -> None:
    from omegaconf import OmegaConf

    config = load_attribution("yijiantiao", ["size=quick"])
    path = tmp_path / "again.yaml"
    path.write_text(OmegaConf.to_yaml(OmegaConf.create(config.resolved)), "utf-8")
    again = load_attribution(str(path))
    assert again == config
    assert load(str(path)).scenarios == config.scenarios
    assert "attribution" not in load("yijiantiao").resolved


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("attribution.mechanism=yijiantao", "unknown mechanism 'yijiantao'; did you mean 'yijiantiao'?"),
        ("attribution.words=[formed_bdy]", "unknown mechanism 'formed_bdy'"),
        ("attribution.words=formed_body", "attribution: words=formed_body is not a list of words"),
        ("attribution.words=[yijiantiao,yijiantiao.coordination=off]", "cannot stand in every coalition"),
        ("attribution.channels=[authorty]", "unknown channel of yijiantiao 'authorty'; did you mean 'authority'?"),
        ("attribution.channels=[]", "attribution: 0 channels; exact attribution takes 1 to 10"),
        ("attribution.channels=[authority,authority]", "a channel stands twice"),
        ("attribution.outcomes=[unresolve]", "unknown outcome 'unresolve'; did you mean 'unresolved'?"),
        ("attribution.outcomes=some", "attribution: outcomes=some is not a list of words"),
        ("attribution.outcomes=[]", "attribution: outcomes is empty"),
        ("attribution.replications=0", "attribution.replications=0 is out of range"),
        ("attribution.names=[one]", "attribution: names are two"),
        ("attribution.channel=[authority]", "unknown setting 'attribution.channel'; did you mean"),
        ("replicate=5", "unknown setting 'replicate'; did you mean 'replications'?"),
    ],
)
def test_a_wrong_attribution_is_one_line(setting: str, said: str) -> None:
    with pytest.raises(SimError) as error:
        load_attribution("yijiantiao", [setting])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_what_a_quick_run_would_not_go_by_is_checked_too() -> None:
    with pytest.raises(SimError, match=r"attribution\.replications=0 is out of range \[1, 1000000\]"):
        load_attribution("yijiantiao", ["size=quick", "attribution.replications=0"])


def test_an_experiment_without_one_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SimError, match="'capture' does not say what to attribute"):
        load_attribution("capture")
    path = tmp_path / "mine.yaml"
    path.write_text("scenarios: {a: []}\nattribution: {words: [formed_body]}\n", "utf-8")
    with pytest.raises(SimError, match="attribution: which mechanism"):
        load(str(path))
    path.write_text("scenarios: {a: []}\nattribution: {mechanism: yijiantiao, replicatons: 3}\n", "utf-8")
    with pytest.raises(SimError, match="did you mean 'replications'"):
        load(str(path))


def test_whole_mechanisms_as_players() -> None:
    """All sets of the six arrangements of a county; a body comes with the merger, and nobody in is the empty list."""
    config = load_attribution("combined")
    assert config.attributed is not None and len(config.attributed.channels) == 6
    assert (len(config.scenarios), config.replications, config.days) == (64, 20, 730)
    members = coalitions(6)
    for number, scenario in enumerate(config.scenarios):
        on = [player for player, there in zip(config.attributed.channels, members[number], strict=True) if there]
        assert scenario.name == ("-".join(on) or EMPTY)
        assert set(scenario.choices) == {*on, *(["formed_body"] if "yijiantiao" in on else [])}
    assert not config.scenarios[0].choices
    purposes = config.attributed.purposes
    assert set(purposes) == set(config.attributed.channels) and "ledger" in purposes["yijiantiao"]
    assert all(len(set(spent)) == len(spent) for spent in purposes.values())
    assert config.resolved["attribution"]["mechanisms"]["yijiantiao"] == ["formed_body", "yijiantiao"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"mechanisms": {"a": ["yijiantiao"]}, "mechanism": "yijiantiao"}, "mechanism and mechanisms cannot both"),
        ({"mechanisms": {"a": []}}, "mechanisms.a names no mechanism"),
        ({"mechanisms": {"a": ["elders"]}}, "unknown mechanism 'elders'"),
        ({"mechanisms": {}}, "1 to 10 players"),
        ({"mechanisms": {"a": ["village_alliance"]}, "names": ["one"]}, "names are two"),
        ({"mechanisms": {"a": ["hours=3", "yijiantiao"], "b": "x"}}, "not a list of words"),
    ],
)
def test_players_that_cannot_be(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SimError, match=complaint):
        read(given, "county")
    with pytest.raises(SimError, match="applies in a compound, not in a village"):
        read({"mechanisms": {"a": ["yijiantiao"]}}, "village")
