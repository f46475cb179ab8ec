"""Effects of one's own: looked at first, added whole or not at all, and kept."""

import json
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from sickbed import newer_effect
from tonecast import shipped_effects
from tonecast.plugin_core.effect_files import own_effects as own
from tonecast.plugin_core.effect_files.catalog import USER, read_catalog, user_folder

PAPERS = Path(__file__).parents[3] / "models/packs/papers/effects"
PAPER = PAPERS / "eq-peaking.onnx"
# A capture of one sample that passes it.
CAPTURE = {
    "version": "0.5.4",
    "architecture": "Linear",
    "config": {"receptive_field": 1, "bias": False},
    "weights": [1.0],
    "sample_rate": 48000,
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def names() -> list[str]:
    folder = user_folder()
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def source_of(name: str) -> str:
    return read_catalog().entries[name].source


def pack(path: Path, *files: Path) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("pack/LICENSE.txt", "Do as you like.")
        for file in files:
            zipped.write(file, f"pack/effects/{file.name}")
    return path


def test_pack_is_added_with_cards_and_licence_and_removed_without_a_rest(tonecast, home) -> None:
    (home / "my amp.nam").write_text(json.dumps(CAPTURE))
    archive = pack(home / "acme.zip", PAPER, PAPER.with_suffix(".md"), home / "my amp.nam")
    assert tonecast("effects", "add", archive) == 0
    assert "added eq-peaking for 16000 Hz; licence: CC-BY-3.0" in tonecast.out
    added = [
        "eq-peaking-16000.LICENSE.txt",
        "eq-peaking-16000.md",
        "eq-peaking-16000.onnx",
        "my-amp.LICENSE.txt",
        "my-amp.nam",
    ]
    assert names() == added
    assert source_of("eq-peaking") == source_of("my-amp") == USER
    (user_folder() / "my-amp.wav").write_text("not ours")
    assert tonecast("effects", "remove", "eq-peaking", "my-amp") == 0
    assert names() == ["my-amp.wav"]


def test_one_that_is_broken_keeps_all_out(tonecast, home) -> None:
    bad = home / "bad"
    bad.mkdir()
    shutil.copy(PAPER, bad)
    shutil.copy(newer_effect(home), bad / "z.onnx")
    assert tonecast("effects", "add", bad) == 2
    assert "z.onnx: it was made for contract version 9" in tonecast.err
    content = bytearray(shipped_effects()["low-shelf"].files[48000].read_bytes())
    place = content.rindex(b'"largest_difference"')
    content[place + 2 : place + 3] = b"x"
    (bad / "z.onnx").write_bytes(content)
    assert tonecast("effects", "add", bad) == 2
    assert "z.onnx" in tonecast.err
    assert names() == []


def test_a_name_that_is_taken_is_refused_with_the_way_out(tonecast, home) -> None:
    shipped = shipped_effects()["low-shelf"].files[48000]
    assert tonecast("effects", "add", shipped) == 0
    assert tonecast.out == "low-shelf for 48000 Hz is there already\n"
    capture = home / "low-shelf.nam"
    capture.write_text(json.dumps(CAPTURE))
    assert tonecast("effects", "add", capture) == 2
    assert "of tonecast; hide it behind this one with --replace" in tonecast.err
    assert tonecast("effects", "add", capture, "--replace") == 0
    assert source_of("low-shelf") == USER
    other = home / "other"
    other.mkdir()
    capture = shutil.copy(capture, other)
    Path(capture).write_text(json.dumps({**CAPTURE, "weights": [0.5]}))
    assert tonecast("effects", "add", capture) == 2
    assert f"of {USER}; put this one in its place with --replace" in tonecast.err
    assert tonecast("effects", "add", capture, "--replace") == 0
    assert names() == ["low-shelf.nam"]
    assert tonecast("effects", "add", shipped, "--replace") == 0
    assert names() == ["low-shelf-48000.md", "low-shelf-48000.onnx"]
    assert tonecast("effects", "remove", "low-shelf") == 0
    assert source_of("low-shelf") == "tonecast"
    assert tonecast("effects", "remove", "low-shelf") == 2
    assert "it is of tonecast, and stays" in tonecast.err


def test_a_failure_while_copying_leaves_nothing(tonecast, monkeypatch) -> None:
    copies = []

    def full(source: Path, target: Path) -> None:
        copies.append(source)
        if len(copies) > 1:
            raise OSError(28, "No space left on device")
        shutil.copy(source, target)

    monkeypatch.setattr(own, "shutil", SimpleNamespace(copyfile=full))
    assert tonecast("effects", "add", PAPER) == 2  # the card is the second
    assert "cannot be written: No space left on device" in tonecast.err
    assert names() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no zip", "cannot be unpacked as a zip file"), (None, "holds no effect file")],
)
def test_a_pack_that_is_none_is_refused(tonecast, home, content, said) -> None:
    archive = pack(home / "acme.zip")
    if content:
        archive.write_bytes(content)
    assert tonecast("effects", "add", archive) == 2
    assert said in tonecast.err
