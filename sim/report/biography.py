"""One case's life in words: pure functions from the events of a case to sentences, in English and Chinese.

`tell` turns the events of one case into sentences, `parting` finds the day on which two lives of it part, and
`Life.of` adds up what a life came to. Nothing is read here: `sim.report.lives` takes events out of a result folder, and
whoever has a running world may make `Event` of its own log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.report import biography_labels as words
from sim.report.biography_labels import counted, desk
from sim.report.labels import Language, Text

ENDS = ("settled", "failed", "withdrawn", "escalated")
"""Activities with which a life ends."""

MERGED = ("joined", "no show", "session")
"""Activities of which several on end, at one desk, are told in one sentence."""

SIMPLE = {
    "lost": words.LOST,
    "proposed": words.PROPOSED,
    "referred": words.REFERRED,
    "refused": words.REFUSED,
    "voting": words.VOTING,
    "voted down": words.VOTED_DOWN,
    "signing": words.SIGNING,
    "refunded": words.REFUNDED,
    "conceded": words.CONCEDED,
    "sued": words.SUED,
    "judged": words.JUDGED,
}
"""Activities that are told alike whatever went before."""

WHERE_LEFT = {
    "lost": "lost",
    "refunded": "shelved",
    "handed off": "transit",
    "signing": "signing",
    "voting": "voting",
    "granted": "funding",
    "funded": "works",
    "referred": "approval",
    "sued": "court",
}
"""Last step of a case that is still open to where that leaves it; after any other it lies at a desk."""

APART = re.compile(r"(?<=[\u4e00-\u9fff])(?=\d)")
"""Between a Chinese character and a number, where a space stands."""


@dataclass(frozen=True)
class Event:
    """Something that befell a case.

    Attributes:
        day: on which day of the run.
        activity: a word of the log, such as ``"handed off"`` (`sim.cases.Activity`, in lower case).
        desk: kind of the desk that has the case, such as ``"community"``.
        number: which of its kind.
    """

    day: int
    activity: str
    desk: str
    number: int


@dataclass(frozen=True)
class Said:
    """A sentence.

    Attributes:
        day: the day it is about; the first, if it is about several.
        last: the last of them.
        text: the sentence.
    """

    day: int
    last: int
    text: str

    def when(self, language: Language) -> str:
        """Return ``"day 3"`` or ``"day 3 to 9"``."""
        if self.day == self.last:
            return words.ON_DAY(language, day=self.day)
        return words.ON_DAYS(language, day=self.day, last=self.last)


@dataclass(frozen=True)
class Life:
    """What a life came to.

    Attributes:
        opened: day of opening; None if that is before the log and not known.
        closed: day of its end; None if it is still open.
        end: one of `ENDS`, or ``"open"``.
        sessions: sessions held.
        handoffs: times it was handed on.
        claims: claims that joined it.
        days: days from opening to the end, or to the end of the run; None if not known.
    """

    opened: int | None
    closed: int | None
    end: str
    sessions: int
    handoffs: int
    claims: int
    days: int | None

    @classmethod
    def of(cls, events: Sequence[Event], until: int, opened: int | None = None) -> Life:
        """Add up the events of a case.

        Args:
            events: what befell it, in order.
            until: days of the run.
            opened: day of opening, where the log begins later.
        """
        count = {what: sum(e.activity == what for e in events) for what in ("session", "handed off", "joined")}
        if events and events[0].activity == "opened":
            opened = events[0].day
        ended = bool(events) and events[-1].activity in ENDS
        closed = events[-1].day if ended else None
        end = events[-1].activity if ended else "open"
        days = None if opened is None else (until if closed is None else closed) - opened
        return cls(opened, closed, end, count["session"], count["handed off"], count["joined"], days)


def events_of(rows: Iterable[Mapping[str, Any]]) -> list[Event]:
    """Return the events of rows of an event log, in its columns `sim.study.tables.EVENTS`.

    Args:
        rows: of one case, with at least ``day``, ``concept:name`` and ``org:resource``, in order.
    """
    out = []
    for row in rows:
        kind, _, number = str(row["org:resource"]).rpartition(" ")
        out.append(Event(int(row["day"]), str(row["concept:name"]), kind, int(number)))
    return out


def parting(one: Sequence[Event], other: Sequence[Event]) -> int | None:
    """Return how many events two lives of a case have in common before they part; None if they never do."""
    for n, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return n
    return None if len(one) == len(other) else min(len(one), len(other))


def together(one: Sequence[Event], other: Sequence[Event]) -> int:
    """Return how many events two lives may be told together: a step whose sequel differs belongs to each of them."""
    n = parting(one, other)
    if n is None:
        return len(one)
    return n - 1 if n and one[n - 1].activity in ("session", "handed off") else n


def tell(events: Sequence[Event], kind: str, until: int, language: Language, opened: int | None = None) -> list[Said]:
    """Tell a case's life from beginning to end.

    Args:
        events: what befell it, in order.
        kind: what it is about, a word of `sim.cases.Kind` in lower case.
        until: days of the run, which is where a life that has not ended is left.
        language: of the sentences.
        opened: day of opening, where the log begins later.
    """
    life = Life.of(events, until, opened)
    said = list(steps(events, kind, language))
    if not events or events[0].activity != "opened":
        since = "" if opened is None else words.SINCE(language, day=opened)
        said.insert(0, Said(0, 0, words.BEFORE(language, since=since)))
    return [*said, closing(events, life, until, language)]


def steps(events: Sequence[Event], kind: str, language: Language, begin: int = 0) -> Iterator[Said]:
    """Tell what befell a case, but for its end.

    Args:
        events: all that befell it, in order: what an event means may hang on those before it.
        kind: what it is about.
        language: of the sentences.
        begin: number of the first event to tell.
    """
    at = begin
    while at < len(events):
        event = events[at]
        end = _end_of_run(events, at) if event.activity in MERGED else at + 1
        text = _sentence(events, at, end - at, kind, language)
        if text:
            yield Said(event.day, events[end - 1].day, text)
        at = end


def closing(events: Sequence[Event], life: Life, until: int, language: Language) -> Said:
    """Tell how a life ends, or where the end of the run leaves it."""
    if life.closed is not None:
        end = words.ENDS[life.end](language)
        if life.days is None:
            return Said(life.closed, life.closed, words.SOMETIME(language, end=end))
        days = counted("day", life.days, language)
        return Said(life.closed, life.closed, words.AFTER(language, end=end, days=days))
    age = "" if life.days is None else words.AGE(language, days=counted("day", life.days, language))
    if not events:
        return Said(until, until, words.STILL(language, age=age, where=words.NOTHING(language)))
    last = next((e for e in reversed(events) if e.activity != "joined"), events[-1])
    left = WHERE_LEFT.get(last.activity, "")
    if left == "lost" and events[-1].activity == "joined":  # somebody has asked again
        left = ""
    where = words.WAYS[left](language) if left else words.WAITS(language, desk=_desk(events[-1], language))
    return Said(until, until, words.STILL(language, age=age, where=where))


def _end_of_run(events: Sequence[Event], at: int) -> int:
    """Return where a run of the same activity at the same desk ends; a session with an agreement stands alone."""
    first, end = events[at], at + 1
    if _agreed(events, at):
        return end
    while end < len(events) and (events[end].activity, events[end].desk, events[end].number) == (
        first.activity, first.desk, first.number,
    ):  # fmt: skip
        if _agreed(events, end):
            break
        end += 1
    return end


def _agreed(events: Sequence[Event], at: int) -> bool:
    """Return whether an event is a session that ends in agreement."""
    after = events[at + 1] if at + 1 < len(events) else None
    return events[at].activity == "session" and after is not None and after.activity == "settled"


def _sentence(events: Sequence[Event], at: int, n: int, kind: str, language: Language) -> str:
    """Return the sentence about the `n` events from the number `at` on; empty if another tells it."""
    event = events[at]
    text = _text(events, at, n, kind)
    if text is None:
        return ""
    values: dict[str, object] = {"desk": _desk(event, language), "n": n}
    if event.activity == "handed off" and at + 1 < len(events):
        values["to"] = _desk(events[at + 1], language)
    if text is words.OTHER:
        values["what"] = event.activity
    sentence = APART.sub(" ", text(language, **values))
    return sentence[:1].upper() + sentence[1:]


def _text(events: Sequence[Event], at: int, n: int, kind: str) -> Text | None:
    """Return what is said of an event, by what went before it; None if another tells it."""
    event, before = events[at], _before(events, at)
    what = event.activity
    if what in SIMPLE and not (what == "proposed" and event.desk == "community"):
        return SIMPLE[what]
    if what in ENDS:
        return words.HELPED if (what, kind) == ("settled", "help") else None
    if what in CHOICES:
        return CHOICES[what](events, at, n, before)
    if what == "opened":
        return words.CLAIMED_FEE if kind == "fee" else words.OPENED
    return words.APPLIED if what == "proposed" else words.OTHER


def _before(events: Sequence[Event], at: int) -> str:
    """Return the last activity before an event that was no claim; empty if the log begins later."""
    return next((e.activity for e in reversed(events[:at]) if e.activity != "joined"), "")


def _joined(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    if before == "lost":
        found = not any(e.activity == "joined" for e in events[_last(events, at, "lost") : at])
        if found:
            return words.FOUND if n == 1 else words.FOUND_MANY
    return words.JOINED if n == 1 else words.JOINED_MANY


def _last(events: Sequence[Event], at: int, activity: str) -> int:
    """Return the number of the last event of an activity before an event."""
    return max(i for i in range(at) if events[i].activity == activity)


def _handed(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    return words.HANDED_TO if at + 1 < len(events) else words.HANDED_ON


def _no_show(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    return words.NO_SHOW if n == 1 else words.NO_SHOW_MANY


def _session(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    if _agreed(events, at):
        return words.AGREED
    return words.SESSION if n == 1 else words.SESSION_MANY


def _turned_back(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    return words.TURNED_BACK_SECOND if before == "referred" else words.TURNED_BACK


def _approved(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    return words.APPROVED_SECOND if before == "referred" else words.APPROVED


def _granted(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    return words.VOTED if before == "voting" else words.EMERGENCY if before else words.GRANTED


def _funded(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    by = {
        "granted": words.BEGUN_BY_FUND,
        "signing": words.BEGUN_BY_SHARES,
        "approved": words.BEGUN_WITHOUT,
        "conceded": words.BEGUN,
        "": words.BEGUN,
    }
    return by.get(before, words.BEGUN_AT)


def _retabled(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    claimed = at > 0 and events[at - 1].activity == "joined" and events[at - 1].day == events[at].day
    return words.RETABLED_BY_CLAIM if claimed else words.RETABLED


def _repaired(events: Sequence[Event], at: int, n: int, before: str) -> Text:
    return words.REPAIRED if before in ("funded", "") else words.REPAIRED_ASIDE


CHOICES = {
    "joined": _joined,
    "handed off": _handed,
    "no show": _no_show,
    "session": _session,
    "turned back": _turned_back,
    "approved": _approved,
    "granted": _granted,
    "funded": _funded,
    "retabled": _retabled,
    "repaired": _repaired,
}
"""Activities that are told by what went before."""


def _desk(event: Event, language: Language) -> str:
    return desk(event.desk, event.number, language)
