"""The installed plugins: whole ones, of this version, or not."""

from __future__ import annotations

from importlib.metadata import version

from ..plugin_hosting.bundles import FORMATS, Bundle, Format
from .finding import Finding

INSTALL = "tonecast install-plugin"


def plugins() -> list[Finding]:
    """What is in the user's plugin folders."""
    return [_look_at(format_) for format_ in FORMATS]


def _look_at(format_: Format) -> Finding:
    topic, path = f"plugin {format_.name}", format_.installed
    if not path.exists():
        return Finding(topic, "absent", f"not in {path.parent}", INSTALL)
    bundle = Bundle(format_, path)
    if lacking := bundle.lacks():
        return Finding(topic, "broken", f"{path} lacks {' and '.join(lacking)}", INSTALL)
    holds = f"{path}, with ONNX Runtime and {bundle.effect_count} files of effects"
    ours = version("tonecast")
    if bundle.version != ours:
        theirs = bundle.version or "of unknown version"
        return Finding(topic, "limited", f"{holds}: it is {theirs}, the package {ours}", INSTALL)
    return Finding(topic, "works", f"{ours}, {holds}")
