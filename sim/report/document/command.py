"""The command ``report``: write the report of a result into its folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.report.document import build, material, render
from sim.report.labels import LANGUAGES
from sim.study.files import atomic


def report(arguments: argparse.Namespace) -> int:
    """Write report.html, report.md and report.zh.md; return the exit code.

    Args:
        arguments: result and out.
    """
    from sim.study.commands import CLONE, _short

    folder = material.find(arguments.result, CLONE)
    written = write(folder, arguments.out or folder)
    print(f"Report: {_short(written[0])}  ({', '.join(path.name for path in written[1:])})", flush=True)
    return 0


def write(folder: Path, to: Path) -> list[Path]:
    """Write the report of a result; all is made before anything is written.

    Args:
        folder: the result folder.
        to: where to.

    Returns:
        The files written.

    Raises:
        SimError: the result cannot be read, or the files cannot be written.
    """
    found = material.read(folder)
    made = render.files(found, {language: build.document(found, language) for language in LANGUAGES})
    for name, text in made.items():
        with atomic(to / name) as file:
            file.write(text.encode("utf-8", "replace"))
    return [to / name for name in made]
