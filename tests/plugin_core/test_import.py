"""What a program pays for `import tonecast`."""

import subprocess
import sys

HEAVY = ("torch", "onnxruntime", "onnx", "matplotlib", "pedalboard", "sounddevice", "scipy", "rich")


def run(code: str) -> str:
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return child.stdout


def test_import_leaves_heavy_packages_alone() -> None:
    loaded = run(f"import sys, tonecast; print([name for name in {HEAVY} if name in sys.modules])")
    assert loaded.strip() == "[]"


def test_playing_needs_nothing_but_numpy() -> None:
    code = (
        "import sys, numpy, tonecast\n"
        "effect = tonecast.Effect('resonance-eq')\n"
        "effect(numpy.zeros(1000, 'float32'), 48000)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert run(code).strip() == "[]"


def test_public_names_exist_and_version_is_the_package_s() -> None:
    from importlib.metadata import version

    import tonecast

    assert all(hasattr(tonecast, name) for name in tonecast.__all__)
    assert tonecast.__version__ == version("tonecast")


def test_a_public_name_that_a_package_has_too_is_the_public_one() -> None:
    """`tonecast.live` plays; `tonecast.plugin_core.live` is the package that it comes from."""
    code = (
        "import tonecast, tonecast.plugin_core.live.session as session\n"
        "print([tonecast.live is session.live, callable(tonecast.live)])\n"
        "print([name for name in tonecast.__all__ if type(getattr(tonecast, name)).__name__ =="
        " 'module'])\n"
        "from tonecast import plugin_core, live, Effect; print(live is session.live)\n"
        "print(hasattr(tonecast, 'no_such_name'))"
    )
    assert run(code).split("\n")[:4] == ["[True, True]", "[]", "True", "False"]
