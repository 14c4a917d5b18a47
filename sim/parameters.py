"""Parameters: numbers with a meaning, a unit, a range and a source, declared beside their rule.

A rule, a place or a mechanism declares its parameters as a frozen dataclass whose fields are made
by `parameter`. Nothing else in the program may hold a number that somebody could want to vary.

Three words are kept apart:

* a *structural* parameter shapes the layout (how many compounds, how many floors): it is part of
  the world and never drawn;
* a *drawn* parameter is uncertain: each replication draws it from its prior, a triangular
  distribution over ``[low, high]`` with its mode at the default, unless the user has fixed it;
* a *set* parameter is fixed by the world (observed) or by design and keeps its default unless the
  user changes it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim import distributions, evidence, noise
from sim.errors import ConfigError, said, unknown
from sim.evidence import Tag

Kind = Literal["structural", "drawn", "set"]
Value = int | float | bool

PRIOR = "prior"
"""The word a config uses for "draw it from its prior" (or take the default, `prior_draws: false`)."""


@dataclass(frozen=True)
class Spec:
    """What is known of one parameter.

    Attributes:
        name: the field's name, unique within its owner.
        owner: the rule, place or mechanism that declares it.
        default: the starting value; the mode of the prior when drawn.
        low: the smallest value accepted.
        high: the largest value accepted.
        unit: unit in words, ``"1"`` for a pure number.
        doc: what it means, in a sentence.
        source: where the value comes from: ids of rows of `sim.evidence`, and after a colon perhaps a note.
        tag: S seed page, F found in a public source, D derived, E reasoned guess, G general knowledge.
        kind: ``structural``, ``drawn`` or ``set``.
        drawn_as: the name under which its prior is drawn: an older one, if it was renamed, so that draws stay.
    """

    name: str
    owner: str
    default: Value
    low: Value
    high: Value
    unit: str
    doc: str
    source: str
    tag: Tag
    kind: Kind
    drawn_as: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources that the value rests on."""
        return evidence.split(self.source)[0]

    @property
    def note(self) -> str:
        """What the declaration says beside them."""
        return evidence.split(self.source)[1]

    @property
    def type(self) -> type:
        """The Python type of the value: bool, int or float."""
        return type(self.default)

    @property
    def range(self) -> str:
        """What is accepted, in words."""
        return f"[{said(self.low)}, {said(self.high)}]"

    def check(self, value: Any, name: str | None = None) -> Value:
        """Return the value in the parameter's own type, or say in one line what is wrong with it.

        Raises:
            ConfigError: wrong type or out of range.
        """
        name = name or self.name
        if self.type is bool:
            if not isinstance(value, bool):
                raise ConfigError(f"{name}={said(value)} is not true or false")
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            kind = "a whole number" if self.type is int else "a number"
            raise ConfigError(f"{name}={said(value)} is not {kind}")
        if not math.isfinite(value):
            raise ConfigError(f"{name}={said(value)} is not a finite number")
        if self.type is int:
            if value != int(value):
                raise ConfigError(f"{name}={said(value)} is not a whole number")
            value = int(value)
        else:
            value = float(value)
        if not self.low <= value <= self.high:
            raise ConfigError(f"{name}={said(value)} is out of range {self.range}")
        return value


def parameter(
    default: Value,
    low: Value,
    high: Value,
    *,
    unit: str,
    doc: str,
    source: str,
    tag: Tag = "E",
    kind: Kind = "drawn",
    drawn_as: str = "",
) -> Any:
    """Declare a parameter as a dataclass field; the meanings are those of `Spec`.

    Raises:
        TypeError: no source is named, or one that has no row in the ledger.
    """
    evidence.check(source, doc)
    metadata = dict(low=low, high=high, unit=unit, doc=doc, source=source, tag=tag, kind=kind)
    metadata["drawn_as"] = drawn_as
    return dataclasses.field(default=default, metadata=metadata)


def specs(declared: type, owner: str) -> dict[str, Spec]:
    """Read the declarations of one parameter dataclass.

    Args:
        declared: a dataclass whose fields were made by `parameter`.
        owner: who declares it, for messages and the ledger.
    """
    found: dict[str, Spec] = {}
    for f in dataclasses.fields(declared):
        default: Any = f.default
        found[f.name] = Spec(name=f.name, owner=owner, default=default, **f.metadata)
    return found


