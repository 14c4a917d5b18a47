"""People in office: who they are, who is chosen, how effort decays, who leaves, and what ability does at the table."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cases import Kind, Stage, State
from sim.places.compound import BODY, BRANCH
from sim.rules import leaders, offices
from sim.rules.keeping import FOUND, PURPOSES
from sim.worlds import Worlds
from tests.helpers import (
    BUSY,
    around,
    assert_same,
    burnt_in,
    clearly_above_zero,
    desk_rows,
    difference,
    lived,
    recipe,
    rewrite,
    say,
    state,
    total,
)

Array = NDArray[Any]

ONE = ("formed_body", "yijiantiao")
TWO = (*ONE, "yijiantiao.coordination=off")
SELECTED = "yijiantiao.leader_selection=on"


@cache
def many() -> Worlds:
    """Return ten worlds of eighty compounds each, as founded; nobody need live in them."""
    structure = dict(compounds=80, households=12, floors=2, size_spread=0.0)
    return Worlds(recipe(range(10), burn_in=0, lively=False, structure=structure, prior_draws=False))


@pytest.fixture(scope="module")
def found() -> Worlds:
    """Six worlds, burnt in, in which desks have much to do."""
    return burnt_in(replications=range(6), fixed=BUSY, prior_draws=False)


def change_until(w: Worlds, day: int) -> None:
    """Let offices change at every week's end before a day, and nothing else happen."""
    while w.day < day:
        w.day += 1
        if w.day % 7 == 6:
            offices.change(w)


def nobody_quits(w: Worlds) -> Worlds:
    """Take quitting away altogether; its range does not go down to zero."""
    me = w.settings["yijiantiao"]
    rewrite(me.quits, 0.0)
    me.repeated.clear()  # what has been worked out of it
    w.derived.pop("yijiantiao.quits", None)
    return w


def in_office(w: Worlds, column: str) -> Array:
    """Return a column's value of the secretary in office of each compound, nan where there is none."""
    value = getattr(w, column).reshape(w.n, -1, 3)
    chosen = np.take_along_axis(value, np.maximum(w.secretary, 0)[:, :, None], axis=2)[:, :, 0]
    return np.where(w.secretary >= 0, chosen, np.nan)


# --- who they are ---------------------------------------------------------------------------------


def test_abilities_and_integrities_are_as_declared() -> None:
    """Abilities are Beta(4,4), integrities Beta(5,2), scores are abilities with an error of the declared spread."""
    w = many()
    for x in (w.candidate_ability, w.director_ability):
        assert np.all((x > 0) & (x < 1))
        assert abs(x.mean() - 0.5) < 4 * x.std() / math.sqrt(x.size)
        assert x.var() == pytest.approx(0.25 / 9, rel=0.15)
    for x in (w.candidate_integrity, w.director_integrity):
        assert abs(x.mean() - 5 / 7) < 4 * x.std() / math.sqrt(x.size)
        assert x.var() == pytest.approx(10 / (49 * 8), rel=0.15)
    error = w.candidate_score - w.candidate_ability
    assert abs(error.mean()) < 4 * 0.15 / math.sqrt(error.size)
    assert error.std() == pytest.approx(0.15, rel=0.05)
    assert abs(np.corrcoef(error.ravel(), w.candidate_ability.ravel())[0, 1]) < 0.08
    assert abs(np.corrcoef(w.candidate_integrity.ravel(), w.candidate_ability.ravel())[0, 1]) < 0.08


def test_candidates_do_not_depend_on_how_many_compounds_there_are() -> None:
    """The first compounds' candidates are the same people in a larger world."""
    small = Worlds(recipe((0,), burn_in=0, structure=dict(compounds=3)))
    large = Worlds(recipe((0,), burn_in=0, structure=dict(compounds=5)))
    for name in ("candidate_ability", "candidate_score", "director_integrity"):
        a, b = getattr(small, name), getattr(large, name)
        assert np.array_equal(a, b[:, : a.shape[1]])


# --- who is chosen: order statistics --------------------------------------------------------------


