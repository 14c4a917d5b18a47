"""What the READMEs tell a user to type works as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim import commands, environment

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
    if command in ("test", "bench"):
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


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md", "experiments/yijiantiao/README.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert all(((ROOT / name).parent / target).exists() for target in targets), targets
