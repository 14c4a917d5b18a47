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

from sim.cases import Activity, Kind, Stage
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, COURT, Structure
from sim.rules.desks import kinds
from sim.scenario import parse
from sim.schedule import world_specs
from sim.worlds import Recipe, Worlds
from tests.helpers import desk_rows, total

CASE = ("world", "kind", "bearer", "ordinal")
"""Fields of the event log that name a case."""

FOLDER = Path(__file__).parent / "worked"

EXAMPLES = [
    pytest.param(example, id=f"{file.stem}: {example['title']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for example in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]


def quarrels(w: Worlds, stage: Stage) -> np.ndarray[Any, Any]:
    """Return which ended cases are quarrels that ended so."""
    return (w.ended.kind == Kind.NEIGHBOUR) & (w.ended.stage == stage)


def each(fen: np.ndarray[Any, Any], w: Worlds) -> np.ndarray[Any, Any]:
    """Return yuan for each repair that has been begun, in each world."""
    begun = total(w, "repaired") + np.bincount(w.cases.world[w.cases.stage == Stage.WORKS], minlength=w.n)
    return fen / np.maximum(begun, 1) / 100


def in_court(w: Worlds) -> list[int]:
    """Return the days from being sued over to the judgement, of every case judged."""
    log = w.log.arrays()
    sued: dict[tuple[int, ...], int] = {}
    days = []
    for *case, activity, day in zip(*(log[f].tolist() for f in (*CASE, "activity", "day")), strict=True):
        if activity == Activity.SUED:
            sued[tuple(case)] = day
        if activity == Activity.JUDGED:
            days.append(day - sued[tuple(case)])
    return days


def judged(w: Worlds) -> list[int]:
    """Return the days of judgements, in order."""
    log = w.log.arrays()
    return sorted(log["day"][log["activity"] == Activity.JUDGED].tolist())


READ: dict[str, Callable[[Worlds], Any]] = {
    "sessions of every settled quarrel": lambda w: w.ended.sessions[quarrels(w, Stage.SETTLED)],
    "quarrels settled": lambda w: quarrels(w, Stage.SETTLED).sum(),
    "quarrels settled at a body": lambda w: (quarrels(w, Stage.SETTLED) & (kinds(w)[w.ended.desk] == BODY)).sum(),
    "quarrels settled at a centre": lambda w: (quarrels(w, Stage.SETTLED) & (kinds(w)[w.ended.desk] == CENTRE)).sum(),
    "quarrels settled by a court": lambda w: (quarrels(w, Stage.SETTLED) & (kinds(w)[w.ended.desk] == COURT)).sum(),
    "quarrels settled out of court": lambda w: (quarrels(w, Stage.SETTLED) & (kinds(w)[w.ended.desk] != COURT)).sum(),
    "days in court of every settled quarrel": lambda w: in_court(w),
    "days between judgements": lambda w: np.diff(judged(w)),
    "suits that waited on the last day": lambda w: w.stock["suits_waiting"],
    "quarrels that failed": lambda w: quarrels(w, Stage.FAILED).sum(),
    "shares asked in yuan": lambda w: w.motions.share[w.motions.share > 0] / 100,
    "owners asked for a share": lambda w: w.motions.asked[w.motions.share > 0],
    "paid for each repair in yuan": lambda w: each(total(w, "repair_fen"), w),
    "paid and unpaid for each repair in yuan": lambda w: each(total(w, "repair_fen") + total(w, "unpaid_fen"), w),
    "paid by the company for each repair in yuan": lambda w: each(
        total(w, "company_fen") + total(w, "paid_company_fen"), w
    ),
    "paid by public income for each repair in yuan": lambda w: each(total(w, "paid_public_fen"), w),
    "paid by the fund for each repair in yuan": lambda w: each(total(w, "paid_fund_fen"), w),
    "paid by the developer for each repair in yuan": lambda w: each(total(w, "warranty_fen"), w),
    "paid by the public budget for each repair in yuan": lambda w: each(total(w, "relief_fen"), w),
    "repairs done": lambda w: total(w, "repaired"),
    "roofs mended": lambda w: total(w, "mended"),
    "signing rounds paid back": lambda w: total(w, "refunded"),
    "ballots that failed": lambda w: total(w, "voted_down"),
    "shares signed": lambda w: total(w, "signed_shares"),
    "earned by the company in a quarter in yuan": lambda w: w.earned / 100,
    "public income of the owners in yuan": lambda w: w.public / 100,
    "owed in fees in yuan": lambda w: w.arrears.sum(axis=1) / 100,
    "compounds captured": lambda w: w.captured.sum(axis=1),
    "bribes in yuan": lambda w: total(w, "bribes_fen") / 100,
    "rounds of talks": lambda w: total(w, "talks"),
    "repairs conceded": lambda w: total(w, "conceded"),
    "conceded for each repair in yuan": lambda w: total(w, "conceded_fen") / np.maximum(total(w, "conceded"), 1) / 100,
    "minutes a week for inspections": lambda w: w.inspections_minutes,
    "minutes in hand for a ledger": lambda w: w.ledger_balance / 7,
    "minutes in hand for inspections": lambda w: w.inspections_balance / 7,
    "minutes in hand for talks": lambda w: w.talks_balance / 7,
    "minutes a week for talks": lambda w: w.talks_minutes,
    "minutes a week at a company's desk": lambda w: w.desk_minutes[:, desk_rows(w, COMPANY)],
    "minutes a week at a body's desk": lambda w: w.desk_minutes[:, desk_rows(w, BODY)],
    "minutes a week at a branch's desk": lambda w: w.desk_minutes[:, desk_rows(w, BRANCH)],
    "minutes a week at a community's desk": lambda w: w.desk_minutes[:, desk_rows(w, COMMUNITY)],
    "minutes a week at a centre's desk": lambda w: w.desk_minutes[:, desk_rows(w, CENTRE)],
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
    w = Worlds(recipe, watch=(0,)).stack([parse(example["title"], example["scenario"])])
    w.run(example["days"])
    for wanted in example["expect"]:
        found = np.atleast_1d(READ[wanted["what"]](w))
        assert found.size, f"nothing to look at for '{wanted['what']}'"
        low, high = (wanted["is"],) * 2 if "is" in wanted else (wanted["at least"], wanted.get("at most", np.inf))
        assert np.all((found >= low) & (found <= high)), f"{wanted}: found {found}"
