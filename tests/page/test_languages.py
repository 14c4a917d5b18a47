"""Both languages, the font, accessibility, a phone; and a recording that plays from disk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from sim.page import menu, words
from sim.report.fonts.cut import FAMILY, characters
from sim.report.labels import Text
from tests.page.conftest import SMALL, Tab

Open = Callable[..., Tab]

LATIN = re.compile(r"[A-Za-z]{2,}")
ALLOWED = {"YAML", "ZIP", "PNG", "HTML", "ODD"}
"""Names of formats, and of the model's description, that are the same in both languages."""

VISIBLE = """
    (() => {
        const found = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const node = walk.currentNode, parent = node.parentElement;
            if (!node.textContent.trim() || parent.closest('script, style, [translate="no"]')) continue;
            found.push(node.textContent);
        }
        for (const one of document.querySelectorAll('[aria-label], [title]')) {
            for (const name of ['aria-label', 'title']) if (one.hasAttribute(name)) found.push(one.getAttribute(name));
        }
        for (const one of document.querySelectorAll('optgroup')) found.push(one.label);
        return found;
    })()
"""
"""Every text of the page, shown or folded away, and what a screen reader is told."""


def everything_open(one: Tab) -> None:
    """Let as much as possible be said on the page."""
    one.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    one.page.click("#refresh")
    one.wait("document.querySelectorAll('#outcomes tbody tr').length > 20")
    one.page.click("#tell")
    one.wait("document.querySelectorAll('#life p').length > 0")


@pytest.mark.parametrize("world", ["compound", "county"])
def test_a_switch_of_language_leaves_nothing_untranslated(tab: Open, world: str) -> None:
    params = {"compounds": 2, "villages": 2, "village_households": 30, "around": 20, "pasture_households": 60}
    county = {"world": "county", "burn_in": 0, "days": 30, "params": params}
    one = tab(SMALL | {"days": 30} if world == "compound" else county)
    page = one.page
    one.play_to_end()
    everything_open(one)
    english = page.evaluate(VISIBLE)
    assert not [text for text in english if re.search(r"[\u4e00-\u9fff]", text)]
    assert page.evaluate("document.documentElement.lang") == "en"
    page.click("#chinese")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    one.wait("document.querySelector('#news li')?.textContent.includes('天')")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    for layer in page.evaluate("Page.layersHere()"):
        page.select_option("#layer", layer)
        left = {word for text in page.evaluate(VISIBLE) for word in LATIN.findall(_without_sources(text))}
        assert left <= ALLOWED, left
    page.click("#english")
    assert page.evaluate(VISIBLE)[:20] == english[:20]


def _without_sources(text: str) -> str:
    """Leave out ids of sources, which are the same in both languages."""
    return text.partition("来源：")[0]


def test_chinese_is_written_in_the_project_s_font_without_a_gap(tab: Open) -> None:
    """Chromium says which font it has really used for each piece of text."""
    one = tab(SMALL | {"days": 10})
    one.play_to_end()
    one.page.click("#chinese")
    everything_open(one)
    session = one.page.context.new_cdp_session(one.page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1})["root"]["nodeId"]
    used = 0
    for node in session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "body *"})["nodeIds"]:
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            assert (font["familyName"], font["isCustomFont"]) == (FAMILY, True)
            used += int(font["glyphCount"])
    assert used > 1_000


def test_the_font_has_every_character_of_the_page() -> None:
    told = json.dumps(menu.everything(), ensure_ascii=False)
    assert not set(told) - set(characters())


def test_every_word_is_there_in_both_languages_with_the_same_blanks() -> None:
    texts: list[Any] = [*words.PAGE.values(), *words.WHERE.values(), *words.ACTIVITIES.values(), *words.WORLDS.values()]
    for text in texts:
        assert isinstance(text, Text) and text.en and text.zh
        assert set(re.findall(r"\{\w+\}", text.en)) == set(re.findall(r"\{\w+\}", text.zh)), text
    offered = menu.everything()
    knobs = [k for one in (*offered["worlds"], *offered["mechanisms"]) for k in one["knobs"]]
    for knob in knobs:
        assert re.search(r"[\u4e00-\u9fff]", knob["text"]["zh"])
        assert not LATIN.search(knob["unit"]["zh"]), knob
        assert knob["low"] <= knob["value"] <= knob["high"]


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_nothing_that_axe_finds_stands_in_anybody_s_way(tab: Open, language: str) -> None:
    one = tab(SMALL | {"days": 20}, bypass_csp=True)  # axe is put into the page by the test
    one.page.click(f"#{language}")
    one.play_to_end()
    everything_open(one)
    found = Axe().run(one.page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_the_keyboard_reaches_every_control_and_play_plays(tab: Open) -> None:
    one = tab()
    page = one.page
    reached = set()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    wanted = "english world seed mechanism-yijiantiao play step reset speed layer zoom-in left right difference lock"
    assert {*wanted.split(), "config", "replay", "household", "tell", "refresh"} <= reached
    page.focus("#play")
    page.keyboard.press("Enter")
    one.until(2)


def test_it_can_be_read_on_a_phone(tab: Open) -> None:
    one = tab(SMALL | {"days": 20}, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = one.page
    one.play_to_end()
    for language in ("#english", "#chinese"):
        page.click(language)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = [page.locator(f"#{which}").bounding_box() for which in ("left", "right", "difference")]
    assert all(box and box["width"] > 280 for box in boxes)
    assert boxes[0] and boxes[1] and boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"]
    assert page.is_visible("#under")


def test_under_these_assumptions_is_always_in_sight(tab: Open) -> None:
    one = tab()
    for y in (0, 800, 10_000):
        one.page.evaluate(f"window.scrollTo(0, {y})")
        box = one.page.locator("#under").bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 900
        top = "document.elementFromPoint(300, document.getElementById('under').getBoundingClientRect().top + 5).id"
        assert one.page.evaluate(top) == "under"


def test_a_recording_plays_from_disk_without_a_server(tab: Open, tmp_path: Path) -> None:
    one = tab(SMALL | {"days": 40})
    one.play_to_end()
    with one.page.expect_download() as waiting:
        one.page.click("#replay")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    live = {which: one.pixels(which) for which in ("left", "right", "difference")}
    one.page.click("#tell")
    one.wait("document.querySelectorAll('#life .case, #life p').length > 1")
    life = one.page.inner_text("#life")

    text = path.read_text("utf-8")
    assert not re.search(r'(?:src|href)="(?!data:|#)', text)
    again = tab(url=path.as_uri())
    page = again.page
    assert page.inner_text("#day") == "Day 0 of 40"
    assert page.is_disabled("#world") and page.is_visible("#replayed") and page.is_hidden("#config")
    page.click("#step")
    again.until(1)
    again.play_to_end()
    for which, picture in live.items():
        assert again.pixels(which) == picture, which
    page.click("#tell")
    again.wait("document.querySelectorAll('#life .case, #life p').length > 1")
    assert page.inner_text("#life") == life
    page.click("#reset")
    again.wait("Page.frame.day === 0")
    page.click("#chinese")
    assert page.inner_text("#play") == "播放"
