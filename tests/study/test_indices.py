"""Known answers: functions whose indices can be written down."""

from __future__ import annotations

import numpy as np
import pytest

from sim.study import design, indices
from sim.study.design import CHANCE


def ishigami(u: design.Floats, a: float = 7.0, b: float = 0.1) -> design.Floats:
    """Ishigami & Homma (1990) on [-pi, pi]^3, given probabilities."""
    x = np.pi * (2 * u - 1)
    return np.asarray(np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0]))


def ishigami_indices(a: float = 7.0, b: float = 0.1) -> tuple[list[float], list[float]]:
    """Return first- and total-order indices, in closed form."""
    v1, v2 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8
    v13 = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    return [v1 / v, v2 / v, 0.0], [(v1 + v13) / v, v2 / v, v13 / v]


A = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(u: design.Floats) -> design.Floats:
    """Sobol's G function."""
    return np.asarray(np.prod((np.abs(4 * u - 2) + A) / (1 + A), axis=1))


def test_ishigami() -> None:
    first, total = ishigami_indices()
    made = design.sobol(["x1", "x2", "x3"], 4096)
    found = indices.sobol(made, ishigami(made.u))
    assert len(made.u) == 4096 * 5
    assert found["first"].to_numpy() == pytest.approx(first, abs=0.02)
    assert found["total"].to_numpy() == pytest.approx(total, abs=0.02)
    inside = found["first_low"].le(np.array(first) + 0.01) & found["first_high"].ge(np.array(first) - 0.01)
    assert inside.all()


def test_sobols_g() -> None:
    part = 1 / (3 * (1 + A) ** 2)
    v = np.prod(1 + part) - 1
    made = design.sobol([f"x{k}" for k in range(5)], 4096)
    found = indices.sobol(made, sobol_g(made.u))
    assert found["first"].to_numpy() == pytest.approx(part / v, abs=0.02)
    assert found["total"].to_numpy() == pytest.approx(part * np.prod(1 + part) / (1 + part) / v, abs=0.02)


def test_groups_share_what_their_members_do_together_and_chance_is_one() -> None:
    made = design.grouped(["x1", "x2", "x3"], ["ours", "theirs", "ours"], 4096)
    luck = np.where(made.replications % 2 == 0, 3.0, -3.0)  # variance 9, and nothing in common with the rest
    y = ishigami(made.quantiles) + luck
    found = indices.sobol(made, y).set_index("factor")
    first, total = ishigami_indices()
    v = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2 + 49 / 8 + 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    share = v / (v + 9)
    assert found.loc["ours", "first"] == pytest.approx((1 - first[1]) * share, abs=0.03)
    assert found.loc["theirs", "total"] == pytest.approx(total[1] * share, abs=0.03)
    assert found.loc[CHANCE, "first"] == pytest.approx(1 - share, abs=0.03)
    a, b = indices.base(made, y)
    assert len(a) == len(b) == 4096
    assert np.concatenate([a, b]).var() == pytest.approx(v + 9, rel=0.05)


def test_morris_finds_slopes_interactions_and_what_does_nothing() -> None:
    made = design.morris(["steep", "flat", "idle", "bent"], 10)
    assert len(made.u) == 10 * 6
    assert set(made.replications) <= set(range(4))
    x = (made.quantiles - design.EDGE) / (1 - 2 * design.EDGE)  # a step over the whole range is 1
    y = 10 * x[:, 0] - 2 * x[:, 1] + 4 * (x[:, 3] - 0.5) * np.where(x[:, 0] > 0.5, 1.0, -1.0)
    found = indices.morris(made, y).set_index("factor")
    assert found.loc["flat", ["mu_star", "mu"]].tolist() == pytest.approx([2.0, -2.0])
    assert found.loc["flat", "sigma"] == pytest.approx(0.0, abs=1e-9)
    assert found.loc[["idle", CHANCE], "mu_star"].tolist() == [0.0, 0.0]
    assert found.loc["bent", "mu_star"] == pytest.approx(4.0)
    assert found.loc["bent", "sigma"] > 1.0  # its sign hangs on another
    assert found.loc["steep", "mu"] == pytest.approx(10.0, abs=6.0)


def test_what_never_changes_has_no_indices() -> None:
    made = design.sobol(["x"], 8)
    assert indices.sobol(made, np.full(len(made.u), 2.0))["first"].isna().all()
    nearly = 0.1 + 0.2 + 1e-17 * design.morris(["x"], 2).quantiles[:, 0]
    assert indices.morris(design.morris(["x"], 2), nearly)["mu_star"].tolist() == [0.0, 0.0]
    still = design.morris(["x"], 2)
    assert indices.morris(still, np.full(len(still.u), 2.0))["mu_star"].eq(0.0).all()


def test_scans_move_one_factor_in_the_same_replications() -> None:
    made = design.scans(2, 3, 4)
    assert made.u.shape == (2 * 3 * 4, 2)
    assert np.isnan(made.u[:12, 1]).all()
    assert np.isnan(made.u[12:, 0]).all()
    assert made.u[:12, 0].reshape(3, 4) == pytest.approx(np.repeat([[0.05], [0.5], [0.95]], 4, axis=1))
    assert made.replications.reshape(6, 4).tolist() == [[0, 1, 2, 3]] * 6
