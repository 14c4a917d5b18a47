"""The command ``biography``: one case's life in twin worlds, out of the event log of a result folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.cases import Kind
from sim.errors import ConfigError, StoreError, shortened, unknown
from sim.report import biography, labels
from sim.report import biography_labels as words
from sim.report.biography import Event, Life, Said
from sim.report.biography_labels import counted
from sim.report.labels import Language
from sim.study.results import Finished
from sim.study.tables import EVENTS

LOG, CASES = "events.parquet", "cases.parquet"
NAME = "case:concept:name"
LISTED, OF_A_KIND = 12, 3
"""Cases that are listed where none is named, and how many of them may be of one kind."""

FORM = "REPLICATION/KIND/BEARER/ORDINAL, e.g. 0/roof/12/64"
KINDS = [kind.name.lower() for kind in Kind]


@dataclass(frozen=True)
class Twins:
    """One case in two scenarios.

    Attributes:
        case: its name without a scenario.
        kind: what it is about.
        replication: in which replication.
        until: days of the run.
        names: the two scenarios, the compared one last.
        events: what befell it in each.
        opened: day of opening in each, where the table of cases says so.
        there: whether it came onto a desk's books in each.
    """

    case: str
    kind: str
    replication: int
    until: int
    names: tuple[str, str]
    events: tuple[list[Event], list[Event]]
    opened: tuple[int | None, int | None]
    there: tuple[bool, bool]


def pair_of(one: Finished, scenario: str | None, baseline: str | None) -> tuple[str, str]:
    """Return which two scenarios are told of: the compared one and its baseline.

    Args:
        one: the result.
        scenario: which scenario; by default the first that the experiment compares.
        baseline: its twin; by default what the experiment compares it with, else the result's first other scenario.

    Raises:
        SimError: there are no such two.
    """
    for name in (scenario, baseline):
        if name is not None and name not in one.scenarios:
            raise unknown("scenario", name, one.scenarios)
    if scenario is not None and scenario == baseline:
        raise ConfigError(f"'{scenario}' is its own twin; choose two scenarios")
    declared = [(str(a), str(b)) for a, b in one.config.get("comparisons") or []]
    declared = [pair for pair in declared if all(name in one.scenarios for name in pair)]
    fitting = [(a, b) for a, b in declared if scenario in (None, a) and baseline in (None, b)]
    if fitting:
        return fitting[0]
    if scenario is None:
        scenario = next((name for name in reversed(one.scenarios) if name != baseline), None)
    if baseline is None:
        baseline = next((name for name in one.scenarios if name != scenario), None)
    if scenario is None or baseline is None:
        raise ConfigError(f"{one.folder} has a single scenario; a case has no twin there")
    return scenario, baseline


def understand(said: str) -> tuple[str | None, str]:
    """Return the scenario, if one is named, and the name without it of a case that a user has named.

    Raises:
        ConfigError: this is no case's name.
    """
    *before, replication, kind, bearer, ordinal = ["", "", "", "", *said.strip("/").split("/")]
    if not all(part.isdecimal() and len(part) < 10 for part in (replication, bearer, ordinal)):
        raise ConfigError(f"'{shortened(said)}' names no case; write {FORM} (biography RESULT lists some)")
    if kind not in KINDS:
        raise unknown("kind of case", kind, KINDS)
    case = f"{int(replication)}/{kind}/{int(bearer)}/{int(ordinal)}"
    return "/".join(before[4:]) or None, case


def read(one: Finished, said: str, scenario: str | None = None, baseline: str | None = None) -> Twins:
    """Read a case's two lives.

    Args:
        one: the result.
        said: the case, with or without a scenario before it.
        scenario: which scenario, see `pair_of`.
        baseline: its twin.

    Raises:
        SimError: no such case, no event log, or a damaged one.
    """
    named, case = understand(said)
    if named and scenario and named != scenario:
        raise ConfigError(f"the case is of '{shortened(named)}', not of '{scenario}'; leave one of them out")
    pair = pair_of(one, scenario or named, baseline)
    names = (pair[1], pair[0])
    replication, kind, bearer, ordinal = case.split("/")
    _must_be_logged(one, int(replication))
    log = _log(one, [f"{name}/{case}" for name in names])
    events = [biography.events_of(_rows(log[log[NAME] == f"{name}/{case}"])) for name in names]
    known = [_on_the_books(one, name, int(replication), kind, int(bearer), int(ordinal)) for name in names]
    there = [bool(told) or opened is not None for told, opened in zip(events, known, strict=True)]
    if not any(there):
        raise ConfigError(f"no desk had a case {case} in {names[1]} or {names[0]} (biography RESULT lists some)")
    return Twins(
        case, kind, int(replication), int(one.config["days"]), names, (events[0], events[1]), (known[0], known[1]),
        (there[0], there[1]),
    )  # fmt: skip


def _logged(one: Finished) -> int:
    """Return how many replications have an event log: the first ones."""
    if not (one.folder / LOG).is_file():
        raise StoreError(f"{one.folder} keeps no {LOG}; run it with detail=true and events=5")
    return min(int(one.config.get("events", 0)), int(one.config["replications"]))


def _must_be_logged(one: Finished, replication: int) -> None:
    """Refuse a replication whose events were not kept."""
    logged = _logged(one)
    if replication >= logged:
        have = "no replication" if not logged else f"only replications 0 to {logged - 1}" if logged > 1 else "only 0"
        raise ConfigError(f"{one.folder / LOG} has {have}; run with events={replication + 1} for {replication}")


def _log(one: Finished, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the event log in its order, of all cases or of some."""
    return _table(one.folder / LOG, EVENTS.names, NAME, names)


