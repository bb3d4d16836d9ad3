"""The environment and the databases of all tests, and the whole backend for those that ask for it.

The process that the run began with starts one PostgreSQL, which ends with it, and migrates one
template database. Each worker of pytest-xdist copies that once; DATABASE_URL names the copy, and
functions find it there as they do when deployed.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings

from infra.local.postgres import Server, start
from infra.local.postgres_programs import PostgresError
from infra.migrate import MigrationError
from shared.facts import Emissions, Event
from tests.campus import Campus
from tests.environment import PASSWORDS, function_environment
from tests.gateway import somewhere
from tests.people import User
from tests.postgres import (
    SERVER_URL,
    TEMPLATE,
    create_database,
    create_template,
    drop_database,
    temporary_database,
    with_database,
)

SECONDS_A_RUN_NEVER_TAKES = 6 * 3600
# Properties try the same examples in each run, on a slow machine too; `make fuzz` tries others.
settings.register_profile(
    "campus",
    derandomize=os.environ.get("CAMPUS_FUZZ") != "all",
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("campus")
RUN = pytest.StashKey[tuple[Path, Server]]()


def pytest_configure(config: pytest.Config) -> None:
    """Before any test module is imported: workers inherit what the first process sets here."""
    if config.option.collectonly or config.option.help:
        return
    if not hasattr(config, "workerinput"):
        _begin_run(config)
    os.environ["DATABASE_URL"] = with_database(os.environ[SERVER_URL], _own_database())


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN not in config.stash:
        return
    directory, server = config.stash[RUN]
    if server.embedded:
        server.stop()
    elif TEMPLATE in os.environ:
        drop_database(server.url, os.environ[TEMPLATE])
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def database_url() -> Iterator[str]:
    """The admin's URL of this worker's own migrated database; it keeps what tests commit."""
    server = os.environ[SERVER_URL]
    create_database(server, _own_database(), os.environ[TEMPLATE])
    yield os.environ["DATABASE_URL"]
    drop_database(server, _own_database())


@pytest.fixture
def empty_database_url() -> Iterator[str]:
    """The admin's URL of a database without any migration, dropped after the test."""
    with temporary_database(os.environ[SERVER_URL]) as url:
        yield url


@pytest.fixture
def fresh_database_url() -> Iterator[str]:
    """The admin's URL of a migrated database that only this test uses."""
    with temporary_database(os.environ[SERVER_URL], os.environ[TEMPLATE]) as url:
        yield url


@pytest.fixture(scope="session")
def campus(database_url: str) -> Campus:
    """The whole backend, once a worker."""
    return Campus()


@pytest.fixture(autouse=True)
def _own_address(request: pytest.FixtureRequest) -> None:
    """Limits of an address are counted for each test alone."""
    if "campus" in request.fixturenames:
        request.getfixturevalue("campus").address = somewhere()


@pytest.fixture
def user(campus: Campus) -> User:
    """A fresh tenant on the free plan."""
    return campus.user()


@pytest.fixture
def premium(campus: Campus) -> User:
    """A fresh tenant on the premium plan."""
    return campus.user(tier="premium")


@pytest.fixture
def admin(campus: Campus) -> User:
    """A platform admin."""
    return campus.user(role="admin")


def _begin_run(config: pytest.Config) -> None:
    _remove_killed_runs()
    directory = Path(tempfile.mkdtemp(prefix="campus-tests-"))
    directory.chmod(0o711)  # the server runs as another user when we are root
    try:
        server = start(directory / "postgres", durable=False)
        config.stash[RUN] = (directory, server)
        os.environ[TEMPLATE] = create_template(server.url, PASSWORDS)
    except (MigrationError, PostgresError) as error:
        pytest.exit(f"no database to test with: {error}", returncode=1)
    os.environ.update(function_environment(directory))
    os.environ[SERVER_URL] = server.url


def _remove_killed_runs() -> None:
    """A run that was killed takes its server along, but leaves its files."""
    for directory in Path(tempfile.gettempdir()).glob("campus-tests-*"):
        if time.time() - directory.stat().st_mtime > SECONDS_A_RUN_NEVER_TAKES:
            shutil.rmtree(directory, ignore_errors=True)


def _own_database() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"{os.environ[TEMPLATE]}_{worker}"


@pytest.fixture(scope="session", autouse=True)
def nobody_waits_for_aws() -> Iterator[None]:
    """botocore asks again at once: there is nobody at most addresses, and nobody will come."""
    from botocore.retries import standard  # pyright: ignore[reportMissingTypeStubs]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standard.ExponentialBackoff, "delay_amount", lambda *_: 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def every_event_that_is_told_keeps_its_contract() -> Iterator[None]:
    """Functions do not validate what they tell: each test does it for them, strictly."""
    told = Emissions.add

    def add(self: Emissions, event: Event, **about: Any) -> UUID:
        type(event).model().model_validate(vars(event))
        return told(self, event, **about)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Emissions, "add", add)
        yield
