"""A tab: its process, and how fast its days go.

The model lives in a process of its own, never on the event loop. A day is asked for while few frames are under way
to the browser, which acknowledges each that it has drawn: a slow or hidden tab slows its own model and nobody else's.
When the tab is closed the process is ended; when the server dies, the process finds its pipe closed and ends itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sim.environment import ROOT
from sim.page import wire

UNDER_WAY = 2
"""Frames that may be on their way before the browser has acknowledged one."""

FASTEST, SLOWEST = 60.0, 0.5
"""Days a second."""

LARGEST = 64 * 1024
"""Bytes of a message from a browser."""

PACING = ("play", "pause", "step", "speed", "ack")
"""What is answered here; all else goes to the process."""

CHORES = ("found", "reset", "biography", "outcomes", "config", "tables", "replay")
"""What the process does."""


class RefusedError(ValueError):
    """A message that means nothing; nothing is changed."""


class Session:
    """One tab."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.playing, self.speed = False, 10.0
        self.asked = self.under_way = 0
        self.next_at = 0.0
        self.changed = asyncio.Event()
        self.process: asyncio.subprocess.Process | None = None

    async def live(self) -> None:
        """Serve the tab until it is closed."""
        self.process = await start()
        tasks = [asyncio.create_task(one) for one in (self._from_browser(), self._from_process(), self._pace())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except (WebSocketDisconnect, ConnectionError, RuntimeError):
            pass  # the tab is gone, or its process
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await end(self.process)

    async def _from_browser(self) -> None:
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                said = understood(message.get("text"))
                await self._do(said)
            except RefusedError as error:
                await self.socket.send_text(json.dumps({"type": "error", "message": str(error)}))

    async def _do(self, said: dict[str, Any]) -> None:
        """Do what the browser asks for."""
        what = said["type"]
        if what in CHORES:
            await self._to_process(said)
            return
        if what in ("play", "speed") and "speed" in said:
            self.speed = speed(said["speed"])
        if what == "play":
            self.playing, self.next_at = True, time.monotonic()
        elif what == "pause":
            self.playing = False
        elif what == "ack":
            self.under_way = max(self.under_way - 1, 0)
        elif what == "step":
            self.playing = False
            if self.asked + self.under_way < UNDER_WAY:
                await self._ask()
        self.changed.set()

    async def _from_process(self) -> None:
        """Pass on what the process says."""
        assert self.process is not None and self.process.stdout is not None
        while (message := await wire.receive(self.process.stdout)) is not None:
            kind, content = message
            if kind == wire.WORDS:
                said = json.loads(content)
                if said["type"] in ("founding", "ended"):
                    self.playing = self.playing and said["type"] != "ended"
                if said["type"] == "lived":  # a day was asked for that cannot be lived
                    self.asked = max(self.asked - 1, 0)
                    self.changed.set()
                    continue
                await self.socket.send_text(content.decode())
            else:
                if kind == wire.DAY:
                    self.asked = max(self.asked - 1, 0)
                    self.under_way += 1
                    self.changed.set()
                await self.socket.send_bytes(content)
        with contextlib.suppress(RuntimeError):
            await self.socket.send_text(json.dumps({"type": "gone"}))

    async def _pace(self) -> None:
        """Ask for days, as fast as the user wants and the browser can take them."""
        while True:
            self.changed.clear()
            wait = None
            if self.playing and self.asked + self.under_way < UNDER_WAY:
                wait = self.next_at - time.monotonic()
                if wait <= 0:
                    self.next_at = max(self.next_at + 1 / self.speed, time.monotonic() - 1 / self.speed)
                    await self._ask()
                    continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), wait)

    async def _ask(self) -> None:
        self.asked += 1
        await self._to_process({"type": "day"})

    async def _to_process(self, said: dict[str, Any]) -> None:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.write(wire.words(said))
        await self.process.stdin.drain()


def understood(text: str | None) -> dict[str, Any]:
    """Read a message from a browser.

    Raises:
        RefusedError: it is none that means anything.
    """
    if text is None:
        raise RefusedError("a message is text")
    if len(text.encode()) > LARGEST:
        raise RefusedError(f"a message has at most {LARGEST} bytes")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise RefusedError("a message is JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise RefusedError("a message is an object with a type")
    if said["type"] not in (*PACING, *CHORES):
        raise RefusedError(f"no message is of type '{said['type'][:40]}'; have: {', '.join((*PACING, *CHORES))}")
    return said


def speed(value: Any) -> float:
    """Return days a second.

    Raises:
        RefusedError: it is no number in range.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not SLOWEST <= value <= FASTEST:
        raise RefusedError(f"speed={str(value)[:40]} is out of range [{SLOWEST}, {FASTEST}] days a second")
    return float(value)


async def start() -> asyncio.subprocess.Process:
    """Start the process of a tab; it is nice to the server and to the user's other work."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sim.page.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=surroundings,
        start_new_session=True,  # Ctrl-C is the server's to deal with
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """End the process of a tab, whatever it is at."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
