"""The cost of a frame of the learned models: the graph as written, and rewritten."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

from ...export.to_onnx import to_onnx
from ...models.families.autoencoder.cae import CAE, QUIET_GATE
from ...models.families.autoencoder.cafx import CAFx
from ...models.families.autoencoder.graph import CAEGraph
from ...models.offline import periodic_hann
from ...plugin_core.samples import Samples

FRAMES = 500
HEAD = """## Learned models: a frame in ONNX Runtime

One frame of 1024 samples, one thread, {frames} frames of noise, nothing trimmed. "As written" are
the papers' layers with 1-D convolutions and softplus on every sample, exported; the models are
untrained, which changes nothing in the cost. Differences are from the model as it is trained,
at their largest in a frame: softplus before the pool rounds near-equals to equals, so as written
other samples are kept.

| model | graph | median, ms | p99, ms | longest, ms | difference, median frame |
|---|---|---:|---:|---:|---:|"""


class AsWritten(nn.Module):
    """The papers' layers, as written."""

    def __init__(self, model: CAE) -> None:
        super().__init__()
        self.model = model

    def forward(self, frame: Tensor) -> Tensor:
        """Frames [channels, frame_size] in and out."""
        model, size = self.model, self.model.size
        pads = [((taps - 1) // 2, taps // 2) for taps in (size.filter_taps, size.smoothing_taps)]
        x1 = functional.conv1d(
            functional.pad(frame[:, None], pads[0]), model.filters[:, None], model.filter_bias
        )
        x2 = functional.softplus(
            functional.conv1d(
                functional.pad(x1.abs(), pads[1]),
                model.smoothing[:, None],
                model.smoothing_bias,
                groups=size.filters,
            )
        )
        pools = x2.reshape(-1, size.filters, size.latent, size.pool)
        z, inside = pools.max(dim=3)
        place = inside + torch.arange(0, size.frame, size.pool)
        by_row = torch.matmul((z - QUIET_GATE).transpose(0, 1), model.local.weight)
        hidden = functional.softplus(by_row.transpose(0, 1) + model.local.bias)
        gate = functional.softplus(model.shared(hidden - QUIET_GATE))
        y = model.shape(x1 * torch.scatter(x1 * 0, 2, place, gate))
        pad = (size.filter_taps - 1) // 2
        out = functional.conv_transpose1d(y, model.filters[:, None], padding=pad)
        return out[:, 0, : size.frame]


def run(out_dir: Path) -> str:
    """Return the Markdown section; writes no file."""
    torch.manual_seed(1)
    rows = []
    for model in (CAE(), CAFx()):
        model.eval()
        noise = 0.1 * torch.randn(FRAMES, 1, model.size.frame) * periodic_hann(model.size.frame)
        with torch.no_grad():
            wanted = model(noise[:, 0]).numpy()
        for name, graph in (("as written", AsWritten(model)), ("rewritten", CAEGraph(model))):
            times_ms, out = _time(graph, model.size.frame, noise.numpy())
            rows.append(
                f"| {type(model).__name__} | {name} | {np.median(times_ms):.2f} | "
                f"{np.percentile(times_ms, 99):.2f} | {max(times_ms):.2f} | "
                f"{np.median(np.abs(out - wanted).max(axis=1)):.1e} |"
            )
    return "\n".join([HEAD.format(frames=FRAMES), *rows, ""])


def _time(graph: nn.Module, frame: int, noise: Samples) -> tuple[list[float], Samples]:
    """Milliseconds of each frame, and the output [frames, frame_size]."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    data = to_onnx(graph, frame, {}, {}).SerializeToString()
    session = onnxruntime.InferenceSession(data, options)
    for sound in noise[:20]:
        session.run(None, {"frame": sound})
    times_ms, out = [], []
    for sound in noise:
        start = time.perf_counter()
        (played,) = session.run(None, {"frame": sound})
        times_ms.append(1000 * (time.perf_counter() - start))
        out.append(played[0])
    return times_ms, np.stack(out)
