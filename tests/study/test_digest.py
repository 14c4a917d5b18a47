"""Digests of content: what must not change them, what must, and where two tables first differ."""

from __future__ import annotations

import datetime
import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.digest import _sorted, first_difference, order_of, table_digest

KEYS = ("scenario", "replication")


def table(**change: Any) -> pa.Table:
    columns: dict[str, Any] = {
        "scenario": ["baseline", "baseline", "merged", "merged"],
        "replication": [0, 1, 0, 1],
        "days": [12.5, float("nan"), None, -0.25],
        "note": ["", None, "屋顶漏水", "roof"],
        "open": [True, False, None, True],
    }
    return pa.table(columns | change)


def test_the_digest_is_the_one_of_the_first_day() -> None:
    # Pinned: it must be the same on every machine and under every version of the libraries.
    assert table_digest(table(), KEYS) == "19c69349e1e98cbb7f32232832c0aed7c5ad7c8b740fd4ef9f3b06347e3ddb31"


def test_order_of_rows_and_ways_to_hold_a_column_do_not_matter() -> None:
    expected = table_digest(table(), KEYS)
    shuffled = table().take(pa.array([2, 0, 3, 1]))
    chunked = pa.concat_tables([table().slice(0, 1), table().slice(1)])
    narrow = table(replication=pa.array([0, 1, 0, 1], pa.uint8()))
    words = table(scenario=table()["scenario"].combine_chunks().dictionary_encode())
    long = table(note=table()["note"].cast(pa.large_string()))
    for same in (shuffled, chunked, narrow, words, long):
        assert table_digest(same, KEYS) == expected
        assert first_difference(table(), same, KEYS) is None
    assert table_digest(table(), ("replication", "scenario")) != expected


