"""What ONNX Runtime needs beside itself to play on a GPU of NVIDIA's."""

from __future__ import annotations

import contextlib
import ctypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PROVIDER = "libonnxruntime_providers_cuda.so"
# What it is linked against, each after what it needs itself.
NEEDED = ("cudart", "nvJitLink", "cublasLt", "cublas", "nvrtc", "curand", "cufft", "cudnn")


@cache
def preload_cuda(onnxruntime_library: Path) -> None:
    """Load CUDA and cuDNN from NVIDIA's Python packages, where ONNX Runtime would not look.

    It finds what a process has loaded already. Does nothing where ONNX Runtime has no CUDA, and
    leaves out what is not installed so: the system may have it. Which version is the right one is
    for ONNX Runtime to say; others do no harm.
    """
    nvidia = find_spec("nvidia")
    if nvidia is None or not (onnxruntime_library.parent / PROVIDER).exists():
        return
    folders = [Path(folder) for folder in nvidia.submodule_search_locations or ()]
    for name in NEEDED:
        for folder in folders:
            for library in sorted(folder.glob(f"*/lib/lib{name}.so.*")):
                with contextlib.suppress(OSError):
                    ctypes.CDLL(str(library))
