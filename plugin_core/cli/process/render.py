"""Play an audio file through an effect into another one, in blocks: memory use is constant."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...audio_files.files import (
    AudioSink,
    check_format,
    check_length,
    closest_depth,
    open_audio,
    whole_file,
)
from ...audio_files.reading import AudioReader
from ...audio_files.sidechain import SidechainReader
from ...effects.arrays import played_channels, silenced_input
from ...effects.automation import AutomationTrace
from ...effects.effect import Effect
from ...effects.levels import louder_text
from ...effects.scale import peak_of, scale_note
from ...effects.stream import Stream
from ...errors import Error
from ...samples import Samples

if TYPE_CHECKING:
    from ...audio_files.tags import Tags

BLOCK_SAMPLES = 16384
# Called with the seconds of sound played so far and in total; raises to stop.
Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class RenderReport:
    """Counters of a rendering; peaks are the largest magnitudes, linear, full scale = 1."""

    duration_s: float
    nonfinite_input_samples: int
    excessive_input_samples: int
    held: str  # what was done about sound beyond the level of the training, or ""
    frames: int
    bad_frames: int
    predictions: int
    bad_predictions: int
    input_peak: float
    peak: float
    clipped: bool
    automation_traces: Mapping[str, AutomationTrace]  # of the automatic controls
    fallback_reasons: Sequence[str]  # why models ran on the CPU that were to run on a GPU
    bandwidth_note: str  # what the effect's rate loses of the sound
    tags_note: str  # why the tags could not be copied

    @property
    def notes(self) -> list[str]:
        """Notes for the user, a line each."""
        notes = [*self.fallback_reasons, *filter(None, (self.bandwidth_note, self.tags_note))]
        silenced = silenced_input(self.nonfinite_input_samples, self.excessive_input_samples)
        notes += filter(None, (silenced, self.held))
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
        if scale := scale_note(self.input_peak):
            notes.append(scale)
        elif self.clipped:
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
    *,
    extension: str | None = None,
    overwrite: bool = True,
    sidechain: Path | None = None,
) -> RenderReport:
    """Play `source` through `effect` into `target`: same rate, channels, length and tags, aligned.

    Of one channel an effect that plays several together makes as many. Both may be pipes.
    `extension` names the format, by default that of `target`. `bit_depth` is that of `source` if it
    is None, as far as the format allows. `sidechain` is what the effect listens to, at the rate and
    of the length of `source`. The file is written beside `target` and renamed when it is complete,
    so `target` stays as it was if this raises. Raise tonecast.Error, or what `on_progress` raises.
    """
    extension = extension or target.suffix.lower()
    check_format(target, bit_depth, extension)

    def keep_waiting() -> None:
        on_progress(0.0, 0.0)

    with contextlib.ExitStack() as opened:
        reader = opened.enter_context(open_audio(source, keep_waiting))
        stream = opened.enter_context(_open_stream(effect, source, reader))
        key = None
        if sidechain is not None:
            beside = opened.enter_context(open_audio(sidechain, keep_waiting))
            key = SidechainReader(sidechain, beside, source, reader)
        depth = bit_depth or closest_depth(reader.file_dtype, extension)
        channels = played_channels(effect.contract, reader.num_channels)
        check_length(target, extension, reader.frames * channels * depth // 8)
        tags, tags_note = _tags(reader)
        with whole_file(
            target,
            reader.samplerate,
            channels,
            depth,
            extension=extension,
            overwrite=overwrite,
            tags=tags,
            keep_waiting=keep_waiting,
        ) as sink:
            report = _play(effect, source, reader, key, stream, sink, on_progress)
    note = effect.bandwidth_note(reader.samplerate)
    return replace(report, bandwidth_note=note, tags_note=tags_note or sink.tags_note)


def _tags(reader: AudioReader) -> tuple[Tags | None, str]:
    """The tags of a sound, or why there are none: they are no reason to lose the sound."""
    from ...audio_files.tags import read_tags

    try:
        return read_tags(reader.source), ""
    except Exception as error:  # whatever mutagen raises for damaged ones
        return None, f"the tags are damaged and were not copied ({type(error).__name__})"


def _play(
    effect: Effect,
    source: Path,
    reader: AudioReader,
    sidechain: SidechainReader | None,
    stream: Stream,
    sink: AudioSink,
    on_progress: Progress,
) -> RenderReport:
    to_discard = stream.latency_samples
    played = 0
    input_peak = 0.0
    while (block := _read(source, reader)).shape[1] > 0:
        input_peak = max(input_peak, peak_of(block))
        key = None if sidechain is None else sidechain.read(block.shape[1])
        late = stream.process(block, sidechain=key)
        sink.write(late[:, to_discard:])
        to_discard = max(0, to_discard - late.shape[1])
        played += block.shape[1]
        on_progress(played / reader.samplerate, reader.duration)
    if sidechain is not None:
        sidechain.check_end()
    traces = {name: stream.automation_trace(name) for name in stream.automatic}
    sink.write(stream.flush()[:, to_discard:])
    counters = stream.counters
    entry = effect.entry
    return RenderReport(
        duration_s=played / reader.samplerate,
        nonfinite_input_samples=counters.nonfinite_input_samples,
        excessive_input_samples=counters.excessive_input_samples,
        held=louder_text(entry.contracts[entry.rate_hz_for(int(reader.samplerate))])
        if counters.held_frames
        else "",
        frames=counters.frames,
        bad_frames=counters.bad_frames,
        predictions=counters.predictions,
        bad_predictions=counters.bad_predictions,
        input_peak=input_peak,
        peak=sink.peak,
        clipped=sink.clipped,
        automation_traces=traces,
        fallback_reasons=stream.fallback_reasons,
        bandwidth_note="",
        tags_note="",
    )


def _read(source: Path, reader: AudioReader) -> Samples:
    try:
        block: Samples = reader.read(BLOCK_SAMPLES)
    except (ValueError, RuntimeError) as error:
        raise Error(f"{source} cannot be decoded after {reader.tell()} samples: {error}") from None
    return block


def _open_stream(effect: Effect, source: Path, reader: AudioReader) -> Stream:
    try:
        return effect.open_stream(reader.samplerate, BLOCK_SAMPLES, reader.num_channels)
    except ValueError as error:
        raise Error(f"{source}: {error}") from None
