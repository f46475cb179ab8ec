"""Gives inputs to a function in child processes, and tells what became of them."""

from __future__ import annotations

import faulthandler
import mmap
import os
import resource
import signal
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

LONGEST_CPU_S = 5  # for one input
MOST_MEMORY_KIB = 5 << 19  # 2.5 GiB
MOST_ADDRESS_SPACE_BYTES = 6 << 30  # beyond what the parent has: spares the machine
INPUTS_PER_CHILD = 200

Input = TypeVar("Input")


@dataclass
class Outcome(Generic[Input]):
    """How many inputs there were, what the function answered, and those that went wrong."""

    inputs: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, Input]] = field(default_factory=list)


def try_all(inputs: Iterator[Input], function: Callable[[Input], str]) -> Outcome[Input]:
    """Have children call the function, which answers in a word, with every input.

    A finding is an input at which a child raised, crashed, took more than 5 s of processor time, or
    more than 2.5 GiB of memory.
    """
    outcome: Outcome[Input] = Outcome()
    while batch := list(islice(inputs, INPUTS_PER_CHILD)):
        outcome.inputs += len(batch)
        while batch:
            batch = _try_batch(batch, function, outcome)
    return outcome


def _try_batch(
    batch: Sequence[Input], function: Callable[[Input], str], outcome: Outcome[Input]
) -> Sequence[Input]:
    """What is left of it after the first finding."""
    progress = mmap.mmap(-1, 8)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_child(batch, function, progress, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        for line in answers.read().decode(errors="replace").splitlines():
            outcome.answers[line] += 1
    _, status = os.waitpid(child, 0)
    if status == 0:
        return []
    (at,) = struct.unpack("q", progress)
    if os.WIFSIGNALED(status):
        what = signal.Signals(os.WTERMSIG(status)).name
        what = "hang" if what in ("SIGPROF", "SIGALRM") else what
    else:
        what = "exception" if os.WEXITSTATUS(status) == 1 else "memory"
    outcome.answers[what] += 1
    outcome.findings.append((what, batch[at]))
    return batch[at + 1 :]


def _be_child(
    batch: Sequence[Input], function: Callable[[Input], str], progress: mmap.mmap, writer: int
) -> None:
    address_space = _address_space_bytes() + MOST_ADDRESS_SPACE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    begun_kib = _memory_kib()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    faulthandler.disable()  # pytest's: a crash is told by its signal
    status = 0
    try:
        for i, one in enumerate(batch):
            progress[:8] = struct.pack("q", i)
            signal.setitimer(signal.ITIMER_PROF, LONGEST_CPU_S)
            signal.alarm(60)  # asleep, on a machine that is busy
            os.write(writer, (function(one) + "\n").encode())
            if _memory_kib() > begun_kib + MOST_MEMORY_KIB:
                status = 2
                break
    except BaseException as error:
        os.write(writer, f"{type(error).__name__}: {error}".splitlines()[0][:300].encode() + b"\n")
        status = 1
    os._exit(status)


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _memory_kib() -> int:
    """The most that was ever in use: a child begins with what its parent had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
