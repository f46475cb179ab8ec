"""Forks and the end of the interpreter, while other threads play."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pedalboard
import pytest
from tonecast import Board, Effect, Error, Mix
from tonecast.plugin_core.board.pedalboard_calls import PedalboardCalls, pedalboard_calls
from tonecast.plugin_core.effect_files import loading

RATE_HZ = 48000
HUNG_S = 60.0
SOUND = (0.1 * np.random.default_rng(1).standard_normal((2, 24_000))).astype(np.float32)

# CPython 3.12 warns of each fork beside other threads; what it warns of is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


def in_child(work: Callable[[], object]) -> None:
    """Run `work` in a forked child; fail where that raises, or hangs."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
    until = time.monotonic() + HUNG_S
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert os.waitstatus_to_exitcode(status) == 0
            return
        if time.monotonic() > until:
            os.kill(child, 9)
            os.waitpid(child, 0)
            pytest.fail("the child hangs")
        time.sleep(0.002)


@contextmanager
def beside(work: Callable[[], object], threads: int = 1) -> Iterator[None]:
    """Other threads that do this over and over."""
    stop = threading.Event()
    begun = threading.Semaphore(0)

    def repeat() -> None:
        while not stop.is_set():
            begun.release()
            work()

    running = [threading.Thread(target=repeat) for _ in range(threads)]
    for thread in running:
        thread.start()
    for _ in range(2 * threads):
        begun.acquire()
    yield
    stop.set()
    for thread in running:
        thread.join()


def same(effect: Effect | Board | Mix, expected: np.ndarray) -> Callable[[], None]:
    def play() -> None:
        np.testing.assert_array_equal(effect(SOUND, RATE_HZ), expected)

    return play


@pytest.mark.parametrize("name", ["resonance-eq", "overdrive"])
def test_a_child_plays_the_effect_that_another_thread_played(name) -> None:
    effect = Effect(name)
    expected = effect(SOUND, RATE_HZ)
    with beside(lambda: effect(SOUND, RATE_HZ)):
        for _ in range(5):
            in_child(same(effect, expected))


def test_a_child_never_finds_onnx_runtime_locked() -> None:
    mine = Effect("resonance-eq")
    expected = mine(SOUND, RATE_HZ)
    short = SOUND[:, :4800]

    def play_another() -> None:
        effect = Effect("resonance-eq")
        for _ in range(20):
            effect(short, RATE_HZ)

    with beside(play_another, threads=3):
        for _ in range(40):
            in_child(same(mine, expected))


def test_a_child_loads_while_another_thread_did() -> None:
    expected = Effect("resonance-eq")(SOUND, RATE_HZ)

    def load() -> None:
        loading._models.clear()
        Effect("resonance-eq")

    with beside(load):
        for _ in range(5):
            in_child(lambda: same(Effect("resonance-eq"), expected)())


def test_a_child_begins_the_stream_anew_that_another_thread_played() -> None:
    long = np.tile(SOUND, (1, 100))
    with Effect("resonance-eq").stream(RATE_HZ, long.shape[1]) as stream:
        expected = stream.process(SOUND)
        stream.reset()
        begun = threading.Event()

        def play() -> None:
            begun.set()
            stream.process(long)

        playing = threading.Thread(target=play)
        playing.start()
        begun.wait()
        in_child(lambda: np.testing.assert_array_equal(stream.process(SOUND), expected))
        playing.join()


def test_a_child_goes_on_with_the_streams_of_its_own_thread() -> None:
    effect = Effect("resonance-eq")
    effect.reset()
    begin = effect(SOUND[:, :12_000], RATE_HZ, reset=False)

    def go_on() -> None:
        end = effect(SOUND[:, 12_000:], RATE_HZ, reset=False)
        whole = np.concatenate([begin, end], axis=1)
        expected = Effect("resonance-eq")(SOUND, RATE_HZ)
        np.testing.assert_array_equal(whole, expected[:, : whole.shape[1]])

    in_child(go_on)


def test_children_play_boards_of_effects_and_plugins() -> None:
    for board in (
        Board([pedalboard.Reverb()]),
        Board([pedalboard.Gain(3), Effect("resonance-eq")]),
        Board([Mix([Board(), Effect("overdrive")]), pedalboard.Gain(-3)]),
    ):
        expected = board(SOUND, RATE_HZ)
        with beside(lambda: board(SOUND, RATE_HZ)):  # noqa: B023 - joined before the next one
            for _ in range(3):
                in_child(same(board, expected))


def test_a_board_that_was_cut_off_says_so(monkeypatch) -> None:
    monkeypatch.setattr("tonecast.plugin_core.board.pedalboard_calls.PATIENCE_S", 0.0)
    board = Board([pedalboard.Reverb()])
    long = np.tile(SOUND, (1, 200))

    def refused() -> None:
        with pytest.raises(Error, match="make new ones in the child, or start workers"):
            board(SOUND, RATE_HZ)

    playing = threading.Thread(target=lambda: board(long, RATE_HZ))
    playing.start()
    while not pedalboard_calls.under_way:
        time.sleep(0.001)
    in_child(refused)
    playing.join()


def test_calls_wait_for_a_fork_and_a_fork_for_calls() -> None:
    calls = PedalboardCalls()
    entered, leave = threading.Event(), threading.Event()

    def call() -> None:
        with calls:
            entered.set()
            leave.wait()

    caller = threading.Thread(target=call)
    caller.start()
    entered.wait()
    forking = threading.Thread(target=calls.before_fork)
    forking.start()
    leave.set()
    forking.join()
    assert not calls.under_way
    entered.clear()
    second = threading.Thread(target=call)
    second.start()
    assert not entered.wait(0.05)  # held back until the fork has happened
    calls.after_fork()
    assert entered.wait(HUNG_S)
    second.join()
    caller.join()


@pytest.mark.parametrize(
    "what",
    [
        "Effect('resonance-eq')",
        "Effect('overdrive')",
        "Board([pedalboard.Reverb(), Effect('resonance-eq')])",
    ],
)
def test_a_daemon_thread_that_plays_at_the_end_aborts_nothing(what) -> None:
    code = (
        "import threading, numpy, pedalboard\n"
        "from tonecast import Board, Effect\n"
        f"effect = {what}\n"
        "sound = numpy.zeros((2, 480_000), 'float32')\n"
        "effect(sound[:, :100], 48000)\n"
        "began = threading.Event()\n"
        "def play():\n"
        "    while True:\n"
        "        began.set()\n"
        "        effect(sound, 48000)\n"
        "threading.Thread(target=play, daemon=True).start()\n"
        "began.wait()\n"
    )
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
