"""S8, couriers as eyes on the way: what so many enrolled couriers would see, and what it would ask of desks.

The page counts members, branches, leagues and groups, and no report: there is nothing to be met. They are inputs, and
what is printed is a prediction: what members alone would report, and all couriers, beside what people claim.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.scenario import parse
from sim.study.executor import Executor, stage
from sim.study.press import hubs
from sim.study.press.hubs import Task

YEAR = 365

MEMBERS = 0.013
"""Party members among couriers: 519 of some 39,700 (page-C3, courier-numbers)."""

SHARES = {"nobody": 0.0, "members": MEMBERS, "one in ten": 0.1, "everybody": 1.0}

RECKONED = 0.3
"""Fixes a courier and day that are told of elsewhere (courier-yield), a check."""

COUNTED = ("reports", "false_alarms", "sensed_first", "people_sensed", "courier_passes", "minutes_reports",
           "minutes_rest", "minutes_community", "voiced")  # fmt: skip


def play(tasks: list[Task], executor: Executor) -> pd.DataFrame:
    """Let worlds live for a year with more and more couriers enrolled; return a row for each replication and share.

    Raises:
        RuntimeError: some could not be computed.
    """
    return hubs.gather("S8", tasks, executor, work)


def work(task: Task) -> pd.DataFrame:
    """Compute one task."""
    w = hubs.found(task)
    with stage("running"):
        w = w.stack([parse(name, ["courier_sensing", f"courier_sensing.enrolled={p}"]) for name, p in SHARES.items()])
        w.run(YEAR)
    total = {name: w.record[:, :, w.series.index(name)].sum(axis=0) for name in COUNTED}
    columns = {"scenario": np.array(w.scenario_names)[w.scenario], "replication": w.replication}
    per_year = {"households": w.occupied[:, 0], "couriers": np.full(w.n, w.layout.sizes["courier"])}
    return pd.DataFrame(columns | per_year | total)


def table(played: pd.DataFrame) -> pd.DataFrame:
    """Return, share by share, what couriers report and what it takes, per 1,000 households and year.

    Returns:
        A row for each of `SHARES`: ``enrolled``, ``seeing`` (share of worlds in which anybody is enrolled),
        ``reports``, ``false_alarms``, ``first`` (reports of what nobody had claimed), ``people`` (quarrels told on),
        ``claims`` (grievances that people voice themselves), ``desk_share`` (hours on reports and at rest stations
        over all hours of communities' mediators), ``yield`` (reports a courier who looks out, and day).
    """
    rows = []
    for name, share in SHARES.items():
        mine = played[played["scenario"] == name]
        thousand = mine["households"].sum() / 1000
        hours = mine["minutes_reports"].sum() + mine["minutes_rest"].sum()
        passed = mine["courier_passes"].sum() / 2
        rows.append(
            {
                "scenario": name,
                "enrolled": share,
                "seeing": float((mine["courier_passes"] > 0).mean()),
                "reports": mine["reports"].sum() / thousand,
                "false_alarms": mine["false_alarms"].sum() / thousand,
                "first": mine["sensed_first"].sum() / thousand,
                "people": mine["people_sensed"].sum() / thousand,
                "claims": mine["voiced"].sum() / thousand,
                "desk_share": hours / (hours + mine["minutes_community"].sum()),
                "yield": mine["reports"].sum() / passed if passed else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def sentences(told: pd.DataFrame) -> list[str]:
    """Say in words what it comes to."""
    by = told.set_index("scenario")
    few, all_ = by.loc["members"], by.loc["everybody"]
    swamped = "more than people claim" if all_["reports"] > all_["claims"] else "fewer than people claim"
    return [
        "519 members, 132 branches, 12 leagues and 354 groups are inputs; the page counts no report, so nothing can be "
        "met or missed.",
        f"Members alone: nobody is enrolled in {1 - few['seeing']:.0%} of worlds; {few['reports']:.1f} reports beside "
        f"{few['claims']:.0f} claims per 1,000 households and year.",
        f"Every courier: {all_['reports']:.0f} reports and {all_['false_alarms']:.0f} false alarms, {swamped} "
        f"({all_['claims']:.0f}), {all_['desk_share']:.0%} of what communities' mediators work; "
        f"{all_['yield']:.2f} reports a courier and day, where {RECKONED} are told of elsewhere.",
        f"People told on before they have told anybody: {all_['people']:.1f} quarrels per 1,000 households and year.",
    ]
