"""Counties: each kind of settlement lives as it does alone, but for the centre that all of them share."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from sim import books, land, mechanisms, noise, outcomes, places
from sim.cases import DEFECT, NEVER, SHARED, Desk, Kind, Stage, State
from sim.errors import ConfigError
from sim.parameters import specs
from sim.places import county, pasture
from sim.report.declarations import declared
from sim.schedule import RULES
from sim.space import Layout
from sim.study.config import load
from sim.worlds import Worlds
from tests import helpers
from tests.county import ENTITIES, burnt_in, part, recipe, structure
from tests.helpers import assert_same, clearly_above_zero, difference, say, total

KINDS = county.SETTLEMENTS
APART = {"shared_centres": 0}
SEED = noise.bits(np.array([1]), "layout", 0)

ALL = ("formed_body", "yijiantiao", "courier_sensing", "elder_services", "community_culture", "village_alliance",
       "mobile_mediation")  # fmt: skip
OWN = {
    "compound": ("formed_body", "yijiantiao", "courier_sensing", "elder_services", "community_culture"),
    "village": ("village_alliance",),
    "pasture": ("mobile_mediation",),
}
"""Kinds of settlement to the mechanisms that apply there."""


def same_part(a: Worlds, i: int, b: Worlds, j: int, kind: str) -> str:
    """Say where a kind's part of two worlds differs, in what both know of it; nothing if it does not."""
    one, other = part(a, i, kind), part(b, j, kind)
    return difference(_only(one, other), _only(other, one))


def _only(state: helpers.State, other: helpers.State) -> helpers.State:
    return {name: values for name, values in state.items() if name in other}


@pytest.fixture(scope="module")
def apart() -> Worlds:
    """A county in which nothing is shared, on day 0."""
    return burnt_in(shape=APART)


@pytest.fixture(scope="module")
def shared() -> Worlds:
    """The same with one centre for all."""
    return burnt_in()


# -- land -----------------------------------------------------------------------------------------


def built(**changes: Any) -> Layout:
    """Lay out a small county."""
    return county.build(county.Structure(**structure(**changes)), SEED)


def test_every_row_is_of_one_kind_and_finds_what_is_its_own() -> None:
    """Households, circles, assets and desks of one kind stand after those of another; the rest is as it was alone."""
    land_, alone = built(shared_centres=0), built(shared_centres=0).parts
    assert list(alone) == list(KINDS)
    for entity in ("household", "circle", "asset"):
        assert land_.sizes[entity] == sum(p.sizes.get(entity, 0) for p in alone.values())
    assert land_.sizes["desk"] == sum(p.sizes["desk"] - 1 for p in alone.values()) + 1
    assert land_.traits["desk_kind"][-1] == Desk.COURT and (land_.traits["desk_kind"] == Desk.COURT).sum() == 1
    assert land_.sizes["flat"] == alone["compound"].sizes["household"] and land_.sizes["world"] == 1
    for number, (kind, p) in enumerate(alone.items()):
        homes = np.flatnonzero(land_.traits["settlement"] == number)
        assert len(homes) == p.sizes["household"] and np.all(np.diff(homes) == 1)
        assert [land_.sizes[e] for e in ENTITIES[kind]] == [p.sizes[e] for e in ENTITIES[kind]]
        circle = land_.up("household", "circle")[homes]
        assert np.array_equal(circle - circle[0], p.up("household", "circle"))
        for c in (circle[0], circle[-1]):
            found, _ = land_.rows_of("circle", "household", np.array([c]))
            assert np.array_equal(found, homes[circle == c])
        assert (land_.layers["settlement"] >= 0).sum() == sum(
            (q.layers["settlement"] >= 0).sum() for q in alone.values()
        )


