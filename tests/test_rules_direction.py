"""Directions that theory gives: what more hours, closer ties or harder terms must do, if they do anything.

Thirty and more replications, paired, every uncertain parameter at its default, effects made generous: a
rule that works the wrong way fails; nothing here says how large an effect is.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cases import Activity, Kind, State
from sim.mechanisms import registry
from sim.places.compound import COMMUNITY
from sim.scenario import Scenario
from sim.worlds import Worlds
from tests.helpers import (
    BUSY,
    NOTHING_BREAKS,
    assets,
    burnt_in,
    clearly_above_zero,
    desk_rows,
    lived,
    say,
    total,
    working_at,
)

Array = NDArray[Any]

REPLICATIONS = range(30)


@cache
def world(**fixed: Any) -> Worlds:
    """Live fourteen weeks from the founding on, with some parameters fixed."""
    return burnt_in(replications=REPLICATIONS, prior_draws=False, burn_in=98, fixed=fixed)


def agreements(w: Worlds) -> Array:
    """Return how many quarrels have been settled in each world, kept since or not."""
    return w.tally["grievances"][:, Kind.NEIGHBOUR, [State.SETTLED, State.BROKEN]].sum(axis=1)


def community_wait(w: Worlds) -> Array:
    """Return the mean wait that the communities' desks post."""
    return w.wait_days[:, desk_rows(w, COMMUNITY)].mean(axis=1)


def signing_delay(w: Worlds) -> Array:
    """Return the mean days from a roof's first claim to the first signing, nan where none was signed for."""
    log = w.log.arrays()
    keys = list(zip(*(log[f].tolist() for f in ("world", "bearer", "ordinal")), strict=True))
    opened: dict[Any, int] = {}
    delays: list[list[int]] = [[] for _ in range(w.n)]
    for key, kind, activity, day in zip(keys, *(log[f].tolist() for f in ("kind", "activity", "day")), strict=True):
        if kind == Kind.ROOF and activity == Activity.OPENED:
            opened[key] = day
        if kind == Kind.ROOF and activity == Activity.SIGNING and key in opened:
            delays[key[0]].append(day - opened.pop(key))
    return np.array([np.mean(d) if d else np.nan for d in delays])


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    # what is expected to be less, what is expected to be more, and of what
    "more community hours settle more quarrels": (
        dict(community_hours=1.0, b_wait=0.0),
        dict(community_hours=8.0, b_wait=0.0),
        agreements,
    ),
    "fewer community hours, longer waits": (
        dict(community_hours=8.0, b_wait=0.0),
        dict(community_hours=1.0, b_wait=0.0),
        community_wait,
    ),
    "who comes can be mediated": (dict(BUSY, no_show=0.5), dict(BUSY, no_show=0.15), lambda w: total(w, "sessions")),
    "who comes settles": (dict(BUSY, no_show=0.5), dict(BUSY, no_show=0.15), agreements),
    "more saved, more agreements": (dict(BUSY, joint_cost=0.2), dict(BUSY, joint_cost=0.6), agreements),
    "fewer free riders, more funded": (
        dict(BUSY, never_pay=0.4),
        dict(BUSY, never_pay=0.05),
        lambda w: total(w, "mended"),
    ),
    "less money needed, more funded": (
        dict(BUSY, funded_share=1.0),
        dict(BUSY, funded_share=0.67),
        lambda w: total(w, "mended"),
    ),
    "owners who think sooner sign sooner": (
        dict(BUSY, consider_days=40.0),
        dict(BUSY, consider_days=4.0),
        lambda w: total(w, "signed_shares"),
    ),
    "hand-offs that lose, lose": (
        dict(BUSY, handoff_loss=0.0),
        dict(BUSY, handoff_loss=0.5),
        lambda w: total(w, "lost"),
    ),
    "what is lost is not settled": (
        dict(BUSY, handoff_loss=1.0, most_sessions=1),
        dict(BUSY, handoff_loss=0.0, most_sessions=1),
        agreements,
    ),
    "vetoes delay signing": (dict(BUSY, veto=0.0), dict(BUSY, veto=0.4), signing_delay),
    "severer quarrels are claimed": (
        NOTHING_BREAKS | dict(quarrel_severity=0.2),
        NOTHING_BREAKS | dict(quarrel_severity=0.8),
        lambda w: total(w, "claimed"),
    ),
    "trusted desks are gone to": (
        dict(trust_body=0.1, trust_community=0.1),
        dict(trust_body=0.9, trust_community=0.9),
        lambda w: total(w, "claimed"),
    ),
    "long waits deter": (dict(b_wait=0.06), dict(b_wait=0.0), lambda w: total(w, "claimed")),
    "who puts in less effort has more broken": (
        dict(BUSY, no_company=0.0),
        dict(BUSY, no_company=1.0),
        lambda w: total(w, "broke") - total(w, "leaked"),
    ),
    "companies with fewer hours, longer defective": (
        dict(BUSY, no_company=0.0, repairer_hours=60.0),
        dict(BUSY, no_company=0.0, repairer_hours=2.0),
        lambda w: total(w, "defective_assets"),
    ),
    "a larger duty of companies leaves less to owners": (
        dict(BUSY, no_company=0.0, fund_empty=1.0, minor_cap=12000.0, patch_days=1e6),
        dict(BUSY, no_company=0.0, fund_empty=1.0, minor_cap=500.0, patch_days=1e6),
        lambda w: total(w, "paid_owners_fen"),
    ),
    "owners who take no part block the fund": (
        dict(BUSY, fund_empty=0.0, apathy=0.2, emergency=0.0),
        dict(BUSY, fund_empty=0.0, apathy=0.45, emergency=0.0),
        lambda w: total(w, "voted_down"),
    ),
    "emergencies mend sooner": (
        dict(BUSY, fund_empty=0.0, emergency=0.0),
        dict(BUSY, fund_empty=0.0, emergency=1.0),
        lambda w: total(w, "mended"),
    ),
    "trusted hotlines are called": (
        dict(trust_hotline=0.1),
        dict(trust_hotline=0.9),
        lambda w: total(w, "tickets"),
    ),
    "trusted companies are gone to": (
        dict(BUSY, no_company=0.0, trust_company=0.1, **working_at(0.5)),
        dict(BUSY, no_company=0.0, trust_company=0.9, **working_at(0.5)),
        lambda w: total(w, "minutes_company"),
    ),
    "works that last longer are suffered longer": (
        dict(works_length=20.0),
        dict(works_length=120.0),
        lambda w: total(w, "unresolved"),
    ),
    "claims that succeed are believed in": (
        dict(BUSY, joint_cost=0.0, gap_mean=1.0),
        dict(BUSY, joint_cost=1.0, gap_mean=0.0),
        lambda w: w.succeeded_neighbour.sum(axis=1),
    ),
}


