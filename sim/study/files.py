"""Files that are either whole or not there, and one line for whatever keeps them from being written.

A run may be killed at any moment or run out of disk. So a file is written under a temporary name in the folder where
it will stay, flushed to the disk and renamed.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import json
import math
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

PART = ".part"
"""How a temporary name ends; whatever ends so when a store is opened was left by a run that died."""

ASKED_FOR = ("scenario", "replication", "day", "compound", "kind")
"""Columns by which parts of a table are read."""

NOT_AVAILABLE = "n/a"
"""What a CSV file says where there is no value: no path to an outcome is not 0."""


@contextlib.contextmanager
def atomic(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears at once when the block ends, or not at all.

    Args:
        path: where it will be; folders on the way are made, an older file is replaced.

    Raises:
        StoreError: it cannot be written; nothing is left behind.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    with telling("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


@contextlib.contextmanager
def telling(what: str, path: Path) -> Iterator[None]:
    """Turn an error of the operating system into one line that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message = f"no space left to {what} {path}; free some and run again with --resume"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            message = f"no permission to {what} {path}; choose another folder with --out"
        elif error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
            message = f"cannot {what} {path}: {_in_the_way(path)}; choose another folder with --out"
        else:
            message = f"cannot {what} {path}: {error.strerror or error}"
        raise StoreError(message) from error


def _in_the_way(path: Path) -> str:
    """Name what stands where a file or folder should be."""
    if path.is_dir():
        return "a folder stands there"
    for part in (path, *path.parents):
        if os.path.lexists(part) and not part.is_dir():
            return f"{part} is a file, not a folder"
    return "something stands in the way"


def _sync_folder(folder: Path) -> None:
    """Flush a folder's list of names, so that a rename outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems cannot; the file itself is safe.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def write_parquet(path: str | Path, table: pa.Table) -> None:
    """Write a table as a Parquet file, whole or not at all.

    Raises:
        StoreError: it cannot be written.
    """
    with atomic(path) as file:
        pq.write_table(table, file, **_how(table))


def parquet(table: pa.Table) -> pa.Buffer:
    """Return the bytes of a Parquet file with a table."""
    to = pa.BufferOutputStream()
    pq.write_table(table, to, **_how(table))
    return to.getvalue()


def _how(table: pa.Table) -> dict[str, Any]:
    """Return how a table is written: of numbers, dictionaries save an eighth of the bytes and cost a third of the time.

    Whoever reads a part of a file asks for scenarios, replications or days; statistics of other columns are not kept.
    """
    words = [field.name for field in table.schema if pa.types.is_string(field.type)]
    asked = [name for name in table.column_names if name.removeprefix("case:") in ASKED_FOR]
    return {"compression": "zstd", "use_dictionary": words, "write_statistics": asked}


def read_csv(path: str | Path) -> pd.DataFrame:
    """Read a table that `write_csv` has written; a scenario may be called none, and what is missing is n/a."""
    import pandas as pd  # here, as it takes a while to import

    return pd.read_csv(path, keep_default_na=False, na_values=[NOT_AVAILABLE])


def write_csv(
    path: str | Path, table: pa.Table | pd.DataFrame, columns: Sequence[str] | None = None, *, decimals: int = 6
) -> None:
    r"""Write a table as a CSV file that is equal byte for byte wherever the numbers are.

    Whole numbers are written as such, floats with a fixed number of decimals and never as
    ``-0.000000``, what is missing as ``n/a``; lines end with ``\n``.

    Args:
        path: where to.
        table: columns of whole numbers, floats, booleans or texts.
        columns: which of them, in this order; all by default.
        decimals: the number of decimals of floats.

    Raises:
        StoreError: it cannot be written.
    """
    content = as_written(table, columns, decimals=decimals)
    names = list(content)
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(names)
    lines.writerows(zip(*content.values(), strict=True))
    with atomic(path) as file:
        file.write(text.getvalue().encode())


def as_written(
    table: pa.Table | pd.DataFrame, columns: Sequence[str] | None = None, *, decimals: int = 6
) -> dict[str, list[str]]:
    """Return each column of a table as the words that `write_csv` writes."""
    if not isinstance(table, pa.Table):
        table = pa.Table.from_pandas(table, columns=columns, preserve_index=False)
    names = table.column_names if columns is None else list(columns)
    return {name: _cells(table.column(name), decimals) for name in names}


def read_written(path: str | Path) -> pa.Table:
    """Read a CSV file as the words that stand in it.

    Raises:
        StoreError: it cannot be read, or is no table.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file, strict=True)
        if len(set(names)) < len(names) or any(len(row) != len(names) for row in rows):
            raise ValueError("its rows differ in length, or columns have the same name")
    except (OSError, ValueError, csv.Error) as error:
        raise StoreError(f"{path} is damaged or no table: {error}") from error
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)})


def _cells(column: pa.ChunkedArray, decimals: int) -> list[str]:
    """Write a column for a CSV file."""
    if pa.types.is_integer(column.type) and not column.null_count:  # most of them, and fast
        return [str(value) for value in column.to_pylist()]
    return [_cell(value, decimals) for value in column.to_pylist()]


def _cell(value: Any, decimals: int) -> str:
    """Write one value for a CSV file."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOT_AVAILABLE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = f"{value:.{decimals}f}"
        return text.removeprefix("-") if float(text) == 0 else text
    if isinstance(value, (int, str)):
        return str(value)
    raise TypeError(f"no way to write a {type(value).__name__} into a CSV file")


def write_json(path: str | Path, value: Any) -> None:
    """Write a value as indented JSON in the order it has, whole or not at all.

    Raises:
        StoreError: it cannot be written.
        ValueError: a number is not finite; JSON has no word for it.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with atomic(path) as file:
        file.write(text.encode())