def test_pointers_follow_their_rows() -> None:
    """What points to a household, an asset or a desk points to the same one as before."""
    land_ = built(shared_centres=0)
    alone, t = land_.parts, land_.traits
    first = {e: {k: sum(alone[m].sizes.get(e, 0) - (e == "desk") for m in KINDS[:i]) for i, k in enumerate(KINDS)}
             for e in ("household", "asset", "desk")}  # fmt: skip
    assert np.array_equal(
        t["yard_household"], alone["village"].traits["yard_household"] + first["household"]["village"]
    )
    sites = first["asset"]["pasture"]
    hands = alone["pasture"].traits["first_hand"] + first["household"]["pasture"]
    assert np.array_equal(t["first_hand"][sites:], hands) and np.all(t["first_hand"][:sites] == -1)
    workers = np.flatnonzero(t["living"] == pasture.WORKER)
    assert np.array_equal(
        t["site"][workers], sites + alone["pasture"].traits["site"][workers - first["household"]["pasture"]]
    )
    assert np.all(t["hands"][:sites] == 0) and np.all(t["asset_kind"][sites:] == -1)
    assert np.array_equal(t["desk_kind"][t["sumu_desk"]], alone["pasture"].traits["desk_kind"][:-1])
    assert np.all(t["desk_kind"][t["village_mediator"]] == Desk.MEDIATOR)
    assert np.all(t["desk_kind"][t["township_justice"]] == Desk.JUSTICE) and "township_centre" not in t


def test_ways_are_those_of_the_steppe_alone() -> None:
    """Ways between camps are measured in the sumus' own cells, though the map draws them beside houses."""
    land_ = built()
    alone, homes = land_.parts["pasture"], np.flatnonzero(land_.traits["living"] >= 0)
    x, y = land_.traits["x_winter"][homes], land_.traits["y_winter"][homes]
    there = pasture.way(land_, x, y, x[::-1], y[::-1])
    assert there.max() > 10_000
    assert np.array_equal(there, pasture.way(alone, x, y, x[::-1], y[::-1]))


@pytest.mark.parametrize("centres", [1, 2])
def test_shared_centres_are_the_only_ones(centres: int) -> None:
    """Sumus and townships send what goes up to the compounds' centres, in even parts."""
    land_ = built(shared_centres=centres)
    t, rows = land_.traits, np.flatnonzero(land_.traits["desk_kind"] == Desk.CENTRE)
    assert len(rows) == centres == land_.sizes["centre"]
    of_sumus = t["sumu_desk"].reshape(land_.sizes["sumu"], -1)[:, pasture.STAFFED.index(pasture.CENTRE)]
    assert set(of_sumus) == set(rows) and set(t["township_centre"]) <= set(rows)
    others = np.delete(t["sumu_desk"].reshape(land_.sizes["sumu"], -1), pasture.STAFFED.index(pasture.CENTRE), axis=1)
    assert len(np.unique(others)) == others.size and np.all(others >= 0)
    assert len(t["desk_kind"]) == len(t["x"]) == len(land_.cells["desk"]) == land_.sizes["desk"]


def test_a_trait_that_nobody_declares_is_refused() -> None:
    """A new trait that is not declared would silently hold wrong rows."""
    parts = built().parts
    parts["village"].traits["new"] = np.zeros(3, dtype=np.int64)
    with pytest.raises(TypeError, match="a village does not declare of what the trait 'new' is"):
        land.join("county", parts)


def test_default_county_is_as_large_as_it_says() -> None:
    """40 compounds, 20 villages, 4 sumus, about 25,000 households, one centre."""
    land_ = county.build(county.Structure(), SEED)
    assert (land_.sizes["compound"], land_.sizes["village"], land_.sizes["sumu"]) == (40, 20, 4)
    assert 22_000 < land_.sizes["household"] < 28_000 and land_.sizes["centre"] == 1
    config = load("yijiantiao", ["world=county"])
    assert config.place == "county" and config.structure["shared_centres"] == 1


def test_what_cannot_be_together_is_said() -> None:
    """As for compounds alone."""
    with pytest.raises(ConfigError, match="more than all flats"):
        load("yijiantiao", ["world=county", "world.owner_share=0.9", "world.tenant_share=0.3"])


def test_parameters_of_all_kinds_have_names_of_their_own() -> None:
    """No two rules, whose parameters, columns or counts meet in a county, call different things by one name."""
    rules = [*(places.registry()[kind].RULE for kind in KINDS), *RULES]
    for names in (
        [name for rule in rules for name in specs(rule.parameters, rule.name)],
        [x.name for rule in rules for x in (*rule.columns, *rule.levers)],
        [name for rule in rules for name in (*rule.flows, *rule.stocks)],
    ):
        assert len(set(names)) == len(names)
    renamed = {s.name: s.drawn_as for s in declared() if s.drawn_as}
    assert set(renamed) == {"lesson_hours", "stop_hours", "asking_hours", "turn_hours"}


