"""Arrears: what is paid when the company's claims are settled."""

from __future__ import annotations

import numpy as np

from sim.rules import arrears
from sim.rules.contracts import NONE
from sim.worlds import Recipe, Worlds


def test_who_settles_two_claims_on_one_day_pays_once() -> None:
    w = Worlds(Recipe("compound", dict(compounds=3, households=40), dict(no_company=0.0), burn_in=7))
    assert np.all(w.contract != NONE)
    flat = int(np.flatnonzero(~w.pays[0])[0])
    compound = w.layout.up("household", "compound")[flat]
    w.arrears[0, flat] = 700
    till, payers = int(w.till[0, compound]), int(w.stock["payers"][0])
    arrears.pay_up(w, np.zeros(2, dtype=np.int64), np.full(2, flat))
    assert (w.purse[0, flat], w.till[0, compound] - till, w.arrears[0, flat]) == (-700, 700, 0)
    assert w.flow["arrears_fen"][0] == 700
    assert w.pays[0, flat]
    assert w.stock["payers"][0] == payers + 1
