"""Reach: to which outcomes there is a path from what two scenarios do differently; no path is n/a, not 0.

A place may have several kinds of settlement side by side. Most outcomes belong to some of them (`sim.outcomes.ONLY`):
what collectives earn to villages, what companies pay to compounds. An arrangement applies in some, too. Where a
scenario differs from its baseline by arrangements none of which applies in any kind of settlement that an outcome
belongs to, there is no path of its own to it. A path of another's may be left: desks that all kinds share. Whether
there is one is seen: if it changes anything, twins differ. So an outcome is *out of reach* if both hold: no arrangement
that differs applies where the outcome belongs, and in every replication both twins have the same of it, to the last
bit. Such a difference is n/a, and no test is made of it. A difference of 0 within reach stays 0.

In a place of one kind everything is within reach, and so it is where scenarios are in different worlds, and where they
differ in nothing: then 0 is what is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sim import outcomes, places
from sim.errors import SimError
from sim.mechanisms import registry
from sim.scenario import Scenario, parse

OF_ALL = ("hours_centre", "claims_at_", "settled_at_")
"""How outcomes begin that all kinds of a place have a part in: of the desk that all use, also those that have none
alone, and shares among all claims, or all settled cases, of the place, whose desk it may be."""


def belongs(outcome: str, place: str) -> frozenset[str]:
    """Return the kinds of settlement of a place that an outcome belongs to.

    Args:
        outcome: its name.
        place: name of the place file.
    """
    kinds = frozenset(places.settlements(place))
    own = outcome.rpartition("_")[2]
    only = frozenset(outcomes.ONLY.get(outcome, kinds)) & kinds
    if outcome.startswith(OF_ALL):
        return kinds
    # What of a place of several kinds is told kind by kind belongs to the kind in its name.
    return only or (frozenset((own,)) if own in kinds else kinds)


def applies(mechanisms: Iterable[str], place: str) -> frozenset[str]:
    """Return the kinds of settlement of a place in which any of some mechanisms applies."""
    kinds = frozenset(places.settlements(place))
    found: frozenset[str] = frozenset()
    for name in mechanisms:
        fits = registry()[name].places
        found |= kinds & frozenset(fits) if fits else kinds
    return found


def beyond(place: str, mechanisms: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Return the outcomes to which mechanisms have no path of their own.

    Args:
        place: name of the place file.
        mechanisms: their names.
        names: outcomes that are asked for.
    """
    found = applies(mechanisms, place)
    if len(places.settlements(place)) == 1 or not found:
        return frozenset()
    return frozenset(name for name in names if not belongs(name, place) & found)


def between(
    place: str, scenarios: Mapping[str, Scenario], pairs: Sequence[tuple[str, str]], names: Sequence[str]
) -> dict[tuple[str, str], frozenset[str]]:
    """Return of each comparison the outcomes to which what differs has no path of its own.

    Args:
        place: name of the place file.
        scenarios: name to scenario.
        pairs: comparisons.
        names: outcomes.
    """
    out = {}
    for pair in pairs:
        one, other = (scenarios.get(name) for name in pair)
        if one is None or other is None or one.world != other.world:
            out[pair] = frozenset[str]()
            continue
        a, b = one.description(), other.description()
        out[pair] = beyond(place, [name for name in {**a, **b} if a.get(name) != b.get(name)], names)
    return out


def read(written: Mapping[str, Sequence[str]]) -> dict[str, Scenario]:
    """Understand scenarios of a result that may be another version's; those that cannot be are left out.

    Args:
        written: name to words.
    """
    out = {}
    for name, words in written.items():
        try:
            out[name] = parse(name, words)
        except SimError:
            continue
    return out
