"""`Board` and `Mix`: effects in one list with pedalboard's plugins."""

import gc
import threading

import numpy as np
import pedalboard
import pytest
from pedalboard import (
    Chain,
    Chorus,
    Compressor,
    Delay,
    Distortion,
    Gain,
    Invert,
    Limiter,
    MP3Compressor,
    Pedalboard,
    PitchShift,
    Resample,
    Reverb,
)
from pedalboard_native._internal import AddLatency
from tonecast import Board, Effect, Mix

RATE_HZ = 48000


def bypassed() -> Effect:
    """An effect that only delays."""
    return Effect("resonance-eq", bypass=True)


def latency() -> int:
    return bypassed().latency_samples(RATE_HZ)


def streamed(rack, audio, blocks, **settings):
    """`audio` in blocks of the given lengths, over and over, and the end that was held back."""
    parts = []
    start = 0
    while start < audio.shape[1]:
        block = audio[:, start : start + blocks[len(parts) % len(blocks)]]
        parts.append(rack.process(block, RATE_HZ, reset=False, **settings))
        start += block.shape[1]
    missing = audio.shape[1] - sum(part.shape[1] for part in parts)
    silence = np.zeros((audio.shape[0], missing), np.float32)
    parts.append(rack.process(silence, RATE_HZ, reset=False, **settings))
    return np.concatenate(parts, axis=1)


# A board of pedalboard's plugins is a Pedalboard

