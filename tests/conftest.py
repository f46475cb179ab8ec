"""For all tests: what they start can be stopped, and what they lacked is said at the end."""

import math
import os
import signal
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for the helpers beside this file

from system_packages import remedy

# A shell starts jobs in the background with Ctrl-C ignored, and so would be what tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Under nohup HUP is ignored. This process goes on doing so, and what it starts does not inherit it.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda number, frame: None)

# Threads of small networks wait for each other, for minutes on a busy machine; and what is added up
# by several is added up in another order on another machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# CMake and Ninja come with the development tools, whose folder is no shell's.
os.environ["PATH"] += os.pathsep + str(Path(sys.executable).parent)

# Effects in the developer's own folder are none of the tests' business.
OWN_FOLDER = tempfile.TemporaryDirectory(prefix="tonecast-")
os.environ["XDG_DATA_HOME"] = OWN_FOLDER.name


START_S = time.monotonic()


@pytest.fixture(autouse=True)
def signals_are_handled_as_before() -> Generator[None, None, None]:
    """Commands that run in this process handle signals, and processes forked later inherit that.

    They end by an exception, which is lost in a finalizer: such a process then never ends.
    """
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    kept = {number: signal.getsignal(number) for number in numbers if number is not None}
    yield
    for number, handler in kept.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--within",
        type=float,
        default=math.inf,
        metavar="MINUTES",
        help="skip tests that have not begun after so many minutes",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if time.monotonic() - START_S > 60 * item.config.getoption("within"):
        pytest.skip("its time had passed: see --within")


@pytest.hookimpl(wrapper=True, tryfirst=True)  # below pytest's own
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    if line := remedy(reasons):
        terminalreporter.write_line(line)