def test_nobody_is_in_office_without_the_arrangement() -> None:
    """As found, with a body formed, with channels off, without hours, without coverage: no secretary takes part."""
    off = ("yijiantiao.channels=off", "yijiantiao.hours=0", "yijiantiao.coverage=0")
    w = many().stack([say(), say("formed_body"), *(say(*ONE, SELECTED, word) for word in off)])
    assert np.all(w.secretary == leaders.NOBODY)
    assert np.all(w.yijiantiao_day < 0)


def test_without_selection_the_first_takes_office() -> None:
    """Candidate 0 is an average one."""
    w = many().stack([say(*ONE)])
    assert np.all(w.secretary == 0)
    ability = in_office(w, "candidate_ability")
    assert abs(ability.mean() - 0.5) < 4 * ability.std() / math.sqrt(ability.size)


def test_the_best_of_three_by_a_noisy_score_is_better_than_average() -> None:
    """The maximum of three is .846 spreads above the mean; the part of ability in the score's variance is regained.

    With Beta(4,4) and an error of .15: .5 + .846 x (.25 / 9) / sqrt(.25 / 9 + .15 ** 2) = .605, for normal scores.
    """
    w = many().stack([say(*ONE, SELECTED)])
    ability, score = in_office(w, "candidate_ability"), in_office(w, "candidate_score")
    assert np.array_equal(score, w.candidate_score.reshape(w.n, -1, 3).max(axis=2))
    assert ability.mean() == pytest.approx(0.605, abs=0.02)
    # an error in the score makes it a disappointment, and less of a choice than the best ability would be
    best = w.candidate_ability.reshape(w.n, -1, 3).max(axis=2)
    assert 0.5 < ability.mean() < best.mean() < score.mean()


SHARES = (0.1, 0.3, 0.6, 1.0)


def covered_ability(*words: str) -> tuple[Array, Array]:
    """Return the mean ability in office at each coverage, and its standard error."""
    w = many().stack([say(*ONE, *words, f"yijiantiao.coverage={share}") for share in SHARES])
    ability = in_office(w, "candidate_ability").reshape(len(SHARES), -1)
    number = np.sum(~np.isnan(ability), axis=1)
    assert number.tolist() == [round(80 * share) * 10 for share in SHARES]
    return np.nanmean(ability, axis=1), np.nanstd(ability, axis=1) / np.sqrt(number)


def test_with_selection_quality_falls_with_coverage() -> None:
    """Best first: the more compounds are covered, the lower the mean ability of their secretaries."""
    mean, error = covered_ability(SELECTED)
    assert np.all(np.diff(mean) < 0)
    assert mean[0] - mean[-1] > 5 * error[0]


def test_without_selection_quality_is_the_same_at_every_coverage() -> None:
    """A roll-out in random order reaches average people."""
    mean, error = covered_ability()
    assert np.all(np.abs(mean - 0.5) < 3.5 * error)


def test_whoever_is_selected_first_stays_selected() -> None:
    """A best-first roll-out is one order too, and another one than without selection."""
    w = many().stack([say(*ONE, SELECTED, f"yijiantiao.coverage={share}") for share in SHARES])
    reached = (w.secretary >= 0).reshape(len(SHARES), 10, -1)
    assert np.all(reached[:-1] <= reached[1:])
    score = w.candidate_score.reshape(w.n, -1, 3).max(axis=2).reshape(len(SHARES), 10, -1)
    for k in range(10):
        assert score[0, k][reached[0, k]].min() > score[0, k][~reached[0, k]].max()
    at_random = many().stack([say(*ONE, "yijiantiao.coverage=0.3")])
    assert np.any((at_random.secretary >= 0) != reached[1])


# --- effort ---------------------------------------------------------------------------------------


