"""What the code declares, as Markdown tables: the ODD quotes them between markers, and a test compares.

``python3 -m sim.report.declarations`` writes the present tables into ``ODD.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from sim import places
from sim.cases import Activity, Stage, State
from sim.mechanisms import mechanism_specs, registry
from sim.parameters import Spec, specs
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
    found = [c for place in places.registry() for rule in rules_of(place) for c in rule.columns]
    order = ("world", "community", "compound", "candidate", "desk", "building", "asset", "household")
    rows = sorted(found, key=lambda c: order.index(c.of))
    return _table(
        ("entity", "column", "type", "meaning"), ((c.of, f"`{c.name}`", c.dtype.__name__, c.doc) for c in rows)
    )


def states() -> str:
    """Return the states of grievances and the stages of cases, and the activities of the event log."""
    groups = (("grievance", State), ("case", Stage), ("event log", Activity))
    return _table(("of", "states"), ((name, ", ".join(x.name.lower() for x in codes)) for name, codes in groups))


def parameters() -> str:
    """Return every parameter: owner, default, range, unit, kind, tag, source, meaning."""
    groups: list[dict[str, Spec]] = []
    for name, place in places.registry().items():
        groups.append(specs(place.Structure, name))
    rules = {rule.name: rule for place in places.registry() for rule in rules_of(place)}
    groups += [specs(rule.parameters, rule.name) for rule in rules.values()]
    groups += [mechanism_specs(name) for name in registry()]
    rows = (
        (f"{s.owner}.`{s.name}`", f"{s.default:g}", f"{s.low:g}-{s.high:g}", s.unit, s.kind, s.tag, s.source, s.doc)
        for group in groups
        for s in group.values()
    )
    return _table(("parameter", "default", "range", "unit", "kind", "tag", "source", "meaning"), rows)


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
    match = re.search(rf"<!-- {block} -->\n(.*?)\n<!-- /{block} -->", text, re.DOTALL)
    if match is None:
        raise ValueError(f"no block '{block}'")
    return match.group(1)


def update() -> None:
    """Write the present tables into the ODD."""
    text = ODD.read_text(encoding="utf-8")
    for block, table in BLOCKS.items():
        old, marker = quoted(text, block), f"<!-- {block} -->\n"
        text = text.replace(marker + old, marker + table())
    ODD.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    update()
