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

from sim import distributions, noise
from sim.cases import NEVER, Activity, Kind, Stage, State, close_cases, move_grievances
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import trust

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

DISPUTES = (Kind.NEIGHBOUR,)
"""Kinds that are between parties; the others are shared defects, which do not fade."""

REOPENINGS = 16
"""An ordinal is this times the bearer's count of events, plus the times broken and reopened."""

YEAR = 365


@dataclass(frozen=True)
class Parameters:
    """How grievances age."""

    naming_days: float = parameter(
        7.0, 1.0, 30.0, unit="days", source="guess: Felstiner-Abel-Sarat 1980 give no rate", doc="mean time from felt to named",
    )  # fmt: skip
    review_days: int = parameter(
        30, 7, 90, unit="days", kind="set", source="model 5.1: at naming and every 30 days", doc="time after which a quiet grievance is thought over again",
    )  # fmt: skip
    fade_days: float = parameter(
        120.0, 60.0, 240.0, unit="days", source="priors: fade mean 120 days, no fade for a roof", doc="mean time after which an unclaimed dispute fades",
    )  # fmt: skip
    escalation_shape: float = parameter(
        1.5, 1.0, 2.5, unit="1", source="priors: Weibull shape 1.5", doc="above 1: the longer it festers, the likelier it escalates",
    )  # fmt: skip
    escalation_days: float = parameter(
        3000.0, 1500.0, 6000.0, unit="days", source="priors: Weibull scale 3,000 days x (1.5 - severity)", doc="scale of the time to a petition or fight, before severity",
    )  # fmt: skip
    answer_days: int = parameter(
        30, 7, 30, unit="days", tag="F", source="evidence 2.2: caps of 30, 15 and 7 days", doc="an answer within this time counts as in time",
    )  # fmt: skip
    patience_days: float = parameter(
        180.0, 90.0, 360.0, unit="days", source="guess: claimants renege after about half a year", doc="mean time after which a claimant stops waiting",
    )  # fmt: skip
    relapse_rate: float = parameter(
        0.10, 0.02, 0.30, unit="per year", source="priors: relapse .10 a year", doc="hazard that an agreement is broken",
    )  # fmt: skip


def _key(w: Worlds, rows: Ints) -> tuple[Any, ...]:
    """Return what identifies grievances in draws: seed is given apart; household, kind, bearer, ordinal."""
    g = w.grievances
    return g.household[rows], g.kind[rows], g.bearer[rows], g.ordinal[rows]


def arise(
    w: Worlds, world: Ints, household: Ints, kind: Kind, bearer: Ints, other: Any, ordinal: Ints, severity: NDArray[Any]
) -> Ints:
    """Let grievances be felt from today on and return their rows.

    Args:
        w: the worlds.
        world: world of each.
        household: who suffers.
        kind: about what.
        bearer: building of a defect, the household itself for a dispute.
        other: the other party's household, -1 for a defect.
        ordinal: see `REOPENINGS`.
        severity: between 0 and 1.
    """
    if len(world) == 0:
        return np.zeros(0, dtype=np.int64)
    seeds, ids = w.seeds[world], (household, int(kind), bearer, ordinal)
    naming = distributions.days(w.at("naming_days", world), seeds, "grievance.naming", *ids)
    scale = w.at("escalation_days", world) * (1.5 - severity)
    time = distributions.weibull(w.at("escalation_shape", world), scale, seeds, "grievance.escalation", *ids)
    fade = np.full(len(world), NEVER)
    if kind in DISPUTES:
        fade = w.day + distributions.days(w.at("fade_days", world), seeds, "grievance.fade", *ids, 0)
    thousandths = np.rint(1000 * severity).astype(np.int64)
    rows = w.grievances.append(
        world=world, household=household, kind=int(kind), bearer=bearer, other=other, ordinal=ordinal,
        severity=thousandths, born=w.day, state=State.LATENT, aching=True, tries=0, claims=0, claimed=0, desk=-1,
        answered=False, case=-1, act=w.day + naming, fade=fade,
        escalate=np.minimum(w.day + 1 + np.floor(np.minimum(time, 1e6)).astype(np.int64), NEVER),
    )  # fmt: skip
    np.add.at(w.tally["grievances"], (world, np.full(len(world), int(kind)), np.zeros(len(world), dtype=int)), 1)
    w.stocks("unresolved", world, thousandths)
    w.stocks("aching", world, 1)
    w.count("arisen", world)
    return rows


