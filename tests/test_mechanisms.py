"""Mechanisms: they offer to levers and write nothing else, and they compose in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import books, mechanisms
from sim.columns import COMBINERS, Column, Lever, combine
from sim.mechanisms import Mechanism, Setting
from sim.parameters import parameter
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, HOTLINE
from sim.rules.keeping import PURPOSES
from sim.worlds import TABLES, Worlds
from tests.helpers import BUSY, assert_same, burnt_in, desk_rows, difference, lived, say, state, total

NOUGHT = np.array([0])


@dataclass(frozen=True)
class ToyParameters:
    """A toy's one number."""

    size: float = parameter(
        3.0, 0.0, 9.0, unit="hours/week", doc="how much the toy offers", source="guess: a toy", kind="set"
    )


class Toy(Mechanism):
    """Counts its own changes of office and does what the test wants."""

    name = "toy"
    channels = ("play",)
    Parameters = ToyParameters
    places = ("compound",)
    columns = (Column("toy_weeks", "compound", np.int64, "changes of office seen"),)
    act: ClassVar[Callable[[Worlds, Setting], None]] = staticmethod(lambda w, me: None)

    def set_up(self, w: Worlds, me: Setting) -> None:
        w.toy_weeks[...] = 100

    def offices(self, w: Worlds, me: Setting) -> None:
        w.toy_weeks += 1
        type(self).act(w, me)


class Extra(Toy):
    """Adds hours to every desk of a body."""

    name = "extra"
    columns = ()
    offers = ("extra_minutes", "principals", "ledger_loss")

    def set_up(self, w: Worlds, me: Setting) -> None:
        pass

    def offices(self, w: Worlds, me: Setting) -> None:
        w.offer("extra_minutes", 60 * me.size, me.on("play"))
        w.offer("principals", 3, me.on("play") & (np.arange(w.layout.sizes["compound"]) == 0))
        w.offer("ledger_loss", 0.02, me.on("play"))


@pytest.fixture(scope="module")
def found() -> Worlds:
    """Two replications, burnt in, with something in every table."""
    return burnt_in(replications=(0, 4), fixed=BUSY)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put mechanisms into the folder, in a given order."""
    real = mechanisms.registry()

    def fill(*kinds: type[Mechanism], order: tuple[str, ...] = ()) -> None:
        known = {**real, **{k.name: k for k in kinds}}
        known = {name: known[name] for name in order or known}
        for module in (mechanisms, mechanisms_of_scenario()):
            monkeypatch.setattr(module, "registry", lambda: known)

    return fill


def mechanisms_of_scenario() -> Any:
    """Return the module that has taken the registry under its own name."""
    from sim import scenario

    return scenario


# --- reading and writing --------------------------------------------------------------------------


def test_what_it_writes_into_its_own_columns_stays_its_own(found: Worlds, folder: Callable[..., None]) -> None:
    """Its columns are filled at day 0 and counted up by it; nothing else of any world changes."""
    folder(Toy)
    w = lived(found, 22, say("toy"), say())
    assert np.all(w.toy_weeks == 100 + 1 + 3)
    assert w.columns["toy_weeks"].of == "compound"
    assert not hasattr(found, "toy_weeks")
    for k in range(found.n):
        with_toy, without = ({n: x for n, x in state(w, j).items() if "toy_weeks" not in n} for j in (k, found.n + k))
        assert difference(with_toy, without) == ""


def writes(found: Worlds) -> dict[str, Callable[[Worlds], None]]:
    """Return one forbidden act for every array of the worlds."""

    def into(get: Callable[[Worlds], Any]) -> Callable[[Worlds], None]:
        def act(w: Worlds) -> None:
            get(w)[...] = 1

        return act

    acts: dict[str, Callable[[Worlds], None]] = {}
    for name in (*found.columns, *found.levers):
        acts[f"column {name}"] = into(lambda w, name=name: getattr(w, name))
    for table in TABLES:
        for field in getattr(found, table).fields:
            acts[f"{table}.{field}"] = into(lambda w, table=table, field=field: getattr(getattr(w, table), field))
    for name in found.flow:
        acts[f"flow {name}"] = into(lambda w, name=name: w.flow[name])
    for name in found.stock:
        acts[f"stock {name}"] = into(lambda w, name=name: w.stock[name])
    for name in found.over:
        acts[f"tally {name}"] = into(lambda w, name=name: w.tally[name])
        acts[f"over {name}"] = into(lambda w, name=name: w.over[name])
    for name in found.p.values:
        acts[f"parameter {name}"] = into(lambda w, name=name: w.p.values[name])
    acts["offer to a column"] = lambda w: w.offer("purse", 1)
    return acts


def test_it_can_write_nowhere_else(found: Worlds, folder: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column, lever, table, tally, stock, flow and parameter is read-only to a mechanism."""
    folder(Toy)
    before = [state(found, k) for k in range(found.n)]
    assert all(len(getattr(found, table)) for table in TABLES if table not in ("spells", "calls"))  # steppe; what waits
    for name, forbidden in writes(found).items():
        monkeypatch.setattr(Toy, "act", staticmethod(lambda w, me, forbidden=forbidden: forbidden(w)))
        with pytest.raises((ValueError, KeyError, TypeError)):
            found.stack([say("toy")])
            pytest.fail(f"a mechanism could write into {name}")
    assert all(difference(state(found, k), b) == "" for k, b in enumerate(before))


