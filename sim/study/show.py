"""What ``show`` prints: every parameter with value, unit, range and source, in a hundred columns."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from sim import environment, evidence, mechanisms, places
from sim.errors import unknown
from sim.mechanisms import mechanism_specs
from sim.parameters import PRIOR, Spec
from sim.report import uses
from sim.report.declarations import declared
from sim.schedule import rules_of, world_specs
from sim.study import compose
from sim.study.config import RUN, load, options

WIDEST = 100
"""Columns of what is printed where no terminal is narrower."""

TAGS = "S the seed page, F a public source, D derived, E a reasoned guess, G general knowledge"

EACH = "each: name, value, range, unit; prior, X = drawn anew for each replication, most likely X; meaning"

OWN_FILE = """\
A file of your own, anywhere: {program} run mine.yaml

  base: yijiantiao             # start from this experiment, or from nothing
  world: {quarrel_rate: 0.05}  # or {base: hohhot, compounds: 100}, or: hohhot
  replications: 50
  scenarios:
    placebo: null              # leave a scenario of the base out
    few_hours: [formed_body, yijiantiao, yijiantiao.hours=1]
  comparisons: [[few_hours, body], [merged, few_hours]]
  sweep:                       # each scenario at every value that concerns it
    yijiantiao.coverage: [0.2, 0.5, {all: 1.0}]
    world.detected: [0.05, 0.5]
  mechanisms:                  # in all scenarios that do not say otherwise
    yijiantiao: {ledger_loss: 0.02}

