"""Mobile mediation: the same people's hours, what each channel does with them, and how it may lose."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books, noise, places
from sim.cases import Activity, Desk, Kind
from sim.mechanisms import mobile_mediation
from sim.places import pasture
from sim.places.pasture import CENTRE, HERDER, JUSTICE, STATION, TEAM
from sim.rules import awareness, circuits, teams, travel
from sim.rules.trust import DESKS
from sim.scenario import Scenario, parse
from sim.worlds import Recipe, Worlds
from tests.helpers import assert_same, clearly_above_zero, desk_rows, total
from tests.test_pasture import LIVELY, recipe, structure

Array = NDArray[Any]

NAME = "mobile_mediation"
CHANNELS = ("authority", "coordination", "onsite_visits", "legal_awareness", "case_ledger")


def say(*words: str) -> Scenario:
    """Understand words about the mechanism; the first names it."""
    return parse(" ".join(words) or "nothing", [NAME, *(f"{NAME}.{word}" for word in words)])


def only(*channels: str, **fixed: float | str) -> Scenario:
    """Return the mechanism with these channels alone."""
    settings = [f"{name}={value}" for name, value in fixed.items()]
    return say("channels=off", *(f"{channel}=on" for channel in channels), *settings)


@cache
def burnt(n: int = 3, **fixed: float) -> Worlds:
    """Return small lively sumus at day 0."""
    w = Worlds(recipe(tuple(range(n)), 56, **fixed))
    w.run(0)
    return w


def twins(days: int, *scenarios: Scenario, n: int = 3, **fixed: float) -> list[Worlds]:
    """Let the same sumus live in each scenario, the one without the mechanism first."""
    out = []
    for scenario in (parse("none", []), *scenarios):
        w = burnt(n, **fixed).stack([scenario])
        w.run(days)
        out.append(w)
    return out


# -- rule zero ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", [say("channels=off"), say("hours=0"), say("hours=0", "talks=50")],
                         ids=["channels off", "no hours", "no hours, many talks"])  # fmt: skip
def test_nothing_switched_on_or_no_hours_is_nothing(scenario: Scenario) -> None:
    without, with_it = twins(90, scenario)
    for k in range(without.n):
        assert_same(without, k, with_it, k)


def test_a_mechanism_beside_changes_nothing_in_the_baseline() -> None:
    """In one block with other scenarios the baseline is what it is alone."""
    alone = burnt().stack([parse("none", [])])
    beside = burnt().stack([say(), parse("none", []), only("legal_awareness")])
    for w in (alone, beside):
        w.run(60)
    for k in range(3):
        assert_same(alone, k, beside, 3 + k)


def test_few_hours_do_little() -> None:
    """With a minute a week for each thing nobody gets anywhere, and no twin differs but by a minute."""
    without, few = twins(60, say("hours=0.05"))
    for name in ("circuits", "law_talks", "minutes_summoned", "minutes_papers"):
        assert not np.any(total(few, name)), name
    assert np.array_equal(few.wages_owed, without.wages_owed)
    changed = np.abs(total(few, "minutes_station") - total(without, "minutes_station"))
    assert not np.any(total(few, "minutes_team")) and np.all(changed <= 0.02 * total(without, "minutes_station"))


def test_hours_come_from_desks() -> None:
    """What stations, justice offices and centres give to the field, circuits and all else is missing at their desks."""
    for scenario in (say(), only("onsite_visits"), only("coordination"), say("hours=60", "circuit_hours=40")):
        before = burnt()
        w = before.stack([scenario])
        of = {
            kind: (before.desk_minutes[:, desk_rows(w, kind)], w.desk_minutes[:, desk_rows(w, kind)])
            for kind in (STATION, JUSTICE, CENTRE, TEAM, pasture.ROOM)
        }
        set_aside = sum(getattr(w, f"{purpose}_weekly") for purpose in teams.PURPOSES)
        joint = np.where(w.team_board > 1, w.circuit_time, 0)
        assert not np.any(of[TEAM][0]) and np.array_equal(*of[pasture.ROOM])
        assert np.array_equal(of[STATION][0], of[STATION][1] + of[TEAM][1] + w.circuit_time + set_aside)
        assert np.array_equal(of[JUSTICE][0] - of[JUSTICE][1], joint) and np.array_equal(
            of[CENTRE][0] - of[CENTRE][1], joint
        )
        assert all(np.all(now >= 0) for _, now in of.values())


def test_no_circuit_is_longer_than_what_is_given_to_it() -> None:
    """Week by week, for all agencies on board; what is driven takes the time that it takes."""
    w = burnt().stack([say(), only("onsite_visits")])
    board = np.where(w.scenario == 0, teams.ON_BOARD, 1)
    while w.day < 120:
        given = (w.circuit_time * w.team_board).sum(axis=1)
        w.run(w.day + 1)
        spent = w.record[-1][:, w.series.index("minutes_circuits")]
        assert np.all(spent <= given + board) and (w.day % 7 == 1 or not np.any(spent))
    assert np.all(total(w, "circuits") > 0) and np.all(total(w, "stops") >= total(w, "circuits"))
    metres, minutes = total(w, "field_metres"), total(w, "minutes_circuits") / board
    assert np.all(metres > 0) and np.all(minutes > 0)
    assert not np.any(books.imbalance(w)) and not np.any(w.cases.visited | w.cases.joint)


def test_a_circuit_goes_to_the_nearest_and_gets_home() -> None:
    """Each stop is the nearest that was left and fits; together with the way back it fits into the time."""
    few = dict.fromkeys(("station_hours", "justice_hours", "sumu_hours", "room_hours"), 1.0)
    w = burnt(2, any_desk=2.0, **few).stack([only("onsite_visits", circuit_hours=1, hours=1)])
    w.run(28)
    w.circuit_time[...] = 2400
    c = w.cases
    rows = np.flatnonzero((c.stage == 0) & (c.world == 0) & (c.compound == 0))
    assert len(rows) > 3
    stops = circuits._tour(w, rows).stops
    assert len(stops) > 1
    t = w.layout.traits
    home = t["sumu_desk"][pasture.STAFFED.index(STATION)]
    at = (t["x"][[home]], t["y"][[home]])
    speed = w.p.flat["winter_speed" if travel.snow(w.day) else "speed"][0] * 1000 / 60
    spent, left = 0.0, list(rows)
    for row in stops:
        to = circuits.at(w, np.array(left))
        far = pasture.way(w.layout, at[0].repeat(len(left)), at[1].repeat(len(left)), *to)
        own = dict(zip(left, far, strict=True))
        ahead = [r for r in left if own[r] < own[row]]
        back = {
            r: pasture.way(w.layout, *circuits.at(w, np.array([r])), t["x"][[home]], t["y"][[home]])[0] for r in left
        }
        here = {r: circuits.session_minutes(w, np.array([r]))[0] + round(60 * w.p.flat["stop_hours"][0]) for r in left}
        budget = w.circuit_time[0, 0]
        assert all(spent + (own[r] + back[r]) / speed + here[r] > budget - 1e-6 for r in ahead)
        spent += own[row] / speed + here[row]
        assert spent + back[row] / speed <= budget + 1e-6
        at, left = circuits.at(w, np.array([row])), [r for r in left if r != row]


# -- channels ------------------------------------------------------------------------------------------


def test_who_is_visited_need_not_travel() -> None:
    """Parties are at home; the nearer party's way is all that is left, and calls reach the team at once."""
    without, visits = twins(120, only("onsite_visits"))
    on_the_way = [total(w, "people_minutes") / total(w, "sessions") for w in (without, visits)]
    assert np.all(on_the_way[1] < on_the_way[0])
    assert np.all(total(visits, "field_metres") > total(without, "field_metres"))
    assert np.all(total(visits, "minutes_team") > 0) and not np.any(total(without, "minutes_team"))
    assert np.all(total(visits, "surfaced_around") > 0)
    (settlement,) = visits.settlements
    household = np.arange(visits.households)
    world = np.zeros_like(household)
    assert np.all(settlement.on_call(visits, world, household))
    assert not np.any(settlement.on_call(without, world, household))
    kind = np.full(len(household), Kind.BOUNDARY, dtype=np.int8)
    taker = settlement.receive(visits, world, household, kind, np.full(len(household), Desk.HOTLINE))
    assert np.all(visits.layout.traits["desk_kind"][taker] == TEAM)


