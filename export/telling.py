"""What an export tells: its stages while it works, and at the end what was made."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from ..plugin_core.effect_files.contract import Contract

_NOT_STATED = "  what it learned from is not stated; say it with data= and licences="
IN_THE_CALLBACK = 0.2  # of a core, up to which one may leave it to the audio thread


@dataclass(frozen=True)
class Report:
    """An effect that was exported.

    `core_share` is of one core of this machine, mono or with the channels that it plays together.
    """

    path: Path
    contract: Contract
    core_share: float
    latency_samples: int  # at the effect's own rate
    has_kernel: bool
    hears_mean: bool = False  # of left and right: it makes stereo of mono

    @property
    def latency_ms(self) -> float:
        """The same in milliseconds."""
        return 1e3 * self.latency_samples / self.contract.sample_rate_hz

    @property
    def largest_difference(self) -> float:
        """Of the stream from the whole; linear, full scale = 1."""
        return max(record.largest_difference for record in self.contract.whole)

    @property
    def fits_callback(self) -> bool:
        """Whether it is cheap enough for the audio thread."""
        return self.core_share <= IN_THE_CALLBACK

    def lines(self) -> Iterator[str]:
        """What users want to know, a line each."""
        contract = self.contract
        rate = contract.sample_rate_hz
        seconds = contract.whole[0].samples / rate
        yield f"{self.path}: the effect '{contract.name}', at {rate} Hz"
        yield (
            f"  stream = whole within {self.largest_difference:.0e} over {seconds:.1f} s of noise, "
            f"in blocks of any size"
        )
        why = f"frame {contract.frame_size_samples}"
        if contract.delay_samples:
            why += f" + {contract.delay_samples} that it looks ahead"
        if self.has_kernel and contract.architecture:
            why = f"a kernel plays it, as the architecture '{contract.architecture.name}'"
        yield f"  latency {self.latency_samples} samples ({self.latency_ms:.1f} ms): {why}"
        where = "it may run in the audio callback" if self.fits_callback else "play it on a worker"
        channels = f"{contract.channels} channels" if contract.channels else "mono"
        yield f"  {100 * self.core_share:.1f} % of a core of this machine, {channels}: {where}"
        if level := contract.trained_level:
            yield (
                f"  sound above {level.input_peak_db:g} dBFS is held to what it was trained on, "
                f"and what it makes to {level.output_peak_db:g} dBFS"
            )
        if self.hears_mean:
            yield "  it makes stereo of mono; of a stereo sound it hears the mean of left and right"
        if contract.hears_sidechain:
            yield "  it listens to a side-chain; where none is given, to its input"
        if not self.fits_callback:
            yield "  cheaper: a larger frame=, fewer channels, or strides inside the module"
        if contract.provenance.data == "not stated":
            yield _NOT_STATED

    def print(self) -> None:
        """On the terminal."""
        _print(self.lines())


@dataclass(frozen=True)
class CurveReport:
    """A filter effect that was exported.

    `core_share` is of one core of this machine, mono; `largest_difference_db` that of the curves,
    played frame by frame, from those of the whole.
    """

    path: Path
    contract: Contract
    core_share: float
    proven_s: float
    largest_difference_db: float
    latency_samples: int = 0  # a filter has none

    def lines(self) -> Iterator[str]:
        """What users want to know, a line each."""
        contract = self.contract
        yield f"{self.path}: the filter effect '{contract.name}', at every rate"
        yield (
            f"  frame by frame = whole within {self.largest_difference_db:.0e} dB over "
            f"{self.proven_s:.1f} s of noise"
        )
        hop_ms = 1e3 * contract.hop_size_samples / contract.sample_rate_hz
        yield f"  latency 0 samples; a new filter every {hop_ms:.1f} ms"
        yield f"  {100 * self.core_share:.1f} % of a core of this machine, mono"
        if contract.provenance.data == "not stated":
            yield _NOT_STATED

    def print(self) -> None:
        """On the terminal."""
        _print(self.lines())


def _print(lines: Iterator[str]) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False)


@contextlib.contextmanager
def stages(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done, on a terminal."""
    console = Console(stderr=True, quiet=quiet)
    with console.status("") as status:
        yield lambda text: status.update(f"{text} …")
