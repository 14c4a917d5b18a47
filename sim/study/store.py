"""The folder of finished pieces.

A run of an experiment may be killed at any moment, run out of disk, or be started twice into one
folder. So every file is whole or not there (`sim.study.files`); a piece counts as finished only once
the small JSON file that describes it stands beside its tables, and that file is written last.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import StoreError
from sim.study.digest import table_digest
from sim.study.files import PART, atomic, parquet, telling, write_json

BLOCKS = "blocks"
LOCK = ".lock"

READERS = 2
"""Threads that read pieces while they are merged."""

HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True)
class TableSpec:
    """What the caller declares of a table.

    Attributes:
        schema: its Arrow schema; every piece must have exactly this one.
        keys: the columns that identify a row, by which it is sorted for its digest.
    """

    schema: pa.Schema
    keys: tuple[str, ...]


class Store:
    """A folder of finished pieces; a piece has a key and one table for each declared name.

    Use it as a context manager. A process that computes pieces for the owner of the folder may open
    it with ``lock=False`` and put pieces too: the files of different pieces never meet.
    """

    def __init__(
        self, folder: str | Path, tables: Mapping[str, TableSpec], *, maker: str = "", lock: bool = True
    ) -> None:
        """Open the folder, make it if needed, and sweep what a killed run has left.

        Args:
            folder: where the pieces are, or will be.
            tables: the tables that every piece has.
            maker: which code and libraries make the pieces; a note in each, as its key has it already.
            lock: keep every other run out until `close`; without it nothing is made or swept.

        Raises:
            StoreError: the folder cannot be used or another run is using it.
        """
        self.folder = Path(folder)
        self.tables = dict(tables)
        self.maker = maker
        self._lock: int | None = None
        if lock:
            self._lock = _locked(self.folder)
            try:
                self._sweep()
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Self:
        """Return the open store."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let the folder go."""
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """Give a worker the store without the lock, which stays with its owner."""
        return self.__dict__ | {"_lock": None}

    def close(self) -> None:
        """Let the folder go, so that another run may use it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def path(self, key: str, table: str) -> Path:
        """Return the file that holds a table of a piece."""
        return self.folder / BLOCKS / table / f"{_hex(key)}.parquet"

    def has(self, key: str) -> bool:
        """Say whether the piece is finished, with the tables declared now."""
        record = self._record(key)
        return record is not None and all(self.path(key, name).exists() for name in self.tables)

    def keys(self) -> list[str]:
        """Return the keys of all finished pieces, sorted."""
        found = (path.stem for path in (self.folder / BLOCKS).glob("*.json"))
        return sorted(key for key in found if HEX.fullmatch(key) and self.has(key))

    def foreign(self) -> int:
        """Count the pieces made by other code or with other libraries, which nothing here reads."""
        return sum(1 for path in (self.folder / BLOCKS).glob("*.json") if self._maker(path) != self.maker)

    def put(self, key: str, tables: Mapping[str, pa.Table]) -> None:
        """Keep a piece; afterwards it is finished, and before that it is not there.

        Args:
            key: its key, from `sim.study.keys.piece_key`.
            tables: one table for each declared name.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
            ValueError: the tables are not the declared ones (a programming error).
        """
        if set(tables) != set(self.tables):
            raise ValueError(f"a piece has the tables {sorted(self.tables)}, not {sorted(tables)}")
        description: dict[str, dict[str, int | str]] = {}
        for name, spec in self.tables.items():
            if not tables[name].schema.equals(spec.schema):
                raise ValueError(f"table '{name}' has {_columns(tables[name].schema)}, not {_columns(spec.schema)}")
            description[name] = {"rows": tables[name].num_rows, "digest": table_digest(tables[name], spec.keys)}
        record = self._record_path(key)
        with telling("write", record):
            # An older description must not vouch for tables that are being replaced.
            record.unlink(missing_ok=True)
        for name, table in tables.items():
            content = parquet(table)
            description[name]["file"] = hashlib.sha256(content).hexdigest()
            with atomic(self.path(key, name)) as file:
                file.write(content)
        write_json(record, {"key": key, "maker": self.maker, "tables": description})

    def get(self, key: str, table: str) -> pa.Table:
        """Read a table of a finished piece and check that it says what it said when it was put.

        Raises:
            StoreError: the piece is not finished, or its file is foreign, damaged or gone.
        """
        spec = self.tables[table]
        record = self._finished(key)
        path = self.path(key, table)
        remedy = "delete it and run again with --resume"
        try:
            written = path.read_bytes()
            with pq.ParquetFile(pa.BufferReader(written)) as file:
                content = file.read()
        except FileNotFoundError:
            raise StoreError(f"{path} is missing; run again with --resume to compute it") from None
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{path} is damaged or no Parquet file; {remedy}") from error
        if not content.schema.equals(spec.schema):
            raise StoreError(f"{path} holds other columns than '{table}' has; {remedy}")
        if content.num_rows != record[table]["rows"]:
            raise StoreError(f"{path} holds {content.num_rows} rows, not {record[table]['rows']}; {remedy}")
        # The bytes of the file are many times fewer than those of a digest; by these a file still is what it was if
        # others have written it anew.
        as_it_was = hashlib.sha256(written).hexdigest() == record[table]["file"]
        if not as_it_was and table_digest(content, spec.keys) != record[table]["digest"]:
            raise StoreError(f"{path} does not hold what was written into it; {remedy}")
        return content

    def digests(self, key: str) -> dict[str, str]:
        """Return the digest of each table of a finished piece.

        Raises:
            StoreError: the piece is not finished.
        """
        record = self._finished(key)
        return {name: str(record[name]["digest"]) for name in self.tables}

    def rows(self, key: str, table: str) -> int:
        """Return how many rows a table of a finished piece has.

        Raises:
            StoreError: the piece is not finished.
        """
        return int(self._finished(key)[table]["rows"])

    def merge(self, keys: Iterable[str], table: str) -> pa.Table:
        """Read one table of many pieces, one below the other in the order of the keys.

        Raises:
            StoreError: a piece is not finished, or its file is foreign, damaged or gone.
        """
        # Reading, casting and hashing let go of the interpreter, so two threads are nearly twice as fast as one.
        with ThreadPoolExecutor(READERS) as readers:
            parts = list(readers.map(lambda key: self.get(key, table), keys))
        return pa.concat_tables([self.tables[table].schema.empty_table(), *parts])

    def _record_path(self, key: str) -> Path:
        """Return the file whose presence makes a piece finished."""
        return self.folder / BLOCKS / f"{_hex(key)}.json"

    def _finished(self, key: str) -> dict[str, dict[str, int | str]]:
        """Read the description of a finished piece, or say that it is none."""
        record = self._record(key)
        if record is None:
            raise StoreError(f"{self._record_path(key)} is missing or damaged; run again with --resume to compute it")
        return record

    def _record(self, key: str) -> dict[str, dict[str, int | str]] | None:
        """Read the description of a finished piece; whatever is not one is as good as absent."""
        try:
            record = json.loads(self._record_path(key).read_bytes())
            tables: dict[str, dict[str, int | str]] = {}
            for name in self.tables:
                said = record["tables"][name]
                tables[name] = {"rows": int(said["rows"]), "digest": str(said["digest"]), "file": str(said.get("file"))}
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
        return tables if record.get("key") == key else None

    @staticmethod
    def _maker(record: Path) -> str:
        """Read who has made a piece."""
        try:
            return str(json.loads(record.read_bytes())["maker"])
        except (OSError, ValueError, KeyError, TypeError):
            return "unknown"

    def _sweep(self) -> None:
        """Remove the temporary files of runs that died; whoever holds the lock is alone."""
        blocks = self.folder / BLOCKS
        if blocks.exists() and not blocks.is_dir():
            raise StoreError(f"{blocks} is a file, not a folder; choose another folder with --out")
        with telling("write", self.folder):
            for pattern in (f".*{PART}", f"{BLOCKS}/.*{PART}", f"{BLOCKS}/*/.*{PART}"):
                for left in self.folder.glob(pattern):
                    left.unlink(missing_ok=True)


def _hex(key: str) -> str:
    """Return the key if it can be the name of a file."""
    if not HEX.fullmatch(key):
        raise ValueError(f"'{key}' is no key of a piece")
    return key


def _columns(schema: pa.Schema) -> str:
    """List the columns of a schema in one line."""
    return ", ".join(f"{field.name} {field.type}" for field in schema)


def _locked(folder: Path) -> int:
    """Make the folder and lock it; the lock dies with the process, however that ends."""
    with telling("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"another run is writing into {folder}; wait until it has ended or choose another folder with --out"
            ) from None
        except OSError as error:
            raise StoreError(f"cannot lock {folder} ({error.strerror}); choose a local folder with --out") from error
    except BaseException:
        os.close(handle)
        raise
    return handle