def _end_ache(w: Worlds, rows: Ints) -> None:
    """Let the given grievances be suffered no more."""
    g = w.grievances
    rows = rows[g.aching[rows]]
    g.aching[rows] = False
    w.stocks("unresolved", g.world[rows], -g.severity[rows].astype(np.int64))
    w.stocks("aching", g.world[rows], -1)


def relieve(w: Worlds, rows: Ints) -> None:
    """End the ache of grievances that had been given up, because their cause is gone; they stay unresolved."""
    w.grievances.act[rows] = NEVER
    _end_ache(w, rows)


def mature(w: Worlds) -> None:
    """Phase: what is felt is named; what is unresolved fades or escalates; claimants look for an answer."""
    g = w.grievances
    claimed = (g.state == State.OPEN) | (g.state == State.JOINED)
    _fade(w, np.flatnonzero((g.fade <= w.day) & g.aching & ~claimed))
    _escalate(w, np.flatnonzero((g.escalate <= w.day) & (g.state <= State.JOINED)))
    due = np.flatnonzero(g.act <= w.day)
    if len(due) == 0:
        return
    state = g.state[due]
    move_grievances(w, due[state == State.LATENT], State.QUIET)
    waiting = due[(state == State.OPEN) | (state == State.JOINED)]
    asked = g.answered[waiting]
    _withdraw(w, waiting[asked])
    _look_for_answer(w, waiting[~asked])
    _break(w, due[state == State.SETTLED])


def _fade(w: Worlds, rows: Ints) -> None:
    """End what has faded: unclaimed ones lapse, those given up keep their state but ache no more."""
    g = w.grievances
    _end_ache(w, rows)
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER
    fresh = rows[g.state[rows] <= State.QUIET]
    w.count("lapsed", g.world[fresh])
    _drop_case(w, fresh, Stage.WITHDRAWN, Activity.WITHDRAWN)
    move_grievances(w, fresh, State.LAPSED)


def _escalate(w: Worlds, rows: Ints) -> None:
    """Take grievances to a petition or a fight: beyond the model, not resolved, so they go on aching."""
    g = w.grievances
    w.count("escalated", g.world[rows])
    _drop_case(w, rows, Stage.ESCALATED, Activity.ESCALATED)
    _hear_end(w, rows, np.zeros(len(rows), dtype=bool))
    _give_up(w, rows, State.ESCALATED)


def _withdraw(w: Worlds, rows: Ints) -> None:
    """Let claimants who are tired of waiting leave: a dispute is over, a defect goes on and may be claimed again."""
    g = w.grievances
    w.count("withdrawn", g.world[rows])
    defect = ~np.isin(g.kind[rows], DISPUTES)
    silent, rows = rows[defect], rows[~defect]
    _hear_end(w, silent, np.zeros(len(silent), dtype=bool))
    g.case[silent] = -1
    g.act[silent] = w.day + w.at("review_days", g.world[silent]).astype(np.int64)
    move_grievances(w, silent, State.QUIET)
    _drop_case(w, rows, Stage.WITHDRAWN, Activity.WITHDRAWN)
    _hear_end(w, rows, np.zeros(len(rows), dtype=bool))
    _give_up(w, rows, State.WITHDRAWN)


def fail(w: Worlds, rows: Ints) -> None:
    """Lapse grievances for which every level has been tried in vain."""
    w.count("lapsed", w.grievances.world[rows])
    _hear_end(w, rows, np.zeros(len(rows), dtype=bool))
    _give_up(w, rows, State.LAPSED)


def _give_up(w: Worlds, rows: Ints, state: State) -> None:
    """Leave grievances unresolved: nobody acts on them any more, disputes fade in time."""
    g = w.grievances
    _draw_fade(w, rows)
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER
    move_grievances(w, rows, state)


def _draw_fade(w: Worlds, rows: Ints) -> None:
    """Start the fading of disputes that leave a desk; fading is memoryless, so it starts afresh."""
    g = w.grievances
    rows = rows[np.isin(g.kind[rows], DISPUTES)]
    if len(rows):
        mean = w.at("fade_days", g.world[rows])
        again = 1 + g.claims[rows]
        g.fade[rows] = w.day + distributions.days(mean, w.seeds[g.world[rows]], "grievance.fade", *_key(w, rows), again)


