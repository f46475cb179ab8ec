"""Whole sessions in a real browser: what raters choose is what the database has."""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path

import pytest
from browser import Browser, Page, Rater, expect
from made_study import write_fake_study
from study_server import Served, serving, wait_for
from system_packages import needs
from tonecast import Error
from tonecast.models.listening.answers.store import GivenAnswer
from tonecast.models.listening.results.held import read_held

pytestmark = needs("chromium")

STEPS = (0, 16, 5, 11, None, 8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    write_fake_study(folder, 6, 0.6, repeat_share=0, break_every=4, noise_s=0.1, silence_s=0.02)
    return folder


def given(folder: Path, rater: str) -> list[GivenAnswer]:
    """What the database has of a rater."""
    try:
        return [one for one in read_held(folder, "human").given if one.rater == rater]
    except Error:  # no answers yet
        return []


def answers(folder: Path, rater: str) -> dict[int, int | None]:
    """By position."""
    return {one.answer.position: one.answer.step for one in given(folder, rater)}


def test_session_by_mouse(page: Page, server: Served, folder: Path) -> None:
    ann = Rater(page, server.link)
    ann.join("ann")
    ann.calibrate()
    for i, step in enumerate(STEPS):
        ann.wait_for_track(i + 1)
        if step is None:
            page.check("#none")
        else:
            ann.choose((step + 3) % 17)
            ann.choose(step)
        page.click("#untouched")
        expect(page.locator("#untouched")).to_have_attribute("aria-pressed", "true")
        page.fill("#comment", f"<i>{i}</i>")
        ann.next()
        if i == 3:
            expect(page.locator("#pause")).to_be_visible()
            assert "4 of 6" in page.locator("#pause").inner_text()
            page.click("#pause-button")
    expect(page.locator("#done")).to_be_visible()
    expect(page.locator("#status")).to_have_text("Saved.")
    assert answers(folder, "ann") == dict(enumerate(STEPS))
    held = given(folder, "ann")
    assert [one.answer.comment for one in held] == [f"<i>{i}</i>" for i in range(6)]
    assert all(one.answer.comparisons == 1 and one.answer.switches >= 1 for one in held)
    assert all(0 < one.answer.seconds == pytest.approx(sum(one.answer.step_seconds), abs=0.01)
               for one in held)  # fmt: skip
    assert ann.hosts == {f"127.0.0.1:{server.port}"}
    assert ann.problems == []


def test_session_by_keys(page: Page, server: Served, folder: Path) -> None:
    bob, press = Rater(page, server.link), page.keyboard.press
    bob.join_by_keys("bob")
    for i, step in enumerate(STEPS):
        bob.wait_for_track(i + 1)
        press("a")
        expect(page.locator("#untouched")).to_have_attribute("aria-pressed", "true")
        press("a")
        press("Space")
        expect(page.locator("#rate-play")).to_have_attribute("aria-pressed", "false")
        press("Space")
        press("l")
        if step is None:
            press("n")
        else:
            bob.choose_by_keys(step)
        press("c")
        page.keyboard.type(f"lan {i}")  # letters that are keys elsewhere
        press("Escape")
        press("Enter")
        if i == 3:
            expect(page.locator("#pause")).to_be_visible()
            press("Tab")
            press("Enter")
    expect(page.locator("#done")).to_be_visible()
    expect(page.locator("#status")).to_have_text("Saved.")
    assert answers(folder, "bob") == dict(enumerate(STEPS))
    held = given(folder, "bob")
    assert [one.answer.comment for one in held] == [f"lan {i}" for i in range(6)]
    assert [one.answer.equal_loudness for one in held] == [False, True] * 3
    assert bob.problems == []


@pytest.mark.slow
def test_rater_goes_back_and_chooses_anew(page: Page, server: Served, folder: Path) -> None:
    rater = Rater(page, server.link)
    rater.join("cem")
    rater.calibrate()
    rater.wait_for_track(1)
    expect(page.locator("#back")).to_be_disabled()
    rater.choose(3)
    page.fill("#comment", "</textarea><b>so</b>")
    rater.next()
    rater.wait_for_track(2)
    page.click("#back")
    rater.wait_for_track(1)
    assert rater.step == 3
    assert page.input_value("#comment") == "</textarea><b>so</b>"
    rater.choose(12)
    rater.next()
    rater.wait_for_track(2)
    wait_for(lambda: answers(folder, "cem") == {0: 12})


def test_killed_server_loses_nothing(page: Page, tmp_path: Path) -> None:
    folder = tmp_path
    write_fake_study(folder, 3, 0.6, repeat_share=0, noise_s=0.1, silence_s=0.02)
    server = Served(folder, "--port", "0")
    rater = Rater(page, server.link)
    rater.join("dan")
    rater.calibrate()
    rater.wait_for_track(1)
    rater.choose(7)
    page.wait_for_load_state("networkidle")  # the next track has been fetched ahead
    server.kill()
    rater.next()
    expect(page.locator("#status")).to_contain_text("kept in this browser")
    rater.wait_for_track(2)  # it goes on meanwhile
    with serving(folder, "--port", str(server.port)):
        wait_for(lambda: answers(folder, "dan") == {0: 7})
        expect(page.locator("#status")).to_have_text("Saved.")
        rater.choose(2)
        rater.next()
        wait_for(lambda: answers(folder, "dan") == {0: 7, 1: 2})


@pytest.mark.slow
def test_closed_tab_resumes_where_it_was(browser: Browser, server: Served, folder: Path) -> None:
    context = browser.new_context(locale="en-GB")
    first = Rater(context.new_page(), server.link)
    first.join("eva")
    first.calibrate()
    first.wait_for_track(1)
    first.choose(4)
    first.next()
    first.wait_for_track(2)
    first.page.close()
    again = Rater(context.new_page(), server.link)
    assert "eva" in again.page.locator("#continue").inner_text()
    again.page.click("#continue-button")
    again.wait_for_track(2)
    assert "1 of 6" in again.page.locator("#progress-text").inner_text()
    context.close()


def test_two_tabs_of_one_rater_double_nothing(
    browser: Browser, server: Served, folder: Path
) -> None:
    context = browser.new_context(locale="en-GB")
    first = Rater(context.new_page(), server.link)
    first.join("fay")
    first.calibrate()
    first.wait_for_track(1)
    second = Rater(context.new_page(), server.link)
    second.page.click("#continue-button")
    second.wait_for_track(1)
    expect(first.page.locator("#stopped")).to_contain_text("another window")
    second.choose(9)
    second.next()
    second.wait_for_track(2)
    first.page.click("#stopped-button")  # continue here, after all
    first.page.click("#continue-button")
    first.wait_for_track(2)
    expect(second.page.locator("#stopped")).to_contain_text("another window")
    wait_for(lambda: answers(folder, "fay") == {0: 9})
    context.close()


@pytest.mark.slow
def test_key_continues_on_another_computer(browser: Browser, server: Served) -> None:
    here, there = (browser.new_context(locale="en-GB") for _ in range(2))
    rater = Rater(here.new_page(), server.link)
    rater.join("gus")
    expect(rater.page.locator("#calibrate")).to_be_visible()
    key = rater.page.inner_text("#key-shown")
    rater.calibrate()
    rater.wait_for_track(1)
    rater.choose(4)
    rater.next()
    rater.wait_for_track(2)
    elsewhere = Rater(there.new_page(), server.link)
    elsewhere.page.click("#return summary")
    elsewhere.page.fill("#key", "AAAA-BBBB-CCCC-DDDD")
    elsewhere.page.click("#return-form button")
    expect(elsewhere.page.locator("#return-error")).to_contain_text("belongs to nobody")
    elsewhere.page.fill("#key", key.lower())
    elsewhere.page.click("#return-form button")
    elsewhere.wait_for_track(2)
    rater.choose(5)  # this window does not know of the other until it answers
    rater.next()
    expect(rater.page.locator("#stopped")).to_contain_text("another window")
    here.close()
    there.close()


@pytest.mark.slow
def test_slow_network_is_waited_for(page: Page, server: Served, folder: Path) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    rate = 400_000  # bytes a second: a track takes about four
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 150, "downloadThroughput": rate, "uploadThroughput": rate},
    )
    rater = Rater(page, server.link)
    rater.join("hal")
    rater.calibrate()
    expect(page.locator("#rate-loading")).to_be_visible()
    rater.wait_for_track(1)
    rater.choose(6)
    rater.next()
    rater.wait_for_track(2)
    wait_for(lambda: answers(folder, "hal") == {0: 6})


