"""The emulator on a function that is known, on noise, and on what never changes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.study import emulator


def test_it_finds_the_inputs_of_a_known_function_and_knows_how_unsure_it_is() -> None:
    rng = np.random.default_rng(1)
    u, new = rng.random((300, 60)), rng.random((500, 60))

    def truth(x: emulator.Floats) -> emulator.Floats:
        return np.asarray(5 + 4 * (2 * x[:, 7] - 1) - 3 * (2 * x[:, 20] - 1) ** 2 + 2 * (2 * x[:, 41] - 1))

    fitted = emulator.fit(u, truth(u) + rng.normal(0, 0.5, 300))
    assert set(fitted.active) == {7, 20, 41}
    assert fitted.rest == pytest.approx(0.5, rel=0.15)
    assert fitted.r2 > 0.95
    mean, sd = fitted.at(new)
    happened = truth(new) + rng.normal(0, 0.5, 500)
    assert np.abs(mean - truth(new)).max() < 0.5
    assert np.mean(np.abs(happened - mean) < 1.96 * sd) == pytest.approx(0.95, abs=0.03)


def test_in_noise_it_chooses_next_to_nothing() -> None:
    rng = np.random.default_rng(2)
    chosen = [len(emulator.fit(rng.random((200, 100)), rng.normal(size=200)).active) for _ in range(10)]
    assert np.mean(chosen) < 0.6


def test_what_never_changes_needs_no_input() -> None:
    fitted = emulator.fit(np.random.default_rng(3).random((30, 4)), np.full(30, 2.0))
    assert fitted.active == ()
    assert fitted.at(np.zeros((2, 4)))[0].tolist() == pytest.approx([2.0, 2.0])
    assert np.isnan(fitted.r2)
