"""A MUSHRA-like test in the browser: by mouse, by keys alone, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import Page, Rater, expect
from made_study import write_fake_study
from study_server import Served, wait_for
from system_packages import needs
from tonecast.models.listening.results.held import read_held

pytestmark = needs("chromium")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mushra")
    write_fake_study(folder, 2, 0.5, 3, test="mushra", repeat_share=0, noise_s=0, silence_s=0.02)
    return folder


def wait_for_excerpt(page: Page, number: int) -> None:
    expect(page.locator("#mushra-title")).to_have_text(f"Excerpt {number} of 2")
    expect(page.locator("#mushra-play")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#mushra-reference")).to_have_attribute("aria-pressed", "true")


def given(folder: Path, code: str) -> list[tuple[int, ...]]:
    return [one.answer.scores for one in read_held(folder, "human").given if one.rater == code]


def test_by_mouse_and_back_again(page: Page, server: Served, folder: Path) -> None:
    ann = Rater(page, server.link)
    expect(page.locator("#welcome h1")).to_have_text("How close does it come?")
    ann.join("ann")
    ann.calibrate()
    wait_for_excerpt(page, 1)
    page.click("#mushra-2")
    expect(page.locator("#mushra-2")).to_have_attribute("aria-pressed", "true")
    page.click("#mushra-next")
    expect(page.locator("#mushra-problem")).to_contain_text("before you go on: 1, 3.")
    page.click("#mushra-1")
    page.locator("#mushra-score-3").fill("40")  # to score a sound is to hear it
    expect(page.locator("#mushra-3")).to_have_attribute("aria-pressed", "true")
    page.click("#mushra-next")
    expect(page.locator("#mushra-problem")).to_contain_text("Please give 100")
    page.locator("#mushra-score-2").fill("100")
    page.click("#mushra-next")
    wait_for_excerpt(page, 2)
    page.click("#mushra-back")
    wait_for_excerpt(page, 1)
    assert [page.input_value(f"#mushra-score-{i}") for i in (1, 2, 3)] == ["0", "100", "40"]
    page.locator("#mushra-score-1").fill("7")
    page.click("#mushra-next")
    wait_for_excerpt(page, 2)
    for slot, score in ((1, "100"), (2, "20"), (3, "10")):
        page.locator(f"#mushra-score-{slot}").fill(score)
    page.click("#mushra-next")
    expect(page.locator("#done-lead")).to_have_text("All 2 excerpts are done.")
    assert ann.problems == []
    wait_for(lambda: given(folder, "ann") == [(7, 100, 40), (100, 20, 10)])
    answers = [one.answer for one in read_held(folder, "human").given if one.rater == "ann"]
    assert all(len(one.step_seconds) == 4 for one in answers)
    # Of the first excerpt the second visit counts, in which one sound was scored anew.
    assert answers[0].switches == 1
    assert answers[1].switches == 3


def test_by_keys_alone(page: Page, server: Served, folder: Path) -> None:
    bob = Rater(page, server.link)
    bob.join_by_keys("bob")
    press = page.keyboard.press
    for number in (1, 2):
        wait_for_excerpt(page, number)
        press("1")
        slider = page.get_by_role("slider", name="Score of sound 1")
        expect(slider).to_be_focused()
        press("End")
        press("r")
        expect(page.locator("#mushra-reference")).to_have_attribute("aria-pressed", "true")
        press("2")
        press("PageUp")
        press("ArrowRight")
        slider = page.get_by_role("slider", name="Score of sound 2")
        expect(slider).to_have_attribute("aria-valuetext", "11, Bad")
        press("3")
        press("Space")
        expect(page.locator("#mushra-play")).to_have_attribute("aria-pressed", "false")
        press("Enter")
    expect(page.locator("#done")).to_be_visible()
    wait_for(lambda: given(folder, "bob") == [(100, 11, 0)] * 2)
    assert bob.problems == []
