from collections.abc import Iterable
from pathlib import Path

import pytest
from tonecast.models.data.readers import (
    pitch_in,
    read_idmt,
    read_notes,
    read_pairs,
    read_salamander,
)


def touch(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize(
    ("name", "pitch"),
    [
        ("C4", 60),
        ("A0", 21),
        ("salamander Fs7", 102),
        ("guitar_eb3_f", 51),
        ("growly_db2_p", 37),
        ("F#-1", 6),
        ("phrase_gulmini_01", None),
        ("take2", None),
    ],
)
def test_notes_in_names(name: str, pitch: int | None) -> None:
    assert pitch_in(name) == pitch


def test_salamander_as_it_is_downloaded_and_as_flac(tmp_path: Path) -> None:
    touch(tmp_path, ["44.1khz16bit/A0v1.wav", "44.1khz16bit/A0v16.wav", "44.1khz16bit/D#1v2.wav"])
    touch(tmp_path, ["salamander_Fs7_v03.flac", "harmL1.wav", "README.md"])
    sources = read_salamander(tmp_path)
    assert [(s.recording, s.pitch) for s in sources] == [
        ("piano A0", 21),
        ("piano A0", 21),
        ("piano D#1", 27),
        ("piano Fs7", 102),
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("a__dry.flac", "a__processed.flac"),
        ("a_dry.wav", "a_wet.wav"),
        ("dry/a.wav", "wet/a.wav"),
        ("Dry/a.wav", "Processed/a.flac"),
    ],
)
def test_pairs_by_name(tmp_path: Path, names: tuple[str, str]) -> None:
    touch(tmp_path, [*names, "b_dry.wav", "other.wav"])
    (source,) = read_pairs(tmp_path)
    assert source.dry == tmp_path / names[0]
    assert source.wet == tmp_path / names[1]
    assert source.recording == "a"


def test_idmt_pairs_by_instrument_string_and_fret(tmp_path: Path) -> None:
    samples = "Gitarre monophon/Samples"
    touch(
        tmp_path,
        [
            f"{samples}/NoFX/G61-40100-1111-20593.wav",
            f"{samples}/NoFX/G61-41101-1111-20594.wav",
            f"{samples}/NoFX/G62-40100-1111-20600.wav",
            f"{samples}/Distortion/G61-40100-4411-30001.wav",
            f"{samples}/Distortion/G61-40100-4412-30002.wav",
            f"{samples}/Distortion/G62-40100-4412-30003.wav",
            "Bass monophon/Samples/NoFX/B11-28100-1111-00001.wav",
            "Bass monophon/Samples/Distortion/B11-28100-4412-00002.wav",
        ],
    )
    found = read_idmt(tmp_path, "Distortion", setting=2)
    assert [(s.dry.stem[:9], s.wet and s.wet.stem[-5:], s.pitch, s.instrument) for s in found] == [
        ("B11-28100", "00002", 28, "bass"),
        ("G61-40100", "30002", 40, "guitar"),
        ("G62-40100", "30003", 40, "guitar"),
    ]


def test_any_folder_of_notes(tmp_path: Path) -> None:
    touch(tmp_path, ["guitar/emily_a2_f.flac", "loop.WAV", "notes.txt"])
    sources = read_notes(tmp_path)
    assert [(s.recording, s.instrument, s.pitch) for s in sources] == [
        ("emily_a2_f", "guitar", 45),
        ("loop", tmp_path.name, None),
    ]


@pytest.mark.parametrize("read", [read_notes, read_pairs, read_salamander])
def test_folder_without_what_is_wanted_is_named(tmp_path: Path, read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=f"{tmp_path} holds no "):
        read(tmp_path)
    with pytest.raises(ValueError, match="is no folder"):
        read(tmp_path / "missing")
