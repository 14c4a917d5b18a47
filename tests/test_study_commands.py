"""The commands sensitivity, discover and calibrate: whole, stopped and gone on with, and mistakes in a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import commands, environment
from sim.study.asked import STUDIES
from sim.study.config import load, load_study
from sim.study.factors import factors
from sim.study.files import read_csv
from sim.study.patterns import PATTERNS
from sim.study.sensitivity import KEYS
from tests.test_bad_input import refused

MAIN = "yijiantiao"
FEW = ("size=quick", "days=28", "--backend", "serial")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Results would go to an empty folder, and this interpreter will do."""
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(tmp_path)


def digests(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "manifest.json").read_text("utf-8"))["digests"])


def test_sensitivity_whole_then_gone_on_with(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sensitivity", MAIN, *FEW, "sensitivity.outcome=opened"]
    assert commands.main([*words, "--out", "s"]) == commands.OK
    said, folder = capsys.readouterr().out, Path("s")
    assert "rests on: cases opened" in " ".join(said.split())
    assert {path.name for path in (folder / "figures").glob("*.png")} == {
        "sensitivity.png", "sensitivity.zh.png", "scans.png", "scans.zh.png",
    }  # fmt: skip
    tables = {name: read_csv(folder / f"{name}.csv") for name in KEYS}
    screened = tables["morris"].query("outcome == 'opened' and measure == 'effect'")
    config = load(MAIN)
    varied = factors(config, [s for s in config.scenarios if s.name in ("none", "merged")])
    assert len(screened) == len(varied) + 1  # and another seed
    assert set(screened["tag"].dropna()) == {"E", "D", "F", ""} - ({""} if screened["tag"].isna().any() else set())
    assert (screened["mu_star"] >= screened["mu"].abs() - 1e-9).all()
    shared = tables["sobol"].query("outcome == 'opened' and measure == 'effect'")
    first = screened[screened["factor"] != "another seed"].sort_values("mu_star", ascending=False, kind="stable")
    assert shared["factor"].tolist() == first["factor"].head(2).tolist()
    assert tables["groups"].query("outcome == 'opened' and measure == 'effect'")["rows"].tolist() == [
        sum(factor.guessed for factor in varied), sum(not factor.guessed for factor in varied), 0,
    ]  # fmt: skip
    assert len(tables["scans"]) == 2 * 2
    before = digests(folder)
    pieces = sorted((folder / "blocks" / "points").iterdir())
    pieces[1].unlink()
    (folder / "manifest.json").unlink()
    assert commands.main([*words, "--out", "s", "--resume", "--workers", "2"]) == commands.OK
    assert digests(folder) == before


def test_discover_whole() -> None:
    assert commands.main(["discover", MAIN, *FEW, "burn_in=28", "--out", "d"]) == commands.OK
    said = json.loads((Path("d") / "manifest.json").read_text("utf-8"))
    assert {"runs", "comparison", "boxes", "restrictions", "leaves"} <= set(said["digests"])
    assert list(said["config"]["scenarios"]) == ["none", "merged"]
    assert (Path("d") / "figures" / "boxes.zh.pdf").exists()
    assert len(read_csv(Path("d") / "leaves.csv")) >= 1


def test_sensitivity_of_villages(capsys: pytest.CaptureFixture[str]) -> None:
    """Of other rows and another outcome; what the seed does to the check of the burn-in does not hang on the place."""
    words = ["sensitivity", "village_alliance", *FEW, "sensitivity.burn_in=0", "burn_in=28", "--out", "v"]
    assert commands.main(words) == commands.OK
    assert "rests on: collective income, net" in " ".join(capsys.readouterr().out.split())
    tables = {name: read_csv(Path("v") / f"{name}.csv") for name in KEYS}
    screened = tables["morris"].query("outcome == 'collective_net' and measure == 'effect'")
    assert screened["factor"].str.startswith("village_alliance.").any()
    (row,) = tables["burn_in"].query("outcome == 'collective_net' and measure == 'effect'").to_dict("records")
    assert (row["n"], row["days_short"], row["days_full"]) == (2, 0, 28)
    assert row["difference"] == pytest.approx(row["mean_full"] - row["mean_short"])


@pytest.mark.parametrize("name", ["yijiantiao", "village_alliance", "mobile_mediation", "combined"])
def test_a_quick_calibration_lives_long_enough_for_its_patterns(name: str) -> None:
    config, _ = load_study("calibration", name, ["size=quick"])
    assert config.days == 400
    assert load_study("calibration", name, ["size=quick", "days=90"])[0].days == 90


@pytest.mark.parametrize("name", ["village_alliance", pytest.param("combined", marks=pytest.mark.thorough)])
def test_a_quick_calibration_of_other_places_comes_to_an_end(name: str) -> None:
    assert commands.main(["calibrate", name, "size=quick", "--backend", "serial", "--out", "c"]) == commands.OK
    assert (read_csv(Path("c") / "patterns.csv")["use"] == "matched").sum() > 1


def test_calibrate_pastures() -> None:
    """As quick as it goes; quarrels are followed for 90 days, and nothing can be closed for a year: held out."""
    words = ["calibrate", "mobile_mediation", "size=quick", "--backend", "serial", "--out", "p"]
    assert commands.main(words) == commands.OK
    table = read_csv(Path("p") / "patterns.csv").set_index("pattern")
    assert table["use"].to_dict() == {
        "steppe_cases": "matched", "boundaries": "matched", "livestock": "held out", "closing": "held out",
        "room": "held out",
    }  # fmt: skip
    assert table.loc["steppe_cases", ["outcome", "less"]].tolist() == ["opened", "helped"]
    assert table.loc["steppe_cases", "priors_mean"] == table.loc["room", "priors_mean"] > 0


OTHERS = ("village_alliance", "mobile_mediation", "elder_services", "courier_sensing", "coverage", "combined")


@pytest.mark.parametrize("command", ["sensitivity", "calibrate", "discover"])
@pytest.mark.parametrize("name", OTHERS)
def test_other_experiments_can_be_asked(command: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if (command, name) == ("calibrate", "coverage"):  # which has no scenario without a mechanism
        assert "calibration.scenario=body names formed_body" in refused(capsys, command, name)
        return
    assert commands.main([command, name, "--dry-run"]) == commands.OK
    assert "household-days" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["sensitivity", "calibrate", "discover"])
def test_what_it_would_cost(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main([command, MAIN, "--dry-run"]) == commands.OK
    said = capsys.readouterr().out
    assert "household-days" in said
    assert list(Path().iterdir()) == []


MISTAKES = [
    ("sensitivity", ["sensitivity.points=3"], "sensitivity.points=3 is not a power of two"),
    ("sensitivity", ["sensitivity.trajectoriez=3"], "did you mean 'sensitivity.trajectories'?"),
    ("sensitivity", ["sensitivity.top=0"], "sensitivity.top=0 is out of range [1, 100]"),
    ("sensitivity", ["sensitivity.burn_in=10"], "sensitivity.burn_in=10 is not a whole number of weeks; 7 is"),
    ("sensitivity", ["sensitivity.comparison=[merged]"], "sensitivity.comparison=[merged] is not a pair of scenarios"),
    ("sensitivity", ["sensitivity.comparison=[merged,nobody]"], "unknown scenario 'nobody'; did you mean 'body'?"),
    ("sensitivity", ["sensitivity.outcome=unresolvd"], "unknown outcome 'unresolvd'; did you mean 'unresolved'?"),
    ("sensitivity", ["sensitivity=3"], "sensitivity=3 is not a group of settings"),
    ("discover", ["discovery.outcome=opened"], "discovery.outcome=opened has no better and no worse"),
    ("discover", ["prior_draws=false"], "prior_draws=false: where nothing is drawn there is nowhere to look"),
    ("calibrate", ["calibration.scenario=merged"], "names formed_body, yijiantiao; patterns are of worlds as found"),
    ("calibrate", ["calibration.held_out=[court]"], "unknown pattern 'court'; did you mean 'courts'?"),
    ("calibrate", ["calibration.held_out=courts"], "calibration.held_out=courts is not a list of patterns"),
    ("calibrate", ["calibration.held_out=[]"], "calibration.held_out=[] leaves no pattern to score"),
    ("run", ["draws=nowhere.csv"], "draws: there is no file 'nowhere.csv'"),
    ("run", ["draws=3"], "draws=3 is not a table"),
]


@pytest.mark.parametrize(("command", "words", "message"), MISTAKES)
def test_mistakes(command: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in refused(capsys, command, MAIN, *words)
    assert list(Path().iterdir()) == []


def test_what_shares_no_worlds_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    text = refused(capsys, "sensitivity", "capture")
    assert text  # scenarios of a sweep over the world's settings share no worlds


def test_an_outcome_that_is_missing_somewhere(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "sensitivity", MAIN, *FEW, "sensitivity.outcome=settled_365", "--out", "s")
    assert "sensitivity.outcome=settled_365 is missing in some runs" in said
    assert not (Path("s") / "manifest.json").exists()
    Path("d.csv").write_text("quarrel_rate\n0.03\n", "utf-8")
    assert "leave them out with draws=null" in refused(capsys, "sensitivity", MAIN, "draws=d.csv")


def test_every_setting_of_a_study_is_declared_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["show", "studies"]) == commands.OK
    said = capsys.readouterr().out
    assert all(name in said for known in STUDIES.values() for name in known)
    assert all(pattern.name in said for pattern in PATTERNS)
    assert all(len(line) <= 100 for line in said.splitlines())
    for study, known in STUDIES.items():
        for name, spec in known.items():
            assert spec.name == name and spec.doc and spec.unit, (study, name)
            assert spec.check(spec.default) == spec.default
