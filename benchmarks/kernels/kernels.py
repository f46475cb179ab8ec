"""The cost of a frame of CAE and CAFx with their kernels, compared with ONNX Runtime."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from ...export.to_onnx import to_onnx
from ...models.families.autoencoder.cae import CAE
from ...models.families.autoencoder.cafx import CAFx
from ...models.families.autoencoder.family import CAE_FAMILY, CAFX_FAMILY
from ...models.families.weights import read_model
from ...models.release.checkpoint import export_model
from ...models.training.config import read_config
from ...models.training.evaluate import evaluate
from ...models.training.session import prepare
from ...plugin_core import Effect, _engine
from ...plugin_core.effect_files.contract import Contract
from ...plugin_core.effect_files.loading import Backend, load_onnxruntime
from ...plugin_core.effect_files.windows import make_window
from ...plugin_core.samples import Samples
from .. import machine, papers
from ..quality import material
from ..speed.model_cost import AsWritten
from .picture import plot_stages

FRAMES = 300
ROUND = 20  # frames in a row with one backend, so that its data are in the cache, as in a stream
RATE_HZ, FRAME = 16_000, 1024
PICTURE = "kernel_stages.png"
QUIET_DB = (0, -40, -80)
HELD_OUT = "eq-lowshelf"
HEAD = """## Kernels for the learned models

{frames} Hann-windowed frames of {sound} at 16 kHz, one thread, side by side in rounds of {round}
frames, nothing trimmed. "As written" and "rewritten" are graphs in ONNX Runtime (see below).
{cafx}

| model | played by | median, ms | p99, ms | of rewritten | of as written |
|---|---|---:|---:|---:|---:|"""
STAGES = f"""
Duration of the stages, median of {FRAMES} frames, and the least possible on this machine: the FMA
units never idle, or constants streamed from memory at full rate, whichever takes longer. Constants
that are still in the second-level cache are read faster.
{{limits}}

![Stage times]({PICTURE})
"""
QUIET_HEAD = """
Differences between the backends, as ESR over all frames, in dB, on the same frames at lower levels
and on frames whose second half is 80 dB below the first. Where two samples of a pool nearly tie,
rounding decides which one is kept. In quiet passages that is ONNX Runtime's: its convolution adds
the bias before the pool, which rounds small differences away; the kernels, as the model in PyTorch,
add it to what the pool has kept.

| effect | frames | exact against ONNX Runtime | fast against exact |
|---|---|---:|---:|"""
HELD_OUT_HEAD = f"""
Quality decides on the default: ESR of `{HELD_OUT}` against its target on held-out notes.

| played by | ESR, dB | median note, dB |
|---|---:|---:|"""

Play = Callable[[Samples], Samples]


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes a picture."""
    load_onnxruntime()
    torch.set_num_threads(1)
    frames, sound = real_frames(FRAMES)
    effects = {
        name: entry.files[RATE_HZ]
        for name, entry in papers.papers_effects().items()
        if RATE_HZ in entry.files
    }
    with tempfile.TemporaryDirectory() as folder:
        cae, cafx, remark = subjects(effects, Path(folder))
        head = HEAD.format(frames=FRAMES, round=ROUND, sound=sound, cafx=remark)
        costs = [line for path in (cae, cafx) for line in _cost(path, frames)]
        stages = {
            f"{label}, {backend}": _engine.testing.kernel_stages(
                str(path), backend, "", np.ascontiguousarray(frames[:, 0])
            )
            for label, path in (("CAE", cae), ("CAFx", cafx))
            for backend in ("kernel-exact", "kernel-fast")
        }
    fastest = _engine.testing.instruction_sets()[0]
    limits = _engine.testing.machine_limits(fastest)
    plot_stages(stages, limits, out_dir / PICTURE)
    described = (
        f"With {fastest} it does {limits['gflops']:.0f} GFLOP/s and reads "
        f"{limits['512 KiB']:.0f} GB/s out of 512 KiB, {limits['4096 KiB']:.0f} GB/s out of 4 MiB."
    )
    quiet = [line for name, path in effects.items() for line in _apart(name, path, frames)]
    lines = [head, *costs, STAGES.format(limits=described), QUIET_HEAD.strip("\n"), *quiet]
    return "\n".join([*lines, *_held_out(), ""])


def subjects(effects: Mapping[str, Path], folder: Path) -> tuple[Path, Path, str]:
    """A CAE, a CAFx, and a remark on the latter if it has random weights."""
    by_kind: dict[str, Path] = {}
    for path in effects.values():
        architecture = Effect(path).contract.architecture
        assert architecture is not None
        by_kind.setdefault(architecture.name, path)
    cae, cafx = by_kind[CAE_FAMILY.name], by_kind.get(CAFX_FAMILY.name)
    if cafx is not None:
        return cae, cafx, ""
    path = folder / "cafx.onnx"
    export_random_cafx(Contract.from_json(_engine.EffectFile(str(cae)).contract_json), path)
    return cae, path, "No trained CAFx ships yet: this one has random weights."


def export_random_cafx(cae: Contract, path: Path) -> None:
    """Write a CAFx with random weights that plays as the CAE of a contract does."""
    model = random_cafx()
    architecture = CAFX_FAMILY.architecture(model.size)
    export_model(model, replace(cae, name="random-cafx", architecture=architecture), path)


