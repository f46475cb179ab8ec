"""Re-run the parity record of an effect file: evidence that it computes what PyTorch did.

PyTorch is not needed. Test signals are recipes, generated from integers on every machine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import _engine
from ..errors import Error
from ..samples import Samples
from .catalog import check_name
from .contract import Contract, ParitySignal, Recipe, contract_sha256
from .loading import load_model
from .uniform import uniform
from .whole_record import check_whole
from .windows import make_window


@dataclass(frozen=True)
class VerifyReport:
    """The result of a re-run.

    `largest_difference` is between PyTorch's recorded samples and the engine's, over all probes of
    all `signals`, linear, full scale = 1; of a filter effect in dB. `differences` holds one message
    for each deviation from the record.
    """

    signals: int
    probes: int
    largest_difference: float
    tolerance: float
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether there is no deviation from the record."""
        return not self.differences


def verify(path: str | os.PathLike[str]) -> VerifyReport:
    """Play the test signals of an effect file again and compare with its record.

    Through ONNX Runtime, and through the kernel made for the effect where there is one.
    Raise tonecast.Error if the file cannot be played at all.
    """
    check_name(os.fspath(path))
    path = Path(path)
    if _engine.is_capture(path):
        raise Error(
            f"{path}: a capture has no record to compare with; 'tonecast import' makes an effect "
            f"file of it that has one"
        )
    file = _engine.EffectFile(path)
    try:
        contract = Contract.from_json(file.contract_json)
        for signal in contract.parity.signals:
            _check(signal, contract)
    except Error as error:
        raise Error(f"{path}: {error}") from None
    record = contract.parity
    differences = []

    if contract_sha256(file.contract_json) != record.contract_sha256:
        differences.append("The contract was edited after the export: its hash differs.")
    if graph_sha256(file.graph) != record.graph_sha256:
        differences.append("The graph was changed after the export: its hash differs.")
    if not record.signals:
        differences.append("The parity record has no test signals.")

    largest = 0.0
    loaded = (load_model(path, "onnxruntime"), load_model(path))
    models = {model.played_by.backend: model for model in loaded}
    for backend, model in models.items():
        for signal in record.signals:
            out = play(model, contract, signal)
            if max(signal.probes) >= out.size:  # of one curve for all channels
                raise Error(f"{path}: {_unplayable(signal)}")
            found = np.append(out.ravel()[list(signal.probes)], rms(out))
            recorded = np.append(np.array(signal.values), signal.rms)
            difference = float(np.max(np.abs(found - recorded)))
            largest = float(np.maximum(largest, difference))  # unlike max(), keeps NaN
            if not difference <= record.tolerance:  # NaN differs too
                differences.append(
                    f"'{signal.name}' differs from PyTorch by {difference:.3g} ({backend}), "
                    f"more than the tolerance of {record.tolerance:.3g}."
                )
        for whole in contract.whole:
            differences += check_whole(model, contract, whole)
    return VerifyReport(
        signals=len(record.signals),
        probes=sum(len(signal.probes) for signal in record.signals),
        largest_difference=largest,
        tolerance=record.tolerance,
        differences=tuple(differences),
    )


def graph_sha256(graph: bytes) -> str:
    """Hash of a serialised GraphProto, as `_engine.EffectFile.graph` gives it."""
    return hashlib.sha256(graph).hexdigest()


def play(model: _engine.Model, contract: Contract, signal: ParitySignal) -> Samples:
    """Output of the engine's runner for a test signal.

    [frames, channels, frame_size], a predictor's values [frames, 1], or a filter effect's curves
    in dB [frames, curves, bins].
    """
    runner = _engine.FrameRunner(model, signal.channels)
    controls = dict(signal.controls)
    return np.stack([runner.run(frame, controls) for frame in make_frames(contract, signal)])


def make_frames(contract: Contract, signal: ParitySignal) -> Samples:
    """Overlapping, windowed frames of a test signal: [frames, channels, frame_size].

    They follow each other at the contract's hop, windowed as in the engine. With a side-chain there
    are twice as many channels, the input's first. A predictor's are
    consecutive windows of the sound [frames, 2, window], unweighted.
    """
    size, hop = contract.frame_size_samples, contract.hop_size_samples
    if contract.predictor is not None:
        size = hop = contract.predictor.window_samples
    samples = size + (signal.frames - 1) * hop
    signal = replace(signal, channels=contract.sounds * signal.channels)
    audio = _RECIPES[signal.recipe](signal, samples, contract.sample_rate_hz)
    starts = range(0, signal.frames * hop, hop)
    window = make_window(contract.analysis_window, size)
    return np.stack([audio[:, start : start + size] * window for start in starts])


def rms(samples: Samples) -> float:
    """Root mean square over all samples, linear."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def _check(signal: ParitySignal, contract: Contract) -> None:
    """Raise tonecast.Error for a signal that no exporter writes, or that is far too long."""
    size = signal.frames * signal.channels * contract.frame_size_samples
    if contract.kind == "predictor":
        size = signal.frames  # one value each
    if contract.form == "filter":
        size = signal.frames * signal.channels * contract.bins
    valid = (
        1 <= signal.frames <= 64
        and 1 <= signal.channels <= 8
        and contract.channels in (None, signal.channels)
        and 0 <= signal.seed < 2**64
        and signal.controls.keys() == {control.name for control in contract.controls}
        and len(signal.values) == len(signal.probes) > 0
        and all(0 <= probe < size for probe in signal.probes)
    )
    if not valid:
        raise Error(_unplayable(signal))


def _unplayable(signal: ParitySignal) -> str:
    return f"parity record: the test signal '{signal.name}' cannot be played; export the file again"


def _silence(signal: ParitySignal, samples: int, sample_rate_hz: int) -> Samples:
    return np.zeros((signal.channels, samples), dtype=np.float32)


def _impulse(signal: ParitySignal, samples: int, sample_rate_hz: int) -> Samples:
    """One full-scale sample in each channel, at a place drawn from all but the edges."""
    audio = _silence(signal, samples, sample_rate_hz)
    place = 0.25 + 0.5 * uniform(signal.seed, signal.channels)
    audio[np.arange(signal.channels), (place * samples).astype(np.int64)] = 1
    return audio


def _tones(signal: ParitySignal, samples: int, sample_rate_hz: int) -> Samples:
    """Six sines of −20 dB in each channel, drawn from 40 Hz to 0.45 of the sample rate."""
    place, phase = uniform(signal.seed, 2 * 6 * signal.channels).reshape(2, signal.channels, 6, 1)
    low_hz, high_hz = 40.0, 0.45 * sample_rate_hz
    tone_hz = low_hz * (high_hz / low_hz) ** place
    cycles = tone_hz * np.arange(samples) / sample_rate_hz + phase
    tones: NDArray[np.float64] = 0.1 * np.sin(2 * np.pi * cycles).sum(axis=1)
    return tones.astype(np.float32)


def _noise(signal: ParitySignal, samples: int, sample_rate_hz: int) -> Samples:
    """White noise, spread evenly over ±0.5, different in each channel."""
    noise = uniform(signal.seed, signal.channels * samples) - 0.5
    return noise.reshape(signal.channels, samples).astype(np.float32)


_RECIPES: dict[Recipe, Callable[[ParitySignal, int, int], Samples]] = {
    "silence": _silence,
    "impulse": _impulse,
    "tones": _tones,
    "noise": _noise,
}
