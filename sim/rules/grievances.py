"""Grievances: felt, named, claimed, answered or not; they fade, fester, are settled, and break again.

Felstiner, Abel & Sarat (1980): only some of what is felt is named, only some of what is named is
claimed. A grievance that nobody resolves goes on *aching*: it counts in the headline outcome whether
it was voiced or not, and also after its claimant gave up or took it to a petition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import cases, noise, settlements
from sim.cases import (
    DISPUTE,
    LASTING,
    NEVER,
    RELAPSING,
    SHARED,
    Activity,
    Kind,
    Stage,
    State,
    close_cases,
    move_grievances,
)
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.renaming import ANY, as_id, of_kinds, under
from sim.rules import suffering, trust
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

REOPENINGS = 16
"""An ordinal is this times the bearer's count of events, plus the times broken and reopened."""

YEAR = 365


@dataclass(frozen=True)
class Parameters:
    """How grievances age."""

    naming_days: float = parameter(
        7.0,
        1.0,
        30.0,
        unit="days",
        source="guess, felstiner-1980: a week; no rate is given there",
        doc="mean time from felt to named",
    )
    review_days: int = parameter(
        30,
        7,
        90,
        unit="days",
        kind="set",
        source="design: once a month",
        doc="time after which a quiet grievance is thought over again",
    )
    fade_days: float = parameter(
        120.0,
        60.0,
        240.0,
        unit="days",
        source="prior-escalation",
        doc="mean time after which an unclaimed dispute fades",
    )
    escalation_shape: float = parameter(
        1.5,
        1.0,
        2.5,
        unit="1",
        source="prior-escalation",
        doc="above 1: the longer it festers, the likelier it escalates",
    )
    escalation_days: float = parameter(
        3000.0,
        1500.0,
        6000.0,
        unit="days",
        source="prior-escalation",
        doc="scale of the time to a petition or fight, before severity",
    )
    answer_days: int = parameter(
        30,
        7,
        30,
        unit="days",
        tag="E",
        source="mediation-caps: what courts may take is read as what people expect",
        doc="an answer within this time counts as in time",
    )
    patience_days: float = parameter(
        180.0,
        90.0,
        360.0,
        unit="days",
        source="guess: claimants give up after about half a year",
        doc="mean time after which a claimant stops waiting",
    )
    relapse_rate: float = parameter(
        0.10,
        0.02,
        0.30,
        unit="per year",
        source="prior-compliance",
        doc="hazard that an agreement is broken",
    )
    confirmed_factor: float = parameter(
        0.5,
        0.3,
        0.8,
        unit="factor",
        source="prior-compliance",
        doc="what a court's confirmation leaves of that hazard",
    )


ROOF, FEE, LOST = int(Kind.ROOF), int(Kind.FEE), int(Stage.LOST)

NOTHING, NO_KEYS = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)

# numpy is slow on enums
LATENT, QUIET, OPEN, JOINED, SETTLED, LAPSED, WITHDRAWN, ESCALATED, BROKEN, PRIVATE = map(int, State)

CLAIMED = np.isin(np.arange(len(State)), (OPEN, JOINED))
"""By number of the state: does somebody wait for an answer to a claim?"""

BETWEEN_TWO = DISPUTE & ~SHARED
"""By number of the kind: does an agreement bind two parties?"""


def arise(
    w: Worlds, world: Ints, household: Ints, kind: Any, bearer: Ints, other: Any, ordinal: Ints, severity: NDArray[Any]
) -> None:
    """Let grievances be felt from today on; they enter the table in the phase `feel`, all kinds together.

    Args:
        w: the worlds.
        world: world of each.
        household: who suffers.
        kind: about what.
        bearer: the asset, or the household itself for a dispute of two parties.
        other: the other party's household, -1 where there is none.
        ordinal: see `REOPENINGS`.
        severity: thousandths.
    """
    if len(world):
        w.newborn.append((world, household, kind, bearer, other, ordinal, severity))


