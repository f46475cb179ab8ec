"""Effects are found in the user's folder, in tonecast, and in packs; what is broken is named."""

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from tonecast import Effect, Error, installed_effects, shipped_effects, verify
from tonecast.plugin_core.cli.effects import effects
from tonecast.plugin_core.effect_files import catalog
from tonecast.plugin_core.effect_files.catalog import read_catalog

SHIPPED = shipped_effects()["resonance-eq"].files[48000]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installed package that registers effects: `acme_effects.files`."""
    site = tmp_path / "site"
    folder = site / "acme_effects" / "files"
    folder.mkdir(parents=True)
    (site / "acme_effects" / "__init__.py").write_text("raise RuntimeError('packs are data')")
    metadata = site / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[tonecast.effects]\nacme = acme_effects.files\ngone = acme_is_gone.files\n"
    )
    monkeypatch.syspath_prepend(site)
    return folder


def renamed(target: Path, name: str) -> Path:
    """A valid effect file of another name: the identity, exported."""
    onnx = pytest.importorskip("onnx", reason="making effect files needs onnx")
    from tonecast.plugin_core.effect_files.contract import Contract

    model = onnx.load(SHIPPED)
    (entry,) = (p for p in model.metadata_props if p.key == "tonecast.contract")
    contract = Contract.from_json(entry.value)
    from dataclasses import replace

    onnx.helper.set_model_props(
        model, {"tonecast.contract": replace(contract, name=name).sealed().to_json()}
    )
    path = target / f"{name}.onnx"
    path.write_bytes(model.SerializeToString(deterministic=True))
    return path


def test_pack_is_found_without_running_its_code(pack: Path) -> None:
    path = renamed(pack, "acme-eq")
    entry = read_catalog().entries["acme-eq"]
    assert entry.source == "acme"
    assert entry.files == {48000: path}
    assert Effect("acme-eq").name == "acme-eq"
    assert "acme_effects" not in sys.modules


def test_broken_file_and_missing_pack_are_named_and_skipped(pack: Path) -> None:
    (pack / "broken.onnx").write_bytes(b"no effect")
    renamed(pack, "acme-eq")
    with pytest.warns(RuntimeWarning) as warned:
        found = installed_effects()
    assert {"acme-eq", *shipped_effects()} <= set(found)
    said = sorted(str(one.message) for one in warned)
    assert said[0].startswith("acme: broken.onnx was skipped: ")
    assert said[1] == "the effect pack 'gone' was skipped: there is no folder acme_is_gone.files"


def test_own_folder_wins_and_the_hidden_effect_is_told(own_effects: Path) -> None:
    mine = Path(shutil.copy(SHIPPED, own_effects / "mine.onnx"))
    found = read_catalog()
    assert found.entries["resonance-eq"].source == catalog.USER
    assert found.entries["resonance-eq"].files == {48000: mine}
    assert [(entry.name, entry.source) for entry in found.hidden] == [("resonance-eq", "tonecast")]


def test_effects_command_says_where_each_comes_from(own_effects: Path, capsys) -> None:
    shutil.copy(SHIPPED, own_effects / "mine.onnx")
    (own_effects / "broken.onnx").write_bytes(b"")
    effects.main([], standalone_mode=False)
    said = capsys.readouterr()
    (equalizer,) = (line for line in said.out.splitlines() if line.split("\t")[0] == "resonance-eq")
    assert equalizer.endswith(catalog.USER)
    assert f"Effect files of your own go into {own_effects}" in said.err
    assert f"resonance-eq from tonecast is hidden by the one from {catalog.USER}" in said.err
    assert "broken.onnx was skipped" in said.err


def test_file_put_into_the_own_folder_is_seen_at_once(own_effects: Path) -> None:
    with pytest.raises(Error, match="no effect named 'later' is installed"):
        Effect("later")
    renamed(own_effects, "later")
    assert Effect("later").name == "later"


def test_effect_that_is_broken_is_named_where_it_is_asked_for(own_effects: Path) -> None:
    (own_effects / "mine.onnx").write_bytes(b"")
    with pytest.raises(Error, match=r"no effect named 'mine' .*mine.onnx was skipped"):
        Effect("mine")


@pytest.mark.parametrize("name", ["a\0b", "a\0b.onnx", "\ud800", "\ud800.onnx"])
def test_what_no_file_can_be_called_is_one_line(name) -> None:
    for attempt in (Effect, verify):
        with pytest.raises(Error, match=r"^'[^\n]+$"):
            attempt(name)


def test_a_file_whose_name_is_no_text_is_played_and_named(tmp_path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\xfe.onnx")
    path.write_bytes(SHIPPED.read_bytes())
    effect = Effect(path)
    effect(np.zeros(1000, np.float32), 48000)
    assert verify(path).passed
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(Error) as raised:
        Effect(path)
    assert str(path) in str(raised.value)
