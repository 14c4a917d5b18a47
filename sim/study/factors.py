"""Factors: the uncertain parameters that a study varies, and points made of them.

A factor is a parameter of kind ``drawn`` that nobody has fixed, of the world or of a mechanism that one of the
compared scenarios names. Those of a rule that none of these mechanisms wakes are none: the worlds do not use them. A
design says for each factor a probability; the value is that quantile of its prior, so that what a design calls uniform
is what an ordinary run draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import ConfigError
from sim.evidence import Tag
from sim.mechanisms import mechanism_specs, registry
from sim.parameters import Spec, Value, draw, prior_quantile
from sim.scenario import Scenario
from sim.schedule import rules_of, world_specs
from sim.study.config import Config
from sim.study.draws import of as of_table
from sim.study.points import Point
from sim.worlds import Recipe

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PURE: Tag = "E"
"""The tag of a pure estimate: a reasoned guess that nobody has measured."""


@dataclass(frozen=True)
class Factor:
    """An uncertain parameter.

    Attributes:
        spec: what is declared of it.
        mechanism: whose it is; empty if it is the world's.
    """

    spec: Spec
    mechanism: str = ""

    @property
    def name(self) -> str:
        """Its name as a setting has it, without ``world.`` or ``mechanisms.``."""
        return f"{self.mechanism}.{self.spec.name}" if self.mechanism else self.spec.name

    @property
    def guessed(self) -> bool:
        """Whether its value and range are a pure estimate."""
        return self.spec.tag == PURE

    def at(self, u: Floats) -> Floats:
        """Return the quantiles ``u`` of its prior."""
        return prior_quantile(self.spec, u)


def factors(config: Config, scenarios: Sequence[Scenario]) -> tuple[Factor, ...]:
    """Return all that is uncertain and used where these scenarios are compared, as declared, the world's first.

    Args:
        config: the experiment.
        scenarios: those compared.

    Raises:
        ConfigError: nothing is uncertain, or a scenario sets parameters of the world, which its points do.
    """
    for scenario in scenarios:
        if scenario.world:
            words = ", ".join(f"world.{key}" for key in scenario.world)
            raise ConfigError(f"scenario '{scenario.name}' sets {words}, which a study varies or holds for all alike")
    named = dict.fromkeys(name for scenario in scenarios for name in scenario.choices)
    offered = {lever for name in named for lever in registry()[name].offers}
    asleep = {rule.name for rule in rules_of(config.place) if rule.asleep(offered)}
    found = [
        Factor(spec)
        for name, spec in world_specs(config.place).items()
        if _free(spec) and name not in config.fixed and spec.owner not in asleep
    ]
    for mechanism in named:
        fixed = {key for s in scenarios if mechanism in s.choices for key in s.choices[mechanism].fixed}
        specs = mechanism_specs(mechanism).values()
        found += [Factor(spec, mechanism) for spec in specs if _free(spec) and spec.name not in fixed]
    if not found:
        raise ConfigError("every parameter is fixed; there is nothing to vary")
    return tuple(found)


def _free(spec: Spec) -> bool:
    """Whether a parameter is uncertain and has room."""
    return spec.kind == "drawn" and spec.low < spec.high


def points(given: Sequence[Factor], u: Floats, replications: Ints) -> list[Point]:
    """Return the points of a design.

    Args:
        given: the factors it varies; all others keep the value that the configuration gives them.
        u: probability of each factor in each point, shape ``(points, factors)``; where it is missing the factor keeps
            its value, too.
        replications: replication number of each point.
    """
    values = np.column_stack([factor.at(u[:, k]) for k, factor in enumerate(given)])
    out = []
    for row, replication in zip(values.tolist(), replications.tolist(), strict=True):
        world: dict[str, Value] = {}
        mechanisms: dict[str, dict[str, Value]] = {}
        for factor, value in zip(given, row, strict=True):
            if math.isnan(value):
                continue
            own: Value = int(value) if factor.spec.type is int else value
            if factor.mechanism:
                mechanisms.setdefault(factor.mechanism, {})[factor.spec.name] = own
            else:
                world[factor.spec.name] = own
        out.append(Point(replication, world, mechanisms))
    return out


def drawn(given: Sequence[Factor], config: Config, replications: Sequence[int]) -> Floats:
    """Return what an ordinary run has drawn for factors, shape ``(replications, factors)``.

    Args:
        given: the factors.
        config: the experiment, whose seed the draws depend on.
        replications: replication numbers, in order.
    """
    seeds = Recipe(config.place, config.structure, seed=config.seed, replications=tuple(replications)).seeds()
    columns = []
    for factor in given:
        name = factor.spec.name
        if not factor.mechanism and name in config.draws:
            columns.append(np.array([float(of_table(config.draws, k)[name]) for k in replications]))
        else:
            columns.append(draw({name: factor.spec}, seeds, {}, True)[name][:, 0])
    return np.column_stack(columns)


__all__ = ["PURE", "Factor", "drawn", "factors", "points"]