@pytest.mark.parametrize("claim", CASES)
def test_direction(claim: str) -> None:
    """The mean paired difference lies more than three standard errors on the side that theory names."""
    less, more, outcome = CASES[claim]
    difference = outcome(world(**more)) - outcome(world(**less))
    kept = difference[~np.isnan(difference)]
    assert len(kept) >= 15
    assert clearly_above_zero(kept), f"mean {kept.mean():g}"


def test_repeat_disputants_vanish_without_frailty() -> None:
    """Quarrels per household spread more than chance where homes differ, and as chance has it where all are alike."""
    spread = {}
    for shape in (0.4, 1e9):
        w = burnt_in(
            replications=range(6),
            prior_draws=False,
            burn_in=364,
            lively=False,
            structure=dict(compounds=2, households=150),
            fixed=dict(quarrel_frailty=shape, quarrel_rate=0.3),
        )
        x = w.quarrels[w.tenure != 2]
        spread[shape] = x.var() / x.mean()
        error = np.sqrt(2 / len(x))
    assert abs(spread[1e9] - 1) < 4 * error
    assert spread[0.4] > 1 + 20 * error / 2


def test_roofs_of_one_compound_fail_together_in_the_rain() -> None:
    """The smaller the shape of the rain, the more the yearly leaks of whole compounds vary."""
    spread = {}
    for shape in (0.3, 1e6):
        w = burnt_in(
            replications=range(8),
            prior_draws=False,
            burn_in=364,
            lively=False,
            structure=dict(compounds=24, households=48, floors=2),
            fixed=dict(rain_shape=shape, roof_young=0.4, roof_middle=0.4, roof_old=0.4, quarrel_rate=0.0),
        )
        x = np.add.reduceat(w.defects[:, assets(w, Kind.ROOF)], w.layout.first("compound", "building"), axis=1)
        per_roof = x / w.layout.count("compound", "building")
        spread[shape] = per_roof.var()
    assert spread[0.3] > 2 * spread[1e6]


# --- coefficients are not effects ------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Worlds:
    """Thirty replications in which desks have much to do, and bodies companies to inspect and to talk with."""
    much = dict(any_desk=1.0, b_wait=0.01, escalation_days=1000.0, gap_mean=0.1, gap_sd=0.35, joint_cost=0.6)
    much |= dict(no_company=0.0, exit_quarters=10**6, fee_start=0.9, functioning_share=0.3, own_resolve=0.0)
    much |= dict(talk_hours=1.5, talk_rounds=2, talk_pause_days=30, ballot_days=30, apathy=0.2, forecast_error=0.1)
    much |= dict(no_show=0.5, no_show_summoned=0.05, capture=False, patch_days=1e6)  # nobody helps themselves
    return burnt_in(replications=REPLICATIONS, prior_draws=False, fixed=much, structure=dict(compounds=4))


def with_channel(channel: str, *settings: str, persons: int = 1) -> Scenario:
    """Say an arm of one person or of two, with one channel beside."""
    on = {channel, "coordination"} if persons == 1 else {channel}
    words = ["effort_kept=1", "channels=off", *(f"{c}=on" for c in sorted(on)), *settings]
    return say("formed_body", "yijiantiao", *(f"yijiantiao.{word}" for word in words))


