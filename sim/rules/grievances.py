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
    NO_DAY,
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
from sim.constants import TRUE, ZERO, Constant, code, constant, date, real, whole
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


ROOF, FEES, FEE, LOST = whole(Kind.ROOF), whole(Kind.FEE), code(Kind.FEE), code(Stage.LOST)

NOTHING, NO_KEYS = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)

LATENT, QUIET, OPEN, JOINED, SETTLED, LAPSED, WITHDRAWN, ESCALATED, BROKEN, PRIVATE = map(code, State)

NO_CASE = whole(-1)

UNCLAIMED, ONCE = constant(0, np.int16), constant(1, np.int16)
"""Times claimed, in the type of the column."""

CERTAIN, A_YEAR, MILDEST, WHOLE = real(1.0), real(1.0), real(1.5), real(1000.0)

LONGEST = real(1e6)
"""Days after which at the latest anything would escalate."""

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

    With it is drawn what `mature` has left to be drawn, and by what those choose who decide today.
    """
    if not w.newborn:
        _draw(w, NO_KEYS, NO_KEYS)
        return
    world, household, kind, bearer, other, ordinal, severity = _put_together(w)
    key = noise.bits(of_kinds(w, "grievance", world, kind, household), ANY, bearer, ordinal)
    leak = where(kind == ROOF)
    (naming, festering, fading), patience = _draw(w, key, key[leak])
    if "escalation_power" not in w.derived:
        w.derived["escalation_power"] = 1.0 / w.p.flat["escalation_shape"]
    scale = w.at("escalation_days", world) * (MILDEST - severity / WHOLE)
    time = scale * noise.exp(w.derived["escalation_power"][world] * noise.log(festering))
    today = whole(w.day)
    fade = w.wait("fade_days", world, fading) + today
    np.putmask(fade, LASTING[kind], NO_DAY)
    rows = w.grievances.append(
        world=world,
        household=household,
        kind=kind,
        bearer=bearer,
        other=other,
        ordinal=ordinal,
        severity=severity,
        key=key,
        born=today,
        act=w.wait("naming_days", world, naming) + today,
        fade=fade,
        escalate=np.minimum(time, LONGEST).astype(np.int64) + whole(w.day + 1),
        patch=_patience(w, world, leak, patience),
    )
    suffering.begin(w, rows)
    suffering.stand_together(w, rows[SHARED[kind]])
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
        for field, values in enumerate(part):
            together[field, start:stop] = values
        start = stop
    return together


def _patience(w: Worlds, world: Ints, leak: Ints, draw: NDArray[np.float64]) -> Ints | Constant:
    """Return from which day on owners who live under a leaking roof see to it themselves; nobody else ever does."""
    if len(leak) == 0:
        return NO_DAY
    day = np.full(len(world), NEVER)
    day[leak] = w.day + w.wait("patch_days", world[leak], draw)
    return day


def relieve(w: Worlds, rows: Ints) -> None:
    """End the ache of grievances that had been given up, because their cause is gone; they stay unresolved."""
    if len(rows) == 0:
        return
    w.grievances.act[rows] = NO_DAY
    suffering.end(w, rows)


def outlive(w: Worlds, rows: Ints) -> None:
    """Lapse grievances whose cause has gone by itself, claimed or not; there is nothing to learn from that."""
    if len(rows) == 0:
        return
    g = w.grievances
    w.count("lapsed", g.world[rows])
    suffering.end(w, rows)
    move_grievances(w, rows, State.LAPSED)
    g.case[rows] = NO_CASE
    g.act[rows] = NO_DAY
    g.escalate[rows] = NO_DAY
    g.fade[rows] = NO_DAY


def mature(w: Worlds) -> None:
    """Phase: what is felt is named; what is unresolved fades or escalates; claimants look for an answer."""
    g, today = w.grievances, date(w.day)
    fades = (g.fade <= today) & g.aching
    rows = where(fades | (g.escalate <= today) | (g.act <= today))  # a long table is looked through once for all
    faded = rows[fades[rows]]
    if len(faded):
        _fade(w, faded[~CLAIMED.take(g.state[faded])])
    escalated = rows[g.escalate[rows] <= today]
    if len(escalated):
        state = g.state[escalated]
        escalated = escalated[(state >= QUIET) & (state <= JOINED)]
        _escalate(w, escalated)
    w.due = due = rows[g.act[rows] <= today]
    state = g.state[due]
    waiting = due[CLAIMED.take(state)]
    if len(waiting) + len(escalated):
        _wait(w, waiting, escalated)
    if len(waiting) < len(due):
        named = due[state == LATENT]
        if len(named):
            w.count("named", g.world[named])
            move_grievances(w, named, State.QUIET)
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
    under_way = cases.under_way(stage)  # owners sign or vote, money is coming or a crew is at work: nobody leaves now
    asked = g.answered[waiting]
    g.act[waiting] = w.in_days("review_days", g.world[waiting])  # unless it is said otherwise below
    withdrawn = waiting[np.greater(asked, under_way)]  # asked, and nothing is under way
    _withdraw(w, withdrawn)
    fresh = where(~asked)
    unsure, stage = waiting[fresh], stage[fresh]
    _look_for_answer(w, unsure, under_way[fresh])
    lost = stage == LOST
    if anywhere(lost):
        unsure, lost = unsure[~lost], unsure[lost]
        move_grievances(w, lost, State.QUIET)
        withdrawn = np.concatenate([withdrawn, lost])
    w.waits.append((unsure, _fading(w, np.concatenate([escalated, withdrawn]))))


def _draw(
    w: Worlds, key: NDArray[np.uint64], leak: NDArray[np.uint64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw how long claimants wait, how long disputes take to fade that have left a desk, and who chooses what.

    Args:
        w: the worlds.
        key: of new grievances.
        leak: of those about leaking roofs.

    Returns:
        Exponential draws for naming, escalation and fading of the new grievances, a row each, and for the patience of
        those who live under a leaking roof.
    """
    g, today = w.grievances, date(w.day)
    (unsure, fading), w.waits = w.waits[0] if w.waits else (NOTHING, NOTHING), []
    due = w.due
    w.due = choosing = due[(g.state[due] == QUIET) & (g.act[due] <= today)]
    n, m = len(unsure), len(unsure) + len(fading)
    end = m + 3 * len(key) + len(leak)
    if end + len(choosing) == 0:
        return np.empty((3, 0)), np.empty(0)
    waits = [under("claim.patience", g.key[unsure]), under("grievance.fade", g.key[fading])]
    new = [under(name, key) for name in ("grievance.naming", "grievance.escalation", "grievance.fade")]
    seeds = [*waits, *new, np.zeros(len(leak), dtype=np.uint64), under("claim.choice", g.key[choosing])]
    times = np.zeros(end + len(choosing), dtype=np.int64)
    times[:n], times[n:m], times[end:] = g.claims[unsure], g.fadings[fading], g.tries[choosing]
    times[end - len(leak) : end] = as_id("grievance.patch", leak)
    uniform = noise.uniform(np.concatenate(seeds), ANY, times)
    w.lots = uniform[end:]
    draw = noise.as_exponential(uniform[:end])
    if m:
        patience = w.wait("patience_days", g.world[unsure], draw[:n])
        g.act[unsure] = np.maximum(g.claimed[unsure] + patience.astype(np.int32), date(w.day + 1))
        _fade_in_time(w, fading, draw[n:m])
    new_ones = draw[m : end - len(leak)]
    return new_ones.reshape(3, -1), draw[end - len(leak) :]


