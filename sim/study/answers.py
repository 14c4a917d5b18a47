"""What an experiment answers beyond its comparisons: who carries an effect, and on whom it falls.

Pure functions of the tables of runs and of compounds; `sim.study.runner` writes what they return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import outcomes
from sim.books import FEN
from sim.mechanisms import registry
from sim.outcomes import A_YEAR, YEAR
from sim.study.attribution import COLUMNS, attribute
from sim.study.coalitions import Attribution
from sim.study.config import Config
from sim.study.statistics import OutcomeSpec, paired_rows
from sim.study.sweep import Sweep

Floats = NDArray[np.float64]

NAMES = ("attribution", "hours", "grid", "covered")
"""The tables that an experiment may give."""

COVERED, UNCOVERED = "covered", "uncovered"
ALL = "all"

HOURS = f"hours {A_YEAR}"
HEADLINE = f"severity-days {A_YEAR}"


@dataclass(frozen=True)
class Answer:
    """A table to be kept.

    Attributes:
        frame: its rows.
        keys: the columns that identify a row.
    """

    frame: pd.DataFrame
    keys: tuple[str, ...]


def answers(config: Config, runs: pd.DataFrame, compounds: pd.DataFrame | None) -> dict[str, Answer]:
    """Return the tables that an experiment gives beside its comparison, by the names of their files.

    Args:
        config: the experiment.
        runs: its table of runs.
        compounds: its table of compounds; None where there are none.
    """
    out: dict[str, Answer] = {}
    if config.attributed:
        keys = ("outcome", "measure", "channel", "with")
        out["attribution"] = Answer(attributed(runs, config.attributed), keys)
        out["hours"] = Answer(hours(runs, config.attributed), ("channel",))
    if config.sweep:
        out["grid"] = Answer(grid(config.sweep), ("scenario",))
    if compounds is not None and not config.attributed:
        frame = covered(compounds, config.comparisons, config.days)
        if len(frame):
            out["covered"] = Answer(frame, ("scenario", "baseline", "measure", "whose"))
    return out


# -- attribution ------------------------------------------------------------------------------


def attributed(runs: pd.DataFrame, attribution: Attribution) -> pd.DataFrame:
    """Attribute the chosen outcomes to channels; see `sim.study.attribution.attribute`.

    Args:
        runs: the runs of every coalition.
        attribution: what is taken apart.
    """
    known = {spec.name: spec for spec in outcomes.OUTCOMES}
    frames = []
    for name in attribution.outcomes:
        spec = known[name]
        values = by_coalition(runs, name, attribution)
        frames.append(attribute(values, attribution.channels, OutcomeSpec(name, spec.unit, spec.label, spec.family)))
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


def by_coalition(runs: pd.DataFrame, outcome: str, attribution: Attribution) -> Floats:
    """Return an outcome in every coalition and replication, shape ``(2^channels, replications)``."""
    table = runs.pivot(index="scenario", columns="replication", values=outcome)
    return table.loc[list(attribution.scenarios)].to_numpy(np.float64)


def hours(runs: pd.DataFrame, attribution: Attribution) -> pd.DataFrame:
    """Return what time each channel takes, in hours per 1,000 households and year, means over the replications.

    Of each channel: the purposes to which its hours go, and the hours spent on these with no channel on (bodies as
    found inspect and talk, too), with this channel alone and with all on; and, of the hours of everybody, how many
    more are worked with this channel alone than with none, and with all than with all others.
    """
    purposes = registry()[attribution.mechanism].purposes
    channels, names = attribution.channels, list(attribution.scenarios)
    everybody = by_coalition(runs, "hours", attribution).mean(axis=1)
    rows: list[dict[str, Any]] = []
    for i, channel in enumerate(channels):
        mine = purposes.get(channel, ())
        spent = np.zeros(len(names))
        for purpose in mine:
            spent = spent + by_coalition(runs, f"hours_{purpose}", attribution).mean(axis=1)
        alone, without = 1 << i, len(names) - 1 - (1 << i)
        rows.append(
            {
                "channel": channel,
                "purposes": " ".join(mine) or "none",
                "unit": HOURS,
                "with_none": spent[0],
                "alone": spent[alone],
                "with_all": spent[-1],
                "everybody_alone": everybody[alone] - everybody[0],
                "everybody_last": everybody[-1] - everybody[without],
                "n": int(runs["replication"].nunique()),
            }
        )
    return pd.DataFrame(rows)


# -- sweeps -----------------------------------------------------------------------------------


def grid(sweep: Sweep) -> pd.DataFrame:
    """Return where each scenario of a sweep stands: the one it was made of, and its value of each setting.

    A setting that does not concern a scenario is missing there (``n/a``).
    """
    rows: list[dict[str, str | None]] = []
    for name, point in sweep.points.items():
        rows.append({"scenario": name, "of": point.scenario, **{key: point.at.get(key) for key in sweep.axes}})
    return pd.DataFrame(rows)


WITHHELD = OutcomeSpec("withheld_yuan", f"yuan {A_YEAR}", "public income kept or taken back by companies", "payers")
"""Money that is the owners' and does not reach them; compared in sweeps beside what is compared anyway."""


