"""A blind test in the browser: by mouse and by keys, until enough is known."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from browser import Browser, Page, Rater, expect
from made_study import write_fake_study
from study_server import Served
from system_packages import needs
from tonecast.models.listening.blind.report import right_answers
from tonecast.models.listening.blind.sequential import outcome
from tonecast.models.listening.results.held import read_held

pytestmark = needs("chromium")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("abx")
    write_fake_study(folder, 2, 0.5, test="abx", repeat_share=0, noise_s=0, silence_s=0.02)
    return folder


def truth(folder: Path, code: str) -> list[bool]:
    """Whether X is A, at each position."""
    rows = sqlite3.connect(folder / "answers.sqlite3").execute(
        "SELECT slots FROM positions JOIN raters ON raters.id = rater WHERE code = ? "
        "ORDER BY position",
        (code,),
    )
    return [slots[2] == slots[0] for slots in (json.loads(row[0]) for row in rows)]


def wait_for_trial(page: Page, number: int) -> None:
    expect(page.locator("#abx-title")).to_have_text(f"Trial {number}")
    expect(page.locator("#abx-play")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#abx-2")).to_have_attribute("aria-pressed", "true")


def test_who_is_right_eight_times_is_done(page: Page, server: Served, folder: Path) -> None:
    ann = Rater(page, server.link)
    expect(page.locator("#welcome h1")).to_have_text("Can you hear the difference?")
    ann.join("ann")
    ann.calibrate()
    for trial in range(8):
        wait_for_trial(page, trial + 1)
        is_a = truth(folder, "ann")[trial]
        if trial % 2:
            for slot in (0, 1, 2):
                page.click(f"#abx-{slot}")
                expect(page.locator(f"#abx-{slot}")).to_have_attribute("aria-pressed", "true")
            page.click("#x-is-a" if is_a else "#x-is-b")
        else:
            for key in "abx":
                page.keyboard.press(key)
            page.keyboard.press("1" if is_a else "2")
    expect(page.locator("#done-lead")).to_have_text("Enough is known after 8 trials.")
    assert ann.problems == []
    found = right_answers([one for one in read_held(folder, "human").given if one.rater == "ann"])
    assert outcome(found[1]).verdict == "heard"
    given = read_held(folder, "human").given
    assert all(one.answer.switches >= 2 for one in given if one.rater == "ann")


def test_closed_tab_goes_on_with_the_trials_that_are_left(
    browser: Browser, server: Served, folder: Path
) -> None:
    context = browser.new_context(locale="en-GB")
    bob = Rater(context.new_page(), server.link)
    bob.join("bob")
    bob.calibrate()
    for trial in range(3):
        wait_for_trial(bob.page, trial + 1)
        bob.page.keyboard.press("1")
    wait_for_trial(bob.page, 4)
    bob.page.close()
    again = Rater(context.new_page(), server.link)
    again.page.click("#continue-button")
    wait_for_trial(again.page, 4)
    context.close()
    given = [one for one in read_held(folder, "human").given if one.rater == "bob"]
    assert [(one.answer.position, one.answer.step) for one in given] == [(0, 0), (1, 0), (2, 0)]
