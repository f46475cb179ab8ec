"""The simulated listening experiment: what is known beforehand must come out."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard.io import AudioFile
from tonecast import Error
from tonecast.models.listening import recordings, resonances
from tonecast.models.listening.experiment import listen, listen_to_all
from tonecast.models.listening.hearing import Listener
from tonecast.models.listening.raters import Rater, draw_raters, rate_all
from tonecast.models.listening.ratings import FACTORS
from tonecast.models.listening.recordings import SAMPLE_RATE_HZ, Recording
from tonecast.models.listening.resonances import Resonance
from tonecast.models.listening.tracks import Plan, Track, plan_tracks, read_tracks, write_tracks
from tonecast.plugin_core import synthesizer
from tonecast.plugin_core.synthesizer import pitch_hz

PIECE = Recording("synthetic-003", "own", seed=3)
UNBIASED = Rater("r", annoyance=0.5, bias_db=0, noise_db=0, refusal_rate=0)


def track(*presets: str) -> Track:
    return Track("t", "study", PIECE.name, "own", 5, presets)


def test_tracks_are_the_same_on_every_run() -> None:
    one, other = (track("harsh").make(PIECE, 1.0) for _ in range(2))
    assert np.array_equal(one[1], other[1])
    assert not np.array_equal(one[0], one[1])
    clean, untouched = track().make(PIECE, 1.0)
    assert np.array_equal(clean, untouched)


def test_resonance_is_as_high_as_it_says() -> None:
    impulse = np.zeros((1, SAMPLE_RATE_HZ), np.float32)
    impulse[0, 0] = 1
    rung = resonances.add(impulse, (Resonance(1000, 20, 12),), SAMPLE_RATE_HZ)
    gain_db = 20 * np.log10(np.abs(np.fft.rfft(rung[0])))
    assert gain_db[1000] == pytest.approx(12, abs=0.01)
    assert abs(gain_db[4000]) < 0.1


def test_listener_hears_no_difference_where_there_is_none_but_loudness() -> None:
    clean, _ = track().make(PIECE, 2.0)
    listener = Listener(clean, SAMPLE_RATE_HZ)
    assert listener.compare(clean).distance_db < 1e-6
    assert listener.compare(clean * np.float32(0.7)).distance_db < 0.4  # of 3.1 dB


def test_more_resonance_is_heard_as_more_excess() -> None:
    clean, _ = track().make(PIECE, 2.0)
    listener = Listener(clean, SAMPLE_RATE_HZ)
    heard = [
        listener.compare(resonances.add(clean, (Resonance(400, 10, gain_db),), SAMPLE_RATE_HZ))
        for gain_db in (6, 12, 18)
    ]
    distances_db = [one.distance_db for one in heard]
    assert distances_db == sorted(distances_db)
    assert all(one.excess > one.loss for one in heard)


def test_bass_that_is_hard_to_hear_counts_less() -> None:
    noise = np.random.default_rng(1).standard_normal((1, 2 * SAMPLE_RATE_HZ)).astype(np.float32)
    listener = Listener(0.1 * noise, SAMPLE_RATE_HZ)
    low, high = (
        listener.compare(
            resonances.add(0.1 * noise, (Resonance(hz, 2, 9),), SAMPLE_RATE_HZ)
        ).distance_db
        for hz in (60, 2500)
    )
    assert low < 0.5 * high


def test_clean_sound_wants_no_attenuation_and_experiments_go_on(tmp_path: Path) -> None:
    """What was heard is kept: the second run reads it, and gives the same."""
    clean, rung = track(), Track("u", "study", PIECE.name, "own", 6, ("harsh", "body"))
    first = {one.name: heard for one, heard in listen_to_all([clean, rung], [PIECE], tmp_path, 2.0)}
    assert np.array_equal(listen(clean, PIECE, 2.0), first["t"])
    generator = np.random.default_rng(0)
    assert UNBIASED.rate("t", first["t"], generator).factor == 0
    assert first["u"].sum(axis=0)[0] > 1  # heard, in dB²
    (kept,) = tmp_path.glob("t-*")
    np.save(kept, np.ones((2, 17)))
    ((_, again),) = listen_to_all([clean], [PIECE], tmp_path, 2.0)
    assert np.all(again == 1)
    with pytest.raises(Error, match=r"t: its recording 'synthetic-003' is not there"):
        list(listen_to_all([clean], [], tmp_path, 2.0))


def test_raters_choose_the_lowest_and_lean_as_they_are() -> None:
    heard = np.stack([(FACTORS - 0.5) ** 2 * 40, np.zeros(17)])
    generator = np.random.default_rng(0)
    assert UNBIASED.rate("t", heard, generator).factor == 0.5
    leaning = Rater("r", 0.5, 8.0, 0, 0)  # steeper than the curve at its lowest
    assert (leaning.rate("t", heard, generator).factor or 0) < 0.5
    assert Rater("r", 0.5, 0, 0, 1.0).rate("t", heard, generator).factor is None
    annoyed, patient = Rater("r", 0.9, 0, 0, 0), Rater("r", 0.1, 0, 0, 0)
    trade = np.stack([4 * (1 - FACTORS) ** 2, 4 * FACTORS**2])
    chosen = [one.rate("t", trade, generator).factor or 0 for one in (annoyed, patient)]
    assert chosen[0] > 0.8
    assert chosen[1] < 0.2


def test_ratings_follow_from_the_seed() -> None:
    heard = {"a": np.stack([4 * (1 - FACTORS) ** 2, 4 * FACTORS**2])}
    one, same, other = (rate_all(draw_raters(seed), heard, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert all(rating.kind == "simulated" for rating in one)


def test_held_out_recordings_are_nowhere_else(tmp_path: Path) -> None:
    real = [Recording(f"real {i}", "CC0-1.0", (Path("x.flac"),)) for i in range(8)]
    pieces = recordings.find(None, 40)
    plan = Plan(study=30, held_out=10, extra=20, tracks_per_recording=3, held_out_recordings=3)
    tracks = plan_tracks([*real, *pieces], plan)
    by_part: dict[str, set[str]] = {}
    for one in tracks:
        by_part.setdefault(one.part, set()).add(one.recording)
    assert by_part["held-out"].isdisjoint(by_part["study"] | by_part["extra"])
    assert sum(not one.presets for one in tracks if one.part == "study") == 3
    assert len({one.name for one in tracks}) == 60
    write_tracks(tracks, tmp_path / "t.csv")
    assert read_tracks(tmp_path / "t.csv") == tracks
    with pytest.raises(Error, match="too few recordings"):
        plan_tracks(real, plan)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Error, match="not a table of tracks; its columns are track, part"):
        read_tracks(tmp_path / "t.csv")


def test_recordings_are_taken_with_permission_only(tmp_path: Path) -> None:
    header = "file,kind,source_repo,source_path,licence\n"
    rows = [
        ("music/a.flac", "CC-BY-4.0 (LICENSE)"),
        ("music/b.flac", "CC-BY-SA-4.0 (README)"),
        ("music/c.flac", "LGPL-3.0"),
        ("music/d.flac", "CC-BY-NC-4.0"),
        ("pairs/e.flac", "CC0-1.0"),
        ("music/stems_mdn_x.flac", "CC0-1.0"),
        ("music/solo_trumpet.flac", "CC0-1.0"),
        ("music/stems_mdn_y.flac", "CC0-1.0"),
        ("piano/salamander_A0_v01.flac", "CC-BY-3.0, Alexander Holm"),
    ]
    lines = [f'{file},x,x,x,"{licence}"\n' for file, licence in rows]
    (tmp_path / "MANIFEST.csv").write_text(header + "".join(lines))
    found = {one.name: one for one in recordings.find(tmp_path, 1)}
    assert list(found) == ["a", "stems_mdn", "synthetic-000"]
    assert len(found["stems_mdn"].files) == 2
    with pytest.raises(Error, match=r"MANIFEST.csv: cannot be read: No such file"):
        recordings.find(tmp_path / "none", 1)


def test_mixes_of_notes_play_what_is_permitted_in_every_pitch(tmp_path: Path) -> None:
    """A band of two notes: what is heard is those two, shifted, and nothing without permission."""
    names = {
        "piano/salamander_C4_v10.wav": "CC-BY-3.0 (README)",
        "guitar/emily_a2_f.wav": "CC0-1.0 (LICENSE)",
        "guitar/phrase_of_many_notes.wav": "CC0-1.0 (LICENSE)",
        "bass/growly_e2_f.wav": "CC-BY-SA-4.0 (README)",
    }
    rng = np.random.default_rng(1)
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        note = synthesizer.pluck(pitch_hz(60), 2.0, SAMPLE_RATE_HZ, rng).astype(np.float32)
        with AudioFile(str(tmp_path / name), "w", SAMPLE_RATE_HZ) as file:
            file.write(note[None])
    lines = [f'{file},x,x,x,"{licence}"\n' for file, licence in names.items()]
    (tmp_path / "MANIFEST.csv").write_text(
        "file,kind,source_repo,source_path,licence\n" + "".join(lines)
    )

    mixes = recordings.find(tmp_path, 2, of_notes=3)[-3:]
    assert [one.name for one in mixes] == ["notes-000", "notes-001", "notes-002"]
    assert {one.licence for one in mixes} == {"CC-BY-3.0+CC0-1.0"}
    assert {note.dry.stem for note in mixes[0].notes} == {"salamander_C4_v10", "emily_a2_f"}
    first, again = (mixes[0].excerpt(np.random.default_rng(0), 2.0) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (2, 2 * SAMPLE_RATE_HZ)
    assert np.abs(first).max() == pytest.approx(0.5)
    other = mixes[1].excerpt(np.random.default_rng(0), 2.0)
    assert np.corrcoef(first[0], other[0])[0, 1] < 0.5
    tracks = plan_tracks(mixes, Plan(study=0, held_out=0, extra=0, notes=2, clean_share=0.5))
    assert [(one.part, one.recording) for one in tracks] == [
        ("notes", "notes-000"),
        ("notes", "notes-001"),
    ]
    assert recordings.find(None, 1, of_notes=3)[-1].name == "synthetic-000"