def with_money(runs: pd.DataFrame) -> pd.DataFrame:
    """Add `WITHHELD` to a table of runs, from its counts; missing where a place has no companies."""
    counts = ("n_kept_fen", "n_recouped_fen")
    yuan = pd.Series(np.nan, index=runs.index)
    if all(name in runs.columns for name in counts):
        fen = runs[counts[0]] + runs[counts[1]]
        yuan = fen / FEN / (runs["households"] * runs["days"]) * 1000 * YEAR
    return pd.concat([runs, yuan.rename(WITHHELD.name)], axis=1)


# -- compounds --------------------------------------------------------------------------------


def covered(compounds: pd.DataFrame, pairs: Sequence[tuple[str, str]], days: int) -> pd.DataFrame:
    """Compare twins apart by whether a compound is led: one in which a secretary has taken part in the scenario.

    Of each comparison in which the scenario covers compounds that its baseline does not: the difference in the
    headline to the same compounds in the twin, for the ``covered`` (measure ``effect``) and for the ``uncovered``, on
    whom the effect is all spillover, and for ``all``; what a comparison of covered with uncovered compounds within the
    scenario would show (measure ``naive``), beside what it shows of the same compounds in the twin, where nothing has
    been done (``selection``); and the ability of the secretaries, 0 to 1 (measure ``ability``).

    Args:
        compounds: a row for each scenario, replication and compound.
        pairs: scenario and baseline of each comparison.
        days: days that were lived.

    Returns:
        One row for each comparison, measure and group; ``difference`` and its interval are over replications. Nothing
        where no scenario covers some compounds and leaves others out.
    """
    by_scenario = {
        str(name): frame.set_index(["replication", "compound"]).sort_index()
        for name, frame in compounds.groupby("scenario", sort=False)
    }
    labels: list[tuple[str, str, str, str, str]] = []
    values: list[tuple[Floats, Floats]] = []
    masks = {pair: _led(by_scenario[pair[0]]) & ~_led(by_scenario[pair[1]]) for pair in pairs}
    if not any(led.any() and not led.all() for led in masks.values()):
        return pd.DataFrame()
    for (scenario, baseline), led in masks.items():
        if not led.any():
            continue
        treated, twin = by_scenario[scenario], by_scenario[baseline]
        groups = {COVERED: led, UNCOVERED: ~led, ALL: led | ~led}
        here = {whose: headline(treated, mask, days) for whose, mask in groups.items()}
        there = {whose: headline(twin, mask, days) for whose, mask in groups.items()}
        for whose in groups:
            labels.append((scenario, baseline, "effect", whose, HEADLINE))
            values.append((here[whose], there[whose]))
        for measure, of in (("naive", here), ("selection", there)):
            labels.append((scenario, baseline, measure, COVERED, HEADLINE))
            values.append((of[COVERED], of[UNCOVERED]))
        ability = _ability(treated, led)
        labels.append((scenario, baseline, "ability", COVERED, "0 to 1"))
        values.append((ability, np.zeros_like(ability)))
    rows = paired_rows(np.stack([a for a, _ in values]), np.stack([b for _, b in values]))
    names = ("scenario", "baseline", "measure", "whose", "unit")
    return pd.DataFrame(
        [
            dict(zip(names, label, strict=True))
            | {"difference": row.difference, "low": row.low, "high": row.high}
            | {"share_same_sign": row.share_same_sign, "n": row.n, "mean_baseline": row.mean_baseline}
            for label, row in zip(labels, rows, strict=True)
        ]
    )


def _led(compounds: pd.DataFrame) -> pd.Series[bool]:
    """Return in which compounds a secretary has taken part."""
    return compounds["led"] > 0


def headline(compounds: pd.DataFrame, mask: pd.Series[bool], days: int) -> Floats:
    """Return the headline of some of the compounds in each replication; missing where there are none of them.

    Args:
        compounds: indexed by replication and compound.
        mask: which of them, with the same index.
        days: days that were lived.
    """
    suffered = compounds["suffered_thousandths"].where(mask, 0).groupby("replication").sum().to_numpy(np.float64)
    people = compounds["households"].where(mask, 0).groupby("replication").sum().to_numpy(np.float64)
    out = np.full(len(people), np.nan)
    np.divide(suffered * YEAR, people * days, out=out, where=people > 0)
    return out


def _ability(compounds: pd.DataFrame, mask: pd.Series[bool]) -> Floats:
    """Return the mean ability of the secretaries of some of the compounds, each counted while in office."""
    able = compounds["ability_millionths"].where(mask, 0).groupby("replication").sum().to_numpy(np.float64)
    weeks = compounds["led"].where(mask, 0).groupby("replication").sum().to_numpy(np.float64)
    out = np.full(len(weeks), np.nan)
    np.divide(able, weeks * 1e6, out=out, where=weeks > 0)
    return out
