"""A result as a crate: whole, described file by file, and never in the place of something else."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from sim import commands, environment
from sim.errors import StoreError
from sim.report import crate, export
from sim.report.crate import METADATA
from tests.conftest import ROOT
from tests.test_bad_input import refused


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def made(small_result: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export.write(small_result, tmp_path_factory.mktemp("crates") / "crate", with_ocel=True)


def graph(folder: Path) -> dict[str, dict[str, object]]:
    said = json.loads((folder / METADATA).read_text("utf-8"))
    assert said["@context"] == list(crate.CONTEXT)
    found = {entity["@id"]: entity for entity in said["@graph"]}
    assert len(found) == len(said["@graph"])
    return found


def test_every_file_is_told_with_its_digest(made: Path) -> None:
    told = graph(made)
    there = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    files = {name for name, entity in told.items() if entity["@type"] == "File"}
    assert files == {name for name in there if not name.startswith("code/")} - {METADATA}
    for name in files:
        content = (made / name).read_bytes()
        assert told[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert told[name]["contentSize"] == str(len(content))
    assert {part["@id"] for part in told["./"]["hasPart"]} == files | {"code/"}  # type: ignore[attr-defined]


def test_every_reference_leads_somewhere(made: Path) -> None:
    """What an entity names is in the crate, but for the profile's and the format's own addresses."""
    told = graph(made)

    def named(value: object) -> set[str]:
        if isinstance(value, dict):
            return {value["@id"]} if set(value) == {"@id"} else set().union(*map(named, value.values()))
        return set().union(*map(named, value)) if isinstance(value, list) else set()

    ids = set().union(*(named(entity) for entity in told.values()))
    assert ids - set(told) == {crate.CRATE}
    run = told[crate.RUN]
    assert run["@type"] == "CreateAction" and run["instrument"] == {"@id": crate.SOFTWARE}
    assert {"@id": "results/runs.csv"} in run["result"]  # type: ignore[operator]
    assert {"@id": export.SETTINGS} in run["object"]  # type: ignore[operator]
    manifest = json.loads((made / "results" / "manifest.json").read_text("utf-8"))
    assert told[crate.SOFTWARE]["softwareVersion"] == manifest["commit"]
    assert json.loads((made / export.SETTINGS).read_text("utf-8")) == manifest["config"]


def test_what_a_reviewer_finds(made: Path) -> None:
    """Code, narrative, data and results apart; the code is all that it takes, and nothing that was left lying about."""
    assert {path.name for path in made.iterdir()} == {"README.md", METADATA, "code", "docs", "data", "results"}
    for name in ("sim/__main__.py", "locks/core.txt", "pyproject.toml", "LICENSE", "configs/world/compound.yaml"):
        assert (made / "code" / name).read_bytes() == (ROOT / name).read_bytes()
    assert (made / "docs" / "ODD.md").read_bytes() == (ROOT / "ODD.md").read_bytes()
    assert not [path for path in made.rglob("*") if path.name in ("__pycache__", "blocks", ".lock", ".git")]
    text = (made / "README.md").read_text("utf-8")
    assert "python3 -m sim run yijiantiao size=quick" in text and export.SAME in text


def test_the_command(small_result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = shutil.copytree(small_result, tmp_path / "mine", ignore=shutil.ignore_patterns("blocks", "*.parquet"))
    assert commands.main(["export", "mine"]) == commands.OK
    said = capsys.readouterr().out
    assert said == f"Crate: mine-crate  (begin with README.md; {METADATA} is for machines)\n"
    (tmp_path / "mine-crate" / "old").touch()
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"engine": "another"}))
    assert commands.main(["export", "mine"]) == commands.OK  # an earlier crate is replaced
    assert "not the one of the result's manifest" in capsys.readouterr().out
    assert not (tmp_path / "mine-crate" / "old").exists()
    assert "NOT the one" in (tmp_path / "mine-crate" / "README.md").read_text()
    assert not (copy / "report.html").exists(), "the result itself is left alone"


def test_the_crate_of_a_kept_result_does_not_hold_itself(
    small_result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kept results are part of the code that goes into a crate, so their crates lie elsewhere."""
    assert (
        export.beside(ROOT / "results" / "reference" / "yijiantiao") == ROOT / "results" / "local" / "yijiantiao-crate"
    )
    assert export.beside(small_result) == small_result.resolve().parent / f"{small_result.name}-crate"
    for within in ("results/reference/crate", "docs/crate", "sim/study/crate"):
        with pytest.raises(StoreError, match="is in what goes into the crate; choose another with --out"):
            export.write(small_result, ROOT / within)
        assert not (ROOT / within).exists()


def test_refusals(small_result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = shutil.copytree(small_result, tmp_path / "mine", ignore=shutil.ignore_patterns("blocks", "*.parquet"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "other").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for words, message in {
        ("nowhere",): "there is no result 'nowhere'",
        ("mine", "--out", "full"): "full holds other files; choose an empty or new folder with --out",
        ("mine", "--out", "file"): "file holds other files",
        ("mine", "--out", "file/below"): "file is a file, not a folder",
        ("mine", "--out", "mine"): "mine holds other files",
        ("mine", "--out", "mine/crate"): "mine/crate is in the result folder itself",
        ("mine", "--ocel"): "mine keeps no events.parquet",
    }.items():
        assert message in refused(capsys, "export", *words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "mine"]
    assert sorted(path.name for path in copy.iterdir()) == sorted(
        path.name for path in small_result.iterdir() if path.suffix != ".parquet" and path.name != "blocks"
    )
