"""Kaplan-Meier and Aalen-Johansen: textbook data, tables worked by hand, and what must always hold."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.study.survival import CENSORED, aalen_johansen, averaged, kaplan_meier

REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission of 21 children under 6-MP, relapsed and censored (Freireich et al. 1963, Blood 21:699)."""

BY_THE_BOOK = {
    6: (0.857, 0.0764), 7: (0.807, 0.0869), 10: (0.753, 0.0963), 13: (0.690, 0.1068), 16: (0.627, 0.1141),
    22: (0.538, 0.1282), 23: (0.448, 0.1346),
}  # fmt: skip
"""Week to share in remission and its standard error, as in every textbook (Kleinbaum & Klein, chapter 2)."""

A, B = 4, 7
HAND = [(1, A), (2, B), (2, CENSORED), (3, A), (3, A), (4, B), (5, CENSORED), (6, A), (7, B), (8, CENSORED)]
"""Ten cases: day, and how it ended."""

HAND_WORKED = {
    # day: at risk, share ended by A, by B, still open; in 210ths
    0: (10, 0, 0, 210),
    1: (10, 21, 0, 189),  # 1/10
    2: (9, 21, 21, 168),  # 9/10 x 1/9
    3: (7, 69, 21, 120),  # 8/10 x 2/7
    4: (5, 69, 45, 96),  # 4/7 x 1/5
    5: (4, 69, 45, 96),
    6: (3, 101, 45, 64),  # 16/35 x 1/3
    7: (2, 101, 77, 32),  # 32/105 x 1/2
    8: (1, 101, 77, 32),
}


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    durations, causes = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return durations, causes


lives = st.lists(st.tuples(st.integers(0, 30), st.sampled_from([CENSORED, 0, 1, 2])), max_size=40)


def test_remission_under_6_mp() -> None:
    relapsed, censored = REMISSION
    found = kaplan_meier(relapsed + censored, [True] * 9 + [False] * 12)
    assert found.share.shape == (36,)
    for week, (share, error) in BY_THE_BOOK.items():
        assert found.share[week] == pytest.approx(share, abs=5e-4)
        assert np.sqrt(found.variance[week]) == pytest.approx(error, abs=5e-5)
    assert found.share[5] == 1 and found.variance[5] == 0
    assert found.share[35] == found.share[23]  # the last is censored: it never falls to 0
    assert found.at_risk[[0, 6, 7, 23, 35]].tolist() == [21, 21, 17, 6, 1]
    assert found.ends.sum() == 9


def test_competing_ends_by_hand() -> None:
    durations, cause = columns(HAND)
    found = aalen_johansen(durations, cause, [A, B])
    assert found.causes == (A, B)
    for day, (risk, a, b, still_open) in HAND_WORKED.items():
        assert found.at_risk[day] == risk
        assert found.shares[:, day] * 210 == pytest.approx([a, b, still_open])
    # One minus Kaplan-Meier for B alone is 1 - 8/9 x 4/5 x 1/2 = 0.64, nearly twice the 0.37 that end so.
    alone = kaplan_meier(durations, cause == B)
    assert 1 - alone.share[8] == pytest.approx(29 / 45)
    assert found.incidence[1, 8] == pytest.approx(77 / 210)


def test_two_planted_hazards() -> None:
    """Of cases that end by A with .02 a day and by B with .01, two thirds end by A; 1 - Kaplan-Meier says nearly all.

    Whatever day it is, A has (1 - .97^t) 2/3 in truth, and one minus Kaplan-Meier of A alone goes to 1 - .98^t: .96
    in place of .66 after 160 days.
    """
    rng = np.random.default_rng(13)
    n, last = 40_000, 160
    day = rng.geometric(0.03, n)
    by = np.where(rng.random(n) < 2 / 3, A, B)
    left = rng.integers(40, 400, n)  # not followed any longer, whatever the case
    durations, cause = np.minimum(day, left), np.where(day <= left, by, CENSORED)
    found = aalen_johansen(durations, cause, [A, B], last=last)
    for t in (20, 80, last):
        ended = 1 - 0.97**t
        assert found.incidence[:, t] == pytest.approx([ended * 2 / 3, ended / 3], abs=0.01)
    assert found.incidence[0, last] == pytest.approx(0.66, abs=0.01)
    assert 1 - kaplan_meier(durations, cause == A, last=last).share[last] == pytest.approx(0.96, abs=0.01)


