"""The built page behind a stub API, and a browser in front of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.docs_page import build
from tests.infra.docs_page.stub_site import StubSite
from tests.infra.docs_page.webdriver import Browser, Driver


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a real Chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one worker: there the page is built and a browser is opened once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("docs page"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("docs-page")
    build(target)
    return target


@pytest.fixture
def site(built: Path) -> Iterator[StubSite]:
    with StubSite(built) as running:
        yield running


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    with Driver() as running:
        yield running


@pytest.fixture(scope="session")
def window(driver: Driver) -> Iterator[Browser]:
    with driver.browser() as opened:
        yield opened


@pytest.fixture
def browser(window: Browser) -> Browser:
    """One window for all tests: each test's site is a new origin, so nothing stored is shared."""
    window.open("about:blank")
    window.command("Emulation.setEmulatedMedia", features=[])
    window.console()
    return window