def test_rules_may_write_again_afterwards(found: Worlds) -> None:
    """The guard is lifted after the mechanisms have acted: columns writeable, levers not."""
    w = found.stack([say("formed_body", "yijiantiao")])
    assert all(getattr(w, name).flags.writeable for name in w.columns)
    assert not any(getattr(w, name).flags.writeable for name in w.levers)
    assert all(getattr(getattr(w, t), f).flags.writeable for t in TABLES for f in getattr(w, t).fields)


def test_levers_start_from_their_base_every_week(found: Worlds, folder: Callable[..., None]) -> None:
    """Offers do not pile up: after many weeks of the same offer the lever is as on the first day."""
    folder(Extra)
    w = found.stack([say("extra"), say()])
    first = {name: getattr(w, name).copy() for name in w.levers}
    w.run(70)
    assert all(np.array_equal(getattr(w, name), x) for name, x in first.items())
    assert np.all(w.extra_minutes[: found.n] == 180)
    assert not np.any(w.extra_minutes[found.n :])
    assert w.principals[: found.n].tolist() == [[3, 1, 1]] * found.n


def test_every_lever_is_declared_with_what_it_changes(found: Worlds) -> None:
    """The list of levers is the list of all that policy may touch: unit and meaning stand with each."""
    for name, lever in found.levers.items():
        assert lever.name == name
        assert lever.unit.strip()
        assert lever.doc.strip()
        assert lever.combine in COMBINERS
        assert lever.of in found.layout.sizes
    assert not set(found.levers) & set(found.columns)


# --- composing ------------------------------------------------------------------------------------


@given(st.sampled_from(sorted(COMBINERS)), st.permutations(range(4)), st.integers(0, 2**16))
def test_offers_join_in_any_order(how: Any, order: list[int], seed: int) -> None:
    """Whatever the combinator, offers with masks give the same lever in any order."""
    draw = np.random.default_rng(seed)
    offers = [(draw.integers(-5, 9, (3, 1)), draw.random((3, 4)) < 0.5) for _ in range(4)]
    lever = Lever("x", "compound", 0, how, "1", "a toy")
    out = []
    for sequence in (range(4), order):
        current = np.full((3, 4), 2, dtype=np.int64)
        for k in sequence:
            combine(lever, current, *offers[k])
        out.append(current)
    assert np.array_equal(*out)
    untouched = ~np.any([where for _, where in offers], axis=0)
    assert np.all(out[0][untouched] == 2)


class Founder(Toy):
    """Forms a body with a busy director everywhere."""

    columns = ()
    offers = ("body", "director_minutes")

    def set_up(self, w: Worlds, me: Setting) -> None:
        pass

    def offices(self, w: Worlds, me: Setting) -> None:
        w.offer("body", 2, me.on("play"))
        w.offer("director_minutes", 600, me.on("play"))