def _fade_in_time(w: Worlds, rows: Ints, draw: NDArray[np.float64]) -> None:
    """Settle when the given grievances will have faded."""
    g = w.grievances
    g.fadings[rows] += ONCE
    g.fade[rows] = w.wait("fade_days", g.world[rows], draw).astype(np.int32) + date(w.day)


def _fade(w: Worlds, rows: Ints) -> None:
    """End what has faded: unclaimed ones lapse, those given up keep their state but ache no more."""
    if len(rows) == 0:
        return
    g = w.grievances
    suffering.end(w, rows)
    g.act[rows] = NO_DAY
    g.escalate[rows] = NO_DAY
    fresh = rows[g.state[rows] <= QUIET]
    if len(fresh) == 0:
        return
    w.count("lapsed", g.world[fresh])
    _drop_case(w, fresh, Stage.WITHDRAWN, Activity.WITHDRAWN)
    move_grievances(w, fresh, State.LAPSED)


def _escalate(w: Worlds, rows: Ints) -> None:
    """Take grievances to a petition or a fight: beyond the model, not resolved, so they go on aching."""
    if len(rows) == 0:
        return
    w.count("escalated", w.grievances.world[rows])
    _drop_case(w, rows, Stage.ESCALATED, Activity.ESCALATED)
    _hear_failed(w, rows)
    _embitter(w, rows)
    _rest(w, rows, State.ESCALATED)


