"""Checksums of what shipped effects and the papers' play: written with one commit, compared later.

    python -m tonecast.benchmarks.quality.sound_checksums write FILE.json
    python -m tonecast.benchmarks.quality.sound_checksums compare FILE.json

A change that must not touch the sound is bit-identical here. All imports are absolute and public,
or the engine's: an older build plays the same when its Python is given this file by its path.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import subprocess
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from itertools import cycle
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.progress import track as progress
from tonecast import Effect, Error, plugin_core, shipped_effects
from tonecast.plugin_core import _engine
from tonecast.plugin_core.effect_files.catalog import EffectEntry

Samples = NDArray[np.float32]

CHANNELS = 2
HOST_RATES_HZ = (44100, 48000, 96000)
KERNELS = ("kernel-fast", "kernel-exact")
BACKENDS = ("identity", "onnxruntime", *KERNELS)
# However a sound is cut, its bits are the same: lengths of every kind may as well go by.
BLOCKS = (64, 1, 480, 333, 1024)
# Frames are what costs time. The latency of a frame, 1024 samples, comes out as silence first.
LEARNED_SAMPLES, LEARNED_HOPS = 1536, 6  # at the model's rate; at least so many of either
OVERLAP_ADD_S = 0.5
RESONANCE_S = 1.5  # a predictor's window is up to a second long
# One of each geometry: their frames, hops, windows and rates are played without their models.
PAPERS = Path(plugin_core.__file__).parents[1] / "models" / "packs" / "papers" / "effects"
OVERLAP_ADD = ("eq-lowshelf", "eq-lowshelf-48k", "resonance-eq")


@dataclass(frozen=True)
class Sound:
    """One sound to be played: `play` returns [channels, samples]."""

    key: str
    backend: str
    play: Callable[[], Samples]


@dataclass(frozen=True)
class MadeOn:
    """What the bits depend on besides the code.

    `kernels` is the instruction set that the kernels were told to use; `vector_flags` are those of
    the processor, by which ONNX Runtime chooses its own.
    """

    commit: str
    processor: str
    architecture: str
    vector_flags: tuple[str, ...]
    libc: str
    onnxruntime: str
    kernels: str


@dataclass(frozen=True)
class Record:
    """SHA-256 of the samples, float32 and little-endian, by `effect/hop/host rate/backend`."""

    made_on: MadeOn
    checksums: Mapping[str, str]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read what `write` wrote."""
        found = json.loads(path.read_text(encoding="utf-8"))
        made_on = found["made_on"]
        flags = tuple(made_on.pop("vector_flags"))
        return cls(MadeOn(vector_flags=flags, **made_on), found["checksums"])


@dataclass(frozen=True)
class Differences:
    """What a comparison found: keys, and the reason for each backend that was left out."""

    same: tuple[str, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]  # recorded, but nothing plays them any more
    unrecorded: tuple[str, ...]
    left_out: Mapping[str, str]


def sounds(
    kernels: str, only: Collection[str] = (), backends: Collection[str] = BACKENDS
) -> Iterator[Sound]:
    """Yield all of them, or those of some effects; kernels use the instruction set named."""
    for name, entry in entries().items():
        if entry.contract.kind != "effect" or (only and name not in only):
            continue
        if name == "resonance-eq":
            found = _resonance(name)
        else:
            found = _learned(entry, kernels, [b for b in backends_of(entry) if b in backends])
        yield from (sound for sound in found if sound.backend in backends)
        if name in OVERLAP_ADD and "identity" in backends:
            yield from _overlap_add(entry)


def entries() -> dict[str, EffectEntry]:
    """All that is played, by name: what ships, and the papers' effects, installed or not."""
    papers = [Effect(path).entry for path in sorted(PAPERS.glob("*.onnx"))]
    return {**shipped_effects(), **{entry.name: entry for entry in papers}}


