"""Binary messages: what is written is read again, number by number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.page import frames
from sim.page.replay import SIZE, Recording

NAMES = st.text("abcdefghij", min_size=1, max_size=8)
NUMBERS = st.sampled_from([np.dtype(code) for code in ("u1", "<i4", "<f4", "<f8")]).flatmap(
    lambda kind: arrays(kind, st.integers(0, 20), elements={"allow_nan": False} if kind.kind == "f" else None)
)


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**32 - 1), st.dictionaries(NAMES, NUMBERS, max_size=5))
def test_what_is_written_is_read(day: int, run: int, sections: dict[str, np.ndarray]) -> None:
    message = frames.encode(day, run, sections)
    assert len(message) % frames.EDGE == 0
    assert frames.decode(message)[:2] == (day, run)
    found = frames.decode(message)[2]
    assert list(found) == list(sections)
    for name, values in sections.items():
        assert found[name].dtype == values.dtype
        assert np.array_equal(found[name], values)


def test_words_are_a_section_too() -> None:
    said = {"kinds": ["compound"], "units": {"小区": 2}}
    assert frames.decode(frames.encode(0, 1, {"words": said}))[2] == {"words": said}


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(ValueError, match="no message"):
        frames.decode(b"PNG." + bytes(12))


def test_a_recording_holds_what_has_changed_of_households() -> None:
    import zlib

    kept, days = Recording(), [np.array(states, dtype=np.uint8) for states in ([1, 2, 3], [1, 2, 7], [0, 2, 7])]
    for day, state in enumerate(days):
        kept.keep(day, 1, {"series": np.array([float(day)]), "state": state})
    data, at, before = zlib.decompress(kept.packed()), 0, np.zeros(3, dtype=np.uint8)
    for day, state in enumerate(days):
        (size,) = SIZE.unpack_from(data, at)
        found = frames.decode(data[at + SIZE.size : at + SIZE.size + size])
        before = before ^ found[2]["state"]
        assert found[0] == day
        assert np.array_equal(before, state)
        at += SIZE.size + size
    assert at == len(data)
    assert kept.days == [[0, 0.0], [1, 1.0], [2, 2.0]]
