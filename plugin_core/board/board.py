"""pedalboard's plugins and effects in one list: a board in series, a mix in parallel."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterable, Iterator, MutableSequence
from reprlib import recursive_repr
from typing import TYPE_CHECKING, TypeAlias, cast, overload

import numpy as np

from ..effects.arrays import Audio, check_sample_rate, to_channels, to_planar, to_samples
from ..effects.effect import Effect
from ..effects.scale import peak_of, scale_note
from ..effects.user_warnings import warn_user
from ..errors import Error
from ..forking import is_orphaned, watch_forks
from ..samples import Samples
from .pedalboard_calls import pedalboard_calls
from .plugin_record import PluginRecord, record_plugin
from .processors import BUFFER_SIZE, EffectProcessor, PluginProcessor, Processor

if TYPE_CHECKING:
    from pedalboard import Chain, Plugin
    from typing_extensions import Self

Element: TypeAlias = "Plugin | Effect | Board | Mix"

_MAX_CHANNELS = 8  # the engine's


class _Rack(MutableSequence[Element]):
    """A list of elements that plays sound through them. What Board and Mix have in common."""

    def __init__(self, plugins: Iterable[Element] = ()) -> None:
        self._elements = [_checked(element) for element in plugins]
        self._processors: dict[int, Processor] = {}  # by the element's id
        self._interleaved: bool | None = None  # the last array
        self._channels: int | None = None
        self._measured: tuple[int, int] | None = None  # sample rate, channels
        self._latency_samples = 0
        self._interrupted = False
        self._lock = threading.RLock()
        watch_forks(self)

    def __copy__(self) -> Self:
        return type(self)(self._elements)

    def __reduce__(self) -> tuple[object, ...]:
        # Elements come later, as a state: a board may hold itself, if only to be refused.
        return type(self), (), {"elements": [_portable(element) for element in self._elements]}

    def __setstate__(self, state: dict[str, list[Element | PluginRecord]]) -> None:
        self._elements = [
            element.make() if isinstance(element, PluginRecord) else element
            for element in state["elements"]
        ]

    def process(
        self, audio: Audio, sample_rate: float, buffer_size: int = BUFFER_SIZE, reset: bool = True
    ) -> Samples:
        """Play `audio` through the elements, as `Effect.process` and pedalboard's plugins do.

        Shape: [samples], [channels, samples] or [samples, channels], the shorter axis being the
        channels (1 to 8) unless the other one is as long as there were channels before. What comes
        back has the same layout, as float32, but of one channel those of effects in the chain that
        play several together.

        With `reset`, the sound stands alone: what comes back is aligned with it and equally long.
        Without, the stream of the last call resumes. The elements' latency, which adds up along a
        chain, is held back at first, so that much less comes back; play as many zeros to receive
        the end. Another sample rate or number of channels resets it.

        `buffer_size` is how many samples go through a plugin at a time.

        Raise TypeError or ValueError for other arrays and rates, and RuntimeError where the same
        element is met twice.
        """
        with self._lock:
            self._check_distinct()
            self._check_whole()
            chain = self._as_pedalboard()
            if chain is not None:
                with pedalboard_calls:  # typed for float32 alone, but float64 is played too
                    return chain.process(cast(Samples, audio), sample_rate, buffer_size, reset)
            # As pedalboard: after stereo, [2, 1] is a short block and not two samples of mono.
            planar, layout = to_planar(audio, self._interleaved, self._channels)
            rate_hz = check_sample_rate(sample_rate)
            if buffer_size < 1:
                raise ValueError(f"buffer_size must be at least 1 sample, not {buffer_size}")
            self._interleaved = layout.interleaved
            if audio.size == 0:
                return np.zeros(audio.shape, dtype=np.float32)
            if planar.shape[0] > _MAX_CHANNELS:
                raise ValueError(
                    f"{planar.shape[0]} channels cannot be played beside effects, "
                    f"which take 1 to {_MAX_CHANNELS}"
                )
            if note := scale_note(peak_of(audio)):
                warn_user(note)
            self._channels = planar.shape[0]
            play = self._play_alone if reset else self._play
            return layout.restore(play(to_samples(planar), rate_hz, buffer_size))

    def __call__(
        self, audio: Audio, sample_rate: float, buffer_size: int = BUFFER_SIZE, reset: bool = True
    ) -> Samples:
        """The same as `process`."""
        return self.process(audio, sample_rate, buffer_size, reset)

    def reset(self) -> None:
        """Forget all sound so far; controls keep their values."""
        with self._lock:
            self._check_distinct()
            self._interleaved = self._channels = None
            self._restart()

    def _as_pedalboard(self) -> Chain | None:
        """The elements as one chain of pedalboard's, if it can play them all."""
        return None

    @abstractmethod
    def _play(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        """[channels, samples] through the elements; fewer while samples are held back."""

    def _play_alone(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        """A whole sound [channels, samples] in one call, aligned.

        In one, because pedalboard's PitchShift drops samples that a second call would fetch: the
        sound is padded with as much silence as the elements are late. Plugins do not report their
        latency, so it is measured once; if it has grown since, the sound is played again.
        """
        channels, samples = planar.shape
        if self._measured != (rate_hz, channels):
            self._latency_samples = self._measured_latency_samples(rate_hz, channels, buffer_size)
            self._measured = (rate_hz, channels)
        while True:
            self._restart()
            padded = np.pad(planar, ((0, 0), (0, self._latency_samples)))
            out = self._play(padded, rate_hz, buffer_size)
            missing = samples - out.shape[1]
            self._latency_samples += missing
            if missing <= 0:
                return out[:, :samples]

    def _measured_latency_samples(self, rate_hz: int, channels: int, buffer_size: int) -> int:
        self._restart()
        silence = np.zeros((channels, BUFFER_SIZE), dtype=np.float32)
        played = BUFFER_SIZE
        while not (due := self._play(silence, rate_hz, buffer_size).shape[1]):
            played += BUFFER_SIZE
        return played - int(due)

    def _restart(self) -> None:
        with self._lock:
            for processor in self._current_processors():
                processor._restart()

    def _current_processors(self) -> list[Processor]:
        """Processors of the elements, in order; those of elements that stay keep their state."""
        known = self._processors
        elements = tuple(self._elements)
        self._processors = {id(one): known.get(id(one)) or _processor_for(one) for one in elements}
        return list(self._processors.values())

    def _check_distinct(self) -> None:
        """Raise RuntimeError if an element occurs twice: it has one state only."""
        seen: dict[int, object] = {}  # keeps the elements alive, so that no id is used again
        for element in _everything_in(self):
            if id(element) in seen:
                raise RuntimeError(
                    f"{element!r} is in the same {type(self).__name__} twice; "
                    f"give each place an element of its own"
                )
            seen[id(element)] = element

    def _begin_anew(self) -> None:
        """Forget all that a thread may have left half done."""
        self._processors = {}

    def _check_whole(self) -> None:
        """Raise tonecast.Error if a fork has cut off another thread in one of the plugins."""
        for rack in (self, *_everything_in(self)):
            if isinstance(rack, _Rack) and rack._interrupted:
                raise Error(
                    f"the {type(rack).__name__} was playing in another thread when the process was "
                    f"forked, and pedalboard's plugins cannot go on from there; make new ones in "
                    f"the child, or start workers with 'spawn'"
                )

    def _after_fork(self) -> None:
        if is_orphaned(self._lock):
            self._lock = threading.RLock()
            self._begin_anew()
            self._interrupted = pedalboard_calls.under_way and any(
                not isinstance(element, (Effect, _Rack)) for element in self._elements
            )

    # The list

    def insert(self, index: int, value: Element) -> None:
        """Put an element before the one at `index`. Raise IndexError beyond the ends."""
        if not -len(self._elements) <= index <= len(self._elements):  # as pedalboard: no clamping
            raise IndexError("index out of range")
        self._elements.insert(index, _checked(value))

    @overload
    def __getitem__(self, index: int) -> Element: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Element | Self:
        if isinstance(index, slice):
            return type(self)(self._elements[index])
        return self._elements[index]

    @overload
    def __setitem__(self, index: int, value: Element) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[Element]) -> None: ...
    def __setitem__(self, index: int | slice, value: Element | Iterable[Element]) -> None:
        if isinstance(index, slice):
            if not isinstance(value, Iterable):
                raise TypeError(f"a slice takes a list of elements, not {value!r}")
            self._elements[index] = [_checked(element) for element in value]
        else:
            self._elements[index] = _checked(value)

    def __delitem__(self, index: int | slice) -> None:
        del self._elements[index]

    def __len__(self) -> int:
        return len(self._elements)

    @recursive_repr()
    def __repr__(self) -> str:
        count = f"{len(self)} plugin{'' if len(self) == 1 else 's'}"
        return f"<{type(self).__name__} with {count}: {self._elements}>"


class Board(_Rack):
    """pedalboard's plugins and effects in a chain, used like a `pedalboard.Pedalboard`.

        board = Board([Compressor(), Effect("resonance-eq"), Gain(3)])
        out = board(audio, sample_rate)
        board.append(Limiter())

    A board is a list. Elements are effects, pedalboard's plugins (its containers too), boards and
    mixes. Latencies are compensated along the chain.

    With pedalboard's plugins only, also in boards inside, it behaves as a `pedalboard.Pedalboard`:
    the same samples, lengths and errors. With an effect, a stream may have blocks of any length,
    and plugins keep their state when a block is longer than those before. Two of pedalboard's own
    are for whole sounds only: in streams `PitchShift` falls silent, and branches of its `Mix` with
    different latencies drift apart from call to call; those of `tonecast.Mix` do not.

    Deep copies, and what is pickled for another process, have the same elements with the same
    settings. pedalboard's plugins are made anew; for one that comes from a file, which it does not
    name, tonecast.Error is raised.

    Raise TypeError for an element of another kind and ValueError for an instrument.
    """

    def __init__(self, plugins: Iterable[Element] = ()) -> None:
        super().__init__(plugins)
        self._chain: Chain | None = None  # kept, because it remembers the layout of arrays

    def _play(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        with self._lock:
            for processor in self._current_processors():
                planar = processor._play(planar, rate_hz, buffer_size)
                if planar.shape[1] == 0:  # everything is held back so far
                    break
            return planar

    def _restart(self) -> None:
        with self._lock:
            super()._restart()
            self._chain = None  # it remembers the layout that squares are taken for

    def _begin_anew(self) -> None:
        super()._begin_anew()
        self._chain = None

    def _only_plugins(self) -> list[Plugin] | None:
        """All elements in a row, if they are pedalboard's."""
        plugins: list[Plugin] = []
        for element in self._elements:
            if isinstance(element, (Effect, Mix)):
                return None
            if not isinstance(element, Board):
                plugins.append(element)
                continue
            inner = element._only_plugins()
            if inner is None:
                return None
            plugins += inner
        return plugins

    def _as_pedalboard(self) -> Chain | None:
        plugins = self._only_plugins()
        if plugins is None:
            return None
        if self._chain is None:
            from pedalboard import Chain

            self._chain = Chain([])
        if [id(plugin) for plugin in self._chain] != [id(plugin) for plugin in plugins]:
            while len(self._chain):
                del self._chain[-1]
            for plugin in plugins:
                self._chain.append(plugin)
        return self._chain


class Mix(_Rack):
    """Plugins and effects side by side, used like a `pedalboard.Mix`: their sum, aligned.

        parallel = Board([Mix([Board(), Effect("resonance-eq", delta=True)]), Gain(-6)])

    Every element plays the same input; latencies are compensated, so that sums do not comb. An
    empty board is the dry signal. After a change of `hop_size_samples` inside of a mix, call
    `reset()`.

    Raise TypeError for an element of another kind and ValueError for an instrument.
    """

    def __init__(self, plugins: Iterable[Element] = ()) -> None:
        super().__init__(plugins)
        self._prepared: tuple[int, int] | None = None  # sample rate, channels
        self._waiting: dict[Processor, Samples] = {}
        self._behind_samples = 0

    def _play(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        with self._lock:
            if self._prepared != (rate_hz, planar.shape[0]):
                self._restart()
                self._prepared = (rate_hz, planar.shape[0])
            return self._sum(planar, rate_hz, buffer_size)

    def _sum(self, planar: Samples, rate_hz: int, buffer_size: int) -> Samples:
        """The sum of what all elements have ready [channels, samples]; the rest waits."""
        channels, samples = planar.shape
        # A new element starts with silence, as long as what the others still hold back.
        late = np.zeros((channels, self._behind_samples), dtype=np.float32)
        ready = {
            processor: _appended(
                self._waiting.get(processor, late), processor._play(planar, rate_hz, buffer_size)
            )
            for processor in self._current_processors()
        }
        due = min([samples, *(queue.shape[1] for queue in ready.values())])
        # Effects that play channels together make several of one.
        channels = max([channels, *(len(queue) for queue in ready.values())])
        out = np.zeros((channels, due), dtype=np.float32)
        for queue in ready.values():
            out += queue[:, :due]
        self._waiting = {processor: queue[:, due:] for processor, queue in ready.items()}
        self._behind_samples += samples - due
        return out

    def _restart(self) -> None:
        with self._lock:
            super()._restart()
            self._waiting = {}
            self._behind_samples = 0

    def _begin_anew(self) -> None:
        super()._begin_anew()
        self._prepared = None


def _appended(queue: Samples, played: Samples) -> Samples:
    """Both, one after the other; one channel goes to all that the other has."""
    channels = max(len(queue), len(played))
    return np.concatenate([to_channels(part, channels) for part in (queue, played)], axis=1)


def _portable(element: Element) -> Effect | Board | Mix | PluginRecord:
    return element if isinstance(element, (Effect, Board, Mix)) else record_plugin(element)


def _processor_for(element: Element) -> Processor:
    if isinstance(element, _Rack):
        return element
    if isinstance(element, Effect):
        return EffectProcessor(element)
    return PluginProcessor(element)


def _checked(element: object) -> Element:
    """`element`, if it can be on a board."""
    if isinstance(element, (Effect, Board, Mix)):
        return element
    from pedalboard import Plugin

    if not isinstance(element, Plugin):
        raise TypeError(
            f"{element!r} is neither an Effect nor a plugin of pedalboard; "
            f"boards hold these, and other boards and mixes"
        )
    if element.is_instrument:
        raise ValueError(
            f"{element!r} is an instrument: it takes no audio, so no board can hold it"
        )
    return element


def _everything_in(rack: Iterable[object]) -> Iterator[object]:
    """All elements, also those of racks and of pedalboard's containers inside."""
    for element in rack:
        if element is not None:  # which pedalboard's containers may hold
            yield element
            if isinstance(element, Iterable):
                yield from _everything_in(element)
