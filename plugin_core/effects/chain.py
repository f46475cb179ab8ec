"""What stands around an effect's model and is no number: a cabinet, and what stereo is to it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from .. import _engine
from ..audio_files.files import open_audio
from ..errors import Error

Stereo = Literal["linked", "dual", "mid-side"]
MAX_CABINET_S = 10.0


@dataclass(frozen=True)
class Cabinet:
    """A loudspeaker cabinet: a file with its impulse response, of 1 or 2 channels."""

    path: Path  # absolute
    response: _engine.ImpulseResponse


@dataclass(frozen=True)
class Chain:
    """All of it, as an effect hands it to its streams."""

    cabinet: Cabinet | None = None
    stereo: Stereo = "linked"


NO_CHAIN = Chain()


def read_cabinet(path: str | os.PathLike[str]) -> Cabinet:
    """The impulse response in an audio file. Raise tonecast.Error where it cannot be played."""
    file = Path(path).absolute()
    with open_audio(file) as reader:
        rate_hz = int(reader.samplerate)
        longest = int(MAX_CABINET_S * rate_hz)
        try:
            samples = reader.read(longest + 1)
        except RuntimeError as error:
            raise Error(f"{file} is damaged: {error}") from None
    try:
        response = _engine.ImpulseResponse(np.ascontiguousarray(samples), rate_hz)
    except Error as error:
        raise Error(f"{file}: {error}") from None
    return Cabinet(file, response)


def check_stereo(stereo: object) -> Stereo:
    """`stereo` as one of the words. Raise ValueError for others."""
    for known in get_args(Stereo):
        if stereo == known:
            return known  # type: ignore[no-any-return]
    raise ValueError(f"stereo is {', '.join(get_args(Stereo)[:-1])} or mid-side, not {stereo!r}")


def make_chain(cabinet: str | os.PathLike[str] | None, stereo: Stereo) -> Chain:
    """What a user has asked for. Raise tonecast.Error or ValueError."""
    return Chain(None if cabinet is None else read_cabinet(cabinet), check_stereo(stereo))


class ChainParameters:
    """`cabinet` and `stereo` as attributes, to be set from any thread, also while another plays."""

    _stream_engine: _engine.Engine
    _chain: Chain = NO_CHAIN

    def _connect_chain(self) -> None:
        """Set a fresh engine's cabinet and stereo."""
        self._stream_engine.set_stereo(self._chain.stereo)
        if self._chain.cabinet is not None:
            self._stream_engine.load_cabinet(self._chain.cabinet.response)

    @property
    def chain(self) -> Chain:
        """Cabinet and stereo as they stand."""
        return self._chain

    @property
    def cabinet(self) -> Path | None:
        """The file with the impulse response that plays behind the model; None is none.

        An audio file with 1 or 2 channels and up to 10 s, at any rate. It is scaled so that white
        noise comes out as loud as it goes in. Another one fades in within 20 ms.
        Setting it raises tonecast.Error for a file that cannot be played.
        """
        return None if self._chain.cabinet is None else self._chain.cabinet.path

    @cabinet.setter
    def cabinet(self, path: str | os.PathLike[str] | None) -> None:
        cabinet = None if path is None else read_cabinet(path)
        self._chain = replace(self._chain, cabinet=cabinet)
        self._stream_engine.load_cabinet(None if cabinet is None else cabinet.response)

    @property
    def stereo(self) -> Stereo:
        """What two channels are to noise gate and model.

        "linked": left and right, and what opens the gate for one opens it for both.
        "dual": two sounds of their own. "mid-side": their middle, (L + R) / 2, and their sides,
        (L − R) / 2. Other numbers of channels are never in mid and side.
        Setting it raises ValueError for anything else.
        """
        return self._chain.stereo

    @stereo.setter
    def stereo(self, stereo: Stereo) -> None:
        self._chain = replace(self._chain, stereo=check_stereo(stereo))
        self._stream_engine.set_stereo(self._chain.stereo)

    def _shown_chain(self) -> list[str]:
        """Cabinet and stereo as text, where they are set."""
        shown = []
        if self._chain.cabinet is not None:
            shown.append(f"cabinet={str(self._chain.cabinet.path)!r}")
        if self._chain.stereo != "linked":
            shown.append(f"stereo={self._chain.stereo!r}")
        return shown
