"""`run`, `list` and `show`, as a user meets them."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import pytest

from sim import commands, environment, mechanisms, outcomes, places
from sim.evidence import sources
from sim.outcomes import FAMILIES, OUTCOMES
from sim.report.declarations import declared
from sim.schedule import world_specs
from sim.study import commands as study
from sim.study import runner
from sim.study import show as pages
from sim.study.acceptability import choices
from sim.study.config import load, options
from sim.study.files import read_csv

WORLDS = ("capture", "complementarity", "flock", "price_crash")
"""Experiments whose scenarios are in different worlds, between which nobody chooses."""

FEW = ("size=quick", "days=14", "burn_in=7", "replications=1", "layouts=1")
RULED = dict.fromkeys(spec.owner for spec in world_specs("compound").values())


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This interpreter will do, whatever the locks say."""
    monkeypatch.setattr(environment, "ensure", lambda need: None)


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: a second a run."""
    monkeypatch.setattr(runner, "_draw", lambda *_: None)


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert commands.main(list(words)) == code
    out, err = capsys.readouterr()
    return out, err


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize(
    ("nowhere", "code", "line"), [("pipe", 141, ""), ("/dev/full", 2, "error: no space left where the output goes\n")]
)
def test_where_nobody_reads_the_tables_the_result_is_whole(
    nowhere: str, code: int, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Tables are printed while the rest is still to be kept: a closed pipe or a full disk behind them costs nothing."""
    if nowhere == "pipe":
        end, begin = os.pipe()
        os.close(end)
    else:
        begin = os.open(nowhere, os.O_WRONLY)
    with os.fdopen(begin, "w", closefd=False) as said:
        monkeypatch.setattr("sys.stdout", said)
        words = ["run", "mobile_mediation", *FEW, "--out", str(tmp_path / "out"), "--backend", "serial"]
        assert commands.main(words) == code
    os.close(begin)
    assert capsys.readouterr().err == line
    assert (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.parametrize("name", options("experiment"))
def test_every_experiment_runs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "out")
    out, err = told(capsys, "run", name, *FEW, "--out", folder, "--backend", "serial")
    assert f"Results: {folder}" in out
    known = outcomes.specs(load(name).place)
    assert known[0].label.split(",")[0] in out
    assert f"Rates in: {load(name).scenarios[0].name} " in out
    there = {spec.family for spec in known}
    lines = {line.strip() for line in out.splitlines()}
    assert [heading for family, heading in FAMILIES.items() if (heading in lines) != (family in there)] == []
    assert err == ""  # no bar where there is no terminal
    assert (tmp_path / "out" / "manifest.json").exists()
    names = {path.name for path in (tmp_path / "out").rglob("*")}
    worth = {"budget.csv", "acceptability.csv", "acceptability.png", "acceptability.zh.pdf"}
    chosen = bool(choices(load(name)))
    assert chosen == (name not in WORLDS) and names & worth == (worth if chosen else set())
    assert ("acceptability.csv" in out) == chosen


VILLAGES = [name for name in options("experiment") if "village" in places.settlements(load(name).place)]


