"""Configs: what composes, what is refused, and that a refusal is one line that helps."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim import mechanisms, places
from sim.errors import SimError
from sim.mechanisms import mechanism_specs
from sim.parameters import PRIOR
from sim.study import compose
from sim.study.config import RUN, Config, check, load, options
from tests.conftest import ROOT


@pytest.fixture
def write(tmp_path: Path) -> object:
    """Write a user's file and return its path."""

    def write(text: str, name: str = "mine.yaml") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return str(path)

    return write


def words(config: Config) -> dict[str, list[str]]:
    return {scenario.name: list(scenario.words) for scenario in config.scenarios}


# what composes


def test_the_main_experiment() -> None:
    config = load("yijiantiao")
    assert words(config)["body_branch"] == ["formed_body", "yijiantiao", "yijiantiao.coordination=off"]
    assert config.comparisons[0] == ("merged", "body_branch")
    assert (config.replications, config.days, config.burn_in, config.layouts) == (200, 730, 1456, 4)
    assert (config.structure["compounds"], config.structure["households"]) == (6, 300)
    assert config.fixed == {}


@pytest.mark.parametrize("name", options("experiment"))
def test_every_experiment_is_asked_and_quick(name: str) -> None:
    config = load(name, ["size=quick"])
    assert config.question
    assert config.hypothesis
    season = "village" in places.settlements(config.place)  # shorter, and no birds are placed
    assert (config.replications, config.days, config.burn_in) == (2, 280 if season else 60, 56)
    small = compose.world(config.place)["quick"]
    assert {key: config.structure[key] for key in small} == small


@pytest.mark.parametrize("name", options("world"))
def test_every_world_composes(name: str) -> None:
    said = compose.world(name)
    own = {"compound": "yijiantiao", "pasture": "mobile_mediation", "village": "village_alliance", "county": "combined"}
    config = load(own[said["place"]], [f"world={name}"])
    assert {key: value for key, value in said.items() if key in config.structure} == config.structure


def test_what_is_said_on_the_command_line_wins_also_over_quick() -> None:
    config = load("yijiantiao", ["size=quick", "replications=7", "world.compounds=3", "world.quarrel_rate=0.05"])
    assert (config.replications, config.days, config.structure["compounds"]) == (7, 60, 3)
    assert config.fixed == {"quarrel_rate": 0.05}
    assert load("yijiantiao", ["replications=7", "size=quick"]).replications == 7


def test_prior_is_a_value() -> None:
    assert load("yijiantiao", ["world.quarrel_rate=prior"]).fixed == {}
    assert load("yijiantiao").resolved["world"]["quarrel_rate"] == PRIOR


def test_a_set_parameter_at_its_default_is_as_if_not_said() -> None:
    assert load("yijiantiao", ["world.review_days=30"]).fixed == {}
    assert load("yijiantiao", ["world.review_days=20"]).fixed == {"review_days": 20}
    # A drawn parameter fixed at its default is something else: it is no longer drawn.
    assert load("yijiantiao", ["world.quarrel_rate=0.03"]).fixed == {"quarrel_rate": 0.03}


def test_a_mechanism_s_parameter_holds_in_every_scenario_unless_its_words_say_otherwise() -> None:
    config = load("yijiantiao", ["mechanisms.yijiantiao.hours=2", "scenarios.merged=[yijiantiao,yijiantiao.hours=3]"])
    hours = {s.name: s.choices["yijiantiao"].fixed.get("hours") for s in config.scenarios if "yijiantiao" in s.choices}
    said = dict.fromkeys(("body_branch", "placebo", "merged_equal_hours", "merged_selected"), 2.0)
    assert hours == {**said, "merged": 3.0}


def test_scenarios_on_the_command_line() -> None:
    said = "scenarios.few=[formed_body, yijiantiao, yijiantiao.coordination=off, yijiantiao.hours=1.5]"
    config = load("yijiantiao", [said, "comparisons=[[few,body]]"])
    few = config.scenarios[-1]
    assert [c for c, on in few.choices["yijiantiao"].channels.items() if not on] == ["coordination"]
    assert few.choices["yijiantiao"].fixed == {"hours": 1.5}
    assert config.comparisons == (("few", "body"),)


def test_without_comparisons_all_are_compared_with_the_baseline() -> None:
    config = load("yijiantiao", ["comparisons=[]", "baseline=body"])
    assert config.comparisons[0] == ("none", "body")
    assert len(config.comparisons) == len(config.scenarios) - 1


def test_switches_may_be_on_and_off() -> None:
    assert load("yijiantiao", ["prior_draws=off"]).prior_draws is False
    assert load("yijiantiao", ["mechanisms.yijiantiao.extra_hours=1"]).resolved["mechanisms"]["yijiantiao"][
        "extra_hours"
    ] == pytest.approx(1)


# files of one's own