# -- alone and together ---------------------------------------------------------------------------


def test_compounds_live_as_they_do_alone_where_nothing_is_shared(apart: Worlds) -> None:
    """Bit for bit: rows, grievances, cases, levers, with and without mechanisms."""
    alone = burnt_in("compound")
    chosen = [say(), say(*OWN["compound"])]
    mixed, alone = apart.stack(chosen), alone.stack(chosen)
    for w in (mixed, alone):
        w.run(150)
    assert total(alone, "opened").min() > 50
    for k in range(alone.n):
        assert len(_only(part(alone, k, "compound"), part(mixed, k, "compound"))) > 150
        assert same_part(mixed, k, alone, k, "compound") == ""


def test_villages_farm_as_they_do_alone_where_nobody_quarrels() -> None:
    """What birds bring is drawn by yard, whose rows are the same; quarrels are drawn by household, whose are not."""
    peace = dict.fromkeys(("villager_rate", "sharing_rate", "unfair_rate", "missed_rate", "dealing_severity"), 0.0)
    mixed, alone = burnt_in(shape=APART, **peace), burnt_in("village", **peace)
    chosen = [say(), say(*OWN["village"], "village_alliance.floor_price=off")]
    mixed, alone = mixed.stack(chosen), alone.stack(chosen)
    for w in (mixed, alone):
        w.run(2 * 365)
    names = [
        name for name, column in alone.columns.items() if column.of in ENTITIES["village"] and not column.points_to
    ]
    assert len(names) > 50 and np.any(alone.adopted)
    for name in names:
        assert np.array_equal(getattr(mixed, name), getattr(alone, name)), name


@pytest.mark.parametrize("kind", ["village", "pasture"])
def test_other_kinds_obey_the_same_laws_as_alone(kind: str) -> None:
    """Rows of villages and sumus are others than alone, so draws are; what is suffered is the same on average."""
    small = APART | dict(compounds=1, compound_households=12, villages=2, sumus=1)
    seeds = range(16)
    mixed = burnt_in(replications=seeds, burn_in=0, shape=small).stack([say()])
    alone = burnt_in(kind, replications=seeds, burn_in=0, shape=small).stack([say()])
    for w in (mixed, alone):
        w.run(273)
    there = mixed.series.index(f"unresolved_{kind}")
    a = mixed.record[:, :, there].sum(axis=0)
    b = alone.record[:, :, alone.series.index("unresolved")].sum(axis=0)
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    assert abs(a.mean() - b.mean()) < 4 * error < a.mean() / 2


def test_a_mechanism_changes_nothing_elsewhere_where_nothing_is_shared(apart: Worlds) -> None:
    """Each kind's mechanisms change their own kind, and no bit of the others."""
    w = apart.stack([say(), *(say(*words) for words in OWN.values()), say(*ALL)])
    w.run(120)
    n = apart.n
    for k, (s, acting) in itertools.product(range(n), enumerate(KINDS, start=1)):
        for kind in KINDS:
            changed = same_part(w, k, w, s * n + k, kind)
            assert bool(changed) == (kind == acting), (kind, acting, changed)
        assert same_part(w, s * n + k, w, (1 + len(KINDS)) * n + k, acting) == "", "the others do not matter"


def test_a_surge_of_one_kind_lengthens_the_others_waits_at_a_shared_centre() -> None:
    """Herders who bring much to the centre make compounds wait there, and the other way round; not if apart."""
    calm = dict(boundary_rate=0.01, livestock_rate=0.01, herder_rate=0.01, help_rate=0.02, arrears_rate=0.1)
    storm = dict(boundary_rate=6.0, livestock_rate=6.0, herder_rate=6.0, help_rate=6.0, arrears_rate=1.0)
    few = dict(centre_hours=100.0, sumu_hours=2.0, burn_in=0, replications=range(4))
    waits, centre = {}, {}
    for word, trouble in (("calm", calm), ("storm", storm)):
        for shape in (1, 0):
            w = burnt_in(shape={"shared_centres": shape}, **few, **trouble).stack([say()])
            own = 3 * w.layout.sizes["compound"] + w.layout.sizes["community"]  # the compounds' first centre
            assert w.layout.traits["desk_kind"][own] == Desk.CENTRE
            days = np.zeros(w.n)
            for _ in range(182):
                w.step()
                days += w.wait_days[:, own]
            waits[word, shape], centre[word, shape] = days / 182, w
    assert clearly_above_zero(waits["storm", 1] - waits["calm", 1], errors=2.0)
    assert np.array_equal(waits["storm", 0], waits["calm", 0])
    for k in range(4):
        assert same_part(centre["storm", 0], k, centre["calm", 0], k, "compound") == ""
        assert same_part(centre["storm", 1], k, centre["calm", 1], k, "compound") != ""