@pytest.mark.parametrize("kind", [Extra, Founder])
def test_two_mechanisms_compose_in_either_order(
    found: Worlds, folder: Callable[..., None], kind: type[Mechanism]
) -> None:
    """A toy beside 一肩挑 that adds hours, or the very bodies it needs: first or last by name, the same worlds."""
    runs = []
    for name in ("aaa", "zzz"):
        folder(type("Named", (kind,), {"name": name}))
        two_persons = [name, "yijiantiao", "yijiantiao.coordination=off"]
        words = [["yijiantiao", name], ["formed_body", name], [name], two_persons]
        runs.append(lived(found, 40, *(say(*w) for w in words)))
    assert np.all(runs[1].merged[: found.n] == runs[0].merged[: found.n])
    for k in range(runs[0].n):
        assert_same(runs[0], k, runs[1], k)


def test_a_lever_not_declared_is_closed(found: Worlds, folder: Callable[..., None]) -> None:
    """A mechanism offers only to the levers it declares, so the declarations can be trusted."""

    class Sly(Extra):
        name = "sly"
        offers = ("principals", "ledger_loss")

    folder(Sly)
    with pytest.raises(TypeError, match="'sly' does not declare that it offers to 'extra_minutes'"):
        found.stack([say("sly")])


@pytest.mark.parametrize(
    "act",
    [
        lambda w: w.count("arisen", NOUGHT),
        lambda w: w.stocks("aching", NOUGHT, 1),
        lambda w: w.agenda.append(world=NOUGHT, clock=0, row=0, day=0, stamp=0),
        lambda w: w.grievances.keep(np.zeros(len(w.grievances), dtype=bool)),
        lambda w: books.transfer(w, "purse", NOUGHT, "outside", NOUGHT, NOUGHT, NOUGHT),
    ],
    ids=["a flow", "a stock", "a new row", "a lost row", "money"],
)
def test_it_cannot_act_through_the_back_door(
    found: Worlds, folder: Callable[..., None], monkeypatch: pytest.MonkeyPatch, act: Callable[[Worlds], None]
) -> None:
    """Counting, booking and moving money are closed too, although ``ufunc.at`` writes into read-only arrays."""
    monkeypatch.setattr(Toy, "act", staticmethod(lambda w, me: act(w)))
    folder(Toy)
    with pytest.raises(TypeError, match="only"):
        found.stack([say("toy")])


def test_the_order_of_words_does_not_matter(found: Worlds) -> None:
    """The words of a scenario in another order are the same scenario."""
    w = lived(
        found,
        40,
        say("formed_body", "yijiantiao", "yijiantiao.hours=2"),
        say("yijiantiao.hours=2", "yijiantiao", "formed_body"),
    )
    for k in range(found.n):
        assert_same(w, k, w, found.n + k)


def test_hours_are_not_conjured(found: Worlds) -> None:
    """Equal hours: the one person gives the sum of what director and secretary gave; practices come out of it."""
    w = found.stack(
        [
            say("formed_body"),
            say("formed_body", "yijiantiao", "yijiantiao.equal_hours=on"),
            say("formed_body", "yijiantiao", "yijiantiao.coordination=off"),
            say("formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.extra_hours=2"),
        ]
    )
    c, n = w.layout.sizes["compound"], found.n
    assert w.layout.sizes["desk"] == sum(len(desk_rows(w, kind)) for kind in range(HOTLINE))
    minutes = w.desk_minutes.reshape(4, n, -1)
    body, branch = minutes[:, :, desk_rows(w, BODY)], minutes[:, :, desk_rows(w, BRANCH)]
    aside = (getattr(w, p + ("_time" if p == "doors" else "_minutes")) for p in PURPOSES)
    kept = sum(minutes.reshape(4, n, c) for minutes in aside)
    director = w.director_minutes.reshape(4, n, c)
    assert np.array_equal(body[0] + kept[0], director[0])
    assert np.array_equal(body[1] + kept[1], director[1] + 240)
    assert np.array_equal(body[2], body[0])
    assert np.array_equal(branch[2] + kept[2] - kept[0], np.full((n, c), 240))
    assert np.all(kept[2] > kept[0])
    assert np.array_equal(body[3], body[0] + 120)
    for kind in (COMPANY, COMMUNITY, CENTRE):
        untouched = minutes[:, :, desk_rows(w, kind)]
        assert np.any(untouched)
        assert np.all(untouched == untouched[0])
    assert np.all(total(lived(found, 5), "minutes_ledger") == 0)