Folders world/, mechanism/ and experiment/ beside the file are found too, and a
Hydra defaults list works. On the command line the same keys have dots:
world.quarrel_rate=0.05 size=quick scenarios.mine=[formed_body,yijiantiao]"""


def experiment(source: str) -> str:
    """Describe an experiment, or a file of the user's own.

    Raises:
        ConfigError: there is none of this name.
    """
    config = load(source)
    lines = [config.name, "", *_wrapped(config.question, "question    "), *_wrapped(config.hypothesis, "hypothesis  ")]
    lines += ["", "scenarios"]
    said = config.resolved
    wide = max(map(len, said["scenarios"]))
    for name, words in said["scenarios"].items():
        lines += _wrapped(f"[{', '.join(words)}]", f"  {name:<{wide}}  ")
    if config.sweep:
        lines += ["", f"sweep ({len(config.scenarios)} scenarios in all, such as {config.scenarios[-1].name})"]
        room = max(map(len, config.sweep.axes))
        lines += [line for key, values in config.sweep.axes.items() for line in _values(f"{key:<{room}}", values)]
    if config.draws:
        rows = len(next(iter(config.draws.values())))
        lines += [
            "",
            f"draws are given: {rows} rows of {len(config.draws)} parameters; replication k has row k mod {rows}",
        ]
    lines += ["", "comparisons" + (", point by point" if config.sweep else "")]
    lines += [f"  {name:<{wide}}  against {against}" for name, against in said["comparisons"]]
    lines += ["", "run"]
    lines += _table((spec, config.resolved[name]) for name, spec in RUN.items())
    lines += ["", *_wrapped(f"{EACH} [tag]", ""), *_wrapped(TAGS, "tags: ")]
    lines += ["", f"world (place {config.place})"]
    world = config.resolved["world"]
    known = world_specs(config.place)
    chosen = [name for name in known if name in config.structure or name in config.fixed]
    lines += _table((known[name], world[name]) for name in chosen)
    lines += [f"  and {len(known) - len(chosen)} more as declared: {environment.program()} show world/NAME"]
    used = [name for name in mechanisms.registry() if any(name in s.choices for s in config.scenarios)]
    for name in used:
        lines += ["", f"mechanisms.{name}", *_channels(name)]
        said = config.resolved["mechanisms"][name]
        lines += _table((spec, said[key]) for key, spec in mechanism_specs(name).items())
    return "\n".join([*lines, "", OWN_FILE.replace("{program}", environment.program())])


def _values(key: str, values: Mapping[str, Any]) -> list[str]:
    """List the values that a setting takes in a sweep, with their names where they have any."""
    named = [label if label == _plain(v) else f"{label} = {_plain(v)}" for label, v in values.items()]
    return _wrapped(", ".join(named), f"  {key}  ")


def world(name: str) -> str:
    """Describe a world: all its parameters.

    Raises:
        ConfigError: there is none of this name.
    """
    said = compose.world(name)
    place = said["place"]
    summary = " ".join((places.registry()[place].__doc__ or "").split("\n\n")[0].split())
    lines = [
        f"world/{name} (place {place})",
        "",
        *_wrapped(summary, ""),
        "",
        *_wrapped(f"{EACH}; tag: source", ""),
        *_wrapped(TAGS, "tags: "),
    ]
    return "\n".join([*lines, *_by_owner(world_specs(place), said, sources=True)])


def mechanism(name: str) -> str:
    """Describe a mechanism: its rules, channels and parameters.

    Raises:
        ConfigError: there is none of this name.
    """
    if name not in mechanisms.registry():
        raise unknown("mechanism", name, mechanisms.registry())
    kind = mechanisms.registry()[name]
    said = compose.mechanism(name) if name in options("mechanism") else {}
    rules = (sys.modules[kind.__module__].__doc__ or "").strip()
    lines = [f"mechanism/{name}", "", *_paragraphs(rules), "", *_channels(name)]
    lines += [
        f"places:   {', '.join(kind.places)}",
        "",
        *_wrapped(f"{EACH}; tag: source", ""),
        *_wrapped(TAGS, "tags: "),
        "",
    ]
    specs = mechanism_specs(name)
    return "\n".join([*lines, *_table(((spec, said.get(key)) for key, spec in specs.items()), sources=True)])


def rule(name: str) -> str:
    """Describe a rule that declares parameters: what it says of itself, and its parameters.

    Raises:
        ConfigError: there is none of this name.
    """
    ruled = {spec.owner: spec for place in places.registry() for spec in world_specs(place).values()}
    if name not in ruled:
        raise unknown("rule", name, ruled)
    declaring = {r.name: r.parameters for place in places.registry() for r in rules_of(place)}
    mine = [(spec, None) for spec in declared() if spec.owner == name]
    return "\n".join(
        [
            f"rule/{name}",
            "",
            *_paragraphs((sys.modules[declaring[name].__module__].__doc__ or "").strip()),
            "",
            *_wrapped(f"{EACH}; tag: source", ""),
            *_wrapped(TAGS, "tags: "),
            "",
            *_table(mine, sources=True),
        ]
    )


def parameter(name: str) -> str:
    """Describe a parameter, ``NAME`` or ``OWNER.NAME``: its row in the ledger, and its sources in full.

    Raises:
        ConfigError: there is none of this name.
    """
    full = "." in name
    known = [(f"{spec.owner}.{spec.name}" if full else spec.name, spec) for spec in declared()]
    found = [spec for key, spec in known if key == name]
    if not found:
        raise unknown("parameter", name, (key for key, _ in known))
    return "\n\n".join("\n".join(_row(spec)) for spec in found)


def source(name: str) -> str:
    """Describe a source: what it says, where it stands, how far it is to be trusted, what rests on it.

    Raises:
        ConfigError: there is none of this name.
    """
    known = evidence.sources()
    if name not in known:
        raise unknown("source", name, known)
    rests = [f"{spec.owner}.{spec.name}" for spec in declared() if name in spec.sources]
    return "\n".join([*_source(known[name], ""), *_wrapped(", ".join(rests), "  rests on it  ")])


def sources() -> str:
    """Describe every source: tag, role, what it says."""
    lines = ["Sources: the rows of sim/evidence/sources.csv; show source/ID says more.", "", *_wrapped(TAGS, "tags: ")]
    for found in evidence.sources().values():
        lines += ["", f"  {found.id:<23} {found.tag}  {found.role:<6}  {found.trust.split(':')[0]}"]
        lines += _wrapped(found.says, " " * 6)
    return "\n".join(lines)


def outcomes() -> str:
    """Describe every outcome: unit, what is better, meaning."""
    from sim.outcomes import OUTCOMES

    lines = _wrapped("Outcomes: a column each in runs.csv, beside the integers (n_...) that they are quotients of.", "")
    lines.append("")
    for spec in OUTCOMES:
        said = f"  {spec.name:<23} {spec.unit:<43} {spec.direction}"
        lines += [said] if len(said) <= width() else [f"  {spec.name}", f"      {spec.unit}; {spec.direction}"]
        lines += _wrapped(spec.meaning, " " * 6)
    return "\n".join(lines)


def studies() -> str:
    """Describe what `sensitivity`, `discover` and `calibrate` can be told, and the patterns of a calibration."""
    from sim.study.asked import STUDIES, WORDS
    from sim.study.patterns import PATTERNS

    lines = _wrapped("Studies: settings NAME.KEY=VALUE of the commands sensitivity, discover and calibrate.", "")
    for name, known in STUDIES.items():
        lines += ["", f"{name}  (also {', '.join(f'{name}.{word}' for word in WORDS[name])})"]
        lines += _table((spec, spec.default) for spec in known.values())
    lines += ["", "patterns of worlds as found, for calibrate"]
    for pattern in PATTERNS:
        use = "held out" if pattern.held_out else "matched"
        of = " - ".join(filter(None, (pattern.outcome, pattern.less)))
        where = ", ".join(pattern.kinds)
        lines.append(f"  {pattern.name:<14}{of} {pattern.low:.4g} to {pattern.high:.4g}, {use}; {where}")
        lines += _wrapped(f"{pattern.how} [{', '.join(pattern.sources)}]", " " * 6)
    return "\n".join(lines)


def _row(spec: Spec) -> list[str]:
    """List what the ledger has of a parameter."""
    cells = {
        "meaning": spec.doc,
        "value": _value(spec, None),
        "range": _range(spec),
        "unit": spec.unit,
        "kind": spec.kind,
        "tag": next(tag for tag in TAGS.split(", ") if tag[0] == spec.tag),
        "read by": " ".join(uses.of(spec)),
        "sources": ", ".join(spec.sources),
        "note": spec.note,
    }
    lines = [f"{spec.owner}.{spec.name}", ""]
    for head, cell in cells.items():
        lines += _wrapped(cell, f"  {head:<9}")
    for name in spec.sources:
        lines += ["", *_source(evidence.sources()[name], "  ")]
    return lines


def _source(found: evidence.Source, indent: str) -> list[str]:
    """List what is known of a source."""
    lines = [f"{indent}{found.id}", ""]
    lines += _wrapped(found.says, f"{indent}  says         ")
    lines += _wrapped(found.citation, f"{indent}  from         ")
    lines += _wrapped(found.trust, f"{indent}  trust        ")
    lines += [f"{indent}  tag, role    {found.tag}, {found.role}"]
    return lines


def width() -> int:
    """Return how many columns there are: those of the terminal, if there is one and it is not too wide to read."""
    return min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns) if sys.stdout.isatty() else WIDEST


def _wrapped(text: str, head: str) -> list[str]:
    """Wrap a text behind a heading."""
    return wrap(text or "-", width(), head, " " * len(head))


def wrap(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """Wrap a text; letters that are two columns wide count as two, on the safe side of wherever they stand."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return textwrap.wrap(text, max(columns - wide, columns // 2), initial_indent=first, subsequent_indent=rest)


