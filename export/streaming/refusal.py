"""Why a module cannot be played frame by frame, in words that lead to the line."""

from __future__ import annotations

import re
from pathlib import Path

from torch import fx

from ...plugin_core.errors import Error

OURS = Path(__file__).resolve().parents[1].as_posix()


class Refusal(Error):  # noqa: N818 — not an error of ours
    """An operator that no rule can stream, without the layer that asks for it."""


def located(node: fx.Node, reason: str) -> Error:
    """The reason, with the layer and the user's own line."""
    layer = _layer(node)
    line = _line(node)
    place = " at ".join(part for part in (layer, line) if part) or f"the operator {node.target}"
    return Error(f"{place}: {reason}")


def _layer(node: fx.Node) -> str:
    """Such as `decoder.norm (GroupNorm)`; empty for what the outermost module does itself."""
    stack = list(node.meta.get("nn_module_stack", {}).values())
    if not stack:
        return ""
    path, kind = stack[-1]
    name = str(kind).rsplit(".", 1)[-1].removesuffix("'>")
    path = re.sub(r"^L\['self'\]\.?", "", str(path))
    return f"{path} ({name})" if path else name


def _line(node: fx.Node) -> str:
    """Such as `my_net.py:31 (y = x.flip(-1))`: the innermost line neither PyTorch's nor ours."""
    trace = str(node.meta.get("stack_trace") or "")
    found = re.findall(r'File "([^"]+)", line (\d+), in .*\n\s*(.*)', trace)
    paths = [entry[0].replace("\\", "/") for entry in found]
    own = [
        entry
        for entry, path in zip(found, paths, strict=True)
        if "/torch/" not in path and not path.startswith(OURS)
    ]
    if not own:
        return ""
    path, number, code = own[-1]
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{name}:{number} ({code.strip()})" if code.strip() else f"{name}:{number}"