def test_a_file_based_on_an_experiment(write) -> None:
    path = write(
        """
        base: yijiantiao
        world: {base: hohhot, compounds: 100, quarrel_rate: 0.05}
        replications: 50
        scenarios:
          placebo: null
          few_hours: [formed_body, yijiantiao, yijiantiao.hours=1]
        comparisons: [[few_hours, body]]
        mechanisms:
          yijiantiao: {ledger_loss: 0.02}
        """
    )
    config = load(path)
    assert config.name == "mine"
    assert "placebo" not in words(config)
    assert list(words(config))[-1] == "few_hours"
    assert (config.structure["compounds"], config.structure["households"]) == (100, 500)
    assert config.scenarios[-1].choices["yijiantiao"].fixed == {"hours": 1.0, "ledger_loss": 0.02}
    assert load(path, ["replications=3"]).replications == 3


def test_a_file_from_nothing_is_named_after_itself(write) -> None:
    config = load(write("scenarios: {a: [], b: [formed_body]}\nworld: hohhot\n", "a question of mine.yaml"))
    assert config.name == "a-question-of-mine"
    assert config.comparisons == (("b", "a"),)
    assert config.structure["compounds"] == 1990


def test_a_defaults_list_and_groups_beside_the_file(write) -> None:
    write("place: compound\ncompounds: 3\nhouseholds: 36\n", "world/tiny.yaml")
    config = load(write("defaults:\n  - yijiantiao\n  - override /world: tiny\nreplications: 3\n"))
    assert (config.structure["compounds"], config.replications, len(config.scenarios)) == (3, 3, 7)
    assert load(write("base: yijiantiao"), ["world=tiny"]).structure["compounds"] == 3


def test_what_is_resolved_is_the_same_experiment_as_a_file(write) -> None:
    from omegaconf import OmegaConf

    config = load("yijiantiao", ["size=quick", "world.quarrel_rate=0.05", "mechanisms.yijiantiao.hours=2"])
    again = load(write(OmegaConf.to_yaml(OmegaConf.create(config.resolved))))
    assert again == config


# what is refused


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("replicate=5", "unknown setting 'replicate'; did you mean 'replications'?"),
        ("quarrel_rate=.05", "unknown setting 'quarrel_rate'; did you mean 'world.quarrel_rate'?"),
        ("world.quarel_rate=.05", "did you mean 'world.quarrel_rate'?"),
        ("world.zzz=1", "no setting called 'world.zzz'; see: python3 -m sim show"),
        ("world.compounds.x=3", "unknown setting 'world.compounds.x'"),
        ("mechanisms.yijiantao.hours=2", "did you mean 'mechanisms.yijiantiao.hours'?"),
        ("mechanisms.yijiantiao.coordination=off", "switch it in a scenario with the word yijiantiao.coordination=off"),
        ("world=oasis", "no world called 'oasis'; have: compound, county, hohhot, "),
        ("world=compund", "unknown world 'compund'; did you mean 'compound'?"),
        ("world.place=vilage", "unknown place 'vilage'; did you mean 'village'?"),
        ("replications=0", "replications=0 is out of range [1, "),
        ("replications=two", "replications=two is not a whole number"),
        ("replications=1.5", "replications=1.5 is not a whole number"),
        ("replications=1,2", "has several values"),
        ("world.quarrel_rate=7", "world.quarrel_rate=7 is out of range [0.01, 0.06]"),
        ("world.review_days=inf", "is out of range"),
        ("world.review_days=nan", "is out of range"),
        ("world.compounds=prior", "world.compounds=prior is not a whole number"),
        ("prior_draws=maybe", "prior_draws=maybe is not true or false"),
        ("burn_in=730", "burn_in=730 is not a whole number of weeks; 728 is"),
        ("size=tiny", "no size called 'tiny'; have: full, quick"),
        ("name=a/b", "name='a/b' cannot name a folder"),
        ("foo", "'foo' is not a setting; write key=value"),
        ("+replications=4", "'+replications=4': keys are not added"),
        ("~replications", "keys are not added or removed"),
        ("hydra.searchpath=[pkg://os]", "configs are data; 'hydra' is not a setting"),
        ("world._target_=os.system", "'world._target_': configs are data"),
        ("name=${oc.env:HOME}", "configs are data; '${oc.env:HOME}' is not filled in"),
        ("experiment=coverage", "the experiment is the first word after run"),
        ("scenarios=5", "scenarios=5 is not a group of settings"),
        ("scenarios.x=[formed_bdy]", "unknown mechanism 'formed_bdy'; did you mean 'formed_body'?"),
        ("scenarios.x=[yijiantiao.hours=2]", "sets a mechanism that the scenario does not name"),
        ("scenarios.x=formed_body", "scenario 'x' is not a list of words"),
        ("scenarios.x=[formed_body]", "scenarios 'body' and 'x' are the same"),
        ("comparisons=[[merged,nope]]", "comparison [merged, nope] names 'nope', which is not among the scenarios"),
        ("comparisons=[[merged,merged]]", "compares a scenario with itself"),
        ("comparisons=[merged,body]", "is not a pair of scenarios"),
        ("comparisons=[[body,none],[body,none]]", "stands there twice"),
        ("baseline=nope", "baseline 'nope' is not among the scenarios"),
    ],
)
def test_a_wrong_setting_is_one_line(settings: str, said: str) -> None:
    with pytest.raises(SimError) as error:
        load("yijiantiao", [settings])
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scenarios: [a", "is not YAML: "),
        ("\tscenarios: {}", "is not YAML: "),
        ("a: 1\na: 2\n", "duplicate key a in line 2"),
        ("- a\n", "is not a list of keys and values"),
        ("", "there is no scenario"),
        ("1: 2", "every key must be a word"),
        ("mechanisms: {yijiantao: {hours: 2}}", "did you mean 'mechanisms.yijiantiao'?"),
        ("replicate: 3", "did you mean 'replications'?"),
        ("world: {compounds: {x: 3}}", "is not a whole number"),
        ("base: nope", "no experiment called 'nope'"),
        ("base: [a]", "no experiment called"),
        ("world: vilage", "unknown world 'vilage'; did you mean 'village'?"),
        ("scenarios: {a: []}\nhydra: {x: 1}", "configs are data; 'hydra' is not a setting"),
        ("scenarios: {a: []}\nworld: {_target_: os.system}", "configs are data"),
        ("scenarios: {a: []}\ndays: ${oc.env:HOME}", "configs are data"),
        ("defaults: [nope]", "no experiment called 'nope'"),
        ("defaults: {a: b}", "defaults is not a list"),
        ("defaults:\n  - override /world: oasis\n", "no world called 'oasis'"),
        ("defaults:\n  - override /wrld: x\n", "there is no group 'wrld' to choose from"),
        ("scenarios: {a b: []}", "scenario 'a b' needs another name"),
    ],
)
def test_a_wrong_file_is_one_line(text: str, said: str, write) -> None:
    with pytest.raises(SimError) as error:
        load(write(text))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for source, said in (
        (str(tmp_path / "no.yaml"), "there is no file"),
        (str(tmp_path), "is a folder, not a file"),
        ("yijiantia", "did you mean 'yijiantiao'?"),
        ("nothing_like_it", "no experiment called"),
    ):
        with pytest.raises(SimError, match=re.escape(said)):
            load(source)
    binary = tmp_path / "x.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SimError, match="UTF-8"):
        load(str(binary))


