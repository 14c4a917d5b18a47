"""The process of a tab: founds worlds, lives days, and answers what is asked about them; ends with its pipe.

Messages come on standard input and go to standard output, see `sim.page.wire`. While a world burns in, a newer wish
is looked out for, so that a slider that is still moving does not have to wait.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import Any, BinaryIO

from sim.errors import ConfigError, SimError
from sim.page import files, frames, replay, setups, wire
from sim.page.lives import Lives
from sim.page.twins import Ground, Twins

NICE = 5
"""How far computing gives way to whatever else the machine does."""


class NewerError(Exception):
    """Something else is to be founded."""


class Worker:
    """Does what a browser asks for, in its order."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self.waiting: list[dict[str, Any]] = []
        self.ground: Ground | None = None
        self.told: Ground | None = None
        self.twins: Twins | None = None
        self.choice: dict[str, Any] = {}
        self.recording = replay.Recording()
        self.run = 0

    # -- pipes ------------------------------------------------------------------------------------

    def listen(self, pipe: BinaryIO) -> None:
        """Take messages in; when the pipe is closed the process ends at once, whatever it is at."""
        while (message := wire.read(pipe)) is not None:
            self.inbox.put(json.loads(message[1]))
        os._exit(0)

    def say(self, what: str, **more: Any) -> None:
        """Say something in words."""
        self._send(wire.WORDS, json.dumps({"type": what, **more}, ensure_ascii=False).encode())

    def _send(self, kind: bytes, content: bytes) -> None:
        self.out.write(wire.pack(kind, content))
        self.out.flush()

    def work(self) -> None:
        """Do one thing after another."""
        while True:
            said = self.waiting.pop(0) if self.waiting else self.inbox.get()
            try:
                self.do(said)
            except SimError as error:
                self.say("error", message=str(error), about=said["type"])
                if said["type"] == "day":
                    self.say("lived")

    def do(self, said: dict[str, Any]) -> None:
        """Do what is asked for."""
        what = said["type"]
        if what == "found":
            self.found(said)
        elif what == "day":
            self.day()
        elif self.twins is None:
            raise ConfigError("nothing is founded yet")
        elif what == "reset":
            self.begin()
        else:
            getattr(self, what)(said)

    # -- founding ---------------------------------------------------------------------------------

    def found(self, said: dict[str, Any]) -> None:
        """Found twins; a mistake leaves those that there are as they are."""
        asked = said.get("setup")
        if not isinstance(asked, dict):
            raise ConfigError("found: there is no setup")
        setup = setups.read(asked)
        self.say("founding", day=0, of=setup.recipe.burn_in, ask=said.get("ask"))
        try:
            if self.ground is None or self.ground.what != setup.ground:
                self.ground = Ground(setup, lambda day, of: self._tell(day, of, said.get("ask")))
        except NewerError:
            return
        self.setup, self.choice = setup, asked
        self.begin(said.get("ask"))

    def _tell(self, day: int, of: int, ask: Any) -> None:
        """Tell how far the burn-in is, and give it up if something else is to be founded by now."""
        while not self.inbox.empty():
            self.waiting.append(self.inbox.get())
        if any(said["type"] == "found" for said in self.waiting):
            at = max(n for n, said in enumerate(self.waiting) if said["type"] == "found")
            skipped, self.waiting = self.waiting[:at], self.waiting[at:]
            for one in skipped:
                self.say("lived") if one["type"] == "day" else None
            raise NewerError
        if day % 56 == 0 or day == of:
            self.say("founding", day=day, of=of, ask=ask)

    def begin(self, ask: Any = None) -> None:
        """Begin at day 0."""
        assert self.ground is not None
        self.run += 1
        self.twins = twins = Twins(self.setup, self.ground, self.run)
        self.recording = replay.Recording()
        self.say(
            "founded",
            run=self.run,
            ask=ask,
            setup=self.choice,
            days=twins.setup.config.days,
            left=list(twins.setup.left.words),
            right=list(twins.setup.right.words),
        )
        self._send(wire.DATA, twins.still(known=self.told is self.ground))
        self.told = self.ground
        self._show(wire.DATA)

    # -- living -----------------------------------------------------------------------------------

    def day(self) -> None:
        """Live a day and show it."""
        if self.twins is None or self.twins.ended:
            self.say("lived")
            return
        self.twins.step()
        self._show(wire.DAY)
        self._end()

    def _end(self) -> None:
        """Say so if that was the last day."""
        if self.twins is not None and self.twins.ended:
            self.say("ended", outcomes=files.outcomes(self.twins))

    def _show(self, kind: bytes) -> None:
        assert self.twins is not None
        day, sections = self.twins.w.day, self.twins.sections()
        self.recording.keep(day, self.run, sections)
        self._send(kind, frames.encode(day, self.run, sections))

    # -- asking -----------------------------------------------------------------------------------

    def biography(self, said: dict[str, Any]) -> None:
        """Tell a household's life, or a case's."""
        assert self.twins is not None
        household, case = said.get("household"), said.get("case")
        lives = Lives(self.twins.w)
        if case is not None:
            if not (isinstance(case, list) and len(case) == 3 and all(type(part) is int for part in case)):
                raise ConfigError("case is not a list of kind, bearer and ordinal")
            key = (case[0], case[1], case[2])
            if key not in lives.all_keys():
                raise ConfigError(f"there has been no case {case}")
            self.say("biography", cases=[lives.tell(key)], household=None)
            return
        there = self.twins.w.households
        if type(household) is not int or not 0 <= household < there:
            raise ConfigError(f"household={str(household)[:40]} is out of range [0, {there - 1}]")
        self.say("biography", **lives.household(household))

    def outcomes(self, said: dict[str, Any]) -> None:
        """Work outcomes out up to today."""
        assert self.twins is not None
        self.say("outcomes", day=self.twins.w.day, outcomes=files.outcomes(self.twins))

    def config(self, said: dict[str, Any]) -> None:
        """Offer the settings as a file."""
        self._offer("settings", "yaml", files.settings(self.setup).encode())

    def tables(self, said: dict[str, Any]) -> None:
        """Offer tables."""
        assert self.twins is not None
        self._offer("tables", "zip", files.tables(self.twins, self.recording.days))

    def replay(self, said: dict[str, Any]) -> None:
        """Offer a recording."""
        assert self.twins is not None
        try:
            self._offer("twins", "html", replay.page(self.twins, self.recording, self.choice))
        except replay.TooLongError as error:
            raise ConfigError(str(error)) from None

    def _offer(self, what: str, suffix: str, content: bytes) -> None:
        """Send a file: its name in words, then its content."""
        assert self.twins is not None
        self.say("file", name=f"{self.setup.config.name}-{what}.{suffix}", of=self.twins.w.day)
        self._send(wire.DATA, content)


def main() -> None:
    """Serve a tab until its pipe is closed."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed must not get among the messages
    os.nice(NICE)
    worker = Worker(out)
    threading.Thread(target=worker.listen, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        worker.work()
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)


if __name__ == "__main__":
    main()
