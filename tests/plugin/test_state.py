"""Sessions: what is saved comes back; what cannot be read changes nothing and is said."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from tonecast import Effect
from tonecast.plugin_core.effect_files.catalog import find_effect
from tonecast.plugin_core.plugin_hosting.juce_state import block, with_component, xml_of

RATE_HZ = 48000


@pytest.fixture
def lowpass_file(tmp_path: Path) -> Path:
    """An effect file of the user's own."""
    (source,) = find_effect("lowpass").files.values()
    return Path(shutil.copy(source, tmp_path / "mine.onnx"))


def restored(load, xml: str):
    plugin = load("resonance-eq")
    plugin.raw_state = with_component(plugin.raw_state, block(xml))
    return plugin


def session(load, file: Path | None = None, **attributes: str) -> str:
    """A saved session, as XML; with a file, that is what plays."""
    plugin = load("peak" if file is None else "user file")
    xml = xml_of(plugin.raw_state)
    if file is not None:
        attributes["file"] = str(file)
    for name, value in attributes.items():
        xml = xml.replace("<Tonecast ", f'<Tonecast {name}="{value}" ')
    return xml


def test_session_of_a_newer_version_changes_nothing_and_says_so(load, noise, capfd):
    xml = session(load).replace('version="1"', 'version="2"')
    plugin = restored(load, xml)
    assert plugin.effect == "resonance-eq"
    assert "saved by a newer Tonecast" in capfd.readouterr().err
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), Effect("resonance-eq")(audio, RATE_HZ))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"not a session at all",
        block("<Tonecast version='1'>")[:-10],
        block("<Other version='1'/>"),
        block("<Tonecast version='1'/>"),
    ],
)
def test_broken_session_changes_nothing_and_says_so(load, noise, capfd, content):
    plugin = load("lowpass")
    plugin.raw_state = with_component(plugin.raw_state, content)
    assert plugin.effect == "lowpass"
    if content:  # JUCE does not hand on what is empty
        assert "nothing was changed" in capfd.readouterr().err
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), Effect("lowpass")(audio, RATE_HZ))


def test_older_session_that_lacks_parameters_has_their_defaults(load):
    xml = session(load)
    xml = xml.replace('<PARAM id="mix" value="1.0"/>', "")
    plugin = restored(load, xml)
    assert plugin.effect == "peak"
    assert plugin.parameters["mix"].raw_value == 1.0


def test_session_from_before_there_was_a_sensitivity_curve_plays_as_it_did(load, noise):
    plugin = load("resonance-eq")
    plugin.attenuation = 0.4
    expected = Effect("resonance-eq", attenuation=plugin.attenuation)
    newer = "sensitivity_.*?|detail_octaves|threshold_db|hardness|max_cut_db|link"
    xml, removed = re.subn(
        rf'<PARAM id="(?:{newer})" value="[^"]*"/>', "", xml_of(plugin.raw_state)
    )
    assert removed == 18
    audio = noise(2, 20_000)
    for other in (plugin, load("lowpass")):
        other.sensitivity_2_db = -20
        other.raw_state = with_component(other.raw_state, block(xml))
        other.limiter = False
        np.testing.assert_allclose(other(audio, RATE_HZ), expected(audio, RATE_HZ), atol=1e-6)


@pytest.mark.parametrize("value", ["nan", "inf", "-1e30", "1e30", "words"])
def test_values_that_are_none_leave_finite_sound(load, noise, value):
    xml = session(load).replace(
        'id="attenuation" value="0.', f'id="attenuation" value="{value}" x="'
    )
    xml = xml.replace('"peak"', '"resonance-eq"')
    plugin = restored(load, xml)
    assert 0 <= plugin.parameters["attenuation"].raw_value <= 1
    assert np.isfinite(plugin(noise(2, 20_000), RATE_HZ)).all()


def test_effect_that_is_gone_is_named_and_leaves_the_sound_dry(load, noise, capfd):
    plugin = restored(load, session(load).replace('"peak"', '"eq-of-old"'))
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), audio)
    assert "the effect eq-of-old of these settings is not in this plugin" in capfd.readouterr().err


def test_file_of_the_users_plays(load, noise, lowpass_file):
    plugin = restored(load, session(load, lowpass_file))
    assert plugin.effect == "user file"
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), Effect("lowpass")(audio, RATE_HZ))
    assert f'file="{lowpass_file}"' in xml_of(plugin.raw_state)
    assert 'sha256="' in xml_of(plugin.raw_state)


def test_file_that_has_changed_since_plays_and_is_named(load, noise, lowpass_file, capfd):
    plugin = restored(load, session(load, lowpass_file, sha256="0" * 64))
    assert "mine.onnx has changed since these settings were saved" in capfd.readouterr().err
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), Effect("lowpass")(audio, RATE_HZ))


def test_file_that_is_gone_leaves_the_sound_dry_and_is_named(load, noise, lowpass_file, capfd):
    xml = session(load, lowpass_file)
    lowpass_file.unlink()
    plugin = restored(load, xml)
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), audio)
    assert "mine.onnx" in capfd.readouterr().err
    # The session still knows what it was.
    assert f'file="{lowpass_file}"' in xml_of(plugin.raw_state)


def test_file_that_is_none_leaves_the_sound_dry_and_is_named(load, noise, tmp_path, capfd):
    file = tmp_path / "mine.onnx"
    file.write_bytes(b"no model")
    plugin = restored(load, session(load, file))
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(plugin(audio, RATE_HZ), audio)
    assert "mine.onnx" in capfd.readouterr().err