def test_the_order_of_causes_and_rows_is_nothing() -> None:
    durations, cause = columns(HAND)
    found = aalen_johansen(durations, cause, [A, B])
    turned = aalen_johansen(durations[::-1], cause[::-1], [B, 9, A])
    assert np.array_equal(turned.incidence[[2, 0]], found.incidence)
    assert not turned.incidence[1].any()


def test_all_censored_nobody_and_one() -> None:
    never = aalen_johansen([3, 5], [CENSORED, CENSORED], [0, 1])
    assert never.still_open.tolist() == [1.0] * 6
    assert not never.incidence.any()
    nobody = aalen_johansen(np.zeros(0, dtype=int), np.zeros(0, dtype=int), [0], last=2)
    assert np.isnan(nobody.shares).all() and nobody.shares.shape == (2, 3)
    assert np.isnan(kaplan_meier([], []).share).all()
    one = kaplan_meier([2], [True], last=4)
    assert one.share.tolist() == [1, 1, 0, 0, 0]  # known for good: nobody is left
    assert one.variance[:2].tolist() == [0, 0] and np.isnan(one.variance[2:]).all()
    at_once = aalen_johansen([0], [1], [0, 1])
    assert at_once.shares[:, 0].tolist() == [0, 1, 0]


def test_beyond_what_was_seen_nothing_is_known() -> None:
    found = aalen_johansen([2, 4], [0, CENSORED], [0], last=6)
    assert found.still_open[:5].tolist() == [1, 1, 0.5, 0.5, 0.5]
    assert np.isnan(found.shares[:, 5:]).all()
    # A tie: who is censored on the day of an end was at risk for it.
    tie = kaplan_meier([4, 4], [True, False], last=5)
    assert tie.share[:5].tolist() == [1, 1, 1, 1, 0.5]
    assert np.isnan(tie.share[5])
    cut = kaplan_meier([2, 900, 900], [True, True, False], last=3)
    assert cut.share == pytest.approx([1, 1, 2 / 3, 2 / 3])


def test_mistakes_are_told() -> None:
    with pytest.raises(ValueError, match="below 0"):
        kaplan_meier([-1], [True])
    with pytest.raises(ValueError, match="whole numbers"):
        kaplan_meier([1.5], [True])
    with pytest.raises(ValueError, match="true and false"):
        kaplan_meier([1], [2])
    with pytest.raises(ValueError, match="one row"):
        kaplan_meier([[1]], [True])
    with pytest.raises(ValueError, match="do not match"):
        aalen_johansen([1, 2], [0], [0])
    with pytest.raises(ValueError, match=r"\[3\] are not among \[0\]"):
        aalen_johansen([1], [3], [0])
    with pytest.raises(ValueError, match="not among"):
        aalen_johansen([1], [0], [0, CENSORED])
    with pytest.raises(ValueError, match="at least one"):
        aalen_johansen([1], [CENSORED], [])
    with pytest.raises(ValueError, match="a group is not among the 1"):
        kaplan_meier([1], [True], group=[1], groups=1)


@given(lives)
def test_shares_add_up_and_never_turn_back(rows: list[tuple[int, int]]) -> None:
    durations, cause = columns(rows)
    found = aalen_johansen(durations, cause, [0, 1, 2], last=35)
    known = ~np.isnan(found.still_open)
    assert np.array_equal(np.isnan(found.shares).any(axis=0), ~known)
    assert found.shares[:, known].sum(axis=0) == pytest.approx(1)
    assert (np.diff(found.incidence[:, known]) >= 0).all()
    assert (np.diff(found.still_open[known]) <= 0).all()
    assert ((found.shares[:, known] >= 0) & (found.shares[:, known] <= 1 + 1e-12)).all()
    # What is known is known from day 0 on without a gap.
    assert (np.diff(known.astype(int)) <= 0).all()


