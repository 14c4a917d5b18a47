"""Setting the observable context of a press case on worlds that have burnt in, before any scenario and in all alike.

Worlds live their burn-in as ever. On day 0, before scenarios part, the body, contract, fund and members that the page
tells of are put in the place of what was drawn; on the case's own day things break. What is set has been observed and
differs in no scenario; how people behave, what they are able to do and what anything is worth to them stays as drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import books, noise
from sim.cases import NEVER, Kind
from sim.parameters import Value
from sim.places.compound import OWNER
from sim.rules import bodies, contracts, defects, elections, projects
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.study.press.cases import Case
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

BODIES = {"none": bodies.NONE, "committee": bodies.COMMITTEE, "management": bodies.MANAGEMENT}


def structure(case: Case) -> dict[str, Value]:
    """Return the structural parameters that the context sets."""
    out: dict[str, Value] = {"compounds": case.says("compounds"), "households": case.says("households")}
    if case.says("equal_size"):
        out["size_spread"] = 0.0
    return out


def fixed(case: Case) -> dict[str, Value]:
    """Return the parameters of the world that the context sets: ages, and how many contracts have a term."""
    out: dict[str, Value] = {}
    if "age" in case.context:
        out |= {"youngest": case.says("age"), "oldest": case.says("age")}
    if "fixed_term" in case.context:
        out["fixed_share"] = case.says("fixed_term")
    return out


def find(w: Worlds, case: Case) -> None:
    """Put in place, as day 0 begins, what was observed of every compound: body, contract, fund, members."""
    if w.day != 0:
        raise ValueError("what stood when the year began is set as day 0 begins")
    everywhere = np.ones(w.contract.shape, dtype=bool)
    if "body" in case.context:
        changed = w.body_found != BODIES[case.says("body")]
        w.body_found[...] = BODIES[case.says("body")]
        w.term_end[...] = np.where(changed, elections.found(w), w.term_end)
    if "contract" in case.context:
        contracts.stand(w, everywhere, case.says("contract_ends") if case.says("contract") == "fixed" else NEVER)
    if "fund" in case.context:
        level = round(case.says("fund") * books.FEN) * w.layout.count("compound", "household")
        w.outside[...] += (w.fund - level).sum(axis=1, keepdims=True)  # what was there goes where it came from
        w.fund[...] = level
    if "core_members" in case.context:
        _members(w, case.says("core_members"))


def _members(w: Worlds, wanted: int) -> None:
    """Let so many owners at home, at least, be party members in every compound; who is added is drawn by lot."""
    flat = np.arange(w.households)
    compound = w.layout.up("household", "compound")
    lot = (noise.bits(w.seeds[:, None], "press.member", flat) >> np.uint64(30)).astype(np.int64)
    world, owner = np.nonzero(w.tenure == OWNER)
    key = np.where(w.member[world, owner], 0, 1 + lot[world, owner])
    among = rank_in_group(world * w.layout.sizes["compound"] + compound[owner], key)
    first = among < wanted
    w.member[world[first], owner[first]] = True


def strike(w: Worlds, case: Case) -> None:
    """Let break what was observed to be broken, in every compound, as the case's day begins."""
    if w.day != case.says("day"):
        raise ValueError("things break on the case's own day")
    chosen = broken(w, case)
    world, at = np.nonzero(~w.defective[:, chosen])
    defects.break_down(w, world, chosen[at])
    if case.says("project_days"):
        projects.begin(w, np.ones(w.contract.shape, dtype=bool), case.says("project_days"))


def broken(w: Any, case: Case) -> Ints:
    """Return the assets that the case says are broken: the first roofs by number, the grounds, the road."""
    kind = w.layout.traits["asset_kind"]
    assets = np.arange(len(kind))
    compound = w.layout.up("asset", "compound")
    roofs = assets[kind == int(Kind.ROOF)]
    chosen = [roofs[rank_in_group(compound[roofs]) < case.says("leaking_roofs")]]
    for key, what in (("pests", Kind.PESTS), ("broken_road", Kind.ROAD)):
        if case.says(key):
            chosen.append(assets[kind == int(what)])
    return np.sort(np.concatenate(chosen))
