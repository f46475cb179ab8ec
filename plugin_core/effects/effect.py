"""An effect: a file, its controls, and sound through it."""

from __future__ import annotations

import inspect
import keyword
import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import _engine
from ..effect_files.catalog import EffectEntry, find_effect
from ..effect_files.contract import Contract
from ..effect_files.loading import Backend, Device, load_model
from ..effect_files.presets import find_preset
from ..errors import Error
from ..forking import is_orphaned, watch_forks
from ..samples import Samples
from .arrays import (
    Audio,
    check_count,
    check_has_sidechain,
    check_sample_rate,
    played_channels,
    silenced_input,
    to_channels,
    to_planar,
    to_planar_sidechain,
    to_samples,
)
from .automation import ParameterValue
from .bandwidth import bandwidth_note
from .chain import Stereo, make_chain
from .levels import louder_text
from .parameters import HOST_PARAMETERS, CatalogEffect
from .scale import peak_of, scale_note
from .stream import Stream
from .user_warnings import BandwidthWarning, warn_user


class Effect(CatalogEffect):
    """A shipped effect by name, the .onnx file at a path, or a capture by another program.

        effect = Effect("resonance-eq", attenuation=0.4)
        effect.low_hz = 200
        clean = effect(audio, sample_rate)

    Controls are attributes and keyword arguments; `effect.controls` lists them with their ranges.
    Where one is `automatic_by` a predictor, "auto" lets that move it, and
    `effect.automation_trace()` gives its values over the sound that was played last.
    Every effect also has `mix` (0 dry … 1 wet), `input_gain_db`, `output_gain_db` and `bypass`, and
    what guitarists play around a capture: `gate_db` (a noise gate's threshold; −100 is off),
    `bass_db`, `middle_db` and `treble_db` behind the model, then a `cabinet` by a file with its
    impulse response, and `stereo`: "linked", "dual" or "mid-side".
    `preset` is one by name, of those that `tonecast.presets(name)` lists: its settings, where none
    are given beside it.
    `hop_size_samples` chooses among `effect.contract.hop_sizes_samples`, at the model's rate: more
    frames a second follow the sound more closely and cost more. `backend` says what computes them:
    "auto" is the kernel made for the effect where there is one, and "onnxruntime" elsewhere;
    "kernel-fast" and "kernel-exact" name one of its two ways to convolve.
    `device` is "cpu", "cuda" for a GPU, or "auto" for a GPU where there is one and no kernel made
    for the effect. Where a GPU fails, or takes longer than the CPU, the CPU takes over without
    losing a sample; one RuntimeWarning says so, and `effect.fallback_reasons` at any time.

    A causal effect that a kernel plays, a capture for example, may be played at 2, 4 or 8 times its
    own rate (`oversampling`), so that less of what it distorts folds down; it costs as many times
    as much. `linear_phase` says how rates are converted, around that and to other hosts' rates: all
    frequencies equally late, or, with `False`, without latency where the ratio is 2, 4 or 8. `None`
    is `False` for causal effects.

    Threads may share an effect: calls that play wait for each other, and controls may be set at any
    time. To play in parallel, make one effect for each thread; they share the model.

    Copies, and what is pickled for another process, have the file and the settings, and a stream of
    their own. After a fork the child goes on where the parent stands, but anew where another thread
    was playing.

    Raise tonecast.Error, a ValueError, for an unknown name or a file that cannot be played,
    TypeError for an unknown control, and ValueError for a value outside of a control's range.
    """

    _prepared: tuple[int, int, int] | None  # sample rate, channels, hop of the running stream
    _model_rate_hz: int
    _to_discard: int  # samples of latency that are still to come out of the engine
    _interleaved: bool | None  # the layout of the last array
    _given_channels: int | None  # of the last array

    def __init__(
        self,
        name_or_path: str | os.PathLike[str],
        *,
        hop_size_samples: int | None = None,
        backend: Backend = "auto",
        device: Device = "cpu",
        oversampling: int = 1,
        linear_phase: bool | None = None,
        cabinet: str | os.PathLike[str] | None = None,
        stereo: Stereo = "linked",
        preset: str | None = None,
        **controls: ParameterValue,
    ) -> None:
        self._entry = find_effect(name_or_path)
        self._backend: Backend = backend
        self._device = device
        self._oversampling = oversampling
        self._linear_phase = linear_phase
        self._reported: set[str] = set()  # what was warned of once
        self._lock = threading.RLock()
        if self._entry.contract.kind != "effect":
            raise Error(f"{self.name} is a predictor: it makes no sound by itself")
        check_control_names(self._entry, Effect)
        if preset is not None:
            settings: dict[str, Any] = {**find_preset(preset, self.name).settings, **controls}
            of_preset = settings.pop("stereo", stereo)
            stereo = of_preset if stereo == "linked" else stereo
            controls = settings
        self._start(self.name, self._entry.controls, controls, make_chain(cabinet, stereo))
        self._prepared = None
        self._to_discard = 0
        self._interleaved = self._given_channels = None
        self._use_model(self._entry.contract.sample_rate_hz)
        self.hop_size_samples = hop_size_samples or self.contract.hop_size_samples
        watch_forks(self)

    def __reduce__(self) -> tuple[object, ...]:
        given = {
            "hop_size_samples": self._hop_size_samples,
            "backend": self._backend,
            "device": self._device,
            "oversampling": self._oversampling,
            "linear_phase": self._linear_phase,
            "cabinet": self.cabinet,
            "stereo": self.stereo,
            **self._portable_settings(),
        }
        return _make, (type(self), self._entry.where, given)

    @property
    def contract(self) -> Contract:
        """The file's contract; of files for several rates, that of the one played at 48 kHz."""
        return self._entry.contract

    @property
    def hop_size_samples(self) -> int:
        """Samples from one frame to the next, at the model's rate."""
        return self._hop_size_samples

    @hop_size_samples.setter
    def hop_size_samples(self, hop_size_samples: int) -> None:
        known = self.contract.hop_sizes_samples
        if hop_size_samples not in known:
            raise ValueError(
                f"{self.name} plays with a hop of {' or '.join(map(str, known))} samples, "
                f"not {hop_size_samples}"
            )
        self._hop_size_samples = int(hop_size_samples)

    def latency_samples(self, sample_rate: float) -> int:
        """Latency of a stream at this sample rate; whole arrays come back aligned."""
        rate_hz = check_sample_rate(sample_rate)
        return self.open_stream(rate_hz, channels=self.contract.channels or 1).latency_samples

    def process(
        self,
        audio: Audio,
        sample_rate: float,
        buffer_size: int = 8192,
        reset: bool = True,
        sidechain: Audio | None = None,
    ) -> Samples:
        """Play `audio` through the effect, as pedalboard's `Plugin.process` does.

        Shape: [samples], [channels, samples] or [samples, channels], the shorter axis being the
        channels (1 to 8); what comes back has the same layout, as float32. Squares are taken for
        what the last array was, and blocks shorter than the channels for what the stream is.
        float32 and float64, full scale at ±1. Effects that play channels together, such as stereo
        effects, all hear a sound of one channel: what comes back has theirs, and of [samples]
        becomes [channels, samples].

        With `reset`, the sound stands alone: what comes back is aligned with it and equally long.
        Without, the stream of the last call resumes: after a `reset()` the first
        `latency_samples(sample_rate)` are held back, so that much less comes back; play as many
        zeros to receive the end. Another sample rate, number of channels or hop size resets it.

        `sidechain` is what an effect with one listens to, in the shape of `audio`, or with one
        channel for all; without it such an effect listens to its input. Input gain and noise gate
        are of the input alone.

        `buffer_size` is how many samples go through at a time; it changes nothing but memory.

        NaN, Inf and what is beyond ±1e15 are played as silence and reported by a RuntimeWarning, as
        are frames that the model fails on (they stay dry), predictions that cannot be followed,
        samples on the scale of integers and, once, sound beyond the level of the effect's training.
        A BandwidthWarning, once for a sample rate, says what the model's loses. Raise TypeError or
        ValueError for other arrays and rates.
        """
        with self._lock:
            stream_channels = self._given_channels if self._prepared and not reset else None
            planar, layout = to_planar(audio, self._interleaved, stream_channels)
            rate_hz = check_sample_rate(sample_rate)
            if note := scale_note(peak_of(audio)):
                warn_user(note)
            self._interleaved, self._given_channels = layout.interleaved, planar.shape[0]
            planar = self._for_all(planar)
            key = None if sidechain is None else to_planar_sidechain(sidechain, planar, layout)
            return layout.restore(self.process_planar(planar, rate_hz, buffer_size, reset, key))

    def process_planar(
        self,
        planar: Audio,
        sample_rate_hz: int,
        buffer_size: int = 8192,
        reset: bool = True,
        sidechain: Audio | None = None,
    ) -> Samples:
        """As `process`, for [channels, samples] in and out only, however few samples."""
        if buffer_size < 1:
            raise ValueError(f"buffer_size must be at least 1 sample, not {buffer_size}")
        if sidechain is not None:
            check_has_sidechain(self.name, self.contract)
        planar = self._for_all(planar)
        if planar.size == 0:
            return np.zeros(planar.shape, dtype=np.float32)
        with self._lock:
            self._prepare(sample_rate_hz, planar.shape[0])
            if reset:
                self._restart()
            before = self._stream_engine.counters
            tail = self._stream_engine.latency_samples if reset else 0
            sounds = [planar] if sidechain is None else [planar, sidechain]
            out = self._play(sounds, buffer_size, tail)
            self._warn(before, self._stream_engine.counters)
        return out

    __call__ = process

    def stream(self, sample_rate: float, max_block: int = 8192, channels: int = 2) -> Stream:
        """Open a stream of blocks, with the controls as they stand now; warns as `process` does.

        `channels` are those of the blocks that go in.
        """
        stream = self.open_stream(sample_rate, max_block, channels, warns=True)
        self._warn_of_bandwidth(check_sample_rate(sample_rate))
        return stream

    def open_stream(
        self, sample_rate: float, max_block: int = 8192, channels: int = 2, warns: bool = False
    ) -> Stream:
        """`stream` without its warnings, for hosts that show their own notes."""
        rate_hz = check_sample_rate(sample_rate)
        path = self._entry.files[self._fitting_rate(rate_hz)]
        return Stream(
            load_model(path, self._backend, self._device, self._oversampling),
            self.name,
            self._entry.controls,
            self._settings,
            rate_hz,
            max_block,
            channels,
            self._hop_size_samples,
            self._device,
            warns,
            self._linear_phase,
            self._chain,
            played_channels(self.contract, check_count("channels", channels)),
        )

    def bandwidth_note(self, sample_rate: float) -> str:
        """What is lost at this rate: "plays up to 8 kHz; what is above is lost", or nothing."""
        rate_hz = check_sample_rate(sample_rate)
        note = bandwidth_note(self._fitting_rate(rate_hz), rate_hz)
        return note and f"{self.name} {note}"

    def reset(self) -> None:
        """Forget all sound so far; controls keep their values."""
        with self._lock:
            self._interleaved = self._given_channels = None
            if self._prepared:
                self._restart()

    def _for_all(self, planar: Audio) -> Audio:
        """[channels, samples] as they are played: one channel for all that play together."""
        return to_channels(planar, played_channels(self.contract, planar.shape[0]))

    def _warn(self, before: _engine.Counters, after: _engine.Counters) -> None:
        """Warn of non-finite samples, failed frames and predictions, and devices that fell back."""
        silenced = silenced_input(
            after.nonfinite_input_samples - before.nonfinite_input_samples,
            after.excessive_input_samples - before.excessive_input_samples,
        )
        if silenced:
            warn_user(silenced)
        if after.bad_frames > before.bad_frames:
            warn_user(
                f"{self.name} failed on {after.bad_frames - before.bad_frames} of "
                f"{after.frames - before.frames} frames; they were left as they were"
            )
        if after.bad_predictions > before.bad_predictions:
            warn_user(
                f"{after.bad_predictions - before.bad_predictions} of "
                f"{after.predictions - before.predictions} predictions were no values of the "
                f"control that they move; the last good one held"
            )
        if after.held_frames > before.held_frames and "level" not in self._reported:
            self._reported.add("level")
            warn_user(louder_text(self._playing_contract))
        for reason in self.fallback_reasons:
            what, _, _ = reason.partition("(")  # the figures differ from stream to stream
            if what not in self._reported:
                self._reported.add(what)
                warn_user(reason)

    def _warn_of_bandwidth(self, rate_hz: int) -> None:
        note = self.bandwidth_note(rate_hz)
        once = f"{note} at {rate_hz}"
        if note and once not in self._reported:
            self._reported.add(once)
            warn_user(note, BandwidthWarning)

    @property
    def _playing_contract(self) -> Contract:
        """The contract of the file that plays at the present rate."""
        return self._entry.contracts[self._model_rate_hz]

    def _fitting_rate(self, rate_hz: int) -> int:
        if rate_hz < 1:
            raise ValueError(f"a sample rate of {rate_hz} Hz cannot be played")
        return self._entry.rate_hz_for(rate_hz)

    def _use_model(self, model_rate_hz: int) -> None:
        path = self._entry.files[model_rate_hz]
        model = load_model(path, self._backend, self._device, self._oversampling)
        self._prepared = None
        self._connect(_engine.Engine(model))
        self._model_rate_hz = model_rate_hz

    def _prepare(self, rate_hz: int, channels: int) -> None:
        wanted = (rate_hz, channels, self._hop_size_samples)
        if self._prepared == wanted:
            return
        self._prepared = None
        model_rate_hz = self._fitting_rate(rate_hz)
        if model_rate_hz != self._model_rate_hz:
            self._use_model(model_rate_hz)
        self._stream_engine.prepare(*wanted, linear_phase=self._linear_phase)
        self._to_discard = self._stream_engine.latency_samples
        self._prepared = wanted
        self._warn_of_bandwidth(rate_hz)

    def _restart(self) -> None:
        self._stream_engine.reset()
        self._to_discard = self._stream_engine.latency_samples

    def _after_fork(self) -> None:
        if is_orphaned(self._lock):
            self._lock = threading.RLock()
            self._prepared = None
            self._model_rate_hz = 0  # another engine: this one stopped in the middle of a block

    def _play(self, sounds: Sequence[Audio], buffer_size: int, tail: int) -> Samples:
        """Play a sound and `tail` zeros after it, without the samples still to be discarded.

        The second of two is its side-chain.
        """
        channels, samples = sounds[0].shape
        out = np.empty((channels, max(0, samples + tail - self._to_discard)), dtype=np.float32)
        written = 0
        for start in range(0, samples + tail, buffer_size):
            size = min(buffer_size, samples + tail - start)
            block, *sidechain = (_padded(sound[:, start : start + size], size) for sound in sounds)
            played = np.empty_like(block)
            self._stream_engine.process(block, played, *sidechain)
            discarded = min(self._to_discard, played.shape[1])
            self._to_discard -= discarded
            kept = played.shape[1] - discarded
            out[:, written : written + kept] = played[:, discarded:]
            written += kept
        return out

    def __repr__(self) -> str:
        shown = self._shown_controls()
        return f"Effect({self.name!r}{', ' if shown else ''}{shown})"


