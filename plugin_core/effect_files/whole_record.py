"""Evidence that a stream through an effect is what the model makes of the whole sound at once.

A model that maps whole signals is rewritten for frames when it is exported. The record, inside the
file, has what the model as its author wrote it made of a test signal; playing the file again tells
whether the engine still makes the same of it, in blocks of changing sizes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import _engine
from ..errors import Error
from ..samples import Samples
from .contract import Contract, WholeRecord
from .uniform import uniform

LONGEST_SAMPLES = 2**22  # of a signal
_BLOCKS_SAMPLES = (1, 64, 480, 1000)  # the largest of those drawn


def make_signals(contract: Contract, record: WholeRecord) -> Samples:
    """[sounds, channels, samples]: silence, then noise that rises to its peak and falls again.

    The first sound is the input, the second, of contracts with a side-chain, that.
    """
    channels = contract.channels or 1
    rows, sounding = contract.sounds * channels, record.samples - record.silence_samples
    noise = 2 * uniform(record.seed, rows * sounding).reshape(rows, sounding) - 1
    level = record.peak * 10 ** (-2 * np.abs(np.linspace(-1, 1, sounding)))  # 40 dB up and down
    silence = ((0, 0), (record.silence_samples, 0))
    sounds = np.pad(noise * level, silence).astype(np.float32)
    return sounds.reshape(contract.sounds, channels, -1)


def play_in_blocks(model: _engine.Model, contract: Contract, record: WholeRecord) -> Samples:
    """What the engine makes of the signal, without its latency.

    [channels, samples − delay_samples].
    """
    engine = _engine.Engine(model)
    for name, value in record.controls.items():
        engine.set_control(name, value)
    channels = contract.channels or 1
    engine.prepare(contract.sample_rate_hz, channels)
    late = engine.latency_samples
    rest = ((0, 0), (0, 0), (0, late - contract.delay_samples))
    sounds = np.pad(make_signals(contract, record), rest)
    samples = sounds.shape[-1]
    out = np.empty((channels, samples), np.float32)
    begin = 0
    for size in _block_sizes(record.seed, samples):
        end = min(begin + size, samples)
        block, *sidechain = (sound[:, begin:end].copy() for sound in sounds)
        engine.process(block, part := np.empty_like(out[:, begin:end]), *sidechain)
        out[:, begin:end] = part
        begin = end
    return out[:, late:]


def check_whole(model: _engine.Model, contract: Contract, record: WholeRecord) -> list[str]:
    """A line for each way in which the engine deviates from the record.

    Raise tonecast.Error for a record that no exporter writes.
    """
    valid = (
        0 <= record.silence_samples < record.samples <= LONGEST_SAMPLES
        and 0 <= record.seed < 2**63
        and 0 < record.peak <= 1
        and record.controls.keys() == {control.name for control in contract.controls}
        and len(record.values) == len(record.probes) > 0
        and min(record.probes) >= 0
    )
    if not valid:
        raise Error("the record of the whole sound cannot be played; export the file again")
    played = play_in_blocks(model, contract, record)
    played = played.T.ravel()  # sample by sample, each of all channels
    if len(played) <= max(record.probes):
        return ["The record of the whole sound has places that the stream does not reach."]
    difference = float(np.max(np.abs(played[list(record.probes)] - np.array(record.values))))
    if difference <= record.tolerance:
        return []
    return [
        f"The stream differs from the whole by {difference:.3g}, more than the tolerance of "
        f"{record.tolerance:.3g}."
    ]


def _block_sizes(seed: int, samples: int) -> NDArray[np.int64]:
    """As many blocks as hold so many samples, of sizes drawn up to one of the largest in turn."""
    drawn = uniform(seed + 1, samples)
    largest = np.resize(_BLOCKS_SAMPLES, samples)
    sizes: NDArray[np.int64] = 1 + (drawn * largest).astype(np.int64)
    return sizes[: np.searchsorted(np.cumsum(sizes), samples) + 1]
