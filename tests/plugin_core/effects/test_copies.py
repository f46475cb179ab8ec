"""Effects and streams as copies and in other processes."""

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from papers import PAPERS
from tonecast import Effect, Error, shipped_effects

RATE_HZ = 48000
METHODS = multiprocessing.get_all_start_methods()

# CPython 3.12 warns of each fork beside other threads, as pytest may have.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


def pickled(effect: Effect) -> Effect:
    return pickle.loads(pickle.dumps(effect))


COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": pickled}


@pytest.fixture(params=COPIES)
def copied(request: pytest.FixtureRequest):
    return COPIES[request.param]


def test_a_copy_has_the_settings_and_plays_the_same(copied, noise) -> None:
    effect = Effect("resonance-eq", attenuation=0.3, low_hz=200, mix=0.8, output_gain_db=-3)
    audio = noise(2, 20_000)
    expected = effect(audio, RATE_HZ)
    other = copied(effect)
    assert other.settings == effect.settings
    np.testing.assert_array_equal(other(audio, RATE_HZ), expected)


def test_a_copy_has_a_stream_and_controls_of_its_own(copied, noise) -> None:
    effect = Effect("resonance-eq", attenuation=1.0)
    audio = noise(1, 20_000)
    expected = effect(audio, RATE_HZ)
    effect.reset()
    parts = [effect(audio[:, :10_000], RATE_HZ, reset=False)]
    other = copied(effect)
    other.attenuation = 0.0
    other(audio, RATE_HZ)
    parts.append(effect(audio[:, 10_000:], RATE_HZ, reset=False))
    assert effect.attenuation == 1.0
    played = np.concatenate(parts, axis=1)
    np.testing.assert_array_equal(played, expected[:, : played.shape[1]])


def test_a_copy_has_what_was_chosen(copied) -> None:
    effect = Effect(PAPERS["overdrive-48k"], hop_size_samples=256, backend="kernel-exact")
    other = copied(effect)
    assert (other.hop_size_samples, other.backend, other.device) == (256, "kernel-exact", "cpu")
    assert type(other) is Effect


def test_a_pickled_path_is_found_from_another_folder(tmp_path, monkeypatch, predictor) -> None:
    monkeypatch.chdir(tmp_path)
    file = shipped_effects()["resonance-eq"].files[RATE_HZ]
    Path("mine.onnx").write_bytes(file.read_bytes())
    moved_by = Path(predictor()).relative_to(tmp_path)
    data = pickle.dumps(Effect("mine.onnx", attenuation=f"auto:{moved_by}"))
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    effect = pickle.loads(data)
    assert effect.automatic == {"attenuation": effect.controls["attenuation"].default}
    effect(np.zeros(100, np.float32), RATE_HZ)


def test_what_is_gone_when_it_is_unpickled_is_one_line(tmp_path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(shipped_effects()["resonance-eq"].files[RATE_HZ].read_bytes())
    data = pickle.dumps(Effect(path))
    path.unlink()
    with pytest.raises(Error, match=r"mine\.onnx: there is no such file"):
        pickle.loads(data)


def test_a_stream_says_what_to_pickle_instead(effect) -> None:
    stream = effect.stream(RATE_HZ)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="pickle the effect"):
            attempt(stream)


def test_errors_come_back_from_workers(effect) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        failed = pool.submit(Effect, "wah").exception()
    assert isinstance(failed, Error)
    assert "no effect named 'wah'" in str(failed)


@pytest.mark.parametrize("method", METHODS)
def test_worker_processes_play_it(method, effect, noise) -> None:
    sounds = [noise(2, 5_000, seed) for seed in range(3)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        played = pool.starmap(effect, [(sound, RATE_HZ) for sound in sounds])
    for sound, out in zip(sounds, played, strict=True):
        np.testing.assert_array_equal(out, effect(sound, RATE_HZ))


def test_data_loaders_play_it(effect, noise) -> None:
    data = pytest.importorskip("torch.utils.data")

    class Wet(data.Dataset):
        def __init__(self) -> None:
            self.effect = effect
            self.sounds = [noise(1, 3_000, seed)[0] for seed in range(4)]

        def __len__(self) -> int:
            return len(self.sounds)

        def __getitem__(self, index: int):
            return self.effect(self.sounds[index], RATE_HZ)

    wet = Wet()
    expected = np.stack([wet[index] for index in range(4)])
    loader = data.DataLoader(wet, batch_size=2, num_workers=2)
    np.testing.assert_array_equal(np.concatenate([batch.numpy() for batch in loader]), expected)
