from pathlib import Path
from typing import Any

import pytest
from tonecast import models
from tonecast.models.training.config import Config, read_config

VALID = """
name = "x"
label = "X"
description = "An x."
model = "cae"
sample_rate_hz = 16000
target = "low-shelf"
[data]
layout = "synthetic"
[[stages]]
name = "all"
loss = "esr"
steps = 10
"""
STAGES = VALID[VALID.index("[[stages]]") :]


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_config_survives_being_written_down(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, VALID))
    assert Config.from_dict(config.as_dict()) == config
    assert config.stages[0].steps == 10
    assert config.size.frame == 1024


@pytest.mark.parametrize(
    "path", sorted(Path(models.__path__[0]).glob("configs/**/*.toml")), ids=str
)
def test_shipped_configs_can_be_trained(path: Path) -> None:
    config = read_config(path)
    assert config.name == path.stem
    assert config.data.licences


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("target", "traget", "there is no field 'traget'; did you mean 'target'?"),
        ("steps", "stepps", r"there is no field 'stages.stepps'; did you mean 'stages.steps'?"),
        ('name = "x"\n', "", "the field 'name' is missing"),
        ('"low-shelf"', '"lowshelf"', "there is no target 'lowshelf'; did you mean 'low-shelf'?"),
        ('"esr"', '"hinge"', "there is no loss 'hinge'; there is batch-esr, esr, mae"),
        ('"cae"', '"cnn"', "there is no model 'cnn'; there is cae, cafx"),
        ("16000", '"16k"', "'sample_rate_hz' must be a whole number, not '16k'"),
        ("16000", "0", "sample_rate_hz must be above 0, not 0"),
        ("steps = 10", "steps = -1", "steps must be above 0, not -1"),
        (STAGES, "", "without stages, linear and dynamics models alone are fitted, to a target"),
        ("steps = 10", "steps = 10\npatience = true", "must be a whole number, not True"),
        ('"synthetic"', '"salamander"', "the data need a folder"),
        ('"synthetic"', '"pairs"', "recordings that come in pairs need no target"),
        ("[data]", "hop_size_samples = 100\n[data]", "no multiple of the hop of 100"),
        ("[[stages]]", "held_out = 0.5\n[[stages]]", "held_out must be above 0 and at most 1/3"),
        ("[[stages]]", "mixtures = 2\n[[stages]]", "mixtures must be from 0 to 1, not 2"),
        ("[data]", "curve_penalty = 1e-6\n[data]", "a cae has no curves to smooth"),
        ("[data]", "[size]\nframe = 1000\n[data]", "cannot be pooled by 16"),
        (
            "[data]",
            "[size]\nframes = 8\n[data]",
            "there is no field 'size.frames'; did you",
        ),
        ("[data]", "size = 8\n[data]", "'size' must be a table"),
        (
            "steps = 10",
            'steps = 10\nmode = "x"',
            "there is no training mode 'x'; there is whole",
        ),
        ("steps = 10", "steps = 10\nconvolutions_only = 1", "must be true or false, not 1"),
        ("[data]", "[data", "not a TOML file"),
    ],
)
def test_impossible_config_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in VALID
    path = write(tmp_path, VALID.replace(old, new))
    with pytest.raises(ValueError) as caught:
        read_config(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value) or "TOML" in said


def test_convolutions_only_is_the_old_name_of_a_training_mode(tmp_path: Path) -> None:
    for old, mode in (("true", "convolutions"), ("false", "whole")):
        text = VALID.replace("steps = 10", f"steps = 10\nconvolutions_only = {old}")
        config = read_config(write(tmp_path, text))
        assert config.stages[0].mode == mode
        assert Config.from_dict(config.as_dict()) == config


def test_notes_are_mixed_for_linear_effects_only(tmp_path: Path) -> None:
    mixed = VALID.replace("[[stages]]", "mixtures = 0.5\n[[stages]]")
    assert read_config(write(tmp_path, mixed)).data.mixtures == 0.5
    with pytest.raises(ValueError, match="only notes for a linear effect can be mixed"):
        read_config(write(tmp_path, mixed.replace("low-shelf", "overdrive-1")))


def test_pairs_are_used_as_they_are(tmp_path: Path) -> None:
    """A box did not do the same to a louder note."""
    pairs = VALID.replace('target = "low-shelf"\n', "").replace("synthetic", "pairs")
    for changed, said in (
        ("gains_db = [6.0]", "louder"),
        ("pitch_shifts_semitones = [1]", "pitch"),
        ("chords = true", "chords"),
    ):
        text = pairs.replace("[[stages]]", f'folder = "x"\n{changed}\n[[stages]]')
        with pytest.raises(ValueError, match=f"pairs cannot be .*{said}"):
            read_config(write(tmp_path, text))


def test_missing_config_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none.toml: cannot be read: No such file"):
        read_config(tmp_path / "none.toml")


def test_another_folder_can_be_given(tmp_path: Path) -> None:
    values: dict[str, Any] = read_config(write(tmp_path, VALID), folder="elsewhere").as_dict()
    assert values["data"]["folder"] == "elsewhere"
