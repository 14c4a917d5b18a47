"""What the READMEs tell a user to type works as written."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

import sim
from sim import commands, environment
from sim.report.figures import FIGURES
from sim.study.show import TAGS
from sim.study.statistics import COLUMNS
from sim.study.tables import piece_tables

ROOT = Path(__file__).resolve().parent.parent

ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
PROGRAM = "python3 -m sim "
FEW = ("size=quick", "days=14", "burn_in=7", "replications=1", "--backend", "serial")


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language; those of no language are what is typed into a shell."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [code for said, code in found if said == language]


LINES = [line for block in blocks(ENGLISH, "") for line in block.splitlines()]


def test_every_line_is_a_command_of_ours() -> None:
    assert len(LINES) > 10
    assert all(line.startswith(PROGRAM) for line in LINES)


@pytest.mark.parametrize("line", LINES)
def test_commands_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests and benchmarks are only read; a run is made small and goes elsewhere."""
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(blocks(ENGLISH, "yaml")[0], "utf-8")
    command, *rest = shlex.split(line.removeprefix(PROGRAM), comments=True)
    if command == "page":  # it would serve until it is told to end
        served: list[object] = []
        monkeypatch.setitem(
            commands.COMMANDS, command, commands.COMMANDS[command]._replace(call=lambda a: served.append(a) or 0)
        )
        assert commands.main([command, *rest]) == commands.OK
        assert len(served) == 1
    elif command in ("test", "bench"):
        called: list[list[str]] = []

        def call(words: list[str]) -> int:
            called.append(words)
            return commands.OK

        monkeypatch.setitem(commands.COMMANDS, command, commands.COMMANDS[command]._replace(call=call))
        assert commands.main([command, *rest]) == commands.OK
        assert called == [rest]
    elif command == "run":
        # Variants of an experiment are checked, the rest is lived.
        dry = "--dry-run" in rest or any(word.startswith("name=") for word in rest)
        small = ["--dry-run"] if dry else FEW
        assert commands.main([command, *rest, *small, "--out", str(tmp_path / "out")]) == commands.OK
        assert (tmp_path / "out" / "manifest.json").exists() == (not dry)
    else:
        assert commands.main([command, *rest]) == commands.OK


def test_mesa_snippet(capsys: pytest.CaptureFixture[str]) -> None:
    (snippet,) = blocks(ENGLISH, "python")
    exec(compile(snippet, "README.md", "exec"), {"__name__": "__main__"})
    assert re.search(r"\d+ of \d+ flats have a grievance\nmean trust: 0\.\d+", capsys.readouterr().out)


def test_both_languages_have_the_same_code() -> None:
    for language in ("", "yaml", "python"):
        assert blocks(CHINESE, language) == blocks(ENGLISH, language)


PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "docs/*/*.md", "experiments/*/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:\s]+)\)", text)
    assert all(((ROOT / name).parent / target).exists() for target in targets), targets


def test_both_languages_say_the_same_things() -> None:
    """The same headings, figures, links and rows of tables, in the same order; the words are for people to compare."""
    for pattern in (r"^(#+) ", r"\]\(([^)]+)\)", r"^\| `([^`]+)`", r"^(\* )"):
        english, chinese = (re.findall(pattern, text, re.MULTILINE) for text in (ENGLISH, CHINESE))
        said = [found for found in english if found != "README.zh.md"]
        assert said == [found.replace(".zh.", ".") for found in chinese if found != "README.md"], pattern


def test_the_page_on_results_names_every_file_and_column() -> None:
    page = (ROOT / "docs" / "read-a-result.md").read_text("utf-8")
    for name in (*piece_tables("compound"), "ends", "comparison"):
        assert f"`{name}.csv`" in page or f"`{name}.parquet`" in page, name
    assert [name for name in FIGURES if f"| `{name}` |" not in page] == []
    assert [column for column in COLUMNS if f"`{column}`" not in page] == []
    (snippet,) = blocks(page, "python")
    runs = ROOT / "results" / "reference" / "yijiantiao" / "runs.csv"
    exec(compile(snippet.replace("results/local/yijiantiao/runs.csv", runs.as_posix()), "page", "exec"), {})


def test_the_page_on_words_has_those_of_the_code() -> None:
    page = (ROOT / "docs" / "words.md").read_text("utf-8")
    words = ("world", "mechanism, channel", "lever", "scenario", "replication", "twins", "layout", "body", "desk")
    assert [word for word in words if f"\n| {word} |" not in page] == []
    assert TAGS in page


# -- what others read of the project ----------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_there_is_one_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    codemeta = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    assert citation["version"] == codemeta["version"] == PROJECT["version"] == sim.__version__


def test_the_citation_is_in_its_format() -> None:
    """What the format demands, and nothing that it does not know (Citation File Format 1.2.0)."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    assert citation.keys() <= {
        "cff-version", "message", "title", "abstract", "type", "version", "license", "authors", "keywords",
        "commit", "contact", "date-released", "doi", "identifiers", "preferred-citation", "references",
        "repository", "repository-artifact", "repository-code", "url",
    }  # fmt: skip
    assert citation["type"] in ("software", "dataset")
    assert [citation["license"]] == PROJECT["license"].split(" AND ")[:1]  # the rest is about parts, not the program
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_the_metadata_are_those_of_the_project() -> None:
    codemeta = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    assert codemeta["@context"] == "https://w3id.org/codemeta/3.0"
    assert codemeta["@type"] == "SoftwareSourceCode"
    assert codemeta["name"] == PROJECT["name"]
    assert codemeta["description"] == PROJECT["description"]
    licences = PROJECT["license"].split(" AND ")
    said = codemeta["license"] if isinstance(codemeta["license"], list) else [codemeta["license"]]
    assert said == [f"https://spdx.org/licenses/{name}" for name in licences]
    assert codemeta["softwareRequirements"] == PROJECT["dependencies"]
    assert codemeta["programmingLanguage"]["version"] == PROJECT["requires-python"]
    assert [author["name"] for author in codemeta["author"]] == [author["name"] for author in PROJECT["authors"]]