def test_full_disk_is_said_and_the_answer_kept(page: Page, server: Served, folder: Path) -> None:
    rater = Rater(page, server.link)
    rater.join("ida")
    rater.calibrate()
    rater.wait_for_track(1)
    rater.choose(6)
    # To the server's process every file is as long as it may be.
    full = (1, resource.RLIM_INFINITY)
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, full)
    rater.next()
    expect(page.locator("#status")).to_contain_text("disk of the study's computer is full")
    expect(page.locator("#status")).to_contain_text("kept in this browser")
    assert answers(folder, "ida") != {0: 6}
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
    wait_for(lambda: answers(folder, "ida") == {0: 6})
    expect(page.locator("#status")).to_have_text("Saved.")


def test_code_that_is_taken_is_said(browser: Browser, server: Served) -> None:
    for i in range(2):
        context = browser.new_context(locale="en-GB")
        rater = Rater(context.new_page(), server.link)
        rater.join("jim")
        if i == 1:
            expect(rater.page.locator("#join-error")).to_contain_text("choose another one")
        else:
            expect(rater.page.locator("#calibrate")).to_be_visible()
        context.close()


def test_nobody_takes_part_without_consent(page: Page, server: Served) -> None:
    Rater(page, server.link)
    page.fill("#code", "ann")
    page.click("#join button")
    expect(page.locator("#join-error")).to_contain_text("tick the box")
    assert page.evaluate("document.activeElement.id") == "consent"