def _padded(planar: Audio, samples: int) -> Samples:
    """[channels, samples], zeros at the end."""
    block = to_samples(planar)
    missing = samples - block.shape[1]
    return np.pad(block, ((0, 0), (0, missing))) if missing else block


def _make(kind: type[Effect], name_or_path: str, given: Mapping[str, Any]) -> Effect:
    """The effect that was pickled or copied."""
    return kind(name_or_path, **given)


def is_taken(name: str) -> bool:
    """Whether a control of that name could be no attribute and argument of every effect."""
    return name in _TAKEN


def check_control_names(entry: EffectEntry, player: type) -> None:
    """Raise tonecast.Error where a control cannot be an attribute and an argument of a `player`.

    An attribute of the class would hide the control, an argument would come twice, and a keyword
    can be neither.
    """
    for control in entry.controls:
        if is_taken(control.name) or control.name in dir(player):
            paths = ", ".join(str(path) for path in entry.files.values())
            raise Error(
                f"{paths}: a control cannot be named {control.name!r} in Python, where it would be "
                "an attribute and an argument; export the model with another name"
            )


_TAKEN = frozenset(
    {
        *dir(Effect),
        *dir(Stream),
        *HOST_PARAMETERS,
        *inspect.signature(Effect.__init__).parameters,
        *keyword.kwlist,
    }
)
