"""Messages between the server and the process of a tab: one letter for the kind, the length, the content."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any, BinaryIO

HEAD = struct.Struct("<cI")

WORDS, DAY, DATA = b"w", b"d", b"b"
"""Kinds: JSON; a day of both twins, which the browser acknowledges; other binary messages."""


def pack(kind: bytes, content: bytes) -> bytes:
    """Return a message as it goes over a pipe."""
    return HEAD.pack(kind, len(content)) + content


def words(message: dict[str, Any]) -> bytes:
    """Return a message of JSON as it goes over a pipe."""
    return pack(WORDS, json.dumps(message, ensure_ascii=False).encode())


def read(pipe: BinaryIO) -> tuple[bytes, bytes] | None:
    """Read a message; None at the end of the pipe."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, size = HEAD.unpack(head)
    content = pipe.read(size)
    return (kind, content) if len(content) == size else None


async def receive(reader: asyncio.StreamReader) -> tuple[bytes, bytes] | None:
    """Read a message without holding anybody up; None at the end of the pipe."""
    try:
        kind, size = HEAD.unpack(await reader.readexactly(HEAD.size))
        return kind, await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        return None
