"""A recorded pair of twins as one HTML file that plays from disk, without Python and without a network.

The file holds the page's own styles, scripts and font, what the browser was told before, every frame, and every case's
life in words. Of each frame the households' bits are kept as what has changed since the day before.
"""

from __future__ import annotations

import base64
import html
import json
import re
import struct
import zlib
from typing import Any

import numpy as np

from sim.cases import SHARED
from sim.page import STATIC, files, frames, menu
from sim.page.lives import Lives
from sim.page.twins import Array, Twins
from sim.report.fonts.cut import HERE as FONTS
from sim.report.fonts.cut import STEM

LARGEST = 64 * 2**20
"""Bytes of a recording, compressed."""

SIZE = struct.Struct("<I")

SCRIPT, STYLE = (
    re.compile(r'<script src="/static/([\w./]+)"[^>]*></script>'),
    re.compile(r'<link rel="stylesheet" href="/static/([\w./]+)"[^>]*>'),
)


class TooLongError(ValueError):
    """The recording would be too large a file."""


class Recording:
    """The frames of a run, packed as they come."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(6)
        self._packed = bytearray()
        self._before: Array | None = None
        self.days: list[list[float]] = []
        self.full = False

    def keep(self, day: int, run: int, sections: dict[str, Array]) -> None:
        """Keep a frame, and the numbers in it as a row."""
        self.days.append([day, *sections["series"].tolist()])
        if len(self._packed) > LARGEST:
            self.full = True
            return
        state = sections["state"]
        changed = state if self._before is None else state ^ self._before
        self._before = state
        self._add(frames.encode(day, run, {**sections, "state": changed}))

    def _add(self, message: bytes) -> None:
        self._packed += self._packer.compress(SIZE.pack(len(message)) + message)

    def packed(self) -> bytes:
        """Return all frames so far, as one zlib stream of messages with their lengths before them."""
        return bytes(self._packed) + self._packer.copy().flush()


def page(twins: Twins, recording: Recording, choice: dict[str, Any]) -> bytes:
    """Return the file.

    Args:
        twins: the pair.
        recording: its frames.
        choice: what the browser asked for, to show it as it was chosen.

    Raises:
        TooLongError: it would be too large.
    """
    if recording.full:
        raise TooLongError(f"the recording is larger than {LARGEST >> 20} MB; play fewer households or days")
    lives, layout = Lives(twins.w), twins.w.layout
    told = {
        "menu": menu.everything(),
        "setup": choice,
        "days": twins.setup.config.days,
        "outcomes": files.outcomes(twins),
        "lives": [lives.tell(key) for key in lives.all_keys()],
        "sides": [list(twins.setup.left.words), list(twins.setup.right.words)],
        "shared": np.flatnonzero(SHARED).tolist(),
        "assets": _assets(twins),
        "site": layout.traits["site"].tolist() if "site" in layout.traits else [],
    }
    parts = {
        "told": _base64(zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9)),
        "scene": _base64(zlib.compress(twins.still(), 9)),
        "frames": _base64(recording.packed()),
    }
    text = (STATIC / "index.html").read_text("utf-8")
    font = _base64((FONTS / f"{STEM}.woff2").read_bytes())
    text = STYLE.sub(lambda found: f"<style>{_style(found[1], font)}</style>", text)
    data = "".join(
        f'<script type="application/octet-stream" id="recorded-{name}">{value}</script>'
        for name, value in parts.items()
    )
    first = True

    def inlined(found: re.Match[str]) -> str:
        nonlocal first
        script = (STATIC / found[1]).read_text("utf-8").replace("</script", "<\\/script")
        before, first = (data if first else ""), False
        return f"{before}<script>{script}</script>"

    text = SCRIPT.sub(inlined, text)
    title = html.escape(f"{twins.setup.config.name}, seed {twins.setup.config.seed}")
    return text.replace("</title>", f" - {title}</title>", 1).encode()


def _style(name: str, font: str) -> str:
    style = (STATIC / name).read_text("utf-8")
    return style.replace("/font.woff2", f"data:font/woff2;base64,{font}")


def _assets(twins: Twins) -> dict[str, list[int]]:
    """Return of every thing that several share whose it is: building (-1 = the whole compound's) and compound."""
    layout = twins.w.layout
    if ("asset", "compound") not in layout.pairs:
        return {"building": [], "compound": []}
    return {
        "building": layout.traits["asset_building"].tolist(),
        "compound": layout.up("asset", "compound").tolist(),
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
