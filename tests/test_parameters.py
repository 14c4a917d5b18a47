"""Parameters: declared once with range and source, checked in one line, drawn from the prior they declare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import noise
from sim.errors import ConfigError
from sim.mechanisms import mechanism_specs, registry
from sim.parameters import PRIOR, check_all, draw, merge, parameter, specs
from sim.schedule import world_specs

SEEDS = noise.bits(np.array([1]), "parameters", np.arange(40_000))


@dataclass(frozen=True)
class Toy:
    """One parameter of each type and kind."""

    real: float = parameter(2.0, 1.0, 6.0, unit="1", doc="a triangle", source="guess: a toy")
    whole: int = parameter(2, 0, 5, unit="1", doc="dice", source="guess: a toy")
    edge: int = parameter(30, 7, 30, unit="1", doc="mode at the end", source="guess: a toy")
    switch: bool = parameter(False, False, True, unit="switch", doc="on or off", source="guess: a toy", kind="set")
    size: int = parameter(6, 1, 9, unit="1", doc="structure", source="guess: a toy", kind="structural")
    still: float = parameter(0.5, 0.0, 1.0, unit="1", doc="observed", source="guess: a toy", kind="set")


TOY = specs(Toy, "toy")


def test_declarations_are_read_from_the_fields() -> None:
    """A spec knows its owner, type, range and meaning; a name declared twice is refused."""
    assert list(TOY) == ["real", "whole", "edge", "switch", "size", "still"]
    assert (TOY["real"].owner, TOY["real"].type, TOY["whole"].type, TOY["switch"].type) == ("toy", float, int, bool)
    assert (TOY["size"].kind, TOY["still"].kind, TOY["real"].kind) == ("structural", "set", "drawn")
    assert merge([TOY, specs(type("Empty", (), {"__dataclass_fields__": {}}), "none")]) == TOY
    with pytest.raises(TypeError, match="'real' of other is already declared by toy"):
        merge([TOY, {"real": specs(Toy, "other")["real"]}])


def everything() -> dict[str, Any]:
    """Return every declaration of the program: the world's, and each mechanism's under its name."""
    out = dict(world_specs("compound"))
    for name in registry():
        out |= {f"{name}.{key}": spec for key, spec in mechanism_specs(name).items()}
    return out


@pytest.mark.parametrize("name", sorted(everything()))
def test_every_declaration_is_complete(name: str) -> None:
    """The default lies in the range, in the type of the range's meaning, and unit, meaning and source are given."""
    spec = everything()[name]
    assert spec.low <= spec.default <= spec.high
    assert spec.low < spec.high
    assert spec.check(spec.default) == spec.default
    assert all(text.strip() for text in (spec.unit, spec.doc, spec.source))
    assert spec.kind in ("structural", "drawn", "set")
    assert spec.type is not bool or spec.kind == "set"


# --- checking -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("real", 6.5, "real=6.5 is out of range [1, 6]"),
        ("real", 0, "real=0 is out of range [1, 6]"),
        ("real", float("nan"), "real=nan is not a finite number"),
        ("real", float("inf"), "real=inf is not a finite number"),
        ("real", "two", "real=two is not a number"),
        ("real", None, "real=null is not a number"),
        ("real", True, "real=true is not a number"),
        ("real", [2.0], "real=[2] is not a number"),
        ("whole", 2.5, "whole=2.5 is not a whole number"),
        ("whole", "2", "whole=2 is not a whole number"),
        ("whole", 6, "whole=6 is out of range [0, 5]"),
        ("switch", 1, "switch=1 is not true or false"),
        ("switch", "on", "switch=on is not true or false"),
    ],
)
def test_wrong_values_have_one_line(name: str, value: Any, message: str) -> None:
    """Type, wholeness and range are checked, and the message names the setting as the user wrote it."""
    with pytest.raises(ConfigError) as refused:
        TOY[name].check(value)
    assert str(refused.value) == message
    with pytest.raises(ConfigError, match=rf"^world\.{name}="):
        check_all(TOY, {name: value}, "world.")


