"""Small studies for tests: what a folder of recordings and a study's file are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tonecast.models.listening.ratings import STEPS
from tonecast.models.listening.study.config import StudyConfig
from tonecast.models.listening.study.flac import write_sound
from tonecast.models.listening.study.make import StudyMaker
from tonecast.models.listening.study.study import FORMAT, Study, StudyTrack, write_study
from tonecast.plugin_core import synthesizer
from tonecast.plugin_core.audio_files.files import whole_file

RATE_HZ = 44_100


def write_phrase(path: Path, seconds: float = 4.0, rate_hz: int = RATE_HZ, seed: int = 1) -> Path:
    """Plucked strings, a new one every half second, in mono."""
    rng = np.random.default_rng(seed)
    audio = np.zeros(round(seconds * rate_hz))
    for i in range(int(2 * seconds)):
        string = synthesizer.pluck(
            synthesizer.pitch_hz(45 + int(rng.integers(24))), 1.0, rate_hz, rng
        )
        start = i * rate_hz // 2
        audio[start : start + string.size] += string[: audio.size - start]
    with whole_file(path, rate_hz, 1, 16) as sink:
        sink.write(np.asarray(0.2 * audio[None] / np.abs(audio).max(), np.float32))
    return path


def write_config(folder: Path, **values: object) -> Path:
    """A study's file of three-second excerpts; `values` replace or add fields."""
    fields = {"name": "small", "excerpt_s": 3, "noise_s": 0.2, "silence_s": 0.05, **values}
    path = folder / "small.toml"
    lines = []
    for name, value in fields.items():
        text = f'"{value}"' if isinstance(value, str) else str(value).lower()
        lines.append(f"{name} = {text}\n")
    path.write_text("".join(lines))
    return path


def make_study(folder: Path, **values: object) -> Path:
    """Make a study of demo tracks, and return its folder."""
    file = write_config(folder, **values)
    made = folder / "made"
    list(StudyMaker(file, made).make())
    return made


def write_fake_study(
    folder: Path, tracks: int = 3, seconds: float = 0.5, sounds_each: int = STEPS, **values: object
) -> Study:
    """A study whose steps are noise that differs a little from step to step: quick to make."""
    rng = np.random.default_rng(5)
    samples = round(seconds * RATE_HZ)
    made = []
    for i in range(tracks):
        common, own = 0.1 * rng.standard_normal((2, 2, samples))
        sounds = []
        for step in range(sounds_each):
            own = own + 0.02 * rng.standard_normal((2, samples))
            audio = np.asarray(np.clip(common + 0.5 * own, -1, 1), np.float32)
            file = f"audio/t{i:03d}-{step:02d}.flac"
            sounds.append(write_sound(audio, folder, file, 16, 0.25 * step))
        made.append(StudyTrack(f"t{i:03d}", f"take {i}.wav", "", 0.0, 0.0, -23.0, tuple(sounds)))
    noise = np.asarray(0.05 * rng.standard_normal((1, RATE_HZ)), np.float32)
    fields = {"name": "fake", "demo_tracks": 1, "noise_s": 0.2, "silence_s": 0.05, **values}
    study = Study(
        FORMAT,
        StudyConfig(**fields),  # type: ignore[arg-type]
        RATE_HZ,
        "resonance-eq",
        "",
        write_sound(noise, folder, "audio/noise.flac", 16),
        tuple(made),
        _labels(str(values.get("test", "attenuation")), sounds_each),
    )
    write_study(study, folder)
    return study


def _labels(test: str, count: int) -> tuple[str, ...]:
    if test == "mushra":
        amps = (f"my-amp-{i}" for i in range(1, count - 1))
        return ("wet.wav", *amps, "low anchor (3.5 kHz)")
    return ("wet.wav", "my-amp") if test == "abx" else ()
