"""Pieces that travel: what a worker has computed that has no file system in common with the folder's owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import StoreError
from sim.study.executor import Failure
from sim.study.files import parquet
from sim.study.store import Store


@dataclass
class Parcel:
    """Finished pieces on their way to a store; a worker puts them here as it would into the store itself.

    Attributes:
        pieces: key of a piece to its tables, each as the bytes of a Parquet file.
        failure: why there are not all that were asked for; those that are there are whole.
    """

    pieces: dict[str, dict[str, bytes]] = field(default_factory=dict)
    failure: Failure | None = None

    def put(self, key: str, tables: Mapping[str, pa.Table]) -> None:
        """Pack a piece.

        Args:
            key: its key.
            tables: its tables by name.
        """
        self.pieces[key] = {name: parquet(table).to_pybytes() for name, table in tables.items()}

    def deliver(self, store: Store) -> None:
        """Put all pieces into a store, each whole or not at all.

        Raises:
            StoreError: the disk is full, the folder cannot be written, or what has come is not what was asked for.
        """
        for key, packed in self.pieces.items():
            try:
                store.put(key, {name: pq.read_table(pa.BufferReader(content)) for name, content in packed.items()})
            except (pa.ArrowException, ValueError) as error:
                raise StoreError(f"a worker has sent something else than a piece: {str(error)[:200]}") from error