def feel(w: Worlds) -> None:
    """Phase: what arose today is felt; when it will be named, fade and escalate is drawn at once.

    With it is drawn what `mature` has left to be drawn.
    """
    if not w.newborn:
        _draw_waits(w, NO_KEYS, NO_KEYS)
        return
    world, household, kind, bearer, other, ordinal, severity = _put_together(w)
    key = noise.bits(of_kinds(w, "grievance", world, kind, household), ANY, bearer, ordinal)
    leak = where(kind == ROOF)
    (naming, festering, fading), patience = _draw_waits(w, key, key[leak])
    if "escalation_power" not in w.derived:
        w.derived["escalation_power"] = 1.0 / w.p.flat["escalation_shape"]
    scale = w.at("escalation_days", world) * (1.5 - severity / 1000)
    time = scale * noise.exp(w.derived["escalation_power"][world] * noise.log(festering))
    rows = w.grievances.append(
        world=world,
        household=household,
        kind=kind,
        bearer=bearer,
        other=other,
        ordinal=ordinal,
        severity=severity,
        key=key,
        born=w.day,
        act=w.day + w.wait("naming_days", world, naming),
        fade=np.where(LASTING.take(kind), NEVER, w.day + w.wait("fade_days", world, fading)),
        escalate=w.day + 1 + np.minimum(time, 1e6).astype(np.int64),
        patch=_patience(w, world, leak, patience),
    )
    suffering.begin(w, rows)
    suffering.stand_together(w, rows[SHARED.take(kind)])
    w.count("arisen", world)


def _put_together(w: Worlds) -> Ints:
    """Return what has arisen today, one list after another: a row for each argument of `arise`; the lists are let go.

    Of what is the same for all of a list there is one number.
    """
    parts, w.newborn = w.newborn, []
    together = np.empty((len(parts[0]), sum(len(part[0]) for part in parts)), dtype=np.int64)
    start = 0
    for part in parts:
        stop = start + len(part[0])
        for field, values in zip(together[:, start:stop], part, strict=True):
            field[:] = values
        start = stop
    return together


def _patience(w: Worlds, world: Ints, leak: Ints, draw: NDArray[np.float64]) -> Ints | int:
    """Return from which day on owners who live under a leaking roof see to it themselves; nobody else ever does."""
    if len(leak) == 0:
        return NEVER
    day = np.full(len(world), NEVER)
    day[leak] = w.day + w.wait("patch_days", world[leak], draw)
    return day


def relieve(w: Worlds, rows: Ints) -> None:
    """End the ache of grievances that had been given up, because their cause is gone; they stay unresolved."""
    if len(rows) == 0:
        return
    w.grievances.act[rows] = NEVER
    suffering.end(w, rows)


def outlive(w: Worlds, rows: Ints) -> None:
    """Lapse grievances whose cause has gone by itself, claimed or not; there is nothing to learn from that."""
    if len(rows) == 0:
        return
    g = w.grievances
    w.count("lapsed", g.world[rows])
    suffering.end(w, rows)
    move_grievances(w, rows, LAPSED)
    g.case[rows] = -1
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER
    g.fade[rows] = NEVER


def mature(w: Worlds) -> None:
    """Phase: what is felt is named; what is unresolved fades or escalates; claimants look for an answer."""
    g = w.grievances
    fades = (g.fade <= w.day) & g.aching
    rows = where(fades | (g.escalate <= w.day) | (g.act <= w.day))  # a long table is looked through once for all
    faded = rows[where(fades[rows])]
    if len(faded):
        _fade(w, faded[~CLAIMED.take(g.state[faded])])
    escalated = rows[where(g.escalate[rows] <= w.day)]
    if len(escalated):
        state = g.state[escalated]
        escalated = escalated[(state >= QUIET) & (state <= JOINED)]
        _escalate(w, escalated)
    w.due = due = rows[where(g.act[rows] <= w.day)]
    state = g.state[due]
    waiting = due[CLAIMED.take(state)]
    if len(waiting) + len(escalated):
        _wait(w, waiting, escalated)
    if len(waiting) < len(due):
        named = due[state == LATENT]
        w.count("named", g.world[named])
        move_grievances(w, named, QUIET)
        _break(w, due[state == SETTLED])
    trust.learn(w)


