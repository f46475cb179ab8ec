"""Debian's Chromium without a window, and the page of a study as a rater uses it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

__all__ = ["Browser", "Page", "Rater", "chromium", "expect"]

# The tests' user is root, and for root Chromium has no sandbox. Audio begins by clicks alone.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=user-gesture-required"]
THUMB_PX = 22.0
PATIENCE_MS = 60_000  # of a machine that is busy with other things
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            browser.close()


class Rater:
    """One who takes part, by mouse or by keys alone."""

    def __init__(self, page: Page, link: str) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)
        self.problems: list[str] = []
        self.hosts: set[str] = set()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        page.on("console", self._hear)
        page.goto(link)
        expect(page.locator("#welcome, #stopped").locator("visible=true")).to_have_count(1)

    def _hear(self, message: Any) -> None:
        # Of what the server refuses and of a lost network, Chromium speaks of its own accord.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def join(self, code: str) -> None:
        self.page.fill("#code", code)
        self.page.check("#consent")
        self.page.click("#join button")

    def calibrate(self) -> None:
        expect(self.page.locator("#calibrate")).to_be_visible()
        self.page.click("#noise")
        expect(self.page.locator("#noise")).to_have_attribute("aria-pressed", "true")
        self.page.click("#level-set")

    def join_by_keys(self, code: str) -> None:
        press, page = self.page.keyboard.press, self.page
        while page.evaluate("document.activeElement.id") != "code":
            press("Tab")
        page.keyboard.type(code)
        press("Tab")
        press("Space")
        press("Tab")
        press("Enter")
        expect(page.locator("#calibrate")).to_be_visible()
        press("Tab")
        press("Space")
        expect(page.locator("#noise")).to_have_attribute("aria-pressed", "true")
        press("Tab")
        press("Enter")

    def wait_for_track(self, number: int) -> None:
        """Until a track plays."""
        expect(self.page.locator("#rate-title")).to_have_text(re.compile(rf"\b{number}\b.*\d"))
        expect(self.page.locator("#rate-play")).to_be_visible()
        expect(self.page.locator("#rate-play")).to_have_attribute("aria-pressed", "true")

    @property
    def step(self) -> int:
        return int(self.page.input_value("#step"))

    def choose(self, step: int) -> None:
        """Click where the fader stands at a step."""
        box = self.page.locator("#step").bounding_box()
        assert box is not None
        travel = box["width"] - THUMB_PX
        x = box["x"] + THUMB_PX / 2 + travel * step / 16
        self.page.mouse.click(x, box["y"] + box["height"] / 2)
        assert self.step == step

    def choose_by_keys(self, step: int) -> None:
        while self.step != step:
            self.page.keyboard.press("ArrowRight" if self.step < step else "ArrowLeft")

    def next(self) -> None:
        self.page.click("#next")