def _paragraphs(text: str) -> list[str]:
    """Wrap a text of paragraphs, in which a line that begins with a star is an item of a list."""
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        items = re.split(r"\n(?=\* )", paragraph)
        joined = (" ".join(item.split()) for item in items)
        wrapped = (wrap(item, width(), "", "  " * item.startswith("* ")) for item in joined)
        lines += ["", *chain.from_iterable(wrapped)]
    return lines[1:]


def _channels(name: str) -> list[str]:
    """List the channels of a mechanism."""
    return _wrapped(", ".join(mechanisms.registry()[name].channels), "channels: ")


def _by_owner(known: Mapping[str, Spec], said: Mapping[str, Any], *, sources: bool = False) -> list[str]:
    """List parameters under the names of those that declare them."""
    lines: list[str] = []
    for owner in dict.fromkeys(spec.owner for spec in known.values()):
        mine = [(spec, said.get(key)) for key, spec in known.items() if spec.owner == owner]
        lines += ["", owner, *_table(mine, sources=sources)]
    return lines


def _table(rows: Iterable[tuple[Spec, Any]], *, sources: bool = False) -> list[str]:
    """List parameters: name, value, range, unit; below it meaning and, if asked for, source."""
    lines = []
    for spec, value in rows:
        said = f"  {spec.name:<23} {_value(spec, value):<14} {_range(spec):<18} "
        lines += [said + spec.unit] if len(said + spec.unit) <= width() else [said.rstrip(), f"      {spec.unit}"]
        lines += _wrapped(
            spec.doc if sources or spec.owner in ("run", "study") else f"{spec.doc} [{spec.tag}]", " " * 6
        )
        if sources:
            lines += _wrapped(f"{spec.tag}: {spec.source}", " " * 6)
    return lines


def _value(spec: Spec, value: Any) -> str:
    """Write a value as it would be set; a prior with its mode."""
    if value is None:
        value = PRIOR if spec.kind == "drawn" else spec.default
    if value == PRIOR:
        return f"prior, {_plain(spec.default)}"
    return _plain(value)


def _range(spec: Spec) -> str:
    if spec.type is bool:
        return "[false, true]"
    return f"[{_plain(spec.low)}, {_plain(spec.high)}]"


def _plain(value: Any) -> str:
    """Write a number without needless digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
