"""Which files `tonecast process` plays, and which it writes: nothing that was not named for it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...atomic_write import check_new
from ...audio_files.files import BIT_DEPTHS, READABLE
from ...audio_files.pipes import STDIN, STDOUT, is_pipe, named
from ...errors import Error

PIPE_EXTENSION = ".wav"  # of what goes into a pipe without a --format


@dataclass(frozen=True)
class Job:
    """A file to play, and the file to write in the format of an extension."""

    source: Path
    target: Path
    extension: str


def plan(
    inputs: Sequence[str], out: str, extension: str | None, overwrite: bool
) -> tuple[list[Job], list[str]]:
    """The files to play and to write, and a message for each input that is refused."""
    out_path = named(out, STDOUT)
    into_folder = _is_folder(inputs, out, out_path)
    jobs: list[Job] = []
    refused: list[str] = []
    for given in [named(text, STDIN) for text in inputs]:
        if not given.is_dir():
            sources = [given]
        elif len(inputs) > 1 and _same(given, out_path):
            refused.append(f"{given} is the output folder; what it holds is no input")
            continue
        else:
            sources = list(_audio_files(given, out_path))
            if not sources:
                refused.append(f"{given} holds no audio files")
        for source in sources:
            if into_folder:
                inside = source.relative_to(given) if given.is_dir() else Path(source.name)
                kind = extension or _writable(inside.suffix)
                jobs.append(Job(source, out_path / inside.with_suffix(kind), kind.lower()))
            elif is_pipe(out_path):
                kind = extension or out_path.suffix.lower() or PIPE_EXTENSION
                jobs.append(Job(source, out_path, kind))
            elif extension:
                raise Error(f"--format is for output folders; {out} names its format itself")
            else:
                jobs.append(Job(source, out_path, out_path.suffix.lower()))
    allowed, more_refused = _allowed(jobs, overwrite)
    return allowed, refused + more_refused


def _is_folder(inputs: Sequence[str], out: str, out_path: Path) -> bool:
    """Whether the output is a folder, there or to be made. Raise tonecast.Error for a file."""
    if out_path.is_dir() or out.endswith(("/", os.sep)):
        return True
    if len(inputs) == 1 and not Path(inputs[0]).is_dir():
        return False
    if out_path.exists():
        raise Error(f"{out} is a file; several inputs need a folder to go to")
    if out_path.suffix.lower() in READABLE:
        raise Error(
            f"{out} is named like a file, and several inputs need a folder to go to; "
            f"for a folder of that name write {out}/"
        )
    return True


def _allowed(jobs: Sequence[Job], overwrite: bool) -> tuple[list[Job], list[str]]:
    """Those that meet neither each other nor an input, and a message for each of the others."""
    sources = {_real(job.source) for job in jobs}
    taken: dict[Path, Path] = {}
    allowed: list[Job] = []
    refused: list[str] = []
    for job in sorted(jobs, key=_is_converted):  # a.wav has a better right to a.wav than a.opus
        target = _real(job.target)
        if target in taken:
            refused.append(f"{job.source} and {taken[target]} would both go to {job.target}")
            continue
        if target in sources and not is_pipe(job.target):
            refused.append(f"{job.target} is an input; choose another name for the output")
            continue
        try:
            if not is_pipe(job.target):
                check_new(job.target, overwrite)
        except Error as error:
            refused.append(str(error))
            continue
        taken[target] = job.source
        allowed.append(job)
    return allowed, refused


def _audio_files(folder: Path, out: Path) -> Iterator[Path]:
    """The audio files of a folder, without those of an output folder in it."""
    out = _real(out)
    has_out = _real(folder) in out.parents
    for path in sorted(folder.rglob("*")):
        if has_out and out in _real(path).parents:
            continue
        if path.suffix.lower() in READABLE and not path.name.startswith(".") and path.is_file():
            yield path


def _same(one: Path, other: Path) -> bool:
    return _real(one) == _real(other)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike resolve(), it takes links in a circle


def _is_converted(job: Job) -> bool:
    return job.source.suffix.lower() != job.target.suffix.lower()


def _writable(extension: str) -> str:
    return extension if extension.lower() in BIT_DEPTHS else ".wav"