def backends_of(entry: EffectEntry) -> list[str]:
    """Those that play it. Of causal ones ONNX Runtime is no more than what kernels agree with.

    None for filter effects: the engine filters with the fastest instruction set of the machine,
    which cannot be named, so their bits are the machine's.
    """
    if entry.contract.form == "filter":
        return []
    kernels = KERNELS if entry.contract.architecture else ()
    return [*(() if entry.contract.form == "causal" else ("onnxruntime",)), *kernels]


def describe(kernels: str) -> MadeOn:
    """Return what holds here and now."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    vectors = re.compile(r"s?sse|avx|fma|f16c|amx|asimd|sve|bf16|i8mm")
    return MadeOn(
        commit=_commit(),
        processor=name[1] if name else platform.processor() or platform.machine(),
        architecture=platform.machine(),
        vector_flags=tuple(sorted(filter(vectors.match, flags[1].split() if flags else ()))),
        libc=" ".join(platform.libc_ver()).strip(),
        onnxruntime=_onnxruntime_version(),
        kernels=kernels,
    )


def baseline() -> str:
    """The instruction set of the kernels that every machine of this architecture has."""
    sets = _engine.testing.instruction_sets()
    return sets[-1] if sets else ""


def incomparable(made_on: MadeOn) -> dict[str, str]:
    """Why a backend cannot have the recorded bits on this machine, by the backend's name.

    The engine, and the kernels for a named instruction set, have the same bits on all machines of
    an architecture: the compiler may not reorder sums, and the baseline sse2 has no fused products.
    ONNX Runtime chooses its code by the processor, and changes it with its version.
    """
    here = describe(made_on.kernels)
    reasons = {}
    if made_on.architecture != here.architecture:
        reason = f"recorded on {made_on.architecture}, and this is {here.architecture}"
        return dict.fromkeys(BACKENDS, reason)
    if made_on.kernels not in _engine.testing.instruction_sets():
        reason = f"this machine runs no kernels for {made_on.kernels}"
        reasons.update(dict.fromkeys(KERNELS, reason))
    if made_on.onnxruntime != here.onnxruntime:
        reasons["onnxruntime"] = (
            f"recorded with onnxruntime {made_on.onnxruntime}, and this is {here.onnxruntime}"
        )
    elif (
        not here.vector_flags
        or made_on.vector_flags != here.vector_flags
        or made_on.processor != here.processor
    ):
        reasons["onnxruntime"] = (
            f"recorded on {made_on.processor}, and this is {here.processor} or has other flags"
        )
    return reasons


def compare(
    record: Record, only: Collection[str] = (), backends: Collection[str] = BACKENDS
) -> Differences:
    """Play again what can be compared; all effects, or some, through these backends."""
    left_out = {
        backend: reason
        for backend, reason in incomparable(record.made_on).items()
        if backend in backends
    }
    played = set(backends) - set(left_out)
    wanted = {
        key: checksum
        for key, checksum in record.checksums.items()
        if backend_of(key) in played and (not only or effect_of(key) in only)
    }
    found = {
        sound.key: digest(sound.play()) for sound in sounds(record.made_on.kernels, only, played)
    }
    both = [key for key in wanted if key in found]
    return Differences(
        same=tuple(key for key in both if wanted[key] == found[key]),
        changed=tuple(key for key in both if wanted[key] != found[key]),
        missing=tuple(key for key in wanted if key not in found),
        unrecorded=tuple(key for key in found if key not in wanted),
        left_out=left_out,
    )


def effect_of(key: str) -> str:
    """The effect's name in a key."""
    return key.partition("/")[0].partition(" ")[0]


def backend_of(key: str) -> str:
    """The backend in a key."""
    return key.rpartition("/")[2]


def digest(samples: Samples) -> str:
    """SHA-256 of the samples [channels, n]; ValueError where they are silence or no numbers."""
    if not (np.isfinite(samples).all() and samples.any(axis=1).all()):
        raise ValueError("what was played is silence, NaN or Inf: it proves nothing")
    return hashlib.sha256(np.ascontiguousarray(samples, dtype="<f4").tobytes()).hexdigest()


