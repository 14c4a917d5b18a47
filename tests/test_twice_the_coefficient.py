"""Coefficients of couriers, elder services and culture are not their effects: doubled, they have less than twice them.

Those of 一肩挑 are in `tests.test_rules_direction`. Who looks out and for how many hours rooms are open is set; what
comes of it meets what is there to be seen, who lives there and who has time.
"""

from __future__ import annotations

from typing import Any

import pytest

from sim.mechanisms import registry
from sim.worlds import Worlds
from tests.helpers import burnt_in, clearly_above_zero, lived, say, total

COURIERS: dict[str, Any] = dict(couriers=50.0)
COMMUNITY: dict[str, Any] = dict(households=200, compounds=2, compounds_per_community=2)
SEEING: dict[str, Any] = dict(notice=0.2, courier_trust=0.5, courier_strength=2.0, courier_kept=0.2, courier_months=3.0)
WIDELY = dict(courier_passes=8, courier_kept=1.0)
"""Couriers who get about so much that a few of them see what all would."""

Case = tuple[str, str, tuple[str, ...], str, float, str]
CASES: dict[str, Case] = {
    # mechanism, channel, words beside, coefficient (of the world if it has a dot in front), once, outcome
    "couriers who look out": ("courier_sensing", "early_detection", (), "enrolled", 0.5, "people_sensed"),
    "what they notice": ("courier_sensing", "early_detection", ("enrolled=1",), ".notice", 0.1, "sensed_first"),
    "answers that they wait for": ("courier_sensing", "responsiveness", ("enrolled=1",), ".answer_days", 20, "reports"),
    "troubles of their own": ("courier_sensing", "reciprocity", ("enrolled=1",), ".courier_troubles", 6.0, "reports"),
    "hours of rooms": ("elder_services", "shared_places", ("budget=0", "hours=4"), "rooms_hours", 0.8, "took_part"),
    "seats": ("elder_services", "shared_places", ("rooms_hours=0",), "seats", 10, "took_part"),
    "hours of asking": ("elder_services", "early_detection", ("hours=4",), "watch_hours", 0.4, "surfaced_asked"),
    "calls on volunteers": ("elder_services", "reciprocity", (), "rota_hours", 0.2, "care_volunteers"),
    "events": ("community_culture", "shared_places", (), "events", 26, "took_part"),
}


def test_every_channel_has_one() -> None:
    for name in ("courier_sensing", "elder_services", "community_culture"):
        assert {channel for kind, channel, *_ in CASES.values() if kind == name} == set(registry()[name].channels)


def world(name: str, coefficient: str, **fixed: float) -> Worlds:
    """Return some small worlds at day 0, with couriers or elders enough."""
    if name == "courier_sensing":
        fixed = SEEING | (WIDELY if coefficient == "enrolled" else {}) | fixed
        return burnt_in(replications=range(24), structure=COURIERS, fixed=fixed, prior_draws=False)
    return burnt_in(
        replications=range(10), structure=COMMUNITY, fixed=fixed, lively=False, burn_in=56, prior_draws=False
    )


@pytest.mark.thorough
@pytest.mark.parametrize("what", CASES)
def test_twice_the_coefficient_is_not_twice_the_effect(what: str) -> None:
    """The effect of a channel grows less than twofold; couriers do nothing without `early_detection` beside it."""
    name, channel, beside, coefficient, once, outcome = CASES[what]
    on = {channel, "early_detection"} if name == "courier_sensing" else {channel}
    words = [name, f"{name}.channels=off", *(f"{name}.{word}" for word in beside)]
    with_it = [*words, *(f"{name}.{c}=on" for c in sorted(on))]
    without = [*words, *(f"{name}.{c}=on" for c in sorted(on - {channel}))]
    effects = []
    for value in (once, 2 * once):
        if coefficient.startswith("."):
            w = lived(world(name, coefficient, **{coefficient[1:]: value}), 182, say(*without), say(*with_it))
        else:
            w = lived(world(name, coefficient), 182, say(*without), say(*with_it, f"{name}.{coefficient}={value}"))
        base, out = total(w, outcome).reshape(2, -1).astype(float)
        effects.append(out - base)
    one, two = effects
    assert clearly_above_zero(one)
    assert clearly_above_zero(2 * one - two), (one.mean(), two.mean())
