"""The live page: frames a second with 20,000 households in headless Chromium, and how soon a slider is answered."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from typing import Any
from urllib.parse import quote

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 8.0
"""How long frames are counted."""

SLIDES = 10

HOUSEHOLDS, QUICK = 20_000, 2_000
"""Flats of each twin."""

FRAMES, ANSWER = 10.0, 150.0
"""Bars: frames a second at least, milliseconds at most until a slider is answered."""


def measure(households: int, burn_in: int) -> dict[str, Any]:
    """Play a world of about so many flats, and move two sliders.

    Returns:
        Households drawn on each map; frames a second; milliseconds from moving a slider of an arrangement until day 0
        of the new twins is drawn, and from moving one of the world until the page says that it is being founded.
    """
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("error: there is no chromium")
    command = [sys.executable, "-m", "sim", "page", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as play:
        assert server.stdout is not None
        found = re.search(r"http\S+", server.stdout.readline())
        assert found
        setup = {
            "world": "compound",
            "burn_in": burn_in,
            "days": 1825,
            "params": {"compounds": max(1, round(households / 300))},
            "mechanisms": {"formed_body": {"side": "right"}, "yijiantiao": {"side": "right"}},
        }
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{found[0]}#{quote(json.dumps(setup))}")
        _wait(page, "Page.frame !== null && Page.settled()")
        drawn = int(page.evaluate("Page.scene.households"))
        page.evaluate("document.getElementById('speed').value = 7")
        page.dispatch_event("#speed", "input")
        page.click("#play")
        _wait(page, "Page.frame.day >= 5")
        begin, day = time.perf_counter(), page.evaluate("Page.frame.day")
        time.sleep(SECONDS)
        frames = (page.evaluate("Page.frame.day") - day) / (time.perf_counter() - begin)
        page.click("#play")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        own = [_slide(page, "knob-yijiantiao-hours", 3 + n / 10, "Page.settled()") for n in range(SLIDES)]
        says = "JSON.parse(document.getElementById('status').dataset.said)[0] === 'founding'"
        world = []
        for n in range(SLIDES):
            world.append(_slide(page, "knob-quarrel_rate", 0.02 + n / 1000, says))
            page.evaluate("Page.say('status', 'ready')")
        browser.close()
        server.terminate()
    return {
        "households": drawn,
        "frames_a_second": frames,
        "slider_ms": statistics.median(own),
        "world_slider_ms": statistics.median(world),
    }


def told(found: dict[str, Any]) -> str:
    """Say what was measured, and whether the bars are held."""
    held = found["frames_a_second"] >= FRAMES and max(found["slider_ms"], found["world_slider_ms"]) <= ANSWER
    return (
        f"The live page, twice {found['households']:,} flats: {found['frames_a_second']:.1f} frames a second; a slider "
        f"of an arrangement has its new twins drawn after {found['slider_ms']:.0f} ms, one of the world is answered "
        f"after {found['world_slider_ms']:.0f} ms; bars {FRAMES:g} and {ANSWER:g} ms: {'held' if held else 'missed'}."
    )


def _slide(page: Any, knob: str, value: float, answered: str) -> float:
    """Move a slider in the page, and return the milliseconds until it is answered, as the page itself sees it."""
    script = f"""new Promise((done) => {{
        const begin = performance.now(), slider = document.getElementById('{knob}');
        slider.value = {value};
        slider.dispatchEvent(new Event('input'));
        const look = () => ({answered} ? done(performance.now() - begin) : setTimeout(look, 1));
        look();
    }})"""
    return float(page.evaluate(script))


def _wait(page: Any, expression: str) -> None:
    while not page.evaluate(expression):
        time.sleep(0.02)
