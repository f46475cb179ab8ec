"""PortAudio itself, and how to get away from a server that died.

PortAudio lists devices once, when it is initialised. After a JACK server has died it can neither
close a stream (it waits ten minutes for the server) nor end (an assertion aborts the process). What
is in such a state is left behind as it is, and another copy of the library takes over.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import Error

CLOSE_MAX_S = 3.0
JACK = "JACK"  # the driver's name begins so
# What is left behind has threads that still run when Python ends and unloads its libraries.
FOR_EVER = os.RTLD_NOW | getattr(os, "RTLD_NODELETE", 0)
_FAULTS = {signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV}

_stuck: list[Any] = []  # streams of the present copy that could not be closed
_left_behind: list[Any] = []  # earlier copies, and their streams


def portaudio() -> ModuleType:
    """The sounddevice module. Raise tonecast.Error where it or PortAudio is missing."""
    try:
        with undisturbed():
            return _sounddevice()
    except ModuleNotFoundError:
        raise Error("sounddevice is not installed; run 'pip install sounddevice'") from None
    except OSError:
        raise Error("PortAudio is missing; run 'sudo apt-get install libportaudio2'") from None


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep signals away from this thread, and from those that it starts.

    libjack takes a call that a signal has interrupted for a dead server, and PortAudio aborts.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - _FAULTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def close(stream: Any, driver: str) -> None:
    """Close a stream; one that cannot be closed within CLOSE_MAX_S is left as it is."""

    def work() -> None:
        with undisturbed():
            stream.close(ignore_errors=True)
        if stream in _stuck:
            _stuck.remove(stream)

    leave_behind(stream)  # until it is closed, which may never be
    if driver.startswith(JACK) and not stream.active:
        return
    closer = threading.Thread(target=work, daemon=True)
    closer.start()
    closer.join(CLOSE_MAX_S)


def leave_behind(stream: Any) -> None:
    """Never end the present copy of the library: it is stuck with this stream."""
    _stuck.append(stream)


def look_again() -> None:
    """List the devices that are there now; call it while no stream is open.

    Raise tonecast.Error where that takes another copy of the library, which only Linux can load.
    """
    sounddevice: Any = portaudio()
    has_jack = any(api["name"].startswith(JACK) for api in sounddevice.query_hostapis())
    with undisturbed():
        if has_jack or _stuck:  # its server may be dead
            _left_behind.extend((sounddevice._lib, *_stuck))
            _stuck.clear()
            sounddevice._lib = sounddevice._ffi.dlopen(_copy_of_the_library(), FOR_EVER)
            sounddevice._initialized = 0
        else:
            sounddevice._terminate()
        sounddevice._initialize()


def _copy_of_the_library() -> str:
    """The path of a copy in memory. It stays open: paths that were used before are not loaded."""
    if not hasattr(os, "memfd_create"):
        raise Error("a device that went away cannot be opened again here; start tonecast again")
    mapped = Path("/proc/self/maps").read_text().splitlines()
    library = next(line.split(maxsplit=5)[-1] for line in mapped if "/libportaudio" in line)
    copy = Path(f"/proc/self/fd/{os.memfd_create('portaudio')}")
    copy.write_bytes(Path(library).read_bytes())
    return str(copy)


@cache
def _sounddevice() -> ModuleType:
    import sounddevice

    sounddevice._ffi.dlopen(sounddevice._libname, FOR_EVER)  # the same once more
    atexit.unregister(sounddevice._exit_handler)
    atexit.register(_end)
    module: ModuleType = sounddevice
    return module


def _end() -> None:
    if not _stuck:
        with undisturbed():
            _sounddevice()._exit_handler()