def _withdraw(w: Worlds, rows: Ints) -> None:
    """Let claimants who are tired of waiting leave: a dispute is over, a defect goes on and may be claimed again.

    When they think of it again is set by the caller. How long it takes until what is over has faded is drawn in `feel`.
    """
    if len(rows) == 0:
        return
    g = w.grievances
    w.count("withdrawn", g.world[rows])
    _drop_case(w, rows, Stage.WITHDRAWN, Activity.WITHDRAWN)
    _hear_failed(w, rows)
    lasting = LASTING.take(g.kind[rows])
    move_grievances(w, rows[lasting], State.QUIET)
    _rest(w, rows[~lasting], State.WITHDRAWN)


def fail(w: Worlds, rows: Ints) -> None:
    """Lapse grievances for which every level has been tried in vain; their case is closed by the caller."""
    if len(rows) == 0:
        return
    w.count("lapsed", w.grievances.world[rows])
    _hear_failed(w, rows)
    _embitter(w, rows)
    w.grievances.case[rows] = NO_CASE
    fading = _fading(w, rows)
    if len(fading):
        g = w.grievances
        _fade_in_time(w, fading, noise.exponential(g.key[fading], "grievance.fade", g.fadings[fading]))
    _rest(w, rows, State.LAPSED)


def _embitter(w: Worlds, rows: Ints) -> None:
    """Let a settlement have the consequences of grievances that came to a petition, a fight or nothing at all."""
    for settlement, at in settlements.of_households(w, w.grievances.household[rows]):
        settlement.embitter(w, rows[at])


def _rest(w: Worlds, rows: Ints, state: State) -> None:
    """Leave grievances unresolved: nobody acts on them any more."""
    g = w.grievances
    g.act[rows] = NO_DAY
    g.escalate[rows] = NO_DAY
    move_grievances(w, rows, state)


def _fading(w: Worlds, rows: Ints) -> Ints:
    """Return which of grievances that leave a desk begin to fade; fading is memoryless, so it starts afresh."""
    return rows[~LASTING.take(w.grievances.kind[rows])]


def _drop_case(w: Worlds, rows: Ints, stage: Stage, activity: Activity) -> None:
    """End the disputes whose claimant leaves; a case that many share stays on the books without the claimant."""
    g = w.grievances
    own = rows[np.greater(g.case[rows] >= ZERO, SHARED.take(g.kind[rows]))]  # on the books, and not shared
    close_cases(w, g.case[own], stage, activity)
    g.case[rows] = NO_CASE


