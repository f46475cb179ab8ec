"""How long a rater waits for a track, in Debian's Chromium: from its view to its sound."""

from __future__ import annotations

import shutil
from pathlib import Path

from .served import served

# When the view of a track appears, and when the play button is pressed down by the page.
WATCH = """
window.shown = []; window.playing = [];
addEventListener("DOMContentLoaded", () => {
  const view = document.getElementById("rate"), play = document.getElementById("rate-play");
  new MutationObserver(() => { if (!view.hidden) window.shown.push(performance.now()); })
    .observe(view, { attributes: true, attributeFilter: ["hidden"] });
  new MutationObserver(() => {
    if (play.getAttribute("aria-pressed") === "true") window.playing.push(performance.now());
  }).observe(play, { attributes: true, attributeFilter: ["aria-pressed"] });
});
"""


def measure(folder: Path, tracks: int) -> list[float]:
    """Seconds for each of the first `tracks` of a study; empty where there is no Chromium."""
    program = shutil.which("chromium")
    if program is None:
        return []
    from playwright.sync_api import sync_playwright

    with served(folder) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(WATCH)
        page.goto(f"http://127.0.0.1:{port}/?kind=simulated")
        page.fill("#code", "audio-start")
        page.check("#consent")
        page.click("#join button")
        page.wait_for_timeout(5000)  # setting the level takes people longer
        page.click("#level-set")
        for i in range(tracks):
            while page.evaluate("window.playing.length") <= i:
                page.wait_for_timeout(50)
            page.wait_for_timeout(2000)  # the next one is fetched meanwhile
            page.click("#next")
        shown, playing = page.evaluate("[window.shown, window.playing]")
        browser.close()
    return [(end - begin) / 1000 for begin, end in zip(shown, playing, strict=False)]
