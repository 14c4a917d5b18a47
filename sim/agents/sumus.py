"""Sumus and their offices: border station, mediation room, justice office, centre, and the team that goes out."""

from __future__ import annotations

import numpy as np

from sim.agents.camps import CamperHousehold, HerderHousehold
from sim.agents.sites import WorkSite
from sim.agents.view import Desk, View
from sim.places import pasture


class BorderStation(Desk):
    """The border police station at the northern edge of a sumu; its desk has the hours that its team leaves."""

    of = "sumu"
    kind_of_desk = pasture.STATION


class MediationRoom(Desk):
    """The mediation room at the road between a sumu's centre and its summer ground."""

    of = "sumu"
    kind_of_desk = pasture.ROOM


class JusticeOffice(Desk):
    """The justice office of a sumu."""

    of = "sumu"
    kind_of_desk = pasture.JUSTICE


class SumuCentre(Desk):
    """The centre of a sumu, above its other offices."""

    of = "sumu"
    kind_of_desk = pasture.CENTRE


class MobileTeam(Desk):
    """Officers of the station who leave their desks, where they do: on call, and on circuits."""

    of = "sumu"
    kind_of_desk = pasture.TEAM

    @property
    def circuit_hours(self) -> float:
        """Hours a week on circuits, of each agency on board."""
        return float(self._read("circuit_time") / 60)

    @property
    def agencies(self) -> int:
        """Agencies on board of circuits."""
        return int(self._read("team_board"))

    @property
    def drives(self) -> bool:
        """Whether circuits drive from camp to camp, or sit at the centre."""
        return bool(self._read("team_drives"))

    @property
    def hours_set_aside(self) -> dict[str, float]:
        """Hours a week set aside: summoned, for summoning parties; papers, for a ledger; lessons, for law talks."""
        return {use: float(self._read(use + "_weekly") / 60) for use in ("summoned", "papers", "lessons")}

    @property
    def talks(self) -> int:
        """Law talks held so far."""
        return int(self._read("talks_held"))

    @property
    def sumu(self) -> int:
        """Row of the sumu."""
        return self.row


class Sumu(View):
    """A sumu: its households, work sites and offices."""

    of = "sumu"

    @property
    def herders(self) -> list[HerderHousehold]:
        """Herder households."""
        return [one for one in self.model.views(HerderHousehold) if one.sumu == self.row]

    @property
    def campers(self) -> list[CamperHousehold]:
        """Households that camp on its summer ground, also while they are not there."""
        return [one for one in self.model.views(CamperHousehold) if one.sumu == self.row]

    @property
    def sites(self) -> list[WorkSite]:
        """Work sites."""
        return self._children("asset", WorkSite)

    @property
    def aware(self) -> float:
        """Share of its herder households that know what law talks tell."""
        return float(np.mean([one.aware for one in self.herders]))

    @property
    def station(self) -> BorderStation:
        """Its border station."""
        return self.model.views(BorderStation)[self.row]

    @property
    def room(self) -> MediationRoom:
        """Its mediation room."""
        return self.model.views(MediationRoom)[self.row]

    @property
    def justice(self) -> JusticeOffice:
        """Its justice office."""
        return self.model.views(JusticeOffice)[self.row]

    @property
    def centre(self) -> SumuCentre:
        """Its centre."""
        return self.model.views(SumuCentre)[self.row]

    @property
    def team(self) -> MobileTeam | None:
        """The officers who leave their desks, none where they do not."""
        team = self.model.views(MobileTeam)[self.row]
        return team if team.hours > 0 or team.circuit_hours > 0 else None