def test_effort_after_twelve_months() -> None:
    """Half outlasts the campaign, and of the other half 1/e is left after the time of decay."""
    settings = ("yijiantiao.effort_kept=0.5", "yijiantiao.effort_months=12")
    w = many().stack([say(*ONE, *settings), say(*TWO, *settings), say(*ONE, *settings, "yijiantiao.equal_hours=on")])
    n = many().n
    assert np.all(w.merged[:n] == 1)
    w.day = 365
    offices.change(w)
    there = w.secretary >= 0
    assert w.merged[:n][there[:n]] == pytest.approx(0.5 + 0.5 / math.e, abs=2e-4)
    assert np.all(w.secretary_minutes[n : 2 * n][there[n : 2 * n]] == round(240 * (0.5 + 0.5 / math.e)))
    # the hours of two are the hours of two, also when one of them slackens
    body, branch = (w.desk_minutes[:, desk_rows(w, kind)] for kind in (BODY, BRANCH))
    aside = sum(getattr(w, p + ("_time" if p == "doors" else "_minutes")) for p in PURPOSES)
    own = np.minimum(w.talks_found + w.inspections_found, w.director_minutes)
    both = (w.director_minutes + w.secretary_minutes)[n : 2 * n]
    assert np.array_equal((body + branch + aside)[n : 2 * n], both)
    assert np.array_equal((body + own)[n : 2 * n], w.director_minutes[n : 2 * n])
    assert np.array_equal((body + aside)[2 * n :], both)
    w.day = 7 * 52 * 200
    offices.change(w)
    assert w.merged[:n][w.secretary[:n] >= 0] == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("practice", PURPOSES)
def test_effort_decays_in_every_practice(practice: str) -> None:
    """Time set aside falls in the same proportion as the secretary's hours."""
    w = many().stack([say(*TWO, "yijiantiao.effort_kept=0.3", "yijiantiao.effort_months=6")])
    lever = practice + "_minutes"

    def brought() -> Array:
        """Return the minutes a week that the secretary brings, beside what the body does of its own accord."""
        minutes: Array = getattr(w, lever) - (getattr(w, FOUND[practice]) if practice in FOUND else 0)
        return minutes

    before = brought()
    assert np.all(before > 0)
    w.day = 6 + 7 * 52
    offices.change(w)
    there = w.secretary >= 0
    kept = 0.3 + 0.7 * math.exp(-370 / 30.4 / 6)
    assert np.all(np.abs(brought()[there] - kept * before[there]) <= 1)


def test_effort_that_is_kept_does_not_decay() -> None:
    """With `effort_kept` 1 nothing changes; a little less changes little (continuity)."""
    kept = (1.0, 0.999, 0.99)
    w = many().stack([say(*ONE, f"yijiantiao.effort_kept={k}", "yijiantiao.effort_months=6") for k in kept])
    w.day = 6 + 7 * 52 * 3
    offices.change(w)
    for merged, k in zip(w.merged.reshape(len(kept), -1), kept, strict=True):
        there = merged > 0
        assert np.all(merged[there] <= 1)
        assert np.all(1 - merged[there] <= 1 - k + 1e-12)


# --- leaving --------------------------------------------------------------------------------------


def test_secretaries_quit_as_often_as_declared() -> None:
    """Of the weeks in which somebody is in office, the share that ends with a quit is 1 - exp(-quits x 7 / 365)."""
    for quits in (0.1, 0.3):
        w = many().stack([say(*ONE, f"yijiantiao.quits={quits}", "yijiantiao.vacancy_days=30")])
        weeks = 0
        for _ in range(4 * 52):
            weeks += np.count_nonzero(w.secretary >= 0)
            w.day += 6 if w.day == 0 else 7
            offices.change(w)
        wanted = weeks * (1 - math.exp(-quits * 7 / 365))
        assert abs(w.yijiantiao_left.sum() - wanted) < 4 * math.sqrt(wanted)


def test_who_quits_at_a_low_rate_quits_at_a_higher_one() -> None:
    """The same weeks are bad ones at every rate, up to the first quit of a compound."""
    w = many().stack([say(*ONE, f"yijiantiao.quits={q}") for q in (0.05, 0.2)])
    change_until(w, 364)
    few, more = (w.yijiantiao_left.reshape(2, -1) > 0).astype(int)
    assert np.all(few <= more)
    assert few.sum() < more.sum()


