"""Mechanisms: what `formed_body` and `yijiantiao` change in the offices of compounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.oracle.compound import Compound
from tests.oracle.draws import chance, exp, uniform
from tests.oracle.election import MANAGEMENT
from tests.oracle.leader import Candidate

if TYPE_CHECKING:
    from tests.oracle.world import OracleModel

SWITCH = {"on": True, "off": False, "true": True, "false": False}


class Mechanism:
    """A mechanism as a scenario sets it: channels on or off, parameters drawn unless the words fix them."""

    name: str
    channels: tuple[str, ...]

    def __init__(self, model: OracleModel, words: Sequence[str]) -> None:
        self.model = model
        self.on = dict.fromkeys(self.channels, True)
        self.p = model.parameters_of(self.name)
        for word in words:
            owner, _, setting = word.partition(".")
            if owner == self.name and setting:
                self.set(*setting.split("="))

    def set(self, key: str, value: str) -> None:
        """Switch a channel, or all of them, or fix a parameter."""
        if key == "channels":
            self.on = dict.fromkeys(self.channels, SWITCH[value])
        elif key in self.on:
            self.on[key] = SWITCH[value]
        else:
            setattr(self.p, key, SWITCH[value] if value in SWITCH else float(value))

    def covered(self) -> list[Compound]:
        """Return the compounds that the roll-out has reached, in an order of its own."""
        compounds = sorted(self.model.compounds, key=self.rank)
        return compounds[: round(self.p.coverage * len(compounds))]

    def rank(self, compound: Compound) -> float:
        """Return the number by which compounds are put in order."""
        return uniform(self.model.replication_seed, f"{self.name}.rank", compound.number)

    def offer(self) -> None:
        """Change the levers of the compounds covered."""
        raise NotImplementedError


class FormedBody(Mechanism):
    """A management committee is formed where no body was found."""

    name = "formed_body"
    channels = ("formation",)

    def offer(self) -> None:
        """Form it; whether it functions was drawn long before."""
        for compound in self.covered():
            if self.on["formation"] and not compound.body_found:
                compound.body = MANAGEMENT
                compound.director_minutes = compound.director_if_any


class Post:
    """The post of secretary in a compound under the arrangement.

    Attributes:
        waiting: candidates in the order in which they take over; who has left is last.
        holder: who is in office, None while it is vacant.
        vacant_until: first day on which the next one may take over.
        changed: day of the last change of offices, None before the first.
    """

    def __init__(self, yijiantiao: Yijiantiao, compound: Compound) -> None:
        self.p, self.compound = yijiantiao.p, compound
        self.waiting = list(compound.candidates)
        if self.p.leader_selection:
            self.waiting.sort(key=lambda candidate: -candidate.score)
        self.holder: Candidate | None = self.waiting.pop(0)
        self.vacant_until = 0
        self.changed: int | None = None

    def change(self) -> None:
        """Let the holder leave, or, if the post has been vacant long enough, the next one take over."""
        today = self.compound.model.day
        if self.changed != today and self.holder and (self.removal(today) or self.quitting(today)):
            self.waiting.append(self.holder)
            self.holder = None
            self.vacant_until = today + round(self.p.vacancy_days)
        if self.holder is None and today >= self.vacant_until:
            self.holder = self.waiting.pop(0)
        self.changed = today

    def removal(self, today: int) -> bool:
        """Whether this is the change of offices at which everybody is removed."""
        return 0 <= self.p.removal_day <= today and (self.changed is None or self.changed < self.p.removal_day)

    def quitting(self, today: int) -> bool:
        """Whether the holder quits at the end of this week."""
        if self.changed is None:
            return False
        seed = self.compound.model.replication_seed
        return chance(1 - exp(-self.p.quits * 7 / 365), seed, "yijiantiao.quit", self.compound.number, today // 7)


class Yijiantiao(Mechanism):
    """The branch's secretary and the body's director are one person, or at least both take part."""

    name = "yijiantiao"
    channels = (
        "authority", "coordination", "monitoring", "renewal_leverage", "cost_sharing", "onsite_visits", "case_ledger",
    )  # fmt: skip

    def __init__(self, model: OracleModel, words: Sequence[str]) -> None:
        super().__init__(model, words)
        self.posts: dict[Compound, Post] = {}

    def rank(self, compound: Compound) -> float:
        """Return the number by which compounds are put in order: with selection the best best score comes first."""
        if self.p.leader_selection:
            return -max(candidate.score for candidate in compound.candidates)
        return super().rank(compound)

    def offer(self) -> None:
        """Change the offices of the compounds covered that have a body, one just formed included."""
        for compound in self.covered():
            if compound.body:
                compound.extra_minutes += round(60 * self.p.extra_hours)
                if any(self.on.values()) and self.p.hours > 0:
                    post = self.posts.setdefault(compound, Post(self, compound))
                    post.change()
                    if post.holder is not None:
                        self.appoint(compound, post.holder)

    def effort(self) -> float:
        """Return what is left of the effort of the campaign."""
        months = max(self.model.day, 0) / 30.4
        return self.p.effort_kept + (1 - self.p.effort_kept) * exp(-months / self.p.effort_months)

    def appoint(self, compound: Compound, secretary: Candidate) -> None:
        """Merge the two offices, or make the secretary a second principal; set time aside for the practices."""
        compound.secretary = secretary
        scale, at_most = min(self.p.hours / 4, 1.0) * self.effort(), round(60 * max(self.p.hours, 4.0))
        if not self.on["coordination"]:
            compound.principals = 2
            compound.secretary_minutes += round(scale * at_most)
        else:
            equal = compound.director_minutes + at_most
            compound.merged = scale
            compound.merged_minutes = equal if self.p.equal_hours else round(60 * self.p.merged_hours)
        hours = {
            "ledger": ("case_ledger", self.p.ledger_hours),
            "summons": ("authority", self.p.summons_hours),
            "calls": ("cost_sharing", self.p.call_hours),
            "talks": ("renewal_leverage", self.p.negotiate_hours),
            "inspections": ("monitoring", self.p.inspect_hours),
            "rounds": ("onsite_visits", self.p.round_hours),
            "doors": ("onsite_visits", self.p.visit_hours),
        }
        for purpose, (channel, most) in hours.items():
            if self.on[channel]:
                compound.aside[purpose] += round(60 * most * scale)
        if self.on["monitoring"]:
            compound.joined = max(compound.joined, scale)
        if self.on["renewal_leverage"]:
            compound.resolve = max(compound.resolve, scale)
        if self.on["case_ledger"]:
            compound.ledger_loss = min(compound.ledger_loss, self.p.ledger_loss)
            compound.ledger_deadline = min(compound.ledger_deadline, round(self.p.deadline_days))


class CourierSensing(Mechanism):
    """Couriers look out, are told what became of it, and are listened to."""

    name = "courier_sensing"
    channels = ("early_detection", "responsiveness", "reciprocity")

    def offer(self) -> None:
        """Say in every community who looks out, and what for."""
        for community in self.model.communities:
            community.extra_minutes += round(60 * self.p.extra_hours)
            if self.on["early_detection"] and self.p.enrolled > 0:
                community.couriers_share = self.p.enrolled
                community.couriers_answered = int(self.on["responsiveness"])
                community.rest_stations = int(self.on["reciprocity"])


class ElderServices(Mechanism):
    """One place for elders in every community."""

    name = "elder_services"
    channels = ("early_detection", "shared_places", "reciprocity")

    def offer(self) -> None:
        """Give seats, money and time."""
        p = self.p
        for community in self.model.communities:
            commons = community.commons
            community.extra_minutes += round(60 * p.extra_hours)
            if p.hours > 0:
                thousands, scale = len(commons.flats) / 1000, p.hours / 2
                if self.on["shared_places"]:
                    small = min(scale, 1.0)
                    if p.budget > 0:
                        commons.seats = max(commons.seats, round(p.seats * small * thousands))
                    commons.budget += round(100 * p.budget * small * thousands / (365 / 7))
                for channel, purpose in (
                    ("early_detection", "watch"), ("early_detection", "care"), ("early_detection", "clinics"),
                    ("shared_places", "rooms"), ("reciprocity", "rota"),
                ):  # fmt: skip
                    if self.on[channel]:
                        hours = getattr(p, f"{purpose}_hours")
                        commons.aside[purpose] += round(60 * hours * scale * thousands)


class CommunityCulture(Mechanism):
    """A calendar of events."""

    name = "community_culture"
    channels = ("shared_places",)

    def offer(self) -> None:
        """Give time."""
        for community in self.model.communities:
            community.extra_minutes += round(60 * self.p.extra_hours)
            if self.on["shared_places"]:
                community.commons.aside["events"] += round(60 * self.p.events * self.p.hours / (365 / 7))


ALL = (FormedBody, Yijiantiao, CourierSensing, ElderServices, CommunityCulture)


def appointed(model: OracleModel, words: Sequence[str]) -> list[Mechanism]:
    """Return the mechanisms that a scenario names; a body is formed before anybody takes part in it."""
    return [kind(model, words) for kind in ALL if kind.name in words]