def test_what_all_have_heard_together_goes_to_no_other_desk() -> None:
    """Of joint circuits nothing is handed on; who travels alone hands on what could not be settled."""
    hard = dict(gap_mean=3.0, gap_sd=0.1, most_sessions=1, narrowing=0.9, sues=0.0)
    _, alone, joint = twins(120, only("onsite_visits"), only("onsite_visits", "coordination"), **hard)
    assert np.all(total(alone, "handed_off") > 0)
    assert total(joint, "handed_off").sum() < 0.9 * total(alone, "handed_off").sum()  # desks go on as before
    failed = [(w.ended.stage == 11).sum() / max(w.ended.n, 1) for w in (alone, joint)]
    assert failed[1] > failed[0]


def test_who_is_summoned_comes() -> None:
    """The chance to stay away falls to that of the summoned where there is time for it, and time is spent."""
    without, summons = twins(120, only("authority"))
    spent = total(summons, "minutes_summoned")
    assert np.all(spent > 0) and not np.any(total(without, "minutes_summoned"))
    given = (summons.summoned_weekly.sum(axis=1) * (120 // 7 + 1 + teams.SAVED_WEEKS)).astype(np.int64)
    assert np.all(spent <= given)
    share = [shown(w) for w in (without, summons)]
    assert share[1] > share[0]


def shown(w: Worlds) -> float:
    """Return the share of sittings to which both parties came."""
    kept = w.cases.sittings.sum()
    return float(w.cases.sessions.sum() / max(kept, 1))


def test_a_ledger_loses_less() -> None:
    without, ledger = twins(
        180, only("case_ledger", ledger_hours=1), n=3, most_sessions=1, gap_mean=2.0, handoff_loss=0.5
    )
    assert np.all(total(ledger, "minutes_papers") > 0)
    lost = [total(w, "lost").sum() / total(w, "handed_off").sum() for w in (without, ledger)]
    assert lost[0] > 0.4 and lost[1] < 0.3


def test_talks_tell_the_law_and_it_is_forgotten() -> None:
    """Nobody knows it before; talks are held as time comes in; without more of them it fades by its half-life."""
    w = burnt(3, spill=0.0).stack([only("legal_awareness", talks=50)])
    assert not np.any(w.aware)
    w.run(200)
    held = total(w, "law_talks")
    assert np.all(held > 3) and np.array_equal(held, w.talks_held.sum(axis=1))
    assert np.all(w.aware.sum(axis=1) > 0)
    w.aware[...] = True
    w.lessons_in_hand.fill(0)
    w.lessons_weekly.fill(0)
    for _ in range(26):
        awareness.talk(w)
        w.day += 7
    expected = 0.5 ** (182 / w.p.flat["awareness_half_life"])
    assert np.all(np.abs(w.aware.mean(axis=1) - expected) < 4 * np.sqrt(expected * (1 - expected) / w.households))


def test_law_spreads_in_circles() -> None:
    """Where a circle knows it others of it come to know it, at the rate that is said; nobody elsewhere does."""
    w = burnt(3, spill=2.0, awareness_half_life=1e9).stack([parse("none", [])])
    circle = w.layout.up("household", "circle")
    first = w.layout.first("circle", "household")
    size = w.layout.count("circle", "household")
    known = np.flatnonzero(size >= 4)[::2]
    w.aware[:, first[known]] = True
    for _ in range(26):
        awareness.talk(w)
        w.day += 7
    told = w.aware.any(axis=0) & ~np.isin(np.arange(w.households), first[known])
    assert told.any() and np.all(np.isin(circle[told], known))


def test_who_knows_the_law_rests_claims_or_agrees() -> None:
    """What the law does not support rests; between two who know it nothing is claimed; of the rest success is believed.

    Who does not know it keeps quiet about a part of what it supports.
    """
    w = burnt(2, unfounded=0.3, unrecognised=0.4, any_desk=-99.0).stack([parse("none", [])])
    w.run(60)
    g = w.grievances
    rows = np.flatnonzero((g.state == 1) & awareness.PAIRS[g.kind])
    assert len(rows) > 60
    w.aware[...] = False
    goes_on = awareness.weigh(w, rows)
    assert 0.5 < goes_on.mean() < 0.9
    assert np.array_equal(awareness.believed(w, rows, np.full(len(rows), 0.5)), np.full(len(rows), 0.5))
    herders = w.layout.traits["living"] == HERDER
    w.aware[:, ::2] = herders[::2]
    knows, other = w.aware[g.world[rows], g.household[rows]], w.aware[g.world[rows], g.other[rows]]
    believed = awareness.believed(w, rows, np.full(len(rows), 0.5))
    np.testing.assert_allclose(believed, np.where(knows, 0.5 / 0.7, 0.5))
    goes_on = awareness.weigh(w, rows)
    assert not np.any(goes_on & knows & other)
    rested = knows & ~goes_on & (g.state[rows] == 1)
    assert 0.1 < rested[knows].mean() < 0.5 and np.all(g.aching[rows[rested]])
    agreed = g.state[rows] == 4
    assert agreed.any() and np.all(knows[agreed] & other[agreed]) and not np.any(g.aching[rows[agreed]])


# -- losing -----------------------------------------------------------------------------------------------


def test_it_can_lose() -> None:
    """If all hours go to circuits that take days, those who come to the desks find nobody."""
    busy = dict(station_hours=10.0, justice_hours=10.0, sumu_hours=10.0, room_hours=0.0, any_desk=2.0)
    without, lost = twins(180, say("hours=60", "circuit_hours=40", "onsite_visits=off"), n=4, **busy)
    for kind in (STATION, JUSTICE, CENTRE):
        assert np.all(
            lost.desk_minutes[:, desk_rows(lost, kind)] <= 0.1 * without.desk_minutes[:, desk_rows(lost, kind)]
        )
    assert clearly_above_zero((total(lost, "unresolved") - total(without, "unresolved")).astype(float), errors=2.0)


def test_where_it_applies() -> None:
    from sim.mechanisms import registry

    kind = registry()[NAME]
    assert kind.channels == CHANNELS and kind.places == ("pasture",)
    assert set(kind.offers) <= {lever.name for lever in teams.RULE.levers}
    assert "TEAM" in Desk.__members__ and places.having("STAFFED", Desk.TEAM) == ("pasture",)
    assert Activity.HANDED_OFF in Activity and DESKS[TEAM] == "team"


def test_order_of_replications_and_of_the_block_does_not_matter() -> None:
    """With all channels on, a world alone is its slice of a crowd."""
    crowd = burnt().stack([say(), only("authority")])
    crowd.run(60)
    alone = Worlds(recipe((2,), 56))
    alone.run(0)
    alone = alone.stack([say()])
    alone.run(60)
    assert_same(crowd, 2, alone, 0)
    assert LIVELY and structure()["sumus"] == 1 and isinstance(alone.recipe, Recipe)


def test_over_long_circuits_of_many_crews_lose() -> None:
    """More crews and longer circuits than there are officers leave nobody for those who come to the desks."""
    busy = dict(station_hours=20.0, justice_hours=8.0, sumu_hours=8.0, room_hours=0.0, any_desk=2.0)
    without, short, long_ = twins(
        180, say("circuit_hours=2"), say("crews=4", "hours=60", "circuit_hours=40"), n=12, **busy
    )
    for kind in (STATION, JUSTICE, CENTRE):
        assert np.all(long_.desk_minutes[:, desk_rows(long_, kind)] < 4)
    assert total(long_, "minutes_circuits").sum() > total(short, "minutes_circuits").sum()
    assert clearly_above_zero((total(long_, "unresolved") - total(short, "unresolved")).astype(float), errors=2.0)
    assert clearly_above_zero((total(long_, "unresolved") - total(without, "unresolved")).astype(float))


def test_a_surge_of_claims_makes_those_wait_who_come_anyway() -> None:
    """A campaign that names what nobody had claimed brings more claims than desks have hours for."""
    slow = dict(station_hours=2.0, justice_hours=1.0, sumu_hours=1.0, room_hours=1.0, any_desk=1.0)
    law = dict(unrecognised=0.9, unfounded=0.0, spill=0.0, awareness_half_life=1e9)
    w = burnt(8, **slow, **law, help_rate=0.0, arrears_rate=0.0).stack([parse("none", []), parse("campaign", [])])
    w.aware[8:] = noise.chance(0.3, w.seeds[8:, None], "campaign", np.arange(w.households))
    w.run(150)
    voiced = total(w, "voiced").reshape(2, 8)
    assert clearly_above_zero((voiced[1] - voiced[0]).astype(float), errors=3.0)
    open_desks = w.desk_minutes[:, :-1] > 0
    waits = np.where(open_desks, w.wait_days[:, :-1], 0).sum(axis=1).reshape(2, 8)
    assert clearly_above_zero(waits[1] - waits[0], errors=3.0)


def test_a_surge_of_claims_is_paid_for_by_those_who_were_not_told() -> None:
    """Who is told of a law gets more settled; all others, who share the desks with them, get less."""
    slow = dict(station_hours=4.0, justice_hours=2.0, sumu_hours=2.0, room_hours=2.0, any_desk=1.0)
    law = dict(unrecognised=0.7, unfounded=0.0, spill=0.0, awareness_half_life=1e9, fade_days=2000.0)
    n = 16
    w = burnt(n, **slow, **law, help_rate=0.0, arrears_rate=0.0).stack([parse("none", []), parse("campaign", [])])
    told = ~w.aware[n:] & noise.chance(0.3, w.seeds[n:, None], "campaign", np.arange(w.households))
    w.aware[n:] |= told
    told = np.concatenate([told, told])
    suffered = np.zeros((2, 2 * n))
    while w.day < 360:
        w.run(w.day + 30)
        g = w.grievances
        rows = np.flatnonzero(g.aching)
        for group, of in enumerate((told, ~told)):
            mine = rows[of[g.world[rows], g.household[rows]]]
            suffered[group] += np.bincount(g.world[mine], weights=g.severity[mine], minlength=2 * n)
    of_told, of_others = suffered[:, n:] - suffered[:, :n]
    assert clearly_above_zero(-of_told) and clearly_above_zero(of_others)


# -- the seasons ----------------------------------------------------------------------------------------


def test_a_calendar_moves_hours_within_the_year_and_adds_none() -> None:
    """Circuits are longer while herds meet, shorter else; the year's sum and each week's hours in the field stay."""
    w = burnt(1).stack([say("calendar=off"), say("calendar_shift=0.4"), say("calendar_shift=0")])
    mean = np.mean([mobile_mediation.season(day, np.array([[0.4]])) for day in range(365)])
    assert abs(mean - 1) < 1e-12
    given = []
    while w.day < 364:
        given.append((w.team_circuit[:, 0].copy(), (w.team_circuit + w.team_field)[:, 0].copy(), w.day))
        w.run(w.day + 7)
    circuit, both = (np.array([week[i] for week in given]) for i in (0, 1))
    assert np.all(both == both[0, 0])
    assert np.all(circuit[:, [0, 2]] == 480)
    assert set(circuit[:, 1]) == {480 * 1.4, round(480 * (1 - 0.4 * 153 / 212))}
    assert abs(circuit[:, 1].sum() - circuit[:, 0].sum()) < 480  # a week is in one season or in the other


def test_a_calendar_puts_the_seasons_matters_first() -> None:
    """Of what fits the nearest on the list comes first; without a calendar the nearest of all."""
    few = dict.fromkeys(("station_hours", "justice_hours", "sumu_hours", "room_hours"), 1.0)
    before = burnt(2, any_desk=2.0, **few)
    firsts = {}
    for name in ("on", "off"):
        w = before.stack([only("onsite_visits", circuit_hours=1, hours=1, calendar=name)])
        w.run(28)
        w.circuit_time[...], w.day = 2400, 200
        c, t = w.cases, w.layout.traits
        rows = np.flatnonzero((c.stage == 0) & (c.world == 0) & (c.compound == 0))
        stops = circuits._tour(w, rows).stops
        herds = np.isin(c.kind[stops], (Kind.BOUNDARY, Kind.LIVESTOCK))  # summer's list
        assert 0 < np.count_nonzero(herds) < len(stops)
        firsts[name] = herds
        x, y = circuits.at(w, stops)
        home = t["sumu_desk"][pasture.STAFFED.index(STATION)]
        ways = pasture.way(w.layout, t["x"][home], t["y"][home], x, y)
        assert ways[0] == ways[herds if name == "on" else slice(None)].min()
    count = np.count_nonzero(firsts["on"])
    assert np.all(firsts["on"][:count]) and not np.all(firsts["off"][:count])


def test_each_season_has_its_list() -> None:
    months = {0: Kind.WAGES, 30: Kind.WAGES, 31: Kind.HELP, 150: Kind.HELP, 151: Kind.BOUNDARY, 303: Kind.LIVESTOCK,
              304: Kind.WAGES, 364: Kind.WAGES, 365 + 31: Kind.HELP, -1: Kind.WAGES}  # fmt: skip
    assert all(kind in circuits.listed(day) for day, kind in months.items())


def test_crews_have_a_circuit_each_and_take_what_is_left() -> None:
    """Two crews have twice the hours of one, each its circuit; no case is on two circuits."""
    many, hours = dict(station_hours=20.0, any_desk=2.0), dict(hours=8, circuit_hours=25)  # nothing is left for calls
    _, one, two = twins(60, only("onsite_visits", crews=1, **hours), only("onsite_visits", crews=2, **hours), **many)
    assert np.array_equal(two.circuit_time, one.circuit_time) and np.all(two.team_crews == 2)
    station, team = ([w.desk_minutes[:, desk_rows(w, kind)] for w in (one, two)] for kind in (STATION, TEAM))
    given = team[0] + one.circuit_time
    assert np.array_equal(team[1], 2 * team[0]) and np.array_equal(station[0] - station[1], given)
    assert np.all(total(two, "circuits") > total(one, "circuits"))
    rounds = circuits.planned(two)
    stops = np.concatenate([tour.stops for tour in rounds])
    assert len(np.unique(stops)) == len(stops)


def test_a_judge_on_board_confirms_what_is_agreed_together() -> None:
    """Agreements of joint circuits are then broken less often, as after a judgement; a judge's hours are counted."""
    easy = dict(gap_mean=-1.0, relapse_rate=0.3, confirmed_factor=0.3, any_desk=2.0, no_show=0.05)
    both = ("onsite_visits", "coordination")
    _, plain, judged = twins(300, only(*both, circuit_hours=12), only(*both, circuit_hours=12, judge="on"), n=4, **easy)
    broken = [total(w, "relapsed").sum() / w.agreements.n for w in (plain, judged)]
    assert broken[1] < broken[0]
    spent = [total(w, "minutes_circuits").sum() / total(w, "circuits").sum() for w in (plain, judged)]
    assert spent[1] > 1.2 * spent[0]
