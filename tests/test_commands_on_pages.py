"""What pages of experiments and the docs tell a user to type is understood: nothing is lived, all is resolved."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim import commands, environment
from sim.study.press import command as press

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = "python3 -m sim "
PAGES = sorted((*ROOT.glob("experiments/*/README.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/*/*.md")))

MADE_FIRST = re.compile(r"\b(mine|open_books|found_out|NAME)\b|results/local/|tcp://|\.json\b|\.pem\b|\$\(|^worker$")
"""What a page has the reader make, or run, before: files, mechanisms, results, a cluster."""

DRY = ("run", "attribute", "sensitivity", "discover", "calibrate")
"""Commands that say what they would do when asked to."""


def written(page: str) -> set[str]:
    """Return the commands of a page, in blocks and within lines, without what is remarked on them."""
    in_lines = re.sub(r"^```.*?^```$|^    .*?$", "", page, flags=re.MULTILINE | re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", in_lines)]
    lines = [*(line.strip() for line in page.splitlines()), *spans]
    said = [line.partition(PROGRAM)[2] for line in lines if re.match(rf"(SIM_\w+=\w+ )?{PROGRAM}", line)]
    return {" ".join(line.partition(" #")[0].split()).rstrip("`") for line in said}


COMMANDS = sorted({(command, page.parent.name) for page in PAGES for command in written(page.read_text("utf-8"))})
RESOLVED = [(command, page) for command, page in COMMANDS if not MADE_FIRST.search(command)]


def test_pages_have_commands() -> None:
    """Blocks and lines are both read, a broken line too."""
    page = "    python3 -m sim run x   # so\n\nsay `python3 -m sim show\nworld/x` or\n\n```\npython3 -m sim list\n```"
    assert written(page) == {"run x", "show world/x", "list"}
    assert len(RESOLVED) > 60
    assert {"attribute courier_sensing", "reproduce S7 S10", "show world/county"} <= {line for line, _ in RESOLVED}


@pytest.mark.parametrize(("line", "page"), RESOLVED, ids=[f"{page}: {line}" for line, page in RESOLVED])
def test_a_command_is_understood(line: str, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Studies and runs say what they would do, cases of the press are found, whatever else there is is parsed."""
    monkeypatch.setattr(environment, "ensure", lambda need: None)
    monkeypatch.chdir(ROOT if "docs/" in line else tmp_path)
    name, *rest = shlex.split(line)
    if name in DRY:
        rest += ["--dry-run", "--out", str(tmp_path / "out")]
    elif name == "reproduce":
        press.read([word for word in rest if word not in press.ALONE])
    if name not in (*DRY, "show", "list"):  # it would live something, or ask for what there is of it
        monkeypatch.setitem(commands.COMMANDS, name, commands.COMMANDS[name]._replace(call=lambda arguments: 0))
    assert commands.main([name, *rest]) == commands.OK, page
    assert not (tmp_path / "out").exists()