CHAINS = {
    "empty": list,
    "one": lambda: [Gain(-3)],
    "dynamics and space": lambda: [Compressor(-30, 4), Chorus(), Delay(0.01), Reverb(), Limiter()],
    "late": lambda: [AddLatency(700), Distortion(10), AddLatency(333), Reverb()],
    "pitch": lambda: [PitchShift(3), Gain(3)],
    "resampled": lambda: [Resample(8000), MP3Compressor()],
    "containers": lambda: [
        Chain([Gain(1), Chain([])]),
        pedalboard.Mix([Gain(-6), Pedalboard([AddLatency(50), Invert()])]),
        Pedalboard([Reverb()]),
    ],
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
@pytest.mark.parametrize("buffer_size", [64, 1000, 8192])
def test_one_sound_is_a_pedalboard_s(noise, chain, buffer_size) -> None:
    audio = noise(2, 9000)
    expected = Pedalboard(chain())(audio, RATE_HZ, buffer_size)
    np.testing.assert_array_equal(Board(chain())(audio, RATE_HZ, buffer_size), expected)
    nested = Board([Board(chain()[:1]), Board([Board(chain()[1:])])])
    np.testing.assert_array_equal(nested(audio, RATE_HZ, buffer_size), expected)


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
@pytest.mark.parametrize("blocks", [[512], [64, 9, 1000, 2, 300]], ids=str)
def test_streams_are_a_pedalboard_s(noise, chain, blocks) -> None:
    board, expected = Board(chain()), Pedalboard(chain())
    for seed in (1, 2):
        audio = noise(2, 6000, seed)
        for start in range(0, 6000, sum(blocks)):
            for block in np.split(audio[:, start : start + sum(blocks)], np.cumsum(blocks), axis=1):
                if block.shape[1]:
                    np.testing.assert_array_equal(
                        board.process(block, RATE_HZ, reset=False),
                        expected.process(block, RATE_HZ, reset=False),
                    )
        board.reset()
        expected.reset()


@pytest.mark.parametrize("dtype", ["float32", "float64", ">f4"])
@pytest.mark.parametrize(
    "shape", [(5000,), (1, 5000), (2, 5000), (5000, 2), (9, 500), (0,), (2, 0)]
)
def test_layouts_and_dtypes_are_a_pedalboard_s(noise, dtype, shape) -> None:
    audio = noise(1, int(np.prod(shape))).reshape(shape).astype(dtype)
    try:
        expected = Pedalboard([Gain(3), Delay(0.01)])(audio, RATE_HZ)
    except TypeError as error:
        with pytest.raises(TypeError, match=str(error)):
            Board([Gain(3), Delay(0.01)])(audio, RATE_HZ)
        return
    out = Board([Gain(3), Delay(0.01)])(audio, RATE_HZ)
    assert out.dtype == expected.dtype
    np.testing.assert_array_equal(out, expected)


def test_squares_are_a_pedalboard_s_also_when_the_list_changes(noise) -> None:
    board, expected = Board([Gain(3)]), Pedalboard([Gain(3)])
    for rack in (board, expected):
        with pytest.raises(RuntimeError, match="Unable to determine channel layout"):
            rack(noise(3, 3), RATE_HZ)
        rack(noise(3, 100).T, RATE_HZ)
        rack.append(AddLatency(1))
    np.testing.assert_array_equal(
        board.process(noise(3, 3), RATE_HZ, reset=False),
        expected.process(noise(3, 3), RATE_HZ, reset=False),
    )
    board.reset()
    with pytest.raises(RuntimeError, match="Unable to determine channel layout"):
        board(noise(3, 3), RATE_HZ)


def test_rates_and_errors_are_a_pedalboard_s(noise) -> None:
    audio = noise(2, 5000)
    np.testing.assert_array_equal(
        Board([Reverb()])(audio, 44100.5), Pedalboard([Reverb()])(audio, 44100.5)
    )
    with pytest.raises(TypeError, match="floating point"):
        Board([Gain()])(np.zeros(100, np.int16), RATE_HZ)


def test_pedalboard_s_list_becomes_a_board(noise) -> None:
    audio = noise(2, 5000)
    plugins = Pedalboard([Gain(3), Reverb()])
    np.testing.assert_array_equal(Board(plugins)(audio, RATE_HZ), plugins(audio, RATE_HZ))


# With effects


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_one_sound_is_one_after_the_other(effect, noise, rate_hz) -> None:
    audio = noise(2, 20000)
    board = Board([Compressor(-30, 4), Board([effect, AddLatency(99)]), Reverb()])
    before = Compressor(-30, 4)(audio, rate_hz)
    expected = Reverb()(Effect("resonance-eq", attenuation=1.0)(before, rate_hz), rate_hz)
    for _ in range(2):  # a sound leaves nothing behind for the next one
        np.testing.assert_array_equal(board(audio, rate_hz), expected)


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
def test_effect_among_plugins_is_one_more_that_is_late(noise, chain) -> None:
    """What rings on after the sound's end is heard by what comes later in the chain."""
    audio = noise(2, 20000)
    for place in range(len(chain()) + 1):
        board, expected = Board(chain()), Pedalboard(chain())
        board.insert(place, bypassed())
        expected.insert(place, AddLatency(latency()))
        np.testing.assert_array_equal(board(audio, RATE_HZ), expected(audio, RATE_HZ))


@pytest.mark.parametrize("rate_hz", [44100, 48000])
@pytest.mark.parametrize("samples", [3, 100, 30000])
def test_sounds_come_back_aligned_and_equally_long(noise, rate_hz, samples) -> None:
    audio = noise(2, samples)
    rack = [bypassed(), AddLatency(700), Mix([AddLatency(5), Invert(), bypassed()]), bypassed()]
    np.testing.assert_array_equal(Board(rack)(audio, rate_hz), audio)


def test_sounds_stay_aligned_when_the_latency_changes(noise) -> None:
    audio = noise(2, 3000)
    effect = bypassed()
    board = Board([Gain(0), effect])
    for hop_size_samples in sorted(effect.contract.hop_sizes_samples) * 2:
        effect.hop_size_samples = hop_size_samples
        np.testing.assert_array_equal(board(audio, RATE_HZ), audio)
    for late_samples in (100, 30000, 5):
        board[0] = AddLatency(late_samples)
        out = board(audio, RATE_HZ)
        np.testing.assert_array_equal(out, audio)
        assert out.flags.c_contiguous


BLOCKS = {
    "64": [64],
    "480": [480],
    "growing": [3, 64, 500, 4096, 9000],
    "ragged": [7, 1, 2, 1000, 1, 333],
    "at once": [30000],
}


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_blocks_and_the_end_are_the_whole_bit_for_bit(effect, noise, blocks, channels) -> None:
    """Or a render in pieces would sound unlike the preview, and a live show unlike both."""
    board = Board([Compressor(-30, 4), effect, Gain(3)])
    audio = noise(channels, 30000)
    audio[:, 9000:9500] *= 10
    whole = board(audio, RATE_HZ)
    blocks = [max(blocks[0], channels + 1), *blocks[1:]]  # the first one shows the layout
    for _ in range(2):
        board.reset()
        np.testing.assert_array_equal(streamed(board, audio, blocks), whole)


STATEFUL = [Reverb, Chorus, lambda: Delay(0.02), Resample, MP3Compressor, lambda: AddLatency(777)]


@pytest.mark.parametrize("make", STATEFUL)
@pytest.mark.parametrize("first", [True, False], ids=["plugin first", "effect first"])
def test_plugins_keep_their_state_when_blocks_grow(effect, noise, make, first) -> None:
    """After an effect the first blocks are short; a plugin must not begin anew with each longer."""
    plugin = make()
    board = Board([plugin, effect] if first else [effect, plugin])
    audio = noise(2, 30000)
    whole = board(audio, RATE_HZ)
    for blocks in BLOCKS.values():
        board.reset()
        np.testing.assert_array_equal(streamed(board, audio, blocks), whole)


def test_plugins_keep_their_state_when_buffers_grow(noise) -> None:
    audio = noise(2, 20000)
    whole = Board([bypassed(), Reverb()])(audio, RATE_HZ)
    board = Board([bypassed(), Reverb()])
    parts = [
        board.process(audio[:, :9000], RATE_HZ, buffer_size=64, reset=False),
        board.process(audio[:, 9000:], RATE_HZ, buffer_size=8192, reset=False),
    ]
    out = np.concatenate(parts, axis=1)
    np.testing.assert_array_equal(out, whole[:, : out.shape[1]])


def test_stream_may_begin_with_less_than_its_channels(noise) -> None:
    audio = noise(2, latency() + 9)
    board = Board([bypassed(), AddLatency(3)])
    parts = [
        board.process(block, RATE_HZ, buffer_size=1, reset=False)
        for block in np.split(audio, [latency() + 1], axis=1)
    ]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), audio[:, :6])


