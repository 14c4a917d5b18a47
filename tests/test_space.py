"""Space: ragged rows and ranks as plain Python has them; a layout in which everybody lives somewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import noise, space
from sim.cases import Kind
from sim.places.compound import ENTRANCES, FLATS_PER_LANDING, Structure, build
from sim.space import LAND_USE, SEARCHED, SHORT, Layout, first_of_group, rank_in_group
from tests.helpers import burnt_in

sizes = st.lists(st.integers(0, 5), min_size=1, max_size=8)


@given(sizes=sizes, data=st.data())
def test_rows_of_lists_children_parent_by_parent(sizes: list[int], data: st.DataObject) -> None:
    """Parents in any order, several times over, some without children: as a loop would list them."""
    layout = Layout("x", {"child": sum(sizes), "parent": len(sizes)})
    layout.nest("child", "parent", np.repeat(np.arange(len(sizes)), sizes))
    wanted = data.draw(st.lists(st.integers(0, len(sizes) - 1), max_size=10))
    children, position = layout.rows_of("parent", "child", np.array(wanted, dtype=np.int64))
    of = [p for p, size in enumerate(sizes) for _ in range(size)]
    plain = [(c, i) for i, parent in enumerate(wanted) for c in range(len(of)) if of[c] == parent]
    assert list(zip(children.tolist(), position.tolist(), strict=True)) == plain
    assert layout.up("child", "parent").tolist() == of
    assert layout.count("parent", "child").tolist() == sizes
    assert [f for f, n in zip(layout.first("parent", "child").tolist(), sizes, strict=True) if n] == [
        of.index(p) for p, n in enumerate(sizes) if n
    ]


def test_children_must_stand_in_the_order_of_their_parents() -> None:
    """Rows out of order are refused: the helpers would list the wrong ones."""
    with pytest.raises(ValueError, match="order"):
        Layout("x", {"child": 3, "parent": 2}).nest("child", "parent", np.array([0, 1, 0]))


keys = st.integers(0, 2) | st.integers(0, 2**40 - 1)
rows = st.lists(st.tuples(st.integers(0, 3) | st.just(2**23 - 1), keys), max_size=25)


@given(rows)
def test_rank_in_group_is_counting_who_comes_before(rows: list[tuple[int, int]]) -> None:
    """By the key, then by position: the rank is the number of rows of the group that come first."""
    group, key = (np.array(x) for x in zip(*rows, strict=True)) if rows else (np.zeros(0, dtype=int),) * 2
    rank = rank_in_group(group, key)
    plain = [
        sum(1 for j, b in enumerate(rows) if b[0] == a[0] and ((*b[1:], j) < (*a[1:], i))) for i, a in enumerate(rows)
    ]
    assert rank.tolist() == plain
    alone = rank_in_group(group)
    assert alone.tolist() == [sum(1 for b in rows[:i] if b[0] == a[0]) for i, a in enumerate(rows)]


@pytest.mark.parametrize("rows", [0, 1, 2, SHORT, SHORT + 1, SEARCHED, SEARCHED + 1, 2_000])
def test_groups_are_found_in_short_and_in_long_lists(rows: int) -> None:
    """The ways of short lists and of long ones find what a loop finds, whether groups are many or few."""
    rng = np.random.default_rng(rows)
    for groups in (1, 3, 10 * rows + 1):
        group = rng.integers(0, groups, rows)
        ordered = np.sort(group)
        first = [next(j for j, b in enumerate(ordered) if b == a) for a in ordered]
        assert first_of_group(ordered).tolist() == first
        seen: dict[int, int] = {}
        plain = []
        for one in group.tolist():
            plain.append(seen.get(one, 0))
            seen[one] = plain[-1] + 1
        assert rank_in_group(group).tolist() == plain


# --- the layout of compounds -----------------------------------------------------------------------


def laid_out(seed: int = 1, **structure: Any) -> Layout:
    """Lay out compounds."""
    return build(Structure(**structure), noise.bits(np.array([seed]), "layout", 0))


structures = st.fixed_dictionaries(
    dict(
        compounds=st.integers(1, 9),
        households=st.integers(12, 120),
        size_spread=st.floats(0, 1),
        floors=st.integers(1, 12),
        compounds_per_community=st.integers(1, 5),
        communities_per_centre=st.integers(1, 4),
    )
)


@given(structures, st.integers(1, 1000))
def test_everybody_lives_in_exactly_one_place(structure: dict[str, Any], seed: int) -> None:
    """Every flat has one entrance, building, compound, community and centre, and these agree with one another."""
    layout = laid_out(seed, **structure)
    n, compounds = layout.sizes, structure["compounds"]
    assert (n["world"], n["compound"]) == (1, compounds)
    assert n["community"] == -(-compounds // structure["compounds_per_community"])
    assert n["centre"] == -(-n["community"] // structure["communities_per_centre"])
    assert n["desk"] == 3 * compounds + n["community"] + n["centre"] + 1  # the court comes last
    assert n["candidate"] == 3 * compounds
    assert layout.up("candidate", "compound").tolist() == [c for c in range(compounds) for _ in range(3)]
    for parent in ("entrance", "building", "compound", "community", "centre"):
        up, count = layout.up("household", parent), layout.count(parent, "household")
        assert np.array_equal(np.bincount(up, minlength=n[parent]), count)
        assert count.sum() == n["household"]
        assert np.all(count > 0)
    entrance, building = layout.up("household", "entrance"), layout.up("household", "building")
    compound = layout.up("household", "compound")
    assert np.array_equal(layout.up("entrance", "building")[entrance], building)
    assert np.array_equal(layout.up("building", "compound")[building], compound)
    assert np.array_equal(layout.up("compound", "community")[compound], layout.up("household", "community"))
    per_community = layout.count("community", "compound")
    assert np.all(per_community[:-1] == structure["compounds_per_community"])
    community = layout.up("household", "community")
    assert np.array_equal(layout.up("community", "centre")[community], layout.up("household", "centre"))
    assert np.all(layout.count("centre", "community")[:-1] == structure["communities_per_centre"])


@given(structures, st.floats(1, 50), st.integers(1, 1000))
def test_every_compound_has_one_first_company(structure: dict[str, Any], mean: float, seed: int) -> None:
    """Companies serve compounds next to one another and bear the number of the first; mean 1: each its own."""
    company = laid_out(seed, **structure, portfolio_mean=mean).traits["first_company"].tolist()
    first = -1
    for compound, number in enumerate(company):
        assert number in (first, compound)
        first = number
    assert company[0] == 0
    alone = laid_out(seed, **structure, portfolio_mean=1.0).traits["first_company"]
    assert alone.tolist() == list(range(structure["compounds"]))


def test_companies_serve_as_many_compounds_as_is_said() -> None:
    """1 + a geometric number of compounds to a company: 3 on average, a third of them one only."""
    company = laid_out(compounds=9000, households=12, portfolio_mean=3.0).traits["first_company"]
    served = np.unique(company, return_counts=True)[1]
    standard_error = np.sqrt(2 * 3 / len(served))  # a geometric number of mean 2 has variance 2 x (1 + 2)
    assert abs(served.mean() - 3.0) < 4 * standard_error
    assert abs(np.mean(served == 1) - 1 / 3) < 4 * np.sqrt(2 / 9 / len(served))


@given(structures, st.integers(1, 1000))
def test_every_asset_belongs_to_one_building_or_compound(structure: dict[str, Any], seed: int) -> None:
    """Roof, pipes and lights in every building, rubbish, grounds, road and site in every compound, at known rows."""
    layout = laid_out(seed, **structure)
    n, kind, building = layout.sizes, layout.traits["asset_kind"], layout.traits["asset_building"]
    up = layout.up("asset", "compound")
    assert n["asset"] == len(kind) == len(building) == len(up) == 3 * n["building"] + 4 * n["compound"]
    first, count = layout.first("compound", "building"), layout.count("compound", "building")
    for b in range(n["building"]):
        c = int(layout.up("building", "compound")[b])
        for k in (Kind.ROOF, Kind.PIPE, Kind.LIGHTING):
            row = 3 * b + 4 * c + k
            assert (kind[row], building[row], up[row]) == (k, b, c)
    for c in range(n["compound"]):
        for k in (Kind.RUBBISH, Kind.PESTS, Kind.ROAD, Kind.NUISANCE):
            row = 3 * (first[c] + count[c]) + 4 * c + k - 3
            assert (kind[row], building[row], up[row]) == (k, -1, c)


@given(structures, st.integers(1, 1000))
def test_sizes_are_those_asked_for(structure: dict[str, Any], seed: int) -> None:
    """Entrances are full but for the last of a compound; buildings have two to four, the last perhaps fewer."""
    layout = laid_out(seed, **structure)
    full = FLATS_PER_LANDING * structure["floors"]
    flats, entrances = layout.count("entrance", "household"), layout.count("building", "entrance")
    compound_of_entrance = layout.up("building", "compound")[layout.up("entrance", "building")]
    last = np.r_[compound_of_entrance[1:] != compound_of_entrance[:-1], True]
    assert np.all(flats[~last] == full)
    assert np.all(flats <= full)
    compound = layout.up("building", "compound")
    last = np.r_[compound[1:] != compound[:-1], True]
    assert set(entrances[~last].tolist()) <= set(ENTRANCES)
    assert np.all(entrances <= max(ENTRANCES))
    floor, top = layout.traits["floor"], layout.traits["top"]
    assert floor.min() == 1
    assert floor.max() <= structure["floors"]
    highest = [floor[layout.up("household", "building") == b].max() for b in range(layout.sizes["building"])]
    assert np.array_equal(top, floor == np.array(highest)[layout.up("household", "building")])


def test_compounds_are_ragged_unless_asked_to_be_equal() -> None:
    """Spread 0 makes all compounds equal; otherwise sizes vary about the mean that was asked for."""
    equal = laid_out(compounds=5, households=77, size_spread=0.0)
    assert equal.count("compound", "household").tolist() == [77] * 5
    size = laid_out(compounds=2000, households=300, size_spread=0.25).count("compound", "household")
    assert abs(size.mean() - 300) < 4 * 0.25 * 300 / np.sqrt(2000)
    assert np.log(size).std() == pytest.approx(0.25, rel=0.1)
    buildings = laid_out(compounds=40, households=300).count("building", "household")
    assert len(set(buildings.tolist())) > 3
    assert buildings.mean() == pytest.approx(36, rel=0.15)


def test_a_layout_is_shared_by_replications_and_differs_between_layouts() -> None:
    """One layout for all replications of a block; another number, or another seed, is another layout."""
    a, b = (burnt_in(replications=r, burn_in=0).layout for r in ((0,), (5, 6)))
    assert a.sizes == b.sizes
    assert np.array_equal(a.up("household", "building"), b.up("household", "building"))
    others = [burnt_in(burn_in=0, layout=1).layout, burnt_in(burn_in=0, seed=2).layout]
    assert all(a.count("compound", "household").tolist() != o.count("compound", "household").tolist() for o in others)


@given(structures)
def test_every_building_stands_on_a_cell_of_its_own(structure: dict[str, Any]) -> None:
    """Buildings stand on the grid, off the roads, no two on one cell; the layers say the same."""
    layout = laid_out(**structure)
    x, y = layout.cells["building"].T
    assert len(set(zip(x.tolist(), y.tolist(), strict=True))) == layout.sizes["building"]
    shape = (layout.width, layout.height)
    assert all(layer.shape == shape for layer in layout.layers.values())
    assert np.all((x > 0) & (x < layout.width) & (y > 0) & (y < layout.height))
    assert np.all(layout.layers["land_use"][x, y] == LAND_USE["building"])
    assert np.array_equal(layout.layers["settlement"][x, y], layout.up("building", "compound"))
    assert np.count_nonzero(layout.layers["settlement"] >= 0) == len(x)
    assert np.array_equal(layout.cells["household"], layout.cells["building"][layout.up("household", "building")])
    for entity in ("household", "compound", "community", "centre", "desk"):
        cells = layout.cells[entity]
        assert len(cells) == layout.sizes[entity]
        assert np.all((cells >= 0) & (cells < np.array(shape)))
    assert np.all(layout.layers["travel_cost"] > 0)


@pytest.mark.parametrize("share", [0.0, 1e-5, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("more", [0, 1, 7])
def test_long_masks_are_looked_through_to_the_last_flag(share: float, more: int) -> None:
    """Eight flags at a time, and what is left over one by one; every other flag of a longer mask, too."""
    mask = np.random.default_rng(more).random(2 * (space.LONG + more)) < share
    mask[-1] = True
    for flags in (mask, mask[: space.LONG + more], mask[::2], mask[1::2]):
        assert np.array_equal(space.where(flags), np.flatnonzero(flags))
