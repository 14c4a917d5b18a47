"""A server on a free port of loopback, and a browser that notices whatever a page does wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import ROOT

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE = 120.0
"""Seconds after which what is waited for will never come; no test depends on less."""

SMALL: dict[str, Any] = {
    "world": "compound",
    "seed": 3,
    "days": 60,
    "burn_in": 28,
    "params": {"compounds": 2, "households": 40, "quarrel_rate": 0.06},
    "mechanisms": {"formed_body": {"side": "right"}, "yijiantiao": {"side": "right"}},
}
"""A world that founds in a moment."""


@contextmanager
def serving() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve the page on a free port; a server that is still there at the end is ended."""
    command = [sys.executable, "-W", "error", "-m", "sim", "page", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", program.stdout.readline())
        assert found
        yield found[0], program
        if program.poll() is None:
            program.terminate()
            assert program.wait(PATIENCE) in (0, -15)


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[str, int]]:
    """The address and the process of a server that runs for all tests."""
    with serving() as (address, program):
        yield address, program.pid


@pytest.fixture(scope="session")
def address(server: tuple[str, int]) -> str:
    return server[0]


@pytest.fixture(scope="session")
def server_pid(server: tuple[str, int]) -> int:
    return server[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; let go of after each file, for while it is there no other event loop can run in this process."""
    chromium = shutil.which("chromium")
    assert chromium, "there is no chromium; .ci/run installs it"
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield launched
        launched.close()


def wait(page: Page, expression: str) -> Any:
    """Wait until an expression is true in a page, whose security policy forbids Playwright's own way."""
    end = time.monotonic() + PATIENCE
    while not (found := page.evaluate(expression)):
        assert time.monotonic() < end, f"never came: {expression}; status: {page.inner_text('#status')}"
        time.sleep(0.02)
    return found


@dataclass
class Tab:
    """A page in the browser, and what it has done wrong."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def wait(self, expression: str) -> Any:
        return wait(self.page, expression)

    def until(self, day: int) -> None:
        """Wait until a day is shown."""
        self.wait(f"Page.frame !== null && Page.frame.day >= {day}")

    def ready(self) -> None:
        """Wait until nothing that was asked for is still to be founded."""
        self.wait("Page.frame !== null && Page.settled()")

    def play_to_end(self) -> None:
        self.page.evaluate("document.getElementById('speed').value = 7")
        self.page.dispatch_event("#speed", "input")
        self.page.click("#play")
        self.wait(
            "Page.frame.day >= Page.days && JSON.parse(document.getElementById('status').dataset.said)[0] === 'ended'"
        )

    def pixels(self, which: str) -> str:
        """Return a map as it is drawn."""
        self.page.evaluate("new Promise((done) => Page.paint(done))")
        return str(self.page.evaluate(f"document.getElementById('{which}').toDataURL()"))


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Callable[..., Tab]]:
    """Opens tabs that may do nothing wrong: no error, no request to anywhere but the server."""
    opened: list[Tab] = []

    def open_(setup: dict[str, Any] | None = None, url: str = "", **context: Any) -> Tab:
        made = Tab(
            browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **context}).new_page()
        )
        page, own = made.page, urlsplit(url or address).netloc
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda said: made.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: made.wrong.append(str(error)))
        page.on("requestfailed", lambda request: made.wrong.append(f"failed: {request.url[:200]}"))
        page.on("request", lambda request: made.wrong.append(request.url) if _elsewhere(request.url, own) else None)
        page.on("websocket", lambda socket: made.wrong.append(socket.url) if _elsewhere(socket.url, own) else None)
        opened.append(made)
        page.goto(url or f"{address}#{quote(json.dumps(setup or SMALL))}")
        made.ready()
        return made

    yield open_
    for one in opened:
        assert one.wrong == []
        one.page.context.close()


def _elsewhere(url: str, own: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("blob", "data", "file") and parts.netloc != own
