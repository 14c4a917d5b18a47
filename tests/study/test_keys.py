"""Keys: everything counts, and no order."""

from __future__ import annotations

import numpy as np
import pytest

from sim.study.keys import piece_key


def test_the_key_counts_everything_and_no_order() -> None:
    key = piece_key(replications=[0, 1], parameters={"quorum": 0.5, "b": 1}, code="abc")
    assert key == piece_key(code="abc", parameters={"b": 1, "quorum": 0.5}, replications=(0, 1))
    assert key == "dd1ca4ae20ecf21fbee74ae73366dd41d38d3335b22a80c4ff735b902dcbfa90"
    others = [
        piece_key(replications=[0, 1], parameters={"quorum": 0.5, "b": 1.0}, code="abc"),
        piece_key(replications=[0, 1], parameters={"quorum": 0.5000000000000001, "b": 1}, code="abc"),
        piece_key(replications=[1, 0], parameters={"quorum": 0.5, "b": 1}, code="abc"),
        piece_key(replications=[0, 1], parameters={"quorum": 0.5, "b": True}, code="abc"),
        piece_key(replications=[0, 1], parameters={"quorum": 0.5, "b": None}, code="abc"),
        piece_key(replications=["0", "1"], parameters={"quorum": 0.5, "b": 1}, code="abc"),
    ]
    assert len({key, *others}) == 7
    with pytest.raises(ValueError, match=r"description\.a\[1\] is nan"):
        piece_key(a=[1.0, float("nan")])
    with pytest.raises(TypeError, match=r"description\.a is a int64"):
        piece_key(a=np.int64(1))
    with pytest.raises(TypeError, match="not a text"):
        piece_key(a={1: 2})
