"""In brief: what a reader who reads nothing else is told, sentence by sentence out of the document's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim import outcomes
from sim.report import labels
from sim.report import report_labels as words
from sim.report.document.effects import Effect, effects
from sim.report.document.material import Material
from sim.report.labels import Language

FEW = 10
"""With fewer pairs an interval is a rough idea."""

TOLD = 6
"""So many further comparisons are told of in a sentence each."""

HOURS = "hours"

NOTHING_TOLD = {"unknown": words.UNKNOWN, "unreached": words.UNREACHED}
"""Readings of a difference that is n/a to what is said of it."""


def headline(found: Material) -> str:
    """Return the outcome that stands for all: the first main one of the place that was compared."""
    there = set(found.tables["comparison"]["outcome"]) if "comparison" in found.tables else set()
    names = [spec.name for spec in outcomes.leading(found.place) if spec.name in there]
    return names[0] if names else next(iter(sorted(there)), "")


def main_outcomes(found: Material) -> list[str]:
    """Return the main outcomes of the place, in the order of figures."""
    return [spec.name for spec in outcomes.leading(found.place)]


def lived(found: Material, language: Language) -> str:
    """Say what was lived, how often and how long."""
    from sim.report.report_heads import PLACES

    return words.LIVED(
        language,
        place=PLACES[found.place](language) if found.place in PLACES else found.place,
        replications=found.replications,
        days=found.config.get("days", ""),
        burn_in=found.config.get("burn_in", ""),
    )


def of_run(found: Material, language: Language) -> Iterator[str]:
    """Tell the main comparison in full, the others by the headline; what gets better and worse; what it takes."""
    if not found.pairs:
        return
    first, head = found.pairs[0], headline(found)
    for one in effects(found, language, [head], first):
        yield sentence(one, language)
    if head in words.EXPLAINED:
        yield words.EXPLAINED[head](language)
    shown = effects(found, language, main_outcomes(found), first)
    yield from sorted_out(shown, language)
    yield from cost(shown, language)
    for pair in found.pairs[1 : 1 + TOLD]:
        for one in effects(found, language, [head], pair):
            yield sentence(one, language)
    if shown and all(one.n.isdecimal() and int(one.n) < FEW for one in shown):
        yield words.FEW(language)


def sentence(one: Effect, language: Language) -> str:
    """Say what one outcome of one comparison came to."""
    if one.reading in NOTHING_TOLD:
        text = NOTHING_TOLD[one.reading]
    elif one.none_at_all:
        text = words.SAME
    elif one.reading == "open":
        text = words.CANNOT
    else:
        text = words.LOWERS if one.value < 0 else words.RAISES
    told = text(
        language,
        scenario=quoted(one.scenario, language),
        baseline=quoted(one.baseline, language),
        outcome=one.label,
        unit=one.unit,
        difference=one.difference if text is words.CANNOT else one.size,
        relative=one.relative.lstrip("+-"),
        mean=one.mean,
        low=one.low,
        high=one.high,
        share=one.share,
        n=one.n,
    )
    for empty in EMPTY:
        told = told.replace(empty, "")
    return told[:1].upper() + told[1:]


EMPTY = (" ()", "（）", ", n/a of 0", "，为 0 的 n/a")
"""What a sentence leaves out where there is no unit, or nothing to relate a difference to."""


def quoted(scenario: str, language: Language) -> str:
    """Return what a scenario is called, as it stands in a sentence."""
    return words.QUOTED(language, name=labels.point(scenario, language))


def sorted_out(shown: Sequence[Effect], language: Language) -> Iterator[str]:
    """Name the outcomes that are clearly better, clearly worse, and those that cannot be told from chance."""
    for reading, text in (("better", words.BETTER), ("worse", words.WORSE), ("open", words.CANNOT_TELL)):
        names = [one.label for one in shown if one.reading == reading]
        if names:
            yield text(language, names=("、" if language == "zh" else ", ").join(names))


def cost(shown: Sequence[Effect], language: Language) -> Iterator[str]:
    """Say how many more or fewer hours it takes."""
    for one in shown:
        if one.outcome != HOURS or one.reading in NOTHING_TOLD:
            continue
        if one.reading == "open":
            yield words.COST_OPEN(language, difference=one.difference, unit=one.unit)
        else:
            text = words.COST_LESS if one.value < 0 else words.COST_MORE
            yield text(language, difference=one.size, unit=one.unit)
