"""The Python baseline that the engine is compared with: NumPy around onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from ..effect_files.contract import Contract
from ..effect_files.windows import make_window
from ..errors import Error
from ..samples import Samples


class PythonBaseline:
    """Queues, windows and overlap-add as usually written in Python.

    The same frames as the engine's at the model's own rate, on one thread, with the controls at
    their defaults: output and latency are the engine's, within float tolerance.
    """

    def __init__(self, path: Path, contract: Contract, channels: int) -> None:
        if contract.form == "filter":
            raise Error(f"{contract.name} filters: the Python baseline adds up frames alone")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._controls = {c.name: np.array(c.default, np.float32) for c in contract.controls}
        self._states = {
            tensor.name: np.zeros(
                [size if isinstance(size, int) else channels for size in tensor.shape], np.float32
            )
            for tensor in self._session.get_inputs()
            if tensor.name.startswith("state.")
        }
        self._frame_size = frame_size = contract.frame_size_samples
        self._hop = hop = contract.hop_size_samples
        self._analysis = make_window(contract.analysis_window, frame_size)
        synthesis = make_window(contract.synthesis_window, frame_size)
        gain = 1 / np.sum((self._analysis * synthesis)[::hop])
        self._synthesis = (gain * synthesis).astype(np.float32)
        self._waiting = np.zeros((channels, frame_size - hop), np.float32)
        self._sum = np.zeros((channels, frame_size), np.float32)
        self._ready = np.zeros((channels, hop), np.float32)
        self.latency_samples = frame_size

    def process(self, block: Samples) -> Samples:
        """The output [channels, n] for a block [channels, n], full scale ±1."""
        self._waiting = np.concatenate([self._waiting, block], axis=1)
        while self._waiting.shape[1] >= self._frame_size:
            frame = self._waiting[:, : self._frame_size] * self._analysis
            feeds = {"frame": frame, **self._controls, **self._states}
            values = dict(zip(self._outputs, self._session.run(None, feeds), strict=True))
            self._states = {name: values[f"{name}.next"] for name in self._states}
            self._sum += values["frame_out"] * self._synthesis
            self._ready = np.concatenate([self._ready, self._sum[:, : self._hop]], axis=1)
            self._sum = np.roll(self._sum, -self._hop, axis=1)
            self._sum[:, -self._hop :] = 0
            self._waiting = self._waiting[:, self._hop :]
        out, self._ready = np.split(self._ready, [block.shape[1]], axis=1)
        return out
