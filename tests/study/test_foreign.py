"""Result folders of others: whatever stands in them, a reader gets a comparison or one line."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import commands, environment
from sim.study.store import Store, TableSpec
from tests.conftest import ROOT

REFERENCE = ROOT / "results" / "reference" / "yijiantiao"
EXAMPLES = int(os.environ.get("SIM_FUZZ", "0")) // 10 or 25


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ensure", lambda need: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path / "result")


def copied(to: Path) -> Path:
    """A small result of somebody's: ten replications of the reference."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    shutil.copy(REFERENCE / "manifest.json", to)
    head, *rows = (REFERENCE / "runs.csv").read_text().splitlines(keepends=True)
    (to / "runs.csv").write_text(head + "".join(row for row in rows if int(row.split(",")[1]) < 10))
    return to


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert commands.main(list(words)) == commands.WRONG
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("error: ") and err[:-1].isprintable()
    assert len(err) < 700
    return err.removeprefix("error: ").rstrip("\n")


def test_the_copy_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["compare", str(folder)]) == commands.OK
    assert "merged" in capsys.readouterr().out


def manifest(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        said = json.loads(path.read_text())
        for key, value in changes.items():
            at = said if key == "name_" else said["config"]
            at[key.rstrip("_")] = value
        path.write_text(json.dumps(said))

    return change


def content(name: str, text: str | bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode()) and None


def replaced(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "runs.csv"
        path.write_text(path.read_text().replace(old, new))

    return change


def cut(name: str, share: float) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: int(len(whole) * share)])

    return change


FAULTS: list[tuple[Callable[[Path], None], str]] = [
    (cut("manifest.json", 0.5), "is damaged or no result folder"),
    (content("manifest.json", b"PK\x03\x04\xff\xff"), "is damaged or no result folder"),
    (content("manifest.json", "[" * 100_000), "manifest.json is nested too deeply"),
    (content("manifest.json", "[]"), "manifest.json has no config"),
    (content("manifest.json", '{"config": 5}'), "manifest.json has no config"),
    (content("manifest.json", '{"config": {"world": {"place": ["x"]}}}'), "its world has no place that is known"),
    (content("manifest.json", '{"config": {"days": NaN}}'), "NaN is no number"),
    (manifest(world=[]), "its world has no place that is known"),
    (manifest(days="many"), "its days is no whole number from 1 up"),
    (manifest(replications=10**30), "replications=1e"),
    (manifest(events=-1), "its events is no whole number from 0 up"),
    (manifest(question="\x1b]0;owned\x07"), "holds a character that cannot be printed (U+001B)"),
    (manifest(question={"_target_": "os.system"}), "configs are data; nothing they name is called"),
    (manifest(question="${oc.env:HOME}"), "configs are data; '${oc.env:HOME}' is not filled in"),
    (manifest(scenarios={"../../x": []}), "its scenarios have no names"),
    (manifest(comparisons="all"), "its comparisons is no list"),
    (manifest(comparisons=[["merged", ["body"]]]), "its comparisons are no pairs of scenarios"),
    (manifest(name_="../x"), "its name is none"),
    (content("runs.csv", ""), "is damaged or no result folder"),
    (content("runs.csv", "scenario,replication\n"), "its table of runs has no rows"),
    (content("runs.csv", "a,b\n1,2\n"), "is damaged or no result folder"),
    (content("runs.csv", b"\x89PNG\r\n\x1a\n\0\0"), "is damaged or no result folder"),
    (cut("runs.csv", 0.5003), "is damaged or no result folder"),
    (replaced("\nmerged,", "\n[/red]merged,"), "its runs are of a scenario that is none"),
    (replaced("\nmerged,", "\n../merged,"), "its runs are of a scenario that is none"),
    (replaced("\nmerged,0,", "\nmerged,1,"), "it has two runs of one scenario and replication"),
    (replaced("\nmerged,0,", "\nmerged,0.5,"), "the replications of its runs are no whole numbers"),
    (replaced("\nmerged,0,0,", "\nmerged,0,inf,"), "holds an infinite number"),
    (replaced("\nmerged,0,0,", "\nmerged,0,=cmd(),"), "is not of numbers"),
]


@pytest.mark.parametrize(("fault", "message"), FAULTS, ids=[f"{i}-{m[:40]}" for i, (_, m) in enumerate(FAULTS)])
def test_a_folder_that_is_not_what_a_run_writes(
    fault: Callable[[Path], None], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fault(folder)
    assert message in refused(capsys, "compare", str(folder))


@pytest.mark.parametrize(
    "record", ["[" * 100_000, '{"key": "ab", "tables": {"t": {"rows": Infinity, "digest": ""}}}', "5"]
)
def test_a_description_of_a_piece_that_is_none_is_as_good_as_absent(record: str, tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "ab.json").write_text(record)
    with Store(tmp_path, {"t": TableSpec(pa.schema([("a", pa.int64())]), ("a",))}) as store:
        assert not store.has("ab") and store.keys() == []


@pytest.mark.parametrize("title", ["[/red] [link=x]y[/link]", "$\\frac{", "<b>&amp;", "{x} %s"])
def test_what_is_printed_and_drawn_is_taken_as_it_stands(
    title: str, folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Markup of the terminal's and of formulas in a question means nothing."""
    manifest(question=title)(folder)
    words = ["--scenario", "merged", "--baseline", "body", "--out", str(tmp_path / "kept")]
    assert commands.main(["compare", str(folder), *words]) == commands.OK
    assert title in capsys.readouterr().out
    assert (tmp_path / "kept" / "figures" / "forest.png").stat().st_size > 10_000


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    name=st.sampled_from(["manifest.json", "runs.csv"]),
    at=st.floats(0, 0.999),
    length=st.integers(0, 40),
    new=st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"[/]", b"\x1b[31m", b"NaN", b"1e999", b'"', b",", b"\n", b"9" * 400, b"{", b"null", b"-1"]),
    ),
)
def test_bytes_changed_at_random(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, at: float, length: int, new: bytes
) -> None:
    """A few bytes of a file replaced, anywhere in it: a comparison, or one line."""
    folder = copied(tmp_path / "fuzzed")
    whole = (folder / name).read_bytes()
    start = int(len(whole) * at)
    (folder / name).write_bytes(whole[:start] + new + whole[start + length :])
    capsys.readouterr()
    code = commands.main(["compare", str(folder), "--scenario", "merged", "--baseline", "body"])
    out, err = capsys.readouterr()
    assert code in (commands.OK, commands.WRONG)
    if code == commands.WRONG:
        assert out == "" and err.startswith("error: ") and err.count("\n") == 1