def _wait(w: Worlds, waiting: Ints, escalated: Ints) -> None:
    """Let claimants whose turn it is give up, go on waiting or hear that their case was lost.

    How long they wait and how long what has no desk any more takes to fade is drawn in `feel`, with much else.

    Args:
        w: the worlds.
        waiting: rows of claimants whose turn it is.
        escalated: rows that a petition or fight has taken from a desk today.
    """
    g = w.grievances
    stage = w.cases.stage[g.case[waiting]]
    under_way = cases.under_way(stage)  # owners sign or vote, money is coming or a crew is at work
    asked = g.answered[waiting]
    busy = waiting[asked & under_way]
    g.act[busy] = w.day + w.whole("review_days", g.world[busy])  # nobody leaves now
    withdrawn = waiting[asked & ~under_way]
    _withdraw(w, withdrawn)
    fresh = where(~asked)
    unsure = waiting[fresh]
    _look_for_answer(w, unsure, under_way[fresh])
    lost = stage[fresh] == LOST
    if anywhere(lost):
        unsure, lost = unsure[~lost], unsure[lost]
        move_grievances(w, lost, QUIET)
        g.act[lost] = w.day + w.whole("review_days", g.world[lost])
        withdrawn = np.concatenate([withdrawn, lost])
    w.waits.append((unsure, _fading(w, np.concatenate([escalated, withdrawn]))))