def _look_for_answer(w: Worlds, rows: Ints, under_way: NDArray[np.bool_]) -> None:
    """Ask, once a claim: was I answered in time? Whose case is under way was."""
    if len(rows) == 0:
        return
    g = w.grievances
    good = (w.cases.handled[g.case[rows]] >= g.claimed[rows]) | under_way
    g.answered[rows] = TRUE
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
    world, kind = g.world[rows], g.kind[rows].astype(np.int64)
    w.count("settled", world)
    w.count("settled_claimed", world[g.claims[rows] > UNCLAIMED])
    _hear_settled(w, rows, world, kind)
    suffering.end(w, rows)
    move_grievances(w, rows, State.SETTLED)
    g.case[rows] = NO_CASE
    g.act[rows] = NO_DAY
    g.escalate[rows] = NO_DAY
    g.fade[rows] = NO_DAY
    agreed = where(BETWEEN_TWO[kind])
    if len(agreed) == 0:
        return
    at, world, kind = rows[agreed], world[agreed], kind[agreed]
    g.agreement[at] = w.agreements.append(
        world=world, kind=kind, bearer=g.bearer[at], ordinal=g.ordinal[at], settled=date(w.day), broken=NO_DAY
    )
    frail = where(RELAPSING[kind])  # what becomes of promises to pay: `sim.rules.arrears`
    if len(frail) == 0:
        return
    at, world = at[frail], world[frail]
    rate = w.at("relapse_rate", world)
    if confirmed is not None:
        rate = np.where(confirmed[agreed[frail]], rate * w.at("confirmed_factor", world), rate)
    drawn = noise.uniform(g.key[at], "agreement.relapse")
    # later quarrels are new quarrels, "no relapse in 12 months" is what is measured: minus the logarithm of a draw
    # is below the rate, so the draw itself is above 1 - rate
    soon = where(drawn >= CERTAIN - rate)
    if len(soon) == 0:
        return
    years = noise.as_exponential(drawn[soon]) / rate[soon]
    within = years < A_YEAR
    g.act[at[soon[within]]] = w.day + 1 + (years[within] * YEAR).astype(np.int64)


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
    move_grievances(w, rows, State.PRIVATE)
    g.case[rows] = NO_CASE
    g.act[rows] = NO_DAY
    g.escalate[rows] = NO_DAY


def _break(w: Worlds, rows: Ints) -> None:
    """Break agreements: the old grievance is booked as broken, a new one is felt by the same household."""
    if len(rows) == 0:
        return
    g = w.grievances
    w.count("relapsed", g.world[rows])
    w.agreements.broken[g.agreement[rows]] = w.day
    g.act[rows] = NO_DAY
    move_grievances(w, rows, State.BROKEN)
    rows = rows[g.ordinal[rows] % REOPENINGS < REOPENINGS - 1]  # what broke fifteen times stays broken
    old = {f: getattr(g, f)[rows] for f in ("world", "household", "kind", "bearer", "other", "severity")}
    arise(w, **old, ordinal=g.ordinal[rows].astype(np.int64) + 1)


def _hear_settled(w: Worlds, rows: Ints, world: Ints, kind: Ints) -> None:
    """Let claimants know that they succeeded, and were answered in time if they had not asked for an answer yet."""
    g = w.grievances
    claimed = where(CLAIMED.take(g.state[rows]))
    if len(claimed) == 0:
        return
    at = rows[claimed]
    fresh = ~g.answered[at]
    g.answered[at] = TRUE
    own = where(kind[claimed] != FEES)  # there the company claims
    mine, claimed = at[own], claimed[own]
    world, household, fresh = world[claimed], g.household[mine], where(fresh[own])
    trust.hear(w, trust.KINDS, kind[claimed], True, world, household)
    trust.hear(w, trust.DESKS, g.desk[mine[fresh]], True, world[fresh], household[fresh])


def _hear_failed(w: Worlds, rows: Ints) -> None:
    """Let claimants know that they claimed in vain."""
    g = w.grievances
    kind = g.kind[rows]
    own = where(CLAIMED.take(g.state[rows]) & (kind != FEE))  # there the company claims
    if len(own):
        rows = rows[own]
        trust.hear(w, trust.KINDS, kind[own], False, g.world[rows], g.household[rows])


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
