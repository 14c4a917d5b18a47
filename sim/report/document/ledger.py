"""Evidence: which parameters a result rests on, how each is known, and the sources behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim import evidence, mechanisms, places
from sim.mechanisms import mechanism_specs
from sim.parameters import PRIOR, Spec, specs
from sim.report import labels
from sim.report import report_heads as heads
from sim.report import report_labels as words
from sim.report.document.blocks import Block, Grid, Items, Paragraph
from sim.report.document.effects import named
from sim.report.document.material import Material
from sim.report.labels import Language
from sim.schedule import rules_of


def used(found: Material) -> list[str]:
    """Return the mechanisms that stand in any scenario, in the registry's order."""
    said = {word.partition(".")[0] for scenario in found.scenarios.values() for word in scenario}
    return [name for name in mechanisms.registry() if name in said]


def rests_on(found: Material) -> list[Spec]:
    """Return every parameter of the result's place and rules, and of the mechanisms in its scenarios."""
    if found.place not in places.registry():
        return []
    out = list(specs(places.registry()[found.place].Structure, found.place).values())
    for rule in rules_of(found.place):
        out += specs(rule.parameters, rule.name).values()
    for name in used(found):
        out += mechanism_specs(name).values()
    return out


def _is_drawn(spec: Spec, config: Mapping[str, Any]) -> bool:
    """Return whether the configuration lets each replication draw a parameter."""
    world, groups = config.get("world") or {}, config.get("mechanisms") or {}
    for group in (world, *(group for group in groups.values() if isinstance(group, Mapping))):
        if group.get(spec.name) == PRIOR:
            return bool(config.get("prior_draws", True))
    return False


def tagged(found: Material, language: Language) -> Iterator[Block]:
    """Yield how many parameters are known in which way."""
    known = rests_on(found)
    if not known:
        return
    rows = []
    for tag, meaning in heads.TAGS.items():
        mine = [spec for spec in known if spec.tag == tag]
        drawn = sum(_is_drawn(spec, found.config) for spec in mine)
        rows.append((tag, meaning(language), str(len(mine)), str(drawn)))
    drawn = sum(_is_drawn(spec, found.config) for spec in known)
    rows.append(("", heads.MEASURES["total"](language), str(len(known)), str(drawn)))
    guesses = sum(spec.tag == "E" for spec in known)
    yield Paragraph(words.GUESSES(language, all=len(known), guesses=guesses, drawn=drawn))
    yield Grid(words.TAGGED(language), named(("tag", "meaning", "parameters", "drawn"), language), tuple(rows), words=2)


def assumed(found: Material, language: Language) -> Iterator[Block]:
    """Yield what is assumed, in words."""
    names = [labels.mechanism(name, language) for name in used(found)]
    if names:
        yield Paragraph(words.MECHANISMS(language, names=("、" if language == "zh" else ", ").join(names)))
    yield Items(tuple(text(language) for text in words.ASSUMED))


def ledger(found: Material, language: Language) -> Iterator[Block]:
    """Yield every parameter with its tag and sources, and the sources."""
    known = rests_on(found)
    if not known:
        return
    rows: tuple[tuple[str, ...], ...] = tuple(
        (f"{spec.owner}.{spec.name}", f"{spec.default:g}", f"{spec.low:g} - {spec.high:g}", spec.unit, spec.tag,
         ", ".join(spec.sources), spec.doc)
        for spec in known
    )  # fmt: skip
    columns = ("parameter", "value", "range", "unit", "tag", "sources", "meaning")
    yield Grid(
        words.LEDGER(language), named(columns, language), rows, words=len(columns), folded=True,
        note=words.LEDGER_NOTE(language),
    )  # fmt: skip
    cited = {name for spec in known for name in spec.sources}
    told = tuple(
        (source.id, source.tag, source.says, source.citation, source.trust)
        for source in evidence.sources().values()
        if source.id in cited
    )
    heads_of = ("source", "tag", "says", "sources", "trust")
    yield Grid(words.SOURCES(language), named(heads_of, language), told, words=len(heads_of), folded=True)