SCRIPTS = {
    "from the start": [700, 5000, 64, 4000],
    "longer than the latency at once": [9000, 70],
    "after a whole sound": ["whole", 700, 5000],
    "after a reset": ["whole", 700, "reset", 700, 5000],
    "a whole sound in between": [5000, "whole", 300],
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_latency_adds_up_along_the_chain_as_in_a_pedalboard(noise, script) -> None:
    """A program written for pedalboard's `reset=False` counts on how much comes back, and when."""
    board = Board([Gain(3), bypassed(), AddLatency(300), Board([bypassed()]), Reverb()])
    late = [AddLatency(latency()), AddLatency(300), AddLatency(latency())]
    expected = Pedalboard([Gain(3), *late, Reverb()])
    for number, step in enumerate(script):
        if step == "reset":
            board.reset()
            expected.reset()
            continue
        alone = step == "whole"
        audio = noise(2, 9000 if alone else step, seed=number)
        # Of equal buffers, because pedalboard's plugins forget their state when one is longer.
        np.testing.assert_array_equal(
            board.process(audio, RATE_HZ, buffer_size=64, reset=alone),
            expected.process(audio, RATE_HZ, buffer_size=64, reset=alone),
        )


def test_another_rate_or_channel_count_begins_anew(effect, noise) -> None:
    board = Board([Delay(0.05), effect, Mix([Board(), bypassed()]), Reverb()])
    board.process(noise(2, 20000), RATE_HZ, reset=False)
    for channels, rate_hz in ((2, 44100), (1, 44100), (2, RATE_HZ)):
        audio = noise(channels, 20000)
        out = board.process(audio, rate_hz, reset=False)
        strong = Effect("resonance-eq", attenuation=1.0)
        fresh = Board([Delay(0.05), strong, Mix([Board(), bypassed()]), Reverb()])
        np.testing.assert_array_equal(out, fresh.process(audio, rate_hz, reset=False))


def test_layouts_and_dtypes_with_an_effect(effect, noise) -> None:
    board = Board([Gain(3), effect])
    audio = noise(2, 9000)
    planar = board(audio, RATE_HZ)
    assert planar.dtype == np.float32
    np.testing.assert_array_equal(board(audio.T, RATE_HZ).T, planar)
    np.testing.assert_array_equal(board(audio.astype(np.float64), RATE_HZ), planar)
    np.testing.assert_array_equal(
        board.process(audio, RATE_HZ, 512, True), board(audio, sample_rate=RATE_HZ)
    )
    np.testing.assert_array_equal(board(audio[0], RATE_HZ), board(audio[:1], RATE_HZ)[0])
    assert board(np.zeros((2, 0), np.float32), RATE_HZ).shape == (2, 0)


def test_short_blocks_after_stereo_are_stereo(noise) -> None:
    board = Board([Gain(0), bypassed()])
    board(noise(2, 100), RATE_HZ)
    audio = noise(2, 1)
    np.testing.assert_array_equal(board(audio, RATE_HZ), audio)
    np.testing.assert_array_equal(board(audio.T, RATE_HZ), audio.T)
    square = noise(2, 2)
    np.testing.assert_array_equal(board(square, RATE_HZ), square)
    board.reset()
    with pytest.raises(ValueError, match="channels cannot be told"):
        board(square, RATE_HZ)


def test_remaining_elements_keep_their_state_when_the_list_changes(noise) -> None:
    audio = noise(2, 12000)
    effect, delay = bypassed(), Delay(0.01)
    expected = Board([bypassed(), Delay(0.01)])
    board = Board([effect, delay])
    out = [board.process(audio[:, :6000], RATE_HZ, reset=False)]
    board.append(Gain(0))
    board[0], board[2] = board[2], board[0]
    board.reverse()
    out.append(board.process(audio[:, 6000:7000], RATE_HZ, reset=False))
    del board[2]
    out.append(board.process(audio[:, 7000:], RATE_HZ, reset=False))
    np.testing.assert_array_equal(
        np.concatenate(out, axis=1), expected.process(audio, RATE_HZ, reset=False)
    )


def test_controls_may_be_turned_during_a_stream(noise) -> None:
    board = Board([Gain(0), Effect("resonance-eq", mix=0)])
    audio = noise(2, 9000)
    board.process(audio, RATE_HZ, reset=False)
    board[0].gain_db = 6
    board[1].output_gain_db = -60
    out = board.process(audio, RATE_HZ, reset=False)
    assert 0 < np.max(np.abs(out[:, -1000:])) < 1e-2


# Side by side


def test_mix_of_plugins_is_a_pedalboard_s(noise) -> None:
    def parts():
        return [Gain(-6), Chain([AddLatency(500), Reverb()]), AddLatency(1300), Chain([])]

    audio = noise(2, 20000)
    expected = pedalboard.Mix(parts())
    for rack in (Mix(parts()), Board([Mix(parts())])):
        np.testing.assert_array_equal(rack(audio, RATE_HZ), expected(audio, RATE_HZ))
        rack.reset()
        expected.reset()
        np.testing.assert_array_equal(
            rack.process(audio, RATE_HZ, reset=False),
            expected.process(audio, RATE_HZ, reset=False),
        )
    np.testing.assert_array_equal(Mix()(audio, RATE_HZ), 0 * audio)


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS.keys())
def test_branches_stay_aligned_in_streams(effect, noise, blocks) -> None:
    """A dry branch that runs ahead of an effect would comb the sound."""
    audio = noise(2, 30000)
    wet = effect(audio, RATE_HZ)
    mix = Mix([Board(), Board([AddLatency(99), effect]), bypassed(), Board([Gain(0), Invert()])])
    whole = mix(audio, RATE_HZ)
    np.testing.assert_array_equal(whole, audio + wet + audio - audio)
    mix.reset()
    np.testing.assert_array_equal(streamed(mix, audio, blocks), whole)


