"""An executor that remembers: what a task gave is kept as soon as it is there, and never computed twice.

`sim.study.store` keeps the pieces of experiments, which are tables of one shape. Press cases give values of many
shapes, a few numbers a world: each is one JSON file here, written whole or not at all, under the key of all that
determines it. So a command that was killed goes on where it was when it is called again. A file that cannot be read is
computed anew; nothing in it is ever run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.study.executor import Executor, Outcome, Task, Value
from sim.study.files import atomic
from sim.study.keys import piece_key
from sim.study.provenance import lock_digest, press_digest

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "pieces"


class Remembering:
    """Another executor, and a folder in which what it computes is kept.

    Attributes:
        executor: who computes what is not there yet.
        folder: where files are, or will be.
        kinds: dataclasses that values may be made of, beside dictionaries, lists, arrays, tables and plain values.
    """

    def __init__(self, executor: Executor, folder: Path, *kinds: type) -> None:
        """Remember in a folder; it is made when there is something to keep."""
        self.executor = executor
        self.folder = folder / FOLDER
        self.kinds = {kind.__name__: kind for kind in kinds}

    @property
    def here(self) -> Executor:
        """Return what computes where files of this machine are needed; nothing of it is remembered."""
        return self.executor.here

    def suited(self, seconds: float) -> Executor:
        """Return itself: what is computed is to be remembered, whoever does it."""
        return self

    def __enter__(self) -> Self:
        """Begin."""
        self.executor.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Let the workers go."""
        self.executor.__exit__(*error)

    def map(self, function: Callable[[Task], Value], tasks: Iterable[Task]) -> Iterator[Outcome[Task, Value]]:
        """Yield the outcome of each task, those that are there first.

        Args:
            function: see `sim.study.executor.Executor.map`; it has a name in a module.
            tasks: dataclasses of plain values.

        Raises:
            StoreError: a value cannot be kept.
        """
        left = []
        for task in tasks:
            try:
                value = self._read(self._path(function, task))
            except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):  # not as written
                left.append(task)
            else:
                yield Outcome(task, value)
        for outcome in self.executor.map(function, left):
            if outcome.failure is None:
                with atomic(self._path(function, outcome.task)) as file:
                    plain = _plain(outcome.value)
                    file.write(json.dumps({"digest": _digest(plain), "value": plain}).encode())
            yield outcome

    def _path(self, function: Callable[..., Any], task: Any) -> Path:
        """Return where the value of a task is."""
        key = piece_key(
            function=f"{function.__module__}.{function.__qualname__}",
            task=_described(task),
            code=press_digest(),
            lock=lock_digest(),
        )
        return self.folder / f"{key}.json"

    def _read(self, path: Path) -> Any:
        """Read a value.

        Raises:
            OSError: it is not there.
            ValueError, KeyError, TypeError, AttributeError: the file is not one of ours, or not whole.
        """
        content = json.loads(path.read_text("utf-8"))
        if content["digest"] != _digest(content["value"]):
            raise ValueError(f"{path} is not what was written")
        return self._value(content["value"])

    def _value(self, plain: Any) -> Any:
        """Turn back what `_plain` made."""
        if isinstance(plain, list):
            return [self._value(item) for item in plain]
        if not isinstance(plain, dict):
            return plain
        ((kind, content),) = plain.items()
        if kind == "dict":
            return {name: self._value(item) for name, item in content.items()}
        if kind == "array":
            return np.array(content["values"], dtype=content["dtype"]).reshape(content["shape"])
        if kind == "table":
            return _frame({name: self._value(column) for name, column in content.items()})
        return self.kinds[kind](**{name: self._value(item) for name, item in content.items()})


def _digest(plain: Any) -> str:
    """Return the SHA-256 of a value as JSON."""
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _described(task: Any) -> Any:
    """Return a task as plain values."""
    return dataclasses.asdict(task)


def _plain(value: Any) -> Any:
    """Turn a value into what JSON can hold, to the last bit."""
    import pandas as pd

    if isinstance(value, dict):
        return {"dict": {name: _plain(item) for name, item in value.items()}}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return {"array": {"dtype": value.dtype.str, "shape": value.shape, "values": value.reshape(-1).tolist()}}
    if isinstance(value, pd.DataFrame):
        return {"table": {name: _plain(_column(value[name])) for name in value.columns}}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {type(value).__name__: fields}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"no way to keep a {type(value).__name__}")


def _column(column: pd.Series[Any]) -> Any:
    """Return a column of a table as an array of numbers, or a list of texts."""
    return column.to_numpy() if column.dtype.kind in "biuf" else column.tolist()


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    """Return a table of columns."""
    import pandas as pd

    return pd.DataFrame(columns)