def test_right_values_come_back_in_their_own_type() -> None:
    """A whole float is a whole number, an integer is a number; ends of the range are inside."""
    assert [(v, type(v)) for v in (TOY["whole"].check(3.0), TOY["real"].check(3), TOY["switch"].check(True))] == [
        (3, int),
        (3.0, float),
        (True, bool),
    ]
    assert (TOY["real"].check(1), TOY["real"].check(6)) == (1.0, 6.0)


def test_unknown_settings_are_named_with_the_nearest() -> None:
    """An unknown name is refused with a suggestion; the word `prior` leaves a parameter to its prior."""
    with pytest.raises(ConfigError, match=r"^unknown setting 'world.reel'; did you mean 'world.real'\?$"):
        check_all(TOY, {"reel": 2}, "world.")
    assert check_all(TOY, {"real": PRIOR, "whole": 3.0}) == {"whole": 3}


# --- drawing --------------------------------------------------------------------------------------


def test_without_draws_everybody_has_the_default() -> None:
    """Prior draws off: the default everywhere, or the user's value."""
    values = draw(TOY, SEEDS[:5], {"real": 3.0}, False)
    assert {k: set(v[:, 0].tolist()) for k, v in values.items()} == {
        "real": {3.0},
        "whole": {2.0},
        "edge": {30.0},
        "switch": {0.0},
        "size": {6.0},
        "still": {0.5},
    }
    assert all(v.shape == (5, 1) and v.dtype == np.float64 for v in values.values())


def test_only_what_is_uncertain_is_drawn() -> None:
    """Structural, set and fixed parameters are the same in every world."""
    values = draw(TOY, SEEDS, {"edge": 9}, True)
    constant = {k for k, v in values.items() if len(np.unique(v)) == 1}
    assert constant == {"edge", "switch", "size", "still"}


def test_reals_are_triangular() -> None:
    """Range, mean, variance, mode and distribution function are those of the triangle that is declared."""
    x = draw(TOY, SEEDS, {}, True)["real"][:, 0]
    low, mode, high = 1.0, 2.0, 6.0
    assert low <= x.min() < low + 0.1
    assert high - 0.1 < x.max() <= high
    sd = np.sqrt((low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18)
    assert abs(x.mean() - (low + mode + high) / 3) < 4 * sd / np.sqrt(len(x))
    assert x.std() == pytest.approx(sd, rel=0.02)
    below = (mode - low) / (high - low)
    assert abs((x < mode).mean() - below) < 4 * np.sqrt(below * (1 - below) / len(x))


def test_whole_numbers_are_whole_and_reach_both_ends() -> None:
    """Whole numbers keep to the range, all of them occur, the default most often."""
    values = draw(TOY, SEEDS, {}, True)
    whole, edge = values["whole"][:, 0], values["edge"][:, 0]
    counts = np.bincount(whole.astype(int))
    assert np.array_equal(whole, np.rint(whole))
    assert (whole.min(), whole.max(), counts.argmax()) == (0, 5, 2)
    assert set(edge.tolist()) == set(range(7, 31))


def test_a_draw_belongs_to_replication_owner_and_name() -> None:
    """Neither who else is drawn, nor what else is fixed, nor the order of the declarations changes a draw."""
    all_, few = draw(TOY, SEEDS[:9], {}, True), draw(TOY, SEEDS[3:4], {"whole": 1}, True)
    assert few["real"][0] == all_["real"][3]
    backwards = draw(dict(reversed(TOY.items())), SEEDS[:9], {}, True)
    assert all(np.array_equal(backwards[k], all_[k]) for k in TOY)
    other = draw(specs(Toy, "other"), SEEDS, {}, True)["real"][:, 0]
    mine = draw(TOY, SEEDS, {}, True)["real"][:, 0]
    assert abs(np.corrcoef(mine, other)[0, 1]) < 4 / np.sqrt(len(SEEDS))
    assert not np.any(mine == other)


@given(st.sampled_from(sorted(everything())), st.integers(0, 2**32))
def test_every_draw_is_a_value_that_would_be_accepted(name: str, seed: int) -> None:
    """What is drawn from a prior of the program, its user could have written down."""
    spec = everything()[name]
    value = draw({"x": spec}, noise.bits(np.array([seed]), "x", np.arange(50)), {}, True)["x"]
    for v in value[:, 0].tolist():
        assert spec.type is bool or spec.check(v) == v
