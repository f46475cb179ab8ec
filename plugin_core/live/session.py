"""Effects on an audio device. Python opens and monitors it; the audio callback is C++ only."""

from __future__ import annotations

import atexit
import threading
import time
import warnings
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .. import _engine
from ..effect_files.catalog import EffectEntry
from ..effect_files.loading import Backend, Device, load_model
from ..effects.automation import ParameterValue
from ..effects.effect import Effect, check_control_names
from ..effects.parameters import CatalogEffect, load_predictor
from ..errors import Error
from ..samples import Samples
from .audio_devices import explained, find_audio_device, may_feed_back, portaudio

SOFT_START_S = 0.05
CAREFUL_START_S = 3.0  # where loudspeakers may feed back
RECORD_BUFFER_S = 5.0
HOUSEKEEPING_S = 0.1
STALLED_S = 2.0  # a device without a callback for so long is gone
USUAL_BLOCK = 1024  # the longest expected where the device chooses the block size itself
MAX_BLOCK = 16384  # the longest that a worker is given time for


@dataclass(frozen=True)
class LiveReport:
    """Counters and times of a session. Times are of whole callbacks, none left out."""

    effect: str
    seconds: float
    sample_rate_hz: int
    block_samples: int
    channels: int
    latency_samples: int  # of the effect
    latency_ms: float  # of effect and device together
    callbacks: int
    p50_us: float
    p99_us: float
    p999_us: float
    max_us: float
    budget_us: float
    misses: int
    input_xruns: int
    output_xruns: int
    frames: int
    late_frames: int
    bad_frames: int
    predictions: int
    late_predictions: int  # the last value held
    bad_predictions: int
    automatic: dict[str, float]  # automatic controls and their present values
    fallback_reasons: list[str]  # why models run on the CPU that were to run on a GPU
    missing_realtime_priority: bool  # so other programs may delay model and predictor
    nonfinite_input_samples: int
    unrecorded_samples: int
    swaps: int
    input_peak: float
    output_peak: float


class LiveEffect(CatalogEffect):
    """An effect that plays on an audio device: its controls are attributes and act at once."""

    def __init__(
        self,
        entry: EffectEntry,
        settings: dict[str, ParameterValue],
        hop_size_samples: int,
        backend: Backend,
        device: Device,
        engine: _engine.Engine,
    ) -> None:
        self._entry = entry
        self._backend = backend
        self._device = device
        self._hop_size_samples = hop_size_samples
        check_control_names(entry, LiveEffect)
        self._start(entry.controls, settings)
        self._connect(engine)

    @property
    def latency_samples(self) -> int:
        """The effect's latency, at the device's rate."""
        return self._stream_engine.latency_samples

    @property
    def missing_realtime_priority(self) -> bool:
        """Whether the system has refused real-time priority to model and predictor."""
        return self._stream_engine.missing_realtime_priority

    def check_budget(self, sample_rate_hz: int, worker: bool, max_block: int) -> None:
        """Raise tonecast.Error where a predictor cannot keep up."""
        for name in self.automatic:
            predictor = load_predictor(self._predictors[name], self._device)
            _engine.check_prediction_budget(predictor, sample_rate_hz, worker, max_block)

    def __repr__(self) -> str:
        shown = self._shown_controls()
        return f"<{self.name} live{', ' if shown else ''}{shown}>"


