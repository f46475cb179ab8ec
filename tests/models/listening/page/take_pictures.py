"""Pictures of every view, to be looked at: light and dark, on a desktop, a tablet and a phone.

python tests/models/listening/page/take_pictures.py FOLDER
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent), str(HERE.parents[2])]

from browser import Page, Rater, chromium, expect  # noqa: E402
from made_study import make_study, write_fake_study  # noqa: E402
from study_server import serving  # noqa: E402

SIZES = {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}
LANGUAGES = {"desktop": "en-GB", "tablet": "de-DE", "phone": "fr-FR"}


def take(page: Page, link: str, code: str, out: Path) -> None:
    """One session, a picture of each view."""

    def keep(view: str) -> None:
        expect(page.locator(f"#{view}")).to_be_visible()
        page.wait_for_timeout(150)
        page.screenshot(path=out / f"{code}-{view}.png", full_page=True)

    rater = Rater(page, link)
    page.click("#return summary")
    page.click("#join button")
    keep("welcome")
    rater.join(code)
    keep("calibrate")
    rater.calibrate()
    rater.wait_for_track(1)
    page.wait_for_timeout(1200)
    page.keyboard.press("a")
    keep("rate")
    rater.next()
    keep("pause")
    page.click("#pause-button")
    page.wait_for_timeout(700)
    keep("interlude")
    rater.wait_for_track(2)
    rater.next()
    keep("done")
    stranger = page.context.new_page()
    Rater(stranger, link).page.click("#continue-button")
    keep("stopped")


def take_blind(page: Page, link: str, code: str, out: Path) -> None:
    """A trial of a blind test."""
    rater = Rater(page, link)
    rater.join(code)
    rater.calibrate()
    expect(page.locator("#abx-play")).to_have_attribute("aria-pressed", "true")
    page.click("#abx-0")
    page.screenshot(path=out / f"{code}-abx.png", full_page=True)


def take_scores(page: Page, link: str, code: str, out: Path) -> None:
    """An excerpt of a MUSHRA-like test, half of it scored, when a rater wants to go on."""
    rater = Rater(page, link)
    page.screenshot(path=out / f"{code}-mushra-welcome.png", full_page=True)
    rater.join(code)
    rater.calibrate()
    expect(page.locator("#mushra-play")).to_have_attribute("aria-pressed", "true")
    for slot, score in ((1, "74"), (2, "100"), (3, "35")):
        page.locator(f"#mushra-score-{slot}").fill(score)
    page.click("#mushra-next")
    page.screenshot(path=out / f"{code}-mushra.png", full_page=True)


def main(out: Path) -> None:
    """All sizes in both schemes."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        made = make_study(Path(temporary), demo_tracks=2, repeat_share=0, break_every=1,
                          noise_s=2.0, contact="ann@studio.example")  # fmt: skip
        write_fake_study(Path(temporary) / "abx", 2, test="abx", repeat_share=0)
        write_fake_study(Path(temporary) / "mushra", 2, 0.5, 6, test="mushra", repeat_share=0)
        blind = [serving(Path(temporary) / one) for one in ("abx", "mushra")]
        with serving(made) as server, blind[0] as abx, blind[1] as mushra, chromium() as browser:
            for size, (width, height) in SIZES.items():
                for scheme in ("light", "dark"):
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,  # type: ignore[arg-type]
                        locale=LANGUAGES[size],
                        has_touch=size != "desktop",
                        is_mobile=size != "desktop",
                    )
                    take(context.new_page(), server.link, f"{size}-{scheme}", out)
                    take_blind(context.new_page(), abx.link, f"{size}-{scheme}", out)
                    take_scores(context.new_page(), mushra.link, f"{size}-{scheme}", out)
                    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
