import numpy as np
import onnxruntime as ort
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import lfilter
from tonecast.benchmarks.quality.material import peaking_biquad
from tonecast.export.to_onnx import initial_state, to_onnx
from tonecast.models.offline import State, overlap_add
from tonecast.models.resonance_eq.bands import BAND_CENTERS_HZ
from tonecast.models.resonance_eq.resonance_eq import ResonanceEQ
from torch import Tensor

RATE_HZ = 48_000
Audio = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> ResonanceEQ:
    return ResonanceEQ(RATE_HZ).eval()


def controls_of(model: ResonanceEQ, **changed: float) -> list[Tensor]:
    values = {control.name: control.default for control in model.controls}
    assert values.keys() >= changed.keys()
    return [torch.tensor(float(value)) for value in (values | changed).values()]


def at_rest(model: ResonanceEQ, channels: int) -> State:
    shapes = model.state_shapes()
    return dict(zip(shapes, initial_state(shapes, channels), strict=True))


def play(model: ResonanceEQ, audio: Audio, **changed: float) -> Audio:
    controls = controls_of(model, **changed)

    def graph(frame: Tensor, state: State) -> tuple[Tensor, State]:
        out, *following = model(frame, *controls, *state.values())
        return out, dict(zip(state, following, strict=True))

    with torch.no_grad():
        signal = torch.tensor(audio, dtype=torch.float32)
        silence = at_rest(model, len(audio))
        out = overlap_add(signal, model.frame_size, model.hop_size, graph, silence)
    return out.double().numpy()


def noise(channels: int, seconds: float, seed: int = 1) -> Audio:
    samples = round(seconds * RATE_HZ)
    return 0.1 * np.random.default_rng(seed).standard_normal((channels, samples))


def plucks(*frequencies_hz: float) -> Audio:
    """Karplus-Strong strings, one after the other, 0.4 s apart."""
    out = np.zeros(round((0.4 * len(frequencies_hz) + 1) * RATE_HZ))
    for i, frequency_hz in enumerate(frequencies_hz):
        period = round(RATE_HZ / frequency_hz)
        excitation = np.zeros(RATE_HZ)
        excitation[:period] = np.random.default_rng(i).uniform(-0.5, 0.5, period)
        loop = np.zeros(period + 2)
        loop[0], loop[-2:] = 1, -0.498
        start = round(0.4 * i * RATE_HZ)
        out[start : start + RATE_HZ] += lfilter([1.0], loop, excitation)
    return out[None]


def ringing(audio: Audio, frequency_hz: float) -> Audio:
    """A resonance of +12 dB, Q 20."""
    out: Audio = lfilter(*peaking_biquad(RATE_HZ, frequency_hz, 12, 20), audio, axis=-1)
    return out


def band_db(audio: Audio, center_hz: float, octaves: float) -> float:
    power = (np.abs(np.fft.rfft(audio)) ** 2).sum(axis=0)
    frequency_hz = np.fft.rfftfreq(audio.shape[1], 1 / RATE_HZ)
    inside = np.abs(np.log2(np.maximum(frequency_hz, 1) / center_hz)) < octaves / 2
    return float(10 * np.log10(power[inside].sum()))


def level_db(audio: Audio) -> float:
    return float(10 * np.log10(max(float(np.mean(audio**2)), 1e-30)))


def test_attenuation_zero_gives_the_input_back(model: ResonanceEQ) -> None:
    audio = noise(2, 0.5)
    assert level_db(play(model, audio, attenuation=0) - audio) < level_db(audio) - 120
    assert not play(model, audio, attenuation=0, delta=1).any()


def test_silence_stays_silent_and_the_effect_recovers_from_it(model: ResonanceEQ) -> None:
    audio = np.concatenate([np.zeros((1, RATE_HZ)), noise(1, 0.2), np.zeros((1, RATE_HZ))], axis=1)
    out = play(model, audio, attenuation=1)
    assert np.isfinite(out).all()
    assert not out[:, : RATE_HZ - model.frame_size].any()
    assert not out[:, -RATE_HZ + model.frame_size :].any()


