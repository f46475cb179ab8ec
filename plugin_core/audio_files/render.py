"""Play an audio file through an effect into another one, in blocks: memory use is constant."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..effects.arrays import silenced_input
from ..effects.automation import AutomationTrace
from ..effects.effect import Effect
from ..effects.stream import Stream
from ..errors import Error
from ..samples import Samples
from .files import AudioSink, check_format, closest_depth, open_audio, whole_file

if TYPE_CHECKING:
    from pedalboard.io import ReadableAudioFile

BLOCK_SAMPLES = 16384
# Called with the seconds of sound played so far and in total; raises to stop.
Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class RenderReport:
    """Counters of a rendering; `peak` is the largest output magnitude, linear, full scale = 1."""

    duration_s: float
    nonfinite_input_samples: int
    excessive_input_samples: int
    frames: int
    bad_frames: int
    predictions: int
    bad_predictions: int
    peak: float
    clipped: bool
    automation_traces: Mapping[str, AutomationTrace]  # of the automatic controls
    fallback_reasons: Sequence[str]  # why models ran on the CPU that were to run on a GPU

    @property
    def notes(self) -> list[str]:
        """Notes for the user, a line each."""
        notes = [*self.fallback_reasons]
        silenced = silenced_input(self.nonfinite_input_samples, self.excessive_input_samples)
        if silenced:
            notes.append(silenced)
        if self.bad_frames:
            notes.append(
                f"the model failed on {self.bad_frames} of {self.frames} frames; "
                f"they were left as they were"
            )
        if self.bad_predictions:
            notes.append(
                f"{self.bad_predictions} of {self.predictions} predictions were no values of the "
                f"control that they move; the last good one held"
            )
        if self.clipped:
            over_db = 20 * math.log10(self.peak)
            notes.append(
                f"the output was clipped, its peaks are {over_db:.1f} dB over full scale; "
                f"try --output-gain-db {-math.ceil(over_db * 10) / 10:g}"
            )
        return notes


def render(
    effect: Effect,
    source: Path,
    target: Path,
    bit_depth: int | None = None,
    on_progress: Progress = lambda played_s, total_s: None,
) -> RenderReport:
    """Play `source` through `effect` into `target`: same rate, channels and length, aligned.

    The extension of `target` names the format. `bit_depth` is that of `source` if it is None, as
    far as the format allows. The file is written beside `target` and renamed when it is complete,
    so `target` stays as it was if this raises. Raise tonecast.Error, or what `on_progress` raises.
    """
    check_format(target, bit_depth)
    extension = target.suffix.lower()
    with open_audio(source) as reader, _open_stream(effect, source, reader) as stream:
        depth = bit_depth or closest_depth(reader.file_dtype, extension)
        with whole_file(target, reader.samplerate, reader.num_channels, depth) as sink:
            return _play(source, reader, stream, sink, on_progress)


def _play(
    source: Path,
    reader: ReadableAudioFile,
    stream: Stream,
    sink: AudioSink,
    on_progress: Progress,
) -> RenderReport:
    to_discard = stream.latency_samples
    played = 0
    while (block := _read(source, reader)).shape[1] > 0:
        late = stream.process(block)
        sink.write(late[:, to_discard:])
        to_discard = max(0, to_discard - late.shape[1])
        played += block.shape[1]
        on_progress(played / reader.samplerate, reader.duration)
    traces = {name: stream.automation_trace(name) for name in stream.automatic}
    sink.write(stream.flush()[:, to_discard:])
    counters = stream.counters
    return RenderReport(
        duration_s=played / reader.samplerate,
        nonfinite_input_samples=counters.nonfinite_input_samples,
        excessive_input_samples=counters.excessive_input_samples,
        frames=counters.frames,
        bad_frames=counters.bad_frames,
        predictions=counters.predictions,
        bad_predictions=counters.bad_predictions,
        peak=sink.peak,
        clipped=sink.clipped,
        automation_traces=traces,
        fallback_reasons=stream.fallback_reasons,
    )


def _read(source: Path, reader: ReadableAudioFile) -> Samples:
    try:
        block: Samples = reader.read(BLOCK_SAMPLES)
    except (ValueError, RuntimeError) as error:
        raise Error(f"{source} cannot be decoded after {reader.tell()} samples: {error}") from None
    return block


def _open_stream(effect: Effect, source: Path, reader: ReadableAudioFile) -> Stream:
    try:
        return effect.stream(reader.samplerate, BLOCK_SAMPLES, reader.num_channels)
    except ValueError as error:
        raise Error(f"{source}: {error}") from None
