"""What an experiment answers beyond its comparisons: who carries an effect, where in a grid one stands, who leads.

Pure functions of the tables of runs and of compounds; `sim.study.runner` writes what they return.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import outcomes
from sim.books import FEN
from sim.mechanisms import registry
from sim.outcomes import A_YEAR, YEAR
from sim.study import acceptability, budget, distances, limits, reach
from sim.study.attribution import COLUMNS, attribute
from sim.study.coalitions import Attribution
from sim.study.config import Config
from sim.study.statistics import OutcomeSpec, paired
from sim.study.sweep import Sweep

Floats = NDArray[np.float64]

SWEPT = (
    "headline",
    "disputes",
    "repairs",
    "cost",
    "payers",
    "behaviour",
    "people",
    "books",
    *outcomes.villages.FAMILIES,
)
"""Families of outcomes that are compared in a sweep."""

NAMES = ("attribution", "hours", "budget", "acceptability", "limits", "grid", "leaders", "distance")
"""The tables that an experiment may give."""

HOURS = f"hours {A_YEAR}"


@dataclass(frozen=True)
class Answer:
    """A table to be kept.

    Attributes:
        frame: its rows.
        keys: the columns that identify a row.
    """

    frame: pd.DataFrame
    keys: tuple[str, ...]


def answers(
    config: Config, runs: pd.DataFrame, compounds: pd.DataFrame | None, far: pd.DataFrame | None = None
) -> dict[str, Answer]:
    """Return the tables that an experiment gives beside its comparison, by the names of their files.

    Args:
        config: the experiment.
        runs: its table of runs.
        compounds: its table of compounds; None where there are none.
        far: its table of distances; None where nobody lives far apart.
    """
    out: dict[str, Answer] = {}
    if config.attributed:
        keys = ("outcome", "measure", "channel", "with")
        out["attribution"] = Answer(attributed(runs, config.attributed, config.place), keys)
        out["hours"] = Answer(hours(runs, config.attributed), ("channel",))
    if names := acceptability.choices(config):
        effect = budget.effect_of(config.place)
        of = budget.account(runs, names, effect)
        frame = budget.mixes(of, config.attributed) if config.attributed else budget.table(of)
        out["budget"] = Answer(frame, ("wage", "scenario"))
        out["acceptability"] = Answer(acceptability.curves(of), ("wage", "willingness", "scenario"))
    if config.attributed and config.attributed.together:
        out["limits"] = Answer(within_limits(runs, config), ("effect", "hours_limit", "yuan_limit"))
    if config.sweep:
        out["grid"] = Answer(grid(config.sweep), ("scenario",))
    if compounds is not None and not config.attributed:
        frame = leaders(compounds)
        if len(frame):
            out["leaders"] = Answer(frame, ("scenario",))
    if far is not None and not (config.attributed or config.sweep):
        scenarios = [scenario.name for scenario in config.scenarios]
        out["distance"] = Answer(distances.estimates(far, scenarios), ("scenario", "season", "group", "measure"))
    return out


def outcome_specs(place: str, main: bool = False) -> list[OutcomeSpec]:
    """Return the outcomes as statistics and figures want them.

    Args:
        place: name of the place file.
        main: only those for the table on the terminal and the figure.
    """
    return [
        OutcomeSpec(spec.name, spec.unit, spec.label, spec.family)
        for spec in outcomes.specs(place)
        if spec.main or not main
    ]


# -- attribution ------------------------------------------------------------------------------


def attributed(runs: pd.DataFrame, attribution: Attribution, place: str = "") -> pd.DataFrame:
    """Attribute the chosen outcomes to channels; see `sim.study.attribution.attribute`.

    Args:
        runs: the runs of every coalition.
        attribution: what is taken apart.
        place: its place, on which it depends what is out of whose reach; if not said, nothing is.
    """
    known = {spec.name: spec for spec in outcomes.OUTCOMES}
    frames = []
    for name in attribution.outcomes:
        spec = known[name]
        values = by_coalition(runs, name, attribution)
        said = OutcomeSpec(name, spec.unit, spec.label, spec.family)
        frames.append(attribute(values, attribution.channels, said, beyond=_beyond(attribution, name, place)))
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


def _beyond(attribution: Attribution, outcome: str, place: str) -> list[str]:
    """Return the players that have no path of their own to an outcome: mechanisms of other kinds of settlement."""
    if not place:
        return []
    own = {
        player: [word for word in attribution.together.get(player, ()) if word in registry()] or [attribution.mechanism]
        for player in attribution.channels
    }
    return [player for player, kinds in own.items() if reach.beyond(place, kinds, [outcome])]


def by_coalition(runs: pd.DataFrame, outcome: str, attribution: Attribution) -> Floats:
    """Return an outcome in every coalition and replication, shape ``(2^channels, replications)``."""
    table = runs.pivot(index="scenario", columns="replication", values=outcome)
    return table.loc[list(attribution.scenarios)].to_numpy(np.float64)


def within_limits(runs: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Return which mix saves most within limits of hours and yuan, for each effect; see `sim.study.limits`.

    Args:
        runs: the runs of every mix.
        config: the experiment, of which whole mechanisms are taken apart.
    """
    assert config.attributed is not None
    names, words = tuple(config.attributed.scenarios), budget.mix_words(config.attributed)
    frames = [limits.limits(budget.account(runs, names, effect), words) for effect in budget.effects_of(config.place)]
    return pd.concat(frames, ignore_index=True)