@given(lives)
def test_kaplan_meier_alone_overstates_every_end(rows: list[tuple[int, int]]) -> None:
    durations, cause = columns(rows)
    found = aalen_johansen(durations, cause, [0, 1, 2])
    together = kaplan_meier(durations, cause >= 0)
    assert np.array_equal(together.share, found.still_open, equal_nan=True)
    for k in range(3):
        alone = 1 - kaplan_meier(durations, cause == k).share
        known = ~np.isnan(alone) & ~np.isnan(found.still_open)
        assert (alone[known] >= found.incidence[k, known] - 1e-12).all()


@given(lives.filter(lambda rows: any(cause >= 0 for _, cause in rows)))
def test_kaplan_meier_is_scipys(rows: list[tuple[int, int]]) -> None:
    durations, cause = columns(rows)
    found = kaplan_meier(durations, cause >= 0)
    data = stats.CensoredData(uncensored=durations[cause >= 0], right=durations[cause < 0])
    assert found.share == pytest.approx(stats.ecdf(data).sf.evaluate(np.arange(len(found.share))))


@given(lives)
def test_aalen_johansen_in_fractions(rows: list[tuple[int, int]]) -> None:
    """The sum over days, by its definition."""
    durations, cause = columns(rows)
    found = aalen_johansen(durations, cause, [0, 1, 2])
    left, shares = Fraction(1), [Fraction(0)] * 3
    for day in range(int(durations.max(initial=-1)) + 1):
        risk = sum(d >= day for d, _ in rows)
        ends = [sum(row == (day, k) for row in rows) for k in range(3)]
        shares = [share + left * Fraction(end, risk) for share, end in zip(shares, ends, strict=True)]
        left *= 1 - Fraction(sum(ends), risk)
        assert found.shares[:, day] == pytest.approx([float(x) for x in (*shares, left)])


@given(lives.filter(len))
def test_without_censoring_it_is_plain_counting(rows: list[tuple[int, int]]) -> None:
    durations, cause = columns([(day, max(how, 0)) for day, how in rows])
    found = aalen_johansen(durations, cause, [0, 1, 2], last=35)
    for day in (0, 7, 29, 35):
        plain = [np.mean((durations <= day) & (cause == k)) for k in range(3)]
        assert found.shares[:, day] == pytest.approx([*plain, np.mean(durations > day)])


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([CENSORED, 0, 1]), st.integers(0, 3)), max_size=60))
def test_a_group_alone_and_in_a_crowd(rows: list[tuple[int, int, int]]) -> None:
    durations, cause, group = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    crowd = aalen_johansen(durations, cause, [0, 1], last=31, group=group, groups=5)
    survival = kaplan_meier(durations, cause == 1, last=31, group=group, groups=5)
    assert crowd.shares.shape == (5, 3, 32) and survival.share.shape == (5, 32)
    for k in range(5):
        mine = group == k
        alone = aalen_johansen(durations[mine], cause[mine], [0, 1], last=31)
        assert np.array_equal(crowd.shares[k], alone.shares, equal_nan=True)
        assert np.array_equal(crowd.at_risk[k], alone.at_risk)
        one = kaplan_meier(durations[mine], cause[mine] == 1, last=31)
        assert np.array_equal(survival.share[k], one.share, equal_nan=True)
        assert np.array_equal(survival.variance[k], one.variance, equal_nan=True)


def test_replications_count_alike() -> None:
    curves = np.array([[1.0, 0.5, np.nan], [1.0, 0.0, np.nan], [np.nan] * 3])
    assert averaged(curves)[:2].tolist() == [1.0, 0.25]
    assert np.isnan(averaged(curves)[2])
