import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from system_packages import is_there

sys.path.append(str(Path(__file__).parent))  # for the helpers beside the tests

if is_there("chromium"):
    from browser import Browser, chromium

    @pytest.fixture(scope="session")
    def browser() -> Iterator[Browser]:
        with chromium() as browser:
            yield browser