def _table(path: Path, columns: Sequence[str], key: str, values: Sequence[Any] | None) -> pd.DataFrame:
    """Read columns of a Parquet file, of all rows or of those with some values of a column."""
    try:
        chosen = None if values is None else pc.field(key).isin(list(values))
        return pq.read_table(path, columns=list(columns), filters=chosen).to_pandas()
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged or not of this program: {error}") from error


def _on_the_books(one: Finished, scenario: str, k: int, kind: str, bearer: int, ordinal: int) -> int | None:
    """Return the day on which the table of cases says that a case was opened, None if it has none."""
    if not (one.folder / CASES).is_file():
        return None
    columns = ("scenario", "replication", "kind", "bearer", "ordinal", "opened")
    rows = _table(one.folder / CASES, columns, "bearer", [bearer])
    wanted = {"scenario": scenario, "replication": k, "kind": kind, "bearer": bearer, "ordinal": ordinal}
    return next((int(row["opened"]) for row in _rows(rows) if all(row[key] == wanted[key] for key in wanted)), None)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


# -- telling -------------------------------------------------------------------------------------


def told(twins: Twins, result: str, language: Language) -> list[str]:
    """Return the lives of a case in twin worlds as lines, those that are empty between parts.

    Args:
        twins: the case.
        result: what the result is called.
        language: of the words.
    """
    names = [labels.scenario(name, language) for name in twins.names]
    head = words.HEAD(language, subject=words.subject(twins.kind, language))
    lines = [head[:1].upper() + head[1:]]
    lines.append(words.WHERE(language, case=twins.case, k=twins.replication, result=result, a=names[0], b=names[1]))
    ends = [
        biography.closing(events, Life.of(events, twins.until, opened), twins.until, language)
        for events, opened in zip(twins.events, twins.opened, strict=True)
    ]
    one, other = twins.events
    both = all(twins.there)
    common = biography.together(one, other) if both else 0
    parted = biography.parting(one, other) if both else None
    since = "" if twins.opened[0] is None else words.SINCE(language, day=twins.opened[0])
    if both and (common or parted is None):
        shared = list(biography.steps(one[:common], twins.kind, language))
        if not (one and one[0].activity == "opened"):
            shared.insert(0, Said(0, 0, words.BEFORE(language, since=since)))
        day = _day_of(twins, parted)
        title = words.ALWAYS(language) if parted is None else words.TOGETHER(language, day=day)
        lines += ["", title, *_lines([*shared, ends[0]] if parted is None else shared, language)]
    if not both or parted is not None:
        for number, name in enumerate(names):
            title = (words.THEN_ON if common else words.THEN)(language, name=name)
            lines += ["", title]
            if not twins.there[number]:
                lines.append("  " + words.NEVER_THERE(language, name=name))
                continue
            events, opened = twins.events[number], twins.opened[number]
            if common:
                mine = [*biography.steps(events, twins.kind, language, common), ends[number]]
            else:
                mine = biography.tell(events, twins.kind, twins.until, language, opened)
            lines += _lines(mine, language)
    lines += ["", *_sums(twins, names, language)]
    if both:
        day = _day_of(twins, parted)
        lines.append(words.SAME(language) if parted is None else words.PART(language, day=day))
    return [*lines, words.CAVEAT(language)]


def _day_of(twins: Twins, parted: int | None) -> int:
    """Return the day on which two lives part."""
    if parted is None:
        return twins.until
    return min(events[parted].day for events in twins.events if parted < len(events))


def _lines(said: Sequence[Said], language: Language) -> list[str]:
    """Return sentences behind their days."""
    when = [sentence.when(language) for sentence in said]
    wide = max((len(day) + sum(c > "\u2e80" for c in day) for day in when), default=0)
    pads = [" " * (wide - len(day) - sum(c > "\u2e80" for c in day)) for day in when]
    return [f"  {day}{pad}  {sentence.text}" for day, pad, sentence in zip(when, pads, said, strict=True)]