def test_the_arrangement_rests_while_the_post_is_vacant() -> None:
    """Removed: no merger, no second principal, no practice, no minute of the secretary's; then the next one comes."""
    words = ("yijiantiao.removal_day=60", "yijiantiao.vacancy_days=90", "yijiantiao.effort_kept=1")
    w = nobody_quits(many().stack([say("formed_body"), say(*ONE, *words), say(*TWO, *words)]))
    n = many().n
    first = {name: getattr(w, name).copy() for name in w.levers}
    minutes = w.desk_minutes.copy()
    change_until(w, 61)  # the last change was on day 55
    assert np.all(w.secretary[n:] == 0)
    change_until(w, 62)
    assert w.day == 62
    assert np.all(w.secretary == leaders.NOBODY)
    for arm in (1, 2):
        for name in w.levers:
            assert np.array_equal(getattr(w, name)[arm * n : (arm + 1) * n], first[name][:n]), name
        assert np.array_equal(w.desk_minutes[arm * n : (arm + 1) * n], minutes[:n])
    change_until(w, 62 + 90)
    assert np.all(w.secretary == leaders.NOBODY)
    change_until(w, 62 + 91)
    assert np.all(w.secretary[n:] == 1)
    for name in first:
        assert name == "secretary" or np.array_equal(getattr(w, name), first[name]), name
    assert np.array_equal(w.desk_minutes, minutes)


def test_secretaries_are_removed_once() -> None:
    """The removal comes on the first change on or after its day, day 0 included, and not again."""
    for day in (-1, 0, 1, 6, 7, 364):
        w = nobody_quits(many().stack([say(*ONE, f"yijiantiao.removal_day={day}", "yijiantiao.vacancy_days=35")]))
        last = -1
        for week in range(70):
            gone = 0 <= day <= w.day
            assert np.all(w.yijiantiao_left == gone)
            if gone and last < day:
                assert np.all(w.secretary == leaders.NOBODY)
            last = w.day
            w.day = 6 + 7 * week
            offices.change(w)
        assert np.all(w.secretary == (day >= 0))


def test_whoever_is_next_takes_over() -> None:
    """By number, or by score from the best down; after the third the first comes again."""
    quick = ("yijiantiao.quits=0.3", "yijiantiao.vacancy_days=30")
    w = many().stack([say(*ONE, *quick), say(*ONE, SELECTED, *quick)])
    n = many().n
    best = np.argsort(-w.candidate_score.reshape(w.n, -1, 3), axis=2, kind="stable")
    most = 0
    for _ in range(12):
        change_until(w, w.day + 364)
        turn = w.yijiantiao_left % 3
        assert np.array_equal(w.secretary[:n][w.secretary[:n] >= 0], turn[:n][w.secretary[:n] >= 0])
        chosen = np.take_along_axis(best, turn[:, :, None], axis=2)[:, :, 0][n:]
        assert np.array_equal(w.secretary[n:][w.secretary[n:] >= 0], chosen[w.secretary[n:] >= 0])
        most = max(most, int(w.yijiantiao_left.max()))
    assert most > 3


def test_offices_that_change_twice_a_day_change_once() -> None:
    """The mechanism's own memory is of days, not of calls."""
    words = ("yijiantiao.quits=0.3", "yijiantiao.removal_day=100", SELECTED)
    once, twice = (many().stack([say(*ONE, *words), say(*TWO, *words)]) for _ in range(2))
    for _ in range(40):
        for w, times in ((once, 1), (twice, 2)):
            w.day += 6 if w.day == 0 else 7
            for _ in range(times):
                w.rebuild_levers()
    assert once.yijiantiao_left.max() > 1
    for name in (*once.levers, "yijiantiao_day", "yijiantiao_left", "yijiantiao_filled"):
        assert np.array_equal(getattr(once, name), getattr(twice, name)), name