def test_branches_stay_aligned_after_a_whole_sound(noise) -> None:
    mix = Board([Mix([Gain(0), bypassed()])])
    mix(noise(2, 9000), RATE_HZ)
    audio = noise(2, 9000, seed=2)
    out = mix.process(audio, RATE_HZ, reset=False)
    assert out.shape == audio.shape
    np.testing.assert_array_equal(out[:, latency() :], 2 * audio[:, : -latency()])
    assert not out[:, : latency()].any()


def test_branches_come_and_go_in_a_stream_aligned(noise) -> None:
    audio = noise(1, 30000)
    mix = Mix([bypassed()])
    mix.process(audio[:, :9000], RATE_HZ, reset=False)
    mix.append(Board())
    out = mix.process(audio[:, 9000:18000], RATE_HZ, reset=False)
    both = audio[:, 9000 - latency() : 18000 - latency()].copy()
    both[:, latency() :] *= 2
    np.testing.assert_array_equal(out, both)
    del mix[0]
    out = mix.process(audio[:, 18000:], RATE_HZ, reset=False)
    np.testing.assert_array_equal(out, audio[:, 18000 - latency() : 30000 - latency()])


def test_sum_of_delta_and_effect_is_the_sound(noise) -> None:
    audio = noise(2, 20000)
    strong = Effect("resonance-eq", attenuation=1.0)
    removed = Effect("resonance-eq", attenuation=1.0, delta=True)
    np.testing.assert_allclose(Mix([strong, removed])(audio, RATE_HZ), audio, atol=1e-6)