def hours(runs: pd.DataFrame, attribution: Attribution) -> pd.DataFrame:
    """Return what time each channel takes, in hours per 1,000 households and year, means over the replications.

    Of each channel: the purposes to which its hours go, and the hours spent on these with no channel on (bodies as
    found inspect and talk, too), with this channel alone and with all on; and, of the hours of everybody, how many
    more are worked with this channel alone than with none, and with all than with all others.
    """
    purposes = attribution.purposes
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


def swept_specs(place: str) -> list[OutcomeSpec]:
    """Return the outcomes that are compared in a sweep: its points are many, so not every outcome."""
    return [spec for spec in outcome_specs(place) if spec.family in SWEPT] + [WITHHELD]


def with_money(runs: pd.DataFrame) -> pd.DataFrame:
    """Add `WITHHELD` to a table of runs, from its counts; missing where a place has no companies."""
    counts = ("n_kept_fen", "n_recouped_fen")
    yuan = pd.Series(np.nan, index=runs.index)
    if all(name in runs.columns for name in counts):
        fen = runs[counts[0]] + runs[counts[1]]
        yuan = fen / FEN / (runs["households"] * runs["days"]) * 1000 * YEAR
    return pd.concat([runs, yuan.rename(WITHHELD.name)], axis=1)


# -- compounds --------------------------------------------------------------------------------


def leaders(compounds: pd.DataFrame) -> pd.DataFrame:
    """Return how able the secretaries are who take part in bodies' matters at the end of each scenario.

    Args:
        compounds: a row for each scenario, replication and compound, see `sim.study.compounds`.

    Returns:
        A row for each scenario that has any: in how many compounds of a replication, and their mean ability, 0 to 1,
        with its interval over replications.
    """
    rows: list[dict[str, Any]] = []
    for scenario, frame in compounds.groupby("scenario", sort=False):
        led = frame[frame["ability"] > 0].groupby("replication")["ability"]
        if led.ngroups == 0:
            continue
        mean = led.mean().to_numpy(np.float64) / 1e6
        over = paired(mean, np.zeros_like(mean))
        rows.append(
            {"scenario": str(scenario), "compounds": float(led.count().mean()), "ability": over.difference}
            | {"low": over.low, "high": over.high, "n": over.n}
        )
    return pd.DataFrame(rows)
