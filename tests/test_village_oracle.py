"""Villages: the engine against plain objects written from the ODD, equal in everything on every day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim.cases import NEVER, Activity, Kind, Stage, State
from sim.mechanisms import registry
from sim.rules import suffering
from sim.schedule import RULES
from sim.tables import EventLog
from sim.worlds import Recipe, Worlds
from tests.oracle.base import SOURCES
from tests.oracle.countryside import Countryside
from tests.oracle.hearing import OVER, TABLES
from tests.oracle.villager import TOPICS
from tests.villages import EAGER, TINY, say

HOW = (None, "alone", "base", "contract")
DISPUTES = (
    *("arisen", "named", "claimed", "voiced", "opened", "settled", "settled_claimed", "lapsed", "withdrawn"),
    *("escalated", "relapsed", "sessions", "handed_off", "lost", "sued"),
    *(f"{flow}_{table}" for table in TABLES for flow in ("claims", "minutes")),
)
FLOWS = [*(name for rule in RULES if rule.places == ("village",) for name in rule.flows), *DISPUTES]


def later(day: int | None) -> int:
    """Write a day before which something may not be done as the engine does."""
    return -NEVER if day is None else day


YARD: dict[str, Any] = {
    "farm_member": lambda y: y.member,
    "income": lambda y: y.income,
    "flock_wish": lambda y: y.wish,
    "risk_aversion": lambda y: y.risk,
    "hour_worth": lambda y: y.hour,
    "belief_mean": lambda y: y.mean,
    "belief_precision": lambda y: y.precision,
    "skill": lambda y: y.skill,
    "mode": lambda y: HOW.index(y.batch.how) if y.batch else 0,
    "birds": lambda y: y.batch.number if y.batch else 0,
    "yard_base": lambda y: y.batch.base.number if y.batch and y.batch.base else -1,
    "batch_end": lambda y: y.batch.end if y.batch else NEVER,
    "batch_cost": lambda y: y.batch.cost if y.batch else 0,
    "loan": lambda y: y.batch.cost if y.batch and y.batch.lent else 0,
    "yard_batches": lambda y: y.sold,
    "losing": lambda y: y.losses,
    "keeps": lambda y: y.keeps,
    "adopted": lambda y: y.adopted,
    "called": lambda y: y.called,
    "model_household": lambda y: y.model,
    "back_day": lambda y: later(y.back),
    "barred_day": lambda y: later(y.barred),
    "result": lambda y: y.last_result,
    "told": lambda y: y.result is not None,
    "purse": lambda y: y.purse,
    "farm_income": lambda y: y.earned,
    "year_income": lambda y: y.this_year,
    "last_year": lambda y: y.last_year,
    "wage_income": lambda y: y.wages,
    "dividend_income": lambda y: y.dividends,
    "connected": lambda y: y.connected,
    "quarrelsome": lambda y: y.frailty,
    "dealing_times": lambda y: y.dealings,
    "dealing_owed": lambda y: y.owed,
    **{f"answered_{table}": lambda y, t=table: y.evidence[t].good for table in TABLES},
    **{f"ignored_{table}": lambda y, t=table: y.evidence[t].bad for table in TABLES},
    **{f"succeeded_{topic}": lambda y, t=topic: y.evidence[t].good for topic in TOPICS},
    **{f"failed_{topic}": lambda y, t=topic: y.evidence[t].bad for topic in TOPICS},
}
WEEKLY: dict[str, Any] = {
    "villager_left": lambda y: y.quarrels.left,
    "sharing_left": lambda y: y.shares.left,
    "villager_times": lambda y: y.quarrels.rings,
    "sharing_times": lambda y: y.shares.rings,
}
"""Clocks, which the engine runs a week ahead, agree when a week begins."""
VILLAGE: dict[str, Any] = {
    "woodland": lambda v: v.woodland,
    "rooms": lambda v: v.rooms,
    "project": lambda v: v.project,
    "base_of": lambda v: v.base.number if v.base else -1,
    "treasury": lambda v: v.treasury,
    "contributed": lambda v: v.contributed,
    "year_gain": lambda v: v.gain,
    "paid_out": lambda v: v.paid_out,
    "show_turn": lambda v: v.turn,
    "paid_before": lambda v: v.paid_before,
    "bitter": lambda v: v.bitter,
    "at_table": lambda v: v.at_table,
    "table_minutes": lambda v: v.table_minutes,
}
DESK: dict[str, Any] = {
    "desk_minutes": lambda t: t.minutes,
    "balance": lambda t: t.balance,
    "wait_days": lambda t: t.wait,
}
BASE: dict[str, Any] = {
    "capital": lambda b: b.capital,
    "own_birds": lambda b: b.own,
    "own_cost": lambda b: b.own_cost,
    "own_end": lambda b: NEVER if b.own_end is None else b.own_end,
    "let_rooms": lambda b: b.let,
    "base_sold": lambda b: b.sold,
    "contract_sold": lambda b: b.sold_to_firm,
    "year_sold": lambda b: b.sold_in_year,
    "plant": lambda b: b.plant,
    **{f"earned_{s}": lambda b, s=s: b.earned[s] for s in SOURCES},
}
TOWNSHIP: dict[str, Any] = {
    "firm": lambda t: t.firm,
    "till_firm": lambda t: t.till,
    "allied": lambda t: t.allied,
    "share_held": lambda t: t.share,
    "nash_share": lambda t: t.nash,
    "meeting_balance": lambda t: t.saved,
    "meetings": lambda t: t.called,
    "talk_rounds_held": lambda t: t.held,
    "talks_tried": lambda t: t.tried,
    "below": lambda t: t.below,
    "signed_day": lambda t: later(t.signed),
}
WORLD: dict[str, Any] = {"price": lambda c: c.price, "price_log": lambda c: c.price_log, "outside": lambda c: c.outside}


def first_difference(w: Worlds, k: int, c: Countryside) -> str:
    """Say what first differs between a world of the engine and the plain one; nothing if nothing does."""
    groups = [(YARD, c.yards), (VILLAGE, c.villages), (BASE, c.bases), (TOWNSHIP, c.townships), (WORLD, [c])]
    groups += [(DESK, c.tables), *([(WEEKLY, c.yards)] if w.day % 7 == 0 else [])]
    for columns, things in groups:
        for name, read in columns.items():
            engine, oracle = getattr(w, name)[k].tolist(), [read(x) for x in things]
            if engine != oracle:
                at = next(i for i, (a, b) in enumerate(zip(engine, oracle, strict=True)) if a != b)
                return f"{name}[{at}]: engine {engine[at]}, oracle {oracle[at]}"
    today = dict(zip(w.series, w.record[-1, k].tolist(), strict=True))
    for flow in FLOWS:
        if today[flow] != c.today[flow]:
            return f"{flow}: engine {today[flow]}, oracle {c.today[flow]}"
    stocks = {
        "birds": sum(y.batch.number for y in c.yards if y.batch),
        "keeping": sum(y.keeps for y in c.yards),
        "keeping_large": sum(y.keeps and y.large for y in c.yards),
        "adopters": sum(y.adopted for y in c.yards),
        "adopters_members": sum(y.adopted and y.member for y in c.yards),
        "adopters_around": sum(y.adopted and y.village.role == "around" for y in c.yards),
        "allied_townships": sum(t.allied for t in c.townships),
        "price_fen": c.price,
        "unresolved": sum(x.severity for x in c.wrongs if x.aching),
        "aching": sum(x.aching for x in c.wrongs),
        "unresolved_connected": sum(x.severity for x in c.wrongs if x.aching and x.yard.connected),
        "unresolved_around": sum(x.severity for x in c.wrongs if x.aching and x.yard.village.role == "around"),
        "suits_waiting": c.suits_left,
        "unresolved_large": sum(x.severity for x in c.wrongs if x.aching and x.yard.large),
    }
    borne = suffering.borne(w)[k][w.layout.traits["yard_household"]].tolist()
    if borne != [yard.borne for yard in c.yards]:
        return f"borne: engine {borne}, oracle {[yard.borne for yard in c.yards]}"
    for what, engine, oracle in disputes(w, k, c):
        if engine != oracle:
            return f"{what}: engine has {engine - oracle}, oracle {oracle - engine}"
    return next((f"{s}: engine {today[s]}, oracle {n}" for s, n in stocks.items() if today[s] != n), "")


def disputes(w: Worlds, k: int, c: Countryside) -> Iterator[tuple[str, Counter[Any], Counter[Any]]]:
    """Yield what was felt, is on the books, was agreed, ended and happened today, by the engine and by the oracle."""
    g, e, a, kind = w.grievances, w.ended, w.agreements, [x.name.lower() for x in Kind]
    stage, state = [x.name.lower() for x in Stage], [x.name.lower() for x in State]
    names = list(zip(*(getattr(w.cases, f).tolist() for f in ("kind", "bearer", "ordinal")), strict=True))
    felt = [g.kind, g.household, g.ordinal, g.other, g.severity, g.born, g.state, g.aching, g.tries, g.claims]
    felt += [g.claimed, g.answered, g.act, g.fade, g.escalate, g.case]
    yield (
        "grievances",
        Counter(
            (*x[:6], state[x[6]], *x[7:15], names[x[15]] if x[15] >= 0 else None)
            for x in rows(w, k, g, felt, g.aching | (g.act != NEVER))
        ),
        Counter(
            (
                *(Kind[x.kind.upper()], x.yard.number, x.ordinal, x.other.number if x.other else -1, x.severity),
                *(x.born, x.state, x.aching, x.tries, x.claims, x.claimed, x.answered, x.act, x.fade_day),
                *(x.escalate_day, (Kind[x.kind.upper()], *x.hearing.identity()[1:]) if x.hearing else None),
            )
            for x in c.wrongs
            if x.aching or x.act != NEVER
        ),
    )
    n = w.cases
    books = [n.kind, n.bearer, n.ordinal, n.compound, n.urgency, n.opened, n.stage, n.desk, n.ready, n.handled]
    books += [n.sessions, n.level_sessions, n.sittings, n.handoffs, n.minutes, n.narrowed]
    yield (
        "cases",
        Counter((kind[x[0]], *x[1:6], stage[x[6]], *x[7:]) for x in rows(w, k, n, books, n.stage < Stage.SETTLED)),
        Counter(
            (
                *(*x.identity(), x.wrong.yard.village.number, x.urgency, x.opened, x.stage, x.table.number, x.ready),
                *(later(x.handled), x.sessions, x.level, x.sittings, x.handoffs, x.minutes, x.narrowed),
            )
            for x in c.hearings
            if x.stage not in OVER
        ),
    )
    ends = [e.kind, e.bearer, e.ordinal, e.opened, e.closed, e.stage, e.desk]
    yield "ended", Counter((kind[x[0]], *x[1:5], stage[x[5]], x[6]) for x in rows(w, k, e, ends)), Counter(c.ended)
    deals = [a.kind, a.bearer, a.ordinal, a.settled, a.broken]
    made = Counter((*x[:3], *x[3]) for x in c.agreements)
    yield "agreements", Counter((kind[x[0]], *x[1:]) for x in rows(w, k, a, deals)), made
    log = w.log.arrays()
    mine = zip(*(log[f][log["world"] == k].tolist() for f in EventLog.FIELDS[2:]), strict=True)
    happened = Counter((Activity(x[0]).name.lower(), kind[x[1]], *x[2:]) for x in mine)
    yield "events", happened, Counter(c.events)
    counted = [
        (table, kind[i], where[j], int(number))
        for table, where in (("grievances", state), ("cases", stage))
        for (i, j), number in np.ndenumerate(w.tally[table][k])
    ]
    yield "tally", Counter({x[:3]: x[3] for x in counted if x[3]}), c.tally()


def rows(w: Worlds, k: int, table: Any, fields: list[Any], there: Any = True) -> list[tuple[Any, ...]]:
    """Return the rows of a world that are not over, a tuple each; when those that are over are let go is no matter."""
    mine = (table.world == k) & there
    return list(zip(*(field[mine].tolist() for field in fields), strict=True))


def live(recipe: Recipe, arms: dict[str, list[str]], days: int) -> Counter[str]:
    """Let both live the same worlds; return what has happened in the plain ones."""
    w = Worlds(recipe, watch=recipe.replications)
    plain = []
    for k in range(w.n):
        p = {name: float(value[k, 0]) for name, value in w.p.values.items()}
        plain.append(Countryside(int(w.seeds[k]), recipe.structure, p, w.day))
    seen: Counter[str] = Counter()
    while w.day < 0:
        w.step()
        for k, c in enumerate(plain):
            c.step()
            assert (w.day, k, first_difference(w, k, c)) == (w.day, k, "")
        w.log = EventLog(w.log.watched)
    for name, words in arms.items():
        v = w.stack([say(*words)])
        again = []
        for k in range(w.n):  # plain objects are not copied: they live the burn-in again
            p = {key: float(value[k, 0]) for key, value in w.p.values.items()}
            c = Countryside(int(w.seeds[k]), recipe.structure, p, -recipe.burn_in)
            while c.day < 0:
                c.step()
            c.first_day = 0
            for yard in c.yards:
                yard.borne = 0
            if "village_alliance" in v.settings:
                me = v.settings["village_alliance"]
                channels = {ch: bool(me.on(ch)[k, 0]) for ch in registry()["village_alliance"].channels}
                c.ally(channels, {key: float(value[k, 0]) for key, value in me.values.items()})
            again.append(c)
        for _ in range(days):
            v.step()
            for k, c in enumerate(again):
                c.step()
                seen += Counter({key: abs(number) for key, number in c.today.items()})
                seen["suits_waiting"] += c.suits_left
                assert (name, v.day, k, first_difference(v, k, c)) == (name, v.day, k, "")
            v.log = EventLog(v.log.watched)
    return seen


def recipe(structure: dict[str, int], fixed: dict[str, float], seed: int, **more: Any) -> Recipe:
    """Write a recipe with eight weeks of burn-in."""
    return Recipe("village", {**TINY, **structure}, fixed, seed=seed, burn_in=56, **more)


ALLY = "village_alliance"
ARMS = {
    "full": [ALLY],
    "no authority, a grant": [ALLY, f"{ALLY}.authority=off", f"{ALLY}.public_grant=3000", f"{ALLY}.coordination=off"],
    "placebo": [ALLY, f"{ALLY}.channels=off", f"{ALLY}.extra_hours=2"],
}
SOME = dict(households=24, around=10, team_size=6)
GREEDY = EAGER | dict(patience_years=1, least_rounds=1, asks=0.2, longest_talks=5, talks_rest=180, minimum_batch=60)
POOR = GREEDY | dict(slow_birds=False, broiler_price=18.5, farm_belief=4.0, exit_losses=1, hassle=0.0, mismatch=0.6)

WRATH = GREEDY | dict(
    villager_rate=0.09, sharing_rate=0.03, unfair_rate=0.05, missed_rate=0.1, escalation_days=1500.0, gap_sd=0.6,
    joint_cost=0.2, most_sessions=1, mediator_ability=0.1, sues=0.3, firm_refuses=0.5, dealing_severity=0.9,
    sharing_severity=0.8, walkout_share=0.0005, contract_joint_cost=0.1, handoff_loss=0.3, firm_default=1.0,
)  # fmt: skip
"""People who fall out often, with mediators who settle little."""

BLOCKS = {
    "slow": (recipe(SOME, EAGER | dict(minimum_batch=60), seed=1), ARMS, 600),
    "broilers": (recipe(SOME | dict(villages=3), POOR, seed=2), {"full": [ALLY]}, 420),
    "unequal": (
        recipe(SOME, GREEDY | dict(project_rate=0.5), seed=3, replications=(0, 1), prior_draws=False),
        {"hopeless": [ALLY, f"{ALLY}.share=0.94"]},
        1100,
    ),
    "wrath": (
        recipe(SOME, WRATH, seed=4, prior_draws=False),
        {"mean": [ALLY, f"{ALLY}.share=0.7"], "far apart": [ALLY, f"{ALLY}.share=0.3", f"{ALLY}.coordination=off"]},
        900,
    ),
}


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """What has happened in the blocks that have been lived."""
    return Counter()


@pytest.mark.parametrize("block", BLOCKS)
def test_engine_and_oracle_agree_every_day(block: str, seen: Counter[str]) -> None:
    seen += live(*BLOCKS[block])


def test_everything_has_happened(seen: Counter[str]) -> None:
    assert [flow for flow in (*FLOWS, "suits_waiting") if not seen[flow]] == []
