"""An effect played block by block, as a live host does."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import NoReturn

import numpy as np

from .. import _engine
from ..effect_files.contract import Contract, Control
from ..effect_files.loading import Device
from ..forking import is_orphaned, watch_forks
from ..samples import Samples
from .arrays import (
    Audio,
    Layout,
    check_audio,
    check_count,
    check_has_sidechain,
    to_channels,
    to_planar_sidechain,
    to_samples,
)
from .automation import ParameterValue
from .chain import NO_CHAIN, Chain
from .parameters import EffectParameters
from .scale import peak_of, scale_note
from .user_warnings import warn_user


class Stream(EffectParameters):
    """Plays blocks of any length; made by `Effect.stream`.

    The output is late by `latency_samples`. However the sound is cut into blocks, the samples are
    the same, bit for bit.

        with effect.stream(sample_rate=48000, max_block=512, channels=2) as stream:
            for block in blocks:  # [2, n] with n ≤ 512
                play(stream.process(block))
            play(stream.flush())

    Controls are attributes, as on the effect; the stream has its own copy of them. They may be set
    from any thread while another one plays. Everything else is for one thread at a time: calls wait
    for each other. A stream cannot be pickled or copied. A forked child has a stream of its own,
    which goes on where this one stands, but anew where another thread was playing.
    """

    _max_block: int
    _channels: int  # of the blocks that go in
    _played_channels: int  # of those that come out: more where one is heard by several
    _mono_1d: bool
    _closed: bool
    _scale_reported: bool

    def __init__(
        self,
        model: _engine.Model,
        effect_name: str,
        controls: Iterable[Control],
        settings: Mapping[str, ParameterValue],
        sample_rate_hz: int,
        max_block: int,
        channels: int,
        hop_size_samples: int,
        device: Device = "cpu",
        warns: bool = True,
        linear_phase: bool | None = None,
        chain: Chain = NO_CHAIN,
        played_channels: int | None = None,
    ) -> None:
        max_block = check_count("max_block", max_block)
        channels = check_count("channels", channels)
        if max_block < 1:
            raise ValueError(f"max_block must be at least 1 sample, not {max_block}")
        self._max_block = max_block
        self._channels = channels
        self._played_channels = played_channels or channels
        self._mono_1d = self._played_channels == 1
        self._closed = False
        self._hears_sidechain = False  # as far as is known
        self._scale_reported = not warns
        self._device = device
        self._lock = threading.Lock()
        self._effect_name = effect_name
        self._model = model
        self._start(effect_name, controls, settings, chain)
        self._connect(_engine.Engine(model))
        self._stream_engine.prepare(
            sample_rate_hz, self._played_channels, hop_size_samples, linear_phase=linear_phase
        )
        watch_forks(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a stream cannot be copied or pickled: it is at a place in a sound; pickle the effect, "
            "and open a stream with effect.stream() there"
        )

    @property
    def latency_samples(self) -> int:
        """Delay from input to output; constant for the stream's life."""
        return self._stream_engine.latency_samples

    def process(
        self, block: Audio, out: Samples | None = None, sidechain: Audio | None = None
    ) -> Samples:
        """Play one block and return as many samples, float32.

        Shape: `block` and `out` are [channels, n], or [n] for one channel, with 0 ≤ n ≤ max_block.
        Of an effect that plays channels together `out` has those, of one channel as well.
        `sidechain` is what an effect with one listens to, of the same shape or with one channel for
        all; without it the effect listens to its input.
        `out` may be `block` itself; with `out`, and float32 C-contiguous blocks, nothing is copied.
        Raise TypeError or ValueError for anything else, and ValueError after `close`. Samples on
        the scale of integers are told of by one RuntimeWarning.
        """
        check_audio(block)
        planar = block if block.ndim == 2 else block[np.newaxis]
        if planar.shape[0] != self._channels:
            raise ValueError(
                f"a block of this stream is [{self._channels}, n], not {list(block.shape)}"
            )
        if planar.shape[1] > self._max_block:
            raise ValueError(
                f"the stream takes blocks of up to {self._max_block} samples, "
                f"not {planar.shape[1]}; open it with a larger max_block"
            )
        shape = block.shape
        if self._played_channels != self._channels:
            planar = to_channels(planar, self._played_channels)
            shape = planar.shape
        if out is None:
            out = np.empty(shape, dtype=np.float32)
        elif not isinstance(out, np.ndarray) or out.dtype != np.float32:
            raise TypeError("out must be a float32 array")
        elif out.shape != shape or not out.flags.c_contiguous or not out.flags.writeable:
            raise ValueError(f"out must be a C-contiguous array of shape {list(shape)}")
        key = () if sidechain is None else (self._sidechain(sidechain, planar),)
        if not self._scale_reported and (note := scale_note(peak_of(block))):
            self._scale_reported = True
            warn_user(note)
        with self._lock:
            self._check_open()
            self._mono_1d = len(shape) == 1
            self._stream_engine.process(
                to_samples(planar), out if out.ndim == 2 else out[np.newaxis], *key
            )
        return out

    def _sidechain(self, sidechain: Audio, planar: Audio) -> Samples:
        if not self._hears_sidechain:
            check_has_sidechain(self._effect_name, Contract.from_json(self._model.contract_json))
            self._hears_sidechain = True  # once is enough
        return to_samples(to_planar_sidechain(sidechain, planar, Layout(planar.ndim, False)))

    def flush(self) -> Samples:
        """The last samples [channels, latency_samples], or [latency_samples]; resets the stream."""
        with self._lock:
            self._check_open()
            rest = np.zeros((self._played_channels, self.latency_samples), dtype=np.float32)
            self._stream_engine.process(rest, rest)
            self._stream_engine.reset()
        return rest[0] if self._mono_1d else rest

    def reset(self) -> None:
        """Forget all sound so far and begin a new stream; controls keep their values."""
        with self._lock:
            self._check_open()
            self._stream_engine.reset()

    def close(self) -> None:
        """End the stream; it cannot be played again. Leaving a `with` block does the same."""
        with self._lock:
            self._closed = True

    def _after_fork(self) -> None:
        if is_orphaned(self._lock):
            self._lock = threading.Lock()
            self._stream_engine.reset()  # it stopped in the middle of a block

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("the stream is closed; open another one with effect.stream()")

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        shown = self._shown_controls()
        return f"<Stream of {self._channels} channels{', ' if shown else ''}{shown}>"
