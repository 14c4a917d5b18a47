"""Couriers and hubs as agents: whom they belong to, who looks out, who comes, and that hubs come with a mechanism."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import Courier, Household, Hub, Mediator
from sim.model import GovernanceModel
from tests.model.worlds import model

STRUCTURE = {"compounds": 4, "households": 200, "couriers": 30.0}
ELDERS = ["elder_services", "community_culture"]
SENSING = ["courier_sensing", "courier_sensing.enrolled=0.5"]


@pytest.fixture(scope="module")
def lived() -> GovernanceModel:
    """Compounds in which couriers look out and hubs stand, after half a year."""
    m = model([*ELDERS, *SENSING], structure=STRUCTURE, parameters={"notice": 0.2, "lighting_rate": 2.0})
    m.run(187)  # some days into a week
    return m


def test_couriers_belong_to_communities_and_learn(lived: GovernanceModel) -> None:
    w, people = lived.world, lived.agents_by_type[Courier]
    assert len(people) == w.layout.sizes["courier"] > 10
    for courier in people:
        mediator = lived.views(Mediator)[courier.community]
        assert courier.cell is mediator.cell and courier.compounds == mediator.compounds
    looking = people.select(lambda courier: courier.enrolled)
    assert 0 < len(looking) < len(people)
    told = [courier.answered + courier.ignored for courier in people]
    assert sum(told) > 0 and all(courier.enrolled for courier, n in zip(people, told, strict=True) if n)
    first = w.p.courier_trust.item()
    for courier, n in zip(people, told, strict=True):
        if n == 0:
            assert courier.trust == pytest.approx(first)
        elif courier.ignored == 0:
            assert courier.trust > first
        elif courier.answered == 0:
            assert courier.trust < first
    with pytest.raises(AttributeError, match="read-only"):
        looking[0].trust = 1.0


def test_hubs_show_who_comes(lived: GovernanceModel) -> None:
    w, hubs, homes = lived.world, lived.agents_by_type[Hub], lived.agents_by_type[Household]
    assert len(hubs) == w.layout.sizes["community"] == len(lived.agents_by_type[Mediator])
    assert all(hub.seats > 0 and hub.hours > 0 and hub.meal_fund >= 0 for hub in hubs)
    guests = homes.select(lambda home: home.guest)
    assert sum(hub.guests for hub in hubs) == len(guests) > 0
    assert all(0 <= home.tie <= 1 for home in homes)
    assert homes.agg("tie", max) == np.max(w.tie) / 10_000 > 0


def test_without_a_mechanism_there_is_no_hub_and_nobody_looks_out() -> None:
    m = model([], structure=STRUCTURE)
    assert len(m.agents_by_type[Hub]) == 0
    assert not any(m.agents_by_type[Courier].get("enrolled"))
    m.step()
    assert len(m.agents_by_type[Hub]) == 0
