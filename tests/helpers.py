"""A small world where much happens, and the complete state of any world, to be compared bit for bit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import schedule, worlds
from sim.rules import desks
from sim.scenario import Scenario, parse
from sim.worlds import TABLES, Recipe, Worlds

Array = NDArray[Any]
State = dict[str, Array]

SLACK = dict(court_docket=1e6, hotline_calls=1e6)
"""A court and a hotline for which nobody ever waits; the usual ones would take one case, and a call a day, of a hundred
households."""

TIGHT = dict(court_docket=1.0, hotline_calls=5.0)
"""Of a hundred households one case at a time, and a call every other day."""

TINY = dict(compounds=3, households=40, size_spread=0.25, floors=2, compounds_per_community=2)
"""A layout of about 120 households: three compounds of two communities, one of them shared."""

LIVELY = dict(
    roof_young=4.0,
    roof_middle=5.0,
    roof_old=6.0,
    pipe_rate=3.0,
    lighting_rate=2.0,
    rubbish_rate=3.0,
    pests_rate=3.0,
    road_rate=4.0,
    works_rate=5.0,
    works_length=45.0,
    road_cost=8000.0,
    youngest=0.0,
    warranty_years=8.0,
    rainy_share=0.5,
    quarrel_rate=0.7,
    naming_days=2.0,
    any_desk=0.5,
    relapse_rate=0.9,
    patience_days=40.0,
    escalation_days=120.0,
    fade_days=60.0,
    patch_days=60.0,
    consider_days=6.0,
    signing_days=14,
    works_days=3,
    funded_share=0.75,
    benefit=0.8,
    never_pay=0.05,
    no_company=0.55,
    minor_cap=1500.0,
    fund_empty=0.4,
    fund_level=1500.0,
    fund_days=6,
    emergency=0.4,
    emergency_days=3,
    ballot_days=18,
    apathy=0.33,
    handoff_loss=0.4,
    handoff_days=3,
    application_days=10,
    proposal_hours=2.0,
    gap_mean=0.6,
    gap_sd=0.8,
    most_sessions=2,
    answer_days=20,
    community_hours=12.0,
    centre_hours=1200.0,
    fee=0.85,
    exit_quarters=1,
    notice_days=20,
    term_years=0.2,
)
"""Parameters under which a few months on a tiny layout bring trouble of every kind, and most of what comes of it."""

GOVERNED = dict(
    no_company=0.1,
    fixed_share=0.5,
    fixed_cost=0.1,
    effort_cost=0.4,
    public_income=400.0,
    kept_share=0.1,
    fee=1.2,
    term_years=0.5,
    notice_days=14,
    tender_days=180.0,
    substitute=0.8,
    claim_rate=10.0,
    kept_promises=0.5,
    default_days=20,
    fee_joint_cost=0.4,
    gap_mean=0.9,
    most_sessions=1,
    session_gap_days=3,
    sues=0.9,
    court_days=15.0,
    committee_share=0.3,
    management_share=0.1,
    functioning_share=0.8,
    election_rate=3.0,
    term_of_office=0.3,
    apathy=0.2,
    own_inspection_hours=1.0,
    inspection_hours=0.5,
    own_talk_hours=3.0,
    talk_hours=0.5,
    talk_rounds=1,
    window_days=300,
    talk_pause_days=20,
    own_resolve=0.7,
    forecast_error=1.0,
    rent_share=0.9,
    honesty=2000.0,
    detected=6.0,
    careful_years=0.2,
    community_hours=40.0,
    centre_hours=4000.0,
    second_patience_days=60.0,
    tie_gain=0.5,
    tie_calm=3.0,
    card_quarrel=0.3,
    session_hours=0.5,
    clinic_hours=0.5,
    event_hours=0.5,
    event_guests=20.0,
    canteen_logit=1.0,
    room_logit=1.0,
    care_rate=0.6,
    family_care=0.4,
    tend_hours=0.2,
    willing=0.5,
)
"""With these on top of the lively ones, two quarter days bring talks, concessions, elections, suits and bribes too."""

NOTHING_BREAKS = dict.fromkeys(
    [
        *("roof_young", "roof_middle", "roof_old", "pipe_rate", "lighting_rate"),
        *("rubbish_rate", "pests_rate", "road_rate", "works_rate"),
    ],
    0.0,
)
"""With these there are quarrels and nothing else."""

ROOFS_ONLY = NOTHING_BREAKS | dict(roof_young=4.0, roof_middle=5.0, roof_old=6.0)
"""With these nothing but roofs breaks."""

OWNERS_PAY = dict(no_company=1.0, fund_empty=1.0, warranty_years=0.0, minor_cap=0.0)
"""With these nobody but the owners pays for a repair, and every repair must be organised."""

BUSY = dict(
    any_desk=3.0,
    b_wait=0.0,
    community_hours=80.0,
    centre_hours=4000.0,
    director_hours=20.0,
    idle_director_hours=20.0,
    proposal_hours=3.0,
)
"""With these everything is claimed and soon taken up, so that a few weeks show what desks and owners do."""


def working_at(effort: float) -> dict[str, float]:
    """Return parameters under which every company works just so hard, and stays.

    Owners do not mind the service and no other company can be had, so that it works as little as it may. Where there
    is no company the effort is the same.
    """
    return dict(lowest_effort=effort, first_effort=effort, fee_service=0.0, substitute=0.0, exit_quarters=10**6)


ARMS: dict[str, list[str]] = {
    "none": [],
    "body": ["formed_body"],
    "body_branch": ["formed_body", "yijiantiao", "yijiantiao.coordination=off", "yijiantiao.deadline_days=15"],
    "merged": ["formed_body", "yijiantiao"],
    "half": [
        "formed_body",
        "formed_body.coverage=0.5",
        "yijiantiao",
        "yijiantiao.coverage=0.7",
        "yijiantiao.hours=2",
        "yijiantiao.deadline_days=15",
    ],
    "elders": ["elder_services", "elder_services.hours=10", "elder_services.seats=100", "community_culture"],
}
"""The four arms of the comparison, a partial roll-out, and shared places."""


def scenarios(*names: str) -> list[Scenario]:
    """Understand some of the arms, all of them by default."""
    return [parse(name, ARMS[name]) for name in names or ARMS]


def say(*words: str) -> Scenario:
    """Understand a list of words."""
    return parse("said", words)


def recipe(
    replications: Iterable[int] = (0, 1, 2),
    burn_in: int = 70,
    lively: bool = True,
    fixed: Mapping[str, Any] | None = None,
    structure: Mapping[str, Any] | None = None,
    prior_draws: bool = True,
    seed: int = 1,
    layout: int = 0,
) -> Recipe:
    """Write the recipe of small worlds."""
    return Recipe(
        place="compound",
        structure={**TINY, **(structure or {})},
        fixed={**SLACK, **(LIVELY if lively else {}), **(fixed or {})},
        seed=seed,
        layout=layout,
        replications=tuple(replications),
        prior_draws=prior_draws,
        burn_in=burn_in,
    )


def burnt_in(**changes: Any) -> Worlds:
    """Found small worlds, all of them watched, and let them live until day 0."""
    wanted = recipe(**changes)
    w = Worlds(wanted, watch=wanted.replications)
    w.run(0)
    return w


def lived(w: Worlds, days: int, *chosen: Scenario) -> Worlds:
    """Stack scenarios (by default only the empty one) on worlds burnt in, and let them live."""
    out = w.stack(list(chosen) or [say()])
    out.run(out.day + days)
    return out


# --- the state of one world ---------------------------------------------------------------------


def places(w: Worlds, k: int, table: str, rows: Array) -> Array:
    """Return row numbers of a table as places among the rows of world number `k`: -1 for none, -2 for a wrong row."""
    own = np.cumsum(getattr(w, table).world == k) - 1
    there = (rows >= 0) & (rows < len(own))
    out = np.where(rows == -1, -1, -2)
    out[there] = np.where(getattr(w, table).world[rows[there]] == k, own[rows[there]], -2)
    return out


def state(w: Worlds, k: int, history: bool = True) -> State:
    """Return everything that world number `k` of the block is and remembers, free of its place in the block.

    Args:
        w: the worlds.
        k: the number of one of them.
        history: whether the record, the event log and what households have borne belong to it; these start afresh at
            every stack.
    """
    out: State = {"day": np.array(w.day), "seed": w.seeds[k : k + 1], "replication": w.replication[k : k + 1]}
    own = {column.name for mechanism in w.mechanisms for column in mechanism.columns}
    for name, column in w.columns.items():
        rows = getattr(w, name)[k]
        if name == "borne" and not history:
            continue
        if name in own and np.all(rows == np.full_like(rows, column.default)):
            continue  # a world in which a mechanism has done nothing is one that does not know it
        if column.edge:  # before which of the world's own rows it is
            out[f"column {name}"] = np.searchsorted(np.flatnonzero(getattr(w, column.points_to).world == k), rows)
            continue
        out[f"column {name}"] = places(w, k, column.points_to, rows) if column.points_to else rows.copy()
    for name in w.levers:
        out[f"lever {name}"] = getattr(w, name)[k].copy()
    for name in TABLES:
        table = getattr(w, name)
        here = np.flatnonzero(table.world == k)
        for field in table.fields:
            rows = getattr(table, field)[here]
            if field in table.points_to:
                rows = places(w, k, table.points_to[field], rows)
            if field != "world":
                out[f"table {name}.{field}"] = rows
    for name, tally in w.tally.items():
        out[f"tally {name}"] = tally[k].copy()
    for name, value in w.p.values.items():
        out[f"parameter {name}"] = value[k].copy()
    for name, stock in w.stock.items():
        out[f"stock {name}"] = stock[k : k + 1].copy()
    for name, flow in w.flow.items():
        out[f"flow {name}"] = flow[k : k + 1].copy()
    if history:
        out["record"] = w.record[:, k]
        log = w.log.arrays()
        here = log["world"] == k
        out |= {f"log {name}": field[here] for name, field in log.items() if name != "world"}
    return out


def difference(a: State, b: State) -> str:
    """Say where two states first differ, in value, shape or type; nothing if they are the same to the last bit."""
    if a.keys() != b.keys():
        return f"only one has {sorted(a.keys() ^ b.keys())}"
    for name, x in a.items():
        y = b[name]
        if x.dtype != y.dtype or x.shape != y.shape:
            return f"{name}: {x.dtype}{x.shape} against {y.dtype}{y.shape}"
        if x.tobytes() != y.tobytes():
            at = tuple(np.argwhere(x != y)[0]) if np.any(x != y) else "the sign of a zero"
            return f"{name} at {at}: {x[at]} against {y[at]}" if isinstance(at, tuple) else f"{name}: {at}"
    return ""


def assert_same(a: Worlds, i: int, b: Worlds, j: int, history: bool = True) -> None:
    """Check that world `i` of one block and world `j` of another are the same to the last bit."""
    assert difference(state(a, i, history), state(b, j, history)) == ""


def digest(w: Worlds) -> str:
    """Return one hash over the state of all worlds of a block."""
    sha = hashlib.sha256()
    for k in range(w.n):
        for name, x in state(w, k).items():
            sha.update(f"{k} {name} {x.dtype.str} {x.shape}\n".encode() + np.ascontiguousarray(x).tobytes())
    return sha.hexdigest()


def desk_rows(w: Worlds, kind: int) -> Array:
    """Return the rows of all desks of a kind."""
    return np.flatnonzero(desks.kinds(w) == kind)


def assets(w: Worlds, kind: int) -> Array:
    """Return the rows of all assets of a kind."""
    return np.flatnonzero(w.layout.traits["asset_kind"] == kind)


def owners_asked(w: Worlds, motion: int) -> slice:
    """Return the rows, in the table of owners asked, of those whom a motion is put to."""
    return slice(int(w.motions.first[motion]), int(w.motions.first[motion] + w.motions.asked[motion]))


# --- measuring ----------------------------------------------------------------------------------


def total(w: Worlds, series: str) -> Array:
    """Return the sum of a recorded series over all days, one number a world."""
    return w.record[:, :, w.series.index(series)].sum(axis=0)


def daily(w: Worlds, series: str) -> Array:
    """Return a recorded series, shape ``(days, worlds)``."""
    return w.record[:, :, w.series.index(series)]


def clearly_above_zero(differences: Array, errors: float = 3.0) -> bool:
    """Whether the mean of paired differences lies more than so many standard errors above zero."""
    d = np.asarray(differences, dtype=np.float64)
    return bool(d.mean() > errors * d.std(ddof=1) / np.sqrt(len(d)))


def around(
    monkeypatch: pytest.MonkeyPatch, phase: str, before: Callable[[Worlds], None], after: Callable[[Worlds], None]
) -> None:
    """Look at the worlds just before and just after a phase of every day on which it is due."""
    out: list[schedule.Phase] = []
    for p in schedule.SCHEDULE:
        if p.name == phase:
            out += [schedule.Phase(p.step, before, p.every), p, schedule.Phase(p.step, after, p.every)]
        else:
            out.append(p)
    assert len(out) == len(schedule.SCHEDULE) + 2, f"no phase called {phase}"
    monkeypatch.setattr(worlds, "SCHEDULE", tuple(out))


def rewrite(parameter: NDArray[Any], value: float) -> None:
    """Give a parameter another value in all worlds: nothing but a test may."""
    parameter.flags.writeable = True
    parameter[...] = value
    parameter.flags.writeable = False
