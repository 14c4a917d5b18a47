"""A courier: passes, notices, tells, and learns whether that is worth while."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mesa import Agent

from tests.oracle.asset import Asset
from tests.oracle.draws import chance, exp, log, uniform
from tests.oracle.kinds import DEFECTS, word

if TYPE_CHECKING:
    from tests.oracle.community import Community
    from tests.oracle.compound import Compound
    from tests.oracle.desk import Desk
    from tests.oracle.grievance import Grievance
    from tests.oracle.world import OracleModel

IN_THE_OPEN = ("lighting", "rubbish", "pests", "road", "nuisance")


@dataclass
class Report:
    """The first report about a defect: which defect it was, whose, and when an answer is looked for."""

    nth: int
    courier: Courier
    day: int
    due: int | None


class Stranger:
    """Whoever lives where nobody has claimed: known to nobody."""

    connected = False

    def __init__(self, compound: Compound) -> None:
        self.compound = compound


class Tip:
    """What a report says of a defect, in the place of a grievance."""

    other = None
    alone = False

    def __init__(self, asset: Asset) -> None:
        self.model, self.kind, self.bearer = asset.model, asset.kind, asset
        self.dispute = asset.kind not in DEFECTS
        self.ordinal = 16 * asset.clock.rings
        self.severity = round(1000 * getattr(asset.model.p, f"{word(asset.kind)}_severity"))
        self.household = Stranger(asset.compound)

    def desk(self) -> Desk:
        """Return the desk that gets it."""
        to_company = not self.dispute and self.bearer.compound.company.serves
        return self.bearer.compound.desks["company" if to_company else "community"]


class Courier(Agent):
    """Somebody who carries parcels in a community.

    Attributes:
        good: times answered in time, or helped.
        bad: times not answered.
        fresh: day on which last helped.
    """

    def __init__(self, model: OracleModel, number: int, community: Community) -> None:
        super().__init__(model)
        self.number, self.community = number, community
        community.couriers.append(self)
        self.good = self.bad = self.fresh = 0

    @property
    def looks_out(self) -> bool:
        """Whether among the share of couriers who are enrolled."""
        return chance(self.community.couriers_share, self.model.replication_seed, "courier.enrolled", self.number)

    def passes(self) -> list[tuple[Compound, int]]:
        """Return through which compounds the way leads today, and the numbers of the passes."""
        out, compounds = [], self.community.compounds
        for nth in range(int(self.model.p.courier_passes)):
            number = 16 * self.model.day + nth
            u = uniform(self.model.replication_seed, "courier.round", self.number, number)
            out.append((compounds[math.floor(u * len(compounds))], number))
        return out

    def notices(self, asset: Asset, number: int) -> bool:
        """Whether the eye falls on a thing on this pass."""
        p, seed = self.model.p, self.model.replication_seed
        return chance(p.notice, seed, "courier.notice", asset.number, self.number, number)

    def tells(self, bearer: int, number: int) -> bool:
        """Whether what was noticed is worth a word."""
        p = self.model.p
        trust = (p.courier_trust * p.courier_strength + self.good) / (p.courier_strength + self.good + self.bad)
        months = (self.model.day - self.fresh) / (365 / 12)
        zeal = p.courier_kept + (1 - p.courier_kept) * exp(-months / p.courier_months)
        return chance(trust * zeal, self.model.replication_seed, "courier.report", bearer, self.number, number)

    def learn(self, good: bool) -> None:
        """Learn from an answer, or from none."""
        self.good += good
        self.bad += not good

    def is_troubled(self) -> bool:
        """Whether a courier who looks out has a trouble of the own this week."""
        often = 1 - exp(-self.model.p.courier_troubles * 7 / 365)
        seed, week = self.model.replication_seed, self.model.day // 7
        return self.looks_out and chance(often, seed, "courier.trouble", self.number, week)


def go_round(model: OracleModel) -> None:
    """Let all who look out go round; first everybody notices, then everybody tells, then it is booked."""
    p = model.p
    passes = [(who, *way) for who in model.couriers if who.looks_out for way in who.passes()]
    model.count("courier_passes", len(passes))
    through: dict[Compound, list[tuple[Courier, int]]] = {}
    for who, compound, number in passes:
        through.setdefault(compound, []).append((who, number))
    noticed: list[tuple[Courier, Any, int]] = []
    seen: dict[tuple[int, int], tuple[Courier, Asset, int]] = {}
    for who, compound, number in passes:
        for asset in compound.assets:
            if asset.defective and asset.kind in IN_THE_OPEN and who.notices(asset, number):
                seen.setdefault((who.number, asset.number), (who, asset, number))
    for _, (who, asset, number) in sorted(seen.items(), key=lambda item: item[0]):
        if asset.sensed != asset.clock.rings:
            asset.sensed, asset.sensed_by = asset.clock.rings, set()
        if who not in asset.sensed_by:
            asset.sensed_by.add(who)
            noticed.append((who, asset, number))
    for grievance in model.grievances:
        if grievance.state == "latent" and grievance.kind == "neighbour" and grievance.aching:
            by = through.get(grievance.household.compound, [])
            doors = min(p.parcels / len(grievance.household.compound.flats), 1.0)
            if by and chance(
                1 - exp(len(by) * log(1 - p.notice * doors)), grievance.key, "courier.overheard", model.day
            ):
                u = uniform(grievance.key, "courier.by", model.day)
                who, number = by[math.floor(u * len(by))]
                noticed.append((who, grievance, number))
    model.count("noticed", len(noticed))
    told, done = [], dict.fromkeys(model.couriers, 0)
    for who, what, number in noticed:
        bearer = what.number if isinstance(what, Asset) else what.bearer.number
        if who.tells(bearer, number):
            done[who] += 1
            if done[who] <= math.floor(p.courier_minutes / p.report_minutes):
                told.append((who, what))
                model.count("courier_unpaid_minutes", round(p.report_minutes))
    book(model, [(who, what) for who, what in told if isinstance(what, Asset)])
    for who, what in told:
        if not isinstance(what, Asset):
            ask(what, who)


def book(model: OracleModel, told: list[tuple[Courier, Asset]]) -> None:
    """Read the reports about defects; several about one thing are one thing."""
    p, first, back, new = model.p, set(), [], []
    for who, asset in told:
        model.count("reports")
        who.community.owe("reports", p.triage_hours)
        odds = p.false_alarm / (1 - p.false_alarm)
        if chance(odds, model.replication_seed, "courier.false", asset.number, who.number, asset.clock.rings):
            model.count("false_alarms")
            who.community.owe("reports", p.triage_hours)
        if asset not in first:
            (new if asset.case is None else back).append(asset)
        if asset not in first and (asset.report is None or asset.report.nth != asset.clock.rings):
            asset.report = Report(asset.clock.rings, who, model.day, model.day + int(p.answer_days))
        else:
            model.count("duplicates")
            who.learn(bool(who.community.couriers_answered))
        first.add(asset)
    for asset in back:
        asset.case.log("joined")
        asset.case.bring_back(Tip(asset).desk())
    for asset in new:
        model.count("sensed_first")
        tip = Tip(asset)
        model.open_case(tip, tip.desk(), "report")


def ask(grievance: Grievance, courier: Courier) -> None:
    """Let the community ask whoever feels wronged, who decides today."""
    model = courier.model
    for flow in ("people_sensed", "surfaced", "named"):
        model.count(flow)
    grievance.state = "quiet"
    grievance.act = model.day
    courier.community.owe("reports", model.p.triage_hours)
    courier.learn(bool(courier.community.couriers_answered))


def answer(model: OracleModel) -> None:
    """Let couriers hear what became of their reports, or nothing."""
    for asset in model.assets:
        report = asset.report
        if report is None or report.due is None or report.due > model.day:
            continue
        if not any(community.couriers_share > 0 for community in model.communities):
            continue
        report.due = None
        over = not asset.defective or asset.clock.rings != report.nth
        case = asset.case
        good = over or (
            case is not None and (case.under_way or (case.handled is not None and case.handled >= report.day))
        )
        told = good and bool(report.courier.community.couriers_answered)
        model.count("reports_answered", told)
        report.courier.learn(told)