# The list


def test_board_is_a_list(effect) -> None:
    gain, reverb, limiter = Gain(1), Reverb(), Limiter()
    board = Board([gain, effect])
    board.append(limiter)
    board.insert(1, reverb)
    assert list(board) == [gain, reverb, effect, limiter]
    assert len(board) == 4
    assert board.index(effect) == 2
    assert effect in board
    assert Gain(1) not in board
    assert board[-1] is limiter
    assert isinstance(board[1:3], Board)
    assert list(board[1:3]) == [reverb, effect]
    board.remove(reverb)
    board[0], board[1] = board[1], board[0]
    assert list(board) == [effect, gain, limiter]
    board[1:] = [reverb]
    board += [gain]
    assert board.pop() is gain
    del board[0]
    assert list(board) == [reverb]
    assert isinstance(Mix([gain, reverb])[:1], Mix)


@pytest.mark.parametrize("index", [-3, 3, 100])
def test_places_beyond_the_ends_are_refused_as_by_a_pedalboard(index) -> None:
    for rack in (Board([Gain(), Gain()]), Pedalboard([Gain(), Gain()])):
        with pytest.raises(IndexError):
            rack.insert(index, Gain())
        with pytest.raises(IndexError):
            rack[index]
        with pytest.raises(IndexError):
            del rack[index]
        assert len(rack) == 2


@pytest.mark.parametrize("index", [-2, -1, 0, 1, 2])
def test_places_are_a_pedalboard_s(index) -> None:
    gain, reverb, limiter = Gain(), Reverb(), Limiter()
    board, expected = Board([gain, reverb]), Pedalboard([gain, reverb])
    board.insert(index, limiter)
    expected.insert(index, limiter)
    assert list(board) == list(expected)


def test_repr_is_a_pedalboard_s_with_effects(effect) -> None:
    plugins = [Gain(1), Reverb()]
    assert repr(Board(plugins)) == repr(Pedalboard(plugins)).replace("Pedalboard", "Board", 1)
    assert repr(Board()) == "<Board with 0 plugins: []>"
    assert repr(Board([Mix([effect])])) == (
        f"<Board with 1 plugin: [<Mix with 1 plugin: [{effect!r}]>]>"
    )


# Errors


class Synth(Gain):
    """As a plugin of pedalboard that makes sound of notes."""

    is_instrument = True


@pytest.mark.parametrize("rack", [Board, Mix])
@pytest.mark.parametrize(
    ("element", "error", "message"),
    [
        (None, TypeError, "None is neither an Effect nor a plugin of pedalboard"),
        ("resonance-eq", TypeError, "'resonance-eq' is neither"),
        ([Gain()], TypeError, "is neither"),
        (Effect, TypeError, "is neither"),
        (Synth(), ValueError, "Gain.* is an instrument"),
    ],
)
def test_wrong_element_is_refused_and_changes_nothing(rack, element, error, message) -> None:
    gain = Gain()
    board = rack([gain])
    changes = [
        lambda: rack([gain, element]),
        lambda: board.append(element),
        lambda: board.insert(0, element),
        lambda: board.__setitem__(0, element),
        lambda: board.__setitem__(slice(0, 1), [Reverb(), element]),
    ]
    for change in changes:
        with pytest.raises(error, match=message):
            change()
    assert list(board) == [gain]