@cache
def make_signal(samples: int) -> Samples:
    """[2, samples]: a burst of noise, silence, a pluck dying away, faint noise, silence.

    Integers throughout, divided by a power of two: the same bits on every machine. NumPy promises
    to keep the raw stream of a bit generator.
    """
    signal = np.zeros((CHANNELS, samples), dtype=np.int64)
    eighth = samples // 8
    noise = np.random.Philox(key=13).random_raw(2 * CHANNELS * eighth) >> np.uint64(40)
    loud, faint = noise.astype(np.int64).reshape(2, CHANNELS, eighth) - 2**23
    signal[:, :eighth] = loud
    for channel, period in enumerate((97, 151)):  # struck one after the other
        start = (1 + channel) * eighth + eighth // 2
        signal[channel, start : 5 * eighth] = _pluck(loud[channel], period, 5 * eighth - start)
    signal[:, 5 * eighth : 6 * eighth] = faint >> 10
    return (signal / 2.0**24).astype(np.float32)


def _pluck(noise: NDArray[np.int64], period: int, samples: int) -> NDArray[np.int64]:
    """A string after Karplus and Strong (1983), a little damped: [samples]."""
    string = np.zeros(samples + period + 1, dtype=np.int64)
    string[1 : period + 1] = np.resize(noise, period)
    for start in range(period + 1, len(string), period):
        end = min(start + period, len(string))
        before = (
            string[start - period : end - period] + string[start - period - 1 : end - period - 1]
        )
        string[start:end] = (before * 255) >> 9
    return string[period + 1 :]


def _learned(entry: EffectEntry, kernels: str, backends: Sequence[str]) -> Iterator[Sound]:
    models = {
        (rate_hz, backend): _engine.Model(str(path), backend, kernels)
        for rate_hz, path in entry.files.items()
        for backend in backends
        if backend in KERNELS
    }
    for hop in entry.contract.hop_sizes_samples:
        for rate_hz in _host_rates_hz(entry.files):
            model_rate_hz = _engine.fitting_rate(list(entry.files), rate_hz)
            samples = max(LEARNED_SAMPLES, LEARNED_HOPS * hop) * rate_hz // model_rate_hz
            key = f"{entry.name}/{hop}/{rate_hz}"
            for backend in backends:
                if backend in KERNELS:
                    model = models[model_rate_hz, backend]
                    play = partial(_through_engine, model, hop, rate_hz, samples)
                else:
                    effect = Effect(entry.files[model_rate_hz], backend="onnxruntime")
                    play = partial(_through_stream, effect, hop, rate_hz, samples)
                yield Sound(f"{key}/{backend}", backend, play)


def _resonance(name: str) -> Iterator[Sound]:
    """One control fixed, and moved by each of the predictors."""
    entry = shipped_effects()[name]
    predictors = {
        f"auto:{predictor}": f"auto:{path}"
        for predictor, found in shipped_effects().items()
        if found.contract.kind == "predictor"
        for path in found.files.values()
    }
    settings: dict[str, float | str] = {"0.4": 0.4, "auto": "auto", **predictors}
    for label, setting in settings.items():
        effect = Effect(name, backend="onnxruntime", attenuation=setting)
        for hop in entry.contract.hop_sizes_samples:
            for rate_hz in _host_rates_hz(entry.files):
                key = f"{name} attenuation={label}/{hop}/{rate_hz}/onnxruntime"
                play = partial(_whole, effect, hop, rate_hz, int(RESONANCE_S * rate_hz))
                yield Sound(key, "onnxruntime", play)


