"""Elections: when they are held, who organises them, who comes into office, and what a missing quorum leads to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.cases import NEVER
from sim.places.compound import COMMUNITY
from sim.rules import bodies
from sim.rules.desks import kinds
from sim.rules.motions import Motion
from sim.worlds import Worlds
from tests.helpers import NOTHING_BREAKS, recipe, total

Array = NDArray[Any]

QUIET = NOTHING_BREAKS | dict(quarrel_rate=0.0, no_company=1.0, substitute=0.0, claim_rate=0.0, consider_days=3.0)
"""Nothing happens but elections."""

TRUSTED = dict(apathy=0.0, trust_community=1.0, trust_strength=1e9)
"""Everybody votes, and everybody trusts the community that organises: all vote yes."""


def found(number: int = 6, compounds: int = 6, **fixed: Any) -> Worlds:
    """Found worlds at day 0."""
    structure = dict(compounds=compounds, households=12)
    return Worlds(recipe(range(number), 0, fixed=QUIET | fixed, structure=structure, prior_draws=False))


def test_an_election_begins_in_the_week_after_the_term_has_ended() -> None:
    """A committee's term ends, the community calls the owners; nobody has elected committees but those."""
    w = found(committee_share=0.5, election_rate=0.0, term_of_office=1.0, **TRUSTED)
    end = w.term_end.copy()
    committee = w.body == bodies.COMMITTEE
    assert np.array_equal(end != NEVER, committee)
    assert np.all((end[committee] >= 1) & (end[committee] <= 365))
    held = 0
    for _ in range(360):
        before = w.electing.copy()
        w.step()
        day = w.day - 1
        new = w.electing & ~before
        if day % 7:
            assert not new.any()
        else:
            due = (end <= day) & (end > day - 7)
            assert np.array_equal(new, due & committee)
            held += np.count_nonzero(new)
        m = w.motions
        rows = np.flatnonzero(m.open & (m.kind == Motion.ELECT))
        assert np.all(kinds(w)[m.organiser[rows]] == COMMUNITY)
        assert np.all(m.asked[rows] == w.layout.count("compound", "household")[m.compound[rows]])
    assert held > 10


def test_whoever_is_elected_holds_office_for_a_term() -> None:
    """With all votes in favour every committee is followed by a committee, for so many years from that day on."""
    w = found(committee_share=1.0, term_of_office=1.0, **TRUSTED)
    ends = np.zeros(w.term_end.shape)
    for _ in range(380):
        term, taken = w.term_end.copy(), w.offices_taken.copy()
        w.step()
        new = w.offices_taken > taken
        assert np.all(w.term_end[new] == w.day - 1 + 365)
        assert np.array_equal(w.term_end[~new], term[~new])
        ends += new
    assert np.all(ends >= 1)
    assert np.all(w.body == bodies.COMMITTEE)
    assert np.array_equal(total(w, "elected"), ends.sum(axis=1))


def test_without_a_quorum_the_sub_district_appoints() -> None:
    """Where nobody votes a committee whose term has ended gives way to a management committee without term."""
    w = found(committee_share=1.0, term_of_office=1.0, apathy=1.0, ballot_days=30)
    end = w.term_end.copy()
    for _ in range(420):
        w.step()
        over = np.where(w.term_end == NEVER, w.day - 1 - end, 0)
        assert np.all((over == 0) | (over >= 30))
        assert np.array_equal(w.body_found == bodies.MANAGEMENT, w.term_end == NEVER)
    assert np.all(w.body == bodies.MANAGEMENT)
    assert not total(w, "elected").any()
    assert np.all(w.offices_taken == 1)


def test_a_committee_stays_until_there_is_another() -> None:
    """An expired term leaves nobody without a body: the old one goes on until the ballot is over."""
    w = found(committee_share=1.0, term_of_office=1.0, apathy=1.0, ballot_days=60)
    waiting = 0
    for _ in range(360):
        w.step()
        held_over = (w.term_end < w.day) & w.electing
        assert np.all(w.body_found[held_over] == bodies.COMMITTEE)
        assert np.all(w.body > bodies.NONE)
        waiting += np.count_nonzero(held_over)
    assert waiting > 500


def test_owners_set_elections_going_at_the_rate_declared() -> None:
    """Where there is no elected committee, so many a compound and year; none elsewhere; no body goes with a defeat."""
    w = found(12, 20, committee_share=0.3, management_share=0.3, election_rate=0.3, apathy=1.0, term_of_office=1000.0)
    body = w.body_found.copy()
    without = body != bodies.COMMITTEE
    free = 0
    for _ in range(4 * 364):
        free += np.count_nonzero(without & ~w.electing) if w.day % 7 == 0 else 0
        w.step()
        assert not np.any(w.electing & ~without)
    expected = free * 0.3 * 7 / 365
    assert abs(total(w, "elections").sum() - expected) < 4 * np.sqrt(expected)
    assert expected > 150
    # in vain: a defeat takes no body away and brings none
    assert np.array_equal(w.body_found, body)
    assert not w.offices_taken.any()


def test_an_election_won_brings_a_committee_where_there_was_none() -> None:
    """Owners who vote elect one, which functions as often as declared."""
    w = found(20, 20, committee_share=0.0, management_share=0.0, election_rate=5.0, functioning_share=0.4, **TRUSTED)
    assert not w.body.any()
    w.run(364)
    elected = w.body_found == bodies.COMMITTEE
    assert elected.mean() > 0.95
    assert np.array_equal(w.offices_taken > 0, elected)
    share = w.functioning[elected].mean()
    assert abs(share - 0.4) < 4 * np.sqrt(0.24 / elected.sum())


def test_whoever_comes_into_office_gives_hours_and_sets_time_aside() -> None:
    """From the next change of offices on the director's hours, talks and inspections are those of the new body."""
    w = found(8, committee_share=1.0, term_of_office=1.0, functioning_share=0.5, director_hours=4.0, **TRUSTED)
    turned = 0
    before = w.functioning.copy()
    w.run(w.day + 385)
    own = np.rint(60 * w.p.own_inspection_hours), np.rint(60 * w.p.own_talk_hours)
    turned += np.count_nonzero(w.functioning != before)
    assert np.array_equal(w.director_minutes, np.where(w.functioning, 240, np.rint(60 * w.p.idle_director_hours)))
    assert np.array_equal(w.inspections_found, np.where(w.functioning, own[0], 0))
    assert np.array_equal(w.talks_found, np.where(w.functioning, own[1], 0))
    assert turned > 5


def test_votes_follow_trust_in_the_community() -> None:
    """The less the community is trusted, the fewer elections are won; without any trust hardly half vote yes."""
    won = []
    for trust in (0.0, 0.2, 0.9):
        voting = dict(apathy=0.0, trust_community=trust, trust_strength=1e9)
        w = found(12, 12, committee_share=0.0, management_share=0.0, election_rate=3.0, **voting)
        w.run(364)
        won.append(total(w, "elected").sum() / total(w, "elections").sum())
    assert won[0] < won[1] < won[2]
    assert won[2] > 0.9