QUIET = dict(boundary_rate=0.3, livestock_rate=0.3, herder_rate=0.1, help_rate=0.3, arrears_rate=0.1)
STIR = {"quarrel_rate": (0.05, 6.0), "claim_rate": (0.1, 40.0), "pipe_rate": (0.1, 12.0)}
"""Trouble of compounds alone, little and much of it."""


def kept_waiting(days: int, **fixed: Any) -> dict[str, Worlds | np.ndarray]:
    """Let a county live with little and with much trouble in compounds; return it, and how herders' matters wait.

    That is, on how many days, of each world, a suit from the pastures waited to be taken up, or a call.
    """
    out: dict[str, Any] = {}
    for number, word in enumerate(("calm", "storm")):
        trouble = {name: values[number] for name, values in STIR.items()}
        w = burnt_in(shape=APART, burn_in=0, replications=range(4), **QUIET, **trouble, **fixed).stack([say()])
        suits, calls = np.zeros(w.n, dtype=np.int64), np.zeros(w.n, dtype=np.int64)
        for _ in range(days):
            w.step()
            c = w.cases
            herders = c.settlement == KINDS.index("pasture")
            suits += np.bincount(c.world[herders & (c.stage == Stage.COURT) & (c.ready == NEVER)], minlength=w.n)
            calls += np.bincount(w.calls.world[herders[w.calls.case] & (w.calls.case >= 0)], minlength=w.n)
        out |= {word: w, f"{word} suits": suits, f"{word} calls": calls}
    return out


def test_a_surge_of_suits_or_calls_of_one_kind_makes_another_wait() -> None:
    """Where the court or the hotline is short, herders wait for compounds; where neither is they live as they did."""
    common = dict(gap_mean=3.0, most_sessions=1, sues=1.0, handoff_loss=0.0, community_hours=100.0, centre_hours=5000.0)
    slack = kept_waiting(140, **common)
    for k in range(4):
        assert same_part(slack["storm"], k, slack["calm"], k, "pasture") == ""
    for name, short in (("suits", dict(court_docket=20.0)), ("calls", dict(hotline_calls=3.0, b_wait=0.0))):
        seen = kept_waiting(140, **common, **short)
        assert not np.any(slack[f"storm {name}"])
        assert clearly_above_zero(seen[f"storm {name}"] - seen[f"calm {name}"], errors=2.0), name
        assert all(same_part(seen["storm"], k, seen["calm"], k, "pasture") != "" for k in range(4)), name