def test_a_mechanism_knows_its_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mechanisms.registry()["yijiantiao"], "places", ("village",))
    with pytest.raises(SimError, match="yijiantiao applies in a village, not in a compound"):
        load("yijiantiao")


def test_a_mistake_is_told_before_anything_heavy_is_imported() -> None:
    program = (
        "import sys; from sim.study import commands; from argparse import Namespace\n"
        "try: commands.run(Namespace(name='yijiantiao', settings=['replicate=5'], out=None))\n"
        "except Exception as error: print(error)\n"
        "print([n for n in ('pandas', 'scipy', 'matplotlib', 'pyarrow', 'joblib', 'rich', 'mesa') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["unknown setting 'replicate'; did you mean 'replications'?", "[]"]


def test_the_engine_knows_no_configs() -> None:
    program = (
        "import sys, sim.worlds, sim.outcomes\n"
        "print([n for n in ('hydra', 'omegaconf', 'pandas', 'matplotlib', 'pyarrow') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# the files themselves


def test_every_mechanism_has_a_config_with_every_parameter() -> None:
    assert options("mechanism") == list(mechanisms.registry())
    for name in mechanisms.registry():
        said, known = compose.mechanism(name), mechanism_specs(name)
        assert list(said) == list(known)
        for key, spec in known.items():
            assert said[key] == (PRIOR if spec.kind == "drawn" else spec.default), f"{name}.{key}"


def test_every_world_names_its_whole_structure() -> None:
    for name in options("world"):
        said = compose.world(name)
        fields = places.registry()[said["place"]].Structure.__dataclass_fields__
        assert list(said) == ["place", *fields, "quick"]
        assert set(said["quick"]) <= set(fields)


def test_the_root_config_says_the_defaults_of_the_code() -> None:
    plain = compose._load(compose.FOLDER / "config.yaml")
    assert {key: plain[key] for key in RUN} == {key: spec.default for key, spec in RUN.items()}


def test_every_key_is_described() -> None:
    for group in ("world", "mechanism", ""):
        for path in (compose.FOLDER / group).glob("*.yaml"):
            for line in path.read_text("utf-8").splitlines():
                if re.match(r"\w+:", line) and not line.startswith("quick:"):
                    assert "  #" in line or " # " in line, f"{path.name}: {line}"


def test_check_needs_a_place() -> None:
    with pytest.raises(SimError, match="the world has no place"):
        check({"name": "x", "scenarios": {"a": []}})
