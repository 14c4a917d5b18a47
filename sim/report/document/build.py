"""Putting a report together: which sections there are for which kind of result, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from sim.report import labels
from sim.report import report_labels as words
from sim.report.document import brief, ledger, record, results, studies, worth
from sim.report.document.blocks import Block, Document, Items, Paragraph, Picture, Section
from sim.report.document.material import Material
from sim.report.labels import Language

Writer = Callable[[Material, Language], Iterator[Block]]

PICTURES: Mapping[str, tuple[str, ...]] = {
    "results": ("forest", "incomes", "diffusion", "time_series"),
    "sweep": ("curves", "map"),
    "press": ("cases", "tail", "couriers", "hubs"),
    "worth": ("acceptability",),
    "funnel": ("funnel",),
    "ends": ("competing_ends", "alluvial"),
    "attribution": ("attribution", "complements", "budget"),
    "sensitivity": ("sensitivity", "morris", "sobol", "groups", "scans"),
}
"""Section to the figures that stand in it; all others stand in a section of their own."""

LEAD = 6
"""So many sentences make the paragraph that is read if nothing else is."""


def document(found: Material, language: Language) -> Document:
    """Return the report of a result in a language.

    Args:
        found: the result.
        language: of its words.
    """
    question = str(found.config.get("question") or "")
    what = words.SECTIONS["press"](language) if found.kind == "press" else labels.title(found.name, question, language)
    title = words.TITLE(language, title=what)
    sections = []
    for name, writer in SECTIONS.items():
        blocks = [*_pictures(found, name, language), *writer(found, language)]
        if blocks:
            sections.append(Section(name, words.SECTIONS[name](language), tuple(blocks)))
    return Document(language, title, words.SUBTITLE(language), tuple(sections))


def _pictures(found: Material, section: str, language: Language) -> Iterator[Picture]:
    """Yield the figures that belong into a section."""
    told = {stem for stems in PICTURES.values() for stem in stems}
    for stem in found.pictures:
        if stem in PICTURES.get(section, ()) or (section == "figures" and stem not in told):
            yield Picture(stem, caption(stem, language))


def caption(stem: str, language: Language) -> str:
    """Return what a figure shows, in words."""
    known = words.CAPTIONS.get(stem)
    return known(language) if known else words.FIGURE(language, words=stem.replace("_", " "))


def _brief(found: Material, language: Language) -> Iterator[Block]:
    said: list[str] = []
    if found.kind == "run":
        said += brief.of_run(found, language)
    elif found.kind == "attribution":
        said += studies.shares_words(found, language)
    elif found.kind == "sweep":
        said += studies.sweep_words(found, language)
    elif found.kind == "press":
        said += studies.press_words(found, language)
    elif found.kind == "sensitivity":
        said += studies.sensitivity_words(found, language)
    last = [brief.lived(found, language)] if found.scenarios and found.kind != "sensitivity" else []
    last.append(words.NOT_POLICY(language))
    first = [words.QUICK(language)] if found.config.get("size") == "quick" else []
    if found.kind == "press":
        yield Items((*first, *said, *last))
        return
    lead = said[:LEAD]
    yield Paragraph(("" if language == "zh" else " ").join([*first, *lead, *last]), lead=True)
    if said[LEAD:]:
        yield Items(tuple(said[LEAD:]))


def _question(found: Material, language: Language) -> Iterator[Block]:
    if found.kind == "press":
        return
    question, expected = (str(found.config.get(key) or "") for key in ("question", "hypothesis"))
    yield Paragraph(words.QUESTION(language, question=question) if question else words.NO_QUESTION(language))
    if expected:
        yield Paragraph(words.HYPOTHESIS(language, hypothesis=expected))


def _compared(found: Material, language: Language) -> Iterator[Block]:
    yield from results.settings(found, language)


def _assumptions(found: Material, language: Language) -> Iterator[Block]:
    yield from ledger.assumed(found, language)
    yield from ledger.tagged(found, language)


def _results(found: Material, language: Language) -> Iterator[Block]:
    if found.kind == "run":
        yield from results.compared(found, language)
    if found.kind in ("run", "sweep"):
        yield from results.rates(found, language)


def _sweep(found: Material, language: Language) -> Iterator[Block]:
    if found.kind == "sweep":
        yield from studies.sweep(found, language)


def _press(found: Material, language: Language) -> Iterator[Block]:
    if found.kind == "press":
        yield from studies.press(found, language)


def _whom(found: Material, language: Language) -> Iterator[Block]:
    if found.kind == "run":
        yield from results.whom(found, language)
        yield from results.others(found, language, ["leaders", "distance"])


def _of_runs(write: Writer) -> Writer:
    def only(found: Material, language: Language) -> Iterator[Block]:
        if found.kind in ("run", "sweep", "attribution"):
            yield from write(found, language)

    return only


def _funnel(found: Material, language: Language) -> Iterator[Block]:
    yield from results.funnels(found, language)
    yield from results.books(found, language)


def _limits(found: Material, language: Language) -> Iterator[Block]:
    yield Items(tuple(text(language) for text in words.LIMITS))


def _nothing(found: Material, language: Language) -> Iterable[Block]:
    return ()


SECTIONS: Mapping[str, Callable[[Material, Language], Iterable[Block]]] = {
    "brief": _brief,
    "question": _question,
    "compared": _compared,
    "assumptions": _assumptions,
    "results": _results,
    "sweep": _sweep,
    "press": _press,
    "worth": worth.worth,
    "funnel": _of_runs(_funnel),
    "ends": results.ends,
    "whom": _whom,
    "attribution": _of_runs(studies.attribution),
    "sensitivity": lambda found, language: studies.sensitivity(found, language) if found.kind != "press" else (),
    "naive": studies.naive,
    "figures": _nothing,
    "ledger": ledger.ledger,
    "limits": _limits,
    "cite": record.cite,
    "manifest": record.manifest,
}
"""Sections in the order of a reader, and who writes them; one without anything in it is left out."""
