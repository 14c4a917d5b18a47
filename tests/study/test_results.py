"""`compare`: within one result, between two with the same seeds, and refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim import commands, environment
from sim.errors import SimError
from sim.study import results
from sim.study.files import write_csv, write_json

CONFIG = {
    "name": "x", "question": "what?", "seed": 1, "days": 730, "burn_in": 364, "layouts": 4, "prior_draws": True,
    "comparisons": [["merged", "body"]], "world": {"place": "compound", "detected": "prior"},
}  # fmt: skip


def result(
    folder: Path, shift: float = 0.0, replications: int = 12, scenarios: str = "body merged", **said: object
) -> Path:
    """Write a result folder whose scenarios differ by 10 from one another, and by a shift from those of others."""
    rows = [
        {
            "scenario": name,
            "replication": k,
            "layout": 0,
            "unresolved": 100.0 * k + 10 * n + shift * (1 + k % 2),
            "hours": 5.0,
        }
        for n, name in enumerate(scenarios.split())
        for k in range(replications)
    ]
    write_csv(folder / "runs.csv", pd.DataFrame(rows))
    write_json(folder / "manifest.json", {"name": "x", "engine": "e", "config": CONFIG | said})
    return folder


def difference(compared: results.Compared, outcome: str = "unresolved") -> dict[tuple[str, str], float]:
    rows = compared.comparison[compared.comparison["outcome"] == outcome]
    return {(row.scenario, row.baseline): row.difference for row in rows.itertuples()}


def test_within_one_result(tmp_path: Path) -> None:
    one = results.read(result(tmp_path / "one", scenarios="none body merged"))
    assert difference(results.compare(one, None, None, None)) == {("merged", "body"): 10}
    assert difference(results.compare(one, None, "none", "merged")) == {("none", "merged"): -20}
    assert difference(results.compare(one, None, None, "none")) == {("body", "none"): 10, ("merged", "none"): 20}
    assert difference(results.compare(one, None, "merged", None)) == {("merged", "body"): 10}


def test_between_two_results(tmp_path: Path) -> None:
    """The second less the first, replication by replication; what else differs is said."""
    one = results.read(result(tmp_path / "one"))
    world = {"place": "compound", "detected": 0.5}
    two = results.read(result(tmp_path / "two", shift=4.0, scenarios="merged body other", world=world))
    compared = results.compare(one, two, None, None)
    assert difference(compared) == {("merged@two", "merged@one"): -4, ("body@two", "body@one"): 16}
    assert compared.comparison["n"].unique() == [12]
    assert compared.notes == ["The two differ in: world.detected (prior, 0.5)."]
    assert difference(results.compare(one, two, "merged", "body")) == {("merged@two", "body@one"): 6}
    twice = results.compare(one, one, None, None)
    assert set(difference(twice).values()) == {0}
    assert "same settings and the same model" in twice.notes[0]


def test_another_model_is_said(tmp_path: Path) -> None:
    one, two = (results.read(result(tmp_path / name)) for name in ("one", "two"))
    two.manifest["engine"] = "f"
    assert results.compare(one, two, None, None).notes == [
        "The two were run by different versions of the model, which may be the whole difference."
    ]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"seed": 2}, "seed is 1 in "),
        ({"days": 365}, "days is 730 in "),
        ({"burn_in": 7}, "burn_in is 364 in "),
        ({"prior_draws": False}, "prior_draws is True in "),
        ({"replications": 11}, "has 12 replications and "),
        ({"scenarios": "some others"}, "share no scenario"),
    ],
)
def test_strangers_are_refused(said: dict[str, object], message: str, tmp_path: Path) -> None:
    one, two = results.read(result(tmp_path / "one")), results.read(result(tmp_path / "two", **said))  # type: ignore[arg-type]
    with pytest.raises(SimError) as error:
        results.compare(one, two, None, None)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("scenario", "baseline", "message"),
    [
        ("mergd", None, "unknown scenario 'mergd'; did you mean 'merged'?"),
        (None, "x", "no scenario called 'x'"),
        ("body", None, "the experiment compares 'body' with nothing"),
        ("body", "body", "'body' is compared with itself"),
    ],
)
def test_scenarios_that_are_not_there(scenario: str | None, baseline: str | None, message: str, tmp_path: Path) -> None:
    one = results.read(result(tmp_path / "one"))
    with pytest.raises(SimError) as error:
        results.compare(one, None, scenario, baseline)
    assert message in str(error.value)


def test_what_is_no_result_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SimError, match="there is no finished run in"):
        results.find(str(tmp_path / "empty"), tmp_path)
    with pytest.raises(SimError, match="there is no result 'nothing'"):
        results.find("nothing", tmp_path)
    folder = result(tmp_path / "results" / "local" / "mine")
    assert results.find("mine", tmp_path) == folder
    (folder / "runs.csv").unlink()
    with pytest.raises(SimError, match="without which nothing can be compared"):
        results.read(folder)
    (folder / "runs.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SimError, match="is damaged or no result folder"):
        results.read(folder)
    write_json(folder / "manifest.json", {"name": "x"})
    with pytest.raises(SimError, match="is damaged or no result folder"):
        results.read(folder)


def test_the_command_prints_and_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    one, two = str(result(tmp_path / "one")), str(result(tmp_path / "two", shift=4.0))
    out = tmp_path / "out"
    assert commands.main(["compare", one, two, "--scenario", "merged", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "merged@two - merged@one" in said and "unresolved" in said and f"Kept: {out}" in said
    assert (out / "comparison.csv").read_text().startswith("scenario,baseline,outcome,")
    assert {path.name for path in (out / "figures").iterdir()} >= {"forest.png", "forest.pdf"}
    assert commands.main(["compare", one, "--scenario", "merged", "--baseline", "body", "--all"]) == 0
    assert "merged - body" in capsys.readouterr().out
    assert commands.main(["compare", one, "--out", one]) == 2
    said = capsys.readouterr()
    assert "holds a run and its own comparison" in said.err and said.out == ""
    assert json.loads((tmp_path / "one" / "manifest.json").read_text())["name"] == "x"
