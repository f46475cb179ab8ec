"""Effects on an audio device. Python opens and monitors it; the audio callback is C++ only."""

from __future__ import annotations

import threading
import time
import warnings
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .. import _engine
from ..effect_files.catalog import EffectEntry
from ..effect_files.contract import Contract
from ..effect_files.loading import Backend, Device, load_model
from ..effects.automation import ParameterValue
from ..effects.chain import Chain
from ..effects.effect import Effect, check_control_names
from ..effects.levels import CEILING_DB, MAX_CEILING_DB, MIN_CEILING_DB
from ..effects.parameters import CatalogEffect, load_predictor
from ..errors import Error
from ..samples import Samples
from .audio_devices import AudioDevice, check_settings, find_audio_device, may_feed_back
from .device_stream import DeviceStream

SOFT_START_S = 0.05
CAREFUL_START_S = 3.0  # where loudspeakers may feed back
RECORD_BUFFER_S = 20.0  # how long a disk may keep a recording waiting
HOUSEKEEPING_S = 0.1
RATES_HZ = 8000, 384_000  # that an engine plays
USUAL_BLOCK = 1024  # the longest expected where the device chooses the block size itself
LARGEST_BLOCK = 8192  # that may be asked for
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
    excessive_input_samples: int
    held_frames: int  # beyond the level of the effect's training: held to it
    limited_samples: int  # turned down by the limiter
    unrecorded_samples: int
    swaps: int
    input_peak: float
    output_peak: float