def _sums(twins: Twins, names: Sequence[str], language: Language) -> list[str]:
    """Return what each life came to, in a line."""
    out = []
    for name, there, events, opened in zip(names, twins.there, twins.events, twins.opened, strict=True):
        if not there:
            continue
        life = Life.of(events, twins.until, opened)
        told = words.TOLD(
            language,
            sessions=counted("session", life.sessions, language),
            handoffs=counted("handoff", life.handoffs, language),
            claims=counted("claim", life.claims, language),
        )
        end = labels.ENDS[life.end](language)
        if life.days is None:
            out.append(words.SUM_UNKNOWN(language, name=name, end=end, told=told))
        else:
            out.append(words.SUM(language, name=name, end=end, days=counted("day", life.days, language), told=told))
    return out


# -- which cases there are -----------------------------------------------------------------------


def listing(one: Finished, scenario: str | None = None, baseline: str | None = None) -> pd.DataFrame:
    """Return cases whose two lives differ most in length, those first of which the twins know most.

    Args:
        one: the result.
        scenario: which scenario, see `pair_of`.
        baseline: its twin.

    Returns:
        Columns ``case``, ``kind`` and, for each scenario, ``days NAME`` (from its first event in the log to its end,
        or to the end of the run) and ``end NAME``; at most `LISTED` rows.
    """
    pair = pair_of(one, scenario, baseline)
    if not _logged(one):
        raise StoreError(f"{one.folder} keeps no events; run it with events=5")
    until, sides = int(one.config["days"]), []
    log = _table(one.folder / LOG, (NAME, "concept:name", "day", "case:scenario"), "case:scenario", pair)
    for name in (pair[1], pair[0]):
        cases = log[log["case:scenario"] == name].groupby(NAME, sort=False)
        side = cases.agg(first=("day", "first"), last=("day", "last"), end=("concept:name", "last"))
        side.index = side.index.str.removeprefix(f"{name}/")
        over = side["end"].isin(biography.ENDS)
        side[f"days {name}"] = side["last"].where(over, until) - side["first"]
        side[f"end {name}"] = side["end"].where(over, "open")
        sides.append(side.iloc[:, -2:])
    both = sides[0].join(sides[1], how="inner").rename_axis("case").reset_index()
    both.insert(1, "kind", both["case"].str.split("/").str[1])
    apart = (both[f"days {pair[0]}"] - both[f"days {pair[1]}"]).abs()
    both = both.assign(apart=apart)[apart > 0].sort_values("apart", ascending=False, kind="stable")
    both = both[both.groupby("kind").cumcount() < OF_A_KIND].head(LISTED)
    return both.drop(columns="apart").reset_index(drop=True)


def main(arguments: argparse.Namespace) -> int:
    """Tell a case's life in both twins, or list some cases; return the exit code.

    Args:
        arguments: result, case, scenario, baseline and lang.
    """
    from sim.study import results
    from sim.study.commands import CLONE

    one = results.read(results.find(arguments.result, CLONE))
    if arguments.case:
        twins = read(one, arguments.case, arguments.scenario, arguments.baseline)
        print("\n".join(told(twins, str(one.manifest.get("name", one.folder.name)), arguments.lang)))
        return 0
    listed = listing(one, arguments.scenario, arguments.baseline)
    print("\n".join(_as_lines(listed, pair_of(one, arguments.scenario, arguments.baseline), arguments)))
    sys.stdout.flush()
    return 0


def _as_lines(listed: pd.DataFrame, pair: tuple[str, str], arguments: argparse.Namespace) -> list[str]:
    """Return the listed cases as lines, and how to ask for one."""
    language: Language = arguments.lang
    if listed.empty:
        return [words.NONE_DIFFER(language, a=pair[1], b=pair[0])]
    wide = max(len(case) for case in listed["case"])
    lines = [words.LISTED(language, a=labels.scenario(pair[1], language), b=labels.scenario(pair[0], language))]
    for row in listed.to_dict("records"):
        lives = [
            words.LIFE(
                language,
                end=labels.ENDS_SHORT[row[f"end {name}"]](language),
                days=counted("day", int(row[f"days {name}"]), language),
            )
            for name in (pair[1], pair[0])
        ]
        subject = words.subject(row["kind"], language)
        lines.append(f"  {row['case']:<{wide}}  {words.BOTH(language, subject=subject, a=lives[0], b=lives[1])}")
    from sim import environment

    command = f"{environment.program()} biography {arguments.result} {listed['case'][0]}"
    return [*lines, words.ASK(language, command=command)]