def _drop_case(w: Worlds, rows: Ints, stage: Stage, activity: Activity) -> None:
    """End the disputes whose claimant leaves; a defect's case stays on the books without the claimant."""
    g = w.grievances
    pointed = g.case[rows]
    own = np.isin(g.kind[rows], DISPUTES) & (pointed >= 0)
    close_cases(w, pointed[own], stage, activity)
    g.case[rows] = -1


def _look_for_answer(w: Worlds, rows: Ints) -> None:
    """Ask, once a claim: was I answered in time? Whoever hears that the case was lost is back at the start."""
    g, c = w.grievances, w.cases
    if len(rows) == 0:
        return
    world, household, case = g.world[rows], g.household[rows], g.case[rows]
    under_way = np.isin(c.stage[case], (Stage.SIGNING, Stage.WORKS))
    good = under_way | (c.handled[case] >= g.claimed[rows])
    for number, desk in enumerate(trust.DESKS):
        if desk in trust.TRUSTED:
            here = g.desk[rows] == number
            trust.hear(w, desk, good[here], world[here], household[here])
    g.answered[rows] = True
    patience = distributions.days(
        w.at("patience_days", world), w.seeds[world], "claim.patience", *_key(w, rows), g.claims[rows]
    )
    g.act[rows] = np.maximum(g.claimed[rows] + patience, w.day + 1)
    lost = rows[c.stage[case] == Stage.LOST]
    move_grievances(w, lost, State.QUIET)
    _draw_fade(w, lost)
    g.act[lost] = w.day + w.at("review_days", g.world[lost]).astype(np.int64)


def settle(w: Worlds, rows: Ints) -> None:
    """Settle grievances: they ache no more; an agreement may be broken within a year."""
    g = w.grievances
    if len(rows) == 0:
        return
    world = g.world[rows]
    w.count("settled", world)
    _hear_end(w, rows, np.ones(len(rows), dtype=bool))
    _end_ache(w, rows)
    move_grievances(w, rows, State.SETTLED)
    g.case[rows] = -1
    g.act[rows] = NEVER
    g.escalate[rows] = NEVER
    g.fade[rows] = NEVER
    agreed = rows[np.isin(g.kind[rows], DISPUTES)]
    world = g.world[agreed]
    years = noise.exponential(w.seeds[world], "agreement.relapse", *_key(w, agreed)) / w.at("relapse_rate", world)
    within = years < 1.0  # later quarrels are new quarrels: "no relapse in 12 months" is what is measured
    g.act[agreed[within]] = w.day + 1 + np.floor(years[within] * YEAR).astype(np.int64)


def _break(w: Worlds, rows: Ints) -> None:
    """Break agreements: the old grievance is booked as broken, a new one is felt by the same household."""
    g = w.grievances
    if len(rows) == 0:
        return
    w.count("relapsed", g.world[rows])
    g.act[rows] = NEVER
    move_grievances(w, rows, State.BROKEN)
    kept = {f: getattr(g, f)[rows].astype(np.int64) for f in ("world", "household", "bearer", "other", "ordinal")}
    severity = g.severity[rows] / 1000
    again = kept["ordinal"] % REOPENINGS < REOPENINGS - 1  # a quarrel broken sixteen times stays broken
    for kind in DISPUTES:
        here = again & (g.kind[rows] == kind)
        kept_here = {f: v[here] for f, v in kept.items()}
        kept_here["ordinal"] = kept_here["ordinal"] + 1
        arise(w, kind=kind, severity=severity[here], **kept_here)


def _hear_end(w: Worlds, rows: Ints, good: NDArray[np.bool_]) -> None:
    """Let claimants and their neighbours learn how a claimed grievance ended."""
    g = w.grievances
    claimed = np.isin(g.state[rows], (State.OPEN, State.JOINED))
    for kind in Kind:
        here = claimed & (g.kind[rows] == kind)
        at = rows[here]
        trust.hear(w, kind.name.lower(), good[here], g.world[at].astype(np.int64), g.household[at].astype(np.int64))


RULE = Rule(
    name="grievances",
    parameters=Parameters,
    flows={
        "arisen": "grievances that began to be felt",
        "settled": "grievances settled (repair or agreement)",
        "lapsed": "grievances that faded unclaimed or failed at every level",
        "withdrawn": "claims given up after waiting",
        "escalated": "grievances taken to a petition or fight",
        "relapsed": "agreements broken within twelve months",
    },
    stocks={
        "unresolved": "severity of all grievances still suffered, thousandths",
        "aching": "grievances still suffered",
    },
)
