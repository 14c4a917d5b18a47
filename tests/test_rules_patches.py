"""Patches: who makes the roof tight above the own flat, what it costs, when a roof is whole that no crew has mended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cases import NEVER, SHARED, Kind, Stage, State, under_way
from sim.rules import trust
from sim.worlds import Worlds
from tests.helpers import around, burnt_in, lived, say, total

Array = NDArray[Any]

SOON = dict(patch_days=40.0)


def test_who_suffers_from_a_roof_patches_at_own_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose day has come, unless owners, money or a crew are at it; each pays the price, and suffers no more."""
    then: dict[str, Any] = {}
    seen = dict.fromkeys(("patched", "claimants", "given up", "waiting for others"), 0)

    def before(w: Worlds) -> None:
        g = w.grievances
        then.update(aching=g.aching.copy(), state=g.state.copy(), purse=w.purse.copy(), stage=w.cases.stage.copy())
        then["case"] = w.defect_case.copy()

    def after(w: Worlds) -> None:
        g = w.grievances
        done = np.flatnonzero(then["aching"] & ~g.aching)
        due = np.flatnonzero(then["aching"] & (g.patch <= w.day))
        case = then["case"][g.world[due], g.bearer[due]]
        busy = (case >= 0) & under_way(then["stage"][case])
        assert np.array_equal(done, due[~busy])
        assert np.all(g.kind[due] == Kind.ROOF)
        price = np.rint(100 * w.p.patch_cost[:, 0]).astype(np.int64)
        paid = np.zeros_like(w.purse)
        np.add.at(paid, (g.world[done], g.household[done]), price[g.world[done]])
        assert np.array_equal(then["purse"] - w.purse, paid)
        over = then["state"][done] > State.JOINED
        assert np.all(g.state[done[~over]] == State.PRIVATE) and np.all(g.case[done] == -1)
        assert np.array_equal(g.state[done[over]], then["state"][done[over]])
        seen["patched"] += len(done)
        seen["claimants"] += np.isin(then["state"][done], (State.OPEN, State.JOINED)).sum()
        seen["given up"] += over.sum()
        seen["waiting for others"] += busy.sum()

    around(monkeypatch, "patches.patch", before, after)
    lived(burnt_in(replications=range(6), fixed=SOON), 126, say())
    assert min(seen.values()) > 5, seen


def test_claimants_who_patch_have_learnt_that_claiming_is_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believed success falls for them, and trust in desks stays as it is; who never claimed learns nothing."""
    heard: list[tuple[Array, Array]] = []
    learn = trust.learn

    def listen(w: Worlds) -> None:
        heard.extend((experience, household) for experience, _, household in w.heard)
        learn(w)

    def before(w: Worlds) -> None:
        heard.clear()
        monkeypatch.setattr(trust, "learn", listen)

    told: list[int] = []

    def after(w: Worlds) -> None:
        monkeypatch.setattr(trust, "learn", learn)
        told.extend(int(e) for experience, _ in heard for e in experience)

    around(monkeypatch, "patches.patch", before, after)
    lived(burnt_in(replications=range(4), fixed=SOON), 126, say())
    assert len(told) > 5
    assert {trust.OUTCOMES[number] for number in told} == {"failed_roof"}


def test_a_roof_that_nobody_suffers_from_any_more_is_whole() -> None:
    """Its case is dropped, its clock goes on; as long as somebody suffers it leaks."""
    w = burnt_in(replications=range(6), fixed=SOON)
    ended = 0
    for _ in range(182):
        leaking, case = w.defective.copy(), w.defect_case.copy()
        stage = w.cases.stage.copy()
        w.step()
        g = w.grievances
        felt = np.zeros_like(w.defective)
        rows = np.flatnonzero(g.aching & SHARED[g.kind])
        felt[g.world[rows], g.bearer[rows]] = True
        flow = w.record[-1, :, w.series.index("unfelt")]
        if flow.any() and w.day % 7:  # the day's rows are still in the table
            gone = leaking & ~w.defective & (w.layout.traits["asset_kind"] == Kind.ROOF)
            dropped = case[gone & (case >= 0)]
            settled = w.cases.stage[dropped] == Stage.SETTLED
            assert np.all(settled | (w.cases.stage[dropped] == Stage.WITHDRAWN))
            assert not np.any(under_way(stage[dropped[~settled]]))
            assert not np.any(felt[gone])
        ended += int(flow.sum())
    assert ended > 5


def test_nobody_patches_what_was_mended_in_time() -> None:
    """The longer people wait before they pay themselves, the fewer patch and the longer roofs are suffered from."""
    patched, suffered = [], []
    for days in (30.0, 120.0, 480.0, 1e7):
        w = lived(burnt_in(replications=range(8), fixed=dict(patch_days=days)), 182, say())
        patched.append(int(total(w, "patched").sum()))
        suffered.append(int(w.record[:, :, w.series.index("leaking_roofs")].sum()))
    assert patched == sorted(set(patched), reverse=True) and patched[-1] == 0
    assert suffered == sorted(suffered) and suffered[-1] > 1.2 * suffered[0]


def test_the_mean_wait_is_as_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole days without memory, at least one; nothing but roofs is ever patched."""
    waits: list[Array] = []

    def after(w: Worlds) -> None:
        g = w.grievances
        born = g.born == w.day
        assert np.all(g.patch[born & (g.kind != Kind.ROOF)] == NEVER)
        waits.append((g.patch - g.born)[born & (g.kind == Kind.ROOF)])

    around(monkeypatch, "grievances.feel", lambda w: None, after)
    burnt_in(replications=range(24), fixed=dict(patch_days=200.0))
    wait = np.concatenate(waits)
    assert len(wait) > 1000 and wait.min() >= 1
    assert abs(wait.mean() - 200) < 4 * 200 / np.sqrt(len(wait))
