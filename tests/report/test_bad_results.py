"""Results that are not there, damaged or somebody else's: one line that helps, exit code 2, nothing half-written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim import environment
from tests.test_bad_input import refused


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def copied(small_result: Path, tmp_path: Path) -> Path:
    """A copy of the small result, to be damaged."""
    return Path(shutil.copytree(small_result, tmp_path / "mine", ignore=shutil.ignore_patterns("blocks")))


CASES = [
    ("roof", "'roof' names no case; write REPLICATION/KIND/BEARER/ORDINAL, e.g. 0/roof/12/64"),
    ("0/roof/12/x", "'0/roof/12/x' names no case"),
    ("0/roof/-1/16", "'0/roof/-1/16' names no case"),
    ("0/roof/99999999999999999999/16", "names no case"),
    ("0/rof/12/64", "unknown kind of case 'rof'; did you mean 'roof'?"),
    ("3/roof/12/64", "events.parquet has only replications 0 to 2; run with events=4 for 3"),
    ("0/roof/99999/1", "no desk had a case 0/roof/99999/1 in merged or body_branch"),
    ("megred/0/roof/12/64", "unknown scenario 'megred'; did you mean 'merged'?"),
    ("x" * 500, " ...' names no case"),
]


@pytest.mark.parametrize(("case", "message"), CASES, ids=[case[:30] for case, _ in CASES])
def test_a_case_that_is_not_there(
    case: str, message: str, small_result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(capsys, "biography", str(small_result), case)


def test_twins_that_are_none(small_result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = str(small_result)
    assert "'merged' is its own twin" in refused(
        capsys, "biography", result, "--scenario", "merged", "--baseline", "merged"
    )
    assert "unknown scenario 'boody'" in refused(capsys, "biography", result, "--baseline", "boody")
    assert "invalid choice: 'fr'" in refused(capsys, "biography", result, "--lang", "fr")
    assert "the case is of 'none', not of 'merged'" in refused(
        capsys, "biography", result, "none/0/roof/12/64", "--scenario", "merged"
    )


def test_a_result_without_a_good_event_log(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = copied / "events.parquet"
    log.write_bytes(log.read_bytes()[:1000])
    for more in ([], ["0/roof/12/64"]):
        assert "mine/events.parquet is damaged or not of this program: " in refused(capsys, "biography", "mine", *more)
    log.write_text("x")
    assert "mine/events.parquet is damaged" in refused(capsys, "biography", "mine", "0/roof/12/64")
    pd.DataFrame({"case": ["a"]}).to_parquet(log)
    assert "mine/events.parquet is damaged or not of this program" in refused(capsys, "biography", "mine")
    log.unlink()
    assert "mine keeps no events.parquet; run it with detail=true" in refused(capsys, "biography", "mine")


def test_a_report_of_a_damaged_result(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, and no report is written."""
    table = copied / "comparison.csv"
    whole, good = table.read_text(), (copied / "manifest.json").read_text()
    for text, message in {
        "": "mine/comparison.csv is damaged or not of this program: ",
        "a,b\n1,2\n": "mine/comparison.csv is damaged or not of this program: it has no column 'scenario'",
        whole.replace(",BCa", ",BCa,5"): "mine compares none of the outcomes known",
        whole.replace("unresolved", "unrsolved").replace("-", "x"): "mine/comparison.csv is damaged",
        "\n".join(
            [whole.splitlines()[0], *(line.replace(",", ",z", 3) for line in whole.splitlines()[1:])]
        ): "none of the outcomes known",
    }.items():
        table.write_text(text)
        assert message in refused(capsys, "report", "mine")
    table.write_text(whole)
    for manifest in (
        "{", "[1]", '{"config": {"scenarios": [1]}}', '{"config": {"world": {"place": "moon"}}}', '{"config": 3}',
    ):  # fmt: skip
        (copied / "manifest.json").write_text(manifest)
        assert refused(capsys, "report", "mine").startswith("mine is damaged or no result folder: ")
    (copied / "manifest.json").write_text(good)
    picture = copied / "figures" / "forest.png"
    picture.write_bytes(b"<svg onload=alert(1)>")
    assert refused(capsys, "report", "mine") == "mine/figures/forest.png is damaged: it is no PNG"
    picture.unlink()
    (copied / "file").write_text("mine")
    assert "file is a file, not a folder" in refused(capsys, "report", "mine", "--out", "mine/file")
    assert not list(copied.rglob("report*"))


def test_a_report_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "manifest.json").write_text("{}")
    for name, message in {
        "nowhere": "there is no result 'nowhere'; give a result folder, or an experiment that was run here",
        "empty": "there is no finished run in empty (no manifest.json)",
        "bare": "bare keeps no table that a report could be made of; run it again",
        "": "there is no result ''",
    }.items():
        assert message in refused(capsys, "report", name)


def test_a_folder_that_is_no_result(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no result 'nowhere'" in refused(capsys, "biography", "nowhere")
    manifest = copied / "manifest.json"
    for text in ("{", "[]", '{"config": 3}', "\udcff"):
        manifest.write_text(text, "utf-8", "surrogateescape")
        assert refused(capsys, "biography", "mine").startswith("mine is damaged or no result folder: ")
    manifest.unlink()
    assert refused(capsys, "biography", "mine") == "there is no finished run in mine (no manifest.json)"
