"""What the code declares: Markdown tables that the ODD quotes between markers, and the ledger of parameters.

``python3 -m sim.report.declarations`` writes the present tables into ``ODD.md`` and the ledger into
``sim/evidence/parameters.csv``; tests compare both with the code.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sim import evidence, places
from sim.cases import Activity, Stage, State
from sim.mechanisms import mechanism_specs, registry
from sim.parameters import Spec, specs
from sim.report import uses
from sim.schedule import RULES, SCHEDULE, rules_of

ODD = Path(__file__).resolve().parents[2] / "ODD.md"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _first_line(function: Callable[..., object]) -> str:
    """Return what a phase's docstring says after ``Phase:``."""
    text = re.sub(r"\s+", " ", (function.__doc__ or "").strip().split("\n\n")[0])
    return re.sub(r"^Phase[^:]*: ", "", text)


def schedule() -> str:
    """Return the schedule, a row a phase in order."""
    return _table(
        ("step", "phase", "every", "what"),
        ((p.step, f"`{p.name}`", p.every, _first_line(p.function)) for p in SCHEDULE),
    )


def levers() -> str:
    """Return every lever: all that any policy may touch."""
    rows = (
        (f"`{x.name}`", x.of, x.base if isinstance(x.base, str) else f"{x.base:g}", x.combine, x.unit, x.doc)
        for rule in RULES
        for x in rule.levers
    )
    return _table(("lever", "of", "base", "combined by", "unit", "what it changes"), rows)


def columns() -> str:
    """Return every column, that is the state variables, by entity."""
    known = [c for place in places.registry() for rule in rules_of(place) for c in rule.columns]
    found = {c.name: c for c in known}.values()
    order = (
        *("world", "township", "community", "sumu", "compound", "candidate", "courier", "desk", "building", "asset"),
        *("village", "base", "team", "yard", "flat", "household"),
    )
    rows = sorted(found, key=lambda c: order.index(c.of))
    return _table(
        ("entity", "column", "type", "meaning"), ((c.of, f"`{c.name}`", c.dtype.__name__, c.doc) for c in rows)
    )


def states() -> str:
    """Return the states of grievances and the stages of cases, and the activities of the event log."""
    groups = (("grievance", State), ("case", Stage), ("event log", Activity))
    return _table(("of", "states"), ((name, ", ".join(x.name.lower() for x in codes)) for name, codes in groups))


def declared() -> Iterator[Spec]:
    """Yield every parameter of every place, rule and mechanism."""
    for name, place in places.registry().items():
        yield from specs(place.Structure, name).values()
    rules = {rule.name: rule for place in places.registry() for rule in rules_of(place)}
    for rule in rules.values():
        yield from specs(rule.parameters, rule.name).values()
    for name in registry():
        yield from mechanism_specs(name).values()


def parameters() -> str:
    """Return every parameter: owner, default, range, unit, kind, tag, sources with their note, meaning."""
    rows = (
        (f"{s.owner}.`{s.name}`", f"{s.default:g}", f"{s.low:g}-{s.high:g}", s.unit, s.kind, s.tag, s.source, s.doc)
        for s in declared()
    )
    return _table(("parameter", "default", "range", "unit", "kind", "tag", "source", "meaning"), rows)


LEDGER = (
    "owner",
    "parameter",
    "value",
    "low",
    "high",
    "unit",
    "kind",
    "tag",
    "sources",
    "note",
    "use",
    "meaning",
)
"""Columns of the ledger of parameters; several sources, and several modules that read it, stand behind spaces."""


def ledger() -> str:
    """Return the ledger of parameters as a CSV text, a row a parameter."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(LEDGER)
    for s in declared():
        numbers = [f"{float(x):g}" for x in (s.default, s.low, s.high)]
        what = [s.unit, s.kind, s.tag, " ".join(s.sources), s.note, " ".join(uses.of(s)), s.doc]
        out.writerow([s.owner, s.name, *numbers, *what])
    return text.getvalue()


BLOCKS: dict[str, Callable[[], str]] = {
    "schedule": schedule,
    "levers": levers,
    "columns": columns,
    "states": states,
    "parameters": parameters,
}
"""Marker in the ODD to the table that must stand there."""


def quoted(text: str, block: str) -> str:
    """Return what stands between a block's markers in a text.

    Raises:
        ValueError: the markers are missing.
    """
    match = re.search(rf"<!-- {block} -->\n(.*?)\n?<!-- /{block} -->", text, re.DOTALL)
    if match is None:
        raise ValueError(f"no block '{block}'")
    return match.group(1)


def update() -> None:
    """Write the present tables into the ODD, and the ledger of parameters beside the sources."""
    text = ODD.read_text(encoding="utf-8")
    for block, table in BLOCKS.items():
        old, marker = quoted(text, block), f"<!-- {block} -->\n"
        text = text.replace(marker + old, marker + table())
    ODD.write_text(text, encoding="utf-8")
    evidence.PARAMETERS.write_text(ledger(), encoding="utf-8")


if __name__ == "__main__":
    update()
