"""Two books of the same disputes: what is written down is better than what is true, and changes nothing in it."""

from __future__ import annotations

import numpy as np
import pytest

from sim import outcomes
from sim.cases import Kind, Stage
from sim.outcomes import Recorded, booking
from sim.study.press import tail
from tests.helpers import burnt_in, digest, say

SHARES = (0.0, 0.1, 0.4)

Kept = tuple[list[booking.Books], bool, np.ndarray]


@pytest.fixture(scope="module")
def kept() -> Kept:
    """The books at default parameters and three shares of closing, and whether the worlds are as before."""
    w = burnt_in(lively=False, prior_draws=False, burn_in=91, replications=range(24), structure=dict(households=100))
    w = w.stack([say("formed_body", "yijiantiao")])
    w.run(365)
    before = digest(w)
    books = [booking.books(outcomes.recorded(w), share, 30) for share in SHARES]
    return books, digest(w) == before, tail.relieved(w)


def test_high_recorded_success_comes_from_booking_not_from_easier_settling(
    kept: Kept,
) -> None:
    books, unchanged, of_felt = kept
    assert unchanged  # nobody in the worlds knows of the books
    for one in books:
        assert np.array_equal(one.settled, books[0].settled)
        assert np.array_equal(one.at_table, books[0].at_table)
        assert one.at_table.sum() > 100
        assert one.booked_settled.sum() / one.booked.sum() >= 0.95
        assert one.settled.sum() / one.at_table.sum() < one.booked_settled.sum() / one.booked.sum()
        assert np.all(one.true <= one.recorded)
        assert of_felt.mean() < one.settled.sum() / one.at_table.sum()  # of all felt still less
    paper = [int(one.paper.sum()) for one in books]
    assert paper[0] == 0 <= paper[1] <= paper[2] > 0
    recorded = [one.booked_settled.sum() / one.booked.sum() for one in books]
    assert recorded[0] <= recorded[1] <= recorded[2]


def test_who_is_closed_on_paper_at_a_low_share_is_at_a_high_one(
    kept: Kept,
) -> None:
    low, high = kept[0][1:]
    assert np.all(low.paper <= high.paper)
    w = burnt_in(burn_in=70).stack([say()])
    w.run(120)
    seen = outcomes.recorded(w)
    everything, some = (booking.books(seen, share, 10) for share in (1.0, 0.4))  # a share of 1: all that is late
    assert everything.paper.sum() > some.paper.sum() > 0
    assert everything.booked_settled.sum() > some.booked_settled.sum()
    assert np.all(everything.booked_settled >= everything.settled)
    assert booking.books(seen, 1.0, 119).at_table.sum() <= everything.at_table.sum()


def seen(*disputes: tuple[int, int, Stage, int], days: int = 100) -> Recorded:
    """Return what a world of some quarrels has left: opened, closed, how it stands, sessions."""
    opened, closed, stage, sessions = (np.array(column) for column in zip(*disputes, strict=True))
    nothing = {"world": np.zeros(len(opened), dtype=int), "bearer": np.arange(len(opened))}
    cases = nothing | dict(kind=np.full(len(opened), Kind.NEIGHBOUR), ordinal=np.zeros(len(opened), dtype=int))
    cases |= dict(opened=opened, closed=closed, stage=stage, sessions=sessions)
    ended = {name: values[stage >= Stage.SETTLED] for name, values in cases.items()}
    nobody = np.zeros(1, dtype=np.int64)
    record = np.zeros((days, 1, 0), dtype=np.int64)
    return Recorded("compound", (), record, cases, ended, {}, nobody, np.ones(1, np.uint64), nobody, {}, {})


def test_the_books_of_a_few_quarrels() -> None:
    world = seen(
        (0, 10, Stage.SETTLED, 1),  # both books
        (5, 80, Stage.SETTLED, 2),  # late, yet settled: once in either
        (10, 20, Stage.FAILED, 3),  # both books, against the desk
        (10, 20, Stage.WITHDRAWN, 1),  # given up in time: at the table, not in the books
        (20, 90, Stage.WITHDRAWN, 1),  # given up late: in the books only if closed on paper
        (30, 0, Stage.WAITING, 2),  # open and late: the same
        (30, 31, Stage.SETTLED, 0),  # never came to a table
        (-1, 10, Stage.SETTLED, 1),  # opened before the span
        (70, 75, Stage.SETTLED, 1),  # the deadline is not over
    )
    honest, gamed = (booking.books(world, share, 30) for share in (0.0, 1.0))
    for kept in (honest, gamed):
        assert (kept.at_table[0], kept.settled[0]) == (6, 2)
        assert kept.true[0] == pytest.approx(2 / 6)
    assert (honest.booked[0], honest.booked_settled[0], honest.paper[0]) == (3, 2, 0)
    assert (gamed.booked[0], gamed.booked_settled[0], gamed.paper[0]) == (5, 4, 3)
    assert honest.recorded[0] == pytest.approx(2 / 3)
    assert gamed.recorded[0] == pytest.approx(4 / 5)


def test_every_experiment_has_both_books_side_by_side() -> None:
    for place in ("compound", "village", "pasture", "county"):
        names = [spec.name for spec in outcomes.specs(place)]
        assert {"settled_at_table", "settled_in_books"} <= set(names)
    w = burnt_in(burn_in=70).stack([say(), say("formed_body")])
    w.run(200)
    seen_now = outcomes.recorded(w)
    counted = outcomes.counts(seen_now)
    kept = booking.books(seen_now, 0.1, 30)
    assert np.array_equal(counted["at_table"], kept.at_table)
    assert kept.at_table.sum() > 0
    found = outcomes.quotients(counted, "compound")
    assert np.array_equal(found["settled_at_table"], kept.true, equal_nan=True)
    assert np.array_equal(found["settled_in_books"], kept.recorded, equal_nan=True)
