"""Where PyTorch is to compute: checked before anything is read."""

from __future__ import annotations

from ...plugin_core.errors import Error

KINDS = ("cpu", "cuda", "mps")  # PyTorch knows more, some of which compute nothing


def check_device(device: str) -> None:
    """Raise tonecast.Error unless PyTorch can train there: cpu, cuda, cuda:1 …, mps."""
    import torch

    if device.partition(":")[0] not in KINDS:
        raise Error(f"there is no device {device!r}; train with --device cpu, cuda or mps")
    missing = f"PyTorch finds no device {device} here; train with --device cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise Error(missing)
    try:
        torch.zeros(1, device=device)
    except (AssertionError, NotImplementedError, RuntimeError):  # which one is up to the device
        raise Error(missing) from None
