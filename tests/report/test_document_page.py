"""The report in a browser: it asks nothing of anybody, speaks both languages, in the project's own font, and prints."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.report.document import command

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LONG = 120_000
"""Milliseconds: machines may be slow."""


@pytest.fixture(scope="module")
def page_file(small_result: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return command.write(small_result, tmp_path_factory.mktemp("report"))[0]


@pytest.fixture
def tab(page_file: Path) -> Iterator[tuple[Any, list[str]]]:
    """A tab with the report, and what went wrong or was asked for."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(QUIET), timeout=LONG)
        page = browser.new_page(locale="en-GB")
        page.set_default_timeout(LONG)
        seen: list[str] = []
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on("request", lambda request: seen.append(request.url) if not request.url.startswith("data:") else None)
        page.goto(page_file.as_uri())
        yield page, seen
        browser.close()


def fonts(page: Any, selector: str) -> set[str]:
    """Families of the fonts with which an element is drawn."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    return {font["familyName"] for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}


def test_in_a_browser(tab: tuple[Any, list[str]], page_file: Path) -> None:
    page, seen = tab
    assert page.is_visible("main.en h1") and not page.is_visible("main.zh h1")
    page.click("label[for=choose-zh]")
    assert page.is_visible("main.zh h1") and not page.is_visible("main.en h1")
    page.evaluate("document.fonts.ready")
    for selector in ("main.zh h1", "main.zh .lead", "main.zh table", "label[for=choose-zh]"):
        assert fonts(page, selector) == {"Grassroots Sans"}, selector
    shown = page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert len(shown) == 4 and min(shown) > 300
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.goto(page_file.as_uri() + "#zh-results")
    page.reload()
    assert page.is_visible("main.zh h1")
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF") and len(pdf) > 50_000
    assert {url.partition("#")[0] for url in seen} == {page_file.as_uri()}