def _overlap_add(entry: EffectEntry) -> Iterator[Sound]:
    """All but the model: framing, windows, overlap-add, resampling, the dry path beside it."""
    for model_rate_hz, path in entry.files.items():
        contract_json = _engine.EffectFile(str(path)).contract_json
        model = _engine.Model.identity(contract_json)
        for hop in entry.contracts[model_rate_hz].hop_sizes_samples:
            for rate_hz in sorted({model_rate_hz, *HOST_RATES_HZ}):
                for mix in (1.0, 0.5):
                    key = f"{entry.name} at {model_rate_hz} mix={mix}/{hop}/{rate_hz}/identity"
                    samples = int(OVERLAP_ADD_S * rate_hz)
                    play = partial(_through_engine, model, hop, rate_hz, samples, mix)
                    yield Sound(key, "identity", play)


def _host_rates_hz(model_rates_hz: Iterable[int]) -> list[int]:
    """Three of them: the model's own, and the commonest others."""
    own = set(model_rates_hz)
    return sorted([*own, *(rate_hz for rate_hz in HOST_RATES_HZ if rate_hz not in own)][:3])


def _through_stream(effect: Effect, hop: int, rate_hz: int, samples: int) -> Samples:
    effect.hop_size_samples = hop
    with effect.stream(rate_hz, channels=CHANNELS) as stream:
        blocks = [stream.process(block) for block in _blocks(make_signal(samples))]
    return np.concatenate(blocks, axis=1)


def _whole(effect: Effect, hop: int, rate_hz: int, samples: int) -> Samples:
    effect.hop_size_samples = hop
    return effect(make_signal(samples), rate_hz)


def _through_engine(
    model: _engine.Model, hop: int, rate_hz: int, samples: int, mix: float = 1.0
) -> Samples:
    engine = _engine.Engine(model)
    engine.mix = mix
    engine.prepare(rate_hz, CHANNELS, hop)
    blocks = [np.array(block, order="C") for block in _blocks(make_signal(samples))]
    for block in blocks:
        engine.process(block, block)
    return np.concatenate(blocks, axis=1)


def _blocks(signal: Samples) -> Iterator[Samples]:
    """The signal [2, samples] cut as BLOCKS says, over and over."""
    start = 0
    for length in cycle(BLOCKS):
        if start >= signal.shape[1]:
            return
        yield signal[:, start : start + length]
        start += length


def _onnxruntime_version() -> str:
    for package in ("onnxruntime", "onnxruntime-gpu"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return ""


def _commit() -> str:
    """The one that plays, whose script this need not be."""
    folder = Path(plugin_core.__file__).parent
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


_ONLY = click.option("--effect", "only", multiple=True, metavar="NAME", help="Play this one alone.")


@click.group()
def main() -> None:
    """Checksums of what every shipped effect plays, at every hop and three rates."""


@main.command("write")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--kernels", help="Instruction set of the kernels; else the one that all have.")
@_ONLY
def write_command(file: Path, kernels: str | None, only: tuple[str, ...]) -> None:
    """Write a record of what is installed here."""
    kernels = baseline() if kernels is None else kernels
    try:
        played = progress(list(sounds(kernels, only)), description="playing")
        checksums = {sound.key: digest(sound.play()) for sound in played}
    except Error as error:
        raise click.ClickException(str(error)) from None
    Record(describe(kernels), checksums).write(file)
    click.echo(f"wrote {file}: {len(checksums)} sounds")


@main.command("compare")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_ONLY
def compare_command(file: Path, only: tuple[str, ...]) -> None:
    """Compare what is installed here with a record; exit with 1 where a sound differs."""
    record = Record.read(file)
    found = compare(record, only)
    for backend, reason in found.left_out.items():
        click.echo(f"{backend} is left out: {reason}")
    for what, keys in (
        ("differs", found.changed),
        ("is played no more", found.missing),
        ("is not in the record", found.unrecorded),
    ):
        for key in keys:
            click.echo(f"{key} {what}")
    click.echo(
        f"{len(found.same)} sounds are the same bits as of {record.made_on.commit}, "
        f"{len(found.changed) + len(found.missing)} are not"
    )
    if found.changed or found.missing:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
