"""Two twins: one world burned in once, then lived in two scenarios side by side, a day at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from sim.page import frames
from sim.page.looks import Looks
from sim.page.routes import Routes
from sim.page.scene import Scene
from sim.page.series import Series
from sim.page.setups import Setup
from sim.page.tape import Tape
from sim.schedule import Phase
from sim.study.press import context
from sim.study.press.play import GROUNDS
from sim.worlds import Worlds

WEEK = 7

LEFT, RIGHT = 0, 1
"""The worlds of a pair."""

Array = NDArray[Any]


class Ground:
    """A world at day 0, before any mechanism.

    Attributes:
        what: what it is made of, see `Setup.ground`.
        w: the world, which stays as it is.
    """

    def __init__(self, setup: Setup, tell: Callable[[int, int], None]) -> None:
        """Found it and burn it in.

        Args:
            setup: what is to be founded.
            tell: called every few weeks with the days lived and all; may raise to give up.
        """
        self.what = setup.ground
        self.w = w = Worlds(setup.recipe, watch=setup.recipe.replications)
        case, all_ = setup.press, setup.recipe.burn_in
        tell(0, all_)
        while w.day < 0:
            if case and case.place == "compound" and w.day == case.says("day"):
                context.strike(w, case)
            w.run(w.day + WEEK)
            tell(w.day + all_, all_)
        if case and case.place == "compound":
            context.find(w, case)


class Twins:
    """A pair on its way from day 0 on.

    Attributes:
        setup: what was founded.
        w: both worlds, `LEFT` and `RIGHT`.
        run: number of the run, told with every frame.
        tape: what befalls cases in both.
    """

    def __init__(self, setup: Setup, ground: Ground, run: int) -> None:
        """Let both begin at day 0."""
        self.setup, self.run = setup, run
        self.w = ground.w.stack([setup.left, setup.right])
        self.w.log = self.tape = Tape(self.w.log.watched)
        self.scene, self.looks, self.series = Scene(self.w), Looks(self.w), Series(self.w)
        self.routes = Routes(self.w, self.scene) if "pasture" in self.scene.kinds else None
        self.scene.moved()
        self._trusts = self.looks.trusts()
        self._coverage: bytes | None = None

    @property
    def ended(self) -> bool:
        """Whether the days that were asked for are over."""
        return self.w.day >= self.setup.config.days

    def step(self) -> None:
        """Live a day."""
        w, case = self.w, self.setup.press
        if case and w.day == case.says("day") and hasattr(GROUNDS[case.place], "strike"):
            GROUNDS[case.place].strike(w, case)
        w.step(self._see)
        self.looks.after()
        self.series.after()

    def _see(self, phase: Phase) -> None:
        self.looks.see(phase)
        if self.routes:
            self.routes.see(phase)

    def frame(self) -> bytes:
        """Return what is to be drawn of today, see `sim.page.frames`."""
        return frames.encode(self.w.day, self.run, self.sections())

    def sections(self) -> dict[str, Array]:
        """Return what is to be drawn of today; what has not changed since it was last told is left out."""
        weekly = self.w.day % WEEK == 0
        if weekly and self.w.day > 0:
            self._trusts = self.looks.trusts()
        out: dict[str, Array] = {
            "series": self.series.now(self._trusts).reshape(-1),
            "state": self.looks.states().reshape(-1),
        }
        if weekly:
            out["trust"] = self._trusts.reshape(-1)
        coverage = self.looks.coverage()
        if coverage is not None and coverage.tobytes() != self._coverage:
            out["cover"], self._coverage = coverage.reshape(-1), coverage.tobytes()
        moved = self.scene.moved()
        if moved is not None:
            out["rect"] = moved
        routes = self.routes.moved() if self.routes else None
        if routes is not None:
            out["routes"] = routes
        out["events"] = self.tape.news().reshape(-1)
        return out

    def still(self, known: bool = False) -> bytes:
        """Return what never changes, see `sim.page.frames`.

        Args:
            known: whether whoever reads it has been told of another pair on the same ground: then only in words.
        """
        return frames.encode(0, self.run, {"words": self.scene.words(), **({} if known else self.scene.sections())})
