import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from system_packages import is_there

sys.path.append(str(Path(__file__).parent))  # for the helpers beside the tests

if is_there("chromium"):
    from browser import Browser, Page, chromium
    from study_server import Served, serving

    @pytest.fixture(scope="session")
    def browser() -> Iterator[Browser]:
        with chromium() as browser:
            yield browser

    @pytest.fixture
    def page(browser: Browser) -> Iterator[Page]:
        context = browser.new_context(locale="en-GB")
        yield context.new_page()
        context.close()

    @pytest.fixture(scope="module")
    def server(folder: Path) -> Iterator[Served]:
        """Of the file's study; one for all of its tests, each of which has raters of its own."""
        with serving(folder) as server:
            yield server
