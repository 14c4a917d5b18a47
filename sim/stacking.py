"""Stacking: worlds stand once for every scenario, with the mechanisms that it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim import mechanisms, places, winding
from sim.errors import ConfigError
from sim.mechanisms import Setting
from sim.parameters import Values, draw
from sim.rules import offices, suffering, votes
from sim.scenario import Scenario
from sim.tables import TABLES, EventLog

if TYPE_CHECKING:
    from sim.worlds import Worlds


def stack(w: Worlds, scenarios: Sequence[Scenario], keep: bool = True) -> Worlds:
    """Return the worlds once for every scenario, with that scenario's mechanisms set up, see `Worlds.stack`."""
    if w.day % 7:
        raise ValueError(f"scenarios begin with a week; day {w.day} is in the midst of one")
    copies = len(scenarios)
    out: Worlds = object.__new__(type(w))
    out.recipe, out.recipes, out.layout = w.recipe, w.recipes, w.layout
    out.rules, out.settlements, out.levers = w.rules, w.settlements, w.levers
    out.columns = dict(w.columns)
    out._acting = None
    out._standing = w._standing
    out.day = out.first_day = w.day
    out.first_book_day = w.first_book_day
    out.n = w.n * copies
    out.seeds = np.tile(w.seeds, copies)
    out.replication = np.tile(w.replication, copies)
    out.group = np.tile(w.group, copies)
    out.scenario = np.repeat(np.arange(copies), w.n)
    out.scenario_names = [s.name for s in scenarios]
    out.p = Values({k: np.tile(v, (copies, 1)) for k, v in w.p.values.items()})
    as_it_is = copies == 1 and not keep
    shelved = [name for name, column in w.columns.items() if column.shelf]
    rows = {name: getattr(w, name).n for name in TABLES}
    for name in (*w.columns, *w.levers):
        if name not in shelved:
            array = getattr(w, name)
            setattr(out, name, array if as_it_is else np.tile(array, (copies, 1)))
            if not keep:  # each goes before the next is made
                delattr(w, name)
    if not keep:
        for name in shelved:
            delattr(w, name)
    shelves = dict(w.shelves)
    for shelf in shelves:
        array = shelves[shelf] if keep else w.shelves.pop(shelf)
        shelves[shelf] = array if as_it_is else np.tile(array, (1, copies, 1, 1))
    out._shelve(shelves)
    for name in TABLES:
        table = getattr(w, name)
        setattr(out, name, table if as_it_is else table.stacked(copies, w.n, rows))
        if not keep:
            delattr(w, name)
    for name, column in w.columns.items():
        if column.points_to:
            array = getattr(out, name)
            array += np.where(array >= 0, out.scenario[:, None] * rows[column.points_to], 0)
    out.log = EventLog(np.tile(w.log.watched, copies))
    out.over = {k: np.tile(v, (copies, 1, 1)) for k, v in w.over.items()}
    flows = list(w.flow)  # what has been counted is added
    out._open_diary(flows, list(w.stock), np.tile(w._today, copies))
    out.derived, out.page, out.newborn, out.waits, out.heard, out.closed = {}, {}, [], [], [], []
    out.due, out.lots, out.ahead, out.others = w.due[:0], w.lots[:0], winding.NOTHING_YET, {}
    out.handed, out.begun, out.ceased, out.counted = [], [], [], votes.NOT_YET
    suffering.begin_anew(out)
    appoint(out, scenarios)
    return out


def appoint(w: Worlds, scenarios: Sequence[Scenario]) -> None:
    """Bring in the mechanisms that any scenario names, with switches and parameters by world."""
    w.settings, w.mechanisms = {}, []
    per_world = [scenarios[int(s)] for s in w.scenario]
    for name, kind in mechanisms.in_order().items():
        chosen = [s.choices.get(name) for s in per_world]
        if not any(chosen):
            continue
        if not set(places.settlements(w.recipe.place)) & set(kind.places):
            raise ConfigError(
                f"mechanism '{name}' does not apply in a {w.recipe.place}; it does in: {', '.join(kind.places)}"
            )
        if reason := kind.refuse(w.recipe.structure):
            raise ConfigError(reason)
        present = np.array([c is not None for c in chosen])[:, None]
        switches = {
            channel: np.array([c is not None and c.channels[channel] for c in chosen])[:, None]
            for channel in kind.channels
        }
        known = mechanisms.mechanism_specs(name)
        values = draw(known, w.seeds, {}, w.recipe.prior_draws)
        for number, recipe in enumerate(w.recipes):
            for key, value in recipe.mechanisms.get(name, {}).items():
                values[key][w.group == number, 0] = value
        for key in known:
            for k, choice in enumerate(chosen):
                if choice is not None and key in choice.fixed:
                    values[key][k, 0] = choice.fixed[key]
        w.settings[name] = Setting(present, switches, values)
        mechanism = kind()
        w.mechanisms.append(mechanism)
        for column in mechanism.columns:
            w.columns[column.name] = column
            shape = (w.n, w.layout.rows(column.of))
            setattr(w, column.name, np.full(shape, column.default, dtype=column.dtype))
    with w.guarded():
        for mechanism in w.mechanisms:
            with w.acting(mechanism):
                mechanism.set_up(w, w.settings[mechanism.name])
    offices.change(w)