def test_browser_without_web_audio_is_told(page: Page, server: Served) -> None:
    page.add_init_script("delete window.AudioContext; delete window.webkitAudioContext;")
    Rater(page, server.link)
    expect(page.locator("#stopped-text")).to_contain_text("cannot play sound")


@pytest.mark.slow
def test_link_without_its_token_is_told(page: Page, folder: Path) -> None:
    with serving(folder, "--host", "0.0.0.0") as server:
        link = f"http://127.0.0.1:{server.port}/#{server.parts.fragment}"
        Rater(page, link[:-1])
        expect(page.locator("#stopped-text")).to_contain_text("link is not complete")
        page.goto("about:blank")
        Rater(page, link).join("lea")
        expect(page.locator("#calibrate")).to_be_visible()


LANGUAGES = {"en-GB": "How much should", "de-AT": "Wie viel soll weg?", "fr-CA": "Combien faut"}


def test_page_speaks_the_browsers_language(browser: Browser, server: Served) -> None:
    for language, title in LANGUAGES.items():
        context = browser.new_context(locale=language)
        page = context.new_page()
        Rater(page, server.link)
        expect(page.locator("#welcome h1")).to_contain_text(title)
        assert page.evaluate("document.documentElement.lang") == language[:2]
        # No text was forgotten: what is shown in its place is its name, with an underscore.
        assert not re.search(r"\b[a-z]+_[a-z_0-9]+\b", page.inner_text("body"))
        page.select_option("#language", "fr")
        expect(page.locator("#welcome h1")).to_contain_text("Combien faut")
        context.close()


@pytest.mark.slow
def test_break_lasts_as_long_as_the_rater_likes(page: Page, server: Served) -> None:
    rater = Rater(page, server.link)
    rater.join("kim")
    rater.calibrate()
    for i in range(4):
        rater.wait_for_track(i + 1)
        rater.next()
    expect(page.locator("#pause")).to_be_visible()
    time.sleep(1)
    expect(page.locator("#pause")).to_be_visible()