def _draw_waits(
    w: Worlds, key: NDArray[np.uint64], leak: NDArray[np.uint64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw how long claimants go on waiting, and how long it takes until disputes that have left a desk have faded.

    Args:
        w: the worlds.
        key: of new grievances.
        leak: of those about leaking roofs.

    Returns:
        Exponential draws for naming, escalation and fading of the new grievances, a row each, and for the patience of
        those who live under a leaking roof.
    """
    (unsure, fading), w.waits = w.waits[0] if w.waits else (NOTHING, NOTHING), []
    g, n, m = w.grievances, len(unsure), len(unsure) + len(fading)
    if m + len(key) == 0:
        return np.empty((3, 0)), np.empty(0)
    waits = [under("claim.patience", g.key[unsure]), under("grievance.fade", g.key[fading])]
    new = [under(name, key) for name in ("grievance.naming", "grievance.escalation", "grievance.fade")]
    first, patch = np.zeros(3 * len(key), dtype=np.int32), as_id("grievance.patch", leak)
    times = np.concatenate([g.claims[unsure], g.fadings[fading], first, patch])
    draw = noise.exponential(np.concatenate([*waits, *new, np.zeros(len(leak), dtype=np.uint64)]), ANY, times)
    if m:
        patience = w.wait("patience_days", g.world[unsure], draw[:n])
        g.act[unsure] = np.maximum(g.claimed[unsure] + patience, w.day + 1)
        _fade_in_time(w, fading, draw[n:m])
    end = m + 3 * len(key)
    return draw[m:end].reshape(3, -1), draw[end:]


def _fade_in_time(w: Worlds, rows: Ints, draw: NDArray[np.float64]) -> None:
    """Settle when the given grievances will have faded."""
    g = w.grievances
    g.fadings[rows] += 1
    g.fade[rows] = w.day + w.wait("fade_days", g.world[rows], draw)


def _fade(w: Worlds, rows: Ints) -> None:
    """End what has faded: unclaimed ones lapse, those given up keep their state but ache no more."""
    if len(rows) == 0:
        return
    g = w.grievances
    suffering.end(w, rows)
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER
    fresh = rows[g.state[rows] <= QUIET]
    w.count("lapsed", g.world[fresh])
    _drop_case(w, fresh, Stage.WITHDRAWN, Activity.WITHDRAWN)
    move_grievances(w, fresh, LAPSED)


def _escalate(w: Worlds, rows: Ints) -> None:
    """Take grievances to a petition or a fight: beyond the model, not resolved, so they go on aching."""
    if len(rows) == 0:
        return
    w.count("escalated", w.grievances.world[rows])
    _drop_case(w, rows, Stage.ESCALATED, Activity.ESCALATED)
    _hear_failed(w, rows)
    _embitter(w, rows)
    _rest(w, rows, ESCALATED)


def _withdraw(w: Worlds, rows: Ints) -> None:
    """Let claimants who are tired of waiting leave: a dispute is over, a defect goes on and may be claimed again.

    How long it takes until what is over has faded is drawn in `feel`.
    """
    if len(rows) == 0:
        return
    g = w.grievances
    w.count("withdrawn", g.world[rows])
    _drop_case(w, rows, Stage.WITHDRAWN, Activity.WITHDRAWN)
    _hear_failed(w, rows)
    defect = LASTING.take(g.kind[rows])
    silent = rows[defect]
    g.act[silent] = w.day + w.whole("review_days", g.world[silent])
    move_grievances(w, silent, QUIET)
    _rest(w, rows[~defect], WITHDRAWN)


def fail(w: Worlds, rows: Ints) -> None:
    """Lapse grievances for which every level has been tried in vain; their case is closed by the caller."""
    if len(rows) == 0:
        return
    w.count("lapsed", w.grievances.world[rows])
    _hear_failed(w, rows)
    _embitter(w, rows)
    w.grievances.case[rows] = -1
    fading = _fading(w, rows)
    if len(fading):
        g = w.grievances
        _fade_in_time(w, fading, noise.exponential(g.key[fading], "grievance.fade", g.fadings[fading]))
    _rest(w, rows, LAPSED)


def _embitter(w: Worlds, rows: Ints) -> None:
    """Let a settlement have the consequences of grievances that came to a petition, a fight or nothing at all."""
    for settlement, at in settlements.of_households(w, w.grievances.household[rows]):
        settlement.embitter(w, rows[at])


def _rest(w: Worlds, rows: Ints, state: int) -> None:
    """Leave grievances unresolved: nobody acts on them any more."""
    g = w.grievances
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER
    move_grievances(w, rows, state)


def _fading(w: Worlds, rows: Ints) -> Ints:
    """Return which of grievances that leave a desk begin to fade; fading is memoryless, so it starts afresh."""
    return rows[~LASTING.take(w.grievances.kind[rows])]


def _drop_case(w: Worlds, rows: Ints, stage: Stage, activity: Activity) -> None:
    """End the disputes whose claimant leaves; a case that many share stays on the books without the claimant."""
    g = w.grievances
    own = rows[~SHARED.take(g.kind[rows]) & (g.case[rows] >= 0)]
    close_cases(w, g.case[own], stage, activity)
    g.case[rows] = -1


def _look_for_answer(w: Worlds, rows: Ints, under_way: NDArray[np.bool_]) -> None:
    """Ask, once a claim: was I answered in time? Whose case is under way was."""
    if len(rows) == 0:
        return
    g = w.grievances
    good = (w.cases.handled[g.case[rows]] >= g.claimed[rows]) | under_way
    g.answered[rows] = True
    own = where(g.kind[rows] != FEE)  # there the company claims
    good, rows = good[own], rows[own]
    trust.hear(w, trust.DESKS, g.desk[rows], good, g.world[rows], g.household[rows])


def settle(w: Worlds, rows: Ints, confirmed: NDArray[np.bool_] | None = None) -> None:
    """Settle grievances: they ache no more; an agreement may be broken within a year.

    Args:
        w: the worlds.
        rows: grievance rows.
        confirmed: which agreements a court has confirmed; none if not said.
    """
    if len(rows) == 0:
        return
    g = w.grievances
    world, kind = g.world[rows], g.kind[rows]
    w.count("settled", world)
    w.count("settled_claimed", world[g.claims[rows] > 0])
    _hear_settled(w, rows, world, kind)
    suffering.end(w, rows)
    move_grievances(w, rows, SETTLED)
    g.case[rows] = -1
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER
    g.fade[rows] = NEVER
    agreed = where(BETWEEN_TWO.take(kind))
    if len(agreed) == 0:
        return
    at = rows[agreed]
    whose = dict(world=world[agreed], kind=kind[agreed], bearer=g.bearer[at], ordinal=g.ordinal[at])
    g.agreement[at] = w.agreements.append(settled=w.day, broken=NEVER, **whose)
    frail = where(RELAPSING.take(kind))  # what becomes of promises to pay: `sim.rules.arrears`
    if len(frail):
        at, world = rows[frail], world[frail]
        rate = w.at("relapse_rate", world)
        if confirmed is not None:
            rate = np.where(confirmed[frail], rate * w.at("confirmed_factor", world), rate)
        drawn = noise.uniform(g.key[at], "agreement.relapse")
        # later quarrels are new quarrels, "no relapse in 12 months" is what is measured: minus the logarithm of a draw
        # is below the rate, so the draw itself is above 1 - rate
        soon = where(drawn >= 1 - rate)
        years = -noise.log(drawn[soon]) / rate[soon]
        within = years < 1.0
        g.act[at[soon][within]] = w.day + 1 + (years[within] * YEAR).astype(np.int64)


def settle_privately(w: Worlds, rows: Ints) -> None:
    """End grievances that their owners have seen to without any desk; claimants have learnt that claiming is vain."""
    if len(rows) == 0:
        return
    g = w.grievances
    given_up = g.state[rows] > JOINED
    relieve(w, rows[given_up])
    rows = rows[~given_up]
    w.count("private", g.world[rows])
    _hear_failed(w, rows)
    suffering.end(w, rows)
    move_grievances(w, rows, PRIVATE)
    g.case[rows] = -1
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER


def _break(w: Worlds, rows: Ints) -> None:
    """Break agreements: the old grievance is booked as broken, a new one is felt by the same household."""
    if len(rows) == 0:
        return
    g = w.grievances
    w.count("relapsed", g.world[rows])
    w.agreements.broken[g.agreement[rows]] = w.day
    g.act[rows] = NEVER
    move_grievances(w, rows, BROKEN)
    rows = rows[g.ordinal[rows] % REOPENINGS < REOPENINGS - 1]  # what broke fifteen times stays broken
    old = {f: getattr(g, f)[rows] for f in ("world", "household", "kind", "bearer", "other", "severity")}
    arise(w, **old, ordinal=g.ordinal[rows].astype(np.int64) + 1)


def _hear_settled(w: Worlds, rows: Ints, world: Ints, kind: NDArray[np.int8]) -> None:
    """Let claimants know that they succeeded, and were answered in time if they had not asked for an answer yet."""
    g = w.grievances
    claimed = where(CLAIMED.take(g.state[rows]))
    if len(claimed) == 0:
        return
    at = rows[claimed]
    fresh = ~g.answered[at]
    g.answered[at] = True
    own = kind[claimed] != FEE  # there the company claims
    mine, claimed = at[own], claimed[own]
    household, fresh = g.household[mine], where(fresh[own])
    trust.hear(w, trust.KINDS, kind[claimed], True, world[claimed], household)
    trust.hear(w, trust.DESKS, g.desk[mine[fresh]], True, world[claimed[fresh]], household[fresh])


def _hear_failed(w: Worlds, rows: Ints) -> None:
    """Let claimants know that they claimed in vain."""
    g = w.grievances
    rows = rows[CLAIMED.take(g.state[rows]) & (g.kind[rows] != FEE)]  # there the company claims
    trust.hear(w, trust.KINDS, g.kind[rows], False, g.world[rows], g.household[rows])


def _set_up(w: Worlds) -> None:
    """Count where somebody lives."""
    for settlement in w.settlements:
        w.occupied[...] += settlement.inhabited(w).sum(axis=1, keepdims=True)


RULE = Rule(
    name="grievances",
    columns=(Column("occupied", "world", np.int64, "households that are there: flats in which somebody lives"),),
    set_up=_set_up,
    parameters=Parameters,
    flows={
        "arisen": "grievances that began to be felt",
        "named": "grievances that came to be named",
        "settled": "grievances settled (repair or agreement)",
        "settled_claimed": "of those settled, grievances that those who suffer had claimed",
        "lapsed": "grievances that faded unclaimed or failed at every level",
        "withdrawn": "claims given up after waiting",
        "escalated": "grievances taken to a petition or fight",
        "relapsed": "agreements broken within twelve months",
        "private": "grievances that their owners saw to without any desk",
    },
)
