"""Everyone can take part: axe-core finds nothing serious in any view, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, Page, Rater, expect
from made_study import write_fake_study
from study_server import Served, serving
from system_packages import needs

pytestmark = needs("chromium")

ROOT = Path(__file__).parents[4]
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical", "moderate")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("study")
    write_fake_study(folder, 2, 0.6, repeat_share=0, break_every=1, noise_s=2.0, contact="Ann")
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="module", params=["abx", "mushra"])
def blind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Served]]:
    folder = tmp_path_factory.mktemp(request.param)
    write_fake_study(
        folder, 2, 0.6, 3, test=request.param, repeat_share=0, break_every=1, noise_s=0, silence_s=0
    )
    with serving(folder) as server:
        yield request.param, server


def check(page: Page, view: str) -> None:
    expect(page.locator(f"#{view}")).to_be_visible()
    found = page.evaluate("axe.run()")
    serious = [one for one in found["violations"] if one["impact"] in SERIOUS]
    assert not [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious]
    assert len(found["passes"]) > 10


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: make axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, server: Served, scheme: str) -> None:
    context = browser.new_context(locale="en-GB", color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(path=AXE)
    ann = Rater(page, server.link)
    check(page, "welcome")
    page.click("#return summary")
    page.click("#join button")
    check(page, "welcome")
    ann.join(scheme)
    check(page, "calibrate")
    ann.calibrate()
    ann.wait_for_track(1)
    page.click("#untouched")
    check(page, "rate")
    ann.next()
    check(page, "pause")
    page.click("#pause-button")
    check(page, "interlude")
    ann.wait_for_track(2)
    page.check("#none")
    ann.next()
    check(page, "done")
    context.close()


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: make axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_blind_tests(
    browser: Browser, blind: tuple[str, Served], scheme: str
) -> None:
    view, server = blind
    context = browser.new_context(locale="en-GB", color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(path=AXE)
    ann = Rater(page, server.link)
    check(page, "welcome")
    ann.join(scheme)
    ann.calibrate()
    expect(page.locator(f"#{view}-play")).to_have_attribute("aria-pressed", "true")
    check(page, view)
    if view == "mushra":
        page.click("#mushra-next")
        expect(page.locator("#mushra-problem")).to_contain_text("1, 2, 3")
        check(page, view)
        for slot in (1, 2, 3):
            page.keyboard.press(str(slot))
        page.keyboard.press("End")
        page.click("#mushra-next")
    else:
        page.keyboard.press("1")
    check(page, "pause")
    page.context.new_page().goto(server.link)
    other = page.context.pages[1]
    other.click("#continue-button")
    check(page, "stopped")
    context.close()


def test_screen_reader_hears_words_and_no_numbers(browser: Browser, server: Served) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    ann = Rater(page, server.link)
    ann.join("reader")
    expect(page.locator("#calibrate h1")).to_be_focused()  # where a new view begins
    ann.calibrate()
    ann.wait_for_track(1)
    slider = page.get_by_role("slider", name="How much is taken away")
    words = set()
    for step in range(17):
        ann.choose(step)
        words.add(slider.get_attribute("aria-valuetext"))
    assert words == {"little", "rather little", "in the middle", "rather much", "much"}
    assert not any(one.isdigit() for one in page.inner_text("#rate-console .fader"))
    for name in ("Pause", "Untouched", "Equally loud", "This one, next track"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    context.close()
