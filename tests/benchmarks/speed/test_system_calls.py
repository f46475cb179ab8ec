"""The audio thread asks the system for nothing but to wake the worker."""

import pytest
from system_packages import needs
from tonecast.benchmarks.speed.system_calls import PACE, trace
from tonecast.plugin_core.callback_benchmark.benchmark import Case, Mode

pytestmark = needs("strace")


@pytest.mark.parametrize("mode", ["inline", "worker"])
def test_callback_calls_the_system_only_to_wake_the_worker(mode: Mode) -> None:
    # A learned effect inline: ONNX Runtime may do as it likes, the kernels may not.
    effect = "resonance-eq" if mode == "worker" else "low-shelf"
    row, calls = trace(Case(effect, "auto", mode, 256, 48_000, 2, 1.0, paced=True))
    assert calls.pop(PACE) > 0  # it does not sleep before a block that is due already
    frames = row["frames"] if mode == "worker" else 0
    assert isinstance(frames, int)
    assert calls.pop("futex", 0) <= frames
    assert not calls
