"""How rules that stand everywhere are lived in compounds; see `sim.settlements.Settlement`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import DEFECT, Kind, Stage
from sim.constants import code, real, whole
from sim.places.compound import BODY, CENTRE, COMMUNITY, COMPANY, HOTLINE, INTAKES, OWNER, TENANT, VACANT
from sim.rules import (
    bodies,
    defects,
    desks,
    funding,
    hotline,
    inspections,
    keeping,
    leaders,
    referrals,
    renewals,
    repairs,
    ties,
)
from sim.settlements import Floats, Ints, Mask, Settlement
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds


FEE, APPROVAL = code(Kind.FEE), code(Stage.APPROVAL)

AT_COMPANY, AT_BODY, AT_COMMUNITY, AT_CENTRE, AT_HOTLINE = map(whole, (COMPANY, BODY, COMMUNITY, CENTRE, HOTLINE))

NOTHING = real(0.0)

BY_COMPANY, BY_BODY, BY_COMMUNITY = (1 + INTAKES.index(desk) for desk in (COMPANY, BODY, COMMUNITY))
"""Rows of the weights of these intakes; that of silence is 0."""

AT_DESKS = np.array([desk for desk in INTAKES if desk != HOTLINE])[:, None]
"""Intakes that are desks; the hotline is the last of all."""


class Compound(Settlement):
    """See the module."""

    name = "compound"
    intakes = INTAKES

    def inhabited(self, w: Worlds) -> Mask:
        """Return in which flats somebody lives."""
        return _of_households(w, w.tenure != VACANT)

    def groups(self, w: Worlds) -> dict[str, Mask]:
        """Return who lives in a flat of theirs or a let one, is close to cadres, has an elder, lives under the roof.

        Each flat where somebody lives is an owner's or a tenant's; where nobody lives belongs to no group.
        """
        top = (w.layout.traits["top"] == 1) & (w.tenure != VACANT)
        owner, tenant = w.tenure == OWNER, w.tenure == TENANT
        known = w.connected[:, : w.flats]
        flats = {"owner": owner, "tenant": tenant, "connected": known, "elder": w.elder, "top": top}
        return {group: _of_households(w, belong) for group, belong in flats.items()}

    def unit(self, w: Worlds, household: Ints) -> Ints:
        """Return the compound of each flat."""
        return w.layout.up("household", "compound").take(household)

    def weigh(self, w: Worlds, rows: Ints) -> Mask:
        """Let neighbours who know each other from shared places talk their quarrel over."""
        return ties.weigh(w, rows)

    def burdens(self, w: Worlds, world: Ints, household: Ints, unit: Ints) -> Floats:
        """Return what waiting costs: all desks are near."""
        days = np.empty((len(INTAKES), len(world)))
        days[:-1] = w.pick("wait_days", world, referrals.of_compound(w, unit, AT_DESKS))
        days[-1] = hotline.wait(w, world)
        return w.at("b_wait", world) * days

    def bar(self, w: Worlds, weights: Floats, world: Ints, unit: Ints, kind: NDArray[np.int8]) -> None:
        """Leave defects to companies that there are, bodies to compounds that have one.

        A company claims the fees that it is owed at once, at the nearest desk.
        """
        place = world * whole(w.layout.sizes["compound"])
        place += unit
        no_body = w.body.reshape(-1)[place] == referrals.NO_BODY
        not_theirs = w.contract.reshape(-1)[place] == referrals.NO_COMPANY
        not_theirs |= ~DEFECT.take(kind)
        weights[BY_COMPANY][not_theirs] = NOTHING
        weights[BY_BODY][no_body] = NOTHING
        fees = where(kind == FEE)
        if len(fees):
            weights[:, fees] = NOTHING
            no_body = no_body[fees]
            weights[BY_BODY, fees] = ~no_body
            weights[BY_COMMUNITY, fees] = no_body

    def receive(self, w: Worlds, world: Ints, household: Ints, kind: NDArray[np.int8], intake: Ints) -> Ints:
        """Return the desk of the compound or its community; calls about a defect are passed on to a company."""
        compound = self.unit(w, household)
        called = where(intake == AT_HOTLINE)
        if len(called):
            place = world[called] * whole(w.layout.sizes["compound"])
            place += compound[called]
            np.add.at(w.tickets_read.reshape(-1), place, np.int32(1))
            company = w.contract.reshape(-1)[place] != referrals.NO_COMPANY
            company &= DEFECT.take(kind[called])
            intake = intake.copy()
            intake[called] = np.where(company, AT_COMPANY, AT_COMMUNITY)
        return referrals.of_compound(w, compound, intake)

    def before_offers(self, w: Worlds) -> None:
        """See which bodies there are, and what they do of their own accord."""
        bodies.find(w)
        inspections.found(w)
        renewals.found(w)

    def after_offers(self, w: Worlds) -> None:
        """Let proposals come back that lie with a second principal who is gone."""
        leaders.recall(w)

    def staff(self, w: Worlds) -> None:
        """Give the desks of compounds, communities and sub-districts their minutes a week."""
        referrals.staff(w)

    def leave_empty_desks(self, w: Worlds, rows: Ints) -> None:
        """Hand on what waits at the desk of a company that is gone."""
        referrals.leave_empty_desks(w, rows)

    def minutes(self, w: Worlds, rows: Ints) -> Ints:
        """Return the minutes that the next step of each case takes."""
        return referrals.minutes(w, rows)

    def see_off(self, w: Worlds, rows: Ints, desk: Ints) -> tuple[Floats, Mask]:
        """Return the chance to be lost, less for what the keeper enters in the ledger, and what it carries.

        What it has time to carry goes up to the community or the centre.
        """
        world, compound = w.cases.world[rows], w.cases.compound[rows]
        near = desks.kind_of(w, desk) >= AT_COMMUNITY
        booked = keeping.spend(w, "ledger", world, compound, "triage_hours")
        loss = w.at("handoff_loss", world)
        if anywhere(booked):
            loss = np.where(booked, np.minimum(loss, w.pick("ledger_loss", world, compound)), loss)
        up = where(near)
        near[up] = keeping.spend(w, "summons", world[up], compound[up], "triage_hours")
        return loss, near

    def attend(self, w: Worlds, rows: Ints) -> None:
        """See to repairs."""
        c = w.cases
        second = c.stage[rows] == APPROVAL
        at_company = desks.kind_of(w, c.desk[rows]) == AT_COMPANY
        repairs.do_duty(w, rows[at_company])
        paid_for = np.zeros(c.n, dtype=bool)  # or to be: it is seen to in the order of service
        if anywhere(second):
            paid_for[repairs.approve(w, rows[second])] = True
            at_company |= second
        paid_for[repairs.organise(w, rows[~at_company])] = True
        funding.find(w, rows[paid_for[rows]])

    def no_show(self, w: Worlds, rows: Ints) -> Floats:
        """Return the chance to stay away, less if the centre summons, which always does, or a keeper who has time."""
        c = w.cases
        world = c.world[rows]
        level = desks.kind_of(w, c.desk[rows])
        called: Mask = level == AT_CENTRE
        below = where(level < AT_COMMUNITY)
        called[below] = keeping.spend(w, "summons", world[below], c.compound[rows[below]], "triage_hours")
        chance = w.at("no_show", world)
        if not anywhere(called):
            return chance
        return np.where(called, np.minimum(chance, w.at("no_show_summoned", world)), chance)

    def ability(self, w: Worlds, rows: Ints) -> Floats:
        """Return the ability of mediators, or of whoever holds the body's desk."""
        c = w.cases
        world = c.world[rows]
        ability = w.p.flat["mediator_ability"][world]
        below = where(desks.kind_of(w, c.desk[rows]) == AT_BODY)
        if len(below):
            ability[below] = leaders.at_the_body(w, world[below], c.compound[rows[below]])
        return ability

    def above(self, w: Worlds, rows: Ints) -> Ints:
        """Return the community's desk, then the centre's."""
        return referrals.above(w, rows)

    def relieve(self, w: Worlds, rows: Ints) -> None:
        """Make works nearby quiet."""
        defects.mend(w, w.cases.world[rows], w.cases.bearer[rows])


def _of_households(w: Worlds, flats: Mask) -> Mask:
    """Return for all household rows what is true of flats, which are the first of them; elsewhere it is not."""
    if w.flats == w.households:
        return flats
    out = np.zeros((w.n, w.households), dtype=bool)
    out[:, : w.flats] = flats
    return out
