"""Which mix for so many hours and yuan: of each effect a matrix of limits, and the mixes that stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report import labels
from sim.report import report_heads as heads
from sim.report import report_labels as words
from sim.report.document.blocks import Block, Grid
from sim.report.document.effects import named
from sim.report.document.material import Material
from sim.report.labels import Language
from sim.report.limits import limit, short
from sim.report.tables import number


def within(found: Material, language: Language) -> Iterator[Block]:
    """Yield which mix saves most within limits, effect by effect; nothing where no mixes were compared."""
    frame = found.tables.get("limits")
    if frame is None or frame.empty:
        return
    none = str(frame.sort_values(["hours_limit", "yuan_limit"], kind="stable")["scenario"].iloc[0])
    for nth, effect in enumerate(str(name) for name in frame["effect"].drop_duplicates()):
        told = short(frame, effect, none)
        what = heads.BROUGHT[effect](language) if effect in heads.BROUGHT else effect
        rows = [
            (limit(hours, words.ANY_LIMIT(language)), *(told.cell(hours, yuan) for yuan in told.yuan))
            for hours in told.hours
        ]
        columns = [limit(yuan, words.ANY_LIMIT(language)) for yuan in told.yuan]
        note = words.LIMITED_NOTE(language) if nth == 0 else ""
        caption = words.LIMITED(language, what=what)
        yield Grid(caption, (words.HOURS_AT_MOST(language), *columns), tuple(rows), words=0, note=note)
        if told.mixes:
            (mix,), (interval,) = named(("mix",), language), named(("interval",), language)
            cells = [
                (str(number_), _mix(str(row["mix"]), language), *_saved(row, language),
                 number(float(row["hours"]), sign=True), number(float(row["public_yuan"]), sign=True))
                for number_, row in enumerate(told.mixes, 1)
            ]  # fmt: skip
            head = ("", mix, what, interval, *named(("more_hours", "public_yuan"), language))
            yield Grid(words.LIMITED_MIXES(language, what=what), head, tuple(cells), words=2)


def _mix(said: str, language: Language) -> str:
    """Return what a mix is made of, its arrangements as they are called."""
    return " + ".join(labels.mechanism(part, language) for part in said.split(" + "))


def _saved(row: dict[str, object], language: Language) -> tuple[str, str]:
    """Write what a mix saves, and its interval, with equally many decimals."""
    value, low, high = (float(str(row[key])) for key in ("saved", "saved_low", "saved_high"))
    scale = max(abs(x) for x in (value, low, high))
    return number(value, scale, sign=True), labels.span(low, high, scale, language)
