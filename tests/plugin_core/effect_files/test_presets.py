"""Presets: the plugin's files, as settings of an Effect."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tonecast
from tonecast import Effect
from tonecast.plugin_core.effect_files.presets import read_presets, user_presets_folder

SHIPPED = [
    (effect.name, preset)
    for effect in tonecast.shipped_effects().values()
    for preset in tonecast.presets(effect.name)
]


def keep(name: str, *effects: str, **settings: object) -> Path:
    """A preset of the user's, as the plugin writes it."""
    folder = user_presets_folder()
    folder.mkdir(parents=True, exist_ok=True)
    preset = {"name": name, "effects": effects, "settings": settings}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"version": 1, "presets": [preset]}), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_shipped_presets_are_for_those_that_people_ask_for() -> None:
    for effect in ("resonance-eq", "resonance-eq-live"):
        assert list(tonecast.presets(effect)) == ["vocal", "cymbals", "piano", "mix bus", "room"]
    assert list(tonecast.presets("feedback-guard")) == ["feedback"]
    assert not tonecast.presets("peak")


@pytest.mark.parametrize(("effect", "preset"), SHIPPED)
def test_shipped_preset_changes_what_it_says_from_the_defaults(effect: str, preset: str) -> None:
    settings = tonecast.presets(effect)[preset].settings
    plain, set_ = Effect(effect), Effect(effect, preset=preset)
    assert set_.settings == {**plain.settings, **settings}
    assert not settings.items() & plain.settings.items()


def test_preset_plays_as_its_settings_do() -> None:
    sound = 0.1 * np.random.default_rng(1).standard_normal((1, 20_000)).astype(np.float32)
    settings = tonecast.presets("resonance-eq")["vocal"].settings
    expected = Effect("resonance-eq", **settings)(sound, 48000)
    np.testing.assert_array_equal(Effect("resonance-eq", preset="vocal")(sound, 48000), expected)


def test_what_is_given_beside_a_preset_holds() -> None:
    keep("mine", "resonance-eq", attenuation=0.5, mix=0.7, stereo="mid-side")
    effect = Effect("resonance-eq", preset="mine", attenuation=0.3)
    assert (effect.attenuation, effect.mix, effect.stereo) == (0.3, 0.7, "mid-side")
    assert Effect("resonance-eq", preset="mine", stereo="dual").stereo == "dual"


def test_own_presets_come_last_and_have_the_name_of_their_file() -> None:
    keep("mine", "resonance-eq", attenuation=0.5).rename(user_presets_folder() / "renamed.json")
    names = list(tonecast.presets("resonance-eq"))
    assert names[-1] == "renamed"
    assert "mine" not in names
    assert Effect("resonance-eq", preset="renamed").attenuation == 0.5


def test_unknown_preset_is_named_with_those_that_there_are() -> None:
    with pytest.raises(tonecast.Error, match=r"no preset 'vokal'; did you mean 'vocal'\?"):
        Effect("resonance-eq", preset="vokal")
    with pytest.raises(tonecast.Error, match=r"no preset 'x'; there is vocal, cymbals"):
        Effect("resonance-eq", preset="x")
    with pytest.raises(tonecast.Error, match=r"peak has no preset 'vocal'; it has none"):
        Effect("peak", preset="vocal")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 2, "presets": []}',
        '{"version": 1, "presets": [{}]}',
        '{"version": 1, "presets": [{"name": "a", "settings": {}}]}',
        '{"version": 1, "presets": [{"name": "a", "effects": ["peak"], "settings": []}]}',
        '{"version": 1, "presets": [{"name": "a", "effects": ["peak"], "settings": {"mix": NaN}}]}',
        "[" * 100_000,
    ],
)
def test_file_that_holds_no_presets_is_skipped_and_named(text: str) -> None:
    path = keep("broken", "resonance-eq")
    path.write_text(text, encoding="utf-8")
    assert "vocal" in tonecast.presets("resonance-eq")
    with pytest.raises(tonecast.Error, match=r"broken\.json: "):
        read_presets(path)
    with pytest.raises(tonecast.Error, match=r"broken\.json"):
        Effect("resonance-eq", preset="broken")
