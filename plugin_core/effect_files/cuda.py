"""Libraries that ONNX Runtime needs to run on an NVIDIA GPU."""

from __future__ import annotations

import contextlib
import ctypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PROVIDER = "libonnxruntime_providers_cuda.so"
# What it is linked against, in the order of their own dependencies.
NEEDED = ("cudart", "nvJitLink", "cublasLt", "cublas", "nvrtc", "curand", "cufft", "cudnn")


@cache
def preload_cuda(onnxruntime_library: Path) -> None:
    """Load CUDA and cuDNN from NVIDIA's Python packages, where ONNX Runtime does not search.

    It finds libraries that the process has loaded. Does nothing where ONNX Runtime has no CUDA, and
    skips libraries that are not installed as packages: the system may have them. Loading several
    versions does no harm: ONNX Runtime takes the one that it is linked against.
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
