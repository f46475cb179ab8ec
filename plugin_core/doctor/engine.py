"""The compiled engine, and the ONNX Runtime that it loads."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from ..errors import Error
from .finding import Finding, of_error

REMEDIES = {
    "engine": "pip install --force-reinstall --no-deps tonecast",
    "ONNX Runtime": "pip install --force-reinstall --no-deps onnxruntime",
}
PROBE = "low-shelf"  # a small effect that comes along


def engine() -> list[Finding]:
    """Whether it loads, and which kernels it has chosen for this processor."""
    try:
        from .. import _engine
    except ImportError as error:
        return [of_error("engine", "broken", error, REMEDIES["engine"])]
    first, *others = _engine.testing.instruction_sets()
    beside = f" (this processor also has {', '.join(others)})" if others else ""
    return [Finding("engine", "works", f"loads, and plays by its {first} kernels{beside}")]


def onnxruntime() -> list[Finding]:
    """Which library the engine loads, and whether an effect still plays through it as recorded."""
    topic, remedy = "ONNX Runtime", REMEDIES["ONNX Runtime"]
    try:
        from .. import _engine
        from ..effect_files.loading import onnxruntime_library
    except ImportError:
        return [Finding(topic, "broken", "not looked at: the engine, which loads it, is broken")]
    try:
        library = onnxruntime_library()
        loaded = _engine.load_onnxruntime(library)
    except Error as error:
        return [of_error(topic, "broken", error, remedy)]
    both = [name for name in ("onnxruntime", "onnxruntime-gpu") if _is_installed(name)]
    if len(both) > 1:
        again = "pip uninstall onnxruntime onnxruntime-gpu; then pip install one of them"
        return [Finding(topic, "limited", f"{' and '.join(both)} share a folder", again)]
    told = _check_by_playing()
    if told:
        return [Finding(topic, "broken", f"{loaded}, {library}: {told}", remedy)]
    return [Finding(topic, "works", f"{loaded}, {_providers()}; loads {library}")]


def _check_by_playing() -> str:
    """What is wrong with the sound of an effect, or ""."""
    from ..effect_files.catalog import shipped_effects
    from ..effect_files.parity import verify

    entry = shipped_effects().get(PROBE)
    if entry is None:  # said by another check
        return ""
    try:
        return " ".join(verify(next(iter(entry.files.values()))).differences)
    except Error as error:
        return str(error)


def _providers() -> str:
    """Where it can compute, by the names that Python's own binding gives them."""
    try:
        import onnxruntime

        names = onnxruntime.get_available_providers()
    except Exception as error:  # the engine needs the library alone, so this is no fault
        return f"its Python module does not load ({type(error).__name__})"
    return "for " + ", ".join(name.removesuffix("ExecutionProvider") for name in names)


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False