class LiveEffect(CatalogEffect):
    """An effect that plays on an audio device: its controls are attributes and act at once."""

    def __init__(
        self,
        entry: EffectEntry,
        contract: Contract,
        settings: dict[str, ParameterValue],
        hop_size_samples: int,
        backend: Backend,
        device: Device,
        oversampling: int,
        linear_phase: bool | None,
        chain: Chain,
        engine: _engine.Engine,
    ) -> None:
        self._entry = entry
        self._contract = contract
        self._backend = backend
        self._device = device
        self._oversampling = oversampling
        self._linear_phase = linear_phase
        self._hop_size_samples = hop_size_samples
        check_control_names(entry, LiveEffect)
        self._start(entry.name, entry.controls, settings, chain)
        self._connect(engine)

    @property
    def contract(self) -> Contract:
        """The contract of the file that plays at the device's rate."""
        return self._contract

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
    counters and times. Where `session.gone_for_s` says that the device is gone,
    `session.reopen_if_back()` gets it back.
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
        sidechain: bool = False,
        latency: str | float = "low",
        worker: bool | None = None,
        limiter: bool = True,
        ceiling_db: float = CEILING_DB,
        record: bool = False,
    ) -> None:
        if not MIN_CEILING_DB <= ceiling_db <= MAX_CEILING_DB:
            raise ValueError(
                f"the limiter's ceiling goes from {MIN_CEILING_DB:g} to {MAX_CEILING_DB:g} dBFS; "
                f"{ceiling_db:g} is outside"
            )
        self.limiter, self.ceiling_db = limiter, ceiling_db
        wanted_in, wanted_out = device if isinstance(device, tuple) else (device, device)
        input_device = find_audio_device(wanted_in, "input")
        output_device = find_audio_device(wanted_out, "output")
        self.channels = min(_whole("channels", channels, 1, 8), output_device.output_channels)
        if sample_rate is None:
            sample_rate = int(output_device.sample_rate_hz)
        self.sample_rate_hz = _whole("the sample rate", sample_rate, *RATES_HZ)
        self.may_feed_back = may_feed_back(input_device.name, output_device.name)
        self.worker = worker
        self._block_size = _whole("the block size", block_size, 0, LARGEST_BLOCK)
        self._max_block = block_size or USUAL_BLOCK
        input_channels = min(self.channels, input_device.input_channels)
        side_channels = 0
        if sidechain:
            side_channels = min(self.channels, input_device.input_channels - input_channels)
            if side_channels == 0:
                raise Error(
                    f"{input_device.name} has no input behind the {input_channels} of the sound "
                    f"for a side-chain; play fewer channels, or choose another device"
                )
        stream_channels = input_channels + side_channels, self.channels
        check_settings(input_device, output_device, stream_channels, self.sample_rate_hz)
        self._callback = _engine.AudioCallback(
            self.sample_rate_hz,
            input_channels + side_channels,
            self.channels,
            CAREFUL_START_S if self.may_feed_back else SOFT_START_S,
            RECORD_BUFFER_S if record else 0.0,
            side_channels,
        )
        self._swapping = threading.Lock()
        self._play(effect)
        self._warn()
        self._stream = DeviceStream(
            input_device,
            output_device,
            self._callback,
            channels=stream_channels,
            sample_rate_hz=self.sample_rate_hz,
            block_samples=block_size,
            latency=latency,
        )
        self._started_s = 0.0
        self._housekeeper: threading.Thread | None = None
        self._stop = threading.Event()

    def start(self) -> None:
        """Start playing. Raise tonecast.Error where the device refuses."""
        self._stream.start()
        self._started_s = time.monotonic()
        self._housekeeper = threading.Thread(target=self._housekeeping, daemon=True)
        self._housekeeper.start()

    def stop(self) -> None:
        """Stop playing and close the device. May be called again."""
        self._stop.set()
        if self._housekeeper:
            self._housekeeper.join()
        self._stream.close()

    @property
    def input(self) -> AudioDevice:
        """Where the sound comes from."""
        return self._stream.input

    @property
    def output(self) -> AudioDevice:
        """Where the sound goes to."""
        return self._stream.output

    def swap(self, effect: Effect) -> LiveEffect:
        """Prepare another effect, crossfade to it without a gap, and return it."""
        playing = self._play(effect)
        self._warn()
        return playing

    @property
    def fallback_reasons(self) -> list[str]:
        """Why models run on the CPU that were to run on a GPU: a line for each, or none."""
        return self.effect.fallback_reasons

    @property
    def gone_for_s(self) -> float | None:
        """How long ago a device that is gone last asked for sound; None while it plays."""
        return self._stream.gone_for_s

    def check(self) -> None:
        """Raise tonecast.Error where the device is gone."""
        if self.gone_for_s is not None:
            raise Error(f"{self.output.name} is gone: it no longer asks for sound")

    def reopen_if_back(self) -> bool:
        """Go on where a device that was gone is back: the sound fades in anew. True where it is.

        Call it again and again: it never waits for the device, and looks for it once a second.
        """
        return self._stream.reopen_if_back()

    @property
    def refusal(self) -> str:
        """Why a device that is back cannot be opened again; empty where nothing is known."""
        return self._stream.refusal

    def read_recording(self) -> Samples:
        """Output since the last call, [samples, channels]; sessions with `record` only."""
        return self._callback.read_recording(
            int(RECORD_BUFFER_S * self.sample_rate_hz), self.channels
        )

    @property
    def unrecorded_samples(self) -> int:
        """Output that came too fast for `read_recording`, in samples of each channel."""
        return self._callback.unrecorded_samples

    def report(self) -> LiveReport:
        """Counters and times so far. Peaks are the highest since the last report, linear."""
        card = self._callback.report()
        counters = self._callback.counters
        block = card.block_samples or self._block_size
        late = self.effect.latency_samples
        return LiveReport(
            effect=self.effect.name,
            seconds=time.monotonic() - self._started_s if self._started_s else 0.0,
            sample_rate_hz=self.sample_rate_hz,
            block_samples=block,
            channels=self.channels,
            latency_samples=late,
            latency_ms=1000 * (late / self.sample_rate_hz + self._stream.latency_s),
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
            excessive_input_samples=counters.excessive_input_samples,
            held_frames=counters.held_frames,
            limited_samples=counters.limited_samples,
            unrecorded_samples=self.unrecorded_samples,
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
        model_rate_hz = entry.rate_hz_for(self.sample_rate_hz)
        contract = entry.contracts[model_rate_hz]
        oversampling, linear_phase = asked.oversampling, asked.linear_phase
        model = load_model(entry.files[model_rate_hz], backend, device, oversampling)
        with self._swapping:
            worker = self._needs_worker(model, hop_size_samples)
            how = (self.channels, hop_size_samples, worker, self._max_block)
            _engine.check_budget(model, self.sample_rate_hz, *how)
            engine = _engine.Engine(model)
            engine.limiter, engine.ceiling_db = self.limiter, self.ceiling_db
            effect = LiveEffect(
                entry,
                contract,
                asked.settings,
                hop_size_samples,
                backend,
                device,
                oversampling,
                linear_phase,
                asked.chain,
                engine,
            )
            effect.check_budget(self.sample_rate_hz, worker, self._max_block)
            engine.prepare(self.sample_rate_hz, *how, linear_phase=linear_phase)
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


def _whole(name: str, value: float, lowest: int, highest: int) -> int:
    """The same. Raise tonecast.Error unless it is a whole number in this range."""
    if not (lowest <= value <= highest and value == int(value)):
        raise Error(f"{name} goes from {lowest} to {highest}; {value} is no such number")
    return int(value)


def live(effect: Effect | str, **settings: Any) -> LiveSession:
    """Play an effect, or one by name, between an audio device's input and output.

        with tonecast.live("resonance-eq", block_size=128) as session:
            session.effect.attenuation = 0.4
            input("Enter ends it")

    `device` is a number or part of a name, or one each for input and output; `sample_rate` in Hz,
    by default the device's own; `block_size` in samples, 0 leaves it to the device; `channels`;
    `sidechain=True` opens as many inputs behind those of the sound, for effects with a side-chain;
    `latency` is what PortAudio takes, "low", "high" or seconds from 0 to 10; `worker=False` runs
    the model in the callback itself, one hop sooner, which is also the default where a kernel plays
    it and a frame is quick enough; `limiter` holds every sample below `ceiling_db` in dBFS,
    whatever the effect gives: it has no latency, changes nothing below, and recovers with a time
    constant of 100 ms; `record` keeps the output for `session.read_recording()`. The effect says
    what computes the frames: `live(Effect("resonance-eq", device="cuda"))`.

    Raise tonecast.Error where there is no such device, it refuses, or the effect cannot keep up on
    this machine; the message says what would work.
    """
    return LiveSession(Effect(effect) if isinstance(effect, str) else effect, **settings)