@pytest.mark.parametrize("colour", ["white", "pink"])
def test_noise_is_no_resonance(model: ResonanceEQ, colour: str) -> None:
    audio = noise(1, 6)
    if colour == "pink":
        hz = np.fft.rfftfreq(audio.shape[1], 1 / RATE_HZ)
        audio = np.fft.irfft(np.fft.rfft(audio) / np.sqrt(np.maximum(hz, 10)), audio.shape[1])
    out = play(model, audio, attenuation=0.5)
    steady = slice(RATE_HZ // 2, -RATE_HZ // 2)
    audio, out = audio[:, steady], out[:, steady]
    assert level_db(audio) - level_db(out) < 0.5
    thirds_hz = 1000 * 2 ** (np.arange(-13, 14) / 3)
    changes_db = [band_db(out, f, 1 / 3) - band_db(audio, f, 1 / 3) for f in thirds_hz]
    assert np.abs(changes_db).max() < 1


def test_scatter_of_noise_is_what_was_derived(model: ResonanceEQ) -> None:
    """The threshold: too low and noise is cut, too high and resonances stay."""
    audio = torch.tensor(noise(1, 30)[0], dtype=torch.float32)
    frames = audio.unfold(0, model.frame_size, model.hop_size) * torch.hann_window(model.frame_size)
    power, levels_db = at_rest(model, channels=1)["power"], []
    for frame in frames:
        power = model.average_power(model.dft(frame[None]), torch.tensor(1.0), power)
        levels_db.append(model.bands.levels_db(power))
    measured_db = torch.cat(levels_db)[100:].std(dim=0)
    ratio = (measured_db / model.noise_scatter_db[0]).numpy()
    for octave in range(9):
        inside = (30 * 2**octave <= BAND_CENTERS_HZ) & (60 * 2**octave > BAND_CENTERS_HZ)
        assert 0.7 < ratio[inside].mean() < 1.3


@pytest.mark.parametrize("frequency_hz", [1000, 3100])
def test_resonances_are_tamed_in_proportion(model: ResonanceEQ, frequency_hz: float) -> None:
    clean = plucks(110, 147, 165, 220, 123, 185)
    resonant = ringing(clean, frequency_hz)

    def removed_db(attenuation: float, center_hz: float, octaves: float) -> float:
        """Beyond what the clean notes lose in the same band."""
        return (
            band_db(resonant, center_hz, octaves)
            - band_db(play(model, resonant, attenuation=attenuation), center_hz, octaves)
            - band_db(clean, center_hz, octaves)
            + band_db(play(model, clean, attenuation=attenuation), center_hz, octaves)
        )

    full_db = removed_db(1, frequency_hz, 0.1)
    assert full_db > 5
    assert removed_db(0.5, frequency_hz, 0.1) == pytest.approx(full_db / 2, rel=0.2)
    for octave_away_hz in (frequency_hz / 2, frequency_hz * 2):
        assert abs(removed_db(1, octave_away_hz, 1 / 3)) < 0.5


@pytest.mark.parametrize("frequency_hz", [400, 3100])
def test_blur_of_the_frame_spares_no_low_resonance(model: ResonanceEQ, frequency_hz: float) -> None:
    """At 400 Hz, one of Q 20 is narrower than what the frame resolves."""
    clean = noise(1, 6)
    resonant = ringing(clean, frequency_hz)
    removed_db = (
        band_db(resonant, frequency_hz, 0.1)
        - band_db(play(model, resonant, attenuation=1), frequency_hz, 0.1)
        - band_db(clean, frequency_hz, 0.1)
        + band_db(play(model, clean, attenuation=1), frequency_hz, 0.1)
    )
    assert 7.5 < removed_db < 9


def test_gain_never_boosts(model: ResonanceEQ) -> None:
    """Sharpening reaches beside a peak, where there may be nothing to cut."""
    cut_db = torch.zeros(1, 400)
    cut_db[0, 150::50] = 12
    share = model.removed_share(model.sharp_in_bins(cut_db))
    assert share.min() == 0
    assert share.max() > 0.7


def test_steady_tone_is_cut_equally_in_both_channels(model: ResonanceEQ) -> None:
    """A gain that differed between the channels would move the stereo image."""
    tone = plucks(220, 330)
    stereo = np.concatenate([tone, 0.1 * tone])
    out = play(model, stereo, attenuation=1)
    assert level_db(stereo) - level_db(out) > 1
    assert np.abs(out[0] - 10 * out[1]).max() < 1e-5


def test_outside_the_limits_nothing_changes(model: ResonanceEQ) -> None:
    audio = ringing(ringing(noise(1, 2), 400), 6000)
    removed = play(model, audio, attenuation=1, low_hz=1000, high_hz=3000, delta=1)
    assert level_db(play(model, audio, attenuation=1, delta=1)) > level_db(removed) + 10
    for outside_hz in (400, 6000):
        assert band_db(removed, outside_hz, 0.5) < band_db(audio, outside_hz, 0.5) - 60
    crossed = play(model, audio, attenuation=1, low_hz=3000, high_hz=1000, delta=1)
    assert not crossed.any()


def test_delta_is_what_was_removed(model: ResonanceEQ) -> None:
    audio = plucks(220, 330)
    processed = play(model, audio, attenuation=0.7)
    removed = play(model, audio, attenuation=0.7, delta=1)
    assert level_db(removed) > level_db(audio) - 20
    assert level_db(processed + removed - audio) < level_db(audio) - 120


def test_attack_and_release_keep_their_time(model: ResonanceEQ) -> None:
    """After one time constant, all but 1/e of the way is behind."""
    attack_ms, release_ms = torch.tensor(100.0), torch.tensor(400.0)

    def follow(start_db: float, target_db: float, time_ms: float) -> float:
        resonance_db = torch.full((1, 400), start_db)
        target = torch.full((1, 400), target_db)
        for _ in range(round(time_ms / model.hop_ms)):
            resonance_db = model.attack_release(target, resonance_db, attack_ms, release_ms)
        return float(resonance_db[0, 0])

    assert follow(0, 10, time_ms=100) == pytest.approx(10 * (1 - 1 / np.e), rel=0.1)
    assert follow(10, 0, time_ms=400) == pytest.approx(10 / np.e, rel=0.1)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_exported_graph_gives_the_same_frames(rate_hz: int) -> None:
    model = ResonanceEQ(rate_hz).eval()
    defaults = {control.name: control.default for control in model.controls}
    graph = to_onnx(model, model.frame_size, defaults, model.state_shapes())
    session = ort.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    for channels in (1, 2, 5):
        check_frames(model, session, channels)


def check_frames(model: ResonanceEQ, session: ort.InferenceSession, channels: int) -> None:
    state = at_rest(model, channels)
    controls = controls_of(model, attenuation=1, link=0.3, detail_octaves=0.2, sensitivity_2_db=9)
    fed = {f"state.{name}": s.numpy() for name, s in state.items()}
    names = dict(zip((control.name for control in model.controls), controls, strict=True))
    rng = torch.Generator().manual_seed(1)
    for level in (0.0, 0.3, 0.3, 1e-4, 0.0):
        frame = level * torch.randn(channels, model.frame_size, generator=rng)
        with torch.no_grad():
            expected, *following = model(frame, *controls, *state.values())
        state = dict(zip(state, following, strict=True))
        inputs = {"frame": frame.numpy(), **{n: c.numpy() for n, c in names.items()}, **fed}
        out, *carried = session.run(None, inputs)
        fed = dict(zip(fed, carried, strict=True))
        assert np.abs(out - expected.numpy()).max() < 2e-6
        assert np.abs(carried[1] - following[1].numpy()).max() < 1e-3


def test_reported_latency_fits_the_promise(model: ResonanceEQ) -> None:
    assert model.frame_size + model.hop_size <= 4096
