"""How to cite a result, and its manifest as a table."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

import sim
from sim import environment
from sim.report import report_heads as heads
from sim.report import report_labels as words
from sim.report.document.blocks import Block, Grid, Paragraph, Verbatim
from sim.report.document.effects import named
from sim.report.document.material import Material
from sim.report.labels import Language

SOFTWARE = "grassroots-sim: an agent-based laboratory for grassroots governance"
AUTHORS = "The authors of this project"

TOLD = ("name", "seed", "replications", "points", "commit", "dirty", "version", "engine", "lock")
"""Entries of a manifest that are told in the record, beside libraries, machine and digests."""

COMMANDS = {
    "run": "run",
    "sweep": "run",
    "attribution": "attribute",
    "press": "reproduce",
    "sensitivity": "sensitivity",
}
"""Kind of result to the command that makes one."""


def cite(found: Material, language: Language) -> Iterator[Block]:
    """Yield how to cite the software and the result, and how to get it again."""
    said = found.manifest
    version, commit = said.get("version") or sim.__version__, said.get("commit") or "n/a"
    yield Paragraph(words.CITE(language))
    lines = [
        "@software{grassroots_sim,",
        f"  title   = {{{SOFTWARE}}},",
        f"  author  = {{{{{AUTHORS}}}}},",
        f"  version = {{{version}}},",
        f"  note    = {{commit {commit}; result {found.name}}},",
        "}",
    ]
    yield Verbatim("\n".join(lines))
    yield Paragraph(words.AGAIN(language))
    again = [f"git checkout {shlex.quote(str(commit))}"] if said.get("commit") else []
    yield Verbatim("\n".join([*again, f"{environment.program()} {COMMANDS[found.kind]} {words_of(found)}".rstrip()]))


def words_of(found: Material) -> str:
    """Return the words behind the command, where they are known."""
    name = found.name.removesuffix("-attribution").removesuffix("-sensitivity")
    if found.kind == "press":
        return ""
    return shlex.quote(name) + (" size=quick" if found.config.get("size") == "quick" else "")


def manifest(found: Material, language: Language) -> Iterator[Block]:
    """Yield the manifest as tables: what was run with what, and the digests of its tables."""
    said = found.manifest
    if not said:
        yield Paragraph(words.NO_MANIFEST(language))
        return
    if said.get("dirty"):
        yield Paragraph(words.DIRTY(language))
    rows = [(_word(key, language), _told(said[key], language)) for key in TOLD if key in said]
    for key in ("libraries", "environment"):
        if isinstance(said.get(key), Mapping):
            told = ", ".join(f"{name} {value}" for name, value in said[key].items())
            rows.append((_word(key, language), told))
    yield Grid(words.RUN_RECORD(language), named(("setting", "value"), language), tuple(rows), words=2)
    digests = said.get("digests")
    if isinstance(digests, Mapping) and digests:
        cells = tuple((str(name), str(digest)) for name, digest in digests.items())
        yield Grid(words.DIGESTS(language), named(("table", "digest"), language), cells, words=2)


def _word(key: str, language: Language) -> str:
    return heads.SETTINGS[key](language) if key in heads.SETTINGS else key


def _told(value: object, language: Language) -> str:
    if isinstance(value, bool):
        return (heads.YES if value else heads.NO)(language)
    return "n/a" if value is None else str(value)