def test_suits_of_all_kinds_wait_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first filed begins first, whichever kind it is of; neither kinds nor rows decide between those of a day."""
    passed_over = set()

    def after(w: Worlds) -> None:
        c = w.cases
        there = c.stage == Stage.COURT
        for k in range(w.n):
            rows = np.flatnonzero(there & (c.world == k))
            line = rows[np.lexsort((c.key[rows], c.handled[rows]))]
            waits = c.ready[line] == NEVER
            assert np.all(np.diff(waits.astype(int)) >= 0)
            if waits.any():
                passed_over.update(c.settlement[line[waits]].tolist())

    helpers.around(monkeypatch, "bargaining.judge", lambda w: None, after)
    trouble = dict(villager_rate=6.0, quarrel_rate=3.0, gap_mean=3.0, most_sessions=1, sues=1.0, handoff_loss=0.0)
    w = burnt_in(burn_in=0, court_docket=3.0, justice_hours=200.0, mediator_hours=100.0, **trouble).stack([say()])
    w.run(168)
    assert passed_over == {0, 1, 2}


def test_alone_as_in_a_crowd_where_court_and_hotline_are_short() -> None:
    """What kinds share in a world, worlds do not share."""
    short = dict(court_docket=2.0, hotline_calls=1.0, gap_mean=2.0, most_sessions=1, sues=1.0, burn_in=56)
    crowd, alone, reverse = (
        burnt_in(replications=r, **short).stack([say(), say(*ALL)]) for r in ((0, 1), (1,), (1, 0))
    )
    for w in (crowd, alone, reverse):
        w.run(63)
    assert np.all(total(crowd, "suits_waiting") > 0) and np.all(total(crowd, "calls_waiting") > 0)
    for scenario in range(2):
        assert_same(alone, scenario, crowd, 2 * scenario + 1)
        for k in range(2):
            assert_same(reverse, 2 * scenario + 1 - k, crowd, 2 * scenario + k)


def test_a_shared_centre_has_everybodys_hours(apart: Worlds, shared: Worlds) -> None:
    """What each kind gives to its own centres, all together gives to the one."""
    for w in (apart, shared):
        assert np.all(w.desk_minutes[:, w.layout.traits["desk_kind"] == Desk.CENTRE] > 0)
    minutes = [w.desk_minutes[:, w.layout.traits["desk_kind"] == Desk.CENTRE].sum(axis=1) for w in (apart, shared)]
    assert np.array_equal(*minutes)


def test_villages_go_up_to_a_shared_centre(apart: Worlds, shared: Worlds) -> None:
    """What a justice office could not settle goes on to it; where none is shared it is the end."""
    reached = []
    for w in (apart, shared):
        out = w.stack([say()])
        out.run(364)
        e = out.ended
        village = e.settlement == KINDS.index("village")
        at = out.layout.traits["desk_kind"][e.desk[village]]
        reached.append((at == Desk.CENTRE).sum())
        assert (at == Desk.MEDIATOR).any() and (at == Desk.JUSTICE).any()
    assert reached[0] == 0 < reached[1]


# -- nothing is lost ------------------------------------------------------------------------------


def test_fen_birds_and_cases_are_conserved_every_day(shared: Worlds) -> None:
    """Accounts add up to 0, birds placed stand, are sold or dead, every grievance and case is somewhere, once."""
    w = shared.stack([say(), say(*ALL)])
    start = {name: w.tally[name].sum(axis=(1, 2)) for name in ("grievances", "cases")}
    birds = w.birds.sum(axis=1)
    flows = {name: np.zeros(w.n, dtype=np.int64) for name in w.flow}
    for _ in range(182):
        w.step()
        for name, today in zip(w.series, w.record[-1].T, strict=True):
            if name in flows:
                flows[name] += today
        assert not np.any(books.imbalance(w))
        for name, arisen in (("grievances", "arisen"), ("cases", "opened")):
            assert np.array_equal(w.tally[name].sum(axis=(1, 2)) - start[name], flows[arisen])
        gone = w.birds.sum(axis=1) + flows["birds_sold"] + flows["birds_dead"]
        assert np.array_equal(birds + flows["birds_placed"], gone)
        g, c = w.grievances, w.cases
        suffered = np.zeros(w.n, dtype=np.int64)
        np.add.at(suffered, g.world[g.aching], g.severity[g.aching])
        assert np.array_equal(suffered, w.stock["unresolved"])
        parts = sum(w.stock[f"unresolved_{kind}"] for kind in KINDS) + w.stock["unresolved_fee"]
        assert np.array_equal(suffered, parts), "everybody lives in one kind of settlement"
        home = w.layout.traits["settlement"][g.household]
        claimed = g.case >= 0
        assert np.array_equal(c.settlement[g.case[claimed]], home[claimed])
        owed = w.layout.up("asset", "compound")[g.bearer[DEFECT[g.kind]]]
        assert np.all(owed >= 0), "only what is a compound's breaks"
        assert np.all(w.layout.up("asset", "sumu")[g.bearer[g.kind == Kind.WAGES]] >= 0)
        assert not np.any(SHARED[g.kind] & (home == KINDS.index("village")))
        live = np.zeros_like(w.tally["grievances"])
        np.add.at(live, (g.world, g.kind, g.state), 1)
        on = [State.LATENT, State.QUIET, State.OPEN, State.JOINED]
        assert np.array_equal(live[:, :, on], w.tally["grievances"][:, :, on])
        assert np.all(c.stage < len(Stage))
    assert np.all(flows["birds_placed"] > 0) and np.all(flows["opened"] > 0)


# -- nothing done is nothing changed --------------------------------------------------------------


def test_mechanisms_switched_off_are_the_baseline(shared: Worlds) -> None:
    """All of them with all channels off, or without hours, change no bit; with hours they do."""
    off = [word for name in ALL for word in (name, f"{name}.channels=off")]
    idle = ["yijiantiao", "yijiantiao.hours=0", "village_alliance", "village_alliance.hours=0",
            "mobile_mediation", "mobile_mediation.hours=0"]  # fmt: skip
    w = shared.stack([say(), say(*off), say(*idle), say(*ALL)])
    w.run(63)
    for s, k in itertools.product((1, 2), range(shared.n)):
        assert_same(w, k, w, s * shared.n + k)
    assert same_part(w, 0, w, 3 * shared.n, "compound") != ""


@pytest.mark.parametrize("order", [ALL[::-1], ALL[3:] + ALL[:3]])
def test_the_order_of_mechanisms_does_not_matter(
    shared: Worlds, order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words in any order, and mechanisms that act in any order in which none reads what another is yet to offer."""
    usual = shared.stack([say(*ALL)])
    usual.run(63)
    known = mechanisms.in_order()
    reading = [name for name, kind in known.items() if kind.reads]
    turned = [name for name in order if name not in reading] + [name for name in known if name in reading]
    monkeypatch.setattr(mechanisms, "in_order", lambda: {name: known[name] for name in turned})
    other = shared.stack([say(*order)])
    assert [m.name for m in other.mechanisms] == turned
    other.run(63)
    for k in range(shared.n):
        assert_same(usual, k, other, k)


