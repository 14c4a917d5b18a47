"""Worked examples: small cases in ``tests/worked`` that a policy person can check by hand, in YAML.

An example fixes parameters so that chance decides nothing that is asked, lives some days and says what must come out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim.cases import Kind, Stage
from sim.places.compound import Structure
from sim.scenario import parse
from sim.schedule import world_specs
from sim.worlds import Recipe, Worlds
from tests.helpers import total

FOLDER = Path(__file__).parent / "worked"

EXAMPLES = [
    pytest.param(example, id=f"{file.stem}: {example['title']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for example in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]


def quarrels(w: Worlds, stage: Stage) -> np.ndarray[Any, Any]:
    """Return which ended cases are quarrels that ended so."""
    return (w.ended.kind == Kind.NEIGHBOUR) & (w.ended.stage == stage)


def rounds(w: Worlds) -> np.ndarray[Any, Any]:
    """Return how many roofs have been paid for in each world."""
    begun = total(w, "mended") + ((w.cases.stage == Stage.WORKS).sum() if len(w.cases) else 0)
    return np.maximum(begun, 1)


READ: dict[str, Callable[[Worlds], Any]] = {
    "sessions of every settled quarrel": lambda w: w.ended.sessions[quarrels(w, Stage.SETTLED)],
    "quarrels settled": lambda w: quarrels(w, Stage.SETTLED).sum(),
    "quarrels settled at a body": lambda w: (
        quarrels(w, Stage.SETTLED) & (w.ended.desk < 2 * w.layout.sizes["compound"])
    ).sum(),
    "quarrels that failed": lambda w: quarrels(w, Stage.FAILED).sum(),
    "shares asked in yuan": lambda w: w.share[w.share > 0] / 100,
    "paid for each roof in yuan": lambda w: total(w, "repair_fen") / rounds(w) / 100,
    "paid and unpaid for each roof in yuan": lambda w: (
        (total(w, "repair_fen") + total(w, "unpaid_fen")) / rounds(w) / 100
    ),
    "roofs mended": lambda w: total(w, "mended"),
    "signing rounds paid back": lambda w: total(w, "refunded"),
    "minutes a week at a body's desk": lambda w: w.desk_minutes[:, 0 : 2 * w.layout.sizes["compound"] : 2],
    "minutes a week at a branch's desk": lambda w: w.desk_minutes[:, 1 : 2 * w.layout.sizes["compound"] : 2],
}
"""What an example may ask for, in words; every value read must be as expected."""


@pytest.mark.parametrize("example", EXAMPLES)
def test_worked_example(example: dict[str, Any]) -> None:
    """What was worked out by hand comes out."""
    known = world_specs("compound")
    assert set(example["world"]) <= set(known), "an example sets a parameter that there is not"
    structure = {f: s.default for f, s in known.items() if s.kind == "structural"}
    structure |= {"compounds": 2, "households": 48, "size_spread": 0.0} | example.get("structure", {})
    Structure(**structure)
    recipe = Recipe("compound", structure, example["world"], replications=(0,), prior_draws=False)
    w = Worlds(recipe).stack([parse(example["title"], example["scenario"])])
    w.run(example["days"])
    for wanted in example["expect"]:
        found = np.atleast_1d(READ[wanted["what"]](w))
        assert found.size, f"nothing to look at for '{wanted['what']}'"
        low, high = (wanted["is"],) * 2 if "is" in wanted else (wanted["at least"], wanted.get("at most", np.inf))
        assert np.all((found >= low) & (found <= high)), f"{wanted}: found {found}"
