"""One call from a PyTorch module to a live effect.

trace ── convert to frames ── ONNX ── parity ── the stream against the whole ── what it costs
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..plugin_core import _engine
from ..plugin_core.atomic_write import atomic_write
from ..plugin_core.effect_files.contract import Contract, Provenance, TrainedLevel, WholeRecord
from ..plugin_core.effect_files.loading import load_model
from ..plugin_core.errors import Error
from .cost import core_share
from .curve.curve import Curve
from .curve.export import check_curve_options, export_curve
from .effect import export_effect, unmeasured
from .knob import Knob
from .mono_in import hearing_mean
from .stems import gain_knobs, mixed
from .streaming.convert import StereoOfMono, convert
from .streaming.frame_module import FrameModule
from .streaming.proof import prove
from .streaming.recognise import Known, recognised
from .streaming.trace import Trace, check_signature, takes_sidechain
from .streaming.traced import traced_with
from .telling import CurveReport, Report, stages

NOT_STATED = "not stated"
SMALL_FRAME_SAMPLES = 64
LARGE_FRAME_SAMPLES = 1024
MAX_CHANNELS = 8
MUCH_OF_A_CORE = 0.25  # beyond which a larger frame is tried
_LARGEST_WEIGHTS_BYTES = 64 * 2**20


def export_module(
    module: nn.Module,
    path: str | os.PathLike[str],
    sample_rate: int = 48_000,
    *,
    name: str | None = None,
    label: str | None = None,
    description: str | None = None,
    frame: int | None = None,
    max_latency_ms: float | None = None,
    channels: int = 1,
    outputs: Sequence[str] = (),
    trained_peaks_db: tuple[float, float] | None = None,
    data: str = NOT_STATED,
    licences: tuple[str, ...] = (NOT_STATED,),
    curve: Curve | None = None,
    quiet: bool = False,
    **knobs: Knob,
) -> Report | CurveReport:
    """Make a live effect of a module that maps sound [batch, channels, time] to as much sound.

    By default a module has one channel, and each channel of a sound is played by itself; one that
    makes two of one plays in stereo, and hears the mean of left and right. Where `forward` takes a
    `sidechain`, it gets a second sound of the same shape there. Of a module that returns several
    sounds (in a tuple, or along the axis after the batch) `outputs` names each: it gets a knob,
    from 0 to 1, with which it is in the mix.

    With a `curve` the module maps levels in dB [batch, bins, frames] to a gain in dB for each, and
    the effect is filtered as it says, without latency; frame and hop are the curve's.

    `knobs` are keyword arguments of its `forward`, which gets each as a tensor [batch, 1], or as a
    number where it cannot do with that. What looks back gets a state, what looks ahead a delay; the
    module needs no changed line. The effect appears at `path` once the engine, in blocks of any
    size, makes of two seconds of noise what the module makes of all of it at once; until then, and
    after any failure, whatever was there stays. `frame` is in samples: by default the smallest that
    this machine plays with ease, within `max_latency_ms`. `data` and `licences` say what the module
    has learned from, `trained_peaks_db` how loud that was: the highest sample of what it heard, and
    of what it was to give, in dBFS. Louder sound is then held to that, as docs/levels.md says.
    `quiet` shows nothing.

    Raise tonecast.Error for a module that cannot be streamed, with the layer and the line.
    """
    path = Path(path)
    given = {
        "name": name,
        "label": label,
        "description": description,
        "frame": frame,
        "channels": channels,
        "trained_peaks_db": trained_peaks_db,
        "data": data,
        "curve": curve,
    }
    for option, value in given.items():
        if isinstance(value, Knob):
            raise Error(f"a knob cannot be called '{option}': export has an option of that name")
    module = checked(module)
    if not 1 <= channels <= MAX_CHANNELS:
        raise Error(f"channels={channels} cannot be played together; give 1 to {MAX_CHANNELS}")
    class_name = type(module).__name__
    if curve is not None:
        check_curve_options(knobs, frame, max_latency_ms, channels, outputs)
    if outputs:
        check_signature(module, knobs)
        module, knobs = mixed(module, outputs), {**knobs, **gain_knobs(outputs, knobs)}
    controls = tuple(knob.control(key) for key, knob in knobs.items())
    defaults = {control.name: control.default for control in controls}
    effect_name = name or name_from(path)
    contract = Contract(
        kind="effect",
        name=effect_name,
        label=label or effect_name.replace("-", " ").capitalize(),
        description=description or f"A PyTorch module, {class_name}, played live.",
        sample_rate_hz=sample_rate,
        form="causal",
        controls=controls,
        provenance=Provenance(data, licences, {}, date.today().isoformat()),
        parity=unmeasured(),
        tail_s=None,
        sidechain=takes_sidechain(module),
        channels=channels if channels > 1 else None,
        trained_level=_trained_level(trained_peaks_db),
    )
    was_training, threads = module.training, torch.get_num_threads()
    try:
        torch.set_num_threads(1)  # frames are small: threads would only wait for each other
        with stages(quiet) as stage:
            if curve is not None:
                drawn = export_curve(module.eval(), curve, contract, path, stage)
                if not quiet:
                    drawn.print()
                return drawn
            stage("tracing")
            try:
                traced, quantum = traced_with(module.eval(), defaults, channels)
                hears_mean = False
            except StereoOfMono:
                module, contract = hearing_mean(module), replace(contract, channels=2)
                traced, quantum = traced_with(module, defaults, 2)
                hears_mean = True
            known = recognised(traced, controls)
            report, written = None, b""
            for size in frame_sizes(quantum, frame, max_latency_ms, sample_rate):
                form = replace(contract, **_format(size))
                made = _written_or_by_graph(module, traced, known, form, path, stage)
                if report is None or made.core_share < report.core_share:
                    report, written = made, path.read_bytes()
                else:
                    with atomic_write(path) as draft:
                        draft.write_bytes(written)
                if report.core_share <= MUCH_OF_A_CORE:
                    break
            assert report is not None
            report = replace(report, hears_mean=hears_mean)
    finally:
        torch.set_num_threads(threads)
        module.train(was_training)
    if not quiet:
        report.print()
    return report


def checked(module: nn.Module) -> nn.Module:
    """The module. Raise tonecast.Error for one that cannot be played on any machine as it is."""
    if not isinstance(module, nn.Module):
        raise Error(f"export takes a PyTorch module, not {type(module).__name__}")
    for name, inner in module.named_modules():
        if isinstance(inner, torch.jit.ScriptModule):
            place = f"{name} ({inner.original_name})" if name else inner.original_name
            raise Error(
                f"{place} is compiled by torch.jit; export the module with what it was made of"
            )
    tensors = [*module.parameters(), *module.buffers()]
    for tensor in tensors:
        if tensor.device.type != "cpu":
            raise Error(f"the module is on {tensor.device}; export module.cpu()")
        if tensor.is_floating_point() and tensor.dtype != torch.float32:
            kind = str(tensor.dtype).removeprefix("torch.")
            raise Error(f"the module has weights in {kind}; export module.float()")
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    if size > _LARGEST_WEIGHTS_BYTES:
        raise Error(
            f"the module's weights take {size / 2**20:.0f} MiB, more than the "
            f"{_LARGEST_WEIGHTS_BYTES // 2**20} that a live effect may have"
        )
    return module


def _trained_level(peaks_db: tuple[float, float] | None) -> TrainedLevel | None:
    """What the contract says. Raise tonecast.Error for what are no two levels."""
    if peaks_db is None:
        return None
    try:
        heard_db, given_db = map(float, peaks_db)
    except (TypeError, ValueError):
        raise Error(
            f"trained_peaks_db={peaks_db!r} are no two levels in dBFS; give the highest sample "
            f"that the module was trained on, and the highest that it was to give: (-3, -1)"
        ) from None
    return TrainedLevel("nonlinear", heard_db, given_db)


def name_from(path: Path) -> str:
    """The effect's name: the file's, as far as it can be one."""
    name = re.sub(r"[^a-z0-9-]+", "-", path.stem.lower()).strip("-")
    if not re.match(r"[a-z]", name):
        raise Error(f"{path.name}: an effect's name begins with a letter; give one by name=")
    return name


def frame_sizes(
    quantum: int, asked: int | None, max_latency_ms: float | None, sample_rate_hz: int
) -> list[int]:
    """Frames to try, from small to large. Raise tonecast.Error where there can be none."""
    if asked is not None:
        if asked < 1 or asked % quantum:
            raise Error(
                f"a frame of {asked} samples does not fit the module's strides; take a multiple of "
                f"{quantum}"
            )
        return [asked]
    sizes = [
        -(-size // quantum) * quantum for size in (SMALL_FRAME_SAMPLES, 256, LARGE_FRAME_SAMPLES)
    ]
    if max_latency_ms is not None:
        most = int(max_latency_ms * 1e-3 * sample_rate_hz)
        sizes = [size for size in sizes if size <= most] or [most // quantum * quantum]
        if sizes == [0]:
            raise Error(
                f"max_latency_ms={max_latency_ms:g} is less than one step of the module, "
                f"{1e3 * quantum / sample_rate_hz:.1f} ms"
            )
    return sorted(set(sizes))


def _format(size: int) -> dict[str, Any]:
    return {
        "frame_size_samples": size,
        "hop_size_samples": size,
        "hop_sizes_samples": (size,),
    }


def _written_or_by_graph(
    module: nn.Module,
    traced: Trace,
    known: Known | None,
    contract: Contract,
    path: Path,
    stage: Callable[[str], None],
) -> Report:
    """Without the kernel where it takes no network of that size, or rounds otherwise."""
    if known is not None:
        named = replace(contract, architecture=known.architecture)
        with contextlib.suppress(Error):
            return _write(module, traced, known, named, path, stage)
    return _write(module, traced, None, contract, path, stage)


def _write(
    module: nn.Module,
    traced: Trace,
    known: Known | None,
    contract: Contract,
    path: Path,
    stage: Callable[[str], None],
) -> Report:
    """The effect with frames of one size, proven and measured."""
    defaults = {control.name: control.default for control in contract.controls}
    size = contract.frame_size_samples
    stage(f"converting to frames of {size} samples")
    converted = convert(traced, defaults, size)
    contract = replace(
        contract,
        prewarm_samples=converted.prewarm_samples,
        delay_samples=converted.delay_samples,
    )

    def proof(written: Contract, draft: Path) -> tuple[WholeRecord, ...]:
        stage("playing it live against the whole sound")
        memory = converted.memory_samples
        silence = memory if converted.forgets_edges else 0
        return prove(module, load_model(draft), written, traced, memory, silence)

    with atomic_write(path) as draft:
        try:
            stage("writing ONNX, and comparing it with PyTorch")
            frames = FrameModule(converted, defaults, known.weights if known else None)
            contract = export_effect(frames, {}, contract, draft, proof)
            stage("measuring")
            share = core_share(draft, contract.sample_rate_hz)
            engine = _engine.Engine(load_model(draft))
            engine.prepare(contract.sample_rate_hz, contract.channels or 1)
            latency_samples = engine.latency_samples
        except Error as error:
            raise Error(str(error).replace(str(draft), str(path))) from None
    return Report(path, contract, share, latency_samples, known is not None)
