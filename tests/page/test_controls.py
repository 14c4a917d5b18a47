"""The page in a browser: every control does what it says, and nothing comes from or goes elsewhere.

The fixture `tab` sees to the last part for every tab that any test opens.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.page import menu, setups
from tests.page.conftest import SMALL, Tab

Open = Callable[..., Tab]

CHANNELS = (
    "authority",
    "coordination",
    "monitoring",
    "renewal_leverage",
    "cost_sharing",
    "onsite_visits",
    "case_ledger",
)
ALL_OFF = dict.fromkeys(CHANNELS, False)


def test_play_pause_step_reset_speed(tab: Open) -> None:
    one = tab()
    page = one.page
    assert page.inner_text("#day") == "Day 0 of 60"
    page.click("#step")
    one.until(1)
    assert page.evaluate("Page.frame.day") == 1
    page.evaluate("document.getElementById('speed').value = 7")
    page.dispatch_event("#speed", "input")
    assert page.inner_text("#pace") == "60 days a second"
    page.click("#play")
    one.until(4)
    assert page.inner_text("#play") == "Pause"
    page.click("#play")
    page.click("#tell")  # answered after all days that were under way
    one.wait("document.querySelector('#life p') !== null")
    day = page.evaluate("Page.frame.day")
    page.click("#refresh")
    one.wait("document.querySelectorAll('#outcomes tbody tr').length > 20")
    assert page.evaluate("Page.frame.day") == day < 60
    page.click("#reset")
    one.wait("Page.frame !== null && Page.frame.day === 0 && Page.history.length === 1")
    one.play_to_end()
    assert page.inner_text("#day") == "Day 60 of 60"
    assert page.evaluate("Page.history.map((one) => one.day).join()") == ",".join(map(str, range(61)))
    assert page.inner_text("#play") == "Play"


def test_with_all_channels_off_the_maps_are_the_same_to_the_pixel(tab: Open) -> None:
    one = tab(SMALL | {"mechanisms": {"yijiantiao": {"side": "right", "channels": ALL_OFF}}})
    one.play_to_end()
    for layer in ("state", "trust", "fee", "roofs"):
        one.page.select_option("#layer", layer)
        assert one.pixels("left") == one.pixels("right"), layer
    assert one.page.inner_text("#line-headline .d") == "right - left 0"


def test_with_channels_on_they_differ_and_the_third_map_says_where(tab: Open) -> None:
    one = tab(SMALL | {"seed": 5})
    one.play_to_end()
    assert one.pixels("left") != one.pixels("right")
    state = one.page.evaluate("Array.from(Page.frame.state)")
    half = len(state) // 2
    suffers = [[s & 3 in (1, 2) for s in side] for side in (state[:half], state[half:])]
    blue = sum(left and not right for left, right in zip(*suffers, strict=True))
    red = sum(right and not left for left, right in zip(*suffers, strict=True))
    found = one.page.evaluate("""(() => {
        const colours = Array.from(Page.colours('state', 2)), count = {};
        for (const c of colours) count[c] = (count[c] || 0) + 1;
        return count;
    })()""")
    packed = {"blue": 0xFF945A0B, "red": 0xFF0A40B5}
    assert (found.get(str(packed["blue"]), 0), found.get(str(packed["red"]), 0)) == (blue, red)
    assert blue + red > 0


def test_mechanisms_channels_and_sliders_found_the_twins_anew(tab: Open) -> None:
    one = tab()
    page = one.page
    page.select_option("#mechanism-formed_body", "both")
    one.ready()
    assert page.inner_text("#left-words") == "a body is formed"
    page.click("#channels-yijiantiao summary")
    page.uncheck("#channel-yijiantiao-authority")
    one.ready()
    assert page.inner_text("#right-words") == "a body is formed + merged offices (yijiantiao) − authority"
    page.click("#off-yijiantiao")
    one.ready()
    assert page.inner_text("#right-words") == "a body is formed + merged offices (yijiantiao) (All channels off)"
    page.click("#on-yijiantiao")
    one.ready()
    page.click("#settings-yijiantiao summary")
    page.evaluate("document.getElementById('knob-yijiantiao-hours').value = 2")
    page.dispatch_event("#knob-yijiantiao-hours", "input")
    page.click("#world-settings > summary")
    page.evaluate("document.getElementById('knob-quarrel_rate').value = 0.05")
    page.dispatch_event("#knob-quarrel_rate", "input")
    one.ready()
    chosen = page.evaluate("JSON.parse(decodeURIComponent(location.hash.slice(1)))")
    assert chosen["params"]["quarrel_rate"] == 0.05
    assert chosen["mechanisms"]["yijiantiao"]["params"] == {"hours": 2}
    assert page.inner_text("output[for=knob-quarrel_rate]") == "0.05"
    note = page.inner_text("#knobs .knob:has(#knob-quarrel_rate) .note")
    assert note == "per household-year · range 0.01 to 0.06 · default 0.03 · E: a reasoned guess"
    page.select_option("#mechanism-yijiantiao", "")
    page.select_option("#mechanism-formed_body", "")
    one.ready()
    assert page.inner_text("#right-words") == page.inner_text("#left-words") == "as found"
    page.fill("#seed", "4")
    page.dispatch_event("#seed", "change")
    one.ready()
    assert page.evaluate("JSON.parse(decodeURIComponent(location.hash.slice(1))).seed") == 4


def test_a_mistake_is_told_and_changes_nothing(tab: Open) -> None:
    one = tab()
    run = one.page.evaluate("Page.scene.run")
    one.page.fill("#burn_in", "5")
    one.page.dispatch_event("#burn_in", "change")
    one.wait("!document.getElementById('error').hidden")
    assert one.page.inner_text("#error") == "That cannot be: burn_in=5 is not a whole number of weeks; 7 is"
    assert one.page.evaluate("Page.scene.run") == run
    one.page.click("#step")
    one.until(1)
    one.page.fill("#burn_in", "7")
    one.page.dispatch_event("#burn_in", "change")
    one.ready()
    assert one.page.is_hidden("#error")


def test_pointing_clicking_zooming_by_mouse_and_keys(tab: Open) -> None:
    one = tab(SMALL | {"params": {"compounds": 2, "households": 40, "quarrel_rate": 0.06, "roof_old": 0.4}})
    page = one.page
    one.play_to_end()
    box = page.locator("#left").bounding_box()
    assert box
    rect = page.evaluate("Array.from(Page.scene.rect.subarray(4 * 7, 4 * 8))")
    view = page.evaluate("Page.view()")
    shrunk = box["width"] / view["width"]
    x = box["x"] + ((rect[0] + rect[2] / 2 - view["x"]) * view["scale"] + view["width"] / 2) * shrunk
    y = box["y"] + (view["height"] / 2 - (rect[1] + rect[3] / 2 - view["y"]) * view["scale"]) * shrunk
    page.mouse.move(x, y)
    one.wait("document.getElementById('hover').textContent.startsWith('Household 7, flat on floor')")
    assert ". Left: " in page.inner_text("#hover") and "; right: " in page.inner_text("#hover")
    page.mouse.click(x, y)
    one.wait("document.querySelector('#life p')?.textContent.startsWith('Household 7:')")
    assert page.input_value("#household") == "7"
    lanes = page.locator("#life .lanes").count()
    assert lanes == page.locator("#life .case").count() > 0
    assert page.locator("#life .lanes li").count() >= lanes
    scale = view["scale"]
    page.mouse.wheel(0, -300)
    one.wait(f"Page.view().scale > {scale}")
    page.focus("#left")
    page.keyboard.press("0")
    one.wait(f"Math.abs(Page.view().scale - {scale}) < 1e-9")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Page.view().scale") > scale
    assert page.evaluate("Page.view().x") > view["x"]
    page.click("#fit")
    page.click("#zoom-in")
    page.click("#zoom-out")
    assert page.evaluate("Page.view().scale") == pytest.approx(scale)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    assert page.evaluate("Page.view().x") < view["x"]
    page.locator("#news button").first.click()
    one.wait("document.querySelectorAll('#life .case').length === 1")


def test_a_guess_covers_the_right_and_is_scored(tab: Open) -> None:
    one = tab(SMALL | {"days": 30})
    page = one.page
    one.wait("document.querySelectorAll('#outcome option').length > 3")
    page.select_option("#outcome", "hours")
    page.check("input[name=guess][value=up]")
    page.click("#lock")
    assert page.is_visible("#right-figure .veil") and page.is_visible("#series .veil")
    assert page.inner_text("#verdict") == "Your guess is locked in: hours worked will be higher."
    one.play_to_end()
    one.wait("document.getElementById('verdict').textContent.startsWith('Right: left ')")
    assert page.inner_text("#score") == "Score: 1 of 1"
    assert page.is_hidden("#right-figure .veil")
    page.check("input[name=guess][value=same]")
    page.click("#lock")
    page.click("#reveal")
    one.wait("document.getElementById('verdict').textContent.startsWith('Not so: left ')")
    assert page.inner_text("#score") == "Score: 1 of 2"
    page.click("#forget")
    assert page.inner_text("#score") == "Score: 0 of 0"


def test_what_is_taken_away_is_what_was_played(tab: Open, tmp_path: Path) -> None:
    one = tab(SMALL | {"days": 20})
    page = one.page
    one.play_to_end()

    def taken(button: str) -> Path:
        with page.expect_download() as waiting:
            page.click(button)
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    settings = yaml.safe_load(taken("#config").read_text("utf-8"))
    assert settings["scenarios"] == {"baseline": [], "arrangement": ["formed_body", "yijiantiao"]}
    assert (settings["seed"], settings["world"]["quarrel_rate"]) == (3, 0.06)
    with zipfile.ZipFile(taken("#tables")) as file:
        days = list(csv.DictReader(io.StringIO(file.read("days.csv").decode())))
    shown = page.evaluate("Page.history[20].series[1]")
    assert float(days[20]["headline_arrangement"]) == pytest.approx(shown)
    picture = taken("#picture").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


def test_every_world_and_press_case_can_be_picked(tab: Open) -> None:
    offered = menu.everything()
    one = tab()
    page = one.page
    assert page.locator("#world option").count() == len(offered["worlds"]) + len(offered["presses"])
    page.fill("#burn_in", "0")
    page.dispatch_event("#burn_in", "change")
    one.ready()
    for name in ("village", "pasture", "county", "S2", "S9"):
        page.select_option("#world", name)
        one.ready()
        place = next((case["world"] for case in offered["presses"] if case["name"] == name), name)
        assert page.evaluate("Page.scene.kinds") == list(
            next(w["kinds"] for w in offered["worlds"] if w["name"] == place)
        )
        page.click("#step")
        one.until(1)
        for layer in page.evaluate("Page.layersHere()"):
            page.select_option("#layer", layer)
            one.pixels("difference")
        if name == "county":
            assert page.locator("#panels button").count() == 3
            page.locator("#panels button").nth(1).click()
    assert page.is_disabled("#world-settings input >> nth=0") or page.input_value("#world") == "S9"


def test_twenty_thousand_households_play_day_by_day(tab: Open) -> None:
    """How fast is a matter of `bench page`; here only: every day is drawn, and a slider is answered, before long."""
    one = tab(SMALL | {"burn_in": 0, "params": {"compounds": 67, "households": 300}})
    assert one.page.evaluate("Page.scene.households") > 19_000
    one.page.evaluate("document.getElementById('speed').value = 7")
    one.page.dispatch_event("#speed", "input")
    one.page.click("#play")
    one.until(20)
    days = one.page.evaluate("Page.history.map((one) => one.day)")
    assert days == list(range(len(days)))
    one.page.click("#settings-yijiantiao summary")
    one.page.evaluate("document.getElementById('knob-yijiantiao-hours').value = 6")
    one.page.dispatch_event("#knob-yijiantiao-hours", "input")
    one.ready()
    one.wait("Page.frame.day > 0 && Page.frame.day < 20")  # it goes on playing, from day 0
    one.page.click("#play")


def test_the_address_holds_what_is_played(tab: Open) -> None:
    one = tab(SMALL | {"days": 33, "mechanisms": {"courier_sensing": {"side": "both", "params": {"enrolled": 1.0}}}})
    assert one.page.inner_text("#day") == "Day 0 of 33"
    assert one.page.inner_text("#left-words") == "couriers report"
    asked: dict[str, Any] = json.loads(json.dumps(SMALL))
    assert setups.read(asked).config.seed == SMALL["seed"]