CHANNELS = registry()["yijiantiao"].channels

COEFFICIENTS: dict[str, tuple[str, str, float, float, str]] = {
    # channel, coefficient, once, twice, and the outcome that the channel is about
    "coordination": ("coordination", "merged_hours", 4, 8, "settled"),
    "its hours": ("coordination", "hours", 4, 8, "settled"),
    "authority": ("authority", "summons_hours", 0.2, 0.4, "sessions"),
    "monitoring": ("monitoring", "inspect_hours", 0.25, 0.5, "public_fen"),
    "renewal_leverage": ("renewal_leverage", "negotiate_hours", 0.5, 1.0, "renewals"),
    "cost_sharing": ("cost_sharing", "call_hours", 0.5, 1.0, "mended"),
    "onsite_visits": ("onsite_visits", "visit_hours", 2, 4, "mended"),
    "its rounds": ("onsite_visits", "round_hours", 0.5, 1.0, "voiced"),
    "case_ledger": ("case_ledger", "ledger_hours", 0.2, 0.4, "lost"),
    "its loss": ("case_ledger", "ledger_loss", 0.02, 0.04, "lost"),
}


def test_every_channel_has_a_coefficient_that_is_doubled() -> None:
    """What is true of one channel is tested of all."""
    assert {channel for channel, *_ in COEFFICIENTS.values()} == set(CHANNELS)


@pytest.mark.parametrize("what", COEFFICIENTS)
def test_twice_the_coefficient_is_not_twice_the_effect(found: Worlds, what: str) -> None:
    """No coefficient of 一肩挑 is its effect: doubled, it has clearly less than twice the effect.

    The effect is that of the channel beside the merger, or of the merger beside a body.
    """
    channel, name, once, twice, outcome = COEFFICIENTS[what]
    without = say("formed_body") if channel == "coordination" else with_channel("coordination")
    w = lived(found, 189, without, *(with_channel(channel, f"{name}={x}") for x in (once, twice)))
    base, one, two = total(w, outcome).reshape(3, -1)
    sign = -1 if outcome == "lost" else 1
    assert clearly_above_zero(sign * (one - base))
    assert clearly_above_zero(sign * (2 * (one - base) - (two - base)))


HOURS = (4.0, 1.0, 0.25, 0.05, 0.01)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["coordination=off"],
        ["case_ledger=off"],
        ["equal_hours=on", "case_ledger=off"],
    ],
    ids=lambda words: " ".join(words) or "all",
)
def test_few_hours_have_a_small_effect(found: Worlds, words: list[str]) -> None:
    """As the hours go to zero so do the minutes that any desk gains or loses, and so do the effects."""
    settings = [f"yijiantiao.{word}" for word in words]
    arms = [say("formed_body", "yijiantiao", f"yijiantiao.hours={h}", *settings) for h in HOURS]
    w = found.stack([say("formed_body"), *arms, say("formed_body", "yijiantiao")])
    minutes = w.desk_minutes.reshape(len(HOURS) + 2, -1).astype(np.int64)
    ledger = w.ledger_minutes.reshape(len(HOURS) + 2, -1)
    for s, hours in enumerate(HOURS, 1):
        # at most 8 hours for the usual 4, and half a minute of rounding here and there
        assert np.abs(minutes[s] - minutes[0]).max() <= 60 * hours * 2 + 1.5
        assert ledger[s].max() <= 60 * hours + 0.5
    w.run(77)
    for outcome in ("unresolved", "settled", "sessions", "mended"):
        series = total(w, outcome).reshape(len(HOURS) + 2, -1)
        effect = np.abs((series[1:] - series[0]).mean(axis=1))
        full = effect[-1]  # of everything, at the usual hours
        assert full > 0
        assert effect[-3] < 0.12 * full, (outcome, effect)
        assert effect[-2] < 0.04 * full, (outcome, effect)


EACH = [(channel, persons) for channel in CHANNELS for persons in (1, 2) if (channel, persons) != ("coordination", 2)]
"""Every channel with one person and with two; coordination is what makes one person of two."""


@pytest.mark.parametrize(("channel", "persons"), EACH)
def test_a_channel_of_few_hours_has_a_small_effect(found: Worlds, channel: str, persons: int) -> None:
    """As the hours go to zero so does what any one channel does, with one person as with two."""
    outcome = next(outcome for c, *_, outcome in COEFFICIENTS.values() if c == channel)
    hours = (4.0, 0.05, 0.01)
    w = lived(found, 189, say("formed_body"), *(with_channel(channel, f"hours={h}", persons=persons) for h in hours))
    series = total(w, outcome).reshape(1 + len(hours), -1)
    full, few, fewer = np.abs(series[1:] - series[0]).mean(axis=1)  # a difference in any one world counts
    assert full > 0
    assert few < 0.12 * full
    assert fewer < 0.04 * full
