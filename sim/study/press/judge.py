"""Judging a press case: the reported value beside the simulated distribution, and which channel carries it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.press.kits import MEASURES
from sim.study.press.play import FULL, LESS, WITHOUT, Played
from sim.study.statistics import paired

Floats = NDArray[np.float64]

LOW, HIGH = 0.05, 0.95
"""Ends of the interval that counts as ordinary."""

CASES = (
    "case", "measure", "unit", "reported", "scenario", "median", "low", "high", "percentile", "reached", "verdict", "n",
)  # fmt: skip
"""Columns of the table of cases: a row a measure and scenario."""

CHANNELS = ("case", "measure", "channel", "mean", "mean_without", "difference", "low", "high", "n")
"""Columns of the table of channels: what the arrangement's mean is, and what it is without one channel."""

MET, TAIL, NOT_MET, EXCEEDED = "ordinary", "in the tail", "not met", "exceeded"
NO_CHANNEL = "none that can be told from chance"


def quantile(values: Floats, share: float) -> float:
    """Return an observed value below or at which so large a share lies; infinite ones count, missing ones do not."""
    known = np.sort(values[~np.isnan(values)])
    if len(known) == 0:
        return float("nan")
    return float(known[min(int(np.ceil(share * len(known))) - 1 if share > 0 else 0, len(known) - 1)])


def percentile(values: Floats, reported: float) -> float:
    """Return the place of a reported value among simulated ones, in percent; ties count half."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return float("nan")
    return float(100 * (np.sum(known < reported) + 0.5 * np.sum(known == reported)) / len(known))


def reached(values: Floats, reported: float, more: bool) -> float:
    """Return the share of worlds that come out at least as well as reported; missing ones do not."""
    good = values >= reported if more else values <= reported
    return float(np.mean(good)) if len(values) else float("nan")


def verdict(values: Floats, reported: float, more: bool) -> str:
    """Say where the reported value lies: ordinary, in the tail, not met, or exceeded by nearly all worlds."""
    if reached(values, reported, more) == 0:
        return NOT_MET
    low, high = quantile(values, LOW), quantile(values, HIGH)
    if low <= reported <= high:
        return MET
    beyond = reported > high if more else reported < low
    return TAIL if beyond else EXCEEDED


def table(played: Played) -> pd.DataFrame:
    """Return every measure of a case in the arrangement and in its counterfactual, the reported ones first.

    Measures without a path to them in the case (missing everywhere) are left out.
    """
    case = played.case
    rows = []
    for name in [*case.reported, *(name for name in MEASURES if name not in case.reported and relevant(played, name))]:
        for scenario in (FULL, WITHOUT):
            values = played.values[scenario][name]
            told = case.reported.get(name, float("nan"))
            known = np.isfinite(told)
            rows.append(
                {
                    "case": case.name,
                    "measure": name,
                    "unit": MEASURES[name].unit,
                    "reported": told,
                    "scenario": scenario,
                    "median": quantile(values, 0.5),
                    "low": quantile(values, LOW),
                    "high": quantile(values, HIGH),
                    "percentile": percentile(values, told) if known else float("nan"),
                    "reached": reached(values, told, MEASURES[name].more) if known else float("nan"),
                    "verdict": verdict(values, told, MEASURES[name].more) if known else "",
                    "n": int(np.sum(~np.isnan(values))),
                }
            )
    return pd.DataFrame(rows, columns=list(CASES))


ABOUT = {
    "compounds": ("problems", "problems_dear", "problems_left", "cases_settled"),
    "contract_ends": ("roofs_conceded", "yuan_conceded", "stake", "relation", "shift", "paid_conceding", "recouped"),
    "leaking_roofs": (
        "roofs_mended", "paid_company", "paid_public", "paid_fund", "paid_owners", "paid_developer", "patched",
    ),
    "core_members": ("roofs_shared", "consent_one", "consent_days", "works_days", "span_days", "roofs_in_15"),
    "project_days": ("upgraded", "upgrade_yuan", "upgrade_room", "upgrade_paid", "road_days"),
    "pests": ("pests_gone", "pests_days", "claims"),
    "home_households": (
        "joined_1_year", "joined_2_years", "joined_around", "days_to_500", "members_first", "covered",
        "left_by_a_bird", "collective_year", "plants",
    ),
    "herders": ("sumu_disputes", "disputes_by_exposure"),
    "works_owed": ("works_paid_30", "works_paid_90"),
}  # fmt: skip
"""Key of the context to the measures that are about it."""


def relevant(played: Played, measure: str) -> bool:
    """Say whether a measure is about something that the case's context tells of."""
    case = played.case
    return any(case.says(key) and key in case.context and measure in names for key, names in ABOUT.items())


def channels(played: Played) -> pd.DataFrame:
    """Return what leaving out one channel changes in the reported measures, twins compared.

    What is infinite (not come about) counts as the days of the run, so that means exist.
    """
    rows = []
    for measure in played.case.reported:
        full = np.minimum(played.values[FULL][measure], _cap(played, measure))
        for scenario, values in played.values.items():
            if not scenario.startswith(LESS):
                continue
            less = np.minimum(values[measure], _cap(played, measure))
            twins = paired(full, less)
            row = dict(case=played.case.name, measure=measure, channel=scenario.removeprefix(LESS), n=twins.n)
            row |= dict(mean=twins.mean_scenario, mean_without=twins.mean_baseline)
            rows.append(row | dict(difference=twins.difference, low=twins.low, high=twins.high))
    return pd.DataFrame(rows, columns=list(CHANNELS))


def _cap(played: Played, measure: str) -> float:
    return float(played.play.days(played.case)) if MEASURES[measure].unit == "days" else float("inf")


def carrier(table_of_channels: pd.DataFrame, measure: str) -> str:
    """Return the channel without which the measure falls most, if that can be told from chance."""
    mine = table_of_channels[table_of_channels["measure"] == measure]
    sign = 1.0 if MEASURES[measure].more else -1.0
    helps = [
        (sign * row["difference"], row["channel"])
        for row in mine.to_dict("records")
        if min(sign * row["low"], sign * row["high"]) > 0
    ]
    return max(helps)[1] if helps else NO_CHANNEL


def sentences(played: Played, told: pd.DataFrame, parts: pd.DataFrame) -> Sequence[str]:
    """Say in words how each reported value came out, under these assumptions."""
    out = []
    for measure, reported in played.case.reported.items():
        mine = told[told["measure"] == measure].set_index("scenario")
        full, less = mine.loc[FULL], mine.loc[WITHOUT]
        out.append(
            f"{measure}: reported {reported:,g}, {full['verdict']}; reached in {full['reached']:.1%} of worlds, in "
            f"{less['reached']:.1%} without the arrangement; carried by: {carrier(parts, measure)}"
        )
    return out
