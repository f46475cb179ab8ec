"""`Effect.stream`: blocks in, blocks out, late by `latency_samples`."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from papers import PAPERS
from tonecast import Effect

RATE_HZ = 48000


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_blocks_and_flush_are_the_whole_array(effect, noise, rate_hz) -> None:
    audio = noise(2, 20000)
    with effect.stream(rate_hz, max_block=8000, channels=2) as stream:
        latency = stream.latency_samples
        cuts = [0, 1, 7, 480, 481, 8000, 15000]
        late = [stream.process(block) for block in np.split(audio, cuts, axis=1)]
        late.append(stream.flush())
    assert late[-1].shape == (2, latency)
    assert latency == effect.latency_samples(rate_hz)
    whole = np.concatenate(late, axis=1)
    np.testing.assert_array_equal(whole[:, latency:], effect(audio, rate_hz))


def test_flush_and_reset_begin_a_new_stream(effect, noise) -> None:
    audio = noise(2, 5000)
    with effect.stream(RATE_HZ, 5000, 2) as stream:
        first = stream.process(audio)
        stream.flush()
        np.testing.assert_array_equal(stream.process(audio), first)
        stream.reset()
        np.testing.assert_array_equal(stream.process(audio), first)


def test_mono_blocks_may_be_flat(effect, noise) -> None:
    audio = noise(1, 5000)
    with effect.stream(RATE_HZ, 5000, 1) as flat, effect.stream(RATE_HZ, 5000, 1) as planar:
        np.testing.assert_array_equal(flat.process(audio[0]), planar.process(audio)[0])
        assert flat.flush().ndim == 1
        assert planar.flush().ndim == 2


def test_out_is_filled_and_may_be_the_block(effect, noise) -> None:
    audio = noise(2, 5000)
    with effect.stream(RATE_HZ, 5000, 2) as stream:
        expected = stream.process(audio)
        stream.reset()
        out = np.empty_like(audio)
        assert stream.process(audio, out=out) is out
        np.testing.assert_array_equal(out, expected)
        stream.reset()
        stream.process(audio, out=audio)
        np.testing.assert_array_equal(audio, expected)


def test_other_floats_are_converted(effect, noise) -> None:
    audio = noise(2, 5000)
    with effect.stream(RATE_HZ, 5000, 2) as stream:
        expected = stream.process(audio)
        stream.reset()
        np.testing.assert_array_equal(stream.process(audio.astype(np.float64)), expected)


@pytest.mark.parametrize(
    ("block", "error", "message"),
    [
        (np.zeros((2, 513), np.float32), ValueError, "up to 512 samples"),
        (np.zeros((3, 10), np.float32), ValueError, r"\[2, n\], not \[3, 10\]"),
        (np.zeros((10, 2), np.float32), ValueError, r"\[2, n\], not \[10, 2\]"),
        (np.zeros(10, np.float32), ValueError, r"\[2, n\], not \[10\]"),
        (np.zeros((2, 10), np.int16), TypeError, "int16"),
        ([[0.0], [0.0]], TypeError, "list"),
    ],
)
def test_wrong_blocks_are_refused(effect, block, error, message) -> None:
    with effect.stream(RATE_HZ, 512, 2) as stream, pytest.raises(error, match=message):
        stream.process(block)


def test_wrong_outs_are_refused(effect, noise) -> None:
    block = noise(2, 100)
    read_only = np.zeros((2, 100), np.float32)
    read_only.flags.writeable = False
    with effect.stream(RATE_HZ, 512, 2) as stream:
        with pytest.raises(TypeError, match="float32"):
            stream.process(block, out=np.zeros((2, 100)))
        for out in (np.zeros((2, 99), np.float32), np.zeros((100, 2), np.float32).T, read_only):
            with pytest.raises(ValueError, match="C-contiguous"):
                stream.process(block, out=out)


def test_streams_that_cannot_be_are_refused(effect) -> None:
    for channels in (0, 9):
        with pytest.raises(ValueError, match="channels"):
            effect.stream(RATE_HZ, 512, channels)
    with pytest.raises(ValueError, match="max_block"):
        effect.stream(RATE_HZ, 0, 2)
    with pytest.raises(ValueError, match="sample rate"):
        effect.stream(0, 512, 2)


def test_closed_stream_says_so(effect, noise) -> None:
    with effect.stream(RATE_HZ, 512, 2) as stream:
        pass
    for call in (stream.flush, stream.reset, lambda: stream.process(noise(2, 10))):
        with pytest.raises(ValueError, match="closed"):
            call()


def test_controls_are_the_stream_s_own_and_move_while_it_runs(noise) -> None:
    effect = Effect("resonance-eq", attenuation=0.4, bypass=True)
    audio = noise(2, 30000)
    with effect.stream(RATE_HZ, 30000, 2) as stream:
        assert stream.attenuation == 0.4
        assert stream.bypass is True
        latency = stream.latency_samples
        dry = stream.process(audio)
        np.testing.assert_array_equal(dry[:, latency:], audio[:, :-latency])
        stream.bypass = False
        stream.attenuation = 1.0
        stream.output_gain_db = -6
        wet = stream.process(audio)
        assert np.std(wet[:, -5000:]) < 0.55 * np.std(audio)
        with pytest.raises(AttributeError, match="did you mean 'attenuation'"):
            stream.atenuation = 1
        with pytest.raises(ValueError, match="outside"):
            stream.attenuation = 3
    assert effect.attenuation == 0.4
    assert effect.bypass is True


def test_effect_goes_its_own_way_afterwards(effect, noise) -> None:
    audio = noise(2, 9000)
    with effect.stream(RATE_HZ, 9000, 2) as stream, effect.stream(RATE_HZ, 9000, 2) as other:
        effect.attenuation = 0.0
        effect(audio, RATE_HZ)
        np.testing.assert_array_equal(stream.process(audio), other.process(audio))


def test_nan_is_counted(effect, noise) -> None:
    audio = noise(2, 100)
    audio[1, 3] = np.nan
    with effect.stream(RATE_HZ, 512, 2) as stream:
        stream.process(audio)
        assert np.all(np.isfinite(stream.flush()))
        assert stream.counters.nonfinite_input_samples == 1


def test_controls_may_be_turned_by_another_thread(effect, noise) -> None:
    audio = noise(2, 4800)
    done = threading.Event()

    def turn() -> None:
        while not done.is_set():
            stream.attenuation = 0.0
            stream.attenuation = 1.0

    with effect.stream(RATE_HZ, 480, 2) as stream:
        thread = threading.Thread(target=turn)
        thread.start()
        try:
            outs = [stream.process(block) for block in np.split(audio, 10, axis=1) * 5]
        finally:
            done.set()
            thread.join()
    assert all(np.all(np.isfinite(out)) for out in outs)


@pytest.mark.parametrize("rate_hz", [383987, 192007, 44101, 8009])
def test_an_odd_rate_takes_little_memory(rate_hz) -> None:
    code = (
        "import resource\n"
        "from tonecast import Effect\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        f"effect = Effect({os.fspath(PAPERS['overdrive-16k'])!r})\n"
        "effect.stream(48000)\n"
        "before = used()\n"
        f"effect.stream({rate_hz})\n"
        "print(used() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 30  # MB; a table of all phases had up to 595


def test_odd_rates_play_the_same_however_the_sound_is_cut(effect, noise) -> None:
    audio = noise(1, 30_000)
    with effect.stream(47981, 30_000, 1) as stream:
        whole = stream.process(audio)
        stream.reset()
        cuts = np.split(audio, [1, 7, 500, 501, 4000, 29_999], axis=1)
        parts = [stream.process(block) for block in cuts]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)
    assert np.abs(whole).max() > 0.01


@pytest.mark.parametrize("name", ["channels", "max_block"])
@pytest.mark.parametrize(
    ("value", "error"),
    [(1.5, TypeError), (float("nan"), TypeError), (None, TypeError), (10**10, ValueError)],
)
def test_counts_that_are_none_are_one_line(effect, name, value, error) -> None:
    with pytest.raises(error, match=rf"^{name} must be [^\n]+$"):
        effect.stream(RATE_HZ, **{name: value})