def merge(groups: Iterable[Mapping[str, Spec]]) -> dict[str, Spec]:
    """Join the declarations of several owners; a name declared twice is a programming error."""
    merged: dict[str, Spec] = {}
    for group in groups:
        for name, spec in group.items():
            if name in merged:
                raise TypeError(f"parameter '{name}' of {spec.owner} is already declared by {merged[name].owner}")
            merged[name] = spec
    return merged


def check_all(known: Mapping[str, Spec], given: Mapping[str, Any], prefix: str = "") -> dict[str, Value]:
    """Check user-given values against declarations; `PRIOR` entries are dropped.

    Args:
        known: the declarations.
        given: name to value, or to the word ``prior``.
        prefix: put before the name in messages, e.g. ``"world."``.

    Returns:
        The values that were fixed, in their own types.

    Raises:
        ConfigError: unknown name, wrong type, out of range.
    """
    fixed: dict[str, Value] = {}
    for name, value in given.items():
        if name not in known:
            raise unknown("setting", prefix + name, [prefix + k for k in known])
        if value != PRIOR:
            fixed[name] = known[name].check(value, prefix + name)
    return fixed


class _Whole(dict[str, NDArray[Any]]):
    """Whole-number parameters as integers by name, turned into such when they are first asked for."""

    def __init__(self, flat: Mapping[str, NDArray[np.float64]], dtype: type[np.integer[Any]]) -> None:
        """Remember where the numbers come from, and what they are to be."""
        super().__init__()
        self._flat, self._dtype = flat, dtype

    def __missing__(self, name: str) -> NDArray[Any]:
        """Return, and keep, a parameter's values as whole numbers, closed as the others."""
        self[name] = value = self._flat[name].astype(self._dtype)
        value.flags.writeable = False
        return value


class Values:
    """Parameters' values by name, each of shape ``(worlds, 1)``, read as attributes and never written.

    Attributes:
        values: the arrays by name.
        flat: the same arrays of shape ``(worlds,)``.
        whole: the same as whole numbers, of those that are asked for.
        days: the same as columns of days have them.
    """

    def __init__(self, values: Mapping[str, NDArray[np.float64]]) -> None:
        """Hold the arrays, and close them: what has been drawn stays as it is."""
        self.values = dict(values)
        for value in self.values.values():
            value.flags.writeable = False
        self.flat = {name: value.reshape(-1) for name, value in self.values.items()}
        self.whole, self.days = _Whole(self.flat, np.int64), _Whole(self.flat, np.int32)
        self.__dict__.update({name: value for name, value in self.values.items() if name not in self.__dict__})

    if TYPE_CHECKING:
        # Parameters are ordinary attributes; this is for types alone, see `sim.worlds.Worlds`.
        def __getattr__(self, name: str) -> NDArray[np.float64]: ...


def draw(
    known: Mapping[str, Spec], seeds: NDArray[np.uint64], fixed: Mapping[str, Value], prior_draws: bool
) -> dict[str, NDArray[np.float64]]:
    """Give every parameter a value in every world.

    Args:
        known: the declarations.
        seeds: replication seed of each world, shape ``(worlds,)``.
        fixed: values the user fixed; they are the same in every world.
        prior_draws: whether parameters of kind ``drawn`` that are not fixed come from their priors
            (keyed by replication, owner and name: the same in every scenario) or keep the default.

    Returns:
        Name to float64 array of shape ``(worlds, 1)``; whole numbers stay whole.
    """
    values: dict[str, NDArray[np.float64]] = {}
    for name, spec in known.items():
        value = np.full((len(seeds), 1), float(fixed.get(name, spec.default)))
        if prior_draws and spec.kind == "drawn" and name not in fixed:
            value = prior_quantile(spec, noise.uniform(seeds, f"prior.{spec.owner}.{spec.drawn_as or name}")[:, None])
        values[name] = value
    return values


def prior_quantile(spec: Spec, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quantiles of a drawn parameter's prior, in its unit; whole numbers stay whole.

    Args:
        spec: the parameter.
        u: probabilities, any shape.
    """
    low, high = float(spec.low), float(spec.high)
    if spec.type is int:  # whole numbers: half a unit on either side, a mode at an end stays the commonest
        mode = {spec.low: low - 0.5, spec.high: high + 0.5}.get(spec.default, float(spec.default))
        value = np.rint(distributions.triangular(low - 0.5, mode, high + 0.5, u))
        return np.minimum(np.maximum(value, low), high)
    return np.asarray(distributions.triangular(low, float(spec.default), high, u))
