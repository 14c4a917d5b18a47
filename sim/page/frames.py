"""Binary messages to the browser: a header and named sections of numbers, little-endian, each on a multiple of 8 bytes.

=======  ==========================================================================
header   ``GRS1``, int32 day, uint32 run, uint32 number of sections: 16 bytes
section  name (8 bytes, ASCII), uint8 type, 3 zeros, uint32 bytes, the data, zeros
=======  ==========================================================================

`static/frames.js` reads what is written here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MAGIC = b"GRS1"
HEADER, SECTION = struct.Struct("<4siII"), struct.Struct("<8sB3xI")
EDGE = 8
"""Sections begin on multiples of so many bytes, as views on numbers in a browser must."""

TYPES: dict[str, int] = {"<u1": 0, "|u1": 0, "<i4": 1, "<f4": 2, "<f8": 3}
TEXT = 4
"""Type of a section that holds JSON in UTF-8."""

DTYPES = {0: "u1", 1: "<i4", 2: "<f4", 3: "<f8"}


def encode(day: int, run: int, sections: Mapping[str, Array | dict[str, Any]]) -> bytes:
    """Write a message.

    Args:
        day: the day that is about to be lived.
        run: number of the run, so that a late message of an earlier one is known.
        sections: name (at most 8 letters) to an array of uint8, int32, float32 or float64, or what becomes JSON.
    """
    parts = [HEADER.pack(MAGIC, day, run, len(sections))]
    for name, value in sections.items():
        if isinstance(value, dict):
            kind, data = TEXT, json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        else:
            kind, data = TYPES[value.dtype.newbyteorder("<").str], np.ascontiguousarray(value).tobytes()
        parts += [SECTION.pack(name.encode("ascii"), kind, len(data)), data, bytes(-len(data) % EDGE)]
    return b"".join(parts)


def decode(message: bytes) -> tuple[int, int, dict[str, Any]]:
    """Read a message: its day, run and sections; what tests and the replay go by.

    Raises:
        ValueError: it is none.
    """
    magic, day, run, number = HEADER.unpack_from(message)
    if magic != MAGIC:
        raise ValueError("no message of the page")
    at, found = HEADER.size, dict[str, Any]()
    for _ in range(number):
        name, kind, size = SECTION.unpack_from(message, at)
        data = message[at + SECTION.size : at + SECTION.size + size]
        key = name.rstrip(b"\0").decode("ascii")
        found[key] = json.loads(data) if kind == TEXT else np.frombuffer(data, dtype=DTYPES[kind])
        at += SECTION.size + size + -size % EDGE
    return day, run, found
