"""The proof: what the module makes of a whole sound, against what the engine plays in blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from ...plugin_core import _engine
from ...plugin_core.effect_files.contract import Contract, Control, WholeRecord
from ...plugin_core.effect_files.whole_record import LONGEST_SAMPLES, make_signals, play_in_blocks
from ...plugin_core.errors import Error
from ...plugin_core.samples import Samples
from .diagnosis import Case, different_layer
from .refusal import located
from .trace import SIDECHAIN, Trace, quiet

SECONDS = 2.0  # at least; longer where the memory is longer
MEMORIES = 3  # of a module, at least
TOLERANCE = 1e-5  # of a sample, full scale = 1, or of the loudest one where that is above it
_PROBES = 64
_MOST_HALVINGS = 10  # of the noise, so that what is made of it is as loud as in training


def prove(
    module: nn.Module,
    model: _engine.Model,
    contract: Contract,
    traced: Trace,
    memory_samples: int,
    silence_samples: int = 0,
) -> tuple[WholeRecord, ...]:
    """Play noise, with the controls at rest and at both ends, through both; return the record.

    `silence_samples` come before the noise: for modules that reflect a sound at its ends. Where the
    contract has a trained level, the noise lies within: the engine holds what does not. Raise
    tonecast.Error if the stream is not the whole, with the first sample that differs, and the layer
    that is the first to give something else.
    """
    block = contract.frame_size_samples
    samples = max(int(SECONDS * contract.sample_rate_hz), MEMORIES * memory_samples)
    samples = -(-(samples + silence_samples) // block) * block
    if samples > LONGEST_SAMPLES:
        raise Error(
            f"the module remembers {memory_samples} samples, more than can be proven to be right"
        )
    return tuple(
        _proved(
            module,
            model,
            contract,
            WholeRecord(seed, samples, silence_samples, settings, TOLERANCE, 0.0, (), ()),
            # Before a stream begins there was silence with the controls at rest.
            0 if seed == 1 else contract.prewarm_samples,
            traced,
        )
        for seed, settings in enumerate(proven_settings(contract.controls), 1)
    )


def play_whole(
    module: nn.Module,
    sound: Samples,
    controls: Mapping[str, float],
    knob_shape: tuple[int, ...] = (1,),
) -> Samples:
    """What a module makes of sound [channels, samples] at once, or of [2, channels, samples].

    The second of two is its side-chain.
    """
    size = (1, *knob_shape) if knob_shape else ()
    further = {name: torch.full(size, value) for name, value in controls.items()}
    block, *sidechain = torch.from_numpy(sound if sound.ndim == 3 else sound[None])[:, None]
    if sidechain:
        further[SIDECHAIN] = sidechain[0]
    with quiet(), torch.no_grad():
        try:
            out: Samples = module(block, **further)[0].numpy()
        except Exception as error:
            why = str(error).strip().splitlines() or [type(error).__name__]
            raise Error(
                f"forward() takes no sound {list(block.shape)}: {why[0]}; it has to take any "
                f"length and any batch"
            ) from error
    return out


def _proved(
    module: nn.Module,
    model: _engine.Model,
    contract: Contract,
    record: WholeRecord,
    begin: int,
    traced: Trace,
) -> WholeRecord:
    record, whole = _played_whole(module, contract, record, traced.knob_shape)
    streamed = play_in_blocks(model, contract, record)
    count = min(whole.shape[1], streamed.shape[1])
    difference = np.abs(streamed[:, :count] - whole[:, :count]).max(axis=0)
    tolerance = record.tolerance * max(1.0, float(np.abs(whole).max()))
    wrong = np.flatnonzero(~(difference[begin:] <= tolerance))  # NaN included
    if len(wrong):
        first = begin + int(wrong[0])
        case = Case(make_signals(contract, record), record.controls, begin, first)
        layer = different_layer(module, traced, case, contract.frame_size_samples)
        why = "does the module depend on the length of its input?" if layer is None else layer[1]
        if record.silence_samples:
            why = (
                "inside it a sound is mirrored or held at its ends, which a stream has not: pad "
                "there with zeros"
            )
        what = (
            f"the stream differs from the whole sound from sample {first} on, by up to "
            f"{np.nanmax(difference[begin:]):.2g} where {tolerance:.0e} is allowed (settings: "
            f"{_text(record.controls)}); {why}"
        )
        raise Error(what) if layer is None else located(layer[0], what)
    drawn = np.linspace(begin, count - 1, _PROBES).astype(np.int64)
    channels = len(whole)
    places = drawn * channels + np.arange(_PROBES) % channels  # each channel in turn
    whole = whole[:, :count].T.ravel()  # sample by sample, each of all channels
    peak = begin * channels + int(np.abs(whole[begin * channels :]).argmax())
    probes = np.unique(np.append(places, peak))
    return replace(
        record,
        tolerance=tolerance,
        largest_difference=float(difference[begin:].max()),
        probes=tuple(probes.tolist()),
        values=tuple(float(str(value)) for value in whole[probes]),
    )


def _played_whole(
    module: nn.Module, contract: Contract, record: WholeRecord, knob_shape: tuple[int, ...]
) -> tuple[WholeRecord, Samples]:
    """What it makes of the noise, and the record with a peak that the engine leaves as it is."""
    level = contract.trained_level
    if level is None:
        return record, play_whole(
            module, make_signals(contract, record), record.controls, knob_shape
        )
    peak = min(1.0, math.floor(1e6 * 10 ** (level.input_peak_db / 20)) / 1e6)
    for _ in range(_MOST_HALVINGS):
        quieter = replace(record, peak=peak)
        whole = play_whole(module, make_signals(contract, quieter), record.controls, knob_shape)
        if np.abs(whole).max() <= 10 ** (level.output_peak_db / 20):
            return quieter, whole
        peak /= 2
    raise Error(
        f"the module gives more than {level.output_peak_db:g} dBFS for quiet noise, too; "
        f"trained_peaks_db is the highest sample that it was trained on, and the highest that it "
        f"was to give"
    )


def proven_settings(controls: Sequence[Control]) -> Iterator[dict[str, float]]:
    """All controls at rest, all lowest and all highest."""
    yield {control.name: control.default for control in controls}
    if controls:
        yield {control.name: control.minimum for control in controls}
        yield {control.name: control.maximum for control in controls}


def _text(settings: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in settings.items()) or "none"
