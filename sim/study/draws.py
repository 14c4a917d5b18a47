"""Draws that are given: a table with a row of parameters for each replication, as a calibration leaves it.

``draws: FILE.csv`` in an experiment's file (beside it) or on the command line: replication k has the values of row k
modulo the number of rows. What the table does not name is drawn from its prior as ever; what the experiment itself
fixes stays fixed.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import ConfigError, said, unknown
from sim.parameters import Spec, Value
from sim.study.door import check_file
from sim.study.scenarios import checked

Columns = dict[str, list[Any]]

NUMBER = "draw"
"""A column that may number the rows, and says nothing."""

LARGEST = 100_000_000
"""Bytes of a table."""

MOST = 100_000
"""Rows of a table."""


def read(path: Path) -> Columns:
    """Read a table, a parameter a column.

    Args:
        path: a CSV file; its first line names parameters of the world.

    Raises:
        ConfigError: there is none, or it is no table of numbers.
    """
    check_file(path, LARGEST, "a table of draws")
    try:
        with open(path, encoding="utf-8", newline="") as file:
            heading, *rows = [line for line in csv.reader(file) if line]
    except FileNotFoundError:
        raise ConfigError(f"draws: there is no file '{path}'") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"draws: cannot read '{path}': {error}") from error
    except ValueError:
        raise ConfigError(f"draws: '{path}' is empty; a heading with parameters, then a row for each draw") from None
    columns: Columns = {name: [] for name in heading}
    if len(columns) < len(heading):
        raise ConfigError(f"draws: '{path}' names a parameter twice")
    for number, row in enumerate(rows, 2):
        if len(row) != len(heading):
            raise ConfigError(f"draws: line {number} of '{path}' has {len(row)} values for {len(heading)} parameters")
        for name, text in zip(heading, row, strict=True):
            columns[name].append(_number(text, name, number, path))
    columns.pop(NUMBER, None)
    return columns


def _number(text: str, name: str, line: int, path: Path) -> Value:
    """Read a number; whole ones stay whole."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ConfigError(f"draws: {name}={said(text)} in line {line} of '{path}' is not a number")
    return int(text) if text.lstrip("+-").isdecimal() else value


def understood(given: Any, known: Mapping[str, Spec], fixed: Mapping[str, Value]) -> dict[str, tuple[Value, ...]]:
    """Check a table against the declarations of its place.

    Args:
        given: parameter to its values, as `read` returns them; nothing is no table.
        known: declarations of the world's parameters.
        fixed: parameters that the experiment itself fixes; they leave the table.

    Raises:
        ConfigError: an unknown parameter, one that is not uncertain, a value out of range, columns of unequal length.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not given:
        raise ConfigError(f"draws={said(given)} is not a table; name a CSV file with a column for each parameter")
    out: dict[str, tuple[Value, ...]] = {}
    lengths = set()
    for name, values in given.items():
        if name not in known:
            raise unknown("parameter among the draws", str(name), known)
        if known[name].kind != "drawn":
            raise ConfigError(f"draws: {name} is not drawn but set; fix it with world.{name}=VALUE")
        if not isinstance(values, list) or not values:
            raise ConfigError(f"draws: {name} has no values")
        out[name] = tuple(checked(known[name], value, f"draws: {name}") for value in values)
        lengths.add(len(values))
    if len(lengths) > 1:
        raise ConfigError(f"draws: parameters have {min(lengths)} to {max(lengths)} values; each has one in every row")
    if max(lengths) > MOST:
        raise ConfigError(f"draws: {max(lengths):,} rows; at most {MOST:,}")
    return {name: values for name, values in out.items() if name not in fixed}


def of(draws: Mapping[str, tuple[Value, ...]], replication: int) -> dict[str, Value]:
    """Return the values of a replication.

    Args:
        draws: what `understood` returns.
        replication: its number.
    """
    return {name: values[replication % len(values)] for name, values in draws.items()}
