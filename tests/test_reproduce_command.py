"""`reproduce`, as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim import commands, environment, evidence
from sim.report.tables import number
from sim.study.press import alone, cases, command
from sim.study.press.play import Play


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This interpreter will do, whatever the locks say."""
    monkeypatch.setattr(environment, "ensure", lambda need: None)


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert commands.main(list(words)) == code
    out, err = capsys.readouterr()
    return out, err


def test_a_case_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("reproduce", "S4", "size=quick", "replications=2", "layouts=1", "follow=14", "--backend", "serial")
    out, err = told(capsys, *words, "--out", str(tmp_path / "out"))
    assert "S4: pests, from door to door" in out
    assert "The page: " in out
    assert "pests_gone: reported 1" in out
    assert "Under these assumptions; 2 worlds" in out
    assert err == ""
    table = pd.read_csv(tmp_path / "out" / "cases.csv")
    assert set(table["case"]) == {"S4"}
    assert table.loc[table["measure"] == "pests_gone", "verdict"].notna().all()
    assert len(pd.read_csv(tmp_path / "out" / "channels.csv")) == 7
    for name in ("cases.png", "cases.pdf", "cases.zh.png", "cases.zh.pdf"):
        assert (tmp_path / "out" / "figures" / name).stat().st_size > 5_000


def test_what_was_at_stake_is_said_in_the_words_of_the_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("reproduce", "S2", "size=quick", "replications=1", "layouts=1", "follow=14", "--backend", "serial")
    out, _ = told(capsys, *words, "--out", str(tmp_path / "out"))
    for said in ("stake: V x dP when talks first ended", "relation: V:", "shift: dP:", "paid owners, yuan"):
        assert said in out


def test_the_tail_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "reproduce", "tail", "size=quick", "--backend", "serial", "--out", str(tmp_path / "out"))
    assert "The best 4 of 9 compounds under the arrangement" in out
    assert "A reader of the page alone would credit" in out
    assert "paper closing 0.4" in out
    mean = pd.read_csv(tmp_path / "out" / "tail.csv").set_index("outcome").loc["pests"]
    keys = ("reported", "best_four", "as_reported_2", "as_reported_4", "mean", "share_as_good")
    line = next(line for line in out.splitlines() if line.strip().startswith("pests"))
    assert line.split()[1:7] == [number(mean[key]) for key in keys]
    assert (tmp_path / "out" / "books.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["X9"], "no press case called 'X9'; have: S1"),
        (["S1", "veto=1"], "no setting of reproduce called 'veto'"),
        (["S2", "replication=3"], "did you mean 'replications'?"),
        (["replications=0"], "replications=0 is out of range"),
        (["replications=x"], "replications=x is not a whole number"),
        (["burn_in=3"], "burn_in=3 is not a whole number of weeks"),
        (["S3", "burn_in=70"], "burn_in=70 is too short for S3"),
        (["size=small"], "size"),
        (["tail", "S1"], "the tail is computed alone"),
        (["tail", "layouts=2"], "no setting of reproduce called 'layouts'"),
        (["tail", "burn_in=8"], "burn_in=8 is not a whole number of weeks"),
    ],
)
def test_mistakes_end_with_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = told(capsys, "reproduce", *words, code=2)
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert said in err


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for words in (("S4",), ("tail",)):
        _, err = told(capsys, "reproduce", *words, "size=quick", "--out", str(tmp_path), code=2)
        assert "holds other files" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", cases.names())
def test_every_case_can_be_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "show", f"press/{name}")
    case = cases.load(name)
    assert out.startswith(f"press/{name}: {case.title}")
    for key, value in case.context.items():
        assert f"{key} " in out
        assert str(value) in out
    assert all(len(line) <= 120 for line in out.splitlines())


def test_cases_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "list")
    assert "Press cases" in out
    assert all(line in out for line in command.listing())


def test_an_unknown_case_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    _, err = told(capsys, "show", "press/S77", code=2)
    assert "unknown press case 'S77'; did you mean 'S7'?" in err


@pytest.mark.parametrize("name", ["S7", "S8", "S10", "tail"])
def test_what_has_no_file_is_listed_and_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "list")
    assert f"  {name}  " in out
    out, _ = told(capsys, "show", f"press/{name}")
    assert out.startswith(f"press/{name}: {alone.ALONE[name].title}")
    assert all(f"\n{head}" in out for head in ("page ", "expected ", "sources ", "set ", "compared "))
    assert all(len(line) <= 100 for line in out.splitlines())
    assert set(alone.ALONE[name].sources) <= set(evidence.sources())


def test_all_that_can_be_reproduced_is_listed_in_its_order() -> None:
    order = command.in_order()
    assert set(order) == {*cases.names(), *alone.ALONE} and len(command.listing()) == len(order)
    assert [name for name in order if "_" not in name] == [*(f"S{k}" for k in range(1, 11)), "tail"]


def test_slow_birds_are_told_beside_ordinary_ones() -> None:
    def played(*words: str) -> list[str]:
        return [case.name for case in command.read(words)[0]]

    assert played("S6") == ["S6", "S6_ordinary"]
    assert played("S6_ordinary") == ["S6_ordinary"]
    assert played("S6_ordinary", "S2", "S6") == ["S6_ordinary", "S2", "S6"]
    assert played() == cases.names()


def test_a_quick_case_of_villages_lives_through_a_season(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "reproduce", "S6", "size=quick", "replications=2", "--workers", "1", "--out", str(tmp_path))
    assert "S6: two villages" in out and "S6_ordinary: the same villages" in out
    rows = pd.read_csv(tmp_path / "cases.csv").set_index(["case", "measure", "scenario"])["median"]
    for case in ("S6", "S6_ordinary"):
        assert rows[case, "joined", "arrangement"] > 0
    case, how = command.read(["S6", "size=quick"])
    assert command._long_enough(case[0], Play(**how), ["size=quick"]).days(case[0]) == 280
    assert command._long_enough(case[0], Play(follow=30), ["size=quick", "follow=30"]).days(case[0]) == 30
