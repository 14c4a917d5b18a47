"""The engine against the oracle, a plain Mesa object model of the same rules: equal in everything, every day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.scenario import parse
from sim.worlds import Recipe, Worlds
from tests.oracle.compare import first_difference
from tests.oracle.world import OracleModel

BURN_IN = 56
DAYS = 210

SMALL = dict(compounds=3, households=40, size_spread=0.25, floors=2, compounds_per_community=2)
"""Three compounds of about 40 flats; two share a community, one has its own."""

LIVELY = dict(
    leak_young=4.0, leak_middle=5.0, leak_old=6.0, rainy_share=0.5, quarrel_rate=0.7, naming_days=2.0, any_desk=0.5,
    relapse_rate=0.9, patience_days=40.0, escalation_days=250.0, fade_days=60.0, consider_days=6.0, signing_days=14,
    works_days=3, funded_share=0.75, benefit=0.8, never_pay=0.05, handoff_loss=0.5, application_days=10, gap_mean=0.6,
    gap_sd=0.6, most_sessions=2, answer_days=20, community_hours=4.0,
)  # fmt: skip
"""Trouble enough for a few months to see all there is."""


def agree(recipe: Recipe, scenarios: Mapping[str, Sequence[str]], days: int = DAYS) -> Counter[str]:
    """Let engine and oracle live burn-in and scenarios side by side; return how often each activity occurred."""
    w = Worlds(recipe, watch=recipe.replications)
    models = [OracleModel(recipe, replication) for replication in recipe.replications]
    while w.day < 0:
        step(w, models)

    w = w.stack([parse(name, words) for name, words in scenarios.items()])
    models = [OracleModel(recipe, k, words) for words in scenarios.values() for k in recipe.replications]
    for model in models:
        while model.day < 0:
            model.step()
        model.begin()
    seen: Counter[str] = Counter()
    for _ in range(days):
        step(w, models)
        seen.update(event[0] for model in models for event in model.events)
    return seen


def step(w: Worlds, models: list[OracleModel]) -> None:
    """Live a day on both sides and compare everything."""
    w.step()
    for model in models:
        model.step()
    found = first_difference(w, models)
    assert not found, found


def lively(**changes: object) -> Recipe:
    """Write the recipe of small worlds where much happens."""
    recipe = Recipe("compound", SMALL, LIVELY, replications=(0, 1), burn_in=BURN_IN)
    return replace(recipe, **changes)


def test_the_baseline_agrees() -> None:
    agree(lively(), {"none": []})
