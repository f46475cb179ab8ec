"""Loaded models, shared by all streams of one file, and the ONNX Runtime library that they need.

Neither onnxruntime nor the PyTorch side of the project is imported.
"""

from __future__ import annotations

import os
import threading
import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args
from weakref import WeakValueDictionary

from .. import _engine
from ..errors import Error
from .cuda import preload_cuda

Backend = Literal["auto", "onnxruntime", "kernel", "kernel-fast", "kernel-exact"]

Device = Literal["cpu", "cuda", "auto"]

_ModelKey = tuple[str, int, int, str, str, int]
_models: WeakValueDictionary[_ModelKey, _engine.Model] = WeakValueDictionary()
_models_lock = threading.Lock()


def _unlock_models() -> None:
    global _models_lock  # a thread that was loading has not come along into the forked child
    _models_lock = threading.Lock()


os.register_at_fork(after_in_child=_unlock_models)


def load_model(
    path: Path, backend: Backend = "auto", device: Device = "cpu", oversampling: int = 1
) -> _engine.Model:
    """The model in a file, shared by all that use it now in the same way. Raise tonecast.Error.

    "auto" is the kernel made for the effect where there is one, and ONNX Runtime elsewhere;
    "kernel" is "kernel-fast", whose convolutions go through FFTs; "kernel-exact" sums them up as
    ONNX Runtime does.

    The device "cuda" is a GPU, which only ONNX Runtime uses; "auto" is a GPU where there is one and
    no kernel. A GPU that is present and fails is reported by a RuntimeWarning. `oversampling` is 1,
    2, 4 or 8, for causal effects that a kernel plays.
    """
    for what, given, known in (
        ("backend", backend, get_args(Backend)),
        ("device", device, get_args(Device)),
    ):
        if given not in known:
            choices = f"{', '.join(known[:-1])} or {known[-1]}"
            raise Error(f"there is no {what} {given!r}; choose {choices}")
    load_onnxruntime()
    if device != "cpu":
        preload_cuda(onnxruntime_library())
    try:
        status = path.stat()
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from None
    key = (str(path.resolve()), status.st_mtime_ns, status.st_size, backend, device, oversampling)
    with _models_lock:
        model = _models.get(key)
        if model is not None:
            return model
        model = _models[key] = _engine.Model(
            path, backend, device=device, oversampling=oversampling
        )
    if model.played_by.fallback_reason:
        warnings.warn(model.played_by.fallback_reason, RuntimeWarning, stacklevel=3)
    return model


@cache
def load_onnxruntime() -> None:
    """Load the shared library of the installed onnxruntime package. Raise tonecast.Error."""
    _engine.load_onnxruntime(onnxruntime_library())


def onnxruntime_library() -> Path:
    """The shared library of the installed onnxruntime package. Raise tonecast.Error."""
    package = find_spec("onnxruntime")
    if package is None or package.origin is None:
        raise Error("onnxruntime is not installed; run 'pip install onnxruntime'")
    folder = Path(package.origin).parent / "capi"
    for pattern in ("libonnxruntime.so*", "libonnxruntime*.dylib", "onnxruntime.dll"):
        for library in sorted(folder.glob(pattern)):
            return library
    raise Error(
        f"{folder} holds no ONNX Runtime library; run 'pip install --force-reinstall onnxruntime'"
    )
