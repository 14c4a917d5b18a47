"""Mechanisms: what `formed_body` and `yijiantiao` change in the offices of compounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.oracle.compound import Compound
from tests.oracle.draws import uniform
from tests.oracle.election import MANAGEMENT

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


class Yijiantiao(Mechanism):
    """The branch's secretary and the body's director are one person, or at least both take part."""

    name = "yijiantiao"
    channels = ("authority", "coordination", "onsite_visits", "cost_sharing", "case_ledger")

    def offer(self) -> None:
        """Change the offices of the compounds covered that have a body, one just formed included."""
        for compound in self.covered():
            if compound.body:
                compound.extra_minutes += round(60 * self.p.extra_hours)
                if any(self.on.values()) and self.p.hours > 0:
                    self.appoint(compound)

    def appoint(self, compound: Compound) -> None:
        """Merge the two offices, or make the secretary a second principal; set time aside for the practices."""
        secretary, scale = round(60 * self.p.hours), min(self.p.hours / 4, 1.0)
        if not self.on["coordination"]:
            compound.principals = 2
            compound.secretary_minutes += secretary
        elif self.p.equal_hours:
            compound.merged = 1.0
            compound.merged_minutes = compound.director_minutes + secretary
        else:
            compound.merged = scale
            compound.merged_minutes = round(60 * self.p.merged_hours)
        hours = {
            "ledger": ("case_ledger", self.p.ledger_hours),
            "summons": ("authority", self.p.summons_hours),
            "calls": ("cost_sharing", self.p.call_hours),
            "doors": ("onsite_visits", self.p.visit_hours),
        }
        for purpose, (channel, most) in hours.items():
            if self.on[channel]:
                compound.aside[purpose] += round(60 * most * scale)
        if self.on["case_ledger"]:
            compound.ledger_loss = min(compound.ledger_loss, self.p.ledger_loss)
            compound.ledger_deadline = min(compound.ledger_deadline, round(self.p.deadline_days))


def appointed(model: OracleModel, words: Sequence[str]) -> list[Mechanism]:
    """Return the mechanisms that a scenario names; a body is formed before anybody takes part in it."""
    return [kind(model, words) for kind in (FormedBody, Yijiantiao) if kind.name in words]