@pytest.mark.parametrize("name", VILLAGES)
def test_a_quick_run_of_villages_lives_through_a_season(name: str) -> None:
    """Birds are placed from March on (waves on days 56 and 84) and sold in August; a crash comes within the run."""
    config = load(name, ["size=quick"])
    assert config.days == 280 and config.replications == 2
    assert -1 <= int(config.fixed.get("crash_day", -1)) < 60


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize("name", ["village_alliance", "combined"])
def test_in_a_quick_run_of_villages_birds_are_sold(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["size=quick", "detail=false", "layouts=1", "--backend", "serial", "--out", str(tmp_path / "out")]
    told(capsys, "run", name, *words)
    runs = read_csv(tmp_path / "out" / "runs.csv")
    assert (runs["n_birds_placed"] > 0).all() and (runs["n_birds_sold"] > 0).all()
    assert (runs["adopted"] > 0).all() and (runs["collective_income"] > 0).any()


@pytest.mark.usefixtures("no_figures")
def test_attribute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Shares and hours of every channel are printed; again, nothing is computed."""
    few = [*FEW, "attribution.channels=[coordination,onsite_visits]"]
    words = ["attribute", "yijiantiao", *few, "--out", str(tmp_path / "out"), "--backend", "serial"]
    out, err = told(capsys, *words)
    assert "What carries the effect: from body to merged" in out
    assert out.count("  onsite_visits") == 6  # once an outcome
    assert "doors rounds" in out
    assert max(map(len, out.splitlines()[:-1])) <= 100
    assert err == ""
    out, _ = told(capsys, *words, "--resume")
    assert "4 of 4 pieces were there already" in out
    out, _ = told(capsys, "attribute", "yijiantiao", "--dry-run", "--out", str(tmp_path / "dry"))
    assert "yijiantiao-attribution: 128 scenarios x 50 replications, size=full" in out
    _, err = told(capsys, "attribute", "capture", *FEW, code=2)
    assert err.startswith("error: 'capture' does not say what to attribute")


@pytest.mark.usefixtures("no_figures")
def test_again_and_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "hohhot_2025", *FEW, "--out", str(tmp_path / "out"), "--backend", "serial"]
    told(capsys, *words)
    out, _ = told(capsys, *words, "--resume")
    assert "4 of 4 pieces were there already" in out
    _, err = told(capsys, "run", "hohhot_2025", *FEW, "--out", str(tmp_path / "no"), "--resume", code=2)
    assert err.startswith("error: there is nothing to resume")


@pytest.mark.usefixtures("no_figures")
def test_one_scenario_has_nothing_to_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("scenarios: {none: []}\n")
    out, _ = told(capsys, "run", str(file), *FEW, "--out", str(tmp_path / "out"), "--backend", "serial")
    assert out.splitlines()[-1].startswith("Results: ")
    assert "forest" not in out


def test_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "out"
    out, _ = told(capsys, "run", "yijiantiao", "--dry-run", "--out", str(folder))
    assert "pieces     56: 0 stored, 56 missing, in 8 groups" in out
    assert "7 scenarios x 200 replications" in out
    assert re.search(r"cost +[\d,]+ million household-days, about .* on one core", out)
    assert not folder.exists()


@pytest.mark.usefixtures("no_figures")
def test_dry_run_knows_what_is_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "run", "hohhot_2025", *FEW, "--out", str(tmp_path / "out"), "--backend", "serial")
    out, _ = told(capsys, "run", "hohhot_2025", *FEW, "layouts=1", "--out", str(tmp_path / "out"), "--dry-run")
    assert "pieces     4: 4 stored, 0 missing, in 0 groups" in out


def test_a_mistake_is_one_line_and_2(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(capsys, "run", "yijiantiao", "replicate=1", code=2)
    assert (out, err) == ("", "error: unknown setting 'replicate'; did you mean 'replications'?\n")


def test_a_failure_is_told_and_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(runner, "Worlds", broken)
    folder = tmp_path / "out"
    out, err = told(capsys, "run", "hohhot_2025", *FEW, "--out", str(folder), "--backend", "serial", code=1)
    assert out == ""
    assert err.startswith("failed while founding: RuntimeError: no luck (replications 0; none, body, lot, best)\n")
    assert "failed: 1 of 1 groups" in err
    assert "no luck" in (folder / "failures.txt").read_text()
    monkeypatch.undo()
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    told(capsys, "run", "hohhot_2025", *FEW, "--out", str(folder), "--backend", "serial")
    assert not (folder / "failures.txt").exists()


def test_a_quick_run_never_stands_where_a_full_one_was() -> None:
    full, quick = (study.default_folder(load("yijiantiao", s)) for s in ([], ["size=quick"]))
    assert full.parts[-3:] == ("results", "local", "yijiantiao")
    assert quick.name == "yijiantiao-quick"


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "list")
    for name in (*options("experiment"), *options("world"), *mechanisms.registry()):
        assert f"  {name}\n" in out
    assert "channels: authority, coordination," in out
    assert "A few small compounds: the world of most experiments.\n" in out
    assert "for where the numbers come from, parameter/NAME,\n" in out
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize(
    "name",
    [
        *options("experiment"),
        *(f"world/{n}" for n in options("world")),
        *(f"mechanism/{n}" for n in mechanisms.registry()),
        *(f"rule/{n}" for n in RULED),
    ],
)
def test_show_fits_a_hundred_columns(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "show", name)
    assert max(map(len, out.splitlines())) <= 100, max(out.splitlines(), key=len)
    assert "[" in out


@pytest.mark.parametrize(
    "name", ["yijiantiao", "world/compound", "mechanism/yijiantiao", "rule/fees", "outcomes", "sources"]
)
def test_a_narrow_terminal_is_filled_and_not_more(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "width", lambda: 80)
    kinds = {"world": pages.world, "mechanism": pages.mechanism, "rule": pages.rule}
    kind, _, last = name.rpartition("/")
    text = (
        kinds[kind](last)
        if kind
        else {"outcomes": pages.outcomes, "sources": pages.sources}.get(name, lambda: pages.experiment(name))()
    )
    wide = [
        len(line) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in line) for line in text.splitlines()
    ]
    assert 70 < max(wide) <= 80


def test_an_experiment_shows_how_far_its_numbers_are_to_be_trusted(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "show", "yijiantiao")
    assert "tags: S the seed page, F a public source" in out
    shown = re.findall(r"^      .*\[([SFDEG])\]$", out, re.MULTILINE)
    assert len(shown) > 20


def test_show_outcomes(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "show", "outcomes")
    assert all(f"  {spec.name} " in out for spec in OUTCOMES)
    assert max(map(len, out.splitlines())) <= 100


def test_show_says_where_a_number_is_from(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "show", "world/compound")
    assert "quarrel_rate" in out
    assert "prior, 0.03" in out
    assert "      E: prior-quarrels\n" in out
    out, _ = told(capsys, "show", "mechanism/yijiantiao")
    assert "ADICO" in out
    assert "merged_hours" in out
    assert "      E: guess, page-D13: two calls a week of 0.25 hour\n" in out
    out, _ = told(capsys, "show", "rule/contracts")
    assert "      F: civil-code-948\n" in out
    assert "quarrel_rate" not in out


@pytest.mark.parametrize("words", [["parameter", "notice_days"], ["parameter/contracts.notice_days"]])
def test_show_a_parameter(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Its row in the ledger, and its sources in full."""
    out, _ = told(capsys, "show", *words)
    lines = out.splitlines()
    assert lines[0] == "contracts.notice_days"
    for line in (
        "  meaning  time between notice and end",
        "  value    60",
        "  range    [1, 365]",
        "  unit     days",
        "  kind     set",
        "  tag      F a public source",
        "  read by  rules.contracts",
        "  sources  civil-code-948",
    ):
        assert line in lines
    assert "on 60 days' notice" in " ".join(out.split())
    assert "Civil Code of the People's Republic of China (2020), article 948" in out
    assert "    trust        strong: the law" in lines


def test_show_parameters_of_one_name(capsys: pytest.CaptureFixture[str]) -> None:
    """Two mechanisms have a coverage: both are shown, or the one whose owner is named."""
    out, _ = told(capsys, "show", "parameter", "coverage")
    assert [line for line in out.splitlines() if line.endswith(".coverage")] == [
        "formed_body.coverage",
        "yijiantiao.coverage",
    ]
    out, _ = told(capsys, "show", "parameter", "formed_body.coverage")
    assert "yijiantiao" not in out


def test_show_sources(capsys: pytest.CaptureFixture[str]) -> None:
    """All in a list, each on a page that says what rests on it."""
    out, _ = told(capsys, "show", "sources")
    assert all(f"\n  {name} " in out for name in sources())
    assert max(map(len, out.splitlines())) <= 100
    out, _ = told(capsys, "show", "source", "civil-code-948")
    assert "  rests on it  contracts.notice_days" in out.splitlines()
    out, _ = told(capsys, "show", "source/page-D5")
    assert "  tag, role    S, target" in out.splitlines()
    assert "  rests on it  -" in out.splitlines()


def test_every_page_of_the_ledger_fits_a_hundred_columns() -> None:
    texts = [pages.source(name) for name in sources()]
    texts += [pages.parameter(f"{spec.owner}.{spec.name}") for spec in declared()]
    assert max(len(line) for text in texts for line in text.splitlines()) <= 100


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing_like_it", "no experiment called"),
        ("world/compond", "did you mean 'compound'?"),
        ("mechanism/x", "no mechanism called 'x'"),
        ("rule/contract", "unknown rule 'contract'; did you mean 'contracts'?"),
        ("parameter/quarel_rate", "unknown parameter 'quarel_rate'; did you mean 'quarrel_rate'?"),
        ("parameter/compound.floor", "did you mean 'compound.floors'?"),
        ("parameter/", "no parameter called ''"),
        ("source/prior-rof", "unknown source 'prior-rof'; did you mean 'prior-roof'?"),
        ("source/zzzz", "no source called 'zzzz'; have: adams-1965, baker-2002, "),
    ],
)
def test_show_of_what_is_not_there(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(capsys, "show", name, code=2)
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
