"""Lessons: the committed key is what the program gives, the walk can be walked, the glossary is whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim import commands, environment
from sim.report import lesson_key
from sim.study import runner
from sim.study.config import load
from sim.study.files import read_csv
from tests.conftest import ROOT

LESSONS = ROOT / "docs" / "lessons"
PROGRAM = "python3 -m sim "


def blocks(text: str, language: str = "") -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [code for said, code in found if said == language]


def test_the_key_is_what_the_program_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_draw", lambda *_: None)
    result = runner.run(load(str(lesson_key.EXPERIMENT)), tmp_path / "lessons", backend="serial")
    made = lesson_key.key(result.comparison, read_csv(tmp_path / "lessons" / "runs.csv"))
    assert made == lesson_key.KEY.read_text("utf-8"), "renew it: python3 -m sim.report.lesson_key"


def test_the_sheet_asks_about_what_the_key_answers() -> None:
    """Both sheets name the same scenarios and commands; every scenario of the experiment is asked about."""
    sheets = [(LESSONS / name).read_text("utf-8") for name in ("exercises.md", "exercises.zh.md")]
    key = lesson_key.KEY.read_text("utf-8")
    scenarios = [scenario.name for scenario in load(str(lesson_key.EXPERIMENT)).scenarios]
    for sheet in sheets:
        assert [name for name in scenarios if f"`{name}`" not in sheet and name != "none"] == []
        assert re.findall(r"^## (\d)", sheet, re.MULTILINE) == re.findall(r"^## (\d)", key, re.MULTILINE)
        assert re.findall(r"^\d\. ", sheet, re.MULTILINE) == re.findall(r"^\d\. ", sheets[0], re.MULTILINE)
    assert blocks(sheets[0]) == blocks(sheets[1])


def test_the_walk_can_be_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the researcher's walk, in its order, small; each finds what those before have left."""
    text = (LESSONS / "researcher.md").read_text("utf-8")
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.setattr(runner, "_draw", lambda *_: None)
    monkeypatch.setattr("sim.study.commands.CLONE", tmp_path)
    monkeypatch.chdir(tmp_path)
    (mine,) = blocks(text, "yaml")
    (tmp_path / "mine.yaml").write_text(mine, "utf-8")
    few = ["size=quick", "days=14", "burn_in=7", "replications=2", "layouts=1", "--backend", "serial"]
    lines = [line for block in blocks(text) for line in block.splitlines()]
    assert len(lines) >= 7
    for line in lines:
        words = shlex.split(line.removeprefix(PROGRAM))
        if words[0] == "run" and "--dry-run" not in words:
            name = "found_out-quick" if "size=quick" in words else "found_out"
            words += [*few, "--out", str(tmp_path / "results" / "local" / name)]
        assert commands.main(words) == commands.OK, line
    folder = tmp_path / "results" / "local"
    assert (folder / "found_out" / "report.html").is_file()
    assert (folder / "found_out-crate" / "ro-crate-metadata.json").is_file()


def test_the_glossary_has_every_word_in_both_languages() -> None:
    def words(name: str) -> list[str]:
        lines = (ROOT / "docs" / name).read_text("utf-8").splitlines()
        return [line.split("|")[1].strip() for line in lines if line.startswith("| ") and "---" not in line]

    english, chinese = words("words.md"), words("words.zh.md")
    assert len(english) > 30
    assert english == chinese
    rows = [line.split("|") for line in (ROOT / "docs" / "words.zh.md").read_text("utf-8").splitlines() if "|" in line]
    assert all(any("\u4e00" <= c <= "\u9fff" for c in cell) for row in rows[2:] for cell in row[2:4])