@pytest.mark.parametrize("numbers", [[-3, 0, 7], [-(2**63), 0, 2**63 - 1]])
@pytest.mark.parametrize("rows", [40, 2000])
def test_rows_are_sorted_as_arrow_sorts_them(numbers: list[int], rows: int) -> None:
    """Numbers in the place of keys, stretches in the place of rows: the order stays that of the keys themselves."""
    words = ["屋", "roof", "", "Roof", "一肩挑", "é", "e"]
    pick = np.random.default_rng(1)
    made = pa.table(
        {
            "word": np.array(words)[pick.integers(0, len(words), rows)],
            "number": np.array(numbers)[pick.integers(0, 3, rows)],
            "row": pick.permutation(rows),
        }
    )
    keys = ("word", "number", "row")
    order = pc.sort_indices(made, sort_keys=[(name, "ascending") for name in keys])
    by_hand, pieces = made.take(order), []
    for begin in (rows // 2, 0):  # two stretches, each in order
        pieces.append(by_hand.slice(begin, rows // 2))
    for mixed in (made, by_hand, pa.concat_tables(pieces)):
        assert _sorted(mixed, keys).equals(by_hand)
        assert table_digest(mixed, keys) == table_digest(by_hand, ())
    with pytest.raises(ValueError, match="two rows have the same key: word="):
        table_digest(made, ("word", "number"))


def test_every_nan_is_the_same_nan_and_no_missing_value() -> None:
    odd = struct.unpack("<d", struct.pack("<Q", 0xFFF8000000000123))[0]
    bits = np.array([12.5, odd, 0.0, -0.25])
    other = table(days=pa.array(bits, mask=np.array([False, False, True, False])))
    assert table_digest(other, KEYS) == table_digest(table(), KEYS)
    missing = table(days=[12.5, None, None, -0.25])
    assert table_digest(missing, KEYS) != table_digest(table(), KEYS)


@pytest.mark.parametrize(
    ("change", "key", "column"),
    [
        ({"days": [12.5, float("nan"), None, -0.25000000000000006]}, ("merged", 1), "days"),
        ({"days": [12.5, float("nan"), 0.0, -0.25]}, ("merged", 0), "days"),
        ({"note": ["", "", "屋顶漏水", "roof"]}, ("baseline", 1), "note"),
        ({"note": ["", None, "屋顶漏雨", "roof"]}, ("merged", 0), "note"),
        ({"open": [True, False, False, True]}, ("merged", 0), "open"),
        ({"open": [True, True, None, True], "note": ["", "x", None, "roof"]}, ("baseline", 1), "note"),
    ],
)
def test_one_changed_cell_is_found(change: dict[str, Any], key: tuple[str, int], column: str) -> None:
    other = table(**change)
    assert table_digest(other, KEYS) != table_digest(table(), KEYS)
    difference = first_difference(table(), other, KEYS)
    assert difference is not None
    assert difference.key == tuple(zip(KEYS, key, strict=True))
    assert difference.column == column
    row = table()["scenario"].to_pylist().index(key[0]) + key[1]
    assert difference.a == table()[column][row].as_py()
    assert difference.b == other[column][row].as_py()
    assert column in str(difference)
    assert "\n" not in str(difference)


def test_a_missing_row_is_named_whichever_table_lacks_it() -> None:
    for lost in range(4):
        rest = table().take(pa.array([i for i in range(4) if i != lost]))
        key = (("scenario", ["baseline", "merged"][lost // 2]), ("replication", lost % 2))
        for a, b, words in ((table(), rest, ("present", "absent")), (rest, table(), ("absent", "present"))):
            difference = first_difference(a, b, KEYS)
            assert difference is not None
            assert (difference.key, difference.column) == (key, None)
            assert (difference.a, difference.b) == words


def test_columns_are_content() -> None:
    other = table().rename_columns(["scenario", "replication", "day", "note", "open"])
    difference = first_difference(table(), other, KEYS)
    assert difference is not None
    assert (difference.column, difference.a, difference.b) == ("days", "days (float)", "day (float)")
    assert table_digest(other, KEYS) != table_digest(table(), KEYS)
    whole = table(days=[1, 2, 3, 4])
    assert table_digest(whole, KEYS) != table_digest(table(days=[1.0, 2.0, 3.0, 4.0]), KEYS)
    shorter = first_difference(table(), table().drop_columns(["open"]), KEYS)
    assert shorter is not None
    assert (shorter.column, shorter.b) == ("open", "absent")
    swapped = table().select(["replication", "scenario", "days", "note", "open"])
    assert table_digest(swapped, KEYS) != table_digest(table(), KEYS)


def test_text_cannot_slide_from_one_cell_into_the_next() -> None:
    one = pa.table({"key": [0, 1], "text": ["ab", "c"]})
    two = pa.table({"key": [0, 1], "text": ["a", "bc"]})
    assert table_digest(one, ["key"]) != table_digest(two, ["key"])
    # A zero byte inside a text is text.
    three = pa.table({"key": [0, 1], "text": ["a\0b", ""]})
    four = pa.table({"key": [0, 1], "text": ["a", "\0b"]})
    assert table_digest(three, ["key"]) != table_digest(four, ["key"])


def test_times_and_empty_tables() -> None:
    when = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    fine = pa.table({"when": pa.array([when], pa.timestamp("ns", tz="UTC"))})
    coarse = pa.table({"when": pa.array([when], pa.timestamp("s", tz="UTC"))})
    assert table_digest(fine, ["when"]) == table_digest(coarse, ["when"])
    empty = table().slice(0, 0)
    assert table_digest(empty, KEYS) == table_digest(table().slice(4), KEYS)
    assert table_digest(empty, KEYS) != table_digest(table(), KEYS)
    assert first_difference(empty, empty, KEYS) is None
    difference = first_difference(empty, table(), KEYS)
    assert difference is not None
    assert difference.a == "absent"


def test_a_table_without_rows_is_in_order() -> None:
    """As that of agreements in runs in which nobody agreed on anything."""
    empty = pa.table({"run": pa.array([], pa.int64()), "word": pa.array([], pa.string())})
    assert order_of(empty, ["run", "word"]).tolist() == []
    assert _sorted(empty, ["run", "word"]).num_rows == 0


def test_keys_must_identify_and_types_must_be_plain() -> None:
    with pytest.raises(ValueError, match="two rows have the same key: scenario=baseline"):
        table_digest(table(), ["scenario"])
    with pytest.raises(TypeError, match="'list'"):
        table_digest(pa.table({"list": [[1], [2]]}), [])
    reverse = table().take(pa.array([3, 2, 1, 0]))
    assert table_digest(table(), []) != table_digest(reverse, [])
    difference = first_difference(table(), reverse, [])
    assert difference is not None
    assert difference.key == (("row", 0),)


values = st.one_of(st.none(), st.floats(width=64))
texts = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=3))
rows = st.lists(st.tuples(st.integers(-3, 3), values, texts), max_size=6, unique_by=lambda row: row[0])


def build(content: list[tuple[int, float | None, str | None]]) -> pa.Table:
    schema = pa.schema([("key", pa.int64()), ("value", pa.float64()), ("text", pa.string())])
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in content], schema)


@given(rows, rows)
def test_digests_agree_exactly_when_no_difference_is_found(
    a: list[tuple[int, float | None, str | None]], b: list[tuple[int, float | None, str | None]]
) -> None:
    for x, y in ((a, b), (a, list(reversed(a)))):
        left, right = build(x), build(y)
        same = table_digest(left, ["key"]) == table_digest(right, ["key"])
        assert same == (first_difference(left, right, ["key"]) is None)
        assert same == (first_difference(right, left, ["key"]) is None)