def test_removal_takes_away_what_the_arrangement_brought(found: Worlds) -> None:
    """While nobody is in office no door is knocked on and nothing is written; afterwards it begins again."""
    words = ("yijiantiao.vacancy_days=63", "yijiantiao.effort_kept=1")
    w = nobody_quits(found.stack([say(*ONE, *words, "yijiantiao.removal_day=34"), say(*ONE, *words)]))
    w.run(35 + 63 + 63)
    n, vacant = found.n, slice(35, 35 + 63)
    # minutes in hand go with the office, so not even what was saved is spent
    for series in ("minutes_ledger", "minutes_doors", "minutes_summons", "minutes_calls"):
        place = w.series.index(series)
        removed, kept = w.record[:, :n, place].sum(axis=1), w.record[:, n:, place].sum(axis=1)
        assert np.array_equal(removed[:35], kept[:35])
        assert not removed[vacant].any(), series
        assert kept[vacant].any(), series
        assert removed[vacant.stop :].any(), series


def test_proposals_do_not_wait_for_a_second_principal_who_has_left(
    found: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies with the branch when the secretary leaves comes before the first principal again, with its draft."""
    waiting: set[int] = set()
    back = 0

    def before(w: Worlds) -> None:
        waiting.update(np.flatnonzero(w.cases.stage == Stage.APPROVAL).tolist())

    def after(w: Worlds) -> None:
        nonlocal back
        c = w.cases
        here = np.flatnonzero(c.stage == Stage.APPROVAL)
        assert np.all(w.principals[c.world[here], c.compound[here]] == 2)
        for row in waiting - set(here.tolist()):
            assert c.stage[row] == Stage.WAITING
            assert c.desk[row] == c.organiser[row] == desk_rows(w, BODY)[c.compound[row]]
            assert c.drafted[row]
            back += 1
        waiting.clear()

    around(monkeypatch, "offices.change", before, after)
    # whose hours are not spent at doors, so that proposals are referred at all
    present = ("yijiantiao.hours=8", "yijiantiao.onsite_visits=off")
    lived(found, 120, *(say(*TWO, f"yijiantiao.removal_day={day}", *present) for day in (20, 48, 69, 97)))
    assert back > 3


# --- ability at the table -------------------------------------------------------------------------


def agreements(w: Worlds) -> Array:
    """Return how many quarrels have been settled in each world, kept since or not."""
    return w.tally["grievances"][:, Kind.NEIGHBOUR, [State.SETTLED, State.BROKEN]].sum(axis=1)


def with_abilities(director: float, candidate: float, **fixed: Any) -> Worlds:
    """Return thirty busy worlds, burnt in, in which all directors and all candidates are equally able."""
    w = burnt_in(
        replications=range(30), fixed=dict(BUSY, gap_mean=0.8, **fixed), prior_draws=False, burn_in=35
    )  # fmt: skip
    w.director_ability[...] = director
    w.candidate_ability[...] = candidate
    return w


def test_able_directors_settle_more() -> None:
    """Other things equal, the abler the director the more quarrels end in agreement, at the body's desk."""
    settled = [agreements(lived(with_abilities(a, 0.5), 98, say("formed_body"))) for a in (0.1, 0.5, 0.9)]
    assert clearly_above_zero(settled[1] - settled[0])
    assert clearly_above_zero(settled[2] - settled[1])


def test_able_secretaries_settle_more_where_offices_are_merged() -> None:
    """The merged person's ability counts; a second principal's does not, who mediates nothing: not by a bit."""
    worlds = [lived(with_abilities(0.5, a), 98, say(*ONE), say(*TWO)) for a in (0.1, 0.9)]
    merged = [agreements(w)[:30] for w in worlds]
    assert clearly_above_zero(merged[1] - merged[0])
    for k in range(30, 60):
        poor, able = (
            {name: x for name, x in state(w, k).items() if name != "column candidate_ability"} for w in worlds
        )
        assert difference(poor, able) == ""


def test_without_ability_a_session_leaves_the_gap_as_it_is() -> None:
    """Ability 0 leaves all of the gap, .5 what `narrowing` says, 1 leaves 1 - 2 x (1 - narrowing)."""
    for ability, left in ((0.0, 1.0), (0.5, 0.7), (1.0, 0.4)):
        w = with_abilities(ability, 0.5, narrowing=0.7, joint_cost=-10.0, most_sessions=6)  # nothing is settled
        w = lived(w, 42, say("formed_body"))
        c = w.cases
        here = np.flatnonzero((c.sessions > 0) & (c.handoffs == 0) & np.isin(c.desk, desk_rows(w, BODY)))
        here = here[c.opened[here] >= 0]  # those opened before were begun by others
        assert len(here) > 20
        assert c.narrowed[here] == pytest.approx(left ** c.sessions[here].astype(float), rel=1e-12)
        assert ability > 0 or np.all(c.narrowed[here] == 1.0)


def test_nothing_is_left_at_least_and_all_at_most() -> None:
    """With a narrowing below a half the ablest would leave less than nothing; nothing is the limit."""
    w = with_abilities(1.0, 0.5, narrowing=0.3, joint_cost=-0.1)  # so that not even a gap of nothing is settled
    w = lived(w, 42, say("formed_body"))
    assert np.all((w.cases.narrowed >= 0) & (w.cases.narrowed <= 1))
    assert np.any(w.cases.narrowed == 0)


@pytest.mark.parametrize("more", [(), ("yijiantiao.equal_hours=on",)])
def test_few_hours_leave_the_table_to_the_director(more: tuple[str, ...]) -> None:
    """The weight of the secretary's ability is that of the merger, and goes to zero with the hours."""
    hours = (4.0, 2.0, 0.5, 0.01, 0.0)
    w = many().stack([say(*ONE, *more, f"yijiantiao.hours={h}") for h in hours])
    world, compound = (x.ravel() for x in np.indices(w.secretary.shape))
    table = leaders.at_the_body(w, world, compound).reshape(len(hours), -1)
    secretary, director = (
        x.reshape(len(hours), -1) for x in (w.candidate_ability.reshape(w.n, -1, 3)[:, :, 0], w.director_ability)
    )
    for h, at, s, d in zip(hours, table, secretary, director, strict=True):
        assert at == pytest.approx(d + h / 4 * (s - d), abs=1e-12)
    assert np.array_equal(table[-1], director[-1])
    assert np.all(
        (table >= np.minimum(secretary, director) - 1e-12) & (table <= np.maximum(secretary, director) + 1e-12)
    )


# --- rule zero, alone and in a crowd --------------------------------------------------------------


def test_selection_and_removal_do_nothing_by_themselves(found: Worlds) -> None:
    """Without channels, hours or coverage neither better leaders nor their removal change a bit."""
    extra = (SELECTED, "yijiantiao.removal_day=20", "yijiantiao.quits=0.3")
    off = ("yijiantiao.channels=off", "yijiantiao.hours=0", "yijiantiao.coverage=0")
    w = lived(found, 63, say("formed_body"), *(say(*ONE, *extra, word) for word in off))
    for s in range(1, 1 + len(off)):
        for k in range(found.n):
            assert_same(w, k, w, s * found.n + k)


def test_selected_and_removed_alone_and_in_a_crowd(found: Worlds) -> None:
    """A scenario in a block of others is the scenario alone; so is a world among other replications."""
    words = (SELECTED, "yijiantiao.coverage=0.7", "yijiantiao.removal_day=20", "yijiantiao.vacancy_days=30")
    crowd = lived(found, 63, say(), say(*ONE, *words), say(*TWO), say(*TWO, *words))
    for place, arm in ((1, ONE), (3, TWO)):
        alone = lived(found, 63, say(*arm, *words))
        for k in range(found.n):
            assert_same(alone, k, crowd, place * found.n + k)
    single = lived(burnt_in(replications=(4,), fixed=BUSY, prior_draws=False), 63, say(*ONE, *words))
    assert_same(single, 0, crowd, found.n + 4)
    assert np.any(total(crowd, "sessions")[: found.n] != total(crowd, "sessions")[found.n : 2 * found.n])
