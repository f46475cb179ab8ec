"""What is found is told apart."""

import os
import signal

from children import try_all


def function(what: str) -> str:
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "hang":
        os.kill(os.getpid(), signal.SIGPROF)  # as the timer would
    if what == "raise":
        raise IndexError("an empty list")
    return what


def test_findings_are_kept_and_what_follows_them_is_tried() -> None:
    outcome = try_all(iter(["good", "crash", "good", "hang", "raise", "good"]), function)
    assert outcome.findings == [("SIGSEGV", "crash"), ("hang", "hang"), ("exception", "raise")]
    assert outcome.answers["good"] == 3
    assert outcome.answers["IndexError: an empty list"] == 1
    assert outcome.inputs == 6


def test_memory_is_bounded() -> None:
    outcome = try_all(iter([1, 7]), lambda gib: str(len(bytes(gib << 30)) >> 30))
    assert outcome.findings == [("exception", 7)]
    assert outcome.answers["1"] == 1
