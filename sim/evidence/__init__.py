"""Evidence: where every number of the program comes from, one row of `sources.csv` for each fact or guess.

A declaration names the rows that it rests on, ``source="roof-cost, page-D10: for 36 flats"``: ids, and
after a colon, where it helps, a note. An id without a row is refused when the program starts.
`parameters.csv`, beside it, lists what rests on what; it is written by `sim.report.declarations`.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Tag = Literal["S", "F", "D", "E", "G"]
Role = Literal["input", "target", "check"]

SOURCES = Path(__file__).with_name("sources.csv")
PARAMETERS = Path(__file__).with_name("parameters.csv")

COLUMNS = ("id", "tag", "role", "says", "citation", "trust")
TRUST = ("strong", "fair", "weak", "none")
"""Words with which a verdict on a source begins; behind a colon stands why."""


@dataclass(frozen=True)
class Source:
    """A source or fact.

    Attributes:
        id: short and stable; declarations name it.
        tag: S seed page, F found in a public source, D derived, E reasoned guess, G general knowledge.
        role: ``input`` = something rests on it; ``target`` = a press case to be compared with; ``check`` = an
            independent number, never fitted.
        says: the fact, with number and unit.
        citation: author, year, title, address; for what is derived the arithmetic, for a guess the reasoning.
        trust: strong, fair, weak or none, and why.
    """

    id: str
    tag: Tag
    role: Role
    says: str
    citation: str
    trust: str


@cache
def sources() -> dict[str, Source]:
    """Return every source by its id, in the order of the file.

    Raises:
        TypeError: the file is not as it should be.
    """
    with open(SOURCES, encoding="utf-8", newline="") as file:
        return read(csv.reader(file))


def read(lines: Iterable[list[str]]) -> dict[str, Source]:
    """Understand the lines of a file of sources, the heading first.

    Raises:
        TypeError: a row is incomplete, its tag, role or trust is none of those there are, or an id occurs twice.
    """
    found: dict[str, Source] = {}
    heading, *rows = lines
    if tuple(heading) != COLUMNS:
        raise TypeError(f"{SOURCES.name}: columns are {', '.join(heading)}, not {', '.join(COLUMNS)}")
    for row in rows:
        name = row[0] if row else ""
        where = f"{SOURCES.name}: source '{name}'"
        if len(row) != len(COLUMNS) or not all(cell.strip() for cell in row):
            raise TypeError(f"{where} does not fill its {len(COLUMNS)} columns")
        if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", name):
            raise TypeError(f"{where}: an id has letters, digits and single hyphens")
        if row[1] not in get_args(Tag) or row[2] not in get_args(Role) or row[5].split(":")[0] not in TRUST:
            raise TypeError(f"{where}: tag, role or trust is none of those there are")
        if name in found:
            raise TypeError(f"{where} stands there twice")
        found[name] = Source(*row)  # type: ignore[arg-type]
    return found


def split(source: str) -> tuple[tuple[str, ...], str]:
    """Return the ids that a declaration names, and its note."""
    ids, _, note = source.partition(":")
    return tuple(name.strip() for name in ids.split(",")), note.strip()


def check(source: str, what: str) -> None:
    """Refuse a declaration that names no source, or one that has no row.

    Args:
        source: what it names.
        what: its meaning, for the message.

    Raises:
        TypeError: in a line that says what is wrong.
    """
    known = sources()
    for name in split(source)[0]:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            called = (
                f"source '{name}' has no row in sim/evidence/{SOURCES.name}{hint}" if name else "no source is named"
            )
            raise TypeError(f"parameter for '{what}': {called}")
