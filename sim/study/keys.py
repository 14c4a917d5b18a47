"""Keys of pieces: the SHA-256 of all that determines what a piece says."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any


def piece_key(**description: Any) -> str:
    """Return the key of a piece: the SHA-256 of all that determines what it says.

    Two descriptions have the same key only if they are equal: names are sorted, ``1``, ``1.0`` and
    ``true`` are three things, floats count to their last bit. Tuples are lists.

    Args:
        description: whole numbers, floats, texts, `None`, and lists and mappings of these.

    Raises:
        ValueError: a number is not finite; nothing could be equal to it.
        TypeError: something else, whose text might not say all that it is.
    """
    return hashlib.sha256(_canonical_json(description, "description").encode()).hexdigest()


def _canonical_json(value: Any, where: str) -> str:
    """Write a value as the one JSON text it has."""
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{where} is {value}, which equals nothing")
        return float.__repr__(value)
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError(f"{where} has a name that is not a text")
        items = (f"{json.dumps(name)}:{_canonical_json(value[name], f'{where}.{name}')}" for name in sorted(value))
        return "{" + ",".join(items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_canonical_json(item, f"{where}[{i}]") for i, item in enumerate(value)) + "]"
    raise TypeError(f"{where} is a {type(value).__name__}; give a plain number, text, list or mapping")
