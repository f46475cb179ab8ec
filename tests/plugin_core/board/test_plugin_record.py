"""Boards as copies and in other processes: pedalboard's plugins are made anew."""

import copy
import multiprocessing
import pickle

import numpy as np
import pedalboard
import pytest
from pedalboard import Chain, Gain, Invert, Reverb
from pedalboard_native._internal import AddLatency
from tonecast import Board, Effect, Error, Mix
from tonecast.plugin_core.board.plugin_record import record_plugin

RATE_HZ = 48000


def pickled(board: Board) -> Board:
    return pickle.loads(pickle.dumps(board))


def full_board() -> Board:
    return Board(
        [
            Gain(3),
            Effect("resonance-eq", attenuation=0.7, mix=0.8),
            Mix([Board(), Effect("overdrive")]),
            Chain([Reverb(room_size=0.9), pedalboard.Mix([Gain(1), Invert()])]),
        ]
    )


PLUGINS = [
    pedalboard.Bitcrush(5),
    pedalboard.BrickwallLimiter(-3, 50, 2, True),
    pedalboard.Chorus(2, 0.5, 9, 0.1, 0.3),
    pedalboard.Clipping(-12),
    pedalboard.Compressor(-20, 4, 2, 150),
    pedalboard.Delay(0.01, 0.2, 0.4),
    pedalboard.Distortion(11),
    pedalboard.GSMFullRateCompressor(pedalboard.Resample.Quality.Linear),
    pedalboard.Gain(-3),
    pedalboard.HighShelfFilter(3000, 4, 0.9),
    pedalboard.HighpassFilter(300),
    pedalboard.Invert(),
    pedalboard.LadderFilter(pedalboard.LadderFilter.Mode.HPF24, 300, 0.3, 2),
    pedalboard.Limiter(-20, 50),
    pedalboard.LowShelfFilter(300, 4, 0.9),
    pedalboard.LowpassFilter(3000),
    pedalboard.MP3Compressor(5),
    pedalboard.NoiseGate(-40, 5, 2, 50),
    pedalboard.PeakFilter(1000, 6, 2),
    pedalboard.Phaser(2, 0.3, 900, 0.1, 0.4),
    pedalboard.PitchShift(3),
    pedalboard.Resample(16000, pedalboard.Resample.Quality.Linear),
    pedalboard.Reverb(0.9, 0.2, 0.5, 0.3, 0.7, 0),
]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: type(plugin).__name__)
def test_a_plugin_made_anew_plays_the_same(plugin, noise) -> None:
    made = pickle.loads(pickle.dumps(record_plugin(plugin))).make()
    assert type(made) is type(plugin)
    assert made is not plugin
    audio = noise(2, 20_000)
    np.testing.assert_array_equal(made(audio, RATE_HZ), plugin(audio, RATE_HZ))


def test_all_of_pedalboard_s_own_plugins_are_tried() -> None:
    base = pedalboard.Plugin
    listed = {type(plugin) for plugin in PLUGINS}
    others = {"Chain", "Convolution", "ExternalPlugin", "IIRFilter", "Mix", "Plugin"}
    others |= {"PluginContainer", "Pedalboard", "VST3Plugin", "AudioUnitPlugin"}
    for name in pedalboard.__all__ if hasattr(pedalboard, "__all__") else dir(pedalboard):
        kind = getattr(pedalboard, name)
        if isinstance(kind, type) and issubclass(kind, base) and not name.startswith("_"):
            assert kind in listed or name in others, name


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_copied_board_plays_the_same_with_plugins_of_its_own(copied, noise) -> None:
    board = full_board()
    audio = noise(2, 20_000)
    expected = board(audio, RATE_HZ)
    other = copied(board)
    np.testing.assert_array_equal(other(audio, RATE_HZ), expected)
    other[0].gain_db = 20
    other[1].attenuation = 0
    np.testing.assert_array_equal(board(audio, RATE_HZ), expected)


def test_a_shallow_copy_holds_the_same_elements() -> None:
    board = full_board()
    other = copy.copy(board)
    assert [id(element) for element in other] == [id(element) for element in board]
    other.append(Gain(1))
    assert len(board) == 4


def test_a_convolution_from_a_file_is_copied_and_one_from_an_array_refused(
    tmp_path, noise, write_audio
) -> None:
    response = write_audio(tmp_path / "room.wav", noise(1, 100))
    plugin = pedalboard.Convolution(str(response), mix=0.5)
    audio = noise(1, 5_000)
    (made,) = copy.deepcopy(Board([plugin]))
    np.testing.assert_array_equal(made(audio, RATE_HZ), plugin(audio, RATE_HZ))
    array = pedalboard.Convolution(noise(1, 100), 0.5, RATE_HZ)
    for untold in (array, AddLatency(100)):
        with pytest.raises(Error, match="cannot be copied or pickled"):
            pickle.dumps(Board([untold]))


def test_a_board_that_holds_itself_is_copied_as_that() -> None:
    board = Board([Gain(1)])
    board.append(board)
    other = pickled(board)
    assert other[1] is other


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_worker_processes_play_boards(method, noise) -> None:
    board, sound = full_board(), noise(2, 5_000)
    expected = board(sound, RATE_HZ)
    with multiprocessing.get_context(method).Pool(1) as pool:
        np.testing.assert_array_equal(pool.apply(board, (sound, RATE_HZ)), expected)