def random_cafx() -> CAFx:
    """A CAFx with random weights and curves, which costs as much as a trained one."""
    generator = torch.Generator().manual_seed(1)
    model = CAFx()
    with torch.no_grad():
        for parameter in model.parameters():
            scale = 0.05 * parameter.abs().mean()
            parameter.add_(scale * torch.randn(parameter.shape, generator=generator))
        model.curves.w.copy_(0.5 * torch.randn(model.curves.w.shape, generator=generator))
    return model.eval()


def real_frames(count: int) -> tuple[Samples, str]:
    """Windowed frames [count, 1, 1024] from all recordings, and a description of those."""
    found = material.find()
    frames = []
    for recording in found:
        mono = recording.audio[:1, : 4 * recording.sample_rate_hz]
        mono = _engine.testing.resample(
            np.ascontiguousarray(mono), recording.sample_rate_hz, RATE_HZ
        )
        some = range(0, mono.shape[1] - FRAME, RATE_HZ // 4)
        frames += [mono[:, start : start + FRAME] for start in some]
        if len(frames) >= 4 * count:
            break
    chosen = frames[:: max(1, len(frames) // count)][:count]
    return (np.stack(chosen) * make_window("hann", FRAME)).astype(np.float32), (
        "real recordings" if found.music else "synthetic plucked strings"
    )


def player(path: Path, backend: str, instruction_set: str = "") -> Play:
    """A function that plays a frame [1, 1024] with the engine."""
    runner = _engine.FrameRunner(_engine.Model(str(path), backend, instruction_set), 1)
    return lambda frame: runner.run(frame, {})


def written_player(model: CAE) -> Play:
    """The same with the papers' layers as written, in ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    data = to_onnx(AsWritten(model), FRAME, {}, {}).SerializeToString()
    session = onnxruntime.InferenceSession(data, options)
    return lambda frame: np.asarray(session.run(None, {"frame": frame})[0])


def times_ms(players: Mapping[str, Play], frames: Samples) -> dict[str, list[float]]:
    """Each player's time in ms for each of the frames [n, 1, 1024], the players alternating."""
    taken: dict[str, list[float]] = {name: [] for name in players}
    for play in players.values():
        for frame in frames[:5]:
            play(frame)
    for start in range(0, len(frames), ROUND):
        for name, play in players.items():
            for frame in frames[start : start + ROUND]:
                began = time.perf_counter()
                play(frame)
                taken[name].append(1000 * (time.perf_counter() - began))
    return taken


def _cost(path: Path, frames: Samples) -> list[str]:
    model = read_model(path, CAE)
    players = {"as written": written_player(model), "rewritten": player(path, "onnxruntime")}
    for name in _engine.testing.instruction_sets():
        for backend in ("kernel-exact", "kernel-fast"):
            players[f"{backend}, {name}"] = player(path, backend, name)
    taken = times_ms(players, frames)
    median = {name: float(np.median(ms)) for name, ms in taken.items()}
    return [
        f"| {type(model).__name__} | {name} | {median[name]:.3f} | {np.percentile(ms, 99):.3f} | "
        f"{median[name] / median['rewritten']:.3f} | {median[name] / median['as written']:.3f} |"
        for name, ms in taken.items()
    ]


def _apart(effect: str, path: Path, frames: Samples) -> list[str]:
    halves = frames.copy()
    halves[..., FRAME // 2 :] *= 10 ** (-80 / 20)
    cases = {f"at {db} dB": frames * np.float32(10 ** (db / 20)) for db in QUIET_DB}
    cases["fading"] = halves
    players = [player(path, name) for name in ("onnxruntime", "kernel-exact", "kernel-fast")]
    lines = []
    for name, some in cases.items():
        reference, exact, fast = (np.stack([play(frame) for frame in some]) for play in players)
        apart_db = f"{_esr_db(exact, reference)} | {_esr_db(fast, exact)}"
        lines.append(f"| {effect} | {name} | {apart_db} |")
    return lines


def _esr_db(played: Samples, wanted: Samples) -> str:
    error = np.square(played.astype(np.float64) - wanted).sum()
    return f"{10 * math.log10(error / np.square(wanted.astype(np.float64)).sum()):.0f}"


def _held_out() -> Sequence[str]:
    config = read_config(papers.CONFIGS / f"{HELD_OUT}.toml")
    folder = machine.ROOT / config.data.folder
    if not folder.is_dir():
        return []
    config = replace(config, data=replace(config.data, folder=str(folder)))
    notes = prepare(config).test
    path = papers.EFFECTS / f"{HELD_OUT}.onnx"
    lines = [HELD_OUT_HEAD.strip("\n")]
    backends: tuple[Backend, ...] = ("onnxruntime", "kernel-exact", "kernel-fast")
    for backend in backends:
        found, _ = evaluate(Effect(path, backend=backend), notes)
        esr_db, median_db = (10 * math.log10(ratio) for ratio in (found.esr, found.median_esr))
        lines.append(f"| {backend} | {esr_db:.4f} | {median_db:.4f} |")
    return ["", *lines]