def test_alone_is_as_in_a_crowd_and_in_reverse(shared: Worlds) -> None:
    """A replication by itself, and a crowd the other way round, are the same worlds."""
    crowd = shared.stack([say(), say(*ALL)])
    crowd.run(63)
    reverse = Worlds(recipe(replications=(1, 0)))
    alone = Worlds(recipe(replications=(1,)))
    for w in (reverse, alone):
        w.run(0)
    reverse, alone = reverse.stack([say(*ALL), say()]), alone.stack([say(*ALL)])
    for w in (reverse, alone):
        w.run(63)
    for scenario, k in itertools.product(range(2), range(2)):
        assert_same(reverse, (1 - scenario) * 2 + 1 - k, crowd, scenario * 2 + k, history=False)
    assert_same(alone, 0, crowd, 3, history=False)


# -- outcomes -------------------------------------------------------------------------------------


def test_outcomes_of_compounds_are_those_of_compounds_alone(apart: Worlds) -> None:
    """Related to their own households, what belongs to one kind is the same number as where there is only that."""
    alone = burnt_in("compound")
    a, b = apart.stack([say(*OWN["compound"])]), alone.stack([say(*OWN["compound"])])
    for w in (a, b):
        w.run(182)
    n, m = (outcomes.counts(outcomes.recorded(w)) for w in (a, b))
    together, only = outcomes.quotients(n, "county"), outcomes.quotients(m, "compound")
    own = [name for name, kinds in outcomes.ONLY.items() if kinds == ("compound",) and name in only]
    shared_hours = {name for name in own if name.startswith("hours_")}  # per household of the county
    assert len(own) > 60
    for name in sorted(set(own) - shared_hours):
        if name.startswith(("settled_at", "claims_at", "trust_", "settled_low")):
            continue  # shares of what is settled and claimed in all
        assert np.array_equal(together[name], only[name], equal_nan=True), name
    people = only["unresolved"] - only["unresolved_fee"]
    assert np.allclose(together["unresolved_compound"], people, rtol=1e-12)
    assert np.array_equal(together["settled_90_compound"], only["settled_90"], equal_nan=True)
    assert np.array_equal(n["households_compound"], m["households"])
    assert np.array_equal(n["households"], sum(n[f"households_{kind}"] for kind in KINDS))
