"""Digests of what a table says, whatever file or library it came from.

The bytes of a Parquet file change with the version of the library that wrote it; what it says does
not. A digest is therefore taken over a canonical form: columns in their order with names and
logical types, rows sorted by the key columns, integers and floats as 64 little-endian bits, strings
as UTF-8 with their lengths, missing values marked. Two tables have the same digest if and only if
`first_difference` finds nothing between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

FORMAT = b"sim table 1\n"
"""Opens every digest; a change of the canonical form changes it, so old digests cannot match by luck."""

FEW = 256
"""A table that is in so many stretches is put in order by moving these."""

MISSING = -1
"""The length that marks a missing string; no string has it."""


@dataclass(frozen=True)
class Difference:
    """The first place where two tables differ, in the order of their keys and columns.

    Attributes:
        key: the key columns and their values; empty when the columns themselves differ.
        column: the column that differs; `None` when the row stands in one table only.
        a: what the first table says there (`None` may also be a missing value).
        b: what the second table says there.
    """

    key: tuple[tuple[str, Any], ...]
    column: str | None
    a: Any
    b: Any

    def __str__(self) -> str:
        """Tell it in one line."""
        where = ", ".join(f"{name}={value}" for name, value in self.key) or "columns"
        if self.column is None:
            return f"{where}: {self.a} against {self.b}"
        return f"{where}: {self.column} is {self.a!r} against {self.b!r}"


def table_digest(table: pa.Table, keys: Sequence[str]) -> str:
    """Return the SHA-256 of the table's content, in hex.

    Args:
        table: columns of integers, floats, booleans, strings or times.
        keys: the columns that identify a row; without any, the order of the rows is content.

    Raises:
        ValueError: two rows have the same key, so that their order would be a matter of luck.
        TypeError: a column is of a type that has no canonical form.
    """
    table = _sorted(table, keys)
    digest = hashlib.sha256(FORMAT)
    digest.update(_number(table.num_columns) + _number(table.num_rows))
    whole, ones = np.empty(0, dtype="<i8"), np.ones(table.num_rows, dtype=np.uint8)
    for name in table.column_names:
        column = table.column(name)
        kind = _kind(name, column.type)
        for text in (name, kind):
            digest.update(_number(len(text.encode())) + text.encode())
        if kind == "integer" and not column.null_count and not pa.types.is_uint64(column.type):
            # By far the most columns: part by part and without new memory.
            digest.update(ones.data)
            for chunk in column.iterchunks():
                if len(chunk) > len(whole):
                    whole = np.empty(len(chunk), dtype="<i8")
                whole[: len(chunk)] = chunk.to_numpy(zero_copy_only=False)
                digest.update(whole[: len(chunk)].data)
            continue
        array = _flat(column)
        _, values, there = _values(name, array)
        digest.update(there.view(np.uint8).data)
        digest.update(np.ascontiguousarray(values, dtype="<i8").data)
        if kind == "string":
            digest.update(_text(array))
    return digest.hexdigest()


def first_difference(a: pa.Table, b: pa.Table, keys: Sequence[str]) -> Difference | None:
    """Find the first place where two tables say different things.

    Args:
        a: one table.
        b: the other.
        keys: the columns that identify a row in both; without any, rows are met in their order.

    Returns:
        The first difference, first by key and then by column, or `None` if there is none.
    """
    for left, right in _zip_longest(_columns(a), _columns(b)):
        if left != right:
            name = (left or right or "").split(" ")[0]
            return Difference((), name, left or "absent", right or "absent")
    a, b = _sorted(a, keys), _sorted(b, keys)
    shared = min(a.num_rows, b.num_rows)
    top_a, top_b = a.slice(0, shared), b.slice(0, shared)
    # Up to the first row whose keys differ the two tables are aligned; from there on one lacks a row.
    aligned = min((_first_unequal(top_a, top_b, name) for name in keys), default=shared)
    row, column = aligned, None
    for name in a.column_names:
        unequal = _first_unequal(top_a, top_b, name)
        if unequal < row:
            row, column = unequal, name
    if column is not None:
        key = _key(a, row, keys)
        return Difference(key, column, a.column(column)[row].as_py(), b.column(column)[row].as_py())
    if row == a.num_rows == b.num_rows:
        return None
    in_a = b.num_rows == row or (a.num_rows > row and _comes_first(a, b, row, keys))
    key = _key(a if in_a else b, row, keys)
    return Difference(key, None, "present" if in_a else "absent", "absent" if in_a else "present")


def _number(value: int) -> bytes:
    """Write a count as 64 little-endian bits."""
    return value.to_bytes(8, "little", signed=True)


def _zip_longest(a: list[str], b: list[str]) -> list[tuple[str | None, str | None]]:
    """Pair two lists, the shorter one filled up with `None`."""
    size = max(len(a), len(b))
    return [(a[i] if i < len(a) else None, b[i] if i < len(b) else None) for i in range(size)]


def _columns(table: pa.Table) -> list[str]:
    """List the columns as ``name (kind)``."""
    return [f"{field.name} ({_kind(field.name, field.type)})" for field in table.schema]


def _kind(name: str, of: pa.DataType) -> str:
    """Name the logical type, one for all the ways in which Arrow may hold it."""
    if pa.types.is_dictionary(of):
        of = of.value_type
    if pa.types.is_boolean(of):
        return "boolean"
    if pa.types.is_integer(of):
        return "integer"
    if pa.types.is_floating(of):
        return "float"
    if pa.types.is_string(of) or pa.types.is_large_string(of):
        return "string"
    if pa.types.is_timestamp(of):
        return f"time {of.tz or 'without zone'}"
    raise TypeError(f"column '{name}' of type {of} has no canonical form")


def _flat(column: pa.ChunkedArray) -> pa.Array:
    """Return the column in one piece and without a dictionary."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    array = column.combine_chunks()
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _sorted(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Sort by the keys, which must identify the rows."""
    if not keys or table.num_rows == 0:
        return table
    plain = pa.table({name: _flat(table.column(name)) for name in keys})
    rank = _ranks(plain)
    if rank is not None and (rank[1:] > rank[:-1]).all():  # as pieces are written, they are in order
        return table
    order = order_of(plain, keys)
    plain, table = plain.take(pa.array(order)), _taken(table, order)
    top, bottom = plain.slice(0, plain.num_rows - 1), plain.slice(1)
    same = np.ones(top.num_rows, dtype=bool)
    for name in keys:
        same &= ~_unequal(top, bottom, name)
    if same.any():
        key = ", ".join(f"{name}={value}" for name, value in _key(plain, int(same.argmax()), keys))
        raise ValueError(f"two rows have the same key: {key}")
    return table


def order_of(table: pa.Table, keys: Sequence[str]) -> NDArray[np.int64]:
    """Return the numbers of the rows in the order of their keys; of rows with equal keys the first comes first."""
    plain = pa.table({name: _flat(table.column(name)) for name in keys})
    rank = _ranks(plain)
    if rank is None:
        order = pc.sort_indices(plain, sort_keys=[(name, "ascending") for name in keys]).to_numpy()
        return cast("NDArray[np.int64]", order)
    return np.argsort(rank, kind="stable")


def _ranks(keys: pa.Table) -> NDArray[np.int64] | None:
    """Return numbers that are in the order of the rows' keys, many times faster to sort by than the keys.

    Only of whole numbers and strings, none of them missing, that all together fit into 63 bits; otherwise `None`.
    """
    rank, size = np.zeros(keys.num_rows, dtype=np.int64), 1
    if keys.num_rows == 0:
        return rank
    for column in keys.columns:
        array = _flat(column)
        if array.null_count:
            return None
        least = 0
        if pa.types.is_integer(array.type) and not pa.types.is_uint64(array.type):
            values = array.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
            least = int(values.min())
            number = int(values.max()) - least + 1
        elif pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            words = array.dictionary_encode()
            number, place = len(words.dictionary), np.empty(len(words.dictionary), dtype=np.int64)
            place[pc.sort_indices(words.dictionary).to_numpy()] = np.arange(number)
            values = place[words.indices.to_numpy()]
        else:
            return None
        size *= number
        if size >= 2**63:
            return None
        rank = rank * number + (values - least)
    return rank


def _taken(table: pa.Table, order: NDArray[np.int64]) -> pa.Table:
    """Return the rows in this order; where it is a few long stretches of rows, no row is copied alone."""
    if len(order) == 0:
        return table.slice(0, 0)
    begin = np.flatnonzero(np.concatenate([[True], np.diff(order) != 1]))
    if len(begin) > FEW:
        return table.take(pa.array(order))
    end = np.append(begin[1:], len(order))
    return pa.concat_tables([table.slice(order[a], b - a) for a, b in zip(begin, end, strict=True)])


def _values(name: str, array: pa.Array) -> tuple[str, NDArray[Any], NDArray[np.bool_]]:
    """Return the kind, the values as int64 (a float's by its bits) and which are there.

    Strings come as their lengths; their text is looked at apart.
    """
    kind = _kind(name, array.type)
    there = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    if kind == "string":
        lengths = pc.binary_length(array).cast(pa.int64())
        return kind, pc.fill_null(lengths, MISSING).to_numpy(zero_copy_only=False), there
    if kind == "float":
        array = array.cast(pa.float64())
        floats = (pc.fill_null(array, 0.0) if array.null_count else array).to_numpy(zero_copy_only=False)
        # There are 2^53 ways to write "not a number"; they all mean the same.
        floats = np.where(np.isnan(floats), np.float64("nan"), floats)
        return kind, floats.view(np.int64), there
    if kind == "boolean":
        whole = array.cast(pa.int8()).cast(pa.int64())
    elif kind == "integer":
        whole = array.cast(pa.int64())
    else:
        whole = array.cast(pa.timestamp("us", tz=array.type.tz)).cast(pa.int64())
    return kind, pc.fill_null(whole, 0).to_numpy(zero_copy_only=False), there


def _text(array: pa.Array) -> bytes:
    """Return all the text of a column of strings end to end."""
    array = pc.fill_null(array.cast(pa.large_string()), "")
    _, ends, text = array.buffers()
    if text is None or len(array) == 0:
        return b""
    ends = np.frombuffer(ends, np.int64)[array.offset : array.offset + len(array) + 1]
    return cast("bytes", text.slice(ends[0], ends[-1] - ends[0]).to_pybytes())


def _unequal(a: pa.Table, b: pa.Table, name: str) -> NDArray[np.bool_]:
    """Say row by row whether two tables of one height differ in a column."""
    left, right = _flat(a.column(name)), _flat(b.column(name))
    kind, values_a, there_a = _values(name, left)
    _, values_b, there_b = _values(name, right)
    unequal = cast("NDArray[np.bool_]", (there_a != there_b) | (values_a != values_b))
    if kind == "string" and not unequal.all():
        differs = pc.fill_null(pc.not_equal(left.cast(pa.string()), right.cast(pa.string())), False)
        unequal = unequal | differs.to_numpy(zero_copy_only=False)
    return unequal


def _first_unequal(a: pa.Table, b: pa.Table, name: str) -> int:
    """Return the first row in which a column differs, or the number of rows."""
    unequal = _unequal(a, b, name)
    return int(unequal.argmax()) if unequal.any() else a.num_rows


def _key(table: pa.Table, row: int, keys: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    """Read the key of a row; without key columns its number is the key."""
    if not keys:
        return (("row", row),)
    return tuple((name, table.column(name)[row].as_py()) for name in keys)


def _comes_first(a: pa.Table, b: pa.Table, row: int, keys: Sequence[str]) -> bool:
    """Say whether this row of the first table sorts before that of the second, so that the second lacks it."""
    pair: dict[str, pa.ChunkedArray] = {}
    for name in keys:
        one, other = _flat(a.column(name)).slice(row, 1), _flat(b.column(name)).slice(row, 1)
        pair[name] = pa.chunked_array([one, other.cast(one.type)])
    order = pc.sort_indices(pa.table(pair), sort_keys=[(name, "ascending") for name in keys])
    return bool(order[0].as_py() == 0)