@pytest.mark.parametrize("make", [bypassed, Gain, Board, lambda: Mix([Gain()])])
def test_same_element_twice_is_refused_wherever_it_is(noise, make) -> None:
    """Its state would be played twice: sound of one place in the other."""
    one = make()
    for rack in (
        Board([one, one]),
        Board([one, Board([Mix([Gain(), one])])]),
        Mix([one, one]),
    ):
        with pytest.raises(RuntimeError, match=r"in the same (Board|Mix) twice"):
            rack(noise(2, 100), RATE_HZ)
        with pytest.raises(RuntimeError, match="twice"):
            rack.reset()


def test_same_plugin_twice_is_found_in_pedalboard_s_containers(effect, noise) -> None:
    reverb = Reverb()
    board = Board([Chain([Gain(), pedalboard.Mix([reverb])]), effect, reverb])
    with pytest.raises(RuntimeError, match=r"Reverb.* is in the same Board twice"):
        board(noise(2, 100), RATE_HZ)


def test_plugins_in_containers_are_not_taken_for_each_other(effect, noise) -> None:
    chain = Chain([Gain() for _ in range(50)])
    chain.append(Pedalboard([None, Gain()]))
    gc.collect()
    assert Board([chain, effect])(noise(2, 100), RATE_HZ).shape == (2, 100)


def test_board_in_itself_is_refused(effect, noise) -> None:
    board = Board([effect])
    board.append(Board([Mix([board])]))
    with pytest.raises(RuntimeError, match="in the same Board twice"):
        board(noise(2, 100), RATE_HZ)


@pytest.mark.parametrize(
    ("audio", "rate_hz", "buffer_size", "error", "message"),
    [
        (np.zeros((9, 100)), RATE_HZ, 8192, ValueError, "9 channels.* 1 to 8"),
        (np.zeros((1, 2, 3)), RATE_HZ, 8192, ValueError, "3 dimensions"),
        (np.zeros(9, np.int16), RATE_HZ, 8192, TypeError, "not int16"),
        ([0.0], RATE_HZ, 8192, TypeError, "not list"),
        (np.zeros(9), 44100.5, 8192, ValueError, "whole number of Hz"),
        (np.zeros(9), "48k", 8192, TypeError, "number in Hz"),
        (np.zeros(9), 7999, 8192, ValueError, "sample rate"),
        (np.zeros(9), RATE_HZ, 0, ValueError, "buffer_size"),
    ],
)
def test_unplayable_audio_is_refused(effect, audio, rate_hz, buffer_size, error, message) -> None:
    with pytest.raises(error, match=message):
        Board([Gain(), effect])(audio, rate_hz, buffer_size)


def test_nan_is_reported(effect) -> None:
    audio = np.zeros((2, 9000), np.float32)
    audio[0, 10] = np.nan
    with pytest.warns(RuntimeWarning, match="1 samples of the input are NaN"):
        assert np.isfinite(Board([Gain(), effect])(audio, RATE_HZ)).all()


def test_huge_buffers_take_no_more_memory_than_the_sound(effect, noise) -> None:
    board = Board([Gain(), effect, Reverb()])
    for reset in (True, False):
        assert board.process(noise(2, 9000), RATE_HZ, 2**31 - 1, reset).shape[0] == 2


def test_threads_take_turns(effect, noise) -> None:
    board = Board([Compressor(-30, 4), Mix([effect, Board()]), Reverb()])
    sounds = [noise(2, 9000, seed) for seed in range(4)]
    expected = [board(sound, RATE_HZ) for sound in sounds]
    outs = [[] for _ in sounds]

    def play(number: int) -> None:
        for _ in range(5):
            outs[number].append(board(sounds[number], RATE_HZ))

    threads = [threading.Thread(target=play, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for played, sound in zip(outs, expected, strict=True):
        assert len(played) == 5
        for out in played:
            np.testing.assert_array_equal(out, sound)
