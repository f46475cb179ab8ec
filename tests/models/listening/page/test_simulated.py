"""Simulated raters through the page: the same table as the simulation called directly."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from browser import Browser, Rater, expect
from made_study import make_study
from study_server import serving
from system_packages import needs
from tonecast.models.listening import recordings as material
from tonecast.models.listening.experiment import listen
from tonecast.models.listening.raters import draw_raters, rate_all
from tonecast.models.listening.results.held import ratings, read_held
from tonecast.models.listening.study.sources import demo_tracks
from tonecast.models.listening.study.study import read_study

TRACKS, RATERS, SECONDS, SEED = 4, 3, 3.0, 2018


@pytest.mark.slow
@needs("chromium")
def test_page_gives_the_table_of_the_simulation(browser: Browser, tmp_path: Path) -> None:
    folder = make_study(tmp_path, demo_tracks=TRACKS, repeat_share=0.25, noise_s=0, silence_s=0)
    study = read_study(folder)
    pieces = {one.name: one for one in material.find(None, TRACKS)}
    ids = [one.id for one in study.tracks]
    heard = {
        id_: listen(track, pieces[track.recording], SECONDS)
        for id_, track in zip(ids, demo_tracks(study.config), strict=True)
    }
    raters = draw_raters(SEED, RATERS)
    direct = rate_all(raters, heard, SEED)
    wanted = {(one.rater, one.track): one.factor for one in direct}
    assert len(set(wanted.values())) > 3  # there is something to tell apart

    with serving(folder) as server:
        for simulated in raters:
            page = browser.new_context(locale="en-GB").new_page()
            rater = Rater(page, f"{server.link}?kind=simulated")
            rater.join(simulated.name)
            rater.calibrate()
            order = sqlite3.connect(folder / "answers.sqlite3").execute(
                "SELECT track FROM positions JOIN raters ON raters.id = rater WHERE code = ? "
                "ORDER BY position",
                (simulated.name,),
            )
            for place, (track,) in enumerate(order.fetchall()):
                rater.wait_for_track(place + 1)
                factor = wanted[simulated.name, track]
                if factor is None:
                    page.check("#none")
                else:
                    rater.choose_by_keys(round(16 * factor))
                rater.next()
            expect(page.locator("#done")).to_be_visible()
            expect(page.locator("#status")).to_have_text("Saved.")
            page.context.close()
    through_page = ratings(read_held(folder, "simulated"))
    assert {(one.rater, one.track): one.factor for one in through_page} == wanted
    assert {one.kind for one in through_page} == {"simulated"}
