"""A motion: a question put to owners one by one, whether to pay a share, to let the fund pay, or whom to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.draws import bits, chance, days, uniform

if TYPE_CHECKING:
    from tests.oracle.compound import Compound
    from tests.oracle.desk import Desk
    from tests.oracle.household import Household
    from tests.oracle.repair import Repair

MOTIONS = ("shares", "fund", "renew", "replace", "elect")
"""Kinds of motion, by number; all but the first are ballots."""


class Motion:
    """What the owners who share an asset are asked about its repair, or all owners about the compound.

    Attributes:
        key: names it in draws.
        until: first day on which nobody is asked any more.
        share: what agreeing costs each owner, fen.
        repair: what it is about, unless it is about the compound.
        asked: every owner with what they think, in the order of the flats.
        heads_in: owners who have decided.
        area_in: their area, hundredths of a square metre.
        heads_yes: owners who have said yes.
        area_yes: their area.
        doors_passed: doors passed on the walk around, over and over.
    """

    def __init__(
        self,
        kind: str,
        key: int,
        compound: Compound,
        organiser: Desk,
        owners: list[Household],
        repair: Repair | None = None,
        share: int = 0,
    ) -> None:
        self.model = model = compound.model
        self.kind, self.key = kind, key
        self.compound, self.organiser = compound, organiser
        self.repair, self.share = repair, share
        self.opened = model.day
        self.until = model.day + int(model.p.signing_days if kind == "shares" else model.p.ballot_days)
        self.heads_in = self.area_in = self.heads_yes = self.area_yes = 0
        self.doors_passed = 0
        self.asked = [Asked(self, owner) for owner in owners]
        self.area = sum(asked.owner.area for asked in self.asked)
        for asked in self.asked:
            asked.hear_of_it()
        model.motions.append(self)
        organiser.motions.append(self)

    @property
    def share_in(self) -> float:
        """Return which share of the owners has decided by now."""
        return self.heads_in / len(self.asked)

    @property
    def trusted(self) -> str:
        """Return the kind of desk in which owners must trust: a community's if it organises, else the body's."""
        return "community" if self.organiser.kind == "community" else "body"

    def outcome(self) -> bool | None:
        """Count a ballot; return whether it has passed, None if the count goes on."""
        majority = 2 * self.heads_yes > self.heads_in and 2 * self.area_yes > self.area_in
        quorum = 3 * self.heads_in >= 2 * len(self.asked) and 3 * self.area_in >= 2 * self.area
        if quorum and majority:
            return True
        if self.model.day < self.until:
            return None
        return bool(self.model.p.silence_counts) and self.heads_in > 0 and majority

    def pay_share(self, owner: Household) -> None:
        """Let an owner pay a share into the asset's escrow."""
        owner.purse -= self.share
        self.repair.bearer.escrow += self.share
        self.model.count("signed_shares")

    def pay_back(self) -> None:
        """Give everybody who has paid a share theirs back."""
        for asked in self.asked:
            if asked.done:
                self.repair.bearer.escrow -= self.share
                asked.owner.purse += self.share

    def close(self) -> None:
        """Ask nobody any more."""
        self.model.motions.remove(self)
        self.organiser.motions.remove(self)

    def walk(self, have_decided: float) -> None:
        """Go on around the flats, passing by who has decided, as far as the time for doors goes, once at most."""
        p, size, start = self.model.p, len(self.asked), self.doors_passed
        closed = [nth for nth in range(start, start + size) if not self.asked[nth % size].done]
        for nth in closed:
            if not self.compound.spend("doors", p.door_hours):
                break
            self.doors_passed = nth + 1
            self.model.count("doors")
            if chance(p.at_home, self.key, "door.at_home", nth):
                self.asked[nth % size].consider(have_decided)


def about_repair(repair: Repair, kind: str) -> Motion:
    """Put to all who share what is to be repaired who shall pay for it."""
    repair.rounds += 1
    owners = repair.bearer.flats
    share = -(-repair.funding.owed // len(owners)) if kind == "shares" else 0
    key = bits(repair.key, "motion", MOTIONS.index(kind), repair.rounds)
    return Motion(kind, key, repair.compound, repair.organiser, owners, repair, share)


class Asked:
    """An owner before a motion.

    Attributes:
        need: share of the owners that must have decided before this one decides; None = never decides.
        yes: what the answer will be.
        done: whether the owner has decided.
        thinks: day on which the owner next thinks about it, if any.
    """

    def __init__(self, motion: Motion, owner: Household) -> None:
        self.motion = motion
        self.owner = owner
        self.done = False
        self.thinks: int | None = None
        p = motion.model.p
        self.need: float | None
        if motion.kind == "shares":
            short = 1 - owner.benefit - p.share_trust * (owner.trust(motion.trusted) - 0.5)
            self.need = None if short > p.social_proof else short / p.social_proof
            self.yes = True
        else:
            self.need = None if owner.apathetic else 0.0
            self.yes = self.vote()

    def vote(self) -> bool:
        """Make up one's mind: on the company by how satisfied one is, on all else by trust in who asks."""
        motion, satisfaction = self.motion, self.motion.compound.company.satisfaction
        u = uniform(motion.key, "vote.yes", self.owner.number)
        if motion.kind == "renew":
            return u < satisfaction
        if motion.kind == "replace":
            return not u < satisfaction
        return u < 0.5 + 0.5 * self.owner.trust(motion.trusted)

    def hear_of_it(self) -> None:
        """Lead the others, as a member may in paying; or take time to think about it."""
        if self.motion.kind == "shares" and self.leads():
            self.decide()
        else:
            self.think_later()

    def leads(self) -> bool:
        """Whether the owner is a member who lives here, is called on, and signs before the others."""
        owner, p = self.owner, self.motion.model.p
        if not (owner.member and owner.tenure == "owner" and owner.compound.spend("calls", p.door_hours)):
            return False
        return chance(p.member_leads, self.motion.key, "share.member_leads", owner.number)

    def think_later(self) -> None:
        """Think about it after a while, unless the motion is over by then."""
        motion = self.motion
        if self.need is None:
            return
        today, p = motion.model.day, motion.model.p
        day = today + days(p.consider_days, motion.key, "motion.consider", self.owner.number, today - motion.opened)
        self.thinks = day if day < motion.until else None

    def consider(self, have_decided: float) -> bool:
        """Decide if enough others have; return whether."""
        if self.need is None or have_decided < self.need:
            return False
        self.decide()
        return True

    def decide(self) -> None:
        """Give the answer, and pay if it is about money."""
        motion = self.motion
        self.done = True
        self.thinks = None
        motion.heads_in += 1
        motion.area_in += self.owner.area
        if self.yes:
            motion.heads_yes += 1
            motion.area_yes += self.owner.area
        if motion.kind == "shares":
            motion.pay_share(self.owner)