class LiveSession:
    """An effect between an audio device's input and output; made by `tonecast.live`.

    Use it in a `with` block, or call `start` and `stop`. `session.effect` has the controls of the
    effect that plays now; `session.swap(other)` crossfades to another one; `session.report()` gives
    counters and times.
    """

    effect: LiveEffect

    def __init__(
        self,
        effect: Effect,
        *,
        device: int | str | tuple[int | str | None, int | str | None] | None = None,
        sample_rate: int | None = None,
        block_size: int = 0,
        channels: int = 2,
        latency: str | float = "low",
        worker: bool | None = None,
        record: bool = False,
    ) -> None:
        wanted_in, wanted_out = device if isinstance(device, tuple) else (device, device)
        self.input = find_audio_device(wanted_in, "input")
        self.output = find_audio_device(wanted_out, "output")
        self.channels = min(channels, self.output.output_channels)
        self.sample_rate_hz = int(sample_rate or self.output.sample_rate_hz)
        self.may_feed_back = may_feed_back(self.input.name, self.output.name)
        self.worker = worker
        self._block_size = block_size
        self._max_block = block_size or USUAL_BLOCK
        input_channels = min(self.channels, self.input.input_channels)
        self._callback = _engine.AudioCallback(
            self.sample_rate_hz,
            input_channels,
            self.channels,
            CAREFUL_START_S if self.may_feed_back else SOFT_START_S,
            RECORD_BUFFER_S if record else 0.0,
        )
        self._swapping = threading.Lock()
        self._play(effect)
        self._warn()
        self._stream = self._open(input_channels, latency)
        self._started_s = 0.0
        self._gone = False
        self._last_callbacks = 0
        self._last_seen_s = 0.0
        self._housekeeper: threading.Thread | None = None
        self._stop = threading.Event()

    def start(self) -> None:
        """Start playing. Raise tonecast.Error where the device refuses."""
        with explained(f"{self.output.name} cannot be started"):
            self._stream.start()
        self._started_s = self._last_seen_s = time.monotonic()
        self._housekeeper = threading.Thread(target=self._housekeeping, daemon=True)
        self._housekeeper.start()

    def stop(self) -> None:
        """Stop playing and close the device. May be called again."""
        self._stop.set()
        if self._housekeeper:
            self._housekeeper.join()
        if self._gone:
            self._abandon()
        else:
            self._stream.close(ignore_errors=True)

    def swap(self, effect: Effect) -> LiveEffect:
        """Prepare another effect, crossfade to it without a gap, and return it."""
        playing = self._play(effect)
        self._warn()
        return playing

    @property
    def fallback_reasons(self) -> list[str]:
        """Why models run on the CPU that were to run on a GPU: a line for each, or none."""
        return self.effect.fallback_reasons

    def check(self) -> None:
        """Raise tonecast.Error where the device is gone."""
        now_s = time.monotonic()
        callbacks = self._callback.callbacks
        if callbacks != self._last_callbacks:
            self._last_callbacks, self._last_seen_s = callbacks, now_s
        if not self._stream.active or now_s - self._last_seen_s > STALLED_S:
            self._gone = True
            raise Error(f"{self.output.name} is gone: it no longer asks for sound")

    def read_recording(self) -> Samples:
        """Output since the last call, [samples, channels]; sessions with `record` only."""
        return self._callback.read_recording(
            int(RECORD_BUFFER_S * self.sample_rate_hz), self.channels
        )

    def report(self) -> LiveReport:
        """Counters and times so far. Peaks are the highest since the last report, linear."""
        card = self._callback.report()
        counters = self._callback.counters
        block = card.block_samples or self._block_size
        stream_latency_s = sum(self._stream.latency)
        late = self.effect.latency_samples
        return LiveReport(
            effect=self.effect.name,
            seconds=time.monotonic() - self._started_s if self._started_s else 0.0,
            sample_rate_hz=self.sample_rate_hz,
            block_samples=block,
            channels=self.channels,
            latency_samples=late,
            latency_ms=1000 * (late / self.sample_rate_hz + stream_latency_s),
            callbacks=card.callbacks,
            p50_us=self._callback.percentile_us(0.5),
            p99_us=self._callback.percentile_us(0.99),
            p999_us=self._callback.percentile_us(0.999),
            max_us=self._callback.longest_us,
            budget_us=1e6 * block / self.sample_rate_hz,
            misses=card.misses,
            input_xruns=card.input_xruns,
            output_xruns=card.output_xruns,
            frames=counters.frames,
            late_frames=counters.late_frames,
            bad_frames=counters.bad_frames,
            predictions=counters.predictions,
            late_predictions=counters.late_predictions,
            bad_predictions=counters.bad_predictions,
            automatic=self.effect.automatic,
            fallback_reasons=self.fallback_reasons,
            missing_realtime_priority=self.effect.missing_realtime_priority,
            nonfinite_input_samples=counters.nonfinite_input_samples,
            unrecorded_samples=card.unrecorded_samples,
            swaps=self._callback.swaps,
            input_peak=card.input_peak,
            output_peak=card.output_peak,
        )

    def __enter__(self) -> LiveSession:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _play(self, asked: Effect | LiveEffect) -> LiveEffect:
        """Prepare an engine for the device, and crossfade to it."""
        entry, hop_size_samples = asked.entry, asked.hop_size_samples
        backend, device = asked.backend, asked.device
        model = load_model(entry.files[entry.rate_hz_for(self.sample_rate_hz)], backend, device)
        with self._swapping:
            worker = self._needs_worker(model, hop_size_samples)
            how = (self.channels, hop_size_samples, worker, self._max_block)
            _engine.check_budget(model, self.sample_rate_hz, *how)
            engine = _engine.Engine(model)
            effect = LiveEffect(entry, asked.settings, hop_size_samples, backend, device, engine)
            effect.check_budget(self.sample_rate_hz, worker, self._max_block)
            engine.prepare(self.sample_rate_hz, *how)
            self._callback.put(engine)
            self.effect = effect
        return effect

    def _warn(self) -> None:
        for reason in self.fallback_reasons:
            warnings.warn(reason, RuntimeWarning, stacklevel=3)

    def _needs_worker(self, model: _engine.Model, hop_size_samples: int) -> bool:
        """What was asked for; else no worker if the model is real-time safe and fast enough."""
        if self.worker is not None or not model.real_time_safe:
            return self.worker is not False
        how = (self.channels, hop_size_samples, False, self._max_block)
        try:
            _engine.check_budget(model, self.sample_rate_hz, *how)
        except Error:
            return True
        return False

    def _open(self, input_channels: int, latency: str | float) -> Any:
        """A stream that calls C++ directly, so that no interpreter lock is in the audio path."""
        sounddevice = portaudio()
        ffi = sounddevice._ffi

        class Stream(sounddevice._StreamBase):  # type: ignore[misc, name-defined]
            """sounddevice's base class: made for libraries, it accepts C callbacks."""

        with explained(f"{self.input.name} → {self.output.name} cannot be opened"):
            return Stream(
                kind="duplex",
                samplerate=self.sample_rate_hz,
                blocksize=self._block_size,
                device=(self.input.index, self.output.index),
                channels=(input_channels, self.channels),
                dtype="float32",
                latency=latency,
                clip_off=True,
                dither_off=True,
                callback=ffi.cast("PaStreamCallback *", self._callback.function_address),
                userdata=ffi.cast("void *", self._callback.user_data_address),
            )

    def _abandon(self) -> None:
        """Do not close a stream whose server is gone: PortAudio would wait ten minutes for it."""
        _abandoned.append(self)  # PortAudio may still hold a pointer to the callback
        atexit.unregister(portaudio()._exit_handler)

    def _housekeeping(self) -> None:
        """Release engines that have faded out, and adapt to longer blocks than expected."""
        late_before = 0
        while not self._stop.wait(HOUSEKEEPING_S):
            self._callback.collect()
            late_frames = self.effect.counters.late_frames
            if self._callback.block_samples > self._max_block:
                self._expect(self._callback.block_samples)
            elif late_frames >= late_before + 2 and self._model_is_quick():
                self._expect(2 * self._max_block)
            late_before = self.effect.counters.late_frames

    def _model_is_quick(self) -> bool:
        """Whether late frames were waiting to be scheduled, not for the model to finish.

        PortAudio may cut a server's long period into several callbacks that come in one burst.
        """
        entry = self.effect.entry
        rate_hz = entry.rate_hz_for(self.sample_rate_hz)
        hop_us = 1e6 * self.effect.hop_size_samples / rate_hz
        return self.effect.counters.longest_frame_us < hop_us / 2

    def _expect(self, block_samples: int) -> None:
        """Give the worker the time that such blocks need: more latency, and no late frames."""
        if block_samples <= MAX_BLOCK:
            self._max_block = block_samples
            self._play(self.effect)


_abandoned: list[LiveSession] = []


def live(effect: Effect | str, **settings: Any) -> LiveSession:
    """Play an effect, or one by name, between an audio device's input and output.

        with tonecast.live("resonance-eq", block_size=128) as session:
            session.effect.attenuation = 0.4
            input("Enter ends it")

    `device` is a number or part of a name, or one each for input and output; `sample_rate` in Hz,
    by default the device's own; `block_size` in samples, 0 leaves it to the device; `channels`;
    `latency` is what PortAudio takes, "low", "high" or seconds; `worker=False` runs the model in
    the callback itself, one hop sooner, which is also the default where a kernel plays it and a
    frame is quick enough; `record` keeps the output for `session.read_recording()`. The effect
    says what computes the frames: `live(Effect("resonance-eq", device="cuda"))`.

    Raise tonecast.Error where there is no such device, it refuses, or the effect cannot keep up on
    this machine; the message says what would work.
    """
    return LiveSession(Effect(effect) if isinstance(effect, str) else effect, **settings)
